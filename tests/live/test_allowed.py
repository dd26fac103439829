"""Read-only by construction: what can be asked at all, and that nothing else in the code can ask."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.kubernetes.extensions import EVERY_KIND_OF
from collectors.kubernetes.kinds import KnownKind
from collectors.kubernetes.live.allowed import (
    REVIEWS,
    RefusedRequest,
    is_continue_token,
    may_be_discovered,
    may_be_listed,
    refuse_unlisted,
)
from collectors.kubernetes.surveyed import PATHS, SECRETS, SURVEYED
from tests.live.fault_proxy import Rule
from tests.live.faults import answer
from tests.live.troubled import CONFIG_MAPS, World

POWERS = ("proxy", "exec", "attach", "portforward", "log", "watch")
NAMESPACED = [kind for kind in SURVEYED.values() if kind.namespaced]


def path_of(kind: KnownKind, namespace: str = "", version: str = "v1") -> str:
    root = f"/apis/{kind.group}/{version}" if kind.group else "/api/v1"
    return f"{root}/namespaces/{namespace}/{kind.plural}" if namespace else f"{root}/{kind.plural}"


def passes(path: str, query: dict[str, str] | None = None, method: str = "GET", *, with_secrets: bool = False) -> bool:
    try:
        refuse_unlisted(method, path, query or {}, with_secrets=with_secrets)
    except RefusedRequest:
        return False
    return True


@pytest.mark.parametrize("version", ["v1", "v1beta1", "v2alpha3"])
def test_every_list_of_the_survey_passes_in_every_version_and_namespace(version: str) -> None:
    for kind in SURVEYED.values():
        if kind.group or version == "v1":
            assert passes(path_of(kind, version=version), {"limit": "500"}), kind
            assert passes(path_of(kind, "team-a", version), {"limit": "500", "continue": "eyJ2IjoibWV0YS"}), kind


def test_the_other_requests_of_a_survey_pass() -> None:
    assert all(passes(path) for path in PATHS)
    assert passes("/readyz", {"verbose": ""})
    assert all(passes(path, method="POST") for path in REVIEWS.values())
    assert set(REVIEWS) == {"SelfSubjectAccessReview", "SelfSubjectRulesReview"}
    assert passes("/apis/constraints.gatekeeper.sh/v1beta1/k8srequiredlabels")


@pytest.mark.parametrize("path", [path_of(SECRETS), path_of(SECRETS, "team-a")])
def test_secrets_are_listed_only_where_somebody_asked(path: str) -> None:
    assert not passes(path) and not may_be_listed(path)
    assert passes(path, with_secrets=True) and may_be_listed(path, with_secrets=True)
    assert not passes(f"{path}/one", with_secrets=True)


REFUSED = [
    "", "/", "//", "/api/", "/api/v1/", "/apis/", "/apis/apps", "/apis/apps/", "/healthz", "/livez", "/logs",
    "/debug/pprof",
    "/openapi/v2", "/openapi/v3", "/.well-known/openid-configuration", "/metrics/slis", "/configz", "api/v1/pods",
    "/api/v1/pods/", "/api/v1//pods", "//api/v1/pods", "/api/v1/pods/one", "/api/v1/pods?watch=true", "/api/v1/pods#x",
    "/api/v1/pods;x", "/api/v1/pods\n", "/api/v1/pods ", "/api/v1/pods\x00", "/api/v1/p%6fds", "/api/v1/./pods",
    "/api/v1/../v1/pods", "/api/v1/Pods", "/API/v1/pods", "/api/V1/pods", "/api/v2/pods", "/api/v1/podsx",
    "/api/v1/watch/pods", "/api/v1/watch/namespaces/a/pods", "/api/v1/proxy/nodes/a", "/api/v1/nodes/a/proxy/configz",
    "/api/v1/nodes/a:10250/proxy", "/api/v1/nodes/proxy", "/api/v1/namespaces/a", "/api/v1/namespaces/a/pods/b",
    "/api/v1/namespaces/a/pods/b/exec", "/api/v1/namespaces/a/pods/b/log", "/api/v1/namespaces//pods",
    "/api/v1/namespaces/../pods", "/api/v1/namespaces/a%2Fb/pods", "/api/v1/namespaces/A/pods",
    "/api/v1/namespaces/-a/pods",
    "/api/v1/namespaces/a/services/b/proxy", "/api/v1/endpoints", "/api/v1/bindings", "/api/v1/podtemplates",
    "/apis/apps/v1/controllerrevisions", "/apis/coordination.k8s.io/v1/leases", "/apis/batch/v1/pods",
    "/apis/example.org/v1/things", "/apis/authentication.k8s.io/v1/tokenreviews", *REVIEWS.values(),
    "/apis/authorization.k8s.io/v1/subjectaccessreviews",
    "/apis/certificates.k8s.io/v1/certificatesigningrequests/a/approval",
    *(f"/apis/constraints.gatekeeper.sh/v1beta1/{power}" for power in POWERS),
    *(f"/api/v1/namespaces/a/{power}" for power in POWERS),
]  # fmt: skip


@pytest.mark.parametrize("path", REFUSED)
def test_nothing_else_passes(path: str) -> None:
    assert not passes(path, with_secrets=True)


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE", "get", "WATCH"]
)
def test_nothing_but_get_and_reviews_of_oneself(method: str) -> None:
    assert not any(passes(path_of(kind), method=method) for kind in SURVEYED.values())
    assert not any(passes(path, method=method) for path in PATHS)
    assert method == "POST" or not any(passes(path, method=method) for path in REVIEWS.values())
    assert not any(passes(path, {"limit": "1"}, method) for path in REVIEWS.values())
    assert not any(passes(f"{path}/x", method=method) for path in REVIEWS.values())


@pytest.mark.parametrize(
    "query",
    [
        {"watch": "true"}, {"watch": "1"}, {"follow": "true"}, {"fieldSelector": "metadata.name=x"},
        {"labelSelector": "a"},
        {"resourceVersion": "0"}, {"command": "sh"}, {"timeoutSeconds": "1"}, {"dryRun": "All"}, {"Limit": "5"},
        {"limit": "-1"}, {"limit": ""}, {"limit": "5&watch=true"}, {"limit": "\u0665"}, {"continue": ""},
        {"continue": "a b"}, {"continue": "a\r\nHost: x"}, {"continue": "é"}, {"verbose": "x"}, {"": ""},
    ],
)  # fmt: skip
def test_no_other_parameter_passes(query: dict[str, str]) -> None:
    assert not passes("/api/v1/pods", query)
    assert not passes("/api/v1/pods", {"limit": "500"} | query)


@given(st.text(max_size=40), st.sampled_from(POWERS), st.sampled_from(["/", "%2F", "%2f", "//", "/./", "\\", ""]))
def test_no_spelling_reaches_into_an_object(name: str, power: str, slash: str) -> None:
    for kind in ("pods", "nodes", "services"):
        for root in ("/api/v1", "/api/v1/namespaces/a", "/apis/constraints.gatekeeper.sh/v1"):
            for spelt in (power, power.upper(), power.title(), f"{power}/x"):
                assert not passes(f"{root}/{kind}/{name}{slash}{spelt}")
                assert not passes(f"{root}/{kind}/{name}/{slash}{spelt}/{name}")


@given(st.text(max_size=60))
def test_whatever_passes_is_plain(text: str) -> None:
    for path in (text, f"/api/v1/{text}", f"/apis/{text}", f"/apis/constraints.gatekeeper.sh/v1/{text}",
                 f"/api/v1/namespaces/{text}/pods", f"/apis/apps/{text}/deployments"):  # fmt: skip
        if passes(path, with_secrets=True):
            assert path.isascii() and path == path.lower() and "//" not in path and not set(path) & set("%?#;\\ \n")
            assert "/./" not in path and "/../" not in path and path.count("/") <= 6
            assert not set(path.split("/")[-1:]) & set(POWERS)


@given(st.text(max_size=60))
def test_what_may_be_sent_back_is_what_the_guard_lets_through(text: str) -> None:
    assert is_continue_token(text) == passes("/api/v1/pods", {"continue": text})
    assert may_be_discovered("apps", text) == passes(f"/apis/apps/{text}")
    assert may_be_discovered(text, "v1") == passes(f"/apis/{text}/v1")


def test_only_made_up_kinds_have_resources_that_we_do_not_name() -> None:
    assert set(EVERY_KIND_OF) == {"constraints.gatekeeper.sh"}
    assert not passes("/apis/templates.gatekeeper.sh/v1/anything")


# Nothing else in the code can ask.

TALKS = {"urllib3", "kubernetes", "requests", "httpx", "aiohttp", "socket", "http", "urllib", "ssl", "subprocess"}
ALLOWED = {
    "live/connection.py": {"urllib3", "urllib", "ssl"},
    "live/signing_in.py": {"urllib3", "kubernetes", "urllib", "ssl"},
}
HARMLESS = {"urllib.parse"}  # takes addresses apart


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{each.name}" for each in node.names} | {str(node.module)}
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("__import__", "importlib.import_module"):
            found.add("a module by its name")
    return found


def test_only_two_modules_can_reach_a_network_and_one_makes_requests(root: Path) -> None:
    folder = root / "collectors" / "kubernetes"
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(folder).as_posix()
        reaches = {module.partition(".")[0] for module in imported(path) if not module.startswith(tuple(HARMLESS))}
        assert reaches & TALKS <= ALLOWED.get(name, set()), name
        assert "a module by its name" not in imported(path), name
    calls = {
        path.name
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("request", "urlopen", "request_encode_url", "request_encode_body", "call_api")
    }  # fmt: skip
    assert calls == {"connection.py"}


def test_no_redirect_is_followed(world: World) -> None:
    with world.behind() as elsewhere, world.behind() as behind:
        redirect = answer(b"", 307, Location=f"{elsewhere.proxy.url}/api/v1/secrets")
        behind.proxy.rules.insert(0, Rule(CONFIG_MAPS, redirect))
        found = behind.survey()
    assert found.item().outcome == "failed"
    assert not elsewhere.proxy.asked


def test_a_refused_request_is_never_sent(world: World) -> None:
    with world.behind() as behind:
        connection = behind.connect()
        for path in ("/api/v1/secrets", "/api/v1/nodes/a/proxy/configz", "/api/v1/namespaces/a/pods/b/log"):
            with pytest.raises(RefusedRequest, match="not among the requests that kubesurvey makes"):
                connection.get(path)
        assert connection.get("/version").is_complete
    assert [asked.path for asked in behind.proxy.asked] == ["/version"]

"""Every way to sign in that a kubeconfig knows, against a real API server whose audit log says who came."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from kubernetes.config import incluster_config

from collectors.kubernetes.live import SignInFailed, UnusableAccess, connect, refuse_unknown_context
from tests.control_plane.certificates import Authority
from tests.live.fault_proxy import Rule
from tests.live.faults import UNAUTHENTICATED
from tests.live.forwarding import forwarding
from tests.live.kubeconfigs import Kubeconfigs, gives, plugin, script
from tests.live.troubled import NAMESPACE, World

ACCOUNT = f"system:serviceaccount:{NAMESPACE}:troubled"


@pytest.fixture
def kubeconfigs(world: World, tmp_path: Path) -> Iterator[Kubeconfigs]:
    """Whatever a test does, no kubeconfig is written to."""
    found = Kubeconfigs(world.plane, tmp_path)
    yield found
    assert found.unchanged()


def asked_as(world: World, kubeconfig: Path | None, context: str | None = None) -> dict[str, Any]:
    """One question, and what the audit log says of who asked it."""
    answer = connect(kubeconfig, context).get("/api/v1/namespaces", {"limit": "1"})
    assert answer.audit_id, answer
    (event,) = (each for each in world.plane.audit_events() if each["auditID"] == answer.audit_id)
    return event


def who(event: dict[str, Any]) -> str:
    return str(event["user"]["username"])


# Ways that work.


def test_a_token_a_token_file_and_one_with_a_line_end(world: World, kubeconfigs: Kubeconfigs) -> None:
    for name, content in (("token", world.token), ("with-line-end", f"{world.token}\n")):
        (kubeconfigs.folder / name).write_text(content)
        assert who(asked_as(world, kubeconfigs.write({"tokenFile": str(kubeconfigs.folder / name)}))) == ACCOUNT
    connection = connect(kubeconfigs.write({"token": world.token}))
    assert connection.principal == ACCOUNT
    assert connection.server == world.plane.url


def test_client_certificates_as_files_beside_the_kubeconfig_and_as_data(world: World, kubeconfigs: Kubeconfigs) -> None:
    said = yaml.safe_load(world.plane.kubeconfig("ann", ("auditors",)).read_text())["users"][0]["user"]
    event = asked_as(world, kubeconfigs.write(said))
    assert (who(event), "auditors" in event["user"]["groups"]) == ("ann", True)
    for name in ("certificate", "key"):
        (kubeconfigs.folder / "pki").mkdir(exist_ok=True)
        (kubeconfigs.folder / "pki" / name).write_bytes(base64.b64decode(said[f"client-{name}-data"]))
    (kubeconfigs.folder / "pki" / "ca").write_bytes(world.plane.ca.read_bytes())
    beside = {"client-certificate": "pki/certificate", "client-key": "./pki/../pki/key"}
    path = kubeconfigs.write(beside, **{"certificate-authority": "pki/ca"})
    assert who(asked_as(world, path)) == "ann"
    assert connect(path).principal == "CN=ann,O=auditors"


def test_a_plugin_that_gives_a_token_or_a_certificate(world: World, kubeconfigs: Kubeconfigs) -> None:
    path = script(kubeconfigs.folder, gives({"token": world.token}).replace(repr(world.token), "os.environ['GIVEN']"))
    env = [{"name": "GIVEN", "value": world.token}]
    assert who(asked_as(world, kubeconfigs.write(plugin(path, env=env)))) == ACCOUNT
    assert who(asked_as(world, kubeconfigs.write(plugin("./plugin", env=env)))) == ACCOUNT
    said = yaml.safe_load(world.plane.kubeconfig("ann", ("auditors",)).read_text())["users"][0]["user"]
    pair = {f"client{name.title()}Data": base64.b64decode(said[f"client-{name}-data"]).decode()
            for name in ("certificate", "key")}  # fmt: skip
    script(kubeconfigs.folder, gives(pair))
    assert who(asked_as(world, kubeconfigs.write(plugin(path)))) == "ann"


def test_a_plugin_whose_token_expires_is_run_again(world: World, kubeconfigs: Kubeconfigs) -> None:
    gone = (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    counted = kubeconfigs.folder / "counted"
    path = script(kubeconfigs.folder, f"open({str(counted)!r}, 'a').write('x')",
                  gives({"token": world.token, "expirationTimestamp": gone}))  # fmt: skip
    connection = connect(kubeconfigs.write(plugin(path)))
    before = counted.stat().st_size
    assert connection.get("/version").is_complete and connection.get("/version").is_complete
    assert counted.stat().st_size >= before + 2


def test_a_token_of_oidc_that_is_still_good_is_sent_and_an_expired_one_is_kubectls_to_renew(
    world: World, kubeconfigs: Kubeconfigs
) -> None:
    config = {"id-token": world.token, "client-id": "x", "client-secret": "Canary-a", "refresh-token": "Canary-b",
              "idp-issuer-url": "https://issuer.invalid"}  # fmt: skip
    assert who(asked_as(world, kubeconfigs.write({"auth-provider": {"name": "oidc", "config": config}}))) == ACCOUNT
    config["id-token"] = ".".join(["e30", base64.urlsafe_b64encode(b'{"exp": 1}').decode().rstrip("="), "e30"])
    with pytest.raises(SignInFailed, match="has expired; any call of kubectl renews it"):
        connect(kubeconfigs.write({"auth-provider": {"name": "oidc", "config": config}}))


def test_impersonation_sends_every_header(world: World, kubeconfigs: Kubeconfigs) -> None:
    admin = yaml.safe_load(world.plane.kubeconfig().read_text())["users"][0]["user"]
    acting = {"as": "jürgen", "as-uid": "u-1", "as-groups": ["auditors", "system:authenticated", "büro"],
              "as-user-extra": {"scopes": ["read", "list"], "example.org/reason": ["survey"]}}  # fmt: skip
    path = kubeconfigs.write(admin | acting)
    event = asked_as(world, path)
    assert event["impersonatedUser"] == {
        "username": "jürgen", "uid": "u-1", "groups": ["auditors", "system:authenticated", "büro"],
        "extra": {"scopes": ["read", "list"], "example.org/reason": ["survey"]},
    }  # fmt: skip
    assert who(event) == "admin"
    assert connect(path).principal == "CN=admin,O=system:masters, acting as jürgen"


def test_in_a_pod_its_service_account_signs_in(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "token").write_text(world.token)
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", str(world.plane.port))
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setattr(incluster_config, "SERVICE_CERT_FILENAME", str(world.plane.ca))
    monkeypatch.setattr(incluster_config, "SERVICE_TOKEN_FILENAME", str(tmp_path / "token"))
    assert who(asked_as(world, None)) == ACCOUNT
    refuse_unknown_context(None, None)
    (tmp_path / "token").unlink()
    with pytest.raises(SignInFailed, match="the service account of this pod"):
        connect()


# The road to the server.


def test_a_proxy_of_the_kubeconfig_or_of_the_environment_is_used_and_no_proxy_is_heard(
    world: World, kubeconfigs: Kubeconfigs, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    user, target = {"token": world.token}, f"127.0.0.1:{world.plane.port}"
    with forwarding() as proxy:
        assert connect(kubeconfigs.write(user, **{"proxy-url": proxy.url})).get("/version").is_complete
        assert proxy.targets == [target]
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        assert connect(kubeconfigs.write(user)).get("/version").is_complete
        assert proxy.targets == [target] * 2
        monkeypatch.setenv("NO_PROXY", "127.0.0.0/8")
        assert connect(kubeconfigs.write(user)).get("/version").is_complete
        assert proxy.targets == [target] * 2
        monkeypatch.delenv("NO_PROXY")
        proxy.refuses = True
        answer = connect(kubeconfigs.write(user)).get("/version")
        assert (answer.outcome, answer.reason) == ("failed", "the API server cannot be reached (ProxyError)")
    assert "Bearer" not in proxy.seen and world.token not in proxy.seen


def test_the_name_on_the_servers_certificate_may_be_another_one(world: World, kubeconfigs: Kubeconfigs) -> None:
    user, address = {"token": world.token}, f"https://127.0.0.2:{world.plane.port}"
    with forwarding(world.plane.port) as proxy:  # an address that the certificate does not name
        by_name = {"server": address, "proxy-url": proxy.url}
        refused = connect(kubeconfigs.write(user, **by_name)).get("/version")
        assert "cannot be reached (SSLError: " in refused.reason and "127.0.0.2" in refused.reason
        good = kubeconfigs.write(user, **by_name, **{"tls-server-name": "kubernetes.default.svc"})
        assert connect(good).get("/version").is_complete


def test_a_wrong_authority_is_refused_and_only_skipping_is_skipping(world: World, kubeconfigs: Kubeconfigs) -> None:
    stranger = kubeconfigs.folder / "stranger.crt"
    stranger.write_bytes(Authority("stranger").certificate)
    user = {"token": world.token}
    answer = connect(kubeconfigs.write(user, **{"certificate-authority": str(stranger)})).get("/version")
    assert answer.reason.startswith("the API server cannot be reached (SSLError: ") and answer.status == 0
    assert world.token not in answer.reason
    data = base64.b64encode(world.plane.ca.read_bytes()).decode()
    as_data = {"certificate-authority": None, "certificate-authority-data": data}
    assert connect(kubeconfigs.write(user, **as_data)).get("/version").is_complete
    skipping = {"certificate-authority": None, "insecure-skip-tls-verify": True}
    assert connect(kubeconfigs.write(user, **skipping)).get("/version").is_complete


# Several files and odd names.


def test_contexts_may_be_called_like_resources_of_clouds(world: World, kubeconfigs: Kubeconfigs) -> None:
    arn = "arn:aws:eks:eu-central-1:111122223333:cluster/shop"
    path = kubeconfigs.write({"token": world.token}, name=f"a:b/{arn.replace('/', '_')}", context=arn)
    assert who(asked_as(world, path, arn)) == ACCOUNT
    assert who(asked_as(world, path)) == ACCOUNT
    with pytest.raises(UnusableAccess, match=f"did you mean '{arn}'"):
        connect(path, arn.replace("shop", "shops"))


def test_several_files_are_read_as_kubectl_reads_them(
    world: World, kubeconfigs: Kubeconfigs, monkeypatch: pytest.MonkeyPatch
) -> None:
    (kubeconfigs.folder / "one").mkdir()
    (kubeconfigs.folder / "one" / "token").write_text(world.token)
    first = kubeconfigs.write({"tokenFile": "token"}, name="one/config", context="first")
    second = kubeconfigs.write({"token": "wrong"}, name="two/config", context="second")
    again = kubeconfigs.write({"token": "wrong"}, name="three/config", context="first")
    missing = kubeconfigs.folder / "none"
    monkeypatch.setenv("KUBECONFIG", ":".join(map(str, (missing, first, second, again))))
    assert who(asked_as(world, None)) == ACCOUNT  # the first file that names a context, user or cluster decides
    assert who(asked_as(world, None, "first")) == ACCOUNT
    assert connect(None, "second").get("/version").status == 401
    monkeypatch.setenv("KUBECONFIG", str(missing))
    with pytest.raises(UnusableAccess, match="there is no kubeconfig at"):
        connect()


# Ways that do not work: a clear word, nobody asks as nobody, and no secret is said.


@pytest.mark.parametrize(
    ("user", "words"),
    [
        (plugin("/nowhere/plugin"), "signing in by exec gave no credentials"),
        ({"exec": {"command": "x"}}, "signing in by exec gave no credentials"),
        ({"tokenFile": "/nowhere/token"}, "cannot be used (FileNotFoundError)"),
        ({"client-certificate": "/nowhere/crt", "client-key": "/nowhere/key"}, "File does not exist: /nowhere/crt"),
        ({"client-certificate-data": "Canary", "client-key-data": "Canary"}, "cannot be used ("),
        ({"client-certificate-data": "Q2FuYXJ5", "client-key-data": "Q2FuYXJ5"}, "cannot be used ("),
        ({"auth-provider": {"name": "azure", "config": {"access-token": "Canary"}}}, "signing in by auth-provider"),
        ({"auth-provider": {"name": "oidc", "config": {}}}, "id-token"),
        ({"username": "ann"}, "signing in by username gave no credentials"),
        ({"token": "fine", "as": "ann\r\nX-Canary: 1"}, "line end or another control character"),
    ],
)  # fmt: skip
def test_a_way_to_sign_in_that_fails_is_said_and_nobody_asks(
    kubeconfigs: Kubeconfigs, user: dict[str, Any], words: str, world: World
) -> None:
    with pytest.raises(SignInFailed) as failed:
        connect(kubeconfigs.write(user))
    assert words in str(failed.value) and "Canary" not in str(failed.value)


def test_a_failing_plugin_says_nothing_of_what_it_printed(kubeconfigs: Kubeconfigs) -> None:
    for line in ("sys.exit('Canary')", "print('Canary')", gives({}), gives({"token": "Canary"}, "v0")):
        with pytest.raises(SignInFailed) as failed:
            connect(kubeconfigs.write(plugin(script(kubeconfigs.folder, line))))
        assert "Canary" not in str(failed.value)


@pytest.mark.parametrize(
    "content", ["", "[]", "7", "{", "\x00", "contexts: 7", "contexts: [7]\nusers: []\nclusters: []", "a: &a [*a]"]
)
def test_what_is_no_kubeconfig_is_said_before_anything_is_run(kubeconfigs: Kubeconfigs, content: str) -> None:
    path = kubeconfigs.keep("odd", content)
    for ask in (connect, refuse_unknown_context):
        with pytest.raises(UnusableAccess):
            ask(path, "it")
    with pytest.raises(UnusableAccess, match="is not a file"):
        connect(kubeconfigs.folder)


def test_a_plugin_that_fails_in_the_middle_signs_out_and_is_not_asked_for_ever(world: World, tmp_path: Path) -> None:
    marker = tmp_path / "used"
    path = script(tmp_path, f"used = os.path.exists({str(marker)!r})", f"open({str(marker)!r}, 'a').write('x')",
                  "sys.exit(1) if used else None", gives({"token": world.token}))  # fmt: skip
    with world.behind(Rule("/api/v1/pods", UNAUTHENTICATED)) as behind:
        found = behind.survey(plugin(path))
    assert found.collected.unreachable.startswith("the API server does not know who asks (401)")
    assert marker.stat().st_size == 2


def test_somebody_without_credentials_asks_as_nobody_only_where_the_kubeconfig_says_so(
    world: World, kubeconfigs: Kubeconfigs
) -> None:
    for user in (None, {}):
        assert who(asked_as(world, kubeconfigs.write(user))) == "system:anonymous"


def test_nothing_is_sent_and_nothing_is_run_to_look_at_a_context(kubeconfigs: Kubeconfigs) -> None:
    marker = kubeconfigs.folder / "ran"
    path = script(kubeconfigs.folder, f"open({str(marker)!r}, 'w')")
    refuse_unknown_context(kubeconfigs.write(plugin(path)), None)
    assert not marker.exists()

"""An answer that is not in the words of an API server proves nothing: not that a list is empty, nor that it ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from collectors.evidence.item import WHOLE_CLUSTER
from collectors.kubernetes.live.answers import Answer
from collectors.kubernetes.live.discovery import CORE, GROUPS, Served, claims_of, discover
from collectors.kubernetes.live.pages import read_list
from tests.live.fault_proxy import Rule
from tests.live.faults import LOGIN_PAGE, answer, changed, cut, refuse
from tests.live.troubled import CONFIG_MAPS, MADE, NAMESPACE, World

EMPTY = {"kind": "ConfigMapList", "apiVersion": "v1", "metadata": {"resourceVersion": "7"}, "items": []}


class Canned:
    """A connection whose answers are made up here; `asked` are the queries, in order."""

    def __init__(self, *bodies: Any, forever: Any = None) -> None:
        self._bodies, self._forever = list(bodies), forever
        self.asked: list[tuple[str, Mapping[str, str]]] = []

    def get(self, path: str, query: Mapping[str, str] | None = None, **_: Any) -> Answer:
        self.asked.append((path, query or {}))
        body = self._bodies.pop(0) if self._bodies else self._forever(len(self.asked))
        return body if isinstance(body, Answer) else Answer(200, body=body)


CONFIG_MAP = Served("ConfigMap", "", "v1", "ConfigMap", "configmaps", True, ("list",))


def listing(*bodies: Any, forever: Any = None) -> Any:
    return read_list(Canned(*bodies, forever=forever), CONFIG_MAP, None, b"k" * 32)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "body",
    [
        {}, [], None, "ConfigMapList", 7, True,
        {"kind": "Status", "apiVersion": "v1", "status": "Success"},
        EMPTY | {"kind": "SecretList"}, EMPTY | {"kind": "List"}, EMPTY | {"apiVersion": "v2"},
        EMPTY | {"items": {}}, EMPTY | {"items": "none"}, EMPTY | {"metadata": None}, EMPTY | {"metadata": []},
        {key: value for key, value in EMPTY.items() if key != "items"},
        {key: value for key, value in EMPTY.items() if key != "metadata"},
        EMPTY | {"metadata": {"continue": 7}}, EMPTY | {"metadata": {"continue": ["x"]}},
        EMPTY | {"metadata": {"continue": "x" * 9000}}, EMPTY | {"metadata": {"continue": "a b\n"}},
        EMPTY | {"metadata": {"remainingItemCount": 3}},
    ],
)  # fmt: skip
def test_what_is_no_list_does_not_prove_that_there_is_nothing(body: Any) -> None:
    assert listing(body).outcome in ("failed", "partial")


def test_an_empty_list_in_the_right_words_does() -> None:
    assert listing(EMPTY).outcome == listing(EMPTY | {"items": None}).outcome == "complete"


@pytest.mark.parametrize(
    "item",
    [
        None, 7, "text", [], {}, {"metadata": None}, {"metadata": {}}, {"metadata": {"name": ""}},
        {"metadata": {"name": ["x"], "namespace": "a"}}, {"metadata": {"name": "x"}},
        {"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "x", "namespace": "a"}},
        {"kind": "ConfigMap", "apiVersion": "other/v1", "metadata": {"name": "x", "namespace": "a"}},
        {"kind": "ConfigMapList", "apiVersion": "v1", "items": [{"metadata": {"name": "x", "namespace": "a"}}]},
        {"metadata": {"name": "x", "namespace": "a", "managedFields": []}},
    ],
)  # fmt: skip
def test_an_item_that_is_no_object_of_this_list_is_a_gap(item: Any) -> None:
    if isinstance(item, dict) and "managedFields" in (item.get("metadata") or {}):
        deep: Any = []
        for _ in range(400):
            deep = [deep]
        item["metadata"]["managedFields"] = deep
    found = listing(EMPTY | {"items": [{"metadata": {"name": "good", "namespace": "a"}}, item]})
    assert (found.outcome, found.documents.objects, found.documents.gaps) == ("partial", 1, 1)
    assert found.reason.startswith("1 objects could not be read: /pages/1/items/1 ")


def test_a_list_that_leads_back_to_itself_ends() -> None:
    found = listing(forever=lambda _: EMPTY | {"metadata": {"continue": "again"}})
    assert (found.outcome, found.pages) == ("partial", 2)
    assert "the list does not end" in found.reason


def test_a_list_that_goes_on_for_ever_ends() -> None:
    found = listing(forever=lambda number: EMPTY | {"metadata": {"continue": f"page-{number}"}})
    assert (found.outcome, found.pages) == ("partial", 4001)
    assert "the list does not end" in found.reason


def test_wrong_items_are_counted_and_only_some_are_named() -> None:
    found = listing(EMPTY | {"items": [7] * 100_000})
    assert found.documents.gaps == 100_000 and len(found.reason) < 400


# Discovery.


def resource(plural: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"resource": plural, "responseKind": {"kind": kind}, "scope": "Namespaced", "verbs": ["list"]} | more


def discovery(*groups: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "items": list(groups)}


def group(name: str, *resources: dict[str, Any], version: str = "v1", freshness: str = "Current") -> dict[str, Any]:
    versions = [{"version": version, "resources": list(resources), "freshness": freshness}]
    return {"metadata": {"name": name} if name else {}, "versions": versions}


APPS = group("apps", resource("deployments", "Deployment"))


def complete_claims(root: str, *bodies: Any) -> set[str]:
    """The kinds that are claimed to be seen to the end, because nobody serves them."""
    claims, _ = claims_of(root, discover(Canned(*bodies), root))  # type: ignore[arg-type]
    assert all(claim.namespace == WHOLE_CLUSTER and (claim.complete or claim.reason) for claim in claims)
    return {claim.kind for claim in claims if claim.complete}


@pytest.mark.parametrize("root", [CORE, GROUPS])
@pytest.mark.parametrize(
    "body", [{}, [], None, discovery(), {"kind": "APIGroupDiscoveryList"}, {"kind": "Status"}, EMPTY,
             discovery(group("example.org", resource("things", "Thing"))), discovery(7, None)],  # type: ignore[arg-type]
)  # fmt: skip
def test_a_discovery_without_what_every_cluster_serves_claims_nothing(root: str, body: Any) -> None:
    assert complete_claims(root, body) == set()


def test_kinds_that_a_whole_discovery_does_not_name_are_seen_to_their_end() -> None:
    claimed = complete_claims(GROUPS, discovery(APPS))
    assert claimed >= {"survey/ServedResource", "batch/Job", "velero.io/Backup"}
    assert "apps/Deployment" not in claimed and "Pod" not in claimed


@pytest.mark.parametrize(
    "broken",
    [
        group("batch", freshness="Stale"),
        {"metadata": {"name": "batch"}, "versions": []},
        {"metadata": {"name": "batch"}},
        group("batch", resource("jobs", "")),
        group("batch", resource("", "Job")),
        group("batch", resource("cronjobs", "CronJob"), {"resource": 7, "verbs": ["list"]}),
    ],
)
def test_a_group_of_which_discovery_does_not_tell_all_is_a_gap_of_its_kinds(broken: dict[str, Any]) -> None:
    claimed = complete_claims(GROUPS, discovery(APPS, broken))
    assert not claimed & {"batch/Job", "survey/ServedResource"}
    assert "velero.io/Backup" in claimed


OLDER_GROUPS = {"kind": "APIGroupList", "apiVersion": "v1", "groups": [
    {"name": "apps", "versions": [{"groupVersion": "apps/v1", "version": "v1"}]},
    {"name": "batch", "versions": [{"groupVersion": "batch/v1", "version": "v1"}]},
]}  # fmt: skip
OLDER_APPS = {"kind": "APIResourceList", "groupVersion": "apps/v1", "resources": [
    {"name": "deployments", "kind": "Deployment", "namespaced": True, "verbs": ["list"]},
    {"name": "deployments/scale", "kind": "Scale", "namespaced": True, "verbs": ["get"]}]}  # fmt: skip


@pytest.mark.parametrize("second", [{}, {"kind": "APIResourceList"}, [], Answer(503, "failed", "not answered (503)")])
def test_the_older_discovery_believes_as_little(second: Any) -> None:
    claimed = complete_claims(GROUPS, OLDER_GROUPS, OLDER_APPS, second)
    assert not claimed & {"batch/Job", "survey/ServedResource"}
    assert "velero.io/Backup" in claimed


@pytest.mark.parametrize("name", ["../../api/v1/secrets", "a%2Fb", "", "apps/v1/namespaces/x", "Proxy", "a?b", "a#b"])
def test_groups_with_hostile_names_are_not_asked(name: str) -> None:
    hostile = {"name": name, "versions": [{"version": "v1"}]}
    asking = Canned(OLDER_GROUPS | {"groups": [OLDER_GROUPS["groups"][0], hostile]}, OLDER_APPS)  # type: ignore[index]
    found = discover(asking, GROUPS)  # type: ignore[arg-type]
    assert [path for path, _ in asking.asked] == ["/apis", "/apis/apps/v1"]
    assert found.unread


# The same on a real server.


def test_a_server_without_aggregated_discovery_is_read_group_by_group(world: World) -> None:
    with world.behind(narrow=False) as behind:
        newer = behind.survey()
    with world.behind(narrow=False) as behind:
        behind.proxy.drops = ("Accept",)
        older = behind.survey()
    served = [{row.served_resource_key for row in each.tables.rows["served_resources"]} for each in (newer, older)]
    assert served[0] == served[1] and len(served[0]) > 100
    assert older.same_rows(newer)
    assert len(older.proxy.requests("/apis/[^/]+/[^/]+")) > 30
    assert older.said == newer.said


def test_a_stale_group_is_a_gap_that_says_so(world: World) -> None:
    def stale(body: dict[str, Any]) -> None:
        body["items"] = [one for one in body["items"] if one["metadata"]["name"] != "batch"]
        body["items"].append(group("batch", freshness="Stale"))

    with world.behind(Rule("/apis", changed(stale)), narrow=False) as behind:
        found = behind.survey()
    outcome, reason, closed_by = found.gaps("batch/Job")["shop"]
    assert (outcome, reason) == ("partial", "the server behind the API group batch did not answer discovery")
    assert closed_by == "an API server that answers: kubesurvey collect --resume, or --new"
    assert not found.gaps("apps/Deployment")
    assert found.gaps("survey/ServedResource")


def test_discovery_that_is_refused_names_the_rule_that_opens_it(world: World) -> None:
    refused = refuse(403, "Forbidden", 'forbidden: User "ann" cannot get path "/apis"')
    with world.behind(Rule("/apis?", refused)) as behind:
        found = behind.survey()
    assert not found.collected.lists and not found.collected.unreachable
    rule = 'rule {nonResourceURLs: ["/api", "/apis"], verbs: ["get"]} in a ClusterRole'
    for kind in ("Pod", "apps/Deployment", "survey/ServedResource"):
        assert {closed_by for _, _, closed_by in found.gaps(kind).values()} == {rule}
        assert {outcome for outcome, _, _ in found.gaps(kind).values()} == {"denied"}


ABOUT = {"/version": "survey/ApiServer", "/readyz": "survey/ApiServer", "/metrics": "survey/DeprecatedRequest"}
EMPTY_PAGE, ASIDE = (answer(text, content_type="text/plain") for text in (b"", b"Please sign in"))


@pytest.mark.parametrize(("path", "kind"), ABOUT.items())
@pytest.mark.parametrize("action", [LOGIN_PAGE, EMPTY_PAGE, ASIDE, cut("nothing"), answer({"ok": True})])
def test_a_page_about_the_server_that_it_did_not_write_claims_nothing(
    world: World, path: str, kind: str, action: Any
) -> None:
    with world.behind(Rule(path, action)) as behind:
        found = behind.survey()
    assert found.item(path).outcome == "failed"
    assert found.gaps(kind)
    assert not any(claim.complete for item in found.items for claim in item.claims if claim.kind == kind)
    assert found.others_are_complete(but="")


def test_hostile_names_of_namespaces_lead_nowhere(world: World) -> None:
    names = [
        "../../secrets",
        "x%2Fproxy",
        "x/pods/y/exec",
        "a?watch=true",
        "UPPER",
        "..",
        "",
        "a b",
        "a\nb",
        "é",
        "x" * 300,
    ]

    def hostile(body: dict[str, Any]) -> None:
        body["items"] += [{"metadata": {"name": name, "uid": f"u-{number}"}} for number, name in enumerate(names)]

    refused = Rule(CONFIG_MAPS, refuse(403, "Forbidden", "no"))
    with world.behind(Rule("/api/v1/namespaces", changed(hostile)), refused) as behind:
        found = behind.survey()
    inside = {asked.path.split("/")[4] for asked in found.proxy.requests(r"/api/v1/namespaces/.+")}
    assert NAMESPACE in inside and not inside & set(names)
    assert set(found.gaps()) >= {name for name in names if name}
    assert NAMESPACE not in found.gaps()


def test_hostile_names_of_objects_are_data(world: World) -> None:
    def hostile(body: dict[str, Any]) -> None:
        for number, item in enumerate(body["items"]):
            item["metadata"]["name"] = ["../../secrets", "x%2Fproxy", "\x1b]0;x\x07", "'; drop table x; --"][number % 4]

    with world.behind(Rule(CONFIG_MAPS, changed(hostile))) as behind:
        found = behind.survey()
    assert found.item().outcome == "complete"
    assert not [asked for asked in found.proxy.requests() if "proxy" in asked.path or ".." in asked.path]
    assert len(found.tables.rows["config_maps"]) >= MADE


def test_an_answer_nested_without_end_is_refused_not_followed(world: World) -> None:
    with world.behind(Rule(CONFIG_MAPS, answer(b"[" * 1_000_000))) as behind:
        found = behind.survey()
    assert found.item().outcome == "failed" and "is not whole JSON" in found.item().reason
    assert found.others_are_complete()


def test_a_discovery_of_very_many_resources_is_read(world: World) -> None:
    def many(body: dict[str, Any]) -> None:
        body["items"].append(group("many.example.org", *(resource(f"r{n}", f"R{n}") for n in range(20_000))))

    with world.behind(Rule("/apis", changed(many)), narrow=False) as behind:
        found = behind.survey()
    assert len(found.tables.rows["served_resources"]) > 20_000
    assert not found.proxy.requests(r"/apis/many\.example\.org/.*")

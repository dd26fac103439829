"""What is asked of Azure, and what the evidence says of each answer."""

from __future__ import annotations

import json

import pytest

from collectors import azure
from collectors.azure.operations import OF_CLUSTER, OPERATIONS, refuse_unless_listed
from collectors.evidence.store import Run
from collectors.evidence.trouble import SourceAlreadyCollected
from tests.azure.arm import OBJECT_ID, Arm, Credential, NoCredential, Response, error, not_authorized
from tests.azure.bodies import (
    CLUSTER,
    GROUP,
    LIST,
    LOGS,
    NAME,
    ONE,
    POOLS,
    SUBSCRIPTION,
    a_list,
    agent_pool,
    managed_cluster,
)
from tests.azure.conftest import Collect
from tests.inputs import ROOT

PATHS = {"get managed cluster": ONE, "list agent pools": POOLS, "list diagnostic settings": LOGS}


def test_each_call_becomes_one_item_with_the_request_as_sent(arm: Arm, run: Run, collect: Collect) -> None:
    collected = collect()
    items = run.items()
    assert arm.paths() == [LIST, ONE, POOLS, LOGS]
    assert [item.request for item in items] == [f"GET {arm.url}{target}" for _, target, _ in arm.asked]
    assert [item.outcome for item in items] == ["complete"] * 4
    assert [item.cluster for item in items] == [None, CLUSTER, CLUSTER, CLUSTER]
    assert [[claim.kind for claim in item.claims] for item in items] == [
        [], ["aks/ManagedCluster"], ["aks/AgentPool"], ["aks/DiagnosticSettings"],
    ]  # fmt: skip
    assert collected == azure.Collected(SUBSCRIPTION, f"azure/{SUBSCRIPTION}", 4, (), ())


def test_an_item_says_who_asked_when_and_what_the_servers_clock_said(run: Run, collect: Collect) -> None:
    collect()
    for item in run.items():
        assert item.principal == f"Azure object {OBJECT_ID}"
        assert (item.started_at, item.server_date) == ("2026-11-21T12:00:00Z", "2026-11-21T12:00:00Z")
        assert (item.method, item.collection_mode) == ("examine", "online_read_only")


def test_a_token_without_an_object_id_names_nobody(arm: Arm, run: Run, ask: azure.Live, collect: Collect) -> None:
    for claims in ({"oid": 7}, {"sub": "x"}, {"oid": "<b>"}):
        nameless = azure.live(Credential(claims), arm.url, verify=ask._verify)  # type: ignore[arg-type]
        list(nameless.answers(OPERATIONS[0], {"subscription": SUBSCRIPTION}))
        assert nameless.principal == "the signed-in Azure identity"


def test_we_say_who_we_are(arm: Arm, collect: Collect) -> None:
    collect()
    assert {headers["User-Agent"] for _, _, headers in arm.asked} == {"kubesurvey (read-only survey)"}
    assert {method for method, _, _ in arm.asked} == {"GET"}


def test_a_list_is_followed_to_its_last_page(arm: Arm, run: Run, collect: Collect) -> None:
    arm.answer(POOLS, a_list(agent_pool("one"), following=f"{arm.url}{POOLS}?api-version=x&$skiptoken=2"))
    arm.answer(f"{POOLS}?$skiptoken=2", a_list(agent_pool("two")))
    collect()
    pages = [item for item in run.items() if item.parameters.get("kind") == "aks/AgentPool"]
    assert [json.loads(run.read(page))["value"][0]["name"] for page in pages] == ["one", "two"]
    assert [[claim.complete for claim in page.claims] for page in pages] == [[], [True]]


@pytest.mark.parametrize("operation", OF_CLUSTER, ids=lambda operation: operation.name)
def test_a_refusal_names_the_permission_that_is_missing(arm: Arm, run: Run, collect: Collect, operation) -> None:  # type: ignore[no-untyped-def]
    arm.answer(PATHS[operation.name], not_authorized(operation.action, ONE))
    collected = collect()
    refused = [item for item in run.items() if item.outcome != "complete"]
    assert [(item.outcome, item.sha256, item.claims) for item in refused] == [("denied", None, ())]
    assert refused[0].parameters["kind"] == operation.kind
    assert operation.action in refused[0].reason
    scope = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}"
    assert refused[0].parameters["closed_by"] == f"Azure permission {operation.action} on {scope}"
    assert [gap.call for gap in collected.gaps] == [operation.name]


def test_a_subscription_that_may_not_be_listed_is_a_cluster_that_nobody_saw(
    arm: Arm, run: Run, collect: Collect
) -> None:
    arm.answer(LIST, not_authorized("Microsoft.ContainerService/managedClusters/read", LIST))
    collect()
    assert (run.items()[0].cluster, run.items()[0].outcome) == (f"azure-{SUBSCRIPTION}", "denied")


def test_clusters_of_the_subscription_that_nobody_named_are_told(arm: Arm, collect: Collect) -> None:
    other = managed_cluster() | {"id": ONE.replace(NAME, "forgotten")}
    arm.answer(LIST, a_list(managed_cluster(), other))
    assert collect().not_named == (f"{GROUP}/forgotten",)


@pytest.mark.parametrize(
    ("response", "outcome", "said"),
    [
        (error(401, "InvalidAuthenticationToken", "The access token is invalid."), "denied", "401"),
        (error(404, "ResourceNotFound"), "absent", "no such resource"),
        (error(500, "InternalServerError"), "failed", "500 InternalServerError"),
        (error(503, "ServiceUnavailable"), "failed", "503"),
        (Response(302, {}, {"Location": "https://elsewhere.example/"}), "failed", "302"),
        (Response(raw=b'{"value": [{"name": "po'), "failed", "not whole JSON"),
        (Response(raw=b'{"value": [', cut=400), "failed", "no answer"),
        (Response(body=[]), "complete", ""),
        (Response(body={"value": "many"}), "failed", "not a list"),
        (Response(body={"value": [], "nextLink": 7}), "failed", "no readable next page"),
        (Response(body={"value": [], "nextLink": "https://elsewhere.example/x"}), "failed", "another host"),
    ],
)
def test_whatever_azure_does_is_an_outcome(
    arm: Arm, run: Run, collect: Collect, response: Response, outcome: str, said: str
) -> None:
    arm.answer(POOLS, response)
    collect()
    pools = [item for item in run.items() if item.parameters.get("kind") == "aks/AgentPool"]
    assert (pools[-1].outcome, len(run.items())) == (outcome, 3 + len(pools))
    assert said in pools[-1].reason
    assert all(claim.complete == (outcome == "complete") for claim in pools[-1].claims)


def test_a_next_page_that_is_another_call_is_not_asked(arm: Arm, run: Run, collect: Collect) -> None:
    arm.answer(POOLS, a_list(agent_pool("one"), following=f"{arm.url}{ONE}/listClusterAdminCredential"))
    collect()
    assert "another call" in run.items()[3].reason
    assert not any("Credential" in path for path in arm.paths())


def test_a_list_that_breaks_off_is_known_in_part(arm: Arm, run: Run, collect: Collect) -> None:
    arm.answer(POOLS, a_list(agent_pool("one"), following=f"{arm.url}{POOLS}?$skiptoken=2"))
    arm.answer(f"{POOLS}?$skiptoken=2", error(403, "AuthorizationFailed"))
    collect()
    broken = run.items()[3]
    assert [(claim.kind, claim.complete) for claim in broken.claims] == [("aks/AgentPool", False)]


def test_too_many_requests_are_repeated_after_the_wait_that_azure_asks_for(
    arm: Arm, run: Run, collect: Collect, pauses: list[float]
) -> None:
    arm.answer(ONE, error(429, "TooManyRequests", Retry_After="7"), Response(body=managed_cluster()))
    collect()
    assert pauses == [7.0]
    assert {item.outcome for item in run.items()} == {"complete"}


@pytest.mark.parametrize(("asked_for", "waited"), [("3", [3.0, 3.0, 3.0]), ("86400", []), ("soon", [2.0, 4.0, 8.0])])
def test_waiting_is_bounded(
    arm: Arm, run: Run, collect: Collect, pauses: list[float], asked_for: str, waited: list[float]
) -> None:
    arm.answer(ONE, error(429, "TooManyRequests", Retry_After=asked_for))
    collect()
    assert pauses == waited
    assert "too many requests" in run.items()[1].reason


def test_nobody_signed_in_is_a_refusal_that_quotes_nothing(arm: Arm, run: Run, collect: Collect) -> None:
    collect(azure.live(NoCredential(), arm.url))  # type: ignore[arg-type]
    assert {item.outcome for item in run.items()} == {"denied"}
    assert not any("secret words" in item.reason for item in run.items())
    assert arm.asked == []


def test_an_endpoint_with_a_foreign_certificate_is_not_talked_to(arm: Arm, run: Run, collect: Collect) -> None:
    collect(azure.live(Credential(), arm.url, pause=lambda _: None))  # type: ignore[arg-type]
    assert {item.outcome for item in run.items()} == {"failed"}
    assert arm.asked == []


def test_an_answer_about_another_cluster_is_none(arm: Arm, run: Run, collect: Collect) -> None:
    arm.answer(ONE, managed_cluster() | {"id": ONE.replace(NAME, "other")})
    collect()
    assert (run.items()[1].outcome, run.items()[1].sha256) == ("failed", None)
    assert "another resource" in run.items()[1].reason


def test_no_call_beyond_the_list_leaves_the_pipeline(arm: Arm, ask: azure.Live) -> None:
    from azure.core.rest import HttpRequest

    sender = ask._sender()
    calls = [
        ("POST", f"{ONE}/listClusterAdminCredential"), ("POST", f"{ONE}/listClusterUserCredential"),
        ("GET", f"{ONE}/accessProfiles/clusterAdmin"), ("POST", f"{ONE}/accessProfiles/clusterAdmin/listCredential"),
        ("DELETE", ONE), ("PUT", POOLS), ("GET", f"{ONE}/../../x"), ("GET", "/subscriptions"), ("HEAD", ONE),
    ]  # fmt: skip
    for method, path in calls:
        with pytest.raises(azure.OperationRefused):
            sender.send_request(HttpRequest(method, f"{arm.url}{path}?api-version=2025-10-01"))
    with pytest.raises(azure.OperationRefused):
        sender.managed_clusters.list_cluster_admin_credentials(GROUP, NAME)
    assert arm.asked == []


def test_every_operation_is_in_its_own_list_and_answers_with_no_credential() -> None:
    place = {"subscription": SUBSCRIPTION, "resource_group": "a/b", "name": "x y"}
    for operation in OPERATIONS:
        refuse_unless_listed("GET", operation.url_path(place).partition("?")[0])
        assert operation.action.endswith("/read")
        assert "redential" not in operation.path


def test_the_custom_role_allows_the_calls_and_nothing_else() -> None:
    role = azure.custom_role((SUBSCRIPTION,))
    assert set(role["Actions"]) == {operation.action for operation in OPERATIONS}
    assert role["DataActions"] == []
    assert role["AssignableScopes"] == [f"/subscriptions/{SUBSCRIPTION}"]


def test_a_subscription_is_collected_once_a_run(collect: Collect) -> None:
    collect()
    with pytest.raises(SourceAlreadyCollected):
        collect()


def test_two_clusters_under_one_name_are_our_mistake(collect: Collect) -> None:
    with pytest.raises(ValueError, match="one name"):
        collect(clusters={(GROUP, "a"): CLUSTER, (GROUP, "b"): CLUSTER})


def test_resuming_asks_only_for_what_is_missing(arm: Arm, run: Run, ask: azure.Live, collect: Collect) -> None:
    class GoneAfterTwo:
        collection_mode = ask.collection_mode
        principal = ask.principal
        first_request = ask.first_request

        def answers(self, operation, place):  # type: ignore[no-untyped-def]
            if operation.name == "list agent pools":
                raise KeyboardInterrupt
            return ask.answers(operation, place)

    with pytest.raises(KeyboardInterrupt):
        collect(GoneAfterTwo())
    run.close()
    arm.asked.clear()
    collect(resume=True)
    assert arm.paths() == [POOLS, LOGS]
    assert len(run.items()) == 4


@pytest.mark.skipif(not (ROOT / "cloud-azure").exists(), reason="../shared/inputs/cloud-azure is not there")
def test_published_answers_are_collected_as_they_are(arm: Arm, run: Run, collect: Collect) -> None:
    published = ROOT / "cloud-azure" / "rest-api-examples"
    one = ONE.replace(GROUP, "rg1").replace(NAME, "clustername1")
    body = json.loads((published / "2026-01-01_ManagedClusters_Get.json").read_text())
    arm.answer(LIST, json.loads((published / "2026-03-01_ManagedClusters_ListByResourceGroup.json").read_text()))
    arm.answer(one, body)
    arm.answer(f"{one}/agentPools", json.loads((published / "2025-10-01_AgentPools_List.json").read_text()))
    arm.answer(f"{one}/providers/Microsoft.Insights/diagnosticSettings", a_list())
    collected = collect(clusters={("rg1", "clustername1"): CLUSTER})
    assert (collected.gaps, collected.not_named) == ((), ())
    assert json.loads(run.read(run.items()[1])) == body

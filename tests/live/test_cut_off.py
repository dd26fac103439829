"""What ends in the middle goes on, now or with --resume, and holds what an undisturbed survey holds."""

from __future__ import annotations

import json
import sys
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest

from collectors.evidence.item import WHOLE_CLUSTER
from tests.live.fault_proxy import Rule
from tests.live.faults import LOGIN_PAGE, UNAUTHENTICATED, answer, changed, gone, refuse, reset
from tests.live.troubled import CONFIG_MAPS, KEPT, MADE, Surveyed, World

SIGN_IN = "credentials that the API server accepts, then kubesurvey collect --resume"
DOWN = reset("before")


def abandoned(body: dict[str, Any]) -> None:
    for number, item in enumerate(body["items"]):
        item["metadata"]["name"] = f"abandoned-{number}"


@pytest.fixture(scope="module")
def calm(world: World) -> Surveyed:
    """The same world undisturbed."""
    with world.behind() as behind:
        return behind.survey()


# A list that expires.


def test_a_list_that_expires_starts_again_and_nothing_of_the_pages_before_stays(world: World, calm: Surveyed) -> None:
    expired = Rule(CONFIG_MAPS, gone("eyJmcmVzaCI6dHJ1ZX0"), [1], goes_on=True)
    with world.behind(Rule(CONFIG_MAPS, changed(abandoned), [1]), expired) as behind:
        found = behind.survey()
    item = found.item()
    assert (item.outcome, item.reason) == ("complete", "")
    assert item.parameters["consistency"] == "one moment; started again 1 times"
    assert not any(name.startswith("abandoned") for name in found.names(item))
    assert [asked.query.get("continue", "") for asked in found.proxy.requests(CONFIG_MAPS)].count("") == 2
    assert "eyJmcmVzaCI6dHJ1ZX0" not in {asked.query.get("continue") for asked in found.proxy.requests()}
    assert found.same_rows(calm)
    assert found.clock.waits == []


def test_a_list_that_expires_again_and_again_is_partial_after_four_readings(world: World) -> None:
    with world.behind(Rule(CONFIG_MAPS, gone("eyJ9"), goes_on=True)) as behind:
        found = behind.survey()
    item = found.item()
    assert item.outcome == "partial"
    assert item.reason.startswith("page 2 is missing: the list expired while it was read (410)")
    assert item.parameters["consistency"] == "one moment; started again 3 times"
    assert len(found.proxy.requests(CONFIG_MAPS)) == 8
    assert len(found.names(item)) == 10
    assert found.others_are_complete()


# Credentials that end.


def plugin(folder: Path, *tokens: str) -> dict[str, Any]:
    """A credential plugin that gives one token after the other, the last of them for ever."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tokens").write_text(json.dumps(tokens))
    script = folder / "plugin.py"
    script.write_text(
        "import json, pathlib\n"
        f"folder = pathlib.Path({str(folder)!r})\n"
        "tokens = json.loads((folder / 'tokens').read_text())\n"
        "with (folder / 'calls').open('a') as calls: calls.write('x')\n"
        "number = min((folder / 'calls').stat().st_size, len(tokens)) - 1\n"
        "print(json.dumps({'apiVersion': 'client.authentication.k8s.io/v1', 'kind': 'ExecCredential',\n"
        "                  'status': {'token': tokens[number]}}))\n"
    )
    command = {"apiVersion": "client.authentication.k8s.io/v1", "command": sys.executable, "args": [str(script)]}
    return {"exec": command | {"interactiveMode": "Never"}}


def times_run(folder: Path) -> int:
    return (folder / "calls").stat().st_size


def test_a_token_that_ends_in_the_middle_is_renewed_once_for_all(world: World, calm: Surveyed, tmp_path: Path) -> None:
    with world.behind(Rule(".*", UNAUTHENTICATED, range(8, 10_000), token="short-lived")) as behind:
        behind.proxy.stands_for["short-lived"] = world.token
        found = behind.survey(plugin(tmp_path / "plugin", "short-lived", world.token))
    assert times_run(tmp_path / "plugin") == 2
    sent = [asked.token for asked in behind.proxy.requests()]
    assert sent[:8] == ["short-lived"] * 8 and sent[-1] == world.token
    assert not found.said and not found.collected.unreachable
    assert found.same_rows(calm)
    assert len(found.items) == len(calm.items)


def test_a_token_that_stays_refused_leaves_the_source_open_and_resume_completes_it(
    world: World, calm: Surveyed
) -> None:
    with world.behind() as behind:
        refused = Rule("/api/v1/pods|.*/deployments|.*/networkpolicies|/metrics", UNAUTHENTICATED)
        behind.proxy.rules.insert(0, refused)
        found = behind.survey()
        assert found.collected.unreachable == "the API server does not know who asks (401): Unauthorized"
        assert [source.finished for source in found.run.sources()] == [False]
        denied = [item for item in found.items if item.outcome == "denied"]
        assert {item.parameters["closed_by"] for item in denied} == {SIGN_IN}
        assert {item.request.split()[1] for item in denied} >= {"/api/v1/pods?limit=500", "/metrics"}
        assert {closed_by for _, _, closed_by in found.gaps("Pod").values()} == {SIGN_IN}
        # Nobody knocks again and again with what was refused.
        assert len(behind.proxy.requests(refused.path)) <= 2 * 4
        behind.proxy.rules.remove(refused)
        asked_before = {item.request for item in found.items if item.outcome == "complete"}
        seen = len(behind.proxy.asked)
        resumed = behind.survey(resume=True)
        again = {f"GET {asked.path}" for asked in behind.proxy.asked[seen:]}
    assert not resumed.collected.unreachable and not resumed.said
    assert [source.finished for source in resumed.run.sources()] == [True]
    assert not {request.partition("?")[0] for request in asked_before} & again
    assert resumed.same_rows(calm)
    assert not resumed.gaps("Pod")


@pytest.mark.parametrize("alive_for", [0, 1, 2, 3, 5, 6, 9])
def test_a_server_that_dies_in_the_middle_is_left_in_peace_and_resume_completes_it(
    world: World, calm: Surveyed, alive_for: int
) -> None:
    with world.behind() as behind:
        dead = Rule(".*", DOWN, range(alive_for + 1, 10_000))
        behind.proxy.rules.insert(0, dead)
        found = behind.survey()
        assert found.collected.unreachable
        assert [source.finished for source in found.run.sources()] == [False]
        # Three questions with four attempts each, and what was under way beside them.
        assert len(behind.proxy.asked) <= alive_for + 4 * (3 + 4)
        assert not any(claim.complete for item in found.items for claim in item.claims if item.outcome == "failed")
        behind.proxy.rules.remove(dead)
        resumed = behind.survey(resume=True)
    assert not resumed.collected.unreachable and not resumed.said
    assert resumed.same_rows(calm)
    assert resumed.others_are_complete() and not resumed.gaps()


@pytest.mark.parametrize(
    "action", [refuse(503, "ServiceUnavailable", "no backends"), LOGIN_PAGE, answer(b"{}"), answer(b"[]"),
               answer({"kind": "Status", "apiVersion": "v1", "status": "Success"})],
)  # fmt: skip
def test_a_cluster_of_which_nothing_could_be_learnt_stays_open(world: World, calm: Surveyed, action: Any) -> None:
    with world.behind() as behind:
        wall = Rule(".*", action)
        behind.proxy.rules.insert(0, wall)
        found = behind.survey()
        assert found.collected.unreachable and not found.collected.lists
        assert not any(claim.complete for item in found.items for claim in item.claims)
        assert not found.tables.covered
        behind.proxy.rules.remove(wall)
        resumed = behind.survey(resume=True)
    assert resumed.same_rows(calm) and not resumed.said


def test_what_was_asked_before_a_cut_keeps_its_numbers(world: World, calm: Surveyed) -> None:
    order = [(item.evidence_id, item.request) for item in calm.items]
    with world.behind(Rule(".*", DOWN, range(8, 10_000))) as behind:
        found = behind.survey()
    complete = list(takewhile(lambda item: item.outcome == "complete", found.items))
    assert len(complete) >= 4 and [(item.evidence_id, item.request) for item in complete] == order[: len(complete)]
    assert all(claim.namespace == WHOLE_CLUSTER for item in complete for claim in item.claims)


def test_the_world_is_as_this_file_thinks(calm: Surveyed) -> None:
    assert sum(name.startswith("made-") for name in calm.names(calm.item())) == MADE
    assert not calm.said and calm.others_are_complete() and not calm.gaps()
    assert len(calm.items) == 5 + sum(map(len, KEPT.values()))

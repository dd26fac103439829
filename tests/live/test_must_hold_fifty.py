"""Fifty clusters in one engagement, five of them dead or refusing: the others are whole, and the five are named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from assessment import pipeline
from assessment.reports.facts import facts
from assessment.workspace import Workspace
from collectors.evidence.item import Item
from collectors.evidence.store import Evidence
from collectors.kubernetes.live.drafts import ASK_AGAIN, SIGN_IN
from tests.command_line.calling import Said, say
from tests.control_plane.server import ControlPlane, start
from tests.live.many_ports import Estate, Forwarder, estate, forwarder
from tests.live.surveying import Object

USER = "system:serviceaccount:default:auditor"


@dataclass(frozen=True)
class Branches:
    """An engagement of fifty clusters after one `collect`, and what the API server was asked for it."""

    plane: ControlPlane
    ports: Forwarder
    estate: Estate
    workspace: Workspace
    said: Said
    events: list[Object]

    @property
    def items(self) -> dict[str, list[Item]]:
        """The answers of each cluster."""
        run = Evidence(self.workspace.evidence).newest()
        assert run is not None
        found: dict[str, list[Item]] = {}
        for item in run.items():
            if item.source == "live":
                found.setdefault(item.cluster or "", []).append(item)
        return found


@pytest.fixture(scope="module")
def branches(control_plane_programs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Branches]:
    folder = tmp_path_factory.mktemp("fifty")
    with start(folder / "control-plane", controllers=False) as plane, forwarder(plane.port) as ports:
        token = plane.service_account("auditor")
        plane.kubectl("create", "clusterrolebinding", "auditor", "--clusterrole=cluster-admin",
                      "--serviceaccount=default:auditor")  # fmt: skip
        found = estate(plane, ports, folder, 45, token)
        workspace = pipeline.init(folder / "acme", "Acme")
        workspace.engagement_file.write_text(found.engagement())
        plane.forget_audit_events()
        said = say("collect", workspace.path)
        yield Branches(plane, ports, found, workspace, said, plane.audit_events(USER))


def test_the_others_are_whole(branches: Branches) -> None:
    items = branches.items
    assert branches.said.code == 0, branches.said.err
    requests = {tuple(item.request for item in items[name]) for name in branches.estate.alive}
    assert len(requests) == 1 and len(next(iter(requests))) > 40
    for name in branches.estate.alive:
        assert {item.outcome for item in items[name]} <= {"complete", "partial"}


def test_each_of_them_is_asked_once(branches: Branches) -> None:
    asked = Counter(event["requestURI"] for event in branches.events)
    assert len(asked) > 40
    assert set(asked.values()) == {len(branches.estate.alive)}


def test_each_of_the_five_costs_one_row(branches: Branches) -> None:
    items = branches.items
    for name, why in branches.estate.dead.items():
        (only,) = items[name]
        assert only.outcome in ("denied", "failed")
        assert why in only.reason


def test_the_account_names_the_five(branches: Branches) -> None:
    lines = branches.said.out.splitlines()
    (silent,) = [line for line in lines if line.startswith("Not asked, or not to the end: ")]
    named, _, hint = silent.removeprefix("Not asked, or not to the end: ").partition(". ")
    assert set(named.split(", ")) == set(branches.estate.dead)
    assert "--resume" in hint
    for name, why in branches.estate.dead.items():
        assert [line for line in lines if line.startswith(f"{name}: not collected: ") and why in line]


def test_the_results_name_the_five_and_what_would_open_each(branches: Branches) -> None:
    pipeline.assess(branches.workspace)
    gaps = pq.read_table(branches.workspace.results / "gaps.parquet").to_pylist()
    clusters = {row["cluster"] for row in pq.read_table(branches.workspace.results / "clusters.parquet").to_pylist()}
    assert clusters >= {*branches.estate.alive, *branches.estate.dead}
    for name, why in branches.estate.dead.items():
        of_it: list[dict[str, Any]] = [gap for gap in gaps if (gap["cluster"], gap["source"]) == (name, "live")]
        assert {gap["closed_by"] for gap in of_it} <= {SIGN_IN, ASK_AGAIN}
        assert of_it and all(why in gap["reason"] for gap in of_it)
    named = {line.cluster: line for line in facts(branches.workspace).sources if line.source == "live"}
    for name in branches.estate.dead:
        assert (named[name].items, named[name].refused, named[name].objects) == (1, 1, 0)
    alive = Counter(gap["cluster"] for gap in gaps if gap["cluster"] in branches.estate.alive)
    assert len(set(alive.values())) <= 1


def test_whoever_comes_back_is_asked_and_nobody_else(branches: Branches) -> None:
    before = branches.items
    branches.ports.open_at(branches.estate.closed_port)
    branches.plane.forget_audit_events()
    said = say("collect", branches.workspace.path, "--resume")
    assert said.code == 0, said.err
    asked = Counter(event["requestURI"] for event in branches.plane.audit_events(USER))
    assert set(asked.values()) == {1}
    after = branches.items
    assert [item.request for item in after["closed-port"][1:]] == [item.request for item in before["branch-00"]]
    assert all(after[name] == before[name] for name in branches.estate.alive)

"""Every right of the printed role in turn taken away, everywhere and in one namespace: the gaps are exactly those."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import yaml

from collectors.evidence.item import Item
from collectors.kubernetes.kinds import DEPRECATED_REQUEST, listed_as
from collectors.kubernetes.offline import source_key
from collectors.tables.build import build
from collectors.tables.coverage import Gap
from collectors.tables.families import KUBERNETES, tables_of
from tests.control_plane.server import ControlPlane
from tests.live.surveying import new_run, standing_still, survey
from tests.live.world_of_rights import (
    Remembering,
    Right,
    grant,
    grant_but_in,
    may,
    rights,
    someone,
    without,
)

Place = tuple[str, str, str | None]
RIGHTS = rights()
LISTS = [right for right in RIGHTS if right.kind]
INSIDE = [right for right in LISTS if right.is_namespaced]
SLICES = "discovery.k8s.io/EndpointSlice"
WHOLE = "whole"


@dataclass(frozen=True)
class World:
    """One control plane, the survey of somebody who lacks nothing, and the gaps that this one leaves."""

    plane: ControlPlane
    run: Remembering
    items: list[Item]
    namespaces: list[str]
    gaps: dict[Place, Gap]

    def lacking(self, name: str, right: Right, *groups: str) -> dict[Place, Gap]:
        """The gaps of who lacks a right, beyond those of everybody."""
        held = [each for each in RIGHTS if each is not right]
        user = f"{name}-{RIGHTS.index(right)}"
        found = self.asked(user, someone(self.plane, user, held, *groups), right.kind)
        assert found.keys() >= self.gaps.keys()
        return {place: gap for place, gap in found.items() if place not in self.gaps}

    def asked(self, name: str, kubeconfig: Path, kind: str) -> dict[Place, Gap]:
        """Survey what concerns a kind; all else was answered before."""
        known = list(without(self.items, [kind, *([DEPRECATED_REQUEST] if kind == SLICES else [])]))
        self.run.remember(source_key(name), known)
        survey(self.run, kubeconfig, name)
        new = [item for item in self.run.items() if item.cluster == name]
        if kind not in ("Namespace", "Pod"):  # no row names a namespace that is not listed, or is part of a pod's owner
            known = [item if item.parameters.get("kind") == "Namespace" else _unread(item) for item in known]
        return gaps_of(self.run, [*(replace(item, cluster=name) for item in known), *new])


def _unread(item: Item) -> Item:
    return replace(item, sha256=None, size=0)


def gaps_of(run: Remembering, items: list[Item]) -> dict[Place, Gap]:
    return {(gap.table, gap.kind, gap.namespace): gap for gap in build(items, run).gaps}


def fed_by(kind: str) -> set[str]:
    """The tables that a kind feeds, as their declarations say."""
    return {name for name, table in tables_of(KUBERNETES).items() if listed_as(kind) in table.kinds}


def along_with(kind: str) -> set[Place]:
    """What is not known either where this kind is not."""
    if kind == SLICES:  # without them nobody knows whether one API server counted for all
        return {("deprecated_api_requests", DEPRECATED_REQUEST, None)}
    if kind == "Namespace":  # Secrets were not asked for, and may stand where nobody looked
        return {(table, "Secret", "?") for table in fed_by("Secret")}
    return set()


def here(right: Right) -> str:
    """A namespace that holds objects of the kind, or could."""
    return "platform" if "." in right.name and not right.kind.startswith("networking.k8s.io/") else "shop"


@pytest.fixture(scope="module")
def world(control_plane_programs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("denied")
    with standing_still(folder) as plane:
        namespaces = sorted(each["metadata"]["name"] for each in plane.ask("/api/v1/namespaces")["items"])
        grant(plane, RIGHTS)
        for place in ("shop", "platform"):
            grant_but_in(plane, [right for right in INSIDE if here(right) == place],
                         [name for name in namespaces if name != place])  # fmt: skip
        last = INSIDE[-1]
        plane.wait("the rights", lambda: may(plane, last, [last.but_in_one], namespaces[-1]))
        run = Remembering(new_run(folder))
        survey(run, someone(plane, WHOLE, RIGHTS), WHOLE)
        items = run.items()
        yield World(plane, run, items, namespaces, gaps_of(run, items))


def test_who_lacks_nothing_leaves_only_what_nobody_asked_for(world: World) -> None:
    assert {gap.kind for gap in world.gaps.values()} == {"Secret", "survey/Kubelet"}
    assert {item.outcome for item in world.items} == {"complete"}


@pytest.mark.parametrize("right", LISTS, ids=lambda right: right.name)
def test_a_list_denied_everywhere_is_a_gap_of_exactly_its_tables(world: World, right: Right) -> None:
    found = world.lacking("everywhere", right)
    where = world.namespaces if right.is_namespaced else [None]
    expected: set[Place] = {(table, right.kind, each) for table in fed_by(right.kind) for each in where}
    expected |= along_with(right.kind)
    assert expected and found.keys() == expected
    assert {gap.outcome for gap in found.values() if gap.kind == right.kind} == {"denied"}
    for gap in found.values():
        if gap.kind != "Secret":
            assert named_in(gap) == (right.rule, gap.namespace)


@pytest.mark.parametrize("right", INSIDE, ids=lambda right: right.name)
def test_a_list_denied_in_one_namespace_is_a_gap_there_and_nowhere_else(world: World, right: Right) -> None:
    found = world.lacking("inside", right, right.but_in_one)
    expected: set[Place] = {(table, right.kind, here(right)) for table in fed_by(right.kind)}
    expected |= along_with(right.kind)
    assert expected and found.keys() == expected
    for gap in found.values():
        assert named_in(gap) == (right.rule, here(right) if gap.kind == right.kind else None)


def named_in(gap: Gap) -> tuple[dict[str, tuple[str, ...]], str | None]:
    """The rule that a gap names, and the namespace whose Role should hold it."""
    rule, _, where = gap.closed_by.removeprefix("rule ").rpartition(" in a ")
    namespace = where.removeprefix("Role of namespace ") if where != "ClusterRole" else None
    return {part: tuple(values) for part, values in yaml.safe_load(rule).items()}, namespace

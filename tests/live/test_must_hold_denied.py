"""Every right of the printed role in turn taken away, everywhere and in one namespace: the gaps are exactly those."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import yaml

from collectors.evidence.item import Item
from collectors.kubernetes.kinds import DEPRECATED_REQUEST, SERVED_RESOURCE, group_of, listed_as
from collectors.kubernetes.offline import source_key
from collectors.kubernetes.surveyed import PATHS as PATHS_OF_SURVEY
from collectors.kubernetes.surveyed import SURVEYED
from collectors.tables.build import build
from collectors.tables.coverage import Gap
from collectors.tables.families import KUBERNETES, tables_of
from tests.control_plane.server import ControlPlane
from tests.live.less_seen import Selected, better, judged
from tests.live.surveying import Object, new_run, standing_still, survey
from tests.live.world_of_rights import (
    Remembering,
    Right,
    bound,
    grant,
    grant_but_in,
    may,
    rights,
    someone,
    without,
)
from tests.samples.clinic import thing

Place = tuple[str, str, str | None]
RIGHTS = rights()
LISTS = [right for right in RIGHTS if right.kind]
INSIDE = [right for right in LISTS if right.is_namespaced]
PATHS = [right for right in RIGHTS if not right.kind]
BUILT_IN = {"apps", "autoscaling", "batch", "networking.k8s.io", "policy", "rbac.authorization.k8s.io"}
SLICES = "discovery.k8s.io/EndpointSlice"
WHOLE = "whole"
NOT_ASKED = {"Secret", "survey/Kubelet"}
APPLIED = {"Pod", "Node", "cert-manager.io/Certificate", "constraints.gatekeeper.sh/K8sRequiredLabels"}
JUDGED = {right.kind for right in LISTS if "." not in right.name or right.kind.partition("/")[0] in BUILT_IN}


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
        user = f"{name}-{RIGHTS.index(right)}"
        found = self.asked(user, someone(self.plane, user, self.held_without(right), *groups), right.kind)
        assert found.keys() >= self.gaps.keys()
        return {place: gap for place, gap in found.items() if place not in self.gaps}

    def held_without(self, right: Right) -> list[Right]:
        return [each for each in RIGHTS if each is not right]

    def asked(self, name: str, kubeconfig: Path, kind: str) -> dict[Place, Gap]:
        """Survey what concerns a kind; all else was answered before."""
        known, new = self.evidence(name, kubeconfig, kind)
        if kind not in ("Namespace", "Pod"):  # no row names a namespace that is not listed, or is part of a pod's owner
            known = [item if item.parameters.get("kind") == "Namespace" else _unread(item) for item in known]
        return gaps_of(self.run, [*(replace(item, cluster=name) for item in known), *new])

    def evidence(self, name: str, kubeconfig: Path, kind: str) -> tuple[list[Item], list[Item]]:
        """What was answered before, and what was asked now."""
        known = list(without(self.items, [kind, *([DEPRECATED_REQUEST] if kind == SLICES else [])]))
        self.run.remember(source_key(name), known)
        survey(self.run, kubeconfig, name)
        return known, [item for item in self.run.items() if item.cluster == name]


def _unread(item: Item) -> Item:
    return replace(item, sha256=None, size=0)


def gaps_of(run: Remembering, items: list[Item]) -> dict[Place, Gap]:
    return {(gap.table, gap.kind, gap.namespace): gap for gap in build(items, run).gaps}


def fed_by(kind: str) -> set[str]:
    """The tables that a kind feeds, as their declarations say."""
    ours = tables_of(KUBERNETES).items()
    return {name for name, table in ours if listed_as(kind) in (*table.kinds, *table.where_served)}


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


@pytest.mark.parametrize("everywhere", [True, False], ids=["everywhere", "in one namespace"])
def test_nothing_stands_better_where_a_list_is_denied(world: World, everywhere: bool, tmp_path: Path) -> None:
    items, lacking = list(world.items), {}
    for right in LISTS if everywhere else INSIDE:
        if right.kind not in JUDGED:
            continue
        name = f"judged-{everywhere}-{RIGHTS.index(right)}"
        groups = () if everywhere else (right.but_in_one,)
        known, new = world.evidence(name, someone(world.plane, name, world.held_without(right), *groups), right.kind)
        items += [*(replace(item, cluster=name) for item in known), *new]
        lacking[name] = right
    found = judged(Selected(world.run, items), tmp_path)
    assert len(found[WHOLE].findings) > 300
    wrong = [f"{right.name}: {said}" for name, right in lacking.items() for said in better(found[WHOLE], found[name])]
    assert not wrong, "\n".join(wrong[:40])


@pytest.mark.parametrize("right", PATHS, ids=lambda right: right.name)
def test_a_path_denied_is_a_gap_of_all_that_hangs_on_it(world: World, right: Right) -> None:
    name = f"path-{right.name}"
    survey(world.run, someone(world.plane, name, world.held_without(right)), name)
    found = gaps_of(world.run, [item for item in world.run.items() if item.cluster == name])
    beyond = {place: gap for place, gap in found.items() if gap.kind not in NOT_ASKED}
    (path,) = right.rule["nonResourceURLs"]
    assert beyond.keys() and {gap.kind for gap in beyond.values()} == hanging_on(path)
    for gap in beyond.values():
        rule, namespace = named_in(gap)
        assert path in rule["nonResourceURLs"] and namespace is None, gap
        assert gap.owner or gap.outcome in ("denied", "partial")


def hanging_on(path: str) -> set[str]:
    if path not in ("/api", "/apis"):
        return {PATHS_OF_SURVEY[path]}
    surveyed = {kind for kind in SURVEYED if (group_of(kind) == "") == (path == "/api") and fed_by(kind)}
    beside = {"constraints.gatekeeper.sh/*", DEPRECATED_REQUEST} if path == "/apis" else set()
    return surveyed | {SERVED_RESOURCE} | beside


def test_the_rule_that_a_gap_names_closes_it_when_it_is_applied(world: World) -> None:
    for right in [each for each in LISTS if each.kind in APPLIED]:
        group = f"applied-{RIGHTS.index(right)}"
        before = world.lacking(group, right, group)
        made = [role_of(gap, group) for gap in before.values()]
        world.plane.apply([each for pair in made for each in pair])
        inside = {gap.namespace for gap in before.values()}
        world.plane.wait("the rule", lambda: all(may(world.plane, right, [group], where) for where in inside))  # noqa: B023
        again = f"{group}-again"
        found = world.asked(again, someone(world.plane, again, world.held_without(right), group), right.kind)
        assert before and found.keys() == world.gaps.keys()


def role_of(gap: Gap, group: str) -> tuple[Object, Object]:
    """A role with the one rule that a gap names, where it says, and who holds it."""
    rule, namespace = named_in(gap)
    kind = "Role" if namespace else "ClusterRole"
    role = thing("rbac.authorization.k8s.io/v1", kind, namespace, group,
                 rules=[{part: list(values) for part, values in rule.items()}])  # fmt: skip
    return role, bound(group, group, namespace=namespace, kind=kind)


def test_who_may_look_into_two_namespaces_sees_these_and_says_what_else_there_may_be(world: World) -> None:
    inside = ("shop", "billing")
    world.plane.apply(_of_namespaces("two-namespaces", inside))
    last = INSIDE[-1]
    world.plane.wait("the rights", lambda: all(may(world.plane, last, ["two-namespaces"], where) for where in inside))
    kubeconfig = someone(world.plane, "two", PATHS, "two-namespaces")
    survey(world.run, kubeconfig, "two", namespaces=inside)
    items = [item for item in world.run.items() if item.cluster == "two"]
    found = gaps_of(world.run, items)
    for right in INSIDE:
        places = {place[2] for place in found if place[1] == right.kind}
        assert places == {"?"}, right.name
    whole = {gap.kind for gap in found.values() if gap.namespace is None}
    of_cluster = {right.kind for right in LISTS if not right.is_namespaced}
    assert whole == of_cluster | {"survey/Kubelet", DEPRECATED_REQUEST}
    for gap in found.values():
        if gap.kind not in (*NOT_ASKED, DEPRECATED_REQUEST):
            assert named_in(gap)[1] is None and gap.outcome == "denied", gap


def _of_namespaces(name: str, inside: Iterable[str]) -> Iterator[Object]:
    """A role with everything that can be listed in a namespace, held there by one group."""
    rules = [{part: list(values) for part, values in right.rule.items()} for right in INSIDE]
    yield thing("rbac.authorization.k8s.io/v1", "ClusterRole", None, name, rules=rules)
    yield from (bound(name, name, namespace=where) for where in inside)


def named_in(gap: Gap) -> tuple[dict[str, tuple[str, ...]], str | None]:
    """The rule that a gap names, and the namespace whose Role should hold it."""
    rule, _, where = gap.closed_by.removeprefix("rule ").rpartition(" in a ")
    namespace = where.removeprefix("Role of namespace ") if where != "ClusterRole" else None
    return {part: tuple(values) for part, values in yaml.safe_load(rule).items()}, namespace

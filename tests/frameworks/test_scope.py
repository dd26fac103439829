"""A scope says where and what; whatever serves what is in scope is in scope; what was not seen is not decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from collectors.tables.build import Tables, base_tables
from tests.checks.example_worlds import renamed, tables_of, with_cells_unknown, without
from tests.frameworks.scoped_worlds import (
    EVERYTHING_LISTED,
    World,
    cluster_binding,
    deployment,
    found,
    namespace,
    running,
    service,
    stored,
    world_of,
)

OBJECTS = (
    namespace("records"), namespace("web", team="front"), namespace("lab", data="ephi", tier="gold"),
    deployment("ledger", "records"), deployment("shop", "web"),
    deployment("portal", "web", labels={"data": "ephi"}), deployment("viewer", "web", pod={"data": "ephi"}),
    deployment("assay", "lab"), service("shop", "web"), service("ledger", "records"), cluster_binding("admins"),
)  # fmt: skip
CLUSTERS = {
    "prod": {"managed": "eks", "cloud": {"account": "111122223333", "region": "eu-west-1"}},
    "other": {"managed": "self"},
}
PHI = {"data": "ephi"}


def of(kind: str, where: str | None, name: str) -> tuple[str, str, str | None, str]:
    return ("prod", kind, where, name)


def test_an_unset_or_empty_scope_holds_everything_and_says_so() -> None:
    unset: tuple[dict[str, Any] | None, ...] = (None, {})
    for scope in unset:
        one = found(OBJECTS, scope)
        assert one.members == {}
        assert {row["basis"] for row in one.scopes} == {"No scope is set."}
        assert sum(row["subjects_out"] + row["subjects_unknown"] for row in one.scopes) == 0
        populations = {row["check_id"]: row for row in one.judged.populations.to_pylist()}
        for row in one.framework.checks:
            if judged := populations.get(row.check_id):
                names = ("passed", "failed", "unknown", "out_of_scope", "unseen")
                assert [getattr(row, name) for name in names] == [judged[name] for name in names]


def test_a_listed_namespace_holds_everything_in_it_and_nothing_else() -> None:
    members = found(OBJECTS, {"namespaces": ["records"]}).members
    assert members[of("Deployment", "records", "ledger")] == "yes"
    assert members[of("Service", "records", "ledger")] == "yes"
    assert members[of("Namespace", None, "records")] == "yes"
    assert members[of("Deployment", "web", "portal")] == "no"
    assert members[of("Namespace", None, "web")] == "no"


def test_labels_of_the_owner_of_its_pods_or_of_the_namespace_decide_for_a_workload() -> None:
    members = found(OBJECTS, {"labels": PHI}).members
    assert {key[3]: answer for key, answer in members.items() if key[1] == "Deployment"} == {
        "ledger": "no", "shop": "no", "portal": "yes", "viewer": "yes", "assay": "yes",
    }  # fmt: skip


def test_all_labels_must_stand_somewhere_and_may_stand_in_different_places() -> None:
    objects = (*OBJECTS, deployment("both", "lab", labels={"site": "a"}))
    members = found(objects, {"labels": {"data": "ephi", "site": "a"}}).members
    assert {key[3] for key, answer in members.items() if key[1] == "Deployment" and answer == "yes"} == {"both"}


def test_what_is_no_workload_is_in_scope_when_a_workload_of_its_namespace_is() -> None:
    members = found(OBJECTS, {"labels": PHI}).members
    assert members[of("Service", "web", "shop")] == members[of("Namespace", None, "web")] == "yes"
    assert members[of("Service", "records", "ledger")] == members[of("Namespace", None, "records")] == "no"


def test_what_belongs_to_the_whole_cluster_is_in_scope_when_anything_in_the_cluster_is() -> None:
    assert found(OBJECTS, {"labels": PHI}).members[of("ClusterRoleBinding", None, "admins")] == "yes"
    nothing = found(OBJECTS, {"labels": {"data": "cards"}})
    assert set(nothing.members.values()) == {"no"}
    assert {row.failed + row.passed + row.unknown for row in nothing.framework.requirements} == {0}


@pytest.mark.parametrize(
    ("scope", "answer"),
    [
        ({"clusters": ["prod"]}, "yes"),
        ({"clusters": ["other"]}, "no"),
        ({"accounts": ["111122223333"]}, "yes"),
        ({"accounts": ["999900001111"]}, "no"),
        ({"accounts": ["999900001111"], "clusters": ["prod"]}, "yes"),
        ({"clusters": ["prod"], "labels": PHI}, "no"),
        ({"clusters": ["other"], "namespaces": ["records"]}, "no"),
        ({"clusters": ["prod"], "namespaces": ["records"]}, "yes"),
        ({"labels": PHI, "namespaces": ["records"]}, "yes"),
    ],
)
def test_clusters_and_accounts_say_where_namespaces_and_labels_say_what_there(
    scope: dict[str, Any], answer: str
) -> None:
    members = found(OBJECTS, scope, clusters=CLUSTERS).members
    assert members[of("Deployment", "records", "ledger")] == answer


def test_where_the_account_of_a_cluster_is_not_known_nothing_is_decided() -> None:
    one = found(OBJECTS, {"accounts": ["111122223333"]})
    assert set(one.members.values()) == {"not known"}
    assert {row["basis"] for row in one.scopes} == {"The account of the cluster is not known."}
    for row in one.framework.requirements:
        assert (row.passed, row.failed) == (0, 0)
        assert row.status in ("not assessed", "documents needed")


def test_labels_that_were_not_seen_leave_the_failure_unknown_and_the_requirement_not_assessed() -> None:
    world = world_of(tables_of([without(stored(OBJECTS), "Namespace", None, "running", "gone")]))
    one = world.found({"labels": PHI})
    assert one.members[of("Deployment", "web", "portal")] == "yes"
    assert one.members[of("Deployment", "web", "shop")] == "not known"
    as_root = [row for row in one.framework.checks if row.check_id == "pod_security.run_as_non_root"]
    assert [(row.failed, row.unknown, row.unplaced) for row in as_root] == [(2, 3, 3)]


def test_a_namespace_that_the_scope_lists_and_nobody_met_is_told() -> None:
    rows = found(OBJECTS, {"namespaces": ["records", "gone"], "clusters": ["prod"]}).scopes
    told = {row["namespace"]: row["basis"] for row in rows if row["cluster"] is None}
    assert told == {"gone": "Listed in engagement.yaml; nothing of it was seen."}


def test_every_subject_is_counted_once_in_the_printed_scope() -> None:
    one = found(OBJECTS, {"labels": PHI})
    counted = sum(row["subjects_in"] + row["subjects_out"] + row["subjects_unknown"] for row in one.scopes)
    assert counted == len(one.members)


def test_hostile_labels_and_names_are_text() -> None:
    quoted = "it's'); drop table findings; --"
    objects = (namespace(quoted), deployment("x", quoted, labels={"data": quoted}))
    assert found(objects, {"labels": {"data": quoted}}).members[of("Deployment", quoted, "x")] == "yes"
    assert found(objects, {"namespaces": [quoted]}).members[of("Deployment", quoted, "x")] == "yes"


SCOPES: tuple[dict[str, Any], ...] = (
    {"labels": PHI}, {"namespaces": ["records"]}, {"labels": PHI, "namespaces": ["records"]},
    {"labels": {"data": "ephi", "tier": "gold"}},
)  # fmt: skip
SOUNDS_WELL = {"supported": 2, "inherited": 2, "partly supported": 1}


def blurred() -> Iterator[Tables]:
    """The same rows with one list of labels not known at a time."""
    whole = running(OBJECTS)
    for table in ("workloads", "namespaces"):
        for column in ("labels", "pod_labels") if table == "workloads" else ("labels",):
            for position, row in enumerate(whole.rows[table]):
                rows = list(whole.rows[table])
                rows[position] = row._replace(**{column: None})
                yield replace(whole, rows=whole.rows | {table: rows})


@pytest.fixture(scope="module")
def weakened() -> World:
    """Every cell of what decides not known, and its lists not given or cut short, each in a cluster of its own."""
    whole = running(OBJECTS)
    declared = base_tables()
    cells, _ = with_cells_unknown(whole, lambda _: [declared["workloads"], declared["namespaces"]])
    worlds = [renamed(without(stored(OBJECTS), *EVERYTHING_LISTED), "prod")]
    for kind, where in (("Namespace", None), ("apps/Deployment", "web"), ("apps/Deployment", None), ("Pod", None)):
        for how in ("gone", "partial"):
            world = without(stored(OBJECTS), kind, where, "running", how)
            worlds.append(renamed(world, f"prod, {kind} {how} in {where}"))
    lists = tables_of(worlds)
    rows = {name: [*lists.rows[name], *cells.rows.get(name, [])] for name in lists.rows}
    gaps = [*lists.gaps, *(replace(gap, number=len(lists.gaps) + gap.number) for gap in cells.gaps)]
    covered = [*lists.covered, *(replace(one, cluster=name) for name in cells.clusters for one in whole.covered)]
    clusters = lists.clusters | cells.clusters
    return world_of(Tables(rows=rows, clusters=clusters, covered=covered, gaps=gaps))


@pytest.mark.parametrize("scope", SCOPES, ids=str)
def test_less_evidence_only_ever_leaves_membership_open(weakened: World, scope: dict[str, Any]) -> None:
    members = weakened.found(scope).members
    whole = {subject[1:]: answer for subject, answer in members.items() if subject[0] == "prod"}
    assert {"yes", "no"} <= set(whole.values())
    wrong = [
        f"{subject} went from {whole[subject[1:]]} to {answer}"
        for subject, answer in members.items()
        if subject[1:] in whole and answer not in (whole[subject[1:]], "not known")
    ]
    assert not wrong, "\n".join(wrong[:20])
    assert len({subject[0] for subject in members}) > 50


@pytest.fixture(scope="module")
def without_labels() -> list[World]:
    return [world_of(tables) for tables in blurred()]


@pytest.mark.parametrize("scope", SCOPES, ids=str)
def test_labels_withheld_never_make_a_requirement_sound_better(
    without_labels: list[World], scope: dict[str, Any]
) -> None:
    before = {row.requirement_id: row for row in found(OBJECTS, scope).framework.requirements}
    assert "contradicted" in {row.status for row in before.values()}
    for world in without_labels:
        for row in world.found(scope).framework.requirements:
            was = before[row.requirement_id]
            place = f"{row.requirement_id} from {was.status} to {row.status}"
            assert SOUNDS_WELL.get(row.status, 0) <= SOUNDS_WELL.get(was.status, 0), place
            assert row.passed <= was.passed, place
            assert row.failed + row.unknown >= was.failed, place

"""Families of tables: each has its own coverage, and what a cluster calls for and nobody collected is a gap."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
import pytest

from assessment.checks.load import library
from assessment.checks.syntax import Name, Quantifier, Term, children
from assessment.derived.run import all_tables
from assessment.expectation import expected
from collectors.evidence.item import Claim, Item, ItemDraft, as_item
from collectors.people import ANSWERS
from collectors.people.engagement import Engagement
from collectors.tables import families
from collectors.tables.answers_given import MEDIA_TYPE
from collectors.tables.build import Tables, build
from collectors.tables.database import base_inputs
from collectors.tables.families import AUDIT, AWS, AZURE, FAMILIES, KUBERNETES, PEOPLE

CLUSTER = {"cluster": {"name": "shop", "version": "1.35", "status": "ACTIVE"}}


class Memory:
    """Bodies that were never written."""

    def __init__(self, bodies: dict[str, Any]) -> None:
        self._bodies = bodies

    def open(self, item: Item) -> Iterable[bytes]:
        return [orjson.dumps(self._bodies[item.evidence_id])]


def item(number: int, kind: str, claims: tuple[Claim, ...] = (), **more: Any) -> Item:
    said = {"family": AWS, "basis": "running", "kind": kind, "name": "shop"}
    draft = ItemDraft(
        source="aws", cluster="shop", request="eks:DescribeCluster", parameters=said, principal="surveyor",
        method="examine", collection_mode="api", started_at="2026-11-21T10:00:00Z", ended_at="2026-11-21T10:00:00Z",
        media_type=MEDIA_TYPE, claims=claims, **more,
    )  # fmt: skip
    return as_item(draft, f"E-{number:06d}", 1, "stored")


def tables_of(*items: Item, wanted: dict[str, frozenset[str]] | None = None) -> Tables:
    return build(items, Memory({each.evidence_id: CLUSTER for each in items}), expected=wanted)


def test_every_table_belongs_to_one_family() -> None:
    owned = [name for family in FAMILIES for name in families.tables_of(family)]
    assert sorted(owned) == sorted(families.all_base_tables())


def test_an_answer_of_a_cloud_becomes_a_row_and_leaves_kubernetes_alone() -> None:
    tables = tables_of(item(1, "eks/Cluster", (Claim("eks/Cluster", "*", True),)))
    assert [row.cluster for row in tables.rows["eks_clusters"]] == ["shop"]
    assert tables.families == {"shop": {AWS: "running"}}
    assert not {gap.table for gap in tables.gaps} & set(families.tables_of(KUBERNETES))


def test_what_a_cloud_did_not_list_to_its_end_is_a_gap_of_its_own_table_only() -> None:
    tables = tables_of(item(1, "eks/Cluster", (Claim("eks/Cluster", "*", True),)))
    missing = {gap.table for gap in tables.gaps}
    assert "eks_node_groups" in missing and "eks_clusters" not in missing


def test_a_refused_call_names_what_would_open_it() -> None:
    refused = item(1, "eks/Nodegroup", outcome="denied", reason="eks:ListNodegroups was denied")
    refused.parameters["closed_by"] = "IAM permission eks:ListNodegroups"
    gap = next(gap for gap in tables_of(refused).gaps if gap.table == "eks_node_groups")
    assert (gap.outcome, gap.reason) == ("denied", "eks:ListNodegroups was denied")
    assert gap.closed_by == "IAM permission eks:ListNodegroups"


@pytest.mark.parametrize(
    ("managed", "wanted"), [("eks", {KUBERNETES, AUDIT, AWS}), ("aks", {KUBERNETES, AUDIT, AZURE}),
                            ("self", {KUBERNETES, AUDIT})]
)
def test_who_manages_a_cluster_decides_which_families_it_must_have(managed: str, wanted: set[str]) -> None:
    engagement = Engagement.model_validate({"client": "Acme", "clusters": {"shop": {"managed": managed}}})
    assert expected(engagement) == {"shop": frozenset(wanted), ANSWERS: frozenset({PEOPLE})}


def test_a_cluster_that_is_named_and_was_not_collected_is_a_gap_from_end_to_end() -> None:
    tables = tables_of(wanted={"shop": frozenset({KUBERNETES, AWS})})
    wanted = set(families.tables_of(KUBERNETES)) | set(families.tables_of(AWS))
    assert {gap.table for gap in tables.gaps} == {name for name in wanted if families.all_base_tables()[name].kinds}
    assert all(gap.cluster == "shop" and gap.closed_by for gap in tables.gaps)


def test_no_rule_reads_across_families_because_only_its_own_is_sure_to_be_expected() -> None:
    declared = all_tables()

    def read(term: Term, table: str) -> Iterable[str]:
        if isinstance(term, Quantifier):
            relation = declared[table].relation(term.relation)
            assert relation is not None
            table = relation.table
            yield table
        for part in () if isinstance(term, Name) else children(term):
            yield from read(part, table)

    for check in library(declared):
        names = {check.table, *read(check.within, check.table), *read(check.rule, check.table)}
        bases = {base for name in names for base in base_inputs(declared[name], declared)}
        assert len({families.family_of_table(base) for base in bases}) == 1, check.check_id

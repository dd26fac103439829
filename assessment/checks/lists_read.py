"""Which tables a check reads, and the complete lists that its verdicts rest on.

Absence is evidence too: that no policy selects a workload is shown by the complete list that holds none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from assessment.checks.load import Check
from assessment.checks.syntax import Quantifier, Term, children
from collectors.tables.coverage import Covered
from collectors.tables.database import base_inputs
from collectors.tables.families import family_of_table
from collectors.tables.schema import Table

LISTS_BEHIND = "check_no smallint, source varchar"
COMPLETE_LISTS = "cid integer, source varchar, namespace varchar, evidence_id varchar"


def tables_read(checks: Sequence[Check], declared: Mapping[str, Table]) -> set[str]:
    """The tables that these checks judge or relate to."""
    return {name for check in checks for name in _tables_of(check, declared)}


def base_tables_read(checks: Sequence[Check], declared: Mapping[str, Table]) -> frozenset[str]:
    """The base tables that these checks read, directly or through what is derived from them."""
    return frozenset(base for name in tables_read(checks, declared) for base in base_inputs(declared[name], declared))


def families_read(table: str, declared: Mapping[str, Table]) -> set[str]:
    """The families of evidence that the rows of a table are made from."""
    return {family for base in base_inputs(declared[table], declared) if (family := family_of_table(base))}


def lists_behind(checks: Sequence[Check], declared: Mapping[str, Table]) -> list[tuple[str, str]]:
    """Check and base table of other objects whose complete lists its verdicts rest on."""
    return sorted((check.check_id, table) for check in checks for table in _other_objects(check, declared))


def complete_lists(
    covered: Iterable[Covered], clusters: Mapping[str, int], wanted: Collection[str]
) -> list[tuple[int, str, str, str]]:
    """The complete lists of the wanted tables, in the order of COMPLETE_LISTS; namespace "*" is everywhere."""
    return sorted(
        (clusters[each.cluster], each.table, each.namespace, evidence_id)
        for each in covered
        if each.state == "complete" and each.table in wanted
        for evidence_id in each.evidence
    )


def _other_objects(check: Check, declared: Mapping[str, Table]) -> set[str]:
    """Base tables behind the check's relations that other kinds fill than those it judges."""
    own = set(declared[check.table].kinds)
    bases = base_tables_read([check], declared)
    return {base for base in bases if declared[base].kinds and own.isdisjoint(declared[base].kinds)}


def _tables_of(check: Check, declared: Mapping[str, Table]) -> set[str]:
    found = {check.table}
    for term in (check.within, check.rule):
        found.update(_followed(term, declared[check.table], declared))
    return found


def _followed(term: Term, table: Table, declared: Mapping[str, Table]) -> Iterator[str]:
    if isinstance(term, Quantifier):
        relation = table.relation(term.relation)
        assert relation is not None
        yield relation.table
        table = declared[relation.table]
    for part in children(term):
        yield from _followed(part, table, declared)

"""Every check against its own examples, and against those examples with something taken away."""

from __future__ import annotations

import functools

import pytest

from assessment import rehearsal
from assessment.checks.examples import title_of
from assessment.checks.lists_read import tables_read
from assessment.checks.load import Check, library
from assessment.checks.syntax import Name, Quantifier, Term, children
from assessment.derived.run import all_tables, derive
from collectors.tables.build import Tables
from collectors.tables.schema import Table
from tests.checks.example_worlds import (
    Stored,
    inputs_of,
    renamed,
    stored,
    tables_of,
    verdicts,
    with_cells_unknown,
    withholdings,
    without,
)

CHECKS = library(all_tables())
each_check = pytest.mark.parametrize("check", CHECKS, ids=[check.check_id for check in CHECKS])


def read_by(check: Check) -> set[str]:
    return tables_read([check], all_tables())


@functools.cache
def example_tables(check_id: str) -> Tables:
    check = next(check for check in CHECKS if check.check_id == check_id)
    return tables_of((stored(check, number) for number in range(len(check.written.examples))), read_by(check))


def test_every_example_gets_the_verdict_that_its_author_expects() -> None:
    wrong = rehearsal.wrong(CHECKS)
    assert not wrong, "\n".join(map(str, wrong))


@each_check
def test_a_check_passes_and_fails_in_its_examples(check: Check) -> None:
    expected = {example.expect for example in check.written.examples}
    assert {"pass", "fail"} <= expected


@each_check
def test_an_unknown_cell_never_turns_a_verdict_into_another(check: Check) -> None:
    tables = example_tables(check.check_id)
    before = verdicts(tables, [check])[check.check_id]
    changed, origin = with_cells_unknown(tables, inputs_of(check))
    derive(changed, read_by(check))
    after = verdicts(changed, [check])[check.check_id]
    wrong = []
    for name, (cluster, cell) in origin.items():
        for subject, verdict in before.get(cluster, {}).items():
            now = _same_subject(after.get(name, {}), subject, _of_cluster(subject, cluster, name))
            if now not in (verdict, "unknown"):
                wrong.append(f"{cluster}: {cell} unknown: {subject[:4]} went from {verdict} to {now}")
    assert not wrong, "\n".join(wrong[:20])


@each_check
def test_withheld_evidence_never_turns_a_verdict_into_another(check: Check) -> None:
    worlds: list[Stored] = []
    told: dict[str, str] = {}
    for number, example in enumerate(check.written.examples):
        if not example.whole:
            continue
        world = stored(check, number)
        for basis in ("declared", "running"):
            whole = f"{title_of(check, number)}, {basis}"
            worlds.append(renamed(without(world, "", None, basis, "gone"), whole))
            for kind, namespace, how in withholdings(world):
                name = f"{whole}, {kind} {how} in {namespace or 'the cluster'}"
                told[name] = whole
                worlds.append(renamed(without(world, kind, namespace, basis, how), name))
    found = verdicts(tables_of(worlds, read_by(check)), [check])[check.check_id]
    wrong = [line for name, whole in told.items() for line in _stronger(found, whole, name)]
    assert not wrong, "\n".join(wrong[:20])


@each_check
def test_every_column_and_relation_of_a_rule_can_turn_its_verdict_unknown(check: Check) -> None:
    tables = example_tables(check.check_id)
    before = verdicts(tables, [check])[check.check_id]
    changed, origin = with_cells_unknown(tables, [all_tables()[name] for name in _read(check)])
    after = verdicts(changed, [check])[check.check_id]
    opened = {
        cell
        for name, (cluster, cell) in origin.items()
        for subject, verdict in before.get(cluster, {}).items()
        if verdict != "unknown"
        and _same_subject(after.get(name, {}), subject, _of_cluster(subject, cluster, name)) == "unknown"
    }
    missing = _columns(check) - opened
    assert not missing, f"no example shows what happens when these are unknown: {sorted(missing)}"


def _stronger(found: dict, whole: str, name: str) -> list[str]:  # type: ignore[type-arg]
    known = {subject[:4]: verdict for subject, verdict in found.get(whole, {}).items()}
    now = {_of_cluster(subject[:4], name, whole): verdict for subject, verdict in found.get(name, {}).items()}
    return [
        f"{name}: {subject} went from {known.get(subject)} to {verdict}"
        for subject, verdict in now.items()
        if verdict != "unknown" and known.get(subject) != verdict
    ]


def _of_cluster(subject: tuple[str, ...], name: str, whole: str) -> tuple[str, ...]:
    """A cluster that is a subject itself keeps its name while it is copied."""
    return tuple(whole if part == name else part for part in subject)


def _same_subject(subjects: dict, subject: tuple[str, ...], copied: tuple[str, ...]) -> str | None:  # type: ignore[type-arg]
    """The verdict on a subject, or on its copy; one whose namespace became unknown is found by its evidence."""
    for each in (subject, copied):
        if each in subjects:
            return str(subjects[each])
    found = {verdict for known, verdict in subjects.items() if known[4] == subject[4] and known[2] == subject[2]}
    return found.pop() if len(found) == 1 else None


def _read(check: Check) -> list[str]:
    return sorted({column.split(".")[0] for column in _columns(check)})


def _columns(check: Check) -> set[str]:
    """Every "table.column" that the check's expressions name."""
    found: set[str] = set()

    def follow(term: Term, table: Table, outer: Table | None) -> None:
        if isinstance(term, Name):
            place = outer if term.outer else table
            assert place is not None
            found.add(f"{place.name}.{term.name}")
        if isinstance(term, Quantifier):
            relation = table.relation(term.relation)
            assert relation is not None
            table, outer = all_tables()[relation.table], table
        for part in children(term):
            follow(part, table, outer)

    for term in (check.within, check.rule):
        follow(term, all_tables()[check.table], None)
    fixed = ("name", "kind", "api_group", "basis")
    return {column for column in found if column.split(".")[1] not in fixed}

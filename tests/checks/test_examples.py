"""Every check against its own examples, and against those examples with something taken away."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

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
    Verdicts,
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
TOGETHER = 30
"""Checks whose worlds are judged together: planning a question costs more than the few rows of its examples."""
each_check = pytest.mark.parametrize("check", CHECKS, ids=[check.check_id for check in CHECKS])


@dataclass(frozen=True)
class Batch:
    """Some checks, their examples as tables, each of them put to the worlds of its own examples."""

    checks: Sequence[Check]
    read: Set[str]
    put: Mapping[str, tuple[str]]
    tables: Tables
    before: Mapping[str, Verdicts]

    def put_to_copies(self, origin: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str]]:
        """The same checks put to copies of the worlds; `origin` says of each copy which one it copies."""
        return {copy: self.put[world] for copy, (world, _) in origin.items()}


def _numbers() -> dict[str, int]:
    alike = sorted(CHECKS, key=lambda check: (check.table, check.check_id))
    return {check.check_id: position // TOGETHER for position, check in enumerate(alike)}


BATCH_OF = _numbers()
INPUTS = {check.check_id: frozenset(table.name for table in inputs_of(check)) for check in CHECKS}


@functools.cache
def batch(number: int) -> Batch:
    checks = [check for check in CHECKS if BATCH_OF[check.check_id] == number]
    each = [(check, place) for check in checks for place in range(len(check.written.examples))]
    put = {title_of(check, place): (check.check_id,) for check, place in each}
    read = tables_read(checks, all_tables())
    tables = tables_of((stored(check, place) for check, place in each), read, bases_of(put))
    return Batch(checks, read, put, tables, verdicts(tables, checks, put))


def bases_of(put: Mapping[str, tuple[str]]) -> Callable[[str], Set[str]]:
    """World -> the base tables behind the check that is put to it."""
    return lambda world: INPUTS[put[world][0]]


def test_every_example_gets_the_verdict_that_its_author_expects() -> None:
    wrong = rehearsal.wrong(CHECKS)
    assert not wrong, "\n".join(map(str, wrong))


@each_check
def test_a_check_passes_and_fails_in_its_examples(check: Check) -> None:
    expected = {example.expect for example in check.written.examples}
    assert {"pass", "fail"} <= expected


@each_check
def test_an_unknown_cell_never_turns_a_verdict_into_another(check: Check) -> None:
    wrong = turned_by_unknown_inputs(BATCH_OF[check.check_id])[check.check_id]
    assert not wrong, "\n".join(wrong[:20])


@functools.cache
def turned_by_unknown_inputs(number: int) -> Mapping[str, list[str]]:
    """check -> what it says otherwise when one cell of the base tables behind it is unknown."""
    together = batch(number)
    inputs = {check.check_id: inputs_of(check) for check in together.checks}
    changed, origin = with_cells_unknown(together.tables, lambda world: inputs[together.put[world][0]])
    derive(changed, together.read)
    after = verdicts(changed, together.checks, together.put_to_copies(origin))
    wrong: dict[str, list[str]] = defaultdict(list)
    for name, (cluster, cell) in origin.items():
        (check_id,) = together.put[cluster]
        for subject, verdict in together.before.get(check_id, {}).get(cluster, {}).items():
            subjects = after.get(check_id, {}).get(name, {})
            now = _same_subject(subjects, subject, _of_cluster(subject, cluster, name))
            if now not in (verdict, "unknown"):
                wrong[check_id].append(f"{cluster}: {cell} unknown: {subject[:4]} went from {verdict} to {now}")
    return wrong


@each_check
def test_withheld_evidence_never_turns_a_verdict_into_another(check: Check) -> None:
    wrong = turned_by_withholding(BATCH_OF[check.check_id])[check.check_id]
    assert not wrong, "\n".join(wrong[:20])


@functools.cache
def turned_by_withholding(number: int) -> Mapping[str, list[str]]:
    """check -> what it says otherwise when evidence behind it is withheld, or given in part."""
    together = batch(number)
    worlds: list[Stored] = []
    put: dict[str, tuple[str]] = {}
    told: dict[str, str] = {}
    for check in together.checks:
        for place, example in enumerate(check.written.examples):
            if example.whole:
                for whole, name, world in _withheld(check, place):
                    worlds.append(world)
                    put[name] = (check.check_id,)
                    if whole:
                        told[name] = whole
    found = verdicts(tables_of(worlds, together.read, bases_of(put)), together.checks, put)
    wrong: dict[str, list[str]] = defaultdict(list)
    for name, whole in told.items():
        (check_id,) = put[name]
        wrong[check_id] += _stronger(found.get(check_id, {}), whole, name)
    return wrong


def _withheld(check: Check, place: int) -> Iterator[tuple[str | None, str, Stored]]:
    """The name of the whole world (of itself none), a name and a world, for all that may be withheld."""
    world = stored(check, place)
    for basis in ("declared", "running"):
        whole = f"{title_of(check, place)}, {basis}"
        yield None, whole, renamed(without(world, "", None, basis, "gone"), whole)
        for kind, namespace, how in withholdings(world):
            name = f"{whole}, {kind} {how} in {namespace or 'the cluster'}"
            yield whole, name, renamed(without(world, kind, namespace, basis, how), name)


@each_check
def test_every_column_and_relation_of_a_rule_can_turn_its_verdict_unknown(check: Check) -> None:
    missing = _columns(check) - opened_by_unknown_cells(BATCH_OF[check.check_id])[check.check_id]
    assert not missing, f"no example shows what happens when these are unknown: {sorted(missing)}"


@functools.cache
def opened_by_unknown_cells(number: int) -> Mapping[str, set[str]]:
    """check -> the cells of the tables that its rule names which turn a verdict unknown in some example."""
    together = batch(number)
    named = {check.check_id: [all_tables()[name] for name in _read(check)] for check in together.checks}
    changed, origin = with_cells_unknown(together.tables, lambda world: named[together.put[world][0]])
    after = verdicts(changed, together.checks, together.put_to_copies(origin))
    opened: dict[str, set[str]] = defaultdict(set)
    for name, (cluster, cell) in origin.items():
        (check_id,) = together.put[cluster]
        for subject, verdict in together.before.get(check_id, {}).get(cluster, {}).items():
            subjects = after.get(check_id, {}).get(name, {})
            now = _same_subject(subjects, subject, _of_cluster(subject, cluster, name))
            if verdict != "unknown" and now == "unknown":
                opened[check_id].add(cell)
    return opened


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

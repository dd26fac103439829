"""Every derived cell only ever opens: what is not known makes it NULL, and never another value.

For each derived table, in worlds of the examples of checks that read it, one by one and two thrown together: a base
cell is made NULL, or evidence is withheld (a kind, a kind in one namespace, a page of it). Then every row that is there
has to be one that was there, with some cells not known; a row of a pair that only may match may come. A base cell that
is not known takes no row away, evidence that was withheld may: its gap speaks for it.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from assessment.checks.examples import objects, title_of
from assessment.checks.lists_read import base_tables_read, tables_read
from assessment.checks.load import Check, library
from assessment.derived.attack_paths.steps import SOMEBODY, UNSEEN
from assessment.derived.run import all_tables, derive
from collectors.evidence.item import as_item
from collectors.kubernetes.offline import in_memory
from collectors.tables.build import Tables
from collectors.tables.database import base_inputs
from collectors.tables.schema import Field, Table
from tests.checks.example_worlds import NEVER_NULL, Stored, kind_of, renamed, stored, tables_of, withholdings, without

# Rows that stand for groups of pods: a label that is not known makes other groups of the same pods.
GROUPS = ("network_groups", "network_flows")
DERIVED = [table for table in all_tables().values() if table.derived_from and table.name not in GROUPS]
EXAMPLES = 12  # of each table, and half as many of two together; more find the same and cost time
CELLS_OF_A_COLUMN = 3
each_table = pytest.mark.parametrize("table", DERIVED, ids=[table.name for table in DERIVED])

# A row says that something may be so; while this cell is NULL the row may come and go.
MAY_BE = ("matches", "holds", "is_public")
# Not answers, but what led to one: that grows and shrinks with what was seen, and no check judges it.
WITNESSES = {
    "attack_steps": {"because": "what gives the step, or prevents it"},
    "exposures": {
        "listed_as": "words for a reader", "hosts": "words for a reader", "ports": "words for a reader",
        "services": "the Services that are named",
    },
    "ingress_clashes": {"route": "words for a reader", "others": "the routes that were seen"},
    "network_engines": {"agents": "the agents that were seen"},
    "network_coverage": {"policies": "the policies that were seen"},
    "service_targets": {"port_label": "words for a reader"},
    "workload_attack_paths": {
        "way_to_cluster_admin": "one of several ways", "way_to_node": "one of several ways",
        "way_to_cloud_role": "one of several ways", "way_evidence_refs": "evidence of one of several ways",
    },
    "rights_chains": {
        "way_to_cluster_admin": "one of several ways", "way_evidence_refs": "evidence of one of several ways",
    },
}  # fmt: skip

UNNAMED = (UNSEEN, SOMEBODY)  # places of steps that stand for what is not known
# Places of steps are made of names: of a place that cannot be named no step leads on. Where all of them lead is asked
# of workload_attack_paths, which loses no row.
ROWS_MAY_GO = ("attack_steps",)

Rows = list[tuple[Any, ...]]


@functools.cache
def checks() -> Sequence[Check]:
    return library(all_tables())


def check_of(check_id: str) -> Check:
    return next(each for each in checks() if each.check_id == check_id)


@functools.cache
def read_by(check_id: str) -> frozenset[str]:
    return frozenset(tables_read([check_of(check_id)], all_tables()))


@functools.cache
def touched(name: str) -> frozenset[str]:
    """A table and everything that it is made from."""
    return frozenset({name}.union(*(touched(each) for each in all_tables()[name].derived_from)))


@functools.cache
def bases_read_by(check_id: str) -> frozenset[str]:
    """The base tables that a check reads, directly or through what is derived from them."""
    return base_tables_read([check_of(check_id)], all_tables())


def needing(table: Table) -> Iterator[tuple[Check, int]]:
    """Examples that declare a whole cluster, of checks that read the table, spread over the checks.

    Of a table for reports alone, of checks that read most of what it is made from.
    """
    reading = [each for each in checks() if any(table.name in touched(name) for name in read_by(each.check_id))]
    if not reading:
        made_from = set(base_inputs(table, all_tables()))
        reading = sorted(checks(), key=lambda each: -len(made_from & bases_read_by(each.check_id)))[:30]
    found = [
        (number, hashlib.sha256(each.check_id.encode()).hexdigest(), each)
        for each in reading
        for number, example in enumerate(each.written.examples)
        if example.whole
    ]
    yield from ((each, number) for number, _, each in sorted(found, key=lambda one: one[:2]))


@functools.cache
def sample(name: str) -> Mapping[str, Stored]:
    """Worlds in which the table has rows, by title."""
    asked = itertools.islice(needing(all_tables()[name]), 60)
    few = {title_of(check, number): (check, number) for check, number in asked}
    made = {title: alone(title, check, number) for title, (check, number) in few.items()}
    rich = {row.cluster for row in tables_of(made.values(), [name]).rows[name]}
    chosen = [title for title in made if title in rich][:EXAMPLES]
    return {title: made[title] for title in chosen} | {
        f"{one} with {other}": together(f"{one} with {other}", few[one], few[other])
        for one, other in zip(chosen[::2], chosen[1::2], strict=False)
        if not any(check.written.examples[number].answers for check, number in (few[one], few[other]))
    }


def alone(name: str, check: Check, number: int) -> Stored:
    """One example as a cluster."""
    return stored(check, number) if check.written.examples[number].answers else together(name, (check, number))


def together(name: str, *examples: tuple[Check, int]) -> Stored:
    """The objects of examples as one cluster, and the namespaces they are in; of those of one name the first."""
    written = [check.written.examples[number] for check, number in examples]
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for obj in (obj for example in written for obj in objects(example)):
        metadata = obj.get("metadata") or {}
        found.setdefault((kind_of(obj), str(metadata.get("namespace")), str(metadata.get("name"))), obj)
    for namespace in sorted({namespace for _, namespace, _ in found} - {"None"}):
        made = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
        found.setdefault(("Namespace", "None", namespace), made)
    placed = in_memory(
        found.values(), cluster=name, whole=True, kubernetes_version=written[0].kubernetes_version,
        running=any(example.running for example in written),
    )  # fmt: skip
    held = [(as_item(draft, f"{name}-{number}", 0, "in memory"), body) for number, (draft, body) in enumerate(placed)]
    return Stored([item for item, _ in held], {item.evidence_id: body for item, body in held})


def answers(table: Table) -> list[Field]:
    left_out = {"cluster", "basis", "evidence_refs", *WITNESSES.get(table.name, ())}
    return [field for field in table.fields if field.name not in left_out]


def rows_by_cluster(table: Table, tables: Tables, names: Mapping[str, str]) -> dict[str, Rows]:
    """The rows of each world; a cluster that is named in a cell keeps the name that it had."""
    found: dict[str, Rows] = defaultdict(list)
    fields = answers(table)
    for row in _each_version(tables.rows[table.name]):
        was = names.get(row.cluster, row.cluster)
        cells = (getattr(row, field.name) for field in fields)
        found[row.cluster].append(tuple(was if cell == row.cluster else _plain(cell) for cell in cells))
    return found


def _plain(cell: Any) -> Any:
    if cell in UNNAMED:
        return None
    return tuple(cell) if isinstance(cell, list) else cell


def _each_version(rows: Iterable[Any]) -> Iterator[Any]:
    """A row that holds for several versions of a standard, once for each."""
    for row in rows:
        if not hasattr(row, "from_minor"):
            yield row
            continue
        for minor in range(row.from_minor, row.to_minor + 1):
            yield row._replace(from_minor=minor, to_minor=minor)


def opens(after: tuple[Any, ...], before: tuple[Any, ...]) -> bool:
    return all(now is None or now == was for now, was in zip(after, before, strict=True))


def strengthened(table: Table, before: Rows, after: Rows) -> Iterator[str]:
    """Rows that were not there, or say what was not said."""
    fields = answers(table)
    maybe = next((number for number, field in enumerate(fields) if field.name in MAY_BE), None)
    known = set(before)
    for row in after:
        if row in known or (maybe is not None and row[maybe] is None):
            continue
        if not any(opens(row, was) for was in before):
            yield _told(table, row, before)


def vanished(table: Table, before: Rows, after: Rows) -> Iterator[str]:
    """Rows that were there and are not any more."""
    if table.name in ROWS_MAY_GO:
        return
    fields = answers(table)
    maybe = next((number for number, field in enumerate(fields) if field.name in MAY_BE), None)
    known = set(after)
    for row in before:
        if row in known or (maybe is not None and row[maybe] is None):
            continue
        if not any(opens(now, row) for now in after):
            yield f"{_shown(table, row)} is gone"


def _told(table: Table, row: tuple[Any, ...], before: Rows) -> str:
    fields = answers(table)
    nearest = max(before, key=lambda was: sum(now == old for now, old in zip(row, was, strict=True)), default=None)
    if nearest is None:
        return f"{_shown(table, row)} is new"
    changed = [
        f"{field.name}: {old!r} became {now!r}"
        for field, now, old in zip(fields, row, nearest, strict=True)
        if now is not None and now != old
    ]
    return f"{_shown(table, row)}: " + ", ".join(changed)


def _shown(table: Table, row: tuple[Any, ...]) -> str:
    named = [
        cell for field, cell in zip(answers(table), row, strict=True)
        if field.column.owner or "name" in field.name or field.name == table.part
    ]  # fmt: skip
    return "/".join(str(cell) for cell in named if cell is not None) or str(row)


def cells_unknown(table: Table, tables: Tables) -> tuple[Tables, dict[str, tuple[str, str]]]:
    """A copy of a world for some cells of each column of the base tables, that cell NULL; what became of which."""
    bases = sorted(set(base_inputs(table, all_tables())))
    own: dict[str, dict[str, list[Any]]] = defaultdict(lambda: {name: [] for name in bases})
    for name in bases:
        for row in tables.rows[name]:
            own[row.cluster][name].append(row)
    gaps = defaultdict(list)
    for gap in tables.gaps:
        gaps[gap.cluster].append(gap)
    changed = Tables(rows={name: [] for name in tables.rows})
    origin: dict[str, tuple[str, str]] = {}
    for base, position, field, cluster in _cells(bases, own):
        name = f"{cluster}~{len(origin)}"
        origin[name] = (cluster, f"{base}.{field}")
        changed.clusters[name] = replace(tables.clusters[cluster], name=name)
        for each in bases:
            copies = [row._replace(cluster=name) for row in own[cluster][each]]
            if each == base:
                copies[position] = copies[position]._replace(**{field: None})
            changed.rows[each].extend(copies)
        changed.gaps.extend(
            replace(gap, cluster=name, number=len(changed.gaps) + number) for number, gap in enumerate(gaps[cluster])
        )
    return changed, origin


def _cells(bases: Iterable[str], own: Mapping[str, Mapping[str, list[Any]]]) -> Iterator[tuple[str, int, str, str]]:
    for base in bases:
        for field in all_tables()[base].fields:
            if field.name in NEVER_NULL or field.column.identity or field.column.owner:
                continue
            known = (
                (position, cluster)
                for cluster, tables in own.items()
                for position, row in enumerate(tables[base])
                if getattr(row, field.name) is not None
            )
            for (position, cluster), _ in zip(known, range(CELLS_OF_A_COLUMN), strict=False):
                yield base, position, field.name, cluster


@each_table
def test_a_cell_that_is_not_known_opens_what_is_derived_from_it(table: Table) -> None:
    tables = tables_of(sample(table.name).values(), [table.name])
    changed, origin = cells_unknown(table, tables)
    derive(changed, [table.name])
    before = rows_by_cluster(table, tables, {})
    after = rows_by_cluster(table, changed, {name: cluster for name, (cluster, _) in origin.items()})
    wrong = [
        f"{cluster}: {cell} unknown: {line}"
        for name, (cluster, cell) in origin.items()
        for told in (strengthened, vanished)
        for line in told(table, before[cluster], after[name])
    ]
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong[:20])


@each_table
def test_evidence_that_is_withheld_opens_what_is_derived_from_it(table: Table) -> None:
    placed: list[Stored] = []
    told: dict[str, str] = {}
    for title, world in sample(table.name).items():
        for basis in ("declared", "running"):
            whole = f"{title}, {basis}"
            placed.append(renamed(without(world, "", None, basis, "gone"), whole))
            for kind, namespace, how in withholdings(world):
                name = f"{whole}, {kind} {how} in {namespace or 'the cluster'}"
                told[name] = whole
                placed.append(renamed(without(world, kind, namespace, basis, how), name))
    found = rows_by_cluster(table, tables_of(placed, [table.name]), told)
    wrong = [
        f"{name}: {line}"
        for name, whole in told.items()
        for line in strengthened(table, found.get(whole, []), found.get(name, []))
    ]
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong[:20])


def test_every_derived_table_has_worlds_to_open() -> None:
    assert not [table.name for table in DERIVED if not sample(table.name)]

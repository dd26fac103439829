"""The examples of every check as clusters, and those clusters with something taken away."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from assessment.checks.example_answers import answered
from assessment.checks.examples import objects, title_of
from assessment.checks.expression import Constants
from assessment.checks.lists_read import base_tables_read
from assessment.checks.load import Check
from assessment.checks.run import Put, judge
from assessment.derived.run import all_tables, derive
from collectors.evidence.item import Claim, Item, as_item
from collectors.kubernetes.kinds import is_namespaced, listed_as
from collectors.kubernetes.offline import in_memory
from collectors.tables.answers_given import MEDIA_TYPE
from collectors.tables.build import Tables, build
from collectors.tables.coverage import Gap
from collectors.tables.database import base_inputs
from collectors.tables.families import KUBERNETES, family_of
from collectors.tables.families import tables_of as family_tables
from collectors.tables.schema import ClusterContext, Table

AS_OF = Constants("2026-11-21 00:00:00", {})
NEVER_NULL = frozenset({"cluster", "name", "kind", "api_group", "basis", "evidence_refs", "stable_name"})
Verdicts = dict[str, dict[tuple[str, ...], str]]


class Memory:
    """Bodies of items held in memory, one list of lines each."""

    def __init__(self) -> None:
        self.lines: dict[str, list[bytes]] = {}

    def open(self, item: Item) -> Iterable[bytes]:
        return self.lines[item.evidence_id]


@dataclass(frozen=True, slots=True)
class Stored:
    """One cluster's evidence: its items and, for each, the objects it holds."""

    items: list[Item]
    bodies: dict[str, list[tuple[str, dict[str, Any]]]]


def stored(check: Check, number: int) -> Stored:
    """The evidence of one example: a folder of manifests in memory, or what a cloud or a person answered."""
    example = check.written.examples[number]
    if example.answers:
        return _stored_answers(check, number)
    items: list[Item] = []
    bodies = {}
    placed = in_memory(
        objects(example), cluster=title_of(check, number), whole=example.whole,
        kubernetes_version=example.kubernetes_version, running=example.running,
    )  # fmt: skip
    for draft, held in placed:
        item = as_item(draft, f"{title_of(check, number)}-{len(items)}", 0, "in memory")
        items.append(item)
        bodies[item.evidence_id] = held
    return Stored(items, bodies)


def _stored_answers(check: Check, number: int) -> Stored:
    items: list[Item] = []
    bodies: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    title = title_of(check, number)
    for draft, body in answered(check.written.examples[number], cluster=title):
        item = as_item(draft, f"{title}-{len(items)}", 0, None if body is None else "in memory")
        items.append(item)
        bodies[item.evidence_id] = [] if body is None else [("", body)]
    return Stored(items, bodies)


def tables_of(
    worlds: Iterable[Stored], wanted: Collection[str] | None = None,
    bases: Callable[[str], Collection[str]] | None = None,
) -> Tables:  # fmt: skip
    """Base and derived tables of all these clusters together; of the derived ones those `wanted`.

    `bases` says of which base tables a cluster has gaps; without it, of all behind the `wanted` ones.
    """
    memory = Memory()
    items: list[Item] = []
    for world in worlds:
        items.extend(world.items)
        for evidence_id, held in world.bodies.items():
            memory.lines[evidence_id] = [orjson.dumps({"place": place, "object": obj}) for place, obj in held]
        for item in world.items:
            if item.media_type == MEDIA_TYPE:
                memory.lines[item.evidence_id] = [orjson.dumps(obj) for _, obj in world.bodies[item.evidence_id]]
    declared = all_tables()
    behind = {base for name in wanted or declared for base in base_inputs(declared[name], declared)}
    tables = build(items, memory, as_of=datetime.fromisoformat(AS_OF.as_of), wanted=bases or (lambda _: behind))
    derive(tables, wanted)
    return tables


def verdicts(tables: Tables, checks: Sequence[Check], put: Put | None = None) -> dict[str, Verdicts]:
    """check id -> cluster -> (kind, namespace, name, part, which) -> verdict, "out of scope" included."""
    judged = judge("test", tables, all_tables(), checks, AS_OF, put)
    found: dict[str, Verdicts] = {}
    for table, fixed in ((judged.findings, None), (judged.out_of_scope, "out of scope")):
        for row in table.to_pylist():
            subject = tuple(str(row[f"subject_{name}"]) for name in ("kind", "namespace", "name", "part"))
            which = str([ref for ref in row["evidence_refs"] if "#/" in ref])
            verdict = fixed or row["verdict"]
            found.setdefault(row["check_id"], {}).setdefault(row["cluster"], {})[(*subject, which)] = verdict
    return found


def inputs_of(check: Check) -> list[Table]:
    """The base tables that a check reads, directly or through what is derived from them."""
    declared = all_tables()
    return [declared[name] for name in sorted(base_tables_read([check], declared))]


def with_cells_unknown(
    tables: Tables, among: Callable[[str], Collection[Table]]
) -> tuple[Tables, dict[str, tuple[str, str]]]:
    """Every cluster again once per cell of the tables `among` which it is looked at, that cell NULL.

    The dict says of each new cluster which one it copies and which table.column it lacks.
    """
    changed = Tables(rows={name: [] for name in tables.rows})
    origin: dict[str, tuple[str, str]] = {}
    rows_of, gaps_of = _by_cluster(tables)
    for cluster, context in tables.clusters.items():
        own, gaps = rows_of.get(cluster, {}), gaps_of.get(cluster, ())
        for table in among(cluster):
            for position, row in enumerate(own.get(table.name, ())):
                for field in table.fields:
                    column = field.column
                    fixed = field.name in NEVER_NULL or column.identity or column.owner
                    if fixed or getattr(row, field.name) is None:
                        continue
                    name = f"{cluster}~{len(origin)}"
                    origin[name] = (cluster, f"{table.name}.{field.name}")
                    _copy(changed, replace(context, name=name), own, gaps, (table.name, position, field.name))
    return changed, origin


def _by_cluster(tables: Tables) -> tuple[dict[str, dict[str, list[Any]]], dict[str, list[Gap]]]:
    rows: dict[str, dict[str, list[Any]]] = {}
    for name, held in tables.rows.items():
        for row in held:
            rows.setdefault(row.cluster, {}).setdefault(name, []).append(row)
    gaps: dict[str, list[Gap]] = {}
    for gap in tables.gaps:
        gaps.setdefault(gap.cluster, []).append(gap)
    return rows, gaps


def _copy(
    into: Tables, context: ClusterContext, own: Mapping[str, Sequence[Any]], gaps: Iterable[Gap],
    cell: tuple[str, int, str],
) -> None:  # fmt: skip
    into.clusters[context.name] = context
    for table, rows in own.items():
        copies = [row._replace(cluster=context.name) for row in rows]
        if table == cell[0]:
            copies[cell[1]] = copies[cell[1]]._replace(**{cell[2]: None})
        into.rows[table].extend(copies)
    into.gaps.extend(replace(gap, cluster=context.name, number=len(into.gaps) + n) for n, gap in enumerate(gaps))


def renamed(world: Stored, name: str) -> Stored:
    """The same evidence as a cluster of another name, so that many can be judged together."""
    ids = {item.evidence_id: f"{name}-{number}" for number, item in enumerate(world.items)}
    items = [replace(item, cluster=name, evidence_id=ids[item.evidence_id]) for item in world.items]
    return Stored(items, {ids[each]: world.bodies[each] for each in ids})


def without(world: Stored, kind: str, namespace: str | None, basis: str, how: str) -> Stored:
    """The evidence with one kind (in one namespace, or anywhere) not listed (`gone`) or cut short (`partial`)."""
    family = family_of(world.items[0])
    kinds = sorted({each for table in family_tables(family).values() for each in table.kinds})
    claims = []
    for each in kinds:
        if each not in (kind, listed_as(kind)):
            claims.append(Claim(each, "*", True))
        elif namespace is not None:
            claims.extend(Claim(each, other, True) for other in _namespaces(world) if other != namespace)
    if how == "partial":
        claims.append(Claim(kind, namespace or "*", False, "a page is missing"))
    basis = basis if family == KUBERNETES else world.items[0].parameters["basis"]
    items = [
        replace(item, claims=tuple(claims) if n == 0 else (), parameters={**item.parameters, "basis": basis})
        for n, item in enumerate(world.items)
        if not (how == "gone" and item.parameters.get("kind") == kind)
    ]
    bodies = {
        evidence_id: [
            (place, obj) for place, obj in held
            if how == "partial" or family != KUBERNETES or kind_of(obj) != kind
            or (namespace and _namespace(obj) != namespace)
        ]
        for evidence_id, held in world.bodies.items()
    }  # fmt: skip
    return Stored(items, bodies)


def withholdings(world: Stored) -> Iterator[tuple[str, str | None, str]]:
    """(kind, namespace, how) for each kind of these objects: all of it, one namespace of it, a page of it."""
    seen = {(kind_of(obj), _namespace(obj)) for held in world.bodies.values() for _, obj in held}
    answers = {(item.parameters["kind"], "") for item in world.items if item.media_type == MEDIA_TYPE and item.sha256}
    seen = answers or seen
    for kind in sorted({kind for kind, _ in seen}):
        for how in ("gone", "partial"):
            yield kind, None, how
            for namespace in sorted({each for known, each in seen if known == kind and each}):
                yield kind, namespace, how


def kind_of(obj: Mapping[str, Any]) -> str:
    from collectors.kubernetes import kinds

    return kinds.kind_of(obj) or ""


def _namespace(obj: Mapping[str, Any]) -> str:
    if is_namespaced(kind_of(obj)) is False:
        return ""
    return str(obj.get("metadata", {}).get("namespace") or "")


def _namespaces(world: Stored) -> list[str]:
    return sorted({_namespace(obj) for held in world.bodies.values() for _, obj in held} - {""})

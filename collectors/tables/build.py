"""Evidence -> rows, coverage and gaps of every base table, cluster by cluster and family by family."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from collectors.evidence.item import Item
from collectors.kubernetes.kinds import listed_as
from collectors.tables import families
from collectors.tables.coverage import Coverage, Covered, Gap
from collectors.tables.families import tables_in
from collectors.tables.reading import Bodies, Collected, Expected, collected
from collectors.tables.schema import Builder, ClusterContext, Table

__all__ = ["Tables", "base_tables", "build", "tables_in"]


@dataclass(slots=True)
class Tables:
    """Everything known of a run: rows by table, who the clusters are, what was seen and what was not.

    `families`: cluster -> the families of tables that it has, collected or expected -> the basis of each.
    """

    rows: dict[str, list[Any]] = field(default_factory=dict)
    clusters: dict[str, ClusterContext] = field(default_factory=dict)
    families: dict[str, dict[str, str]] = field(default_factory=dict)
    covered: list[Covered] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)


@cache
def base_tables() -> Mapping[str, Table]:
    """Every table that evidence fills, by name."""
    return families.all_base_tables()


def build(
    items: Iterable[Item],
    bodies: Bodies,
    versions: Mapping[str, str] | None = None,
    expected: Expected | None = None,
    as_of: datetime | None = None,
    wanted: Callable[[str], Collection[str]] | None = None,
) -> Tables:
    """All base tables of these items.

    `versions` are Kubernetes versions stated by people, by cluster. `expected` names the families that each
    cluster must have: where nothing of one was collected, all its tables are gaps. `as_of`, in UTC without a
    zone, is what calendars are measured from. Of other tables than those `wanted` of a cluster, coverage and gaps are
    left out.
    """
    tables = Tables(rows={name: [] for name in base_tables()})
    for evidence in collected(items, bodies, dict(versions or {}), expected or {}, as_of):
        tables.clusters.setdefault(evidence.name, evidence.context)
        tables.families.setdefault(evidence.name, {})[evidence.family] = evidence.context.basis
        _add(tables, evidence, None if wanted is None else wanted(evidence.name))
    return tables


def _add(tables: Tables, evidence: Collected, wanted: Collection[str] | None) -> None:
    workers = [builder(evidence.context) for builder in families.builders_of(evidence.family)]
    readers: dict[str, list[Builder]] = {}
    for worker in workers:
        for kind in worker.reads:
            readers.setdefault(kind, []).append(worker)
    for sighting in evidence.sightings(frozenset(readers)):
        for worker in readers.get(sighting.kind) or readers[listed_as(sighting.kind)]:
            worker.observe(sighting)
    coverage = Coverage(evidence.context, evidence.items, evidence.namespaces, evidence.family)
    for declared in families.tables_of(evidence.family).values():
        if wanted is not None and declared.name not in wanted:
            continue
        covered, gaps = coverage.of(declared, len(tables.gaps))
        tables.covered.extend(covered)
        tables.gaps.extend(gaps)
    for worker in workers:
        for name, rows in worker.rows().items():
            tables.rows[name].extend(rows)
        for part in worker.unseen():
            tables.gaps.append(coverage.unseen_part(len(tables.gaps), part))

"""Evidence -> rows, coverage and gaps of every base table, cluster by cluster."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from collectors.evidence.item import Item
from collectors.tables import kubernetes
from collectors.tables.coverage import Coverage, Covered, Gap
from collectors.tables.reading import Bodies, ClusterEvidence, clusters
from collectors.tables.schema import Builder, ClusterContext, Table, table_of


@dataclass(slots=True)
class Tables:
    """Everything known of a run: rows by table, who the clusters are, what was seen and what was not."""

    rows: dict[str, list[Any]] = field(default_factory=dict)
    clusters: dict[str, ClusterContext] = field(default_factory=dict)
    covered: list[Covered] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)


@cache
def builders() -> tuple[type[Builder], ...]:
    """The builders of every module under `collectors.tables.kubernetes`, in module order."""
    found: list[type[Builder]] = []
    for module in _modules():
        found.extend(getattr(module, "BUILDERS", ()))
    return tuple(found)


@cache
def base_tables() -> Mapping[str, Table]:
    """Every table that evidence fills, by name."""
    return tables_in(_modules())


def tables_in(modules: Iterable[object]) -> dict[str, Table]:
    """The tables that these modules declare, by name."""
    rows = (value for module in modules for value in vars(module).values() if hasattr(value, "__table__"))
    return {declared.name: declared for declared in map(table_of, rows)}


def build(items: Iterable[Item], bodies: Bodies, versions: Mapping[str, str] | None = None) -> Tables:
    """All base tables of these items; `versions` are Kubernetes versions stated by people, by cluster."""
    tables = Tables(rows={name: [] for name in base_tables()})
    for evidence in clusters(items, bodies, dict(versions or {})):
        tables.clusters[evidence.name] = evidence.context
        _add(tables, evidence)
    return tables


def _add(tables: Tables, evidence: ClusterEvidence) -> None:
    workers = [builder(evidence.context) for builder in builders()]
    readers: dict[str, list[Builder]] = {}
    for worker in workers:
        for kind in worker.reads:
            readers.setdefault(kind, []).append(worker)
    for sighting in evidence.sightings(frozenset(readers)):
        for worker in readers[sighting.kind]:
            worker.observe(sighting)
    coverage = Coverage(evidence.context, evidence.items, evidence.namespaces)
    for declared in base_tables().values():
        covered, gaps = coverage.of(declared, len(tables.gaps))
        tables.covered.extend(covered)
        tables.gaps.extend(gaps)
    for worker in workers:
        for name, rows in worker.rows().items():
            tables.rows[name].extend(rows)
        for part in worker.unseen():
            tables.gaps.append(coverage.unseen_part(len(tables.gaps), part))


@cache
def _modules() -> tuple[Any, ...]:
    names = sorted(info.name for info in pkgutil.walk_packages(kubernetes.__path__, kubernetes.__name__ + "."))
    return tuple(importlib.import_module(name) for name in names)

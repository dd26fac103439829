"""Compute every derived table from the base tables of a run."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

import assessment.derived
from assessment.derived.unseen import KnownGaps
from collectors.tables.build import Tables, base_tables, tables_in
from collectors.tables.schema import Table


@cache
def all_tables() -> Mapping[str, Table]:
    """Base and derived tables, by name, every input before what is derived from it."""
    derived = {name: table for name, table in tables_in(_modules()).items() if table.derived_from}
    ordered: dict[str, Table] = dict(base_tables())
    while len(ordered) < len(base_tables()) + len(derived):
        ready = [
            table for table in derived.values() if table.name not in ordered and set(table.derived_from) <= set(ordered)
        ]
        if not ready:
            raise TypeError(f"derived tables wait for each other: {sorted(set(derived) - set(ordered))}")
        ordered.update({table.name: table for table in ready})
    return ordered


def derive(tables: Tables, wanted: Collection[str] | None = None) -> None:
    """Add the rows of every derived table to `tables.rows`; of the `wanted` ones only, and what these need.

    A module names its makers in `DERIVED`, or in `DERIVED_SEEING_GAPS` where a cell says that something is not
    there, which only whoever knows the gaps may say.
    """
    makers, seeing = _makers("DERIVED"), _makers("DERIVED_SEEING_GAPS")
    gaps = KnownGaps(tables.gaps)
    needed = _needed(all_tables() if wanted is None else wanted)
    for name in all_tables():
        if name not in needed:
            continue
        if name in makers:
            tables.rows[name] = makers[name](tables.rows, tables.clusters)
        elif name in seeing:
            tables.rows[name] = seeing[name](tables.rows, tables.clusters, gaps)


def _needed(wanted: Collection[str]) -> set[str]:
    """These tables and everything they are made from."""
    found: set[str] = set()
    waiting = list(wanted)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(all_tables()[name].derived_from)
    return found


def _makers(registry: str) -> dict[str, Any]:
    return {name: maker for module in _modules() for name, maker in getattr(module, registry, {}).items()}


@cache
def _modules() -> tuple[Any, ...]:
    path, prefix = assessment.derived.__path__, assessment.derived.__name__ + "."
    names = sorted(info.name for info in pkgutil.walk_packages(path, prefix) if info.name != __name__)
    return tuple(importlib.import_module(name) for name in names)

"""The families of tables: Kubernetes, its audit log, each cloud, people. A family is a package beside this module.

Not every cluster has every family: EKS answers for some, Azure for others, and people's answers belong to the
whole estate, which stands in the tables as a cluster of its own.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from functools import cache
from types import ModuleType
from typing import Any

from collectors.evidence.item import Item
from collectors.tables import audit, aws, azure, kubernetes, people
from collectors.tables.schema import Builder, Table, table_of

KUBERNETES, AUDIT, AWS, AZURE, PEOPLE = "kubernetes", "audit", "aws", "azure", "people"

FAMILIES = (KUBERNETES, AUDIT, AWS, AZURE, PEOPLE)
_PACKAGES: Mapping[str, ModuleType] = dict(zip(FAMILIES, (kubernetes, audit, aws, azure, people), strict=True))


def family_of(item: Item) -> str:
    """The family whose tables an item feeds."""
    return item.parameters.get("family", KUBERNETES)


@cache
def tables_of(family: str) -> Mapping[str, Table]:
    """The tables that evidence of this family fills, by name."""
    return tables_in(_modules(family))


@cache
def builders_of(family: str) -> tuple[type[Builder], ...]:
    """The builders of every module of this family, in module order."""
    return tuple(builder for module in _modules(family) for builder in getattr(module, "BUILDERS", ()))


@cache
def family_of_kind(kind: str) -> str | None:
    """The family that a kind ("eks/Cluster") belongs to."""
    return next((name for name in _PACKAGES for table in tables_of(name).values() if kind in table.kinds), None)


@cache
def family_of_table(name: str) -> str | None:
    """The family that fills a base table; None for a derived one."""
    return next((family for family in _PACKAGES if name in tables_of(family)), None)


def all_base_tables() -> Mapping[str, Table]:
    """The tables of all families, by name."""
    return {name: table for family in _PACKAGES for name, table in tables_of(family).items()}


def not_collected(family: str) -> tuple[str, str]:
    """Why the tables of a family are empty where nobody asked, and what would fill them."""
    package: Any = _PACKAGES[family]
    return package.NOT_COLLECTED, package.CLOSED_BY


def tables_in(modules: Iterable[object]) -> dict[str, Table]:
    """The tables that these modules declare, by name."""
    rows = (value for module in modules for value in vars(module).values() if hasattr(value, "__table__"))
    return {declared.name: declared for declared in map(table_of, rows)}


@cache
def _modules(family: str) -> tuple[ModuleType, ...]:
    package = _PACKAGES[family]
    names = sorted(info.name for info in pkgutil.walk_packages(package.__path__, package.__name__ + "."))
    return tuple(importlib.import_module(name) for name in names)

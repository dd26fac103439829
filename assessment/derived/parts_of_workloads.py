"""Rows of a table by the workload that they belong to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any


def by_workload(rows: Iterable[Any]) -> dict[tuple[str, str], list[Any]]:
    """(cluster, workload id) -> its rows, in their order."""
    found: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in rows:
        found[row.cluster, row.workload_id].append(row)
    return found

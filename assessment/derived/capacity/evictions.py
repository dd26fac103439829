"""Which workloads have a budget that lets nobody evict their pods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from assessment.derived.unseen import Unseen
from collectors.tables.as_written import both, either, opposite

Budgets = dict[tuple[str, str], bool | None]


def held_by_budgets(tables: Mapping[str, list[Any]], unseen: Unseen) -> Budgets:
    """(cluster, workload) -> whether a budget lets nobody evict its pods."""
    edges: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for edge in tables["workload_budgets"]:
        edges[edge.cluster, edge.workload_id].append(edge)
    return {
        (each.cluster, each.workload_id): _no_eviction(each, edges[each.cluster, each.workload_id], unseen)
        for each in tables["workloads"]
    }


def _no_eviction(workload: Any, edges: Sequence[Any], unseen: Unseen) -> bool | None:
    """Source: Kubernetes documentation, "API-initiated Eviction": a pod under two budgets is never evicted."""
    hidden = unseen.near(workload.cluster, "disruption_budgets", workload.namespace)
    closed = either(*(both(edge.matches, opposite(edge.leaves_room)) for edge in edges), *([None] if hidden else []))
    certain, possible = sum(edge.matches is True for edge in edges), len(edges) + hidden
    return either(closed, True if certain > 1 else None if possible > 1 else False)

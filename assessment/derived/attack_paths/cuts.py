"""Where to cut: of all steps on easiest ways to a target, those whose loss takes the way from the most starts.

A step is tried by walking again without it: a start counts as cut off only if no other proven way is left. Ranked by
starts cut off for each day of work.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessment.derived.attack_paths import steps
from assessment.derived.attack_paths.families import FAMILIES
from assessment.derived.attack_paths.graph import Graph, Ways, refs_of
from assessment.derived.attack_paths.whole import all_steps, graph_of
from collectors.tables.coverage import Gap
from collectors.tables.schema import ClusterContext

TRIED, KEPT = 12, 5


@dataclass(frozen=True, slots=True)
class Cut:
    """A step that could be taken away. `starts`: workloads that lead to the target; `cut_off`: of them, without it."""

    cluster: str
    target: str
    rank: int
    family: str
    source: str
    step_to: str
    ended_by: str
    days: float
    starts: int
    published_starts: int
    cut_off: int
    published_cut_off: int
    evidence_refs: list[str]


def cuts(
    tables: Mapping[str, Sequence[Any]], clusters: Mapping[str, ClusterContext], gaps: Sequence[Gap]
) -> Iterator[Cut]:
    """The best cuts for every cluster and target, best first."""
    for cluster, found in all_steps(tables, clusters, gaps):
        graph = graph_of(found)
        own = [row for row in tables["workload_attack_paths"] if row.cluster == cluster]
        for target, cell in ((steps.CLUSTER_ADMIN, "leads_to_cluster_admin"), (steps.A_NODE, "leads_to_node"),
                             (steps.A_CLOUD_ROLE, "leads_to_cloud_role")):  # fmt: skip
            starts = {steps.workload(row.workload_id): row.is_published for row in own if getattr(row, cell)}
            if starts:
                yield from _of_target(cluster, graph, target, starts)


def _of_target(cluster: str, graph: Graph, target: str, starts: Mapping[str, bool | None]) -> Iterator[Cut]:
    tried = []
    for number in _candidates(graph.ways_to(target), starts):
        left = graph.ways_to(target, frozenset((number,)))
        lost = [start for start in starts if start not in left]
        if lost:
            tried.append((number, len(lost), sum(starts[start] is True for start in lost)))
    tried.sort(key=lambda each: (-each[1] / FAMILIES[graph.steps[each[0]].family].days, each[0]))
    for rank, (number, lost_starts, published) in enumerate(tried[:KEPT], 1):
        step = graph.steps[number]
        family = FAMILIES[step.family]
        yield Cut(
            cluster=cluster, target=target, rank=rank, family=step.family, source=step.source, step_to=step.target,
            ended_by=family.ended_by, days=family.days, starts=len(starts),
            published_starts=sum(each is True for each in starts.values()), cut_off=lost_starts,
            published_cut_off=published, evidence_refs=refs_of(graph, [number]),
        )  # fmt: skip


def _candidates(ways: Ways, starts: Mapping[str, bool | None]) -> list[int]:
    """The steps that most easiest ways share, by how many share them for each day of work."""
    shared: Counter[int] = Counter()
    for start in starts:
        shared.update(ways.steps(start))
    cuttable = [(number, FAMILIES[ways.graph.steps[number].family].days) for number in shared]
    ranked = sorted((-shared[number] / days, number) for number, days in cuttable if days)
    return [number for _, number in ranked[:TRIED]]

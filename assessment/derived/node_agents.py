"""Which jobs that every node needs are done on each node: logs, metrics, a watch on what processes do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from assessment.derived.unseen import Unseen
from collectors.tables.as_written import both, either
from collectors.tables.coverage import Gap
from collectors.tables.schema import ClusterContext, Column, table

ROLES = ("logs", "node-metrics", "runtime-sensor")


@table(
    "node_agents",
    grain="one node and one job that every node needs",
    derived_from=("nodes", "pods", "products"),
    part="role",
)
class NodeAgent(NamedTuple):
    """Whether a recognised product does the job on the node; what a gap could change is NULL."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    node_name: Annotated[str, Column("Name of the node.", owner="nodes")]
    role: Annotated[str, Column("The job: logs, node-metrics or runtime-sensor.")]
    is_running: Annotated[bool | None, Column("Whether a ready pod of such a product runs on the node.")]
    is_used: Annotated[bool | None, Column("Whether the cluster has such a product at all.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence of the node and of those pods.")]


def rows(
    tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext], gaps: Sequence[Gap]
) -> list[NodeAgent]:
    """One row for each node and job."""
    unseen = Unseen(gaps)
    roles: dict[tuple[str, str], set[str | None]] = defaultdict(set)
    used: dict[str, set[str | None]] = defaultdict(set)
    for product in tables["products"]:
        if product.role is None or product.role in ROLES:
            roles[product.cluster, product.workload_id].add(product.role)
            used[product.cluster].add(product.role)
    placed = _placed(tables["pods"], roles)
    made = []
    for node in tables["nodes"]:
        cluster = node.cluster
        hidden = any(unseen.near(cluster, name, None) for name in ("pods", "workloads", "containers"))
        blind = hidden or None in used[cluster]
        for role in ROLES:
            pods = [*placed[cluster, node.name, role], *placed[cluster, None, role], *placed[cluster, node.name, None]]
            pods += placed[cluster, None, None]
            running = either(*(_runs(pod, known) for pod, known in pods), *([None] if hidden else []))
            is_used = True if role in used[cluster] else None if blind else False
            refs = [*node.evidence_refs, *(ref for pod, _ in pods if pod.is_ready for ref in pod.evidence_refs)]
            made.append(NodeAgent(cluster, node.name, role, running, is_used, node.basis, list(dict.fromkeys(refs))))
    return made


_Placed = dict[tuple[str, str | None, str | None], list[tuple[Any, bool]]]


def _placed(pods: Sequence[Any], roles: Mapping[tuple[str, str], set[str | None]]) -> _Placed:
    """Pods of recognised products by node and job; None where either is not known."""
    found: _Placed = defaultdict(list)
    for pod in pods:
        if pod.has_node is False or pod.is_finished:
            continue
        of_pod: set[str | None] = (
            {None} if pod.workload_id is None else roles.get((pod.cluster, pod.workload_id), set())
        )
        for role in of_pod:
            found[pod.cluster, pod.node_name, role].append((pod, role is not None and pod.node_name is not None))
    return found


def _runs(pod: Any, known: bool) -> bool | None:
    return both(pod.is_ready, True if known else None)


DERIVED_SEEING_GAPS = {"node_agents": rows}

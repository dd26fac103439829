"""What all nodes of a cluster carry together, and whether the rest carries it when a node or a zone goes.

Only nodes that take any pod count: what is tainted serves its own pods. Sums leave out affinity, volumes that live in
one zone, and the order in which pods come back: room is needed, and may not be enough.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

from assessment.derived.capacity.first_fit import Room, finds_room
from assessment.derived.capacity.live_pods import Group, LivePods
from assessment.derived.capacity.node_capacity import is_below
from assessment.derived.unseen import Unseen
from collectors.tables.as_written import both
from collectors.tables.coverage import Gap
from collectors.tables.schema import ClusterContext, Column, table

# Our choices: above nine tenths the next deployment waits, below four tenths most of what is paid for stands idle.
_FULL, _IDLE = 90, 40
_MOST = 50


@table(
    "cluster_capacity",
    grain="one cluster",
    derived_from=("clusters", "nodes", "pods", "workloads"),
)
class ClusterCapacity(NamedTuple):
    """The nodes of a cluster together. Only what nothing unseen could change is said."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    cluster_name: Annotated[str, Column("The cluster again, as a key.", owner="clusters")]
    spans_two_zones: Annotated[bool | None, Column("Whether its workers stand in two zones or more.")]
    spans_three_zones: Annotated[bool | None, Column("Whether its workers stand in three zones or more.")]
    is_balanced_over_zones: Annotated[
        bool | None, Column("Whether no zone holds more than half of the processor time that workers offer.")
    ]
    has_room_for_cpu: Annotated[
        bool | None, Column("Whether pods request less than nine tenths of the processor time that workers offer.")
    ]
    has_room_for_memory: Annotated[
        bool | None, Column("Whether pods request less than nine tenths of the memory that workers offer.")
    ]
    is_mostly_idle: Annotated[
        bool | None, Column("Whether pods request less than four tenths of processor time and of memory.")
    ]
    survives_node_loss: Annotated[
        bool | None, Column("Whether the other workers have room for the pods of the largest one.")
    ]
    survives_zone_loss: Annotated[
        bool | None, Column("Whether the other zones have room for the pods of each zone; NULL where there is one.")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Places of the workers, the first hundred.")]


@dataclass(slots=True)
class _Worker:
    """A node that takes any pod, and its pods."""

    node: Any
    pods: Group


def rows(
    tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext], gaps: Sequence[Gap]
) -> list[ClusterCapacity]:
    """One row a cluster."""
    unseen = Unseen(gaps)
    pods = LivePods(tables, unseen)
    nodes: dict[str, list[Any]] = defaultdict(list)
    for node in tables["nodes"]:
        nodes[node.cluster].append(node)
    return [_row(each, nodes[each.cluster], pods, unseen) for each in tables["clusters"]]


def _row(cluster: Any, nodes: Sequence[Any], pods: LivePods, unseen: Unseen) -> ClusterCapacity:
    workers = [
        _Worker(node, pods.on_node(node.cluster, node.name)) for node in nodes if node.takes_any_pod is True
    ]
    is_whole = bool(workers) and not unseen.near(cluster.cluster, "nodes", None)
    is_whole = is_whole and all(node.takes_any_pod is not None for node in nodes)
    together = Group([pod for each in workers for pod in each.pods.sure], any(each.pods.unsure for each in workers))
    cpu, memory = (_offered(workers, what) if is_whole else None for what in ("cpu_millicores", "memory_bytes"))
    zones = {each.node.zone for each in workers if each.node.has_zone and each.node.zone is not None}
    zones_told = is_whole and all(each.node.zone is not None and each.node.has_zone for each in workers)
    idle = (
        is_below(cpu, together, "requested_cpu_millicores", _IDLE),
        is_below(memory, together, "requested_memory_bytes", _IDLE),
    )
    return ClusterCapacity(
        cluster=cluster.cluster,
        cluster_name=cluster.name,
        spans_two_zones=True if len(zones) > 1 else False if zones_told else None,
        spans_three_zones=True if len(zones) > 2 else False if zones_told else None,
        is_balanced_over_zones=_is_balanced(workers, cpu) if zones_told else None,
        has_room_for_cpu=is_below(cpu, together, "requested_cpu_millicores", _FULL),
        has_room_for_memory=is_below(memory, together, "requested_memory_bytes", _FULL),
        is_mostly_idle=both(*idle),
        survives_node_loss=_survives(workers, _largest(workers), pods) if cpu and memory else None,
        survives_zone_loss=_survives(workers, _zones(workers), pods) if cpu and memory and zones_told else None,
        basis=cluster.basis,
        evidence_refs=[ref for each in workers[:100] for ref in each.node.evidence_refs],
    )


def _offered(workers: Sequence[_Worker], what: str) -> int | None:
    amounts = [getattr(each.node, f"allocatable_{what}") for each in workers]
    return None if None in amounts else sum(amounts)


def _is_balanced(workers: Sequence[_Worker], cpu: int | None) -> bool | None:
    if cpu is None:
        return None
    held: dict[str, int] = defaultdict(int)
    for each in workers:
        held[each.node.zone] += each.node.allocatable_cpu_millicores
    return all(amount * 100 <= cpu * _MOST for amount in held.values())


def _largest(workers: Sequence[_Worker]) -> list[list[_Worker]]:
    """The worker with the most processor time, and the one with the most memory; ties break on names."""
    if not workers:
        return []
    by_cpu = min(workers, key=lambda each: (-each.node.allocatable_cpu_millicores, each.node.name))
    by_memory = min(workers, key=lambda each: (-each.node.allocatable_memory_bytes, each.node.name))
    return [[by_cpu], [by_memory]]


def _zones(workers: Sequence[_Worker]) -> list[list[_Worker]]:
    found: dict[str, list[_Worker]] = defaultdict(list)
    for each in workers:
        found[each.node.zone].append(each)
    return list(found.values()) if len(found) > 1 else []


def _survives(workers: Sequence[_Worker], losses: Sequence[list[_Worker]], pods: LivePods) -> bool | None:
    """Whether every one of these losses leaves room elsewhere for what it puts out."""
    if not losses:
        return None
    return both(*(_leaves_room(workers, lost, pods) for lost in losses))


def _leaves_room(workers: Sequence[_Worker], lost: Sequence[_Worker], pods: LivePods) -> bool | None:
    gone = {each.node.name for each in lost}
    kept = [each for each in workers if each.node.name not in gone]
    movers = [pod for each in lost for pod in each.pods.sure]
    stays = [pods.stays_with_its_node(pod) for pod in movers]
    sure = [_wants(pod) for pod, fixed in zip(movers, stays, strict=True) if fixed is False]
    may = [_wants(pod) for pod, fixed in zip(movers, stays, strict=True) if fixed is None]
    left = [_left(each) for each in kept]
    if finds_room(_known(sure), [room for room, _ in left]) is False:
        return False
    open_to_more = any(each.pods.unsure for each in workers) or not all(known for _, known in left)
    if open_to_more or None in sure or None in may:
        return None
    return finds_room([*_known(sure), *_known(may)], [room for room, _ in left]) or None


def _known(found: Sequence[Room | None]) -> list[Room]:
    return [each for each in found if each is not None]


def _wants(pod: Any) -> Room | None:
    if pod.requested_cpu_millicores is None or pod.requested_memory_bytes is None:
        return None
    return Room(pod.requested_cpu_millicores, pod.requested_memory_bytes)


def _left(worker: _Worker) -> tuple[Room, bool]:
    """What its pods leave free at most, and whether it is exactly so."""
    wanted = [_wants(pod) for pod in worker.pods.sure]
    node, known = worker.node, _known(wanted)
    is_exact = len(known) == len(wanted) and node.allocatable_pods is not None
    slots = (2**31 if node.allocatable_pods is None else node.allocatable_pods) - len(wanted)
    cpu = node.allocatable_cpu_millicores - sum(each.cpu for each in known)
    return Room(cpu, node.allocatable_memory_bytes - sum(each.memory for each in known), slots), is_exact


DERIVED_SEEING_GAPS = {"cluster_capacity": rows}

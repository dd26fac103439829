"""Groups of workloads that network policies treat alike, and what they may talk to: the tables of `Reach`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from assessment.derived.network.reach import Reach
from collectors.tables.coverage import Gap
from collectors.tables.schema import ClusterContext, Column, table

_FROM = (
    "workloads", "namespaces", "network_policies", "network_policy_rules", "network_policy_peers",
    "workload_network_policies", "plugin_policies", "workload_plugin_policies", "network_agents",
)  # fmt: skip


@table("network_groups", grain="one workload, in the group that policies treat alike", derived_from=_FROM)
class NetworkGroup(NamedTuple):
    """A workload in its group."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace of the workload.")]
    group_id: Annotated[str, Column("The group, named after its first workload.")]
    workload_id: Annotated[str, Column("Surrogate key of the workload.", owner="workloads")]
    accepts_everything: Annotated[bool | None, Column("Whether nothing isolates its incoming traffic.")]
    sends_everywhere: Annotated[bool | None, Column("Whether nothing isolates its outgoing traffic.")]
    evidence_refs: Annotated[list[str], Column("Evidence of the workload.")]


@table("network_flows", grain="one thing that policies let a group talk to, in one direction", derived_from=_FROM)
class NetworkFlow(NamedTuple):
    """A permission of a group that is isolated."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace of the group.")]
    group_id: Annotated[str, Column("The group.")]
    direction: Annotated[str, Column("ingress or egress.")]
    peer: Annotated[str, Column("everyone, every pod, namespace, group or addresses.")]
    peer_name: Annotated[str, Column("Which namespace, group or block; empty for everyone and every pod.")]
    ports: Annotated[list[str], Column("Ports, as TCP/80; an empty list means every port.")]
    is_allowed: Annotated[bool | None, Column("Whether it is surely allowed; NULL where it may be.")]
    evidence_refs: Annotated[list[str], Column("Always empty: the policies are named by network_coverage.")]


def groups(
    tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext], gaps: Sequence[Gap]
) -> list[NetworkGroup]:
    """Every workload once."""
    reach = Reach(tables, gaps)
    made = []
    for workload in tables["workloads"]:
        group = reach.group_of(workload.cluster, workload.workload_id)
        opened = (group.opened["ingress"], group.opened["egress"])
        place = (workload.cluster, workload.namespace, group.group_id, workload.workload_id)
        made.append(NetworkGroup(*place, *opened, workload.evidence_refs))
    return made


def flows(
    tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext], gaps: Sequence[Gap]
) -> list[NetworkFlow]:
    """Every permission of every group that something isolates."""
    return [
        NetworkFlow(
            group.cluster, group.namespace, group.group_id, direction, each.peer, each.of or "", list(each.ports),
            True if each.is_sure else None, [],
        )
        for group in Reach(tables, gaps).groups.values()
        for direction, permissions in group.permissions.items()
        if group.opened[direction] is not True
        for each in dict.fromkeys(permissions)
    ]  # fmt: skip


DERIVED_SEEING_GAPS = {"network_groups": groups, "network_flows": flows}

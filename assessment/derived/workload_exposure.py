"""How a workload can be reached and what it holds: the context that a weakness in it stands in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from assessment.derived.held_powers import HeldPowers
from assessment.derived.internet_paths import InternetPaths
from assessment.derived.unseen import Unseen
from collectors.tables.as_written import both, either, opposite
from collectors.tables.coverage import Gap
from collectors.tables.schema import ClusterContext, Column, table


@table(
    "workload_exposure",
    grain="one workload",
    derived_from=(
        "workloads", "workload_services", "services", "ingresses", "ingress_backends", "container_ports", "nodes",
        "gateways", "gateway_listeners", "gateway_route_parents", "gateway_route_backends", "reference_grants",
        "namespaces", "mesh_virtual_services",
        "workload_network_policies", "containers", "pod_specs", "volumes", "service_accounts", "roles",
        "role_bindings", "role_binding_subjects",
    ),
    part="name",
)  # fmt: skip
class WorkloadExposure(NamedTuple):
    """Context of a workload; what a gap could change is NULL."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace of the workload.")]
    api_group: Annotated[str, Column("API group of the workload.")]
    kind: Annotated[str, Column("Kind of the workload.")]
    name: Annotated[str, Column("Name of the workload.")]
    workload_id: Annotated[str, Column("Surrogate key of the workload.", owner="workloads")]
    is_reachable_from_internet: Annotated[
        bool | None,
        Column(
            "Whether a public load balancer, node port, Ingress or Gateway leads to it. NULL also where a Service"
            " selects it and none of these does, because other controllers and meshes may publish it."
        ),
    ]
    is_isolated: Annotated[
        bool | None, Column("Whether network policies isolate its pods both ways, and none lets everything through.")
    ]
    is_privileged: Annotated[
        bool | None,
        Column("Whether its pods reach into the node (privileged, host namespaces, hostPath) or hold cluster-admin."),
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Places of the workload and of what reaches, isolates or empowers it.")]


def rows(
    tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext], gaps: Sequence[Gap]
) -> list[WorkloadExposure]:
    """One row a workload."""
    unseen = Unseen(gaps)
    paths, powers = InternetPaths(tables, unseen), HeldPowers(tables, unseen)
    policies: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for edge in tables["workload_network_policies"]:
        policies[edge.cluster, edge.workload_id].append(edge)
    made = []
    for workload in tables["workloads"]:
        edges = policies[workload.cluster, workload.workload_id]
        is_isolated = _isolated(workload, edges, unseen)
        path, power = paths.to(workload), powers.of(workload)
        refs = [*workload.evidence_refs, *path.evidence_refs, *power.evidence_refs]
        refs += [ref for edge in edges if is_isolated for ref in edge.evidence_refs]
        identity = (workload.cluster, workload.namespace, workload.api_group, workload.kind, workload.name)
        known = (path.leads, is_isolated, power.leads, workload.basis, list(dict.fromkeys(refs)))
        made.append(WorkloadExposure(*identity, workload.workload_id, *known))
    return made


def _isolated(workload: Any, edges: Sequence[Any], unseen: Unseen) -> bool | None:
    """Isolated both ways: some policy applies in each direction and none lets everything through.

    Pods on the node's network are never isolated. Whether the network enforces policies is not asked here.
    """
    hidden = unseen.near(workload.cluster, "network_policies", workload.namespace)
    directions = [_closed(edges, direction, hidden=hidden) for direction in ("ingress", "egress")]
    return both(opposite(workload.uses_host_network), *directions)


def _closed(edges: Sequence[Any], direction: str, *, hidden: bool) -> bool | None:
    unknown = [None] if hidden else []
    applies = either(*(both(edge.matches, getattr(edge, f"isolates_{direction}")) for edge in edges), *unknown)
    opens = either(*(both(edge.matches, getattr(edge, f"allows_all_{direction}")) for edge in edges), *unknown)
    return both(applies, opposite(opens))


DERIVED_SEEING_GAPS = {"workload_exposure": rows}

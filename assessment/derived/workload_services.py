"""Services and the workloads whose pods they select."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from assessment.derived.selected_pods import SelectedPods, edge_namespace
from collectors.tables.as_written import both
from collectors.tables.schema import ClusterContext, Column, Relation, table


@table(
    "workload_services",
    grain="one Service and one workload whose pods it selects",
    derived_from=("workloads", "services"),
    part="service_name",
    relations=(
        Relation("ports", "service_ports", (("service_key", "service_key"),), "The ports that the Service answers on."),
    ),
)
class WorkloadService(NamedTuple):
    """A Service over a workload."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace of the workload.")]
    workload_id: Annotated[str, Column("Surrogate key of the workload.", owner="workloads")]
    service_key: Annotated[str, Column("Surrogate key of the Service.", owner="services")]
    matches: Annotated[bool | None, Column("Whether the Service selects its pods; NULL when not decidable.")]
    service_name: Annotated[str | None, Column("Name of the Service.")]
    service_type: Annotated[str | None, Column("Type of the Service.")]
    opens_node_ports: Annotated[bool | None, Column("Whether the Service opens a port on every node.")]
    is_headless: Annotated[bool | None, Column("Whether the Service has no address of its own.")]
    workload_kind: Annotated[str | None, Column("Kind of the workload.")]
    wants_pods: Annotated[
        bool | None, Column("Whether pods of the workload should be running: not scaled to zero, no Job.")
    ]
    evidence_refs: Annotated[list[str], Column("Evidence of the Service.")]


def rows(tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext]) -> list[WorkloadService]:
    """Every pair that matches or may match; a Service without a selector selects nothing.

    Source: Kubernetes documentation, "Service", Services without selectors; ExternalName Services have no pods.
    """
    workloads = SelectedPods(tables["workloads"])
    edges: list[WorkloadService] = []
    for service in tables["services"]:
        selects = both(service.has_selector, _may_have_pods(service.service_type))
        if selects is not False:
            picked = workloads.of(service.cluster, service.namespace, service.selector)
            edges.extend(_edge(workload, service, both(hit, selects)) for workload, hit in picked)
    return edges


def _may_have_pods(service_type: str | None) -> bool | None:
    return None if service_type is None else service_type != "ExternalName"


def _edge(workload: Any, service: Any, matches: bool | None) -> WorkloadService:
    return WorkloadService(
        cluster=workload.cluster,
        namespace=edge_namespace(workload, service),
        workload_id=workload.workload_id,
        service_key=service.service_key,
        matches=matches,
        service_name=service.name,
        service_type=service.service_type,
        opens_node_ports=service.opens_node_ports,
        is_headless=service.is_headless,
        workload_kind=workload.kind,
        wants_pods=_wants_pods(workload),
        evidence_refs=service.evidence_refs,
    )


def _wants_pods(workload: Any) -> bool | None:
    if workload.kind in ("Job", "CronJob"):
        return False
    if workload.has_desired_replicas is not True:
        return None if workload.has_desired_replicas is None else True
    return None if workload.desired_replicas is None else bool(workload.desired_replicas > 0)


DERIVED = {"workload_services": rows}

"""NetworkPolicies and the workloads whose pods they select."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from assessment.derived.selected_pods import SelectedPods, edge_namespace
from collectors.tables.schema import ClusterContext, Column, table


@table(
    "workload_network_policies",
    grain="one NetworkPolicy and one workload whose pods it selects",
    derived_from=("workloads", "network_policies"),
    part="policy_name",
)
class WorkloadNetworkPolicy(NamedTuple):
    """A policy over a workload; pods on the host's network are selected but never isolated."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace of the workload.")]
    workload_id: Annotated[str, Column("Surrogate key of the workload.", owner="workloads")]
    policy_key: Annotated[str, Column("Surrogate key of the policy.", owner="network_policies")]
    matches: Annotated[bool | None, Column("Whether the policy selects its pods; NULL when not decidable.")]
    policy_name: Annotated[str | None, Column("Name of the policy.")]
    isolates_ingress: Annotated[bool | None, Column("Whether the policy applies to incoming traffic.")]
    isolates_egress: Annotated[bool | None, Column("Whether the policy applies to outgoing traffic.")]
    allows_all_ingress: Annotated[bool | None, Column("Whether the policy lets everything in.")]
    allows_all_egress: Annotated[bool | None, Column("Whether the policy lets everything out.")]
    is_default_deny: Annotated[
        bool | None, Column("Whether the policy denies the incoming traffic of every pod by default.")
    ]
    evidence_refs: Annotated[list[str], Column("Evidence of the policy.")]


def rows(
    tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext]
) -> list[WorkloadNetworkPolicy]:
    """Every pair that matches or may match."""
    workloads = SelectedPods(tables["workloads"])
    return [
        _edge(workload, policy, hit)
        for policy in tables["network_policies"]
        for workload, hit in workloads.of(policy.cluster, policy.namespace, policy.pod_selector)
    ]


def _edge(workload: Any, policy: Any, matches: bool | None) -> WorkloadNetworkPolicy:
    return WorkloadNetworkPolicy(
        cluster=workload.cluster,
        namespace=edge_namespace(workload, policy),
        workload_id=workload.workload_id,
        policy_key=policy.policy_key,
        matches=matches,
        policy_name=policy.name,
        isolates_ingress=policy.isolates_ingress,
        isolates_egress=policy.isolates_egress,
        allows_all_ingress=policy.allows_all_ingress,
        allows_all_egress=policy.allows_all_egress,
        is_default_deny=policy.denies_ingress_by_default,
        evidence_refs=policy.evidence_refs,
    )


DERIVED = {"workload_network_policies": rows}

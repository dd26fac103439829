"""Network policies of plugins and administrators, and the workloads whose pods they select."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from assessment.derived.network.namespace_labels import NamespaceLabels
from assessment.derived.selected_pods import SelectedPods
from assessment.derived.unseen import Unseen
from collectors.tables.as_written import both
from collectors.tables.coverage import Gap
from collectors.tables.schema import ClusterContext, Column, table


@table(
    "workload_plugin_policies",
    grain="one network policy of a plugin and one workload whose pods it selects",
    derived_from=("workloads", "plugin_policies", "namespaces"),
    part="policy_name",
)
class WorkloadPluginPolicy(NamedTuple):
    """A policy of a plugin over a workload."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace of the workload.")]
    workload_id: Annotated[str, Column("Surrogate key of the workload.", owner="workloads")]
    plugin_policy_key: Annotated[str, Column("Surrogate key of the policy.", owner="plugin_policies")]
    matches: Annotated[bool | None, Column("Whether the policy selects its pods; NULL when not decidable.")]
    policy_name: Annotated[str | None, Column("Name of the policy.")]
    evidence_refs: Annotated[list[str], Column("Evidence of the policy.")]


def rows(
    tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext], gaps: Sequence[Gap]
) -> list[WorkloadPluginPolicy]:
    """Every pair that matches or may match."""
    if not tables["plugin_policies"]:
        return []
    labels, workloads = NamespaceLabels(tables, Unseen(gaps)), SelectedPods(tables["workloads"])
    return [
        WorkloadPluginPolicy(
            workload.cluster, workload.namespace, workload.workload_id, policy.plugin_policy_key, hit, policy.name,
            policy.evidence_refs,
        )
        for policy in tables["plugin_policies"]
        for workload, hit in _selected(policy, workloads, labels)
    ]  # fmt: skip


def _selected(policy: Any, workloads: SelectedPods, labels: NamespaceLabels) -> Iterator[tuple[Any, bool | None]]:
    if not policy.is_cluster_wide:
        yield from workloads.of(policy.cluster, policy.namespace, policy.pod_selector)
        return
    for name in labels.names(policy.cluster):
        inside = labels.meets(policy.cluster, name, policy.namespace_selector)
        if inside is False:
            continue
        for workload, hit in workloads.of(policy.cluster, name, policy.pod_selector):
            if workload.namespace == name:
                yield workload, both(inside, True if name is None and policy.pod_selector == [] else hit)


DERIVED_SEEING_GAPS = {"workload_plugin_policies": rows}

"""The table of rules that keep the pods of a workload apart: spread constraints and anti-affinity."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.tables.kubernetes.workload_rows import TEMPLATE_KINDS_OF_EXTENSIONS, WORKLOAD_KINDS
from collectors.tables.schema import Column, table


@table(
    "placement_rules",
    grain="one workload, one topology spread constraint or term of pod anti-affinity",
    kinds=WORKLOAD_KINDS,
    where_served=TEMPLATE_KINDS_OF_EXTENSIONS,
    completed_by=("Pod",),
    part="name",
)
class PlacementRule(NamedTuple):
    """A rule as written; which pods it keeps apart is in `spreading_rules`."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    workload_id: Annotated[str, Column("The workload it belongs to.", owner="workloads")]
    placement_rule_id: Annotated[str, Column("Surrogate key.", identity=True)]
    name: Annotated[str | None, Column("Kind of the rule and its topology key, for a reader.")]
    rule_type: Annotated[str, Column("spread (a constraint) or anti-affinity (a term).")]
    is_required: Annotated[
        bool | None, Column("Whether a pod that breaks it stays pending; only preferred otherwise.")
    ]
    topology_key: Annotated[str | None, Column("Label of nodes by whose values pods are kept apart.")]
    has_pod_selector: Annotated[bool | None, Column("Whether it says which pods it counts; without, it counts none.")]
    pod_selector: Annotated[
        list[str] | None, Column("What selects the pods it counts.", guard="has_pod_selector")
    ]
    excludes_own_labels: Annotated[bool | None, Column("Whether it leaves out pods that share labels with its own.")]
    has_namespaces: Annotated[bool | None, Column("Whether it names other namespaces than its own to look at.")]
    namespaces: Annotated[list[str] | None, Column("Namespaces that it names.", guard="has_namespaces")]
    has_namespace_selector: Annotated[bool | None, Column("Whether it picks namespaces by label.")]
    selects_every_namespace: Annotated[bool | None, Column("Whether it picks them all.")]
    is_well_formed: Annotated[
        bool | None, Column("Whether its key, skew, domains and weight are ones that the API server takes.")
    ]
    from_template: Annotated[bool, Column("Whether the workload's own template has it.")]
    pod_count: Annotated[int, Column("Pods that have it.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Places of the template and of the first pod that has it.")]

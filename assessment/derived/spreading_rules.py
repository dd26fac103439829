"""Which rules keep the pods of a workload apart from each other, and from none but themselves.

Source: Kubernetes documentation, "Pod Topology Spread Constraints" (a constraint counts the pods of its own namespace
that its selector matches; without a selector none) and "Assigning Pods to Nodes" (namespaces of an affinity term).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from collectors.tables.as_written import both, either, opposite
from collectors.tables.schema import ClusterContext, Column, table
from collectors.tables.selectors import labels_of, matches


@table(
    "spreading_rules",
    grain="one workload, one of its placement rules",
    derived_from=("workloads", "placement_rules"),
    part="name",
)
class SpreadingRule(NamedTuple):
    """A rule beside the question whether it counts the very pods that it belongs to."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    workload_id: Annotated[str, Column("Surrogate key of the workload.", owner="workloads")]
    name: Annotated[str | None, Column("Kind of the rule and its topology key, for a reader.")]
    rule_type: Annotated[str, Column("spread (a constraint) or anti-affinity (a term).")]
    is_required: Annotated[bool | None, Column("Whether a pod that breaks it stays pending.")]
    topology_key: Annotated[str | None, Column("Label of nodes by whose values pods are kept apart.")]
    counts_own_pods: Annotated[bool | None, Column("Whether it counts the workload's own pods.")]
    is_well_formed: Annotated[bool | None, Column("Whether the API server takes it as written.")]
    evidence_refs: Annotated[list[str], Column("Evidence of the rule.")]


def rows(tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext]) -> list[SpreadingRule]:
    """One row per placement rule of a workload."""
    workloads = {(each.cluster, each.workload_id): each for each in tables["workloads"]}
    return [
        SpreadingRule(
            cluster=rule.cluster,
            namespace=rule.namespace,
            workload_id=rule.workload_id,
            name=rule.name,
            rule_type=rule.rule_type,
            is_required=rule.is_required,
            topology_key=rule.topology_key,
            counts_own_pods=_counts_own_pods(rule, workloads.get((rule.cluster, rule.workload_id))),
            is_well_formed=rule.is_well_formed,
            evidence_refs=rule.evidence_refs,
        )
        for rule in tables["placement_rules"]
    ]


def _counts_own_pods(rule: Any, workload: Any) -> bool | None:
    if rule.has_pod_selector is False:
        return False
    labels = None if workload is None else labels_of(workload.pod_labels)
    selected = both(rule.has_pod_selector, matches(rule.pod_selector, labels))
    return both(selected, opposite(rule.excludes_own_labels), _looks_at_own_namespace(rule))


def _looks_at_own_namespace(rule: Any) -> bool | None:
    """Without namespaces and selector of namespaces a rule looks at its own; labels of namespaces are not read here."""
    own_only = both(opposite(rule.has_namespaces), opposite(rule.has_namespace_selector))
    named: bool | None = False
    if rule.has_namespaces is not False:
        known = rule.namespaces is not None and rule.namespace is not None
        named = both(rule.has_namespaces, rule.namespace in rule.namespaces if known else None)
    picked = False if rule.has_namespace_selector is False else True if rule.selects_every_namespace else None
    return either(own_only, named, both(rule.has_namespace_selector, picked))


DERIVED = {"spreading_rules": rows}

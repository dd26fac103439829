"""Whether policies isolate each workload, direction by direction.

A pod is isolated in a direction where some policy that selects it applies to that direction, and then only what a rule
of any such policy names gets through. Policies only add, so one rule without peers and ports opens everything again.
Pods on the node's network are outside of it. Policies that nothing enforces isolate nobody.

Source: Kubernetes documentation, "Network Policies", the two sorts of pod isolation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from assessment.derived.network.engines import Enforcement
from assessment.derived.unseen import Unseen
from collectors.tables.as_written import both, either, opposite
from collectors.tables.coverage import Gap
from collectors.tables.schema import ClusterContext, Column, table

DIRECTIONS = ("ingress", "egress")
_Edges = dict[tuple[str, str], list[tuple[bool | None, Any]]]


@table(
    "network_coverage",
    grain="one workload and one direction",
    derived_from=(
        "workloads", "network_policies", "workload_network_policies", "plugin_policies", "workload_plugin_policies",
        "namespaces", "network_agents", "network_policy_rules",
    ),
    part="direction",
)  # fmt: skip
class NetworkCoverage(NamedTuple):
    """How policies isolate a workload in a direction."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace of the workload.")]
    workload_id: Annotated[str, Column("Surrogate key of the workload.", owner="workloads")]
    direction: Annotated[str, Column("ingress or egress.")]
    is_outside: Annotated[bool | None, Column("Whether its pods are on the node's network, outside of policies.")]
    is_enforced: Annotated[bool | None, Column("Whether policies over its pods take effect, as far as agents show.")]
    is_isolated: Annotated[bool | None, Column("Whether some policy that takes effect applies to this direction.")]
    allows_everything: Annotated[bool | None, Column("Whether one of these policies lets everything through.")]
    is_closed: Annotated[
        bool | None, Column("Whether its pods are isolated and nothing lets everything through.")
    ]
    allows_metadata_service: Annotated[
        bool | None,
        Column("Whether a rule that applies lets the pods call where clouds hand out credentials of machines."),
    ]
    policies: Annotated[list[str], Column("Policies that surely apply, by name.")]
    evidence_refs: Annotated[list[str], Column("Evidence of these policies.")]


def rows(
    tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext], gaps: Sequence[Gap]
) -> list[NetworkCoverage]:
    """Two rows a workload."""
    unseen = Unseen(gaps)
    edges, enforcement = selected_by(tables), Enforcement(tables, unseen)
    calls = _metadata_by_policy(tables)
    return [
        _row(workload, direction, edges.get((workload.cluster, workload.workload_id), []), enforcement, unseen, calls)
        for workload in tables["workloads"]
        for direction in DIRECTIONS
    ]


def selected_by(tables: Mapping[str, list[Any]]) -> _Edges:
    """The policies over each workload, of Kubernetes and of plugins, with whether they match."""
    own = {(row.cluster, row.policy_key): row for row in tables["network_policies"]}
    other = {(row.cluster, row.plugin_policy_key): row for row in tables["plugin_policies"]}
    edges: _Edges = defaultdict(list)
    for edge in tables["workload_network_policies"]:
        edges[edge.cluster, edge.workload_id].append((edge.matches, own[edge.cluster, edge.policy_key]))
    for edge in tables["workload_plugin_policies"]:
        edges[edge.cluster, edge.workload_id].append((edge.matches, other[edge.cluster, edge.plugin_policy_key]))
    return edges


def policies_hidden(unseen: Unseen, cluster: str, namespace: str | None) -> bool:
    """Whether a policy over this namespace may exist unseen."""
    return any(unseen.near(cluster, name, namespace) for name in ("network_policies", "plugin_policies"))


def _row(
    workload: Any, direction: str, edges: Sequence[tuple[bool | None, Any]], enforcement: Enforcement, unseen: Unseen,
    metadata: Mapping[tuple[str, str], bool | None],
) -> NetworkCoverage:  # fmt: skip
    unknown = [None] if policies_hidden(unseen, workload.cluster, workload.namespace) else []
    applying = [(both(hit, getattr(policy, f"isolates_{direction}")), policy) for hit, policy in edges]
    unread = unknown or ([None] if unseen.near(workload.cluster, "network_policy_rules", workload.namespace) else [])
    enforced = enforcement.of(workload)
    isolated = both(either(*(applies for applies, _ in applying), *unknown), enforced)
    opens = [both(hit, getattr(policy, f"allows_all_{direction}")) for hit, policy in edges]
    everything = either(*opens, *unknown)
    sure = [policy for applies, policy in applying if applies]
    return NetworkCoverage(
        cluster=workload.cluster,
        namespace=workload.namespace,
        workload_id=workload.workload_id,
        direction=direction,
        is_outside=workload.uses_host_network,
        is_enforced=enforced,
        is_isolated=both(isolated, opposite(workload.uses_host_network)),
        allows_everything=everything,
        is_closed=both(isolated, opposite(everything), opposite(workload.uses_host_network)),
        allows_metadata_service=_calls_metadata(edges, metadata, unread) if direction == "egress" else False,
        policies=sorted({policy.name for policy in sure}),
        evidence_refs=list(dict.fromkeys(ref for policy in sure for ref in policy.evidence_refs)),
    )


def _metadata_by_policy(tables: Mapping[str, list[Any]]) -> dict[tuple[str, str], bool | None]:
    """Whether a rule of each policy lets pods call the metadata service."""
    found: dict[tuple[str, str], bool | None] = {}
    for rule in tables["network_policy_rules"]:
        outgoing = None if rule.direction is None else rule.direction == "egress"
        key = (rule.cluster, rule.policy_key)
        found[key] = either(found.get(key, False), both(outgoing, rule.is_in_force, rule.allows_metadata_address))
    return found


def _calls_metadata(
    edges: Sequence[tuple[bool | None, Any]], metadata: Mapping[tuple[str, str], bool | None], unknown: list[None]
) -> bool | None:
    answers: list[bool | None] = [*unknown]
    for hit, policy in edges:
        if hasattr(policy, "policy_key"):
            answers.append(both(hit, metadata.get((policy.cluster, policy.policy_key), False)))
        else:
            some = None if policy.allows_some_egress is not False else False
            answers.append(both(hit, either(policy.allows_all_egress, some)))
    return either(*answers)


DERIVED_SEEING_GAPS = {"network_coverage": rows}

"""What policies do for a namespace as a whole: for the pods that nobody thought of.

Source: Kubernetes documentation, "Network Policies", default policies. A policy of a plugin or of an administrator
counts where it selects every pod of the namespace.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from assessment.derived.network.coverage import policies_hidden
from assessment.derived.network.namespace_labels import NamespaceLabels
from assessment.derived.unseen import Unseen
from collectors.tables.as_written import both, either, opposite
from collectors.tables.coverage import Gap
from collectors.tables.schema import ClusterContext, Column, table


@table(
    "namespace_isolation",
    grain="one namespace",
    namespaced=False,
    derived_from=("namespaces", "network_policies", "plugin_policies", "workloads"),
    part="name",
)
class NamespaceIsolation(NamedTuple):
    """How policies close a namespace."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Name of the namespace.")]
    namespace_key: Annotated[str, Column("Surrogate key of the namespace.", owner="namespaces")]
    has_policy: Annotated[bool | None, Column("Whether some policy is about pods of it.")]
    denies_ingress_by_default: Annotated[
        bool | None, Column("Whether incoming traffic of every pod is isolated, and nothing opens it for every pod.")
    ]
    denies_egress_by_default: Annotated[
        bool | None, Column("Whether outgoing traffic of every pod is isolated, and nothing opens it for every pod.")
    ]
    evidence_refs: Annotated[list[str], Column("Evidence of the policies.")]


def rows(
    tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext], gaps: Sequence[Gap]
) -> list[NamespaceIsolation]:
    """One row a namespace."""
    unseen = Unseen(gaps)
    labels = NamespaceLabels(tables, unseen)
    inside: dict[tuple[str, str | None], list[Any]] = defaultdict(list)
    wide: dict[str, list[Any]] = defaultdict(list)
    for policy in (*tables["network_policies"], *tables["plugin_policies"]):
        if getattr(policy, "is_cluster_wide", False):
            wide[policy.cluster].append(policy)
        else:
            inside[policy.cluster, policy.namespace].append(policy)
    made = []
    for space in tables["namespaces"]:
        about: list[tuple[bool | None, Any]] = [(True, each) for each in inside.get((space.cluster, space.name), ())]
        about += [(None, each) for each in inside.get((space.cluster, None), ())]
        about += [
            (labels.meets(space.cluster, space.name, each.namespace_selector), each) for each in wide[space.cluster]
        ]
        made.append(_row(space, [pair for pair in about if pair[0] is not False], unseen))
    return made


def _row(space: Any, about: list[tuple[bool | None, Any]], unseen: Unseen) -> NamespaceIsolation:
    unknown = [None] if policies_hidden(unseen, space.cluster, space.name) else []
    return NamespaceIsolation(
        cluster=space.cluster,
        name=space.name,
        namespace_key=space.namespace_key,
        has_policy=either(*(hit for hit, _ in about), *unknown),
        denies_ingress_by_default=_denies(about, "ingress", unknown),
        denies_egress_by_default=_denies(about, "egress", unknown),
        evidence_refs=list(dict.fromkeys(ref for hit, each in about if hit for ref in each.evidence_refs)),
    )


def _denies(about: list[tuple[bool | None, Any]], direction: str, unknown: list[None]) -> bool | None:
    every = [(both(hit, _selects_every_pod(policy)), policy) for hit, policy in about]
    closes = [both(hit, getattr(policy, f"isolates_{direction}")) for hit, policy in every]
    opens = [both(hit, getattr(policy, f"allows_all_{direction}")) for hit, policy in every]
    return both(either(*closes, *unknown), opposite(either(*opens, *unknown)))


def _selects_every_pod(policy: Any) -> bool | None:
    return None if policy.pod_selector is None else not policy.pod_selector


DERIVED_SEEING_GAPS = {"namespace_isolation": rows}

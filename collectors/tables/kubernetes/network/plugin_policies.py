"""Network policies of other kinds than Kubernetes' own: of Cilium, of Calico, and of whoever runs the cluster.

One row says what one spec selects and which traffic it touches. Their rules are not told one by one: whether a rule
lets anything through, whether one denies, and whether one lets everything through is enough to know what they may
change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, ClassVar, NamedTuple

from collectors.kubernetes.extensions import EXTENSIONS
from collectors.kubernetes.kinds import group_of, name_of
from collectors.tables.identity import surrogate
from collectors.tables.kubernetes.network.plugins import calico, cilium, cluster_policy
from collectors.tables.kubernetes.network.plugins.reading import Spec
from collectors.tables.schema import ClusterContext, Column, Sighting, Subject, UnseenPart, table

_TABLE = "plugin_policies"
_READERS: dict[str, Callable[[Sighting], Iterator[Spec]]] = {
    **dict.fromkeys(cilium.KINDS, cilium.specs),
    **dict.fromkeys(calico.KINDS, calico.specs),
    **dict.fromkeys(cluster_policy.KINDS, cluster_policy.specs),
}
KINDS = tuple(_READERS)


@table(
    _TABLE,
    grain="one spec of one network policy of Cilium, Calico or the cluster's administrators",
    where_served=KINDS,
    subject=Subject("api_group", "kind", "namespace", "name", "spec"),
    part="name",
)
class PluginPolicy(NamedTuple):
    """A policy that is none of networking.k8s.io."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL for policies of the whole cluster.")]
    api_group: Annotated[str, Column("API group.")]
    kind: Annotated[str, Column("Kind.")]
    name: Annotated[str, Column("Name of the policy.")]
    spec: Annotated[str, Column("Which of its specs: spec, or specs[0].")]
    plugin_policy_key: Annotated[str, Column("Surrogate key.", identity=True)]
    product: Annotated[str, Column("Product that serves the kind.")]
    is_cluster_wide: Annotated[bool, Column("Whether it may select pods of every namespace.")]
    pod_selector: Annotated[list[str] | None, Column("What selects its pods; an empty list selects all.")]
    namespace_selector: Annotated[
        list[str] | None, Column("What selects its namespaces, if it is of the whole cluster; an empty list: all.")
    ]
    selects_every_pod: Annotated[
        bool | None, Column("Whether it selects every pod of its namespace, or of every namespace.")
    ]
    isolates_ingress: Annotated[bool | None, Column("Whether incoming traffic that nothing allows is refused.")]
    isolates_egress: Annotated[bool | None, Column("Whether outgoing traffic that nothing allows is refused.")]
    allows_all_ingress: Annotated[bool | None, Column("Whether a rule lets everything in.")]
    allows_all_egress: Annotated[bool | None, Column("Whether a rule lets everything out.")]
    allows_some_ingress: Annotated[bool | None, Column("Whether a rule lets anything in.")]
    allows_some_egress: Annotated[bool | None, Column("Whether a rule lets anything out.")]
    denies_some_ingress: Annotated[bool | None, Column("Whether a rule refuses some incoming traffic outright.")]
    denies_some_egress: Annotated[bool | None, Column("Whether a rule refuses some outgoing traffic outright.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class PluginPolicies:
    """One row per spec."""

    reads: ClassVar[tuple[str, ...]] = KINDS

    def __init__(self, cluster: ClusterContext) -> None:
        self._cluster = cluster
        self._rows: list[PluginPolicy] = []

    def observe(self, sighting: Sighting) -> None:
        """Every spec of one policy."""
        self._rows.extend(self._row(sighting, spec) for spec in _READERS[sighting.kind](sighting))

    def rows(self) -> dict[str, list[PluginPolicy]]:
        """All specs."""
        return {_TABLE: self._rows}

    def unseen(self) -> list[UnseenPart]:
        """Nothing: what cannot be read of a spec is NULL in its row."""
        return []

    def _row(self, sighting: Sighting, spec: Spec) -> PluginPolicy:
        ingress, egress = spec.ingress, spec.egress
        wide = not EXTENSIONS[sighting.kind].namespaced
        every = (spec.pods, *((spec.namespaces,) if wide else ()))
        return PluginPolicy(
            cluster=self._cluster.name,
            namespace=sighting.namespace,
            api_group=group_of(sighting.kind),
            kind=name_of(sighting.kind),
            name=sighting.name,
            spec=spec.label,
            plugin_policy_key=f"{group_of(sighting.kind)}/{surrogate(sighting)}/{spec.label}",
            product=EXTENSIONS[sighting.kind].product,
            is_cluster_wide=wide,
            pod_selector=spec.pods,
            namespace_selector=spec.namespaces,
            selects_every_pod=None if None in every else not any(every),
            isolates_ingress=ingress.isolates,
            isolates_egress=egress.isolates,
            allows_all_ingress=ingress.allows_all,
            allows_all_egress=egress.allows_all,
            allows_some_ingress=ingress.allows_some,
            allows_some_egress=egress.allows_some,
            denies_some_ingress=ingress.denies_some,
            denies_some_egress=egress.denies_some,
            basis=self._cluster.basis,
            evidence_refs=sighting.refs,
        )



BUILDERS = (PluginPolicies,)

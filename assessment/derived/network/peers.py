"""Whether the peers that policies name select anything.

A peer without a namespaceSelector means pods of the policy's own namespace; with one, pods of the namespaces that it
selects. Source: API reference, NetworkPolicyPeer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from assessment.derived.network.namespace_labels import NamespaceLabels
from assessment.derived.selected_pods import SelectedPods
from assessment.derived.unseen import Unseen
from collectors.tables.as_written import both, either, opposite
from collectors.tables.coverage import Gap
from collectors.tables.schema import ClusterContext, Column, table


@table(
    "network_policy_peers_seen",
    grain="one peer that a rule of a NetworkPolicy names",
    derived_from=("network_policy_peers", "workloads", "namespaces", "operated_workloads"),
    part="peer",
)
class PeerSeen(NamedTuple):
    """A peer, and whether any workload or namespace is meant by it."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace of the policy.")]
    policy_key: Annotated[str, Column("Surrogate key of its policy.", owner="network_policies")]
    peer_key: Annotated[str, Column("Surrogate key of the peer.", owner="network_policy_peers")]
    peer: Annotated[str, Column("The peer for a reader: direction, rule and number.")]
    is_in_force: Annotated[bool | None, Column("Whether the policy applies to this direction at all.")]
    names_labels: Annotated[bool | None, Column("Whether it names a label; an empty selector means whatever comes.")]
    selects_some: Annotated[bool | None, Column("Whether it selects the pods of some workload.")]
    may_mean_operated_pods: Annotated[
        bool | None,
        Column("Whether it is declared where an operator makes pods that no manifest shows; never when running."),
    ]
    evidence_refs: Annotated[list[str], Column("Evidence of the policy.")]


class PeerPods:
    """The pods that peers mean, ready to be asked."""

    def __init__(self, tables: Mapping[str, list[Any]], unseen: Unseen) -> None:
        self._unseen = unseen
        self._labels = NamespaceLabels(tables, unseen)
        self._pods = SelectedPods(tables["workloads"])
        self._spaces: dict[tuple[str, tuple[str, ...] | None], list[tuple[str | None, bool | None]]] = {}

    def of(self, peer: Any) -> list[tuple[Any, bool | None]]:
        """Each workload that the peer selects (true) or may select (None)."""
        wanted = [] if peer.has_pod_selector is False else peer.pod_selector
        if peer.has_namespace_selector is None:
            return [(workload, None) for workload, _ in self._pods.of(peer.cluster, None, wanted)]
        if not peer.has_namespace_selector:
            return list(self._pods.of(peer.cluster, peer.namespace, wanted))
        return [
            (workload, both(inside, True if name is None and wanted == [] else hit))
            for name, inside in self.namespaces(peer.cluster, peer.namespace_selector)
            for workload, hit in self._pods.of(peer.cluster, name, wanted)
            if workload.namespace == name
        ]

    def namespaces(self, cluster: str, selector: Sequence[str] | None) -> list[tuple[str | None, bool | None]]:
        """Each namespace that a selector picks (true) or may pick (None)."""
        key = (cluster, None if selector is None else tuple(selector))
        if key not in self._spaces:
            each = ((name, self._labels.meets(cluster, name, selector)) for name in self._labels.names(cluster))
            self._spaces[key] = [(name, inside) for name, inside in each if inside is not False]
        return self._spaces[key]

    def selects_some(self, peer: Any) -> bool | None:
        """Whether any workload is meant; None where one may exist unseen."""
        if peer.has_namespace_selector is None:
            return None
        if not peer.has_namespace_selector:
            hidden = self._unseen.near(peer.cluster, "workloads", peer.namespace)
        else:
            hidden = self._unseen.near(peer.cluster, "workloads", None)
        return either(*(hit for _, hit in self.of(peer)), *([None] if hidden else []))


class OperatedPods:
    """Where operators make pods: of a declared Prometheus, say, neither the pods nor all their labels are declared."""

    def __init__(self, tables: Mapping[str, list[Any]], unseen: Unseen) -> None:
        self._unseen = unseen
        self._labels = NamespaceLabels(tables, unseen)
        self._spaces: dict[str, set[str | None]] = defaultdict(set)
        for row in tables["operated_workloads"]:
            self._spaces[row.cluster].add(row.namespace)

    def may_be_meant(self, peer: Any) -> bool | None:
        """Whether one is declared in a namespace that the peer means."""
        if peer.basis == "running" or peer.has_block:
            return False
        meant = [self._is_meant(peer, name) for name in self._spaces.get(peer.cluster, ())]
        own = peer.namespace if peer.has_namespace_selector is False else None
        hidden = self._unseen.near(peer.cluster, "operated_workloads", own)
        return either(*meant, *([None] if hidden else []))

    def _is_meant(self, peer: Any, name: str | None) -> bool | None:
        if peer.has_namespace_selector is None:
            return None
        if peer.has_namespace_selector:
            return self._labels.meets(peer.cluster, name, peer.namespace_selector)
        return None if peer.namespace is None or name is None else name == peer.namespace


def rows(
    tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext], gaps: Iterable[Gap]
) -> list[PeerSeen]:
    """Every peer once."""
    unseen = Unseen(gaps)
    pods, operated = PeerPods(tables, unseen), OperatedPods(tables, unseen)
    known: dict[tuple[Any, ...], tuple[bool | None, bool | None]] = {}
    made = []
    for peer in tables["network_policy_peers"]:
        asked = (
            peer.cluster, peer.namespace, peer.basis,
            peer.has_block, peer.has_pod_selector, peer.has_namespace_selector,
            _frozen(peer.pod_selector), _frozen(peer.namespace_selector),
        )  # fmt: skip
        if asked not in known:
            known[asked] = pods.selects_some(peer), operated.may_be_meant(peer)
        made.append(_row(peer, *known[asked]))
    return made


def _row(peer: Any, selects: bool | None, may_be_operated: bool | None) -> PeerSeen:
    pods = _names(peer.has_pod_selector, peer.pod_selector)
    spaces = _names(peer.has_namespace_selector, peer.namespace_selector)
    return PeerSeen(
        cluster=peer.cluster,
        namespace=peer.namespace,
        policy_key=peer.policy_key,
        peer_key=peer.peer_key,
        peer=peer.peer,
        is_in_force=peer.is_in_force,
        names_labels=both(opposite(peer.has_block), either(pods, spaces)),
        selects_some=selects,
        may_mean_operated_pods=may_be_operated,
        evidence_refs=peer.evidence_refs,
    )


def _names(is_there: bool, selector: list[str] | None) -> bool | None:
    return False if is_there is False else None if is_there is None or selector is None else bool(selector)


def _frozen(selector: list[str] | None) -> tuple[str, ...] | None:
    return None if selector is None else tuple(selector)


DERIVED_SEEING_GAPS = {"network_policy_peers_seen": rows}

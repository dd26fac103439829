"""Whom the rules of NetworkPolicies name: one row a peer."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.tables.as_written import Section, is_set, section, sections, text, texts
from collectors.tables.identity import surrogate
from collectors.tables.kubernetes.network_policies import KINDS, policy_types, rule_key
from collectors.tables.schema import ClusterContext, Column, Sighting, UnseenPart, table
from collectors.tables.selectors import selector_of

_TABLE = "network_policy_peers"


@table(
    _TABLE,
    grain="one peer that a rule of a NetworkPolicy names",
    kinds=KINDS,
    part="peer",
)
class NetworkPolicyPeer(NamedTuple):
    """A peer: pods, pods of other namespaces, or a block of addresses."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace of the policy; NULL when the manifest does not state it.")]
    policy_key: Annotated[str, Column("Surrogate key of its policy.", owner="network_policies")]
    rule_key: Annotated[str, Column("Surrogate key of its rule.", owner="network_policy_rules")]
    peer_key: Annotated[str, Column("Surrogate key.", identity=True)]
    peer: Annotated[str, Column("The peer for a reader: direction, rule and number.")]
    direction: Annotated[str, Column("ingress or egress.")]
    is_in_force: Annotated[bool | None, Column("Whether the policy applies to this direction at all.")]
    has_pod_selector: Annotated[bool, Column("Whether it selects pods by label.")]
    pod_selector: Annotated[
        list[str] | None, Column("What selects its pods; an empty list selects all.", guard="has_pod_selector")
    ]
    has_namespace_selector: Annotated[
        bool, Column("Whether it selects namespaces by label; else pods of the policy's own namespace are meant.")
    ]
    namespace_selector: Annotated[
        list[str] | None,
        Column("What selects its namespaces; an empty list selects all.", guard="has_namespace_selector"),
    ]
    has_block: Annotated[bool, Column("Whether it names a block of addresses instead of pods.")]
    block: Annotated[str | None, Column("The block of addresses.", guard="has_block")]
    block_exceptions: Annotated[list[str] | None, Column("Blocks inside it that are left out.", guard="has_block")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class NetworkPolicyPeers:
    """Every peer of every rule; a rule without peers has none here."""

    reads: ClassVar[tuple[str, ...]] = KINDS

    def __init__(self, cluster: ClusterContext) -> None:
        self._cluster = cluster
        self._peers: list[NetworkPolicyPeer] = []
        self._unseen: list[UnseenPart] = []

    def observe(self, sighting: Sighting) -> None:
        """The peers of one policy."""
        spec = section(sighting.object, "spec")
        types = policy_types(spec)
        for direction, word in (("ingress", "from"), ("egress", "to")):
            rules = sections(spec, direction)
            if rules is None:
                self._unread(sighting)
            for number, rule in enumerate(rules or ()):
                peers = sections(rule, word)
                if peers is None:
                    self._unread(sighting)
                for place, peer in enumerate(peers or ()):
                    self._peers.append(self._peer(sighting, direction, types[direction], number, place, peer))

    def rows(self) -> dict[str, list[Any]]:
        """All peers."""
        return {_TABLE: self._peers}

    def unseen(self) -> list[UnseenPart]:
        """Peers that could not be read."""
        return self._unseen

    def _unread(self, sighting: Sighting) -> None:
        self._unseen.append(UnseenPart(_TABLE, sighting.kind, sighting.namespace, surrogate(sighting)))

    def _peer(
        self, sighting: Sighting, direction: str, in_force: bool | None, number: int, place: int, peer: Section | None
    ) -> NetworkPolicyPeer:
        key = rule_key(surrogate(sighting), direction, number)
        has_pods, pods = selector_of(peer, "podSelector")
        has_spaces, spaces = selector_of(peer, "namespaceSelector")
        block = section(peer, "ipBlock")
        return NetworkPolicyPeer(
            cluster=self._cluster.name,
            namespace=sighting.namespace,
            policy_key=surrogate(sighting),
            rule_key=key,
            peer_key=f"{key}/{place + 1}",
            peer=f"{direction} rule {number + 1} peer {place + 1}",
            direction=direction,
            is_in_force=in_force,
            has_pod_selector=has_pods,
            pod_selector=pods,
            has_namespace_selector=has_spaces,
            namespace_selector=spaces,
            has_block=is_set(peer, "ipBlock"),
            block=text(block, "cidr"),
            block_exceptions=texts(block, "except"),
            basis=self._cluster.basis,
            evidence_refs=sighting.refs,
        )


BUILDERS = (NetworkPolicyPeers,)

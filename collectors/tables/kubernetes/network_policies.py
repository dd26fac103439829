"""NetworkPolicies and their rules: which traffic of which pods they isolate, and what they let through."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.tables.as_written import (
    Section,
    both,
    either,
    is_set,
    opposite,
    section,
    sections,
    text,
    texts,
)
from collectors.tables.identity import surrogate
from collectors.tables.schema import ClusterContext, Column, Relation, Sighting, Subject, UnseenPart, table
from collectors.tables.selectors import requirements

GROUP = "networking.k8s.io"
KINDS = (f"{GROUP}/NetworkPolicy",)
_EVERY_ADDRESS = frozenset({"0.0.0.0/0", "::/0"})


@table(
    "network_policies",
    grain="one NetworkPolicy",
    kinds=KINDS,
    relations=(
        Relation("rules", "network_policy_rules", (("policy_key", "policy_key"),), "Its rules."),
        Relation(
            "selected_workloads", "workload_network_policies",
            (("policy_key", "policy_key"), ("namespace", "namespace")), "Workloads whose pods it selects.",
        ),
    ),
    subject=Subject(None, None, "namespace", "name", fixed_kind="NetworkPolicy", fixed_group=GROUP),
)
class NetworkPolicy(NamedTuple):
    """A NetworkPolicy of networking.k8s.io."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the policy.")]
    policy_key: Annotated[str, Column("Surrogate key.", identity=True)]
    pod_selector: Annotated[list[str] | None, Column("What selects its pods; an empty list selects all.")]
    selects_every_pod: Annotated[bool | None, Column("Whether it selects every pod of its namespace.")]
    isolates_ingress: Annotated[bool | None, Column("Whether it applies to incoming traffic.")]
    isolates_egress: Annotated[bool | None, Column("Whether it applies to outgoing traffic.")]
    allows_all_ingress: Annotated[bool | None, Column("Whether a rule lets everything in, on every port.")]
    allows_all_egress: Annotated[bool | None, Column("Whether a rule lets everything out, on every port.")]
    denies_ingress_by_default: Annotated[
        bool | None, Column("Whether it isolates every pod's incoming traffic without letting all in.")
    ]
    denies_egress_by_default: Annotated[
        bool | None, Column("Whether it isolates every pod's outgoing traffic without letting all out.")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table("network_policy_rules", grain="one rule of one NetworkPolicy", kinds=KINDS, part="rule")
class NetworkPolicyRule(NamedTuple):
    """An ingress or egress rule of a NetworkPolicy."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    policy_key: Annotated[str, Column("Surrogate key of its policy.", owner="network_policies")]
    rule: Annotated[str, Column("The rule for a reader: direction and number.")]
    direction: Annotated[str, Column("ingress or egress.")]
    is_in_force: Annotated[bool | None, Column("Whether the policy applies to this direction at all.")]
    allows_every_peer: Annotated[bool | None, Column("Whether it names no peer, so that anyone may talk.")]
    allows_every_port: Annotated[bool | None, Column("Whether it names no port, so that every port is open.")]
    allows_every_address: Annotated[bool | None, Column("Whether it names 0.0.0.0/0 or ::/0 as a peer.")]
    allows_every_namespace: Annotated[bool | None, Column("Whether a peer selects every namespace.")]
    allows_everything: Annotated[bool | None, Column("Whether it lets every peer through on every port.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class NetworkPolicies:
    """Policies and their rules."""

    reads: ClassVar[tuple[str, ...]] = KINDS

    def __init__(self, cluster: ClusterContext) -> None:
        self._cluster = cluster
        self._policies: list[NetworkPolicy] = []
        self._rules: list[NetworkPolicyRule] = []
        self._unseen: list[UnseenPart] = []

    def observe(self, sighting: Sighting) -> None:
        """One policy and each of its rules."""
        spec = section(sighting.object, "spec")
        types = policy_types(spec)
        rules = [*self._read(sighting, spec, "ingress", types), *self._read(sighting, spec, "egress", types)]
        self._rules.extend(rules)
        self._policies.append(self._policy(sighting, spec, types, rules))

    def rows(self) -> dict[str, list[Any]]:
        """Policies and rules."""
        return {"network_policies": self._policies, "network_policy_rules": self._rules}

    def unseen(self) -> list[UnseenPart]:
        """Rules that could not be read."""
        return self._unseen

    def _read(
        self, sighting: Sighting, spec: Section | None, direction: str, types: dict[str, bool | None]
    ) -> list[NetworkPolicyRule]:
        written = sections(spec, direction)
        key = surrogate(sighting)
        if written is None:
            part = UnseenPart("network_policy_rules", sighting.kind, sighting.namespace, key)
            self._unseen.append(part)
        return [
            self._rule(sighting, key, direction, number, rule, types[direction])
            for number, rule in enumerate(written or ())
        ]

    def _rule(
        self,
        sighting: Sighting,
        key: str,
        direction: str,
        number: int,
        rule: Section | None,
        is_in_force: bool | None,
    ) -> NetworkPolicyRule:
        peers = sections(rule, "from" if direction == "ingress" else "to")
        ports = sections(rule, "ports")
        every_peer = None if peers is None else not peers
        every_port = None if ports is None else not ports
        return NetworkPolicyRule(
            cluster=self._cluster.name,
            namespace=sighting.namespace,
            policy_key=key,
            rule=f"{direction} rule {number + 1}",
            direction=direction,
            is_in_force=is_in_force,
            allows_every_peer=every_peer,
            allows_every_port=every_port,
            allows_every_address=None if peers is None else either(*map(_is_every_address, peers)),
            allows_every_namespace=None if peers is None else either(*map(_is_every_namespace, peers)),
            allows_everything=both(every_peer, every_port),
            basis=self._cluster.basis,
            evidence_refs=sighting.refs,
        )

    def _policy(
        self,
        sighting: Sighting,
        spec: Section | None,
        types: dict[str, bool | None],
        rules: list[NetworkPolicyRule],
    ) -> NetworkPolicy:
        selector = requirements(section(spec, "podSelector"))
        every_pod = None if selector is None else not selector
        opens = {each: _opens(spec, each, types[each], rules) for each in types}
        return NetworkPolicy(
            cluster=self._cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            policy_key=surrogate(sighting),
            pod_selector=selector,
            selects_every_pod=every_pod,
            isolates_ingress=types["ingress"],
            isolates_egress=types["egress"],
            allows_all_ingress=opens["ingress"],
            allows_all_egress=opens["egress"],
            denies_ingress_by_default=both(every_pod, types["ingress"], opposite(opens["ingress"])),
            denies_egress_by_default=both(every_pod, types["egress"], opposite(opens["egress"])),
            basis=self._cluster.basis,
            evidence_refs=sighting.refs,
        )


def policy_types(spec: Section | None) -> dict[str, bool | None]:
    """Which directions the policy applies to.

    Unset: always ingress, and egress when the policy has an egress section. Source: Kubernetes documentation,
    "Network Policies", policyTypes.
    """
    written = texts(spec, "policyTypes")
    if written is None:
        return {"ingress": None, "egress": None}
    if written:
        return {"ingress": "Ingress" in written, "egress": "Egress" in written}
    egress = sections(spec, "egress")
    return {"ingress": True, "egress": None if egress is None else bool(egress)}


def _opens(
    spec: Section | None, direction: str, is_in_force: bool | None, rules: list[NetworkPolicyRule]
) -> bool | None:
    own = [rule.allows_everything for rule in rules if rule.direction == direction]
    unread = (None,) if sections(spec, direction) is None else ()
    return both(is_in_force, either(*own, *unread))


def _is_every_address(peer: Section | None) -> bool | None:
    block = section(peer, "ipBlock")
    if block == {}:
        return False
    cidr, exceptions = text(block, "cidr"), texts(block, "except")
    return None if cidr is None or exceptions is None else cidr in _EVERY_ADDRESS and not exceptions


def _is_every_namespace(peer: Section | None) -> bool | None:
    if not is_set(peer, "namespaceSelector"):
        return False
    selector = requirements(section(peer, "namespaceSelector"))
    return None if selector is None else not selector


BUILDERS = (NetworkPolicies,)

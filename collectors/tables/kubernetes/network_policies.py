"""NetworkPolicies and their rules: which traffic of which pods they isolate, and what they let through."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.tables.addresses import METADATA_ADDRESSES, Network, cover_everything, hold_any, remaining
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
    whole_number,
)
from collectors.tables.identity import surrogate
from collectors.tables.schema import ClusterContext, Column, Relation, Sighting, Subject, UnseenPart, table
from collectors.tables.selectors import requirements

GROUP = "networking.k8s.io"
KINDS = (f"{GROUP}/NetworkPolicy",)


@table(
    "network_policies",
    grain="one NetworkPolicy",
    kinds=KINDS,
    relations=(
        Relation("rules", "network_policy_rules", (("policy_key", "policy_key"),), "Its rules."),
        Relation("peers", "network_policy_peers_seen", (("policy_key", "policy_key"),), "Whom its rules name."),
        Relation(
            "selected_workloads", "workload_network_policies",
            (("policy_key", "policy_key"), ("namespace", "namespace")), "Workloads whose pods it selects.",
        ),
        Relation(
            "operated_workloads", "operated_workloads", (("namespace", "namespace"),),
            "Objects of its namespace from which operators make pods.",
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
    rule_key: Annotated[str, Column("Surrogate key.", identity=True)]
    direction: Annotated[str, Column("ingress or egress.")]
    is_in_force: Annotated[bool | None, Column("Whether the policy applies to this direction at all.")]
    allows_every_peer: Annotated[bool | None, Column("Whether it names no peer, so that anyone may talk.")]
    allows_every_port: Annotated[bool | None, Column("Whether it names no port, so that every port is open.")]
    ports: Annotated[
        list[str] | None, Column("Ports it names: TCP/80, UDP/dns, TCP/8000-8080, TCP/* for all; empty for every port.")
    ]
    allows_every_address: Annotated[
        bool | None,
        Column("Whether its blocks together hold every IPv4 or every IPv6 address: 0.0.0.0/0, ::/0, or halves."),
    ]
    allows_every_namespace: Annotated[
        bool | None, Column("Whether a peer selects every pod of every namespace.")
    ]
    allows_metadata_address: Annotated[
        bool | None, Column("Whether it lets pods talk to an address where clouds hand out credentials of machines.")
    ]
    allows_everything: Annotated[bool | None, Column("Whether it lets every peer through on every port.")]
    allows_everyone: Annotated[
        bool | None, Column("Whether it lets every pod of the cluster through on every port, named or not.")
    ]
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
        every_namespace = None if peers is None else either(*map(_is_every_namespace, peers))
        blocks = None if peers is None else _blocks(peers)
        return NetworkPolicyRule(
            cluster=self._cluster.name,
            namespace=sighting.namespace,
            policy_key=key,
            rule=f"{direction} rule {number + 1}",
            rule_key=rule_key(key, direction, number),
            direction=direction,
            is_in_force=is_in_force,
            allows_every_peer=every_peer,
            allows_every_port=every_port,
            ports=None if ports is None else _ports(ports),
            allows_every_address=None if blocks is None else either(cover_everything(blocks.known), blocks.rest),
            allows_every_namespace=every_namespace,
            allows_metadata_address=either(
                every_peer, None if blocks is None else either(hold_any(blocks.known, METADATA_ADDRESSES), blocks.rest)
            ),
            allows_everything=both(every_peer, every_port),
            allows_everyone=both(either(every_peer, every_namespace), every_port),
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


def rule_key(policy_key: str, direction: str, number: int) -> str:
    """The surrogate key of a rule."""
    return f"{policy_key}/{direction}/{number + 1}"


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


class _Blocks(NamedTuple):
    """The addresses that peers name, and None beside them where some peer cannot be read."""

    known: list[Network]
    rest: bool | None


def _blocks(peers: list[Section | None]) -> _Blocks:
    known: list[Network] = []
    rest: bool | None = False
    for peer in peers:
        block = section(peer, "ipBlock")
        if block == {}:
            continue
        cidr, exceptions = text(block, "cidr"), texts(block, "except")
        read = None if cidr is None or exceptions is None else remaining(cidr, exceptions)
        if read is None:
            rest = None
        else:
            known.extend(read)
    return _Blocks(known, rest)


def _is_every_namespace(peer: Section | None) -> bool | None:
    """An empty namespaceSelector without a podSelector that narrows it."""
    if not is_set(peer, "namespaceSelector"):
        return False
    spaces, pods = requirements(section(peer, "namespaceSelector")), requirements(section(peer, "podSelector"))
    return both(None if spaces is None else not spaces, None if pods is None else not pods)


def _ports(written: list[Section | None]) -> list[str] | None:
    """Source: API reference, NetworkPolicyPort: protocol defaults to TCP, no port means all of the protocol."""
    read = [_port(each) for each in written]
    return None if None in read else sorted({each for each in read if each is not None})


def _port(written: Section | None) -> str | None:
    protocol, first, last = text(written, "protocol", default="TCP"), written and written.get("port"), None
    if protocol is None or written is None:
        return None
    if is_set(written, "endPort"):
        last = whole_number(written, "endPort")
        if last is None:
            return None
    if first is None:
        return f"{protocol}/*"
    if isinstance(first, bool) or not isinstance(first, int | str):
        return None
    return f"{protocol}/{first}" if last is None else f"{protocol}/{first}-{last}"


BUILDERS = (NetworkPolicies,)

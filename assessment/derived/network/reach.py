"""Who may talk to whom, as far as network policies decide it: by groups of workloads that policies treat alike.

A group is the workloads of one namespace that the same policies select and whose labels look the same to every peer
selector of the cluster. For each group and direction there is one list of permissions: everyone, every pod, the pods
of a namespace, a group, or addresses. So the size is that of the policies, never that of all pairs; a pair is decided
when it is asked for.

Pods of the host's network are outside of policies: what they send comes from the node, which every pod must accept
from its own one. Whether blocks of addresses also mean pods is left open by the API, so it is not known here.
Source: Kubernetes documentation, "Network Policies".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from assessment.derived.network.coverage import policies_hidden, selected_by
from assessment.derived.network.engines import Enforcement
from assessment.derived.network.peers import PeerPods
from assessment.derived.network.ports import meeting
from assessment.derived.unseen import Unseen
from collectors.tables.as_written import both, either
from collectors.tables.coverage import Gap
from collectors.tables.selectors import labels_of, matches

EVERY_PORT: tuple[str, ...] = ()
EVERYONE, EVERY_POD, NAMESPACE, GROUP, ADDRESSES = "everyone", "every pod", "namespace", "group", "addresses"


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing that policies allow a group: with whom, on which ports (none named: every port), surely or perhaps."""

    peer: str
    of: str | None
    ports: tuple[str, ...]
    is_sure: bool


@dataclass(slots=True)
class Group:
    """Workloads that policies treat alike. `opened`: direction -> whether nothing isolates it, None if not known;
    `may_deny`: whether a rule of a plugin or administrator, which no permission can overrule, may refuse something."""

    group_id: str
    cluster: str
    namespace: str | None
    on_host: bool | None
    opened: dict[str, bool | None]
    permissions: dict[str, list[Permission]]
    may_deny: dict[str, bool]
    workloads: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Requirements:
    """What the peers of a cluster ask of pods: plain equalities, and the rest."""

    equal: set[str] = field(default_factory=set)
    other: set[str] = field(default_factory=set)

    def add(self, requirement: str) -> None:
        (self.other if requirement.endswith(")") or "=" not in requirement else self.equal).add(requirement)

    def met_by(self, labels: Mapping[str, str]) -> frozenset[str]:
        met = {pair for pair in (f"{key}={value}" for key, value in labels.items()) if pair in self.equal}
        return frozenset(met | {each for each in self.other if matches([each], labels)})


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a connection may be made (None: not known), and on which ports; none named: every port."""

    may: bool | None
    ports: tuple[str, ...] = EVERY_PORT


class Reach:
    """Reachability of all clusters of a run, ready to be asked by workload id."""

    def __init__(self, tables: Mapping[str, list[Any]], gaps: Iterable[Gap]) -> None:
        self._unseen = Unseen(gaps)
        self._tables = tables
        self._edges, self._enforcement = selected_by(tables), Enforcement(tables, self._unseen)
        self._peers = PeerPods(tables, self._unseen)
        self.groups: dict[tuple[str, str], Group] = {}
        self._group_of: dict[tuple[str, str], Group] = {}
        self._rules: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for rule in tables["network_policy_rules"]:
            self._rules[rule.cluster, rule.policy_key].append(rule)
        self._named: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for peer in tables["network_policy_peers"]:
            self._named[peer.cluster, peer.rule_key].append(peer)
        self._make_groups()
        self._known_peers: dict[tuple[Any, ...], list[Permission]] = {}
        for group in self.groups.values():
            self._permit(group)

    def group_of(self, cluster: str, workload_id: str) -> Group:
        """The group of a workload."""
        return self._group_of[cluster, workload_id]

    def may_reach(self, cluster: str, source: str, target: str) -> Answer:
        """Whether pods of one workload may connect to those of another."""
        return self.between(self._group_of[cluster, source], self._group_of[cluster, target])

    def between(self, source: Group, target: Group) -> Answer:
        """Whether pods of one group may connect to those of another: both ends must allow it."""
        out, into = self._side(source, "egress", target), self._side(target, "ingress", source)
        ports, meet = meeting(out.ports, into.ports)
        return Answer(both(out.may, into.may, meet), ports)

    def admits_outside(self, cluster: str, workload_id: str) -> bool | None:
        """Whether policies let addresses outside of the cluster connect to the workload: any address at all."""
        group = self._group_of[cluster, workload_id]
        if group.on_host or group.opened["ingress"]:
            return None if group.may_deny["ingress"] and not group.on_host else True
        found: list[bool | None] = [None if group.opened["ingress"] is None or group.on_host is None else False]
        for each in group.permissions["ingress"]:
            if each.peer in (EVERYONE, ADDRESSES):
                found.append(True if each.is_sure and each.of in (None, "every address") else None)
        return either(*found)

    def from_internet(self) -> Iterator[tuple[str, str, bool | None]]:
        """Every workload that something publishes and policies admit: cluster, workload, true or not known."""
        for row in self._tables.get("workload_exposure", ()):
            admitted = self.admits_outside(row.cluster, row.workload_id)
            # Behind a Service the node's address may stand for the caller's: a closed policy need not keep it out.
            leads = both(row.is_reachable_from_internet, True if admitted else None)
            if leads is not False:
                yield row.cluster, row.workload_id, leads

    def reached_from(self, cluster: str, workload_id: str) -> Iterator[tuple[str, bool | None]]:
        """Every workload that pods of this one may connect to, itself left out: its id, true or not known."""
        source = self._group_of[cluster, workload_id]
        for (where, _), target in self.groups.items():
            if where == cluster:
                answer = self.between(source, target)
                if answer.may is not False:
                    yield from ((each, answer.may) for each in target.workloads if each != workload_id)

    def _side(self, own: Group, direction: str, other: Group) -> Answer:
        if own.on_host:
            return Answer(True)
        if own.opened[direction]:
            return Answer(None if own.may_deny[direction] else True)
        unknown = own.opened[direction] is None or own.on_host is None or (direction == "ingress" and other.on_host)
        found: list[bool | None] = [None] if unknown else []
        ports: set[str] = set()
        every = unknown
        for each in own.permissions[direction]:
            hit = self._means(each, other)
            if hit is not False:
                found.append(hit if each.is_sure else None)
                every = every or not each.ports
                ports.update(each.ports)
        may = either(*found)
        may = None if may and own.may_deny[direction] else may
        return Answer(may, EVERY_PORT if every else tuple(sorted(ports)))

    @staticmethod
    def _means(permission: Permission, other: Group) -> bool | None:
        if permission.peer == EVERYONE:
            return True
        if permission.peer == ADDRESSES:
            return None
        if other.on_host is not False:
            return None
        if permission.peer == EVERY_POD:
            return True
        return permission.of == (other.namespace if permission.peer == NAMESPACE else other.group_id)

    def _make_groups(self) -> None:
        relevant = self._relevant_labels()
        keys: dict[tuple[Any, ...], Group] = {}
        for workload in self._tables["workloads"]:
            edges = self._edges.get((workload.cluster, workload.workload_id), [])
            labels = labels_of(workload.pod_labels)
            seen = None if labels is None else relevant[workload.cluster].met_by(labels)
            alone = workload.workload_id if labels is None or workload.pod_labels == [] else ""
            enforced = self._enforcement.of(workload)
            which = frozenset((hit, _key_of(policy)) for hit, policy in edges)
            key = (
                workload.cluster, workload.namespace, workload.uses_host_network, enforced, which, seen, alone
            )  # fmt: skip
            if key not in keys:
                keys[key] = self._new_group(workload, edges, enforced)
            keys[key].workloads.append(workload.workload_id)
            self._group_of[workload.cluster, workload.workload_id] = keys[key]

    def _relevant_labels(self) -> Mapping[str, _Requirements]:
        found: dict[str, _Requirements] = defaultdict(_Requirements)
        for peer in self._tables["network_policy_peers"]:
            for each in peer.pod_selector or ():
                found[peer.cluster].add(each)
        return found

    def _new_group(self, workload: Any, edges: list[tuple[bool | None, Any]], enforced: bool | None) -> Group:
        hidden = policies_hidden(self._unseen, workload.cluster, workload.namespace)
        opened: dict[str, bool | None] = {}
        for direction in ("ingress", "egress"):
            isolated = either(
                *(both(hit, getattr(policy, f"isolates_{direction}")) for hit, policy in edges),
                *([None] if hidden else []),
            )
            closed = both(isolated, enforced)
            opened[direction] = None if closed is None else not closed
        group = Group(
            f"group of {workload.workload_id}", workload.cluster, workload.namespace, workload.uses_host_network,
            opened, {"ingress": [], "egress": []},
            {each: any(_may_deny(hit, policy, each) for hit, policy in edges) for each in opened},
        )  # fmt: skip
        self.groups[workload.cluster, group.group_id] = group
        return group

    def _permit(self, group: Group) -> None:
        for hit, policy in self._edges.get((group.cluster, group.workloads[0]), []):
            for direction in ("ingress", "egress"):
                found = group.permissions[direction]
                if not hasattr(policy, "policy_key"):
                    allows = both(hit, getattr(policy, f"allows_some_{direction}"))
                    if allows is not False:
                        everything = both(allows, getattr(policy, f"allows_all_{direction}"))
                        found.append(Permission(EVERYONE, None, EVERY_PORT, bool(everything)))
                    continue
                for rule in self._rules.get((group.cluster, policy.policy_key), ()):
                    if rule.direction == direction and rule.is_in_force is not False:
                        found.extend(self._of_rule(rule, bool(hit and rule.is_in_force)))

    def _of_rule(self, rule: Any, is_sure: bool) -> Iterator[Permission]:
        ports = EVERY_PORT if not rule.ports else tuple(rule.ports)
        sure = is_sure and rule.ports is not None
        if rule.allows_every_peer is not False:
            yield Permission(EVERYONE, None, ports, sure and bool(rule.allows_every_peer))
            return
        if rule.allows_every_address is not False:
            yield Permission(ADDRESSES, "every address", ports, sure and bool(rule.allows_every_address))
        for peer in self._named.get((rule.cluster, rule.rule_key), ()):
            for each in self._of_peer(peer):
                yield Permission(each.peer, each.of, ports, sure and each.is_sure)

    def _of_peer(self, peer: Any) -> list[Permission]:
        asked = (
            peer.cluster, peer.namespace, peer.has_pod_selector, peer.has_namespace_selector, peer.has_block,
            peer.block,
            *(None if each is None else tuple(each) for each in (peer.pod_selector, peer.namespace_selector)),
        )  # fmt: skip
        if asked not in self._known_peers:
            self._known_peers[asked] = list(self._read_peer(peer))
        return self._known_peers[asked]

    def _read_peer(self, peer: Any) -> Iterator[Permission]:
        if peer.has_block:
            yield Permission(ADDRESSES, peer.block or "?", EVERY_PORT, peer.block is not None)
            return
        every_pod = peer.has_pod_selector is False or peer.pod_selector == []
        if every_pod and peer.has_namespace_selector and peer.namespace_selector == []:
            yield Permission(EVERY_POD, None, EVERY_PORT, True)
            return
        if every_pod and peer.has_namespace_selector is False and peer.namespace is not None:
            yield Permission(NAMESPACE, peer.namespace, EVERY_PORT, True)
            return
        found: dict[str, bool] = {}
        for workload, hit in self._peers.of(peer):
            name = self._group_of[workload.cluster, workload.workload_id].group_id
            found[name] = found.get(name, True) and bool(hit)
        for name, is_sure in found.items():
            yield Permission(GROUP, name, EVERY_PORT, is_sure)


def _key_of(policy: Any) -> str:
    return str(policy.policy_key if hasattr(policy, "policy_key") else policy.plugin_policy_key)


def _may_deny(hit: bool | None, policy: Any, direction: str) -> bool:
    """Rules of plugins that deny are not told one by one, so they may refuse anything."""
    return both(hit, getattr(policy, f"denies_some_{direction}", False)) is not False

"""Leaks through labels: policies that let in whoever carries a label, and subjects who may write it.

Whoever may change a namespace writes its labels; whoever may create or change workloads in a namespace writes the
labels of its pods. Kubernetes itself writes kubernetes.io/metadata.name, so a selector by that label is protected.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from assessment.frameworks.leaks.leak import Leak, Member
from assessment.frameworks.leaks.sharing import Members, Rows
from assessment.frameworks.scope import Reach

_PROTECTED = "kubernetes.io/metadata.name"
_WRITES_NAMESPACES = frozenset({"everything", "label_namespaces", "create_namespaces"})
_WRITES_WORKLOADS = frozenset({"everything", "create_pods", "change_workloads"})
_CONTROL_PLANE = ("system:", "eks:", "aks-service")


def by_labels(reach: Reach, members: Members, rows: Rows) -> Iterator[Leak]:
    """Policies over workloads inside that open by a label, then subjects that may write a label of the scope."""
    yield from _policies(members, rows)
    yield from _writers(reach, members, rows["subject_rights"])


def _policies(members: Members, rows: Rows) -> Iterator[Leak]:
    inside: dict[tuple[str, str], list[Member]] = defaultdict(list)
    for edge in rows["workload_network_policies"]:
        member = members.get((edge["cluster"], edge["workload_id"]))
        if member and member.is_inside and edge["matches"]:
            inside[edge["cluster"], edge["policy_key"]].append(member)
    names = {(row["cluster"], row["policy_key"]): row for row in rows["network_policies"]}
    for peer in rows["network_policy_peers"]:
        held = inside.get((peer["cluster"], peer["policy_key"]))
        if held and peer["direction"] == "ingress" and peer["is_in_force"] is not False and _is_open_to_labels(peer):
            policy = names[peer["cluster"], peer["policy_key"]]
            yield Leak(
                peer["cluster"], "policy_label", "NetworkPolicy", policy["namespace"], policy["name"],
                tuple(sorted(member.says for member in held)), "proven", f"lets in {peer['peer']}",
                tuple(peer["evidence_refs"]),
            )  # fmt: skip


def _is_open_to_labels(peer: Mapping[str, Any]) -> bool:
    """Whether a namespace elsewhere gets in by labels that its own people may set."""
    selector = peer["namespace_selector"] if peer["has_namespace_selector"] else None
    return selector is not None and not any(part.startswith(_PROTECTED) for part in selector)


def _writers(reach: Reach, members: Members, rights: Iterable[Mapping[str, Any]]) -> Iterator[Leak]:
    """Subjects outside the control plane that could take a workload out of the scope, or put one in."""
    if not reach.labels:
        return
    namespaces: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for member in members.values():
        if member.is_inside and member.namespace:
            namespaces[member.cluster][member.namespace].append(member.says)
    gathered: dict[tuple[str, str, str], tuple[set[str], set[str], dict[str, None]]] = {}
    for row in rights:
        if row["power"] not in _WRITES_NAMESPACES | _WRITES_WORKLOADS or not row["holds"] or _is_control_plane(row):
            continue
        held = namespaces.get(row["cluster"], {})
        touched = [row["namespace"]] if row["has_namespace"] else list(held)
        inside = {each for namespace in touched for each in held.get(namespace, ())}
        if inside:
            key = (row["cluster"], row["subject_kind"] or "?", row["subject"])
            known = gathered.setdefault(key, (set(), set(), {}))
            known[0].update(inside)
            known[1].add(row["power"])
            known[2].update(dict.fromkeys(row["evidence_refs"]))
    for (cluster, kind, subject), (inside, powers, refs) in sorted(gathered.items()):
        why = "holds " + ", ".join(sorted(powers))
        yield Leak(cluster, "label_writer", kind, None, subject, tuple(sorted(inside)), "proven", why, tuple(refs)[:10])


def _is_control_plane(row: Mapping[str, Any]) -> bool:
    name = row["subject_name"] or ""
    return name.startswith(_CONTROL_PLANE) or row["subject_namespace"] == "kube-system"

"""Leaks through what workloads share: nodes, identities, volumes, Secrets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from assessment.frameworks.leaks.leak import Leak, Member, Touching, sharing

Members = Mapping[tuple[str, str], Member]
Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def shared(members: Members, rows: Rows) -> Iterator[Leak]:
    """Every workload outside that shares something with a workload inside."""
    yield from sharing("node", "both have pods on node {}", _nodes(members, rows["pods"]))
    yield from sharing("identity", "both run as {}", _identities(members, rows["workloads"]))
    yield from sharing("volume", "both mount {}", _volumes(members, rows))
    yield from sharing("secret", "both open Secret {}", _secrets(members, rows["config_references"]))


def _nodes(members: Members, pods: Iterable[Mapping[str, Any]]) -> Touching:
    """A container that breaks out holds everything that runs on its node."""
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for pod in pods:
        member = members.get((pod["cluster"], pod["workload_id"]))
        if member and pod["node_name"] and pod["is_finished"] is not True:
            found[pod["node_name"]].setdefault(member.workload_id, (member, True, tuple(pod["evidence_refs"])))
    return {node: list(who.values()) for node, who in found.items()}


def _identities(members: Members, workloads: Iterable[Mapping[str, Any]]) -> Touching:
    """The rights of a shared account are the rights of the weaker of both."""
    found: dict[str, list[Any]] = defaultdict(list)
    for row in workloads:
        member = members.get((row["cluster"], row["workload_id"]))
        if member and row["service_account_name"] and row["namespace"]:
            account = f"ServiceAccount {row['namespace']}/{row['service_account_name']}"
            found[account].append((member, True, tuple(row["evidence_refs"])))
    return found


def _volumes(members: Members, rows: Rows) -> Touching:
    """Claims by name; directories of the same node by path, which certainly meet only where pods share the node."""
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows["workload_claims"]:
        member = members.get((row["cluster"], row["workload_id"]))
        if member and row["claim_name"] and row["namespace"]:
            refs = tuple(row["evidence_refs"])
            found[f"claim {row['namespace']}/{row['claim_name']}"].append((member, True, refs))
    for row in rows["volumes"]:
        member = members.get((row["cluster"], row["workload_id"]))
        if member and row["has_host_path"] and row["host_path"]:
            refs = tuple(row["evidence_refs"])
            found[f"{row['host_path']} of nodes"].append((member, None, refs))
    return found


def _secrets(members: Members, references: Iterable[Mapping[str, Any]]) -> Touching:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in references:
        member = members.get((row["cluster"], row["workload_id"]))
        if member and row["referenced_kind"] == "Secret" and row["referenced_name"] and row["namespace"]:
            name = f"{row['namespace']}/{row['referenced_name']}"
            found[name].append((member, True, tuple(row["evidence_refs"])))
    return found

"""One step of an intruder, and the places that steps lead between; places are named so that a reader knows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

INTERNET = "the internet"
CLUSTER_ADMIN = "every right in the cluster"
A_NODE = "a node"
A_CLOUD_ROLE = "a role in the cloud"
UNSEEN = "what was not seen"
EVERY_NODE = "any node of choice"
SOMEBODY = "a subject that is not known"
SOME_NAMESPACE = "a namespace that is not known"
A_POD = "a pod of the cluster"


@dataclass(frozen=True, slots=True)
class Step:
    """`holds`: True where visible rows prove it, None where a gap decides, False where `because` names the barrier."""

    family: str
    source: str
    target: str
    holds: bool | None
    because: str
    evidence_refs: Sequence[str] = ()


Steps = Iterator[Step]


def workload(workload_id: str) -> str:
    """The pods of a workload."""
    return f"pods of {workload_id}"


def account(namespace: str | None, name: str | None) -> str:
    """A ServiceAccount, as whoever holds its token."""
    return f"ServiceAccount {namespace or SOME_NAMESPACE}/{name or '?'}"


def group(name: str) -> str:
    """A group of identities."""
    return f"group {name}"


def user(name: str) -> str:
    """A user by name."""
    return f"user {name}"


def node(name: str) -> str:
    """One node, as root."""
    return f"node {name}"


def tokens_on(node_name: str) -> str:
    """The tokens that lie on a node's disk."""
    return f"tokens on node {node_name}"


def cloud_role(name: str) -> str:
    """A role or client in the cloud."""
    return f"cloud role {name}"


def acting(what: str, namespace: str | None) -> str:
    """Being able to do something in a namespace, or in every one."""
    return f"{what} in {'every namespace' if namespace is None else namespace}"


RUN, EXEC, SECRETS, ACCOUNTS = "running pods", "opening sessions", "reading Secrets", "becoming ServiceAccounts"

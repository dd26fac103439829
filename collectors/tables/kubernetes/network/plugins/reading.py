"""What a policy of any product says, in words that all of them share."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Direction:
    """What a spec does to the incoming or the outgoing traffic of its pods; None is not known."""

    isolates: bool | None = False
    allows_all: bool | None = False
    allows_some: bool | None = False
    denies_some: bool | None = False


UNREAD = Direction(None, None, None, None)


@dataclass(frozen=True, slots=True)
class Spec:
    """One spec: the requirements on labels of pods and of namespaces, None where they cannot be read."""

    label: str
    pods: list[str] | None
    namespaces: list[str] | None
    ingress: Direction
    egress: Direction


NAMESPACE_NAME = "kubernetes.io/metadata.name"
"""The label that every namespace carries, with its name as the value."""

"""What the reader of a file hands on, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """A list of the API begins; its items follow.

    `kind` is "group/Kind" of the items of a typed list (PodList), None for a plain `List`. `short` says why
    the list is not all there ("" when it is). Lists are told apart by identity.
    """

    kind: str | None
    resource_version: str
    short: str


@dataclass(frozen=True, slots=True)
class Found:
    """A Kubernetes object. `kind` is "group/Kind"; `listed` is the list that held it, None for a bare one."""

    place: str
    line: int
    object: dict[str, Any]
    kind: str
    listed: Listed | None


@dataclass(frozen=True, slots=True)
class Foreign:
    """A document that is not a Kubernetes object and does not want to be one."""

    place: str
    line: int


@dataclass(frozen=True, slots=True)
class Unread:
    """A document that may have been one or more Kubernetes objects. The reason quotes nothing of it."""

    place: str
    line: int
    reason: str
    listed: Listed | None = None


Part: TypeAlias = Listed | Found | Foreign | Unread

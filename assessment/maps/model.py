"""What every map is made of: elements, links between them, and the differences between today and the target."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path
from typing import Any

import orjson

STATES = ("good", "attention", "bad", "unknown", "seen")
"""seen: it was seen, and no rule of this map judges it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Element:
    """One thing on the map. `current` and `target` are what its card says, line by line; `tier` orders rows."""

    id: str
    cluster: str
    kind: str
    label: str
    state: str
    current: tuple[str, ...]
    target: tuple[str, ...]
    zone: str | None = None
    tier: str | None = None
    layer: str = "cluster"
    evidence: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Link:
    """Something leads from one element to another."""

    from_id: str
    to_id: str
    kind: str


@dataclasses.dataclass(frozen=True, slots=True)
class Delta:
    """A numbered difference. `package_id` is None where nothing is planned; `quarter` None means later or never.

    `finds_out` says that the package only looks: what is not known today may hold or not afterwards.
    """

    n: int
    element_id: str
    field: str
    current: str
    target: str
    check_ids: tuple[str, ...]
    finding_group: str
    known: bool
    package_id: str | None
    quarter: int | None
    finds_out: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Support:
    """How long the version of a cluster's control plane is supported; None is not known."""

    cluster: str
    label: str
    standard_ends: date | None
    longer_ends: date | None


@dataclasses.dataclass(frozen=True, slots=True)
class Map:
    """One map. `clusters` are (name, display name, environment); `coverage` is the share of verdicts known."""

    name: str
    clusters: tuple[tuple[str, str, str], ...]
    elements: tuple[Element, ...]
    links: tuple[Link, ...]
    deltas: tuple[Delta, ...]
    supports: tuple[Support, ...]
    as_of: date
    judged: int
    known: int
    caption: str

    def of(self, element_id: str) -> tuple[Delta, ...]:
        """The differences of one element."""
        return tuple(delta for delta in self.deltas if delta.element_id == element_id)

    def as_json(self) -> bytes:
        """The whole model, keys sorted: the same results give the same bytes."""
        options = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
        return orjson.dumps(self._told(), option=options)

    def _told(self) -> dict[str, Any]:
        told = dataclasses.asdict(self)
        told["links"] = [{"from": link.from_id, "to": link.to_id, "kind": link.kind} for link in self.links]
        told["clusters"] = [dict(zip(("cluster", "display_name", "environment"), one, strict=True))
                            for one in self.clusters]  # fmt: skip
        return told

    def write(self, path: Path) -> Path:
        """Put the model at `path`, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(path.name + ".partial")
        partial.write_bytes(self.as_json())
        return partial.replace(path)

"""Read back what a cloud or a person answered: each item is one response, kept as it came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import orjson

from collectors.evidence.item import Item
from collectors.tables.schema import ClusterContext, Sighting

MEDIA_TYPE = "application/json"


class Bodies(Protocol):
    """Where the stored lines of an item come from: a run on disk, or memory."""

    def open(self, item: Item) -> Iterable[bytes]: ...


@dataclass(slots=True)
class AnswersGiven:
    """The items of one family about one cluster, in the order they were collected."""

    name: str
    family: str
    items: list[Item]
    bodies: Bodies
    context: ClusterContext

    @property
    def namespaces(self) -> set[str]:
        """A cloud or a person knows of no namespaces."""
        return set()

    def sightings(self, kinds: frozenset[str]) -> Iterator[Sighting]:
        """Every response about one of these kinds, whole."""
        for item in self.items:
            kind = item.parameters.get("kind", "")
            if kind not in kinds or item.sha256 is None or item.media_type != MEDIA_TYPE:
                continue
            answer = orjson.loads(b"".join(self.bodies.open(item)))
            if isinstance(answer, dict):
                name = item.parameters.get("name", "")
                yield Sighting(kind, None, name, None, 0, answer, [f"{item.evidence_id}#/"])

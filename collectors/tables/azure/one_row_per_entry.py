"""The plain case of a builder for lists: each resource of a list becomes one row of one table."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from collectors.tables.as_written import Section
from collectors.tables.azure.settings import entries
from collectors.tables.schema import ClusterContext, Sighting, UnseenPart


class OneRowPerEntry(ABC):
    """Subclasses name the table and turn one resource into its row. A resource that stands in two pages, which
    happens when a list changes while it is read, is one row: the later one, with both references."""

    reads: ClassVar[tuple[str, ...]]
    fills: ClassVar[str]

    def __init__(self, cluster: ClusterContext) -> None:
        self.cluster = cluster
        self._rows: dict[str, Any] = {}

    @abstractmethod
    def row(self, name: str, answered: Section, refs: list[str]) -> Any:
        """The row of this resource."""

    def observe(self, sighting: Sighting) -> None:
        """Take in one answer."""
        for name, answered, refs in entries(sighting):
            earlier = self._rows.get(name.lower())
            seen = [*earlier.evidence_refs, *refs] if earlier else refs
            self._rows[name.lower()] = self.row(name, answered, seen)

    def rows(self) -> dict[str, list[Any]]:
        """All rows of the table, in the order they were first answered."""
        return {self.fills: list(self._rows.values())}

    def unseen(self) -> list[UnseenPart]:
        """Nothing: the resource is its row."""
        return []

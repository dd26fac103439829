"""The plain case of a builder: each object becomes exactly one row of one table."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from collectors.tables.schema import ClusterContext, Sighting, UnseenPart


class OneRowPerObject(ABC):
    """Subclasses name the table and turn one object into its row."""

    reads: ClassVar[tuple[str, ...]]
    fills: ClassVar[str]

    def __init__(self, cluster: ClusterContext) -> None:
        self.cluster = cluster
        self._rows: list[Any] = []

    @abstractmethod
    def row(self, sighting: Sighting) -> Any:
        """The row of this object."""

    def observe(self, sighting: Sighting) -> None:
        """Take in one object."""
        self._rows.append(self.row(sighting))

    def rows(self) -> dict[str, list[Any]]:
        """All rows of the table."""
        return {self.fills: self._rows}

    def unseen(self) -> list[UnseenPart]:
        """Nothing: the object is its row."""
        return []

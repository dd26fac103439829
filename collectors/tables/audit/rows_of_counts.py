"""The plain case of an audit table: an answer holds counted rows, and each becomes a row of one table."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from collectors.tables.as_written import Section, flag, instant, sections, text, whole_number
from collectors.tables.schema import ClusterContext, Sighting, UnseenPart

NO_NAME = "(not known)"


class RowsOfCounts(ABC):
    """Subclasses name the table and turn one counted row into one of the table."""

    reads: ClassVar[tuple[str, ...]]
    fills: ClassVar[str]

    def __init__(self, cluster: ClusterContext) -> None:
        self.cluster = cluster
        self._rows: list[Any] = []

    @abstractmethod
    def row(self, said: Section | None, refs: list[str]) -> Any:
        """The row of these counts."""

    def counted(self, said: Section | None, refs: list[str]) -> dict[str, Any]:
        """The columns that every table of counts has, by name."""
        return {
            "cluster": self.cluster.name,
            "was_answered": flag(said, "was_answered"),
            "requests": whole_number(said, "requests"),
            "refused": whole_number(said, "refused"),
            "first_seen_at": instant(said, "first"),
            "last_seen_at": instant(said, "last"),
            "basis": self.cluster.basis,
            "evidence_refs": refs,
        }

    def observe(self, sighting: Sighting) -> None:
        """Take in one answer."""
        for place, said in enumerate(sections(sighting.object, "rows") or ()):
            self._rows.append(self.row(said, [f"{ref}rows/{place}" for ref in sighting.refs]))

    def rows(self) -> dict[str, list[Any]]:
        """All rows of the table."""
        return {self.fills: self._rows}

    def unseen(self) -> list[UnseenPart]:
        """Nothing: what an answer does not show is told by its coverage."""
        return []


def named(said: Section | None, name: str) -> str:
    """A name that is never NULL, since rows are told apart by it."""
    return text(said, name) or NO_NAME


def listed_as(user: str) -> str:
    """A user as parameters of engagement.yaml list it: brackets keep one name from standing inside another."""
    return f"<{user.replace('<', '(').replace('>', ')')}>"


def place_of(said: Section | None, name: str) -> str:
    """The object in one line: namespace/name, * where the request names none."""
    namespace, own = text(said, "namespace") or "", text(said, name) or "*"
    return f"{namespace}/{own}" if namespace else own

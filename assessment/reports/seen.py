"""What was seen and what was not, as frozen values: clusters, coverage, gaps, the evidence index."""

from __future__ import annotations

import dataclasses

from assessment.reports.parts import Listing


@dataclasses.dataclass(frozen=True, slots=True)
class Cluster:
    """A surveyed cluster. `basis` is running or declared; `whole` what was claimed of the collection."""

    name: str
    display_name: str
    environment: str
    basis: str
    kubernetes_version: str
    whole: str
    namespaces: Listing[str]
    items: int
    subjects: int


@dataclasses.dataclass(frozen=True, slots=True)
class SourceCoverage:
    """What one source brought from one cluster; documents = objects + repeats + not_kubernetes + gaps."""

    source: str
    cluster: str
    items: int
    complete: int
    partial: int
    refused: int
    documents: int
    objects: int
    repeats: int
    not_kubernetes: int
    gaps: int


@dataclasses.dataclass(frozen=True, slots=True)
class TableCoverage:
    """How far a table is known in a cluster. `lists` and `partial_lists` count (kind, namespace) pairs."""

    cluster: str
    table: str
    kinds: tuple[str, ...]
    lists: int
    partial_lists: int
    gaps: int

    @property
    def reach(self) -> str:
        """In words: everything, a part, or nothing."""
        if self.lists and not self.gaps and not self.partial_lists:
            return "every list"
        return "in part" if self.lists or self.partial_lists else "not seen"


@dataclasses.dataclass(frozen=True, slots=True)
class GapGroup:
    """Gaps that share cluster, source, kind, outcome and reason, and so are closed by one act."""

    count: int
    cluster: str
    source: str
    kind: str
    tables: tuple[str, ...]
    namespaces: Listing[str]
    outcome: str
    reason: str
    closed_by: str


@dataclasses.dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One line of the evidence index. `size` in bytes of the redacted, uncompressed content."""

    evidence_id: str
    anchor: str
    request: str
    outcome: str
    reason: str
    window: str
    documents: int | None
    redactions: int
    size: int | None
    sha256: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class EvidenceGroup:
    """Items that one identity took from one cluster in one way."""

    source: str
    cluster: str
    principal: str
    method: str
    collection_mode: str
    parameters: str
    window: str
    items: tuple[EvidenceItem, ...]

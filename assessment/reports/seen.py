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
    """Tables that are known alike: the clusters of which every list, a part or nothing was seen."""

    tables: tuple[str, ...]
    known: Listing[str]
    in_part: Listing[str]
    unseen: Listing[str]
    gaps: int


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

"""The geometry of small drawings; templates draw it. Lengths are in the units of the drawing's own box."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from assessment.reports.parts import Counts, StatusCount

WIDTH = 1000
# A part that exists is never drawn so thin that it cannot be seen.
THINNEST = 6


@dataclasses.dataclass(frozen=True, slots=True)
class Segment:
    """One stretch of a bar: where it starts, how long it is, its style, and its count."""

    start: int
    length: int
    style: str
    count: int


@dataclasses.dataclass(frozen=True, slots=True)
class Bar:
    """A bar of WIDTH units and the sentence that says the same."""

    segments: tuple[Segment, ...]
    says: str


def population_bar(counts: Counts) -> Bar:
    """Passed, failed and unknown as shares of what was judged."""
    says = f"{counts.passed:,} passed, {counts.failed:,} failed, {counts.unknown:,} unknown of {counts.judged:,}"
    parts = [("passed", counts.passed), ("failed", counts.failed), ("unknown", counts.unknown)]
    return Bar(_segments(parts), says)


def status_bar(statuses: Sequence[StatusCount]) -> Bar:
    """Statuses as shares of all requirements."""
    present = [(entry.status.style, entry.count) for entry in statuses if entry.count]
    says = ", ".join(f"{entry.count} {entry.status.word}" for entry in statuses if entry.count)
    return Bar(_segments(present), says)


def _segments(parts: Sequence[tuple[str, int]]) -> tuple[Segment, ...]:
    """Lengths sum to WIDTH; rounding and thin parts are taken from the longest."""
    total = sum(count for _, count in parts)
    if not total:
        return ()
    lengths = [max(THINNEST, count * WIDTH // total) if count else 0 for _, count in parts]
    lengths[lengths.index(max(lengths))] += WIDTH - sum(lengths)
    segments, start = [], 0
    for (style, count), length in zip(parts, lengths, strict=True):
        if count:
            segments.append(Segment(start, length, style, count))
        start += length
    return tuple(segments)

"""What stands on the pages: frozen values that templates only arrange.

Counts are of subjects unless a name says otherwise. An anchor is the name of a place in the document.
"""

from __future__ import annotations

import dataclasses
from typing import Generic, TypeVar

Shown = TypeVar("Shown")


@dataclasses.dataclass(frozen=True, slots=True)
class Listing(Generic[Shown]):
    """The first entries of a list, and how many there are in all."""

    shown: tuple[Shown, ...] = ()
    total: int = 0

    @property
    def complete(self) -> bool:
        """True when every entry is shown."""
        return len(self.shown) == self.total


@dataclasses.dataclass(frozen=True, slots=True)
class Counts:
    """The population of a check: judged = passed + failed + unknown. `unseen` counts gaps, not subjects.

    `out_of_scope` does not concern the check, `outside` is not in the scope of the framework; `unplaced` of the
    unknown are so because nobody could tell whether they are in it.
    """

    passed: int = 0
    failed: int = 0
    unknown: int = 0
    out_of_scope: int = 0
    unseen: int = 0
    outside: int = 0
    unplaced: int = 0

    @property
    def judged(self) -> int:
        """Every subject that got a verdict."""
        return self.passed + self.failed + self.unknown


@dataclasses.dataclass(frozen=True, slots=True)
class Link:
    """A text and the place it leads to; None leads nowhere."""

    text: str
    anchor: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class Reference:
    """A place inside an evidence item. `item.anchor` is None when the printed index does not hold the item."""

    item: Link
    place: str


@dataclasses.dataclass(frozen=True, slots=True)
class Subject:
    """The object that a person would edit. `cluster` is empty when the estate is one cluster."""

    cluster: str
    kind: str
    namespace: str
    name: str
    part: str


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """One verdict with what decided it; `more_*` count what the line leaves to the CSV file. `exceptions` are the
    numbers of those that name it."""

    subject: Subject
    reason: str
    witnesses: tuple[str, ...]
    more_witnesses: int
    evidence: tuple[Reference, ...]
    more_evidence: int
    exceptions: tuple[int, ...] = ()


def one_reason(listing: Listing[Finding], longest: int = 120) -> str:
    """The reason that every finding shown has, where that is all there is to say of each; else an empty text."""
    reasons = {finding.reason for finding in listing.shown}
    more = any(finding.witnesses or finding.exceptions for finding in listing.shown)
    reason = next(iter(reasons), "")
    return reason if len(listing.shown) > 1 and len(reasons) == 1 and not more and len(reason) <= longest else ""


@dataclasses.dataclass(frozen=True, slots=True)
class CheckSheet:
    """A check, its logic, and everything it found. `number` counts the sheets and lines of the annex in their
    order; 0 where nothing stands there, because `told_at` is the one requirement with whose sheet it stands."""

    check_id: str
    anchor: str
    number: int
    title: str
    why: str
    layer: str
    dimension: str
    judges: str
    within: str
    rule: str
    sql: str
    impact: int
    likelihood: int
    remedy: str
    fix: str
    examples: int
    blind_to: tuple[str, ...]
    sources: tuple[str, ...]
    counts: Counts
    failures: Listing[Finding]
    unknowns: Listing[Finding]
    out_of_scope: Listing[Finding]
    requirements: tuple[Link, ...]
    told_at: Link | None

    @property
    def is_open(self) -> bool:
        """Whether anything failed; for what could not be told and what passed, a line is enough."""
        return bool(self.failures.total)


@dataclasses.dataclass(frozen=True, slots=True)
class MappedCheck:
    """A check as one requirement uses it. `shows` says what it means for the requirement; counts are of
    the subjects in the scope of the requirement."""

    sheet: CheckSheet
    shows: str
    counts: Counts


@dataclasses.dataclass(frozen=True, slots=True)
class ByHand:
    """Something only people can show. `state` is "on file", "open", or "not asked" where the status needs no
    answer (inherited, not applicable); `on_file` says what was handed in."""

    asks: str
    state: str
    on_file: str


@dataclasses.dataclass(frozen=True, slots=True)
class Status:
    """One of the seven statuses: a word, the letter beside its colour, and when it holds."""

    word: str
    letter: str
    style: str
    when: str


@dataclasses.dataclass(frozen=True, slots=True)
class StatusCount:
    """How many requirements have a status."""

    status: Status
    count: int


@dataclasses.dataclass(frozen=True, slots=True)
class RequirementSheet:
    """A row of a framework: a requirement, a section that gathers requirements, or a part of one."""

    requirement_id: str
    anchor: str
    parent: str
    level: str
    title: str
    obligation: str
    status: Status
    status_reason: str
    bearer: str
    scope: str
    counts: Counts
    checks: tuple[MappedCheck, ...]
    by_hand: tuple[ByHand, ...]
    by_hand_open: int
    signatures: tuple[str, ...]
    blind_to: tuple[str, ...]
    exceptions: tuple[Link, ...] = ()

    @property
    def section(self) -> bool:
        """True for a row that gathers requirements."""
        return self.level == "section"

    @property
    def bare(self) -> bool:
        """A section that asks for nothing itself: it only gathers what stands below it."""
        return self.section and not (self.checks or self.by_hand or self.blind_to)

    @property
    def by_people_only(self) -> bool:
        """A row that no check bears on: one line holds all there is to say."""
        return not self.section and not self.checks

    @property
    def counted(self) -> bool:
        """Counts sum over requirements: sections and parts of a requirement stand apart."""
        return self.level == "requirement"

    @property
    def brief(self) -> tuple[MappedCheck, ...]:
        """Checks that a line is enough for: their sheet or line stands in the annex, under its number."""
        return tuple(each for each in self.checks if each.sheet.told_at is None)

    @property
    def open(self) -> tuple[MappedCheck, ...]:
        """Checks that no other row uses and that fail: their whole sheet stands here and nowhere else."""
        return tuple(each for each in self.checks if each.sheet.told_at is not None)

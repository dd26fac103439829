"""What leaders read: frozen values that templates only arrange.

Days are person-days and points are risk points unless a name says otherwise; both are decimals. A quarter is 1 to 4,
None is later. A package carries one `number`, the same in every document of a run.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from datetime import date
from decimal import Decimal

from assessment.reports.parts import Listing, Status

ZERO = Decimal(0)
QUARTERS = (1, 2, 3, 4)
# What closes a gap names the right first and then, to the letter, the command whose answer is missing.
EXACTLY = " and the answer of"


@dataclasses.dataclass(frozen=True, slots=True)
class Share:
    """Days of one skill: needed or used, of those available where that is known."""

    skill: str
    days: Decimal
    available: Decimal | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Move:
    """One requirement that a package moves. `expected` is a status, never a promise that it is met."""

    framework: str
    requirement_id: str
    today: str
    expected: str

    @property
    def changes(self) -> bool:
        """False where the work goes on but the word stays the same."""
        return self.today != self.expected


@dataclasses.dataclass(frozen=True, slots=True)
class Package:
    """A piece of work: what leadership funds and a team does."""

    number: int
    package_id: str
    remedy: str
    kind: str
    title: str
    outcome: str
    if_not: str
    owner_role: str
    quadrant: str
    size: str
    confidence: str
    unit: str
    units: int
    days: Decimal
    days_low: Decimal
    days_high: Decimal
    cost: Decimal | None
    currency: str
    skills: tuple[Share, ...]
    score: int
    points: Decimal
    points_upper: Decimal
    quarter: int | None
    start: date | None
    finish: date | None
    start_day: int | None
    finish_day: int | None
    why: str
    why_not_earlier: str
    due: str
    must: bool
    needs: tuple[int, ...]
    needs_outside: tuple[str, ...]
    moves: tuple[Move, ...]
    clusters: tuple[str, ...]
    checks: tuple[str, ...]
    findings: int
    unknowns: int
    steps: tuple[str, ...]
    done_when: tuple[str, ...]
    stop_conditions: tuple[str, ...]
    risky: bool

    @property
    def finds_out(self) -> bool:
        """True for work that looks where nobody could look; it proves nothing and mends nothing yet."""
        return self.kind == "find-out"

    @property
    def reason(self) -> str:
        """Why it stands in its quarter. What only looks removes nothing, whatever it may bring to light."""
        if self.finds_out:
            said = f"Looks where nobody could look: {self.unknowns:,} verdicts not known"
            return f"{said}, up to {self.points_upper:,.0f} points among them." if self.points_upper else f"{said}."
        told = re.sub(r"^Quarter \d[:,] ", "", self.why)
        return told[:1].upper() + told[1:]

    @property
    def tasks(self) -> tuple[str, ...]:
        """Its steps; what only looks names each right once, however many lists it opens."""
        if not self.finds_out:
            return self.steps
        acts = Counter(f"Get {step}" if "permission" in step[:20] else step for step in map(_right, self.steps))
        return tuple(f"{act} ({number} lists)" if number > 1 else act for act, number in acts.items())

    @property
    def moved(self) -> tuple[str, ...]:
        """Ids of the requirements whose status it is expected to change."""
        return tuple(f"{short(move.framework)} {move.requirement_id}" for move in self.moves if move.changes)


@dataclasses.dataclass(frozen=True, slots=True)
class Quarter:
    """One quarter of one scenario; number 0 is today. `residual` is left at its end, at the most `residual_upper`."""

    number: int
    first: date | None
    last: date | None
    residual: Decimal
    residual_upper: Decimal
    floor: Decimal
    days: Decimal
    cost: Decimal | None
    skills: tuple[Share, ...]
    packages: tuple[str, ...]
    feasible: bool
    note: str


@dataclasses.dataclass(frozen=True, slots=True)
class Scenario:
    """The same packages under another capacity, today first."""

    name: str
    quarters: tuple[Quarter, ...]
    left: tuple[int, ...] = ()
    sooner: tuple[int, ...] = ()
    later: tuple[int, ...] = ()

    @property
    def feasible(self) -> bool:
        """False when a date cannot be kept."""
        return all(quarter.feasible for quarter in self.quarters)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the plan says about itself, each sentence once."""
        return tuple(dict.fromkeys(quarter.note for quarter in self.quarters if quarter.note))


@dataclasses.dataclass(frozen=True, slots=True)
class FrameworkPosition:
    """Status counts of one framework; they sum to `total`. Sections and parts of requirements are left out."""

    framework: str
    title: str
    version: str
    counts: tuple[tuple[Status, int], ...]
    total: int
    sections: int
    parts: int
    by_hand_open: int
    moved: int
    out_of_contradiction: int


@dataclasses.dataclass(frozen=True, slots=True)
class HealthLine:
    """Health of one dimension or layer, 0 to 100, with its bounds; `coverage` 0 to 1."""

    name: str
    lower: Decimal
    best: Decimal
    upper: Decimal
    coverage: Decimal
    grade: str
    foundation: str
    foundation_why: str


@dataclasses.dataclass(frozen=True, slots=True)
class TopRisk:
    """What may happen, and what it rests on: all risks of one remedy together."""

    sentence: str
    title: str
    score: int
    lower: int
    upper: int
    band: str
    points: Decimal
    failing: int
    unknown: int
    grades: str
    where: tuple[tuple[str, Listing[str]], ...]
    requirements: Listing[str]
    package: Package | None


@dataclasses.dataclass(frozen=True, slots=True)
class Closer:
    """What would let us see more, and how many gaps it would close."""

    act: str
    gaps: int


@dataclasses.dataclass(frozen=True, slots=True)
class ClusterTrust:
    """How much of one cluster was seen: verdicts, and the gaps with what would close most of them."""

    name: str
    display_name: str
    environment: str
    judged: int
    known: int
    unknown: int
    gaps: int
    closers: Listing[Closer]


@dataclasses.dataclass(frozen=True, slots=True)
class Accepted:
    """A risk that somebody accepted for a time."""

    what: str
    subjects: str
    reason: str
    control: str
    owner: str
    approver: str
    until: str
    state: str
    matched: int


@dataclasses.dataclass(frozen=True, slots=True)
class Decision:
    """What leadership is asked, by when, and what it changes."""

    ask: str
    because: str
    when: date | None
    who: str


@dataclasses.dataclass(frozen=True, slots=True)
class CalendarEntry:
    """Something with a date."""

    day: str
    what: str
    kind: str


def _right(step: str) -> str:
    return step.partition(EXACTLY)[0]


def short(framework: str) -> str:
    """The name of a framework as it stands before a requirement id."""
    return {"hipaa": "HIPAA", "pci_dss": "PCI", "soc2": "SOC 2"}.get(framework, framework)

"""Work packages: a remedy applied to what it has to change, with its effort, the risk it removes and its date."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from assessment.roadmap.remedy import Remedy
from assessment.scoring.effort import Effort, quadrant

TENTH = Decimal("0.1")
FIX, FIND_OUT = "fix", "find-out"
WORTH_OF_FINDING_OUT = Decimal("0.25")
"""What a point that may be there counts against one that is, when packages compete for a quarter. A default."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding that fails or is unknown, as far as work is concerned."""

    fingerprint: str
    check_id: str
    cluster: str
    namespace: str
    subject: str
    verdict: str
    points: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Risk:
    """A risk with the points that count towards the estate's sum.

    `counted` and `counted_upper` follow the root-cause rule: of the risks of one root cause in one cluster, the
    greatest counts whole and the others a quarter.
    """

    risk_id: str
    check_id: str
    cluster: str
    score: int
    dimension: str
    remedy: str
    points: Decimal
    points_upper: Decimal
    counted: Decimal
    counted_upper: Decimal
    failing: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Package:
    """A mark on the risk x effort matrix and the unit of the plan. Points are in tenths, `needs` in half-days."""

    package_id: str
    remedy: Remedy
    kind: str
    title: str
    units: int
    effort: Effort
    needs: Mapping[str, int]
    reduced: Decimal
    reduced_upper: Decimal
    score: int
    risks: tuple[str, ...]
    checks: tuple[str, ...]
    clusters: tuple[str, ...]
    dimensions: tuple[str, ...]
    fingerprints: frozenset[str]
    places: frozenset[tuple[str, str]]
    findings: int
    unknowns: int
    depends_on: tuple[str, ...] = ()
    due: date | None = None
    due_why: str = ""

    @property
    def days(self) -> Decimal:
        """The planning number: half-days of all skills, in days."""
        return Decimal(sum(self.needs.values())) / 2

    @property
    def quadrant(self) -> str:
        """Its place on the matrix."""
        return quadrant(self.score, self.days)

    @property
    def value(self) -> int:
        """What the planner weighs: points x 10; of points that only may be there, a quarter."""
        may_be = WORTH_OF_FINDING_OUT * self.reduced_upper if self.kind == FIND_OUT else Decimal(0)
        return int(((self.reduced + may_be) * 10).to_integral_value(ROUND_HALF_EVEN))


def half_days(mean: Decimal, skills: Mapping[str, int]) -> dict[str, int]:
    """Person-days by skill in whole half-days, the total rounded up; the largest remainders get what is over."""
    total = max(1, int((2 * mean).to_integral_value(ROUND_CEILING)))
    return {skill: days for skill, days in shared_out(total, skills).items() if days}


def shared_out(total: int, weights: Mapping[str, int | Decimal]) -> dict[str, int]:
    """A whole number in whole parts in proportion to `weights`; ties go to the first name."""
    whole = sum(map(Fraction, weights.values())) or Fraction(1)
    exact = {name: Fraction(weight) * total / whole for name, weight in weights.items()}
    parts = {name: int(part) for name, part in exact.items()}
    over = total - sum(parts.values())
    for name in sorted(exact, key=lambda one: (parts[one] - exact[one], one))[:over]:
        parts[name] += 1
    return parts


def units_of(remedy: Remedy, findings: Iterable[Finding], owner_of: Mapping[tuple[str, str], str]) -> int:
    """How many units of change these findings are, as the remedy counts them; at least one."""
    keys: dict[str, Callable[[Finding], object]] = {
        "subject": lambda one: (one.cluster, one.subject),
        "namespace": lambda one: (one.cluster, one.namespace or one.subject),
        "cluster": lambda one: one.cluster,
        "owner": lambda one: owner_of.get((one.cluster, one.namespace), (one.cluster, one.namespace)),
        "once": lambda one: "",
    }
    key = keys[remedy.counted_by]
    return max(1, len({key(one) for one in findings}))

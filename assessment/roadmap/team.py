"""What the client's team has for this work: half-days by skill and quarter, how much it is slowed, what a day costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from assessment.roadmap.planner import QUARTERS
from assessment.scoring.effort import drag
from collectors.people.engagement import Engagement
from collectors.people.team import Team

ASSUMED = {"platform": Decimal(30), "application": Decimal(20), "security": Decimal(8), "sre": Decimal(6)}
"""Person-days a quarter before the reserve, where engagement.yaml does not say: a small team's spare time."""
ASSUMED_RESERVE = 20
SHARE_OF_A_QUARTER = Decimal("0.6")
"""No package may need more than this share of what one quarter offers of a skill; it is split before."""


@dataclass(frozen=True, slots=True)
class Means:
    """Half-days by skill for each quarter after the reserve. `assumed` when nobody stated a capacity."""

    capacity: Mapping[str, tuple[int, int, int, int]]
    assumed: bool
    slowed_by: Decimal
    day_rate: Decimal | None
    currency: str | None
    risky_per_quarter: int | None

    def most_days(self, skill: str) -> Decimal:
        """Person-days of this skill that one package may need: 60 % of the leanest quarter that has any."""
        some = [days for days in self.capacity.get(skill, ()) if days]
        return SHARE_OF_A_QUARTER * min(some, default=0) / 2

    def cost(self, days: Decimal) -> Decimal | None:
        """What these person-days cost, None without a day rate."""
        return None if self.day_rate is None else days * self.day_rate


def means_of(engagement: Engagement) -> Means:
    """The team as engagement.yaml states it, the documented assumption where it does not."""
    team = engagement.team
    stated = team is not None and bool(team.capacity)
    reserve = ASSUMED_RESERVE if team is None else team.reserve_percent
    return Means(
        capacity={skill: _half_days(team if stated else None, skill, reserve) for skill in ASSUMED},
        assumed=not stated,
        slowed_by=Decimal(1) if team is None else drag(
            gitops=team.gitops, change_board=team.change_board, staging=team.staging,
            clear_ownership=team.clear_ownership,
        ),
        day_rate=None if team is None else team.day_rate,
        currency=None if team is None else team.currency,
        risky_per_quarter=None if team is None else team.risky_per_quarter,
    )  # fmt: skip


def _half_days(team: Team | None, skill: str, reserve: int) -> tuple[int, int, int, int]:
    first, second, third, fourth = (
        int((2 * (ASSUMED[skill] if team is None else team.days(skill, quarter)) * (100 - reserve) / 100)
            .to_integral_value(ROUND_FLOOR))
        for quarter in QUARTERS
    )  # fmt: skip
    return first, second, third, fourth

"""The arithmetic of risk: odds and shares of a member, points of a group, the display score. Decimals only.

A tie of points goes up: in binary fractions, where the method's worked numbers were found, half of them lie a hair
above (5.85 became 5.9), and exact decimals would otherwise disagree with its tables.
A member is one failing subject; a group is one check in one
cluster.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from functools import lru_cache
from itertools import pairwise

from assessment.scoring.scale import FEWEST_FOR_A_SHARE, IMPACT, LIKELIHOOD, SCORE_THROUGH, TENTH

MOST = Decimal(100)
_MICRO = Decimal("0.000001")
_ZERO, _HALF = Decimal(0), Decimal("0.5")


@dataclass(frozen=True, slots=True)
class MemberRisk:
    """One failing subject: the chance of a loss in twelve months, its share of the worst one, and 100 x both."""

    chance: Decimal
    share: Decimal
    points: Decimal


@lru_cache(maxsize=100_000)
def member_risk(likelihood: int, impact: int, odds_factor: Decimal, impact_factor: Decimal) -> MemberRisk:
    """Steps from 1 to 5 with the products of their context factors. Points are rounded to a millionth."""
    chance = LIKELIHOOD[likelihood]
    odds = chance / (1 - chance) * odds_factor
    after = (odds / (1 + odds)).quantize(_MICRO, ROUND_HALF_EVEN)
    share = min(Decimal(1), IMPACT[impact] * impact_factor).quantize(_MICRO, ROUND_HALF_EVEN)
    return MemberRisk(after, share, (100 * after * share).quantize(_MICRO, ROUND_HALF_EVEN))


@dataclass(frozen=True, slots=True)
class GroupRisk:
    """A group's points with what they came from: worst member, equivalent members, spread, share, display score."""

    worst: Decimal
    equivalents: Decimal
    spread: Decimal
    share: Decimal
    points: Decimal
    score: int


NOTHING = GroupRisk(_ZERO, _ZERO, _ZERO, _ZERO, _ZERO, 0)


def group_risk(
    members: Iterable[tuple[Decimal, int]], failing: int, applicable: int, *, share: Decimal | None = None,
    spread: Decimal | None = None,
) -> GroupRisk:  # fmt: skip
    """Points of a group from its members' points, each with how many members have just these.

    `failing` of `applicable` is the share of the population affected, nothing below five; `share` and `spread`
    replace what would be computed where a bound has to be taken instead.
    """
    counted = [(points, number) for points, number in members if number]
    if not counted:
        return NOTHING
    worst = max(points for points, _ in counted)
    with localcontext(prec=34):
        total = sum((points * number for points, number in counted), _ZERO)
        equivalents = (total / worst).quantize(_MICRO, ROUND_HALF_EVEN)
        spread = _spread(equivalents) if spread is None else spread
        share = share_affected(failing, applicable) if share is None else share
        points = min(MOST, worst * (1 + _HALF * spread + _HALF * share)).quantize(TENTH, ROUND_HALF_UP)
    return GroupRisk(worst, equivalents, spread, share, points, score(points))


def share_affected(failing: int, applicable: int) -> Decimal:
    """The share of the applicable subjects that fail, 0 to 1; nothing where fewer than five apply."""
    if applicable < FEWEST_FOR_A_SHARE:
        return _ZERO
    return (Decimal(failing) / applicable).quantize(_MICRO, ROUND_HALF_EVEN)


@lru_cache(maxsize=10_000)
def score(points: Decimal) -> int:
    """The display score of risk points: piecewise linear in their logarithm, rounded half to even, 0 to 100."""
    if points <= SCORE_THROUGH[0][0]:
        return 0
    for (low, from_score), (high, to_score) in pairwise(SCORE_THROUGH):
        if points <= high:
            way = (points.ln() - low.ln()) / (high.ln() - low.ln())
            return int((from_score + way * (to_score - from_score)).quantize(Decimal(1), ROUND_HALF_EVEN))
    return 100


def _spread(equivalents: Decimal) -> Decimal:
    """min(1, log2(equivalent members) / 6): 64 alike count as much as any number."""
    return max(_ZERO, min(Decimal(1), equivalents.ln() / Decimal(2).ln() / 6)).quantize(_MICRO, ROUND_HALF_EVEN)

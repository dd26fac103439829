"""How much work a remedy is, in person-days, counted per unit of change and never per finding.

Units are what a team touches once: a chart, a namespace, a node pool. The first ten cost full price, the rest
less, because by then the work is known. All numbers are decimals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

AT_FULL_PRICE, PRICE_OF_THE_REST = 10, Decimal("0.6")
DRAG = {
    "no GitOps": Decimal("1.2"), "change board": Decimal("1.15"), "no staging": Decimal("1.3"),
    "unclear ownership": Decimal("1.2"),
}  # fmt: skip
MOST_DRAG = Decimal("1.8")
RANGE = {
    "high": (Decimal("0.8"), Decimal("1.4")), "medium": (Decimal("0.7"), Decimal("1.8")),
    "low": (Decimal("0.5"), Decimal("2.5")),
}  # fmt: skip
"""Confidence -> low and high end as multiples of the likely effort."""
SIZES = (("XS", Decimal("0.5")), ("S", Decimal(2)), ("M", Decimal(5)), ("L", Decimal(15)))
CORRELATION = Decimal("0.3")
EIGHTY_PERCENT = Decimal("0.84")
HIGH_SCORE, SMALL_EFFORT = 60, Decimal(5)
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Effort:
    """Person-days: low, likely and high, their mean (the planning number) and its standard deviation."""

    low: Decimal
    likely: Decimal
    high: Decimal
    mean: Decimal
    deviation: Decimal

    @property
    def size(self) -> str:
        """T-shirt size of the mean; XL must be split."""
        return next((name for name, most in SIZES if self.mean <= most), "XL")


def counted_units(units: int) -> Decimal:
    """Units after what is learnt on the way: ten at full price, the rest at 60 %."""
    return min(units, AT_FULL_PRICE) + PRICE_OF_THE_REST * max(0, units - AT_FULL_PRICE)


def drag(
    *, gitops: bool | None, change_board: bool | None, staging: bool | None, clear_ownership: bool | None
) -> Decimal:
    """How much slower this client delivers, at most 1.8. What nobody said (None) slows nothing."""
    slower = {
        "no GitOps": gitops is False, "change board": change_board is True,
        "no staging": staging is False, "unclear ownership": clear_ownership is False,
    }  # fmt: skip
    product = Decimal(1)
    for name, applies in slower.items():
        product *= DRAG[name] if applies else 1
    return min(product, MOST_DRAG)


def effort(
    base_days: Decimal, per_unit_days: Decimal, units: int, *, confidence: str,
    automation: Decimal = Decimal(0), slowed_by: Decimal = Decimal(1),
) -> Effort:  # fmt: skip
    """Effort of `units` units of change. `automation` is the share that a tool does, 0 to 1."""
    likely = (base_days + per_unit_days * counted_units(units) * (1 - automation)) * slowed_by
    least, most = RANGE[confidence]
    low, high = likely * least, likely * most
    mean, deviation = (low + 4 * likely + high) / 6, (high - low) / 6
    return Effort(*(value.quantize(_HUNDREDTH, ROUND_HALF_EVEN) for value in (low, likely, high, mean, deviation)))


def deviation_of_sum(deviations: Sequence[Decimal], correlation: Decimal = CORRELATION) -> Decimal:
    """Standard deviation of a sum of efforts that tend to be wrong together."""
    squares = sum((one * one for one in deviations), Decimal(0))
    total = sum(deviations, Decimal(0))
    variance = squares + correlation * (total * total - squares)
    return variance.sqrt().quantize(_HUNDREDTH, ROUND_HALF_EVEN)


def safe_days(efforts: Sequence[Effort]) -> Decimal:
    """Days that four plans in five keep: the sum of means plus 0.84 standard deviations."""
    mean = sum((one.mean for one in efforts), Decimal(0))
    slack = EIGHTY_PERCENT * deviation_of_sum([one.deviation for one in efforts])
    return (mean + slack).quantize(_HUNDREDTH, ROUND_HALF_EVEN)


def quadrant(score: int, mean_days: Decimal) -> str:
    """Where a package stands on the risk x effort matrix; the lines are fixed, so that marks do not move."""
    if score >= HIGH_SCORE:
        return "Do now" if mean_days <= SMALL_EFFORT else "Plan and fund"
    return "Batch" if mean_days <= SMALL_EFFORT else "Park or accept"

"""The scale of risk, `risk-scale-1`: what each step, factor and threshold is worth. Numbers stand here only.

A check states likelihood and impact in steps from 1 to 5. Steps are names, not amounts (5 x 1 is not 1 x 5), so
each stands for an amount: the chance of a noticeable loss within twelve months, and the share of the worst
credible loss. The amounts keep the product of all 25 pairs in the cell of NIST SP 800-30 Rev. 1, Table I-2.
A change of any number here is a new profile: results say under which one they were made.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal

PROFILE = "risk-scale-1"

LIKELIHOOD: Mapping[int, Decimal] = {
    1: Decimal("0.02"), 2: Decimal("0.14"), 3: Decimal("0.45"), 4: Decimal("0.80"), 5: Decimal("0.90"),
}  # fmt: skip
IMPACT: Mapping[int, Decimal] = {
    1: Decimal("0.01"), 2: Decimal("0.08"), 3: Decimal("0.27"), 4: Decimal("0.52"), 5: Decimal("1.00"),
}  # fmt: skip

BANDS = ("very-low", "low", "moderate", "high", "very-high")
POINTS_FROM = (Decimal(0), Decimal(1), Decimal(9), Decimal(32), Decimal(60))
"""Risk points at which each band begins."""
SCORE_THROUGH = (
    (Decimal("0.05"), 0), (Decimal(1), 20), (Decimal(9), 40), (Decimal(32), 60), (Decimal(60), 80), (Decimal(100), 100),
)  # fmt: skip
"""Risk points and the display score there; between them the score is linear in the logarithm of the points."""

# Factors on the odds of a loss.
INTERNET, INTERNAL, ISOLATED = Decimal(3), Decimal(1), Decimal("0.5")
PRIVILEGED, PRECURSOR, LOSS_OCCURRED = Decimal(2), Decimal(2), Decimal(5)
CONTROL = Decimal(1) / Decimal(3)

# Factors on the share of the loss.
ENVIRONMENT: Mapping[str, Decimal] = {
    "production": Decimal(1), "pre-production": Decimal("0.5"), "development": Decimal("0.25"),
}  # fmt: skip
TIER: Mapping[str, Decimal] = {"tier-1": Decimal("1.3"), "tier-2": Decimal(1), "tier-3": Decimal("0.7")}
DATA_CLASS: Mapping[str, Decimal] = {
    "regulated": Decimal("1.3"), "confidential": Decimal("1.15"), "internal": Decimal(1), "public": Decimal(1),
}  # fmt: skip

FEWEST_FOR_A_SHARE = 5
"""Below so many applicable subjects the share that fails says nothing about spread."""

WIDENING: Mapping[str, tuple[int, int]] = {"A": (0, 0), "B": (1, 0), "C": (1, 1)}
"""Evidence grade -> steps by which likelihood and impact may be off: observed, inferred, self-reported."""

TENTH = Decimal("0.1")
_FINE = Decimal("0.000000000001")


def band_of_points(points: Decimal) -> str:
    """The band of risk points: one of BANDS."""
    return BANDS[sum(points >= least for least in POINTS_FROM) - 1]


def band_of_score(score: int) -> str:
    """The band of a display score, 0 to 100: every band is 20 wide."""
    return BANDS[min(score // 20, 4)]


def weight(likelihood: int, impact: int) -> Decimal:
    """What a check weighs in health: sqrt(100 x likelihood x impact), to twelve places."""
    product = 100 * LIKELIHOOD[likelihood] * IMPACT[impact]
    return product.sqrt().quantize(_FINE, ROUND_HALF_EVEN)

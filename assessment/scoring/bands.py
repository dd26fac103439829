"""How much a failing check weighs before any context: five bands from its likelihood and impact.

A check states likelihood and impact in steps from 1 to 5. Steps are names, not amounts (5 x 1 is not 1 x 5),
so each stands for an amount: the chance of a loss within twelve months, and the share of the worst credible
loss. With the thresholds below, their product falls into the cell of NIST SP 800-30 Rev. 1, Table I-2, for
all 25 pairs.
"""

from __future__ import annotations

LIKELIHOOD_PERCENT = {1: 2, 2: 14, 3: 45, 4: 80, 5: 90}
IMPACT_PERCENT = {1: 1, 2: 8, 3: 27, 4: 52, 5: 100}
BANDS = ("very-low", "low", "moderate", "high", "very-high")
_FROM_PER_TEN_THOUSAND = (0, 100, 900, 3200, 6000)


def risk_per_ten_thousand(likelihood: int, impact: int) -> int:
    """Likelihood times impact as amounts, an integer from 2 to 9,000. Steps are 1 to 5."""
    return LIKELIHOOD_PERCENT[likelihood] * IMPACT_PERCENT[impact]


def band(likelihood: int, impact: int) -> str:
    """The band of a check's steps: one of BANDS."""
    risk = risk_per_ten_thousand(likelihood, impact)
    return BANDS[sum(risk >= least for least in _FROM_PER_TEN_THOUSAND) - 1]


def at_or_above(level: str) -> tuple[str, ...]:
    """The bands from `level` upwards, least first."""
    return BANDS[BANDS.index(level) :]

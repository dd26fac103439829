"""How much a failing check weighs before any context: five bands from its likelihood and impact."""

from __future__ import annotations

from assessment.scoring.scale import BANDS, IMPACT, LIKELIHOOD, band_of_points

__all__ = ["BANDS", "at_or_above", "band"]


def band(likelihood: int, impact: int) -> str:
    """The band of a check's steps, 1 to 5 each: one of BANDS."""
    return band_of_points(100 * LIKELIHOOD[likelihood] * IMPACT[impact])


def at_or_above(level: str) -> tuple[str, ...]:
    """The bands from `level` upwards, least first."""
    return BANDS[BANDS.index(level) :]

"""The working of a risk as it is stored: every factor and every step, so that anybody can multiply it again.

Amounts are text in JSON: a decimal written out loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson

from assessment.scoring.factors import Factor, MemberBounds
from assessment.scoring.points import GroupRisk
from assessment.scoring.scale import PROFILE

WHICH = ("lower", "estimate", "upper")


@dataclass(frozen=True, slots=True)
class Group:
    """The points of one risk: of what fails, and between which bounds.

    `hidden`: a gap may hide any number of members, so that nothing is known of their spread and share.
    """

    lower: GroupRisk
    estimate: GroupRisk
    upper: GroupRisk
    hidden: bool


def told_of(factors: Sequence[Factor], found: MemberBounds) -> dict[str, Any]:
    """A member's factors with their three values, and the chance, the share and the points they lead to."""
    told: dict[str, Any] = {"factors": [_factor(factor) for factor in factors]}
    for which in WHICH:
        risk = getattr(found, which)
        told[which] = {"chance": str(risk.chance), "share": str(risk.share), "points": str(risk.points)}
    return told


def group_told(about: Mapping[str, Any], group: Group, worst: Mapping[str, Any]) -> str:
    """The whole working of a group, its worst member's among it, as JSON."""
    steps = {which: _steps(getattr(group, which)) for which in WHICH}
    return as_text({"profile": PROFILE, **about, "population_hidden": group.hidden, "worst": worst, **steps})


def as_text(told: Mapping[str, Any]) -> str:
    """JSON in one line."""
    return orjson.dumps(told).decode()


def amounts(told: Mapping[str, str]) -> dict[str, Decimal]:
    """The amounts of a stored step, to be computed with again."""
    return {name: Decimal(value) for name, value in told.items() if name != "score"}


def _steps(risk: GroupRisk) -> dict[str, Any]:
    named = ("worst", "equivalents", "spread", "share", "points")
    return {**{name: str(getattr(risk, name)) for name in named}, "score": risk.score}


def _factor(factor: Factor) -> dict[str, str]:
    values = {which: str(getattr(factor, which)) for which in WHICH}
    return {"name": factor.name, "acts_on": factor.acts_on, "says": factor.says, **values}

"""A stored working as lines that anybody can follow with a pocket calculator, computed again while they are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from assessment.scoring.factors import LOSS, ODDS
from assessment.scoring.points import MOST, group_risk, member_risk
from assessment.scoring.scale import IMPACT, LIKELIHOOD, TENTH, WIDENING, band_of_score
from assessment.scoring.working import WHICH

NAMES = {"lower": "at the least", "estimate": "as far as is known", "upper": "at the most"}
GRADES = {"A": "observed", "B": "declared, not observed", "C": "reported by people"}
_SIGN = {"lower": -1, "estimate": 0, "upper": 1}


class DoesNotAddUp(Exception):  # noqa: N818 - it says what is wrong
    """A stored number is not what its stored working leads to."""


def member_lines(working: Mapping[str, Any], member: Mapping[str, Any], read_in: Mapping[str, str]) -> Iterator[str]:
    """The risk of one subject. `read_in` names, factor by factor, where its value was read.

    Raises DoesNotAddUp when the stored points are not what the stored factors lead to.
    """
    likelihood, impact = working["likelihood"], working["impact"]
    chance = LIKELIHOOD[likelihood]
    yield f"Chance of a loss within twelve months: likelihood {likelihood} stands for {chance}"
    yield f"  odds {chance} / (1 - {chance}) = {_short(chance / (1 - chance))}"
    yield from _factors(member, ODDS, read_in)
    yield f"  odds back to a chance: {_plain(member['estimate']['chance'])}"
    yield f"Share of the worst credible loss: impact {impact} stands for {IMPACT[impact]}"
    yield from _factors(member, LOSS, read_in)
    yield f"  together, at most 1: {_plain(member['estimate']['share'])}"
    off, off_impact = WIDENING[working["evidence_grade"]]
    told = f"Evidence is {GRADES[working['evidence_grade']]}"
    yield f"{told}: the bounds take likelihood {_off(off)} and impact {_off(off_impact)}"
    for which in WHICH:
        yield "  " + _member(working, member, which)


def group_lines(working: Mapping[str, Any], points: Mapping[str, float]) -> Iterator[str]:
    """The points and the score of the whole risk. `points` are the stored ones: lower, estimate, upper.

    Raises DoesNotAddUp when they are not what the working leads to.
    """
    failing, unknown, passed = working["failing"], working["unknown"], working["passed"]
    yield f"{failing} fail, {unknown} open, {passed} pass"
    if working["population_hidden"]:
        yield "A gap may hide any number more: the upper bound takes spread and share as 1, the lower takes no share."
    for which in WHICH:
        yield f"{NAMES[which].capitalize()}:"
        yield from (f"  {line}" for line in _group(working, which, Decimal(str(points[which]))))


def _factors(member: Mapping[str, Any], acts_on: str, read_in: Mapping[str, str]) -> Iterator[str]:
    for factor in member["factors"]:
        if factor["acts_on"] == acts_on:
            where = read_in.get(factor["name"], "")
            yield f"  x {_three(factor)}  {factor['name']}: {factor['says']}{f' [{where}]' if where else ''}"


def _three(factor: Mapping[str, str]) -> str:
    lower, estimate, upper = (_short(Decimal(factor[which])) for which in WHICH)
    return estimate if lower == estimate == upper else f"{estimate} ({lower} to {upper})"


def _member(working: Mapping[str, Any], member: Mapping[str, Any], which: str) -> str:
    stored = member[which]
    off, off_impact = WIDENING[working["evidence_grade"]]
    sign = _SIGN[which]
    products = {ODDS: Decimal(1), LOSS: Decimal(1)}
    for factor in member["factors"]:
        products[factor["acts_on"]] *= Decimal(factor[which])
    steps = (_step(working["likelihood"] + sign * off), _step(working["impact"] + sign * off_impact))
    again = member_risk(*steps, products[ODDS], products[LOSS])
    _agree(again.points, Decimal(stored["points"]), f"the points of this subject {NAMES[which]}")
    chance, share, points = (_plain(stored[name]) for name in ("chance", "share", "points"))
    return f"r {NAMES[which]} = 100 x {chance} x {share} = {_short(Decimal(points))}"


def _group(working: Mapping[str, Any], which: str, stored: Decimal) -> Iterator[str]:
    steps = working[which]
    if not Decimal(steps["worst"]):
        yield "nothing fails for certain: 0 points, score 0"
        return
    worst, equivalents, spread, share = (Decimal(steps[name]) for name in ("worst", "equivalents", "spread", "share"))
    points = min(MOST, worst * (1 + spread / 2 + share / 2)).quantize(TENTH, ROUND_HALF_UP)
    _agree(points, stored, f"the points of this risk {NAMES[which]}")
    again = group_risk([(worst, 1)], 0, 0, share=share, spread=spread)
    _agree(Decimal(again.score), Decimal(steps["score"]), f"the score {NAMES[which]}")
    yield f"worst r: m = {_short(worst)}"
    yield f"equivalent subjects: sum of r / m = {_short(equivalents)}"
    yield f"spread: c = min(1, log2({_short(equivalents)}) / 6) = {_short(spread)}"
    yield f"share of the population: s = {_short(share)}"
    m, c, s = (_short(amount) for amount in (worst, spread, share))
    yield f"E = min(100, m x (1 + 0.5 c + 0.5 s)) = {m} x (1 + 0.5 x {c} + 0.5 x {s})"
    yield f"  = {points} risk points; score S = {steps['score']} of 100, {band_of_score(steps['score'])}"


def _agree(again: Decimal, stored: Decimal, what: str) -> None:
    if again != stored:
        raise DoesNotAddUp(f"{what}: {stored} is stored, its working leads to {again}")


def _off(steps: int) -> str:
    return f"{steps} step{'s' if steps > 1 else ''} lower and higher" if steps else "as it is"


def _step(number: int) -> int:
    return min(5, max(1, number))


def _plain(text: str) -> str:
    """A stored amount without the zeros at its end."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def _short(amount: Decimal) -> str:
    return _plain(str(amount.quantize(Decimal("0.001"))))

"""Effort per unit of change, against the worked numbers of the method."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.scoring.effort import Effort, counted_units, deviation_of_sum, drag, effort, quadrant, safe_days

TENTH = Decimal("0.1")


def days(text: str) -> Decimal:
    return Decimal(text)


@pytest.mark.parametrize(
    ("found", "likely", "low", "high", "mean"),
    [
        (effort(days("3"), days("0.35"), 23, confidence="medium", automation=days("0.3")), "7.4", "5.2", "13.2", "8.0"),
        (effort(days("0.5"), days("0.2"), 41, confidence="medium", slowed_by=days("1.2")), "7.5", "5.2", "13.4", "8.1"),
        (effort(days("6"), days("3"), 3, confidence="low", slowed_by=days("1.15")), "17.2", "8.6", "43.1", "20.1"),
    ],
    ids=["base chart of 23 services", "41 repositories by hand", "EKS upgrade over three minors"],
)
def test_the_worked_efforts(found: Effort, likely: str, low: str, high: str, mean: str) -> None:
    numbers = (found.likely, found.low, found.high, found.mean)
    wanted = tuple(map(Decimal, (likely, low, high, mean)))
    assert all(abs(number - each) <= Decimal("0.1") for number, each in zip(numbers, wanted, strict=True)), numbers


def test_ten_units_cost_full_price_and_the_rest_three_fifths() -> None:
    assert [counted_units(units) for units in (0, 1, 10, 11, 41)] == [0, 1, 10, Decimal("10.6"), Decimal("28.6")]


def test_what_slows_a_client_multiplies_up_to_a_limit_and_silence_slows_nothing() -> None:
    assert drag(gitops=None, change_board=None, staging=None, clear_ownership=None) == 1
    assert drag(gitops=False, change_board=False, staging=True, clear_ownership=True) == Decimal("1.2")
    assert drag(gitops=False, change_board=True, staging=False, clear_ownership=False) == Decimal("1.8")


@pytest.mark.parametrize(("mean", "size"), [("0.5", "XS"), ("2", "S"), ("5", "M"), ("15", "L"), ("15.01", "XL")])
def test_sizes(mean: str, size: str) -> None:
    assert Effort(*(Decimal(0),) * 3, Decimal(mean), Decimal(0)).size == size


def test_efforts_that_err_together_deviate_more() -> None:
    seven = [Decimal("1.25")] * 7
    assert deviation_of_sum(seven, Decimal(0)).quantize(TENTH) == Decimal("3.3")
    assert deviation_of_sum(seven) > deviation_of_sum(seven, Decimal(0))
    one = effort(days("1"), days("0"), 1, confidence="high")
    assert safe_days([one]) == (one.mean + Decimal("0.84") * one.deviation).quantize(Decimal("0.01"))


@pytest.mark.parametrize(
    ("score", "mean", "where"),
    [(60, "5", "Do now"), (60, "5.1", "Plan and fund"), (59, "5", "Batch"), (59, "5.1", "Park or accept")],
)
def test_the_lines_of_the_matrix_are_fixed(score: int, mean: str, where: str) -> None:
    assert quadrant(score, Decimal(mean)) == where


@given(st.integers(0, 500), st.sampled_from(["high", "medium", "low"]), st.decimals("0", "1", places=2))
def test_effort_is_ordered_and_never_falls_with_more_units(units: int, confidence: str, automation: Decimal) -> None:
    one = effort(days("2"), days("0.5"), units, confidence=confidence, automation=automation)
    more = effort(days("2"), days("0.5"), units + 1, confidence=confidence, automation=automation)
    assert one.low <= one.likely <= one.high
    assert one.low <= one.mean <= one.high
    assert more.mean >= one.mean

"""The arithmetic of risk, against the worked numbers of the method."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.scoring import factors
from assessment.scoring.factors import Factor, bounds
from assessment.scoring.points import NOTHING, group_risk, member_risk, score
from assessment.scoring.scale import BANDS, band_of_points, band_of_score

# NIST SP 800-30 Rev. 1, Table I-2: a row a likelihood from 1 to 5, a column an impact from 1 to 5.
TABLE_I_2 = (
    ("very-low", "very-low", "very-low", "low", "low"),
    ("very-low", "low", "low", "low", "moderate"),
    ("very-low", "low", "moderate", "moderate", "high"),
    ("very-low", "low", "moderate", "high", "very-high"),
    ("very-low", "low", "moderate", "high", "very-high"),
)
STEPS = st.integers(1, 5)
POINTS = st.decimals("0.000001", "100", places=6)
MEMBERS = st.lists(st.tuples(POINTS, st.integers(1, 300)), min_size=1, max_size=6)

INTERNET = factors.exposure(True, None)
PRIVILEGED = factors.privilege(True)
CONTROL = factors.control(True)
DEVELOPMENT = factors.environment("development")
TIER_1 = factors.tier(["tier-1"])
REGULATED = factors.data_class(["regulated"])


def one(likelihood: int, impact: int, *context: Factor) -> Decimal:
    return bounds(likelihood, impact, "A", context).estimate.points


@pytest.mark.parametrize("likelihood", range(1, 6))
@pytest.mark.parametrize("impact", range(1, 6))
def test_each_pair_of_steps_falls_into_the_published_cell(likelihood: int, impact: int) -> None:
    wanted = TABLE_I_2[likelihood - 1][impact - 1]
    points = one(likelihood, impact)
    assert band_of_points(points) == wanted
    assert band_of_score(group_risk([(points, 1)], 1, 1).score) == wanted


@pytest.mark.parametrize(
    ("context", "points", "shown"),
    [
        ((), "23.4", 55),
        ((INTERNET,), "36.9", 65),
        ((INTERNET, PRIVILEGED), "43.2", 70),
        ((INTERNET, PRIVILEGED, CONTROL), "32.3", 60),
        ((DEVELOPMENT,), "5.9", 36),
    ],
    ids=["base", "internet", "and privileged", "and a control", "development"],
)
def test_one_weakness_of_likelihood_3_and_impact_4_in_its_contexts(
    context: tuple[Factor, ...], points: str, shown: int
) -> None:
    risk = one(3, 4, *context)
    group = group_risk([(risk, 1)], 1, 1)
    assert (group.points, group.score) == (Decimal(points), shown)


def test_a_tier_1_service_with_regulated_data_that_the_internet_reaches_is_very_high() -> None:
    group = group_risk([(one(3, 4, INTERNET, TIER_1, REGULATED), 1)], 1, 1)
    assert (group.points, group.score, band_of_score(group.score)) == (Decimal("62.4"), 82, "very-high")


@pytest.mark.parametrize(
    ("worst", "rest", "failing", "applicable", "points", "shown", "level"),
    [
        (one(3, 5), 11, 11, 38, "64.5", 83, "very-high"),
        (one(4, 4, INTERNET, TIER_1), 1, 1, 1, "62.4", 82, "very-high"),
        (one(3, 5, factors.open_way(True, False), REGULATED), 1, 1, 1, "62.1", 81, "very-high"),
        (one(4, 4), "7.5", 9, 212, "52.6", 76, "high"),
        (one(4, 3, TIER_1), "33.6", 41, 73, "47.8", 73, "high"),
        (one(4, 3, TIER_1), "17.9", 23, 96, "41.2", 68, "high"),
        (one(4, 4), 1, 1, 1, "41.6", 68, "high"),
        (one(2, 5), 1, 1, 1, "14.0", 47, "moderate"),
        (one(4, 1), 31, 31, 40, "1.4", 23, "low"),
    ],
    ids=[
        "stateful coverage", "ingress controller", "velero schedule", "removed interfaces", "spread over zones",
        "two replicas", "support window", "second region", "orphans",
    ],
)  # fmt: skip
def test_the_worked_groups(
    worst: Decimal, rest: int | str, failing: int, applicable: int, points: str, shown: int, level: str
) -> None:
    others = worst * (Decimal(rest) - 1)
    members = [(worst, 1), (others, 1)] if isinstance(rest, str) and others < worst else [(worst, 1)]
    if not (isinstance(rest, str) and others < worst) and Decimal(rest) > 1:
        whole = int(Decimal(rest)) - 1
        members += [(worst, whole), (worst * (Decimal(rest) - 1 - whole), 1)]
    group = group_risk([member for member in members if member[0]], failing, applicable)
    assert (group.points, group.score, band_of_score(group.score)) == (Decimal(points), shown, level)


def test_the_score_passes_through_its_six_points_and_stays_within_0_and_100() -> None:
    shown = [score(Decimal(points)) for points in ("0", "0.05", "1", "9", "32", "60", "100")]
    assert shown == [0, 0, 20, 40, 60, 80, 100]


def test_nothing_failing_is_no_risk() -> None:
    assert group_risk([], 0, 40) == NOTHING


def test_the_share_counts_only_from_five_applicable_on() -> None:
    assert group_risk([(Decimal(10), 4)], 4, 4).share == 0
    assert group_risk([(Decimal(10), 5)], 5, 5).share == 1


@given(MEMBERS, POINTS, st.integers(0, 50))
def test_another_failing_subject_never_lowers_the_points(
    members: list[tuple[Decimal, int]], another: Decimal, passing: int
) -> None:
    failing = sum(number for _, number in members)
    before = group_risk(members, failing, failing + passing)
    after = group_risk([*members, (another, 1)], failing + 1, failing + 1 + passing)
    assert after.points >= before.points
    assert after.score >= before.score


@given(MEMBERS, st.integers(0, 100_000))
def test_passing_subjects_never_dilute_below_the_worst_one(members: list[tuple[Decimal, int]], passing: int) -> None:
    failing = sum(number for _, number in members)
    group = group_risk(members, failing, failing + passing)
    worst = max(points for points, _ in members)
    assert worst - Decimal("0.05") <= group.points <= min(Decimal(100), 2 * worst + Decimal("0.05"))


@given(MEMBERS, st.integers(0, 5), POINTS)
def test_a_worse_member_never_lowers_the_points(members: list[tuple[Decimal, int]], which: int, more: Decimal) -> None:
    position = which % len(members)
    points, number = members[position]
    worse = [*members[:position], (min(Decimal(100), points + more), number), *members[position + 1 :]]
    failing = sum(count for _, count in members)
    assert group_risk(worse, failing, failing).points >= group_risk(members, failing, failing).points


@given(STEPS, STEPS, st.sampled_from([Decimal(2), Decimal(3), Decimal(5)]), st.decimals("0.1", "10", places=2))
def test_a_factor_above_one_never_lowers_and_one_below_never_raises(
    likelihood: int, impact: int, factor: Decimal, other: Decimal
) -> None:
    plain = member_risk(likelihood, impact, other, other)
    assert member_risk(likelihood, impact, other * factor, other).points >= plain.points
    assert member_risk(likelihood, impact, other, other * factor).points >= plain.points
    assert member_risk(likelihood, impact, other / factor, other / factor).points <= plain.points


@given(STEPS, STEPS)
def test_the_bands_are_ordered_as_the_points(likelihood: int, impact: int) -> None:
    points = one(likelihood, impact)
    assert BANDS.index(band_of_points(points)) == score(points) // 20

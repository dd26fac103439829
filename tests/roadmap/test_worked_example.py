"""The worked roadmap of scoring.md, sections 9 and 10: every number that it prints."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assessment.roadmap.days import spread
from assessment.roadmap.greedy import by_density
from assessment.roadmap.highs import Highs
from assessment.roadmap.planner import LATER, QUARTERS, Plan, broken_rules
from assessment.roadmap.reasons import why, why_not_earlier
from assessment.roadmap.scenarios import prices, scenarios, why_late
from tests.roadmap.worked_example import BASELINE, CAPACITY, example, residuals

TASK, UNDATED = example(), example(eks_date=False)
HIGHS = Highs()


@pytest.fixture(scope="module")
def plan() -> Plan:
    found = HIGHS.best(TASK)
    assert found is not None
    return found


def _whole(points: list[Decimal]) -> list[int]:
    return [int(point.quantize(Decimal(1))) for point in points]


def test_the_optimal_plan_is_the_printed_one(plan: Plan) -> None:
    by_quarter = {
        quarter: " ".join(name for name in sorted(plan.quarter_of) if plan.quarter_of[name] == quarter)
        for quarter in (*QUARTERS, LATER)
    }
    assert by_quarter == {
        1: "P01 P02 P04 P05 P07 P09 P18 P19",
        2: "P08 P11 P16 P21",
        3: "P03 P10 P15 P22",
        4: "P06 P20",
        LATER: "P12 P13 P14 P17 P23",
    }
    assert plan.proven and not plan.late and not broken_rules(TASK, plan.quarter_of)


def test_residuals_and_area_are_the_printed_ones(plan: Plan) -> None:
    assert residuals(TASK, plan.quarter_of) == [Decimal(text) for text in ("470.5", "367.6", "215.6", "157.6")]
    assert plan.area == plan.bound == 40448
    assert sum(job.value for job in TASK.jobs) == 8193
    assert round(100 * plan.area / (20 * 4 * BASELINE / 10)) == 56


def test_without_the_date_the_area_is_larger_and_the_greedy_order_reaches_it() -> None:
    undated = HIGHS.best(UNDATED)
    assert undated is not None
    assert undated.area == UNDATED.area(by_density(UNDATED)) == 41338
    assert undated.quarter_of["P08"] == 3


def test_the_greedy_order_is_the_printed_one_and_misses_the_date() -> None:
    greedy = by_density(TASK)
    assert {name: greedy[name] for name in ("P11", "P15", "P03", "P06", "P09", "P08", "P10", "P22")} == {
        "P11": 1, "P15": 1, "P03": 2, "P06": 2, "P09": 2, "P08": 3, "P10": 4, "P22": 4,
    }  # fmt: skip
    assert TASK.late(greedy) == {"P08": 1}


def test_with_three_quarters_of_the_team_the_date_cannot_hold_and_the_chain_is_named() -> None:
    lean = TASK.scaled(75)
    assert HIGHS.best(lean) is None
    least_late = HIGHS.least_late(lean)
    assert least_late.late == {"P08": 1} and least_late.proven
    assert why_late(lean, least_late) == (
        "P08 after P05, P07, P09 and P11 cannot finish by the end of quarter 2: together they need 34 platform days, "
        "19 of them before it, and 33 are free until then."
    )


@pytest.mark.parametrize(
    ("percent", "points", "left"),
    [
        (100, [471, 368, 216, 158], "P12 P13 P14 P17 P23"),
        (110, [454, 309, 175, 120], "P13 P14 P17 P23"),
        (125, [411, 240, 139, 107], "P14 P23"),
        (150, [362, 201, 113, 93], "P14"),
        (200, [333, 120, 93, 82], ""),
        (300, [201, 93, 82, 82], ""),
    ],
)
def test_residuals_by_capacity_are_the_printed_ones(percent: int, points: list[int], left: str) -> None:
    scaled = TASK.scaled(percent)
    found = HIGHS.best(scaled)
    assert found is not None
    printed = [int(one.quantize(Decimal(1), "ROUND_HALF_UP")) for one in residuals(scaled, dict(found.quarter_of))]
    assert printed == points
    assert " ".join(name for name in sorted(found.quarter_of) if found.quarter_of[name] == LATER) == left


def test_without_the_date_three_quarters_of_the_team_upgrade_in_the_last_quarter() -> None:
    lean = UNDATED.scaled(75)
    found = HIGHS.best(lean)
    assert found is not None
    assert _whole(residuals(lean, dict(found.quarter_of))) == [559, 375, 280, 220]
    assert found.quarter_of["P08"] == 4


def test_the_scenarios_say_which_capacity_keeps_the_dates(plan: Plan) -> None:
    found = {one.name: one for one in scenarios(TASK, HIGHS, plan, True)}
    assert [name for name, one in found.items() if not one.feasible] == ["x0.75"]
    assert "P05, P07, P09 and P11" in found["x0.75"].note
    assert found["x1"].plan is plan and found["x2"].plan.quarter_of["P08"] == 1


def test_five_more_days_of_a_skill_are_worth_what_is_printed(plan: Plan) -> None:
    gained = {one.skill: one.gained * 20 for one in prices(TASK, HIGHS, plan, True)}
    assert gained == {"platform": 3148, "sre": 348, "application": 315, "security": 0}


def test_ten_platform_days_in_the_first_quarter_are_worth_as_much_as_five_in_every_one() -> None:
    once = HIGHS.best(TASK.with_more("platform", 20, [1]), canonical=False)
    always = HIGHS.best(TASK.with_more("platform", 10), canonical=False)
    assert once is not None and once.area == 43890
    assert always is not None and always.area == 43596


def test_moving_a_package_forward_costs_what_is_printed(plan: Plan) -> None:
    def loss(name: str, quarter: int) -> int | None:
        other = HIGHS.best(TASK, forced={name: quarter}, canonical=False)
        return None if other is None else plan.area - other.area

    assert [loss("P06", 3), loss("P06", 2), loss("P12", 4), loss("P10", 2)] == [436, 2563, 190, None]


def test_every_package_says_why_it_stands_where_it_stands(plan: Plan) -> None:
    told = why(TASK, plan)
    assert told["P08"].startswith("Quarter 2, because it has to be finished in it")
    assert told["P11"].startswith("Quarter 2, because P08 and P10 cannot begin before it is done")
    assert told["P01"] == (
        "Quarter 1: it removes 29 risk points for 1.5 days of work, 19.3 a day, number 2 of 23 by that measure."
    )
    assert told["P12"].startswith("Later: it removes 37.7 risk points")


def test_every_package_after_the_first_quarter_says_why_not_earlier(plan: Plan) -> None:
    told = why_not_earlier(TASK, plan, HIGHS)
    assert sorted(told) == sorted(name for name, quarter in plan.quarter_of.items() if quarter > 1)
    assert told["P06"] == "In quarter 3 the plan would avoid 21.8 point-quarters less."
    assert told["P12"] == "In quarter 4 the plan would avoid 9.5 point-quarters less."
    assert told["P10"] == (
        "Quarter 2 is not possible: with P05, P07, P08, P09 and P11, which must come before it, it needs 46 platform "
        "days and 44 are free until then."
    )
    assert "with the dates of P04 and P08 kept" in told["P03"]


def test_days_inside_a_quarter_keep_order_dates_and_elapsed_time(plan: Plan) -> None:
    days = spread(TASK, plan.quarter_of)
    for name, (start, finish) in days.items():
        job = TASK.by_id[name]
        assert finish - start == job.elapsed
        assert 60 * (plan.quarter_of[name] - 1) <= start < finish <= 60 * plan.quarter_of[name]
        assert all(days[one][1] <= start for one in job.after)
    assert CAPACITY["platform"] == 44 and len({start for start, _ in days.values()}) > 8

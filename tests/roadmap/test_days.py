"""Working days and dates: four quarters of 60 working days, 90 calendar days each, Mondays to Fridays."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from assessment.roadmap.dates import unmet, with_dates
from assessment.roadmap.days import Calendar, spread
from assessment.roadmap.packages import packages_of
from assessment.roadmap.planner import LATER, Job, Task
from assessment.roadmap.team import ASSUMED, means_of
from collectors.people.engagement import Engagement
from collectors.people.team import MustDo, Team, first_day_of_plan
from tests.roadmap.estates import Weakness, remedy, results

CALENDAR = Calendar(date(2026, 11, 22))
AS_OF = datetime(2026, 11, 21)


def test_quarters_are_ninety_days_from_the_first_day_of_the_team_or_the_day_after_the_survey() -> None:
    assert [CALENDAR.first_day(quarter) for quarter in (1, 2, LATER)] == [
        date(2026, 11, 22), date(2027, 2, 20), date(2027, 11, 17),
    ]  # fmt: skip
    assert first_day_of_plan(None, AS_OF.date()) == date(2026, 11, 22)


@pytest.mark.parametrize("start", [date(2026, 11, 20) + timedelta(days=day) for day in range(7)])
def test_every_date_is_a_weekday_inside_its_quarter_and_days_never_run_backwards(start: date) -> None:
    calendar = Calendar(start)
    last = date.min
    for day in range(240):
        begins, ends = calendar.starts(day), calendar.finishes(day + 1)
        assert last <= begins <= ends and begins.weekday() < 5 and ends.weekday() < 5
        assert calendar.first_day(day // 60 + 1) <= begins and ends < calendar.first_day(day // 60 + 2)
        last = ends


def test_a_date_is_the_last_working_day_that_ends_by_it() -> None:
    for day in (1, 59, 60, 61, 240):
        assert CALENDAR.last_day_by(CALENDAR.finishes(day)) >= day
        assert CALENDAR.finishes(CALENDAR.last_day_by(CALENDAR.finishes(day))) == CALENDAR.finishes(day)
    assert CALENDAR.last_day_by(date(2026, 11, 21)) == 0
    assert CALENDAR.last_day_by(date(2030, 1, 1)) == 241


def test_work_of_one_skill_is_spread_over_the_quarter_and_a_date_pulls_it_forward() -> None:
    jobs = (
        Job("a", 90, {"sre": 4}, 10), Job("b", 80, {"sre": 4}, 10), Job("c", 10, {"sre": 4}, 10, due=15),
        Job("d", 1, {"sre": 0}, 60),
    )  # fmt: skip
    task = Task(jobs, {"sre": (12, 12, 12, 12)})
    days = spread(task, dict.fromkeys("abcd", 1))
    assert days == {"c": (0, 10), "a": (20, 30), "b": (40, 50), "d": (0, 60)}


def test_what_others_wait_for_begins_in_time_for_them() -> None:
    jobs = (Job("a", 1, {"sre": 4}, 30), Job("b", 90, {"sre": 4}, 10), Job("c", 10, {"sre": 4}, 30, ("a",)))
    days = spread(Task(jobs, {"sre": (12, 12, 12, 12)}), dict.fromkeys("abc", 1))
    assert days["a"] == (0, 30) and days["c"] == (30, 60)


def test_a_stated_day_binds_the_packages_of_its_remedy_and_clusters() -> None:
    packages = packages_of(
        results(Weakness("x.one"), Weakness("x.two", remedy="other")), {"fix-it": remedy(), "other": remedy("other")},
        means_of(Engagement(client="Acme")), (),
    )  # fmt: skip
    must_do = [
        MustDo(remedy="fix-it", by="2027-03-01", reason="The contract says so."),
        MustDo(remedy="fix-it", by="2027-02-01", reason="The board says so.", clusters=("shop",)),
        MustDo(remedy="other", by="2027-01-01", reason="Elsewhere.", clusters=("bank",)),
    ]
    dated = {one.package_id: one for one in with_dates(packages, must_do, {}, AS_OF)}
    assert (dated["fix-it"].due, dated["fix-it"].due_why) == (date(2027, 2, 1), "The board says so.")
    assert dated["other"].due is None
    assert unmet(packages, must_do) == [
        "other by 2027-01-01: nothing that was seen calls for it, so the plan holds no package for it."
    ]


def test_the_end_of_the_providers_support_is_a_date() -> None:
    clusters = [
        {"cluster": "shop", "managed": "eks", "kubernetes_minor": 31},
        {"cluster": "bank", "managed": "self", "kubernetes_minor": 20},
    ]
    found = results(Weakness("eks.version_in_standard_support"), Weakness("x.one", remedy="other"), clusters=clusters)
    known = {"fix-it": remedy(), "other": remedy("other")}
    packages = packages_of(found, known, means_of(Engagement(client="Acme")), ())
    dated = {one.package_id: one for one in with_dates(packages, (), found, datetime(2026, 5, 1))}
    assert dated["fix-it"].due == date(2026, 11, 25) and "shop" in dated["fix-it"].due_why
    assert dated["other"].due is None
    stale = with_dates(packages, (), found, datetime(2027, 5, 1))
    assert all(one.due is None for one in stale)


def test_capacity_is_counted_after_the_reserve_and_assumed_where_nobody_states_it() -> None:
    assumed = means_of(Engagement(client="Acme"))
    assert assumed.assumed and assumed.capacity["platform"] == (48, 48, 48, 48)
    assert assumed.slowed_by == 1 and assumed.cost(Decimal(3)) is None
    team = Team(
        capacity={"platform": {"1": "10", "2": "20", "3": "0", "4": "7.5"}, "sre": "5"}, reserve_percent="10",
        gitops="no", change_board="yes", day_rate="900", currency="EUR", risky_per_quarter="2",
    )  # fmt: skip
    stated = means_of(Engagement(client="Acme", team=team))
    assert not stated.assumed and set(stated.capacity) == set(ASSUMED)
    assert stated.capacity["platform"] == (18, 36, 0, 13) and stated.capacity["security"] == (0, 0, 0, 0)
    assert stated.slowed_by == Decimal("1.38") and stated.cost(Decimal(3)) == 2700
    assert stated.most_days("platform") == Decimal("3.9") and stated.most_days("security") == 0
    assert stated.risky_per_quarter == 2

"""The days of the plan: quarters of 90 days, and everything else that has a date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from assessment.reports.leadership.parts import QUARTERS, Accepted, CalendarEntry, Package, Scenario
from assessment.reports.leadership.wording import day
from assessment.reports.leadership.work import as_date
from assessment.reports.parts import Listing
from assessment.roadmap.days import Calendar

ENTRIES_SHOWN = 24


def quarter_dates(start: date) -> dict[int, tuple[date, date]]:
    """First and last day of each quarter of a plan that begins on `start`."""
    days = Calendar(start)
    return {quarter: (days.first_day(quarter), days.first_day(quarter + 1) - timedelta(1)) for quarter in QUARTERS}


def checkpoints(first: date) -> tuple[tuple[str, date], ...]:
    """Day 30, 60 and 90 of a plan as dates; the first day is day 1."""
    return tuple((f"Day {number}", first + timedelta(number - 1)) for number in (30, 60, 90))


def entries(
    packages: Iterable[Package], scenario: Scenario, accepted: Iterable[Accepted], questions_due: Sequence[date]
) -> Listing[CalendarEntry]:
    """What has a date beside the packages, in the order of days: quarters, fixed dates, what expires or is due."""
    dated: list[tuple[date, str, str]] = []
    for quarter in scenario.quarters:
        if quarter.first and quarter.last:
            if quarter.number == QUARTERS[0]:
                dated.append((quarter.first, "The plan begins.", "plan"))
            dated.append((quarter.last, f"Quarter {quarter.number} ends: collect again, compare, decide.", "review"))
    for package in packages:
        due = as_date(package.due)
        if due:
            dated.append((due, f"Fixed date of #{package.number} {package.title}.", "fixed date"))
    for each in accepted:
        until = as_date(each.until)
        if until and each.state == "live":
            dated.append((until, f"The accepted exception to {each.what} ends.", "exception"))
    for when in sorted(set(questions_due)):
        number = questions_due.count(when)
        dated.append((when, f"{number} open question{'s are' if number > 1 else ' is'} due.", "questions"))
    dated.sort()
    shown = tuple(CalendarEntry(day(when), what, kind) for when, what, kind in dated[:ENTRIES_SHOWN])
    return Listing(shown, len(dated))

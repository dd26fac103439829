"""Working days of the plan and the calendar: four quarters of 60 working days, each 90 calendar days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from assessment.roadmap.planner import DAYS, LATER, QUARTERS, Task

CALENDAR_DAYS = 90
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """Quarter one begins on `start`. A quarter's 60 working days are spread over its Mondays to Fridays."""

    start: date

    def first_day(self, quarter: int) -> date:
        """The first calendar day of a quarter; of 5, the day after the plan."""
        return self.start + timedelta(days=CALENDAR_DAYS * (quarter - 1))

    def starts(self, day: int) -> date:
        """The date of the first working day after `day` working days of the plan (0 to 239)."""
        days = self._weekdays(day // DAYS + 1)
        return days[(day % DAYS) * len(days) // DAYS]

    def finishes(self, day: int) -> date:
        """The date on which working day `day` of the plan (1 to 240) ends."""
        days = self._weekdays((day - 1) // DAYS + 1)
        return days[-(-((day - 1) % DAYS + 1) * len(days) // DAYS) - 1]

    def last_day_by(self, due: date) -> int:
        """The last working day of the plan that ends by `due`: 0 when there is none, 241 beyond the plan."""
        if due >= self.first_day(LATER):
            return DAYS * QUARTERS[-1] + 1
        return max((day for day in range(1, DAYS * QUARTERS[-1] + 1) if self.finishes(day) <= due), default=0)

    def _weekdays(self, quarter: int) -> list[date]:
        """60 or more: 90 days hold at least 63 that are neither Saturday nor Sunday."""
        first = self.first_day(quarter)
        every = (first + timedelta(days=one) for one in range(CALENDAR_DAYS))
        return [one for one in every if one.weekday() < _SATURDAY]


def spread(task: Task, quarter_of: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """Start and finish of each planned package, in working days of the plan (0 and 60: the whole first quarter).

    Work is levelled: a package begins when the scarcest of its skills is free of what comes before it, as far as its
    date and what needs it allow. Prerequisites are finished before anything that needs them begins.
    """
    latest = _latest_finish(task, quarter_of)
    used: dict[tuple[str, int], int] = {}
    found: dict[str, tuple[int, int]] = {}
    for name in _by_urgency(task, quarter_of, latest):
        job, quarter = task.by_id[name], quarter_of[name]
        first = DAYS * (quarter - 1)
        ready = max([first, *(found[one][1] for one in job.after if one in found)])
        free = max((_busy_until(task, used, skill, quarter) for skill in job.needs), default=0)
        start = max(ready, min(first + free, latest[name] - job.elapsed))
        found[name] = (start, start + job.elapsed)
        for skill, days in job.needs.items():
            used[skill, quarter] = used.get((skill, quarter), 0) + days
    return found


def _busy_until(task: Task, used: Mapping[tuple[str, int], int], skill: str, quarter: int) -> int:
    """Days into the quarter for which the skill is taken, when it works at an even pace."""
    capacity = task.capacity.get(skill, (0, 0, 0, 0))[quarter - 1]
    return DAYS * used.get((skill, quarter), 0) // capacity if capacity else 0


def _latest_finish(task: Task, quarter_of: Mapping[str, int]) -> dict[str, int]:
    """The last day on which each package may finish, for its quarter, its date and what follows in its quarter.

    A date that cannot be kept anyway does not push others.
    """
    latest: dict[str, int] = {}
    for name in reversed(task.order):
        quarter = quarter_of[name]
        if quarter < LATER:
            last = DAYS * quarter
            job = task.by_id[name]
            if job.due is not None and job.has_date and job.due_quarter == quarter:
                last = min(last, job.due)
            after = [one for one in task.jobs if name in one.after and quarter_of[one.id] == quarter]
            latest[name] = min([last, *(latest[one.id] - one.elapsed for one in after)])
    return latest


def _by_urgency(task: Task, quarter_of: Mapping[str, int], latest: Mapping[str, int]) -> list[str]:
    """Quarter by quarter, prerequisites first, then what must start soonest if others wait for it, then density."""
    waited_for = {first for first, last in task.spans if quarter_of[first] == quarter_of[last]}

    def order(name: str) -> tuple[int, int, bool, int, Fraction, str]:
        job = task.by_id[name]
        density = Fraction(job.value, max(1, sum(job.needs.values())))
        rank = depth[name]
        pressed = latest[name] - job.elapsed if name in waited_for or job.has_date else DAYS * LATER
        return quarter_of[name], rank, name not in waited_for, pressed, -density, name

    depth: dict[str, int] = {}
    for name in task.order:
        inside = [depth[one] + 1 for one in task.by_id[name].after if quarter_of[one] == quarter_of[name]]
        depth[name] = max(inside, default=0)
    return sorted(latest, key=order)

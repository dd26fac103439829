"""What a planner is asked and what it answers: packages as integers, quarters one to four, and five for later.

The formulation is section 6 of the scoring method with its finish days worked out: in two different quarters a
package always finishes before the next begins, so elapsed days bind only inside one quarter. Along a chain of
prerequisites quarters never fall; therefore a chain stands in one quarter exactly when its two ends do, and the
whole timing comes down to pairs of packages that must not share a quarter. No big-M is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Protocol

QUARTERS = (1, 2, 3, 4)
LATER = 5
DAYS = 60
"""Working days of a quarter."""
WEIGHTS = {1: 7, 2: 5, 3: 3, 4: 1, LATER: 0}
"""Half-quarters of benefit that are left in the year when a package is finished in the middle of a quarter."""


@dataclass(frozen=True, slots=True)
class Job:
    """A package as the planner sees it.

    `value` is risk points x 10; `needs` half-days by skill; `elapsed` working days. `due` is the last working day
    of the plan (1 to 240) on which it may finish.
    """

    id: str
    value: int
    needs: Mapping[str, int]
    elapsed: int
    after: tuple[str, ...] = ()
    due: int | None = None
    earliest: int = 1
    risky: bool = False

    @property
    def has_date(self) -> bool:
        """Is there a date within the year of the plan?"""
        return self.due is not None and self.due <= DAYS * QUARTERS[-1]

    @property
    def due_quarter(self) -> int:
        """The last quarter in which it may finish, 0 when the date is past."""
        return LATER if self.due is None else -(-max(self.due, 0) // DAYS)

    @property
    def due_offset(self) -> int:
        """Working days into the due quarter until which it may finish."""
        return DAYS if self.due is None else self.due - DAYS * (self.due_quarter - 1)


@dataclass(frozen=True)
class Task:
    """Jobs and what the team has: half-days by skill for each of the four quarters.

    Raises:
        ValueError: for prerequisites that are unknown or go in a circle, an elapsed time beyond a quarter, or two
            jobs with one id.
    """

    jobs: tuple[Job, ...]
    capacity: Mapping[str, tuple[int, int, int, int]]
    risky_per_quarter: int | None = None
    by_id: dict[str, Job] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "jobs", tuple(sorted(self.jobs, key=lambda job: job.id)))
        object.__setattr__(self, "by_id", {job.id: job for job in self.jobs})
        if len(self.by_id) < len(self.jobs):
            raise ValueError("two packages have one id")
        for job in self.jobs:
            unknown = sorted(set(job.after) - set(self.by_id))
            if unknown:
                raise ValueError(f"{job.id} comes after {unknown[0]}, which is no package")
            if not 1 <= job.elapsed <= DAYS:
                raise ValueError(f"{job.id} takes {job.elapsed} working days; a quarter has {DAYS}")
        assert len(self.order) == len(self.jobs)

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Ids with every prerequisite before what needs it; ties in the order of ids."""
        sorter = TopologicalSorter({job.id: sorted(job.after) for job in self.jobs})
        try:
            sorter.prepare()
        except CycleError as error:
            raise ValueError(f"prerequisites go in a circle: {' before '.join(sorted(set(error.args[1])))}") from error
        found: list[str] = []
        while sorter.is_active():
            ready = sorted(sorter.get_ready())
            found += ready
            sorter.done(*ready)
        return tuple(found)

    @cached_property
    def spans(self) -> dict[tuple[str, str], int]:
        """(first, last) -> working days of the longest chain of prerequisites between them, both included."""
        found: dict[tuple[str, str], int] = {}
        for job in self.jobs:
            reached = {job.id: job.elapsed}
            for name in self.order:
                before = [reached[one] for one in self.by_id[name].after if one in reached]
                if before and name != job.id:
                    reached[name] = max(before) + self.by_id[name].elapsed
            found |= {(job.id, name): days for name, days in reached.items() if name != job.id}
        return found

    def before(self, name: str) -> tuple[str, ...]:
        """Everything that has to be finished before this one, sorted."""
        return tuple(sorted(first for first, last in self.spans if last == name))

    def scaled(self, numerator: int, denominator: int = 100) -> Task:
        """The same work with another capacity; half-days are rounded down."""
        held = self.capacity.items()
        capacity = {skill: _four(days * numerator // denominator for days in each) for skill, each in held}
        return Task(self.jobs, capacity, self.risky_per_quarter)

    def without_dates(self) -> Task:
        """The same work, finished when it suits."""
        return Task(tuple(replace(job, due=None) for job in self.jobs), self.capacity, self.risky_per_quarter)

    def with_more(self, skill: str, half_days: int, quarters: Iterable[int] = QUARTERS) -> Task:
        """The same work with more of one skill in these quarters."""
        chosen = set(quarters)
        more = _four(days + (half_days if at + 1 in chosen else 0) for at, days in enumerate(self.capacity[skill]))
        return Task(self.jobs, {**self.capacity, skill: more}, self.risky_per_quarter)

    def late(self, quarter_of: Mapping[str, int]) -> dict[str, int]:
        """Packages that miss their date in this plan, with the quarters that they miss it by, at least one."""
        finish = finish_days(self, quarter_of)
        found: dict[str, int] = {}
        for job in self.jobs:
            if job.has_date and job.due is not None and finish.get(job.id, DAYS * LATER) > job.due:
                found[job.id] = max(1, quarter_of[job.id] - job.due_quarter)
        return found

    def area(self, quarter_of: Mapping[str, int]) -> int:
        """Z: risk points x half-quarters x 10 that a plan avoids within the year."""
        return sum(WEIGHTS[quarter_of[job.id]] * job.value for job in self.jobs)


@dataclass(frozen=True, slots=True)
class Plan:
    """A quarter for every package, 5 meaning later.

    `proven`: no plan is better, and no other one is as good and stands before it. `bound`: the area that no plan
    exceeds. `late`: packages that miss their date, with the quarters that they miss it by.
    """

    quarter_of: Mapping[str, int]
    area: int
    bound: int
    proven: bool
    late: Mapping[str, int]
    model_sha256: str


class Planner(Protocol):
    """Anything that finds the best plan."""

    @property
    def name(self) -> str:
        """The solver and its version, for the report."""

    def best(self, task: Task, *, forced: Mapping[str, int] | None = None, canonical: bool = True) -> Plan | None:
        """The best plan, or None when no plan keeps every date.

        `forced` packages stand in these quarters. With `canonical` the earliest plan among equals, and of these the
        one whose quarters, in the order of ids, come first; without it any plan of the same area.
        """

    def least_late(self, task: Task) -> Plan:
        """The best plan among those that miss dates by the fewest quarters; there always is one."""


def broken_rules(task: Task, quarter_of: Mapping[str, int], *, dates: bool = True) -> list[str]:
    """Every rule that this plan breaks, as sentences, computed from the task alone."""
    found = [*_overloads(task, quarter_of)]
    for job in task.jobs:
        quarter = quarter_of[job.id]
        found += [f"{job.id} stands before {one}" for one in job.after if quarter_of[one] > quarter or
                  (quarter < LATER and quarter_of[one] == LATER)]  # fmt: skip
        if quarter < job.earliest:
            found.append(f"{job.id} stands before its earliest quarter")
    for name, finish in finish_days(task, quarter_of).items():
        due = task.by_id[name].due if task.by_id[name].has_date else None
        if finish > DAYS * quarter_of[name]:
            found.append(f"{name} does not fit into quarter {quarter_of[name]}")
        if dates and due is not None and finish > due:
            found.append(f"{name} misses its date")
    if dates:
        found += [f"{job.id} misses its date" for job in task.jobs if job.has_date and quarter_of[job.id] == LATER]
    return found


def finish_days(task: Task, quarter_of: Mapping[str, int]) -> dict[str, int]:
    """The earliest working day of the plan on which each planned package can finish."""
    finish: dict[str, int] = {}
    for name in task.order:
        quarter = quarter_of[name]
        if quarter < LATER:
            ready = [finish[one] for one in task.by_id[name].after if one in finish]
            finish[name] = max([DAYS * (quarter - 1), *ready]) + task.by_id[name].elapsed
    return finish


def _overloads(task: Task, quarter_of: Mapping[str, int]) -> Iterable[str]:
    for quarter in QUARTERS:
        inside = [job for job in task.jobs if quarter_of[job.id] == quarter]
        for skill in sorted({skill for job in inside for skill in job.needs}):
            needed = sum(job.needs.get(skill, 0) for job in inside)
            free = task.capacity.get(skill, (0, 0, 0, 0))[quarter - 1]
            if needed > free:
                yield f"quarter {quarter} needs {needed} half-days of {skill} and has {free}"
        if task.risky_per_quarter is not None and sum(job.risky for job in inside) > task.risky_per_quarter:
            yield f"quarter {quarter} holds too many risky changes"


def _four(days: Iterable[int]) -> tuple[int, int, int, int]:
    first, second, third, fourth = days
    return first, second, third, fourth

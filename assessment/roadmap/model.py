"""The schedule as an integer programme: columns, rows and bounds, all whole numbers, in the order of ids.

A column x[p, t] says that package p stands in quarter t, one to four; a package with none stands later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

from assessment.roadmap.planner import DAYS, LATER, QUARTERS, WEIGHTS, Job, Task

UNBOUNDED = 10**9


@dataclass(frozen=True, slots=True)
class Row:
    """low <= sum of coefficient x column <= high."""

    terms: tuple[tuple[int, int], ...]
    low: int
    high: int


@dataclass(frozen=True)
class Model:
    """Maximise `profit` under `rows`. Column p*4 + t-1 is package p in quarter t; columns after these are slacks."""

    ids: tuple[str, ...]
    profit: tuple[int, ...]
    lower: tuple[int, ...]
    upper: tuple[int, ...]
    rows: tuple[Row, ...]
    names: Mapping[str, int] = field(repr=False)

    def column(self, name: str, quarter: int) -> int:
        """Where x[name, quarter] stands."""
        return self.names[name] * len(QUARTERS) + quarter - 1

    def quarters(self, values: list[int]) -> dict[str, int]:
        """The plan that a solution describes."""
        return {
            name: next((one for one in QUARTERS if values[self.column(name, one)]), LATER) for name in self.ids
        }

    def terms(self, weights: Mapping[str, Mapping[int, int]]) -> tuple[tuple[int, int], ...]:
        """A sum over packages and quarters as (column, coefficient) pairs."""
        return tuple(
            (self.column(name, quarter), weight)
            for name in self.ids for quarter, weight in weights.get(name, {}).items() if weight
        )  # fmt: skip

    def aiming_at(self, terms: tuple[tuple[int, int], ...], *rows: Row) -> Model:
        """The same plans, further bound by these rows, judged by another sum."""
        profit = [0] * len(self.profit)
        for column, weight in terms:
            profit[column] += weight
        return replace(self, profit=tuple(profit), rows=(*self.rows, *rows))

    def sha256(self) -> str:
        """A fingerprint of the whole model, for the report."""
        rows = [(row.terms, row.low, row.high) for row in self.rows]
        told = repr((self.ids, self.profit, self.lower, self.upper, rows))
        return sha256(told.encode()).hexdigest()


def model_of(task: Task, forced: Mapping[str, int] | None = None, *, dates_bend: bool = False) -> Model:
    """The programme of this task. With `dates_bend` a missed date costs more than all risk can win."""
    ids = tuple(job.id for job in task.jobs)
    names = {name: at for at, name in enumerate(ids)}
    plain = Model(ids, (), (), (), (), names)
    builder = _Builder(task, plain, dates_bend)
    for name, quarter in sorted((forced or {}).items()):
        builder.force(name, quarter)
    return replace(
        plain, profit=tuple(builder.profit), lower=tuple(builder.lower), upper=tuple(builder.upper),
        rows=tuple(builder.rows),
    )  # fmt: skip


class _Builder:
    def __init__(self, task: Task, plain: Model, dates_bend: bool) -> None:
        self.task, self.plain, self.dates_bend = task, plain, dates_bend
        self.profit = [WEIGHTS[quarter] * job.value for job in task.jobs for quarter in QUARTERS]
        self.lower, self.upper = [0] * len(self.profit), [1] * len(self.profit)
        self.penalty = 1 + WEIGHTS[1] * sum(job.value for job in task.jobs)
        self.rows: list[Row] = [*self._once(), *self._capacity(), *self._risky(), *self._order()]
        for job in task.jobs:
            for quarter in range(1, min(job.earliest, LATER)):
                self.upper[plain.column(job.id, quarter)] = 0
            if job.has_date:
                self._date(job)

    def force(self, name: str, quarter: int) -> None:
        """Put a package into a quarter, or out of all of them."""
        for one in QUARTERS:
            column = self.plain.column(name, one)
            if one != quarter:
                self.upper[column] = 0
        if quarter < LATER:
            self.rows.append(Row(((self.plain.column(name, quarter), 1),), 1, 1))

    def _all(self, name: str, until: int = 4) -> tuple[tuple[int, int], ...]:
        return tuple((self.plain.column(name, quarter), 1) for quarter in range(1, until + 1))

    def _once(self) -> Iterator[Row]:
        for job in self.task.jobs:
            yield Row(self._all(job.id), 0, 1)

    def _capacity(self) -> Iterator[Row]:
        for skill in sorted({skill for job in self.task.jobs for skill in job.needs}):
            free = self.task.capacity.get(skill, (0, 0, 0, 0))
            needing = [job for job in self.task.jobs if job.needs.get(skill)]
            for quarter in QUARTERS:
                terms = tuple((self.plain.column(job.id, quarter), job.needs[skill]) for job in needing)
                yield Row(terms, 0, free[quarter - 1])

    def _risky(self) -> Iterator[Row]:
        risky = [job for job in self.task.jobs if job.risky]
        if self.task.risky_per_quarter is not None and risky:
            for quarter in QUARTERS:
                terms = tuple((self.plain.column(job.id, quarter), 1) for job in risky)
                yield Row(terms, 0, self.task.risky_per_quarter)

    def _order(self) -> Iterator[Row]:
        """Prerequisites no later; a chain longer than a quarter strictly earlier. Summed up, which is tightest."""
        for (first, last), days in sorted(self.task.spans.items()):
            apart = int(days > DAYS)
            if apart or first in self.task.by_id[last].after:
                for quarter in QUARTERS:
                    minus = tuple((column, -1) for column, _ in self._all(first, quarter - apart))
                    yield Row((*self._all(last, quarter), *minus), -UNBOUNDED, 0)

    def _date(self, job: Job) -> None:
        """Finished by its date: in an earlier quarter, or in the due one with the chain before it short enough."""
        tail = [(job.id, job.elapsed)]
        tail += [(first, days) for (first, last), days in sorted(self.task.spans.items()) if last == job.id]
        too_long = [first for first, days in tail if days > job.due_offset] if job.due_quarter else []
        if not self.dates_bend:
            self.rows.append(Row(self._all(job.id), 1, 1))
            for quarter in range(job.due_quarter + 1, LATER):
                self.upper[self.plain.column(job.id, quarter)] = 0
            for first in too_long:
                self._apart(job, first, None)
            return
        for quarter in range(job.due_quarter + 1, LATER):
            self._charge(self.plain.column(job.id, quarter), quarter - job.due_quarter)
        self._charge_later(job)
        if too_long:
            slack = self._slack()
            for first in too_long:
                self._apart(job, first, slack)

    def _apart(self, job: Job, first: str, slack: int | None) -> None:
        """Not both in the due quarter, unless the slack is paid for."""
        columns = sorted({self.plain.column(one, job.due_quarter) for one in (first, job.id)})
        extra = () if slack is None else ((slack, -1),)
        self.rows.append(Row((*((column, 1) for column in columns), *extra), -UNBOUNDED, len(columns) - 1))

    def _charge(self, column: int, quarters: int) -> None:
        self.profit[column] -= self.penalty * quarters

    def _charge_later(self, job: Job) -> None:
        """Standing later costs as the fifth quarter: pay it in advance and win it back by any planned quarter."""
        for quarter in QUARTERS:
            self.profit[self.plain.column(job.id, quarter)] += self.penalty * (LATER - job.due_quarter)

    def _slack(self) -> int:
        self.profit.append(-self.penalty)
        self.lower.append(0)
        self.upper.append(1)
        return len(self.profit) - 1

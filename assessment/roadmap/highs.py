"""The planner on HiGHS: exact, one thread, a fixed seed, no gap; bounded by nodes, never by the clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version

import highspy
import numpy as np

from assessment.roadmap.greedy import by_density
from assessment.roadmap.model import UNBOUNDED, Model, Row, model_of
from assessment.roadmap.planner import LATER, QUARTERS, WEIGHTS, Plan, Task, broken_rules

ID_DIGITS = 6
"""How many quarters are settled at once in the last stage: each is a digit of one number, 1 to 5."""


@dataclass(frozen=True)
class Answer:
    """A solution in whole numbers, None when there is none; `bound` on the sum; was it proved?"""

    values: list[int] | None
    bound: int
    proven: bool


@dataclass(frozen=True)
class Highs:
    """HiGHS. Another `seed` finds the same plan by another way.

    `nodes` bounds the search of each stage of the plan itself, `side_nodes` that of the many other questions.
    """

    seed: int = 0
    nodes: int = 5_000
    side_nodes: int = 1_000

    @cached_property
    def name(self) -> str:
        """Solver and version."""
        return f"HiGHS {version('highspy')}"

    def best(self, task: Task, *, forced: Mapping[str, int] | None = None, canonical: bool = True) -> Plan | None:
        """See `Planner.best`. Not proven when the bound on nodes ended a stage; then the best plan found counts."""
        model = model_of(task, forced)
        if not task.jobs:
            return Plan({}, 0, 0, True, {}, model.sha256())
        return self._staged(task, model, canonical=canonical, dates=True)

    def least_late(self, task: Task) -> Plan:
        """See `Planner.least_late`."""
        plan = self._staged(task, model_of(task, dates_bend=True), canonical=True, dates=False)
        assert plan is not None, "everything later is a plan where dates bend"
        return plan

    def _staged(self, task: Task, model: Model, *, canonical: bool, dates: bool) -> Plan | None:
        tried = _both_stages(model) if dates else model
        nodes = self.nodes if canonical else self.side_nodes
        first = self._solve(tried, nodes)
        if first.values is None:
            return None if first.proven else self._unsolved(task, model)
        values, proven = first.values, first.proven
        if proven and not dates:
            tried = _earliest(model, values)
            second = self._solve(tried, nodes)
            values, proven = second.values or values, second.proven
        quarters = model.quarters(values)
        if proven and canonical:
            quarters, proven = self._first_of_equals(tried, values)
        broken = broken_rules(task, quarters, dates=dates)
        assert not broken, f"the solver broke a rule: {broken}"
        area = task.area(quarters)
        bound = area if first.proven else _bound(task, first.bound // _scale(model) if dates else UNBOUNDED)
        return Plan(quarters, area, bound, proven, task.late(quarters), model.sha256())

    def _unsolved(self, task: Task, model: Model) -> Plan:
        """Nothing found within the bound on nodes: the densest first, marked as not proven."""
        quarters = by_density(task)
        return Plan(quarters, task.area(quarters), _bound(task), False, task.late(quarters), model.sha256())

    def _first_of_equals(self, model: Model, values: list[int]) -> tuple[dict[str, int], bool]:
        """Of all plans that are as good and as early, the one whose quarters come first in the order of ids."""
        best = sum(weight * values[column] for column, weight in enumerate(model.profit))
        tied = model.aiming_at((), Row(_terms(model), best, best))
        quarters = model.quarters(values)
        another = self._solve(tied.aiming_at((), _another_than(tied, quarters)), self.nodes)
        if another.values is None:
            return quarters, another.proven
        proven = True
        for chunk in _chunks(model.ids):
            digits = {
                name: {quarter: (LATER - quarter) * LATER ** (ID_DIGITS - 1 - at) for quarter in QUARTERS}
                for at, name in enumerate(chunk)
            }  # fmt: skip
            answer = self._solve(tied.aiming_at(tied.terms(digits)), self.nodes)
            proven = proven and answer.proven
            quarters = quarters if answer.values is None else tied.quarters(answer.values)
            tied = tied.aiming_at((), *(_stays(tied, name, quarters[name]) for name in chunk))
        return quarters, proven

    def _solve(self, model: Model, nodes: int) -> Answer:
        solver = self._solver(nodes)
        solver.passModel(_as_lp(model))
        solver.run()
        status, info = solver.getModelStatus(), solver.getInfo()
        if status == highspy.HighsModelStatus.kInfeasible:
            return Answer(None, 0, proven=True)
        optimal = status == highspy.HighsModelStatus.kOptimal
        bound = int(min(max(np.floor(info.mip_dual_bound + 1e-4), -UNBOUNDED), UNBOUNDED))
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return Answer(None, bound, proven=False)
        return Answer([round(value) for value in solver.getSolution().col_value], bound, optimal)

    def _solver(self, nodes: int) -> highspy.Highs:
        solver = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (
            ("output_flag", False), ("threads", 1), ("random_seed", self.seed), ("mip_rel_gap", 0.0),
            ("mip_abs_gap", 0.0), ("mip_max_nodes", nodes), ("mip_allow_restart", False),
        ):  # fmt: skip
            solver.setOptionValue(option, value)
        return solver


def _bound(task: Task, found: int = UNBOUNDED) -> int:
    """What no plan exceeds: what the search has shown, at most everything in the first quarter."""
    return min(found, WEIGHTS[1] * sum(job.value for job in task.jobs))


def _both_stages(model: Model) -> Model:
    """Stages one and two in one sum: the area counts more than all quarters together, then earlier is better.

    Whole numbers, and the second sum stays below the scale, so one solution settles both.
    """
    scale = _scale(model)
    profit = [scale * weight for weight in model.profit]
    for name in model.ids:
        for quarter in QUARTERS:
            profit[model.column(name, quarter)] += LATER - quarter
    return model.aiming_at(tuple(enumerate(profit)))


def _scale(model: Model) -> int:
    return 1 + len(QUARTERS) * len(model.ids)


def _earliest(model: Model, values: list[int]) -> Model:
    """Stage two: with the best sum held, everything as early as can be."""
    best = sum(weight * values[column] for column, weight in enumerate(model.profit))
    sooner = {name: {quarter: LATER - quarter for quarter in QUARTERS} for name in model.ids}
    return model.aiming_at(model.terms(sooner), Row(_terms(model), best, best))


def _terms(model: Model) -> tuple[tuple[int, int], ...]:
    return tuple((column, weight) for column, weight in enumerate(model.profit) if weight)


def _another_than(model: Model, quarters: Mapping[str, int]) -> Row:
    """Any plan but this one: at least one package stands elsewhere."""
    terms: list[tuple[int, int]] = []
    most = -1
    for name in model.ids:
        if quarters[name] < LATER:
            terms.append((model.column(name, quarters[name]), 1))
            most += 1
        else:
            terms += [(model.column(name, quarter), -1) for quarter in QUARTERS]
    return Row(tuple(terms), -UNBOUNDED, most)


def _stays(model: Model, name: str, quarter: int) -> Row:
    if quarter < LATER:
        return Row(((model.column(name, quarter), 1),), 1, 1)
    return Row(tuple((model.column(name, one), 1) for one in QUARTERS), 0, 0)


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), ID_DIGITS):
        yield ids[start : start + ID_DIGITS]


def _as_lp(model: Model) -> highspy.HighsLp:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(model.profit), len(model.rows)
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = np.array(model.profit, dtype=np.float64)
    lp.col_lower_ = np.array(model.lower, dtype=np.float64)
    lp.col_upper_ = np.array(model.upper, dtype=np.float64)
    lp.row_lower_ = np.array([_end(row.low) for row in model.rows], dtype=np.float64)
    lp.row_upper_ = np.array([_end(row.high) for row in model.rows], dtype=np.float64)
    terms = [term for row in model.rows for term in row.terms]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.cumsum([0, *(len(row.terms) for row in model.rows)], dtype=np.int32)
    lp.a_matrix_.index_ = np.array([column for column, _ in terms], dtype=np.int32)
    lp.a_matrix_.value_ = np.array([weight for _, weight in terms], dtype=np.float64)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * len(model.profit)
    return lp


def _end(value: int) -> float:
    return float(value) if abs(value) < UNBOUNDED else float(np.copysign(highspy.kHighsInf, value))

"""The roadmap as result tables: values in, rows out. Lists of amounts read `skill=days`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import pyarrow as pa

from assessment.recording import as_columns, columns
from assessment.roadmap.days import Calendar
from assessment.roadmap.greedy import by_density
from assessment.roadmap.moves import Move
from assessment.roadmap.planner import LATER, QUARTERS, WEIGHTS, Plan, Task
from assessment.roadmap.scenarios import EXTRA_HALF_DAYS, Price, Scenario, residual, undone, why_late
from assessment.roadmap.team import Means
from assessment.roadmap.work import Package
from assessment.scoring.effort import EIGHTY_PERCENT, deviation_of_sum

PACKAGES = columns(
    "package_id, remedy, title, outcome, if_not, owner_role, unit, units int, effort_days double, effort_low double,"
    " effort_likely double, effort_high double, effort_deviation double, size, confidence, skills list,"
    " elapsed_days int, risk_reduced double, risk_reduced_upper double, score int, quadrant, depends_on list,"
    " requirements_moved list, checks list, clusters list, risks list, dimensions list, due, due_why, must, kind,"
    " findings int, unknowns int, cost double, currency, steps list, done_when list, stop_conditions list"
)
PLAN = columns(
    "package_id, quarter int, start_day int, finish_day int, start_date, finish_date, why, why_not_earlier,"
    " depends_on list, misses_date"
)
QUARTERS_TABLE = columns(
    "scenario, quarter int, residual double, residual_upper double, floor double, effort_days double, used list,"
    " capacity list, cost double, packages list, feasible, note, undone list, proven"
)
MOVES = columns("framework, requirement_id, package_id, quarter int, finish_date, status_now, status_expected, why")
PRICES = columns("skill, extra_days double, gained double, proven")
ROADMAP = columns(
    "start_date, baseline double, baseline_upper double, removable double, floor double, area_whole double,"
    " area_avoided double, area_without_dates double, greedy_area double, greedy_residuals list, greedy_misses list,"
    " objective int, objective_bound int, proven, dates_hold, capacity_assumed, slowed_by double, effort_days double,"
    " effort_p80 double, cost double, currency, solver, model_sha256, notes list"
)
_CENT, _TENTH = Decimal("0.01"), Decimal("0.1")


@dataclass(frozen=True)
class Roadmap:
    """Everything that was worked out."""

    packages: Sequence[Package]
    task: Task
    plan: Plan
    undated: Plan
    holds: bool
    days: Mapping[str, tuple[int, int]]
    calendar: Calendar
    means: Means
    baseline: Decimal
    baseline_upper: Decimal
    why: Mapping[str, str]
    why_not_earlier: Mapping[str, str]
    scenarios: Sequence[Scenario]
    prices: Sequence[Price]
    moves: Sequence[Move]
    notes: Sequence[str]
    solver: str

    @property
    def reduced(self) -> dict[str, Decimal]:
        """Risk points that each package removes."""
        return {one.package_id: one.reduced for one in self.packages}

    @property
    def floor(self) -> Decimal:
        """Points that stay when everything in the plan is done."""
        return self.baseline - sum(self.reduced.values(), Decimal(0))


def tables_of(roadmap: Roadmap) -> dict[str, pa.Table]:
    """All tables of the roadmap, ordered by id or by quarter."""
    return {
        "packages": as_columns(_packages(roadmap), PACKAGES),
        "plan": as_columns(_plan(roadmap), PLAN),
        "quarters": as_columns((row for one in roadmap.scenarios for row in _quarters(roadmap, one)), QUARTERS_TABLE),
        "requirement_moves": as_columns(_moves(roadmap), MOVES),
        "capacity_prices": as_columns(map(_price, roadmap.prices), PRICES),
        "roadmap": as_columns([_summary(roadmap)], ROADMAP),
    }


def _packages(roadmap: Roadmap) -> Iterator[dict[str, Any]]:
    moved: dict[str, list[str]] = defaultdict(list)
    for move in roadmap.moves:
        told = f"{move.framework} {move.requirement_id}: {move.status_now} to {move.status_expected}"
        moved[move.package_id].append(told)
    for one in roadmap.packages:
        remedy, days = one.remedy, one.effort
        yield {
            "package_id": one.package_id, "remedy": remedy.id, "title": one.title, "outcome": remedy.outcome,
            "if_not": remedy.if_not, "owner_role": remedy.owner_role, "unit": remedy.unit, "units": one.units,
            "effort_days": one.days, "effort_low": days.low, "effort_likely": days.likely, "effort_high": days.high,
            "effort_deviation": days.deviation, "size": days.size, "confidence": remedy.effort.confidence,
            "skills": amounts(one.needs), "elapsed_days": remedy.elapsed_days, "risk_reduced": one.reduced,
            "risk_reduced_upper": one.reduced_upper, "score": one.score, "quadrant": one.quadrant,
            "depends_on": list(one.depends_on), "requirements_moved": moved[one.package_id],
            "checks": list(one.checks), "clusters": list(one.clusters), "risks": list(one.risks),
            "dimensions": list(one.dimensions), "due": one.due and one.due.isoformat(), "due_why": one.due_why or None,
            "must": truth(one.due is not None), "kind": one.kind, "findings": one.findings,
            "unknowns": one.unknowns, "cost": _cents(roadmap.means.cost(one.days)), "currency": roadmap.means.currency,
            "steps": list(remedy.steps), "done_when": list(remedy.done_when),
            "stop_conditions": list(remedy.stop_conditions),
        }  # fmt: skip


def _plan(roadmap: Roadmap) -> Iterator[dict[str, Any]]:
    for one in roadmap.packages:
        name = one.package_id
        start, finish = roadmap.days.get(name, (None, None))
        quarter = roadmap.plan.quarter_of[name]
        yield {
            "package_id": name, "quarter": None if quarter == LATER else quarter,
            "start_day": None if start is None else start + 1, "finish_day": finish,
            "start_date": None if start is None else roadmap.calendar.starts(start).isoformat(),
            "finish_date": _finish_date(roadmap, name), "why": roadmap.why[name],
            "why_not_earlier": roadmap.why_not_earlier.get(name), "depends_on": list(one.depends_on),
            "misses_date": truth(name in roadmap.plan.late),
        }  # fmt: skip


def _quarters(roadmap: Roadmap, scenario: Scenario) -> Iterator[dict[str, Any]]:
    """Quarter 0 is the start: all of the risk, none of the work."""
    inside: dict[int, list[Package]] = defaultdict(list)
    for one in roadmap.packages:
        inside[scenario.plan.quarter_of[one.package_id]].append(one)
    for quarter in (0, *QUARTERS):
        effort = sum((one.days for one in inside[quarter]), Decimal(0))
        yield {
            "scenario": scenario.name, "quarter": quarter,
            "residual": residual(roadmap.baseline, roadmap.reduced, scenario.plan, quarter),
            "residual_upper": residual(roadmap.baseline_upper, roadmap.reduced, scenario.plan, quarter),
            "floor": roadmap.floor, "effort_days": effort, "used": amounts(_used(inside[quarter])),
            "capacity": amounts(_capacity(scenario.task, quarter)), "cost": _cents(roadmap.means.cost(effort)),
            "packages": [one.package_id for one in inside[quarter]], "feasible": truth(scenario.feasible),
            "note": scenario.note or None, "undone": undone(scenario.plan), "proven": truth(scenario.plan.proven),
        }  # fmt: skip


def _moves(roadmap: Roadmap) -> Iterator[dict[str, Any]]:
    def order(move: Move) -> tuple[str, tuple[int, str], str]:
        return move.framework, _when(roadmap, move.package_id), move.requirement_id

    for move in sorted(roadmap.moves, key=order):
        quarter = roadmap.plan.quarter_of[move.package_id]
        yield {
            "framework": move.framework, "requirement_id": move.requirement_id, "package_id": move.package_id,
            "quarter": None if quarter == LATER else quarter, "finish_date": _finish_date(roadmap, move.package_id),
            "status_now": move.status_now, "status_expected": move.status_expected, "why": move.why,
        }  # fmt: skip


def _price(price: Price) -> dict[str, Any]:
    return {
        "skill": price.skill, "extra_days": Decimal(EXTRA_HALF_DAYS) / 2, "gained": price.gained,
        "proven": truth(price.proven),
    }  # fmt: skip


def _summary(roadmap: Roadmap) -> dict[str, Any]:
    greedy = by_density(roadmap.task)
    as_plan = Plan(greedy, roadmap.task.area(greedy), 0, False, {}, "")
    late = roadmap.task.late(greedy)
    in_year = [one for one in roadmap.packages if roadmap.plan.quarter_of[one.package_id] < LATER]
    effort = sum((one.days for one in in_year), Decimal(0))
    spread_of_sum = deviation_of_sum([one.effort.deviation for one in in_year])
    notes = list(roadmap.notes)
    if not roadmap.holds:
        notes.insert(0, why_late(roadmap.task, roadmap.plan))
    return {
        "start_date": roadmap.calendar.start.isoformat(), "baseline": roadmap.baseline,
        "baseline_upper": roadmap.baseline_upper, "removable": roadmap.baseline - roadmap.floor,
        "floor": roadmap.floor, "area_whole": roadmap.baseline * len(QUARTERS),
        "area_avoided": _avoided(roadmap, roadmap.plan), "area_without_dates": _avoided(roadmap, roadmap.undated),
        "greedy_area": _avoided(roadmap, as_plan), "objective": roadmap.plan.area,
        "objective_bound": roadmap.plan.bound,
        "greedy_residuals": [
            str(residual(roadmap.baseline, roadmap.reduced, as_plan, quarter).quantize(_TENTH)) for quarter in QUARTERS
        ],
        "greedy_misses": sorted(late), "proven": truth(roadmap.plan.proven), "dates_hold": truth(roadmap.holds),
        "capacity_assumed": truth(roadmap.means.assumed), "slowed_by": roadmap.means.slowed_by, "effort_days": effort,
        "effort_p80": _cents(effort + EIGHTY_PERCENT * spread_of_sum), "cost": _cents(roadmap.means.cost(effort)),
        "currency": roadmap.means.currency, "solver": roadmap.solver, "model_sha256": roadmap.plan.model_sha256,
        "notes": notes,
    }  # fmt: skip


def _avoided(roadmap: Roadmap, plan: Plan) -> Decimal:
    """Risk points x quarters that a plan avoids within the year. What finding out may be worth is left out."""
    weighed = (WEIGHTS[plan.quarter_of[name]] * points for name, points in roadmap.reduced.items())
    return sum(weighed, Decimal(0)) / 2


def amounts(half_days: Mapping[str, int]) -> list[str]:
    """`platform=3.5` for every skill, sorted."""
    return [f"{skill}={half_days[skill] / 2:.1f}" for skill in sorted(half_days)]


def truth(value: bool) -> str:
    """How result tables write yes and no."""
    return "true" if value else "false"


def _used(packages: Iterable[Package]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for one in packages:
        for skill, half_days in one.needs.items():
            found[skill] += half_days
    return found


def _capacity(task: Task, quarter: int) -> dict[str, int]:
    return {skill: days[quarter - 1] for skill, days in task.capacity.items()} if quarter else {}


def _finish_date(roadmap: Roadmap, name: str) -> str | None:
    return roadmap.calendar.finishes(roadmap.days[name][1]).isoformat() if name in roadmap.days else None


def _when(roadmap: Roadmap, name: str) -> tuple[int, str]:
    return roadmap.days.get(name, (0, 10**6))[1], name


def _cents(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.quantize(_CENT, ROUND_HALF_EVEN)

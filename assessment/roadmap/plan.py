"""The roadmap of a run: packages, plan, quarters, requirement moves, and what the plan rests on, as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa

from assessment.roadmap import reasons
from assessment.roadmap.dates import unmet, with_dates
from assessment.roadmap.days import Calendar, spread
from assessment.roadmap.highs import Highs
from assessment.roadmap.moves import moves_of
from assessment.roadmap.packages import packages_of
from assessment.roadmap.planner import LATER, Job, Plan, Planner, Task
from assessment.roadmap.remedy import Remedy, carried
from assessment.roadmap.scenarios import planned, prices, scenarios
from assessment.roadmap.tables import Roadmap, tables_of
from assessment.roadmap.team import Means, means_of
from assessment.roadmap.weighing import Results, points, risks_of
from assessment.roadmap.work import FIND_OUT, Package
from collectors.people.engagement import Engagement
from collectors.people.team import first_day_of_plan


def roadmap_of(
    results: Results, engagement: Engagement, as_of: str, *, planner: Planner | None = None,
    remedies: Mapping[str, Remedy] | None = None,
) -> dict[str, pa.Table]:  # fmt: skip
    """Results `packages`, `plan`, `quarters`, `requirement_moves`, `capacity_prices` and `roadmap`.

    Reads `risks`, `risk_members`, `findings`, `checks`, `gaps`, `clusters`, `requirements`, `requirement_checks` and
    `scope_subjects`; what is missing of them makes less, never an error. `as_of` is the run's instant in UTC.
    """
    instant = datetime.fromisoformat(as_of.replace("Z", "")).replace(tzinfo=None)
    means = means_of(engagement)
    known = with_own_remedies(carried() if remedies is None else remedies, results)
    found = packages_of(results, known, means, engagement.owners)
    dated = with_dates(found, engagement.must_do, results, instant)
    calendar = Calendar(first_day_of_plan(engagement.team, instant.date()))
    notes = unmet(dated, engagement.must_do)
    return tables_of(_roadmap(results, engagement, instant.date(), dated, means, calendar, notes, planner or Highs()))


def with_own_remedies(remedies: Mapping[str, Remedy], results: Results) -> dict[str, Remedy]:
    """Our remedies, and a plain one for each name that only a client's own checks use."""
    found = dict(remedies)
    for row in sorted(results["checks"].to_pylist(), key=lambda row: row["check_id"]) if "checks" in results else ():
        if row["remedy"] not in found:
            found[row["remedy"]] = _plain_remedy(row["remedy"], row["title"], row["why"], row["fix"])
    for risk in risks_of(results):
        if risk.remedy not in found:
            found[risk.remedy] = _plain_remedy(risk.remedy, risk.remedy, None, None)
    return found


def task_of(packages: Sequence[Package], means: Means, calendar: Calendar) -> Task:
    """The packages as the planner sees them."""
    jobs = tuple(
        Job(
            id=one.package_id, value=one.value, needs=one.needs, elapsed=one.remedy.elapsed_days,
            after=one.depends_on, due=None if one.due is None else calendar.last_day_by(one.due),
            risky=one.remedy.risky_in_production,
        )
        for one in packages
    )  # fmt: skip
    return Task(jobs, means.capacity, means.risky_per_quarter)


def _roadmap(
    results: Results, engagement: Engagement, as_of: date, packages: list[Package], means: Means, calendar: Calendar,
    notes: list[str], planner: Planner,
) -> Roadmap:  # fmt: skip
    task = task_of(packages, means, calendar)
    plan, holds = planned(task, planner)
    days = spread(task, plan.quarter_of)
    fixed_by = {fingerprint: one.package_id for one in packages for fingerprint in one.fingerprints}
    order = [one.package_id for one in sorted(packages, key=lambda one: _finished(one, plan, days))]
    risks = risks_of(results)
    return Roadmap(
        packages=packages, task=task, plan=plan, undated=_undated(task, plan, planner),
        holds=holds, days=days, calendar=calendar, means=means,
        baseline=points(sum((risk.counted for risk in risks), Decimal(0))),
        baseline_upper=points(sum((risk.counted_upper for risk in risks), Decimal(0))),
        why=reasons.why(task, plan) | {one.package_id: _to_know(one, plan) for one in packages if one.kind == FIND_OUT},
        why_not_earlier=reasons.why_not_earlier(task, plan, planner) if holds else {},
        scenarios=scenarios(task, planner, plan, holds), prices=prices(task, planner, plan, holds),
        moves=moves_of(results, engagement, as_of, order, fixed_by), notes=notes, solver=planner.name,
    )  # fmt: skip


def _to_know(package: Package, plan: Plan) -> str:
    """Finding out removes nothing, whatever it counts for when packages compete."""
    quarter = plan.quarter_of[package.package_id]
    when = "Later" if quarter == LATER else f"Quarter {quarter}"
    days = "1 day" if package.days == 1 else f"{package.days.normalize():f} days"
    upper = f"{package.reduced_upper:,}"
    return f"{when}: it removes no risk, but up to {upper} points may be there, and {days} would tell."


def _undated(task: Task, plan: Plan, planner: Planner) -> Plan:
    """What the plan would be without dates: the difference is what they cost."""
    free = planner.best(task.without_dates(), canonical=False) if any(job.has_date for job in task.jobs) else None
    return free or plan


def _finished(package: Package, plan: Plan, days: Mapping[str, tuple[int, int]]) -> tuple[int, int, str]:
    name = package.package_id
    quarter = plan.quarter_of[name]
    return quarter, days[name][1] if quarter < LATER else 0, name


def _plain_remedy(name: str, title: str, why: str | None, fix: str | None) -> Remedy:
    """What can be said of work that only a client's own check names: its own words, and a cautious estimate."""
    told = {
        "id": name, "title": title, "outcome": f"It holds again: {title}",
        "if_not": why or f"It stays as it is: {title}", "owner_role": "Platform lead",
        "unit": "object", "counted_by": "subject",
        "effort": {"base_days": "1", "per_unit_days": "0.25", "confidence": "low"}, "skills": {"platform": "100"},
        "elapsed_days": "10", "steps": [fix or "Change what the check reports."],
        "done_when": ["The check passes for every subject."],
    }  # fmt: skip
    return Remedy.model_validate(told)

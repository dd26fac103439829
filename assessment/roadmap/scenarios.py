"""What changes with another capacity: residual risk by quarter, what stays undone, what more of a skill is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assessment.roadmap.planner import LATER, QUARTERS, Plan, Planner, Task

SCENARIOS = (("x1", 100), ("x0.75", 75), ("x1.25", 125), ("x1.5", 150), ("x2", 200), ("x3", 300))
EXTRA_HALF_DAYS = 10
"""Five person-days a quarter: the price of capacity is told for these."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A capacity and the best plan under it. `feasible`: every date holds; else `note` says which does not and why."""

    name: str
    task: Task
    plan: Plan
    feasible: bool
    note: str


@dataclass(frozen=True, slots=True)
class Price:
    """What five more days of a skill in every quarter are worth, in risk points x quarters."""

    skill: str
    gained: Decimal
    proven: bool


def planned(task: Task, planner: Planner, *, canonical: bool = True) -> tuple[Plan, bool]:
    """The best plan that keeps every date, or the one that misses dates by least; and whether dates hold."""
    plan = planner.best(task, canonical=canonical)
    return (planner.least_late(task), False) if plan is None else (plan, not plan.late)


def scenarios(task: Task, planner: Planner, first: Plan, holds: bool) -> list[Scenario]:
    """The given capacity, whose plan is known, and five others."""
    found: list[Scenario] = []
    for name, percent in SCENARIOS:
        scaled = task.scaled(percent)
        plan, feasible = (first, holds) if percent == 100 else planned(scaled, planner, canonical=False)
        found.append(Scenario(name, scaled, plan, feasible, "" if feasible else why_late(scaled, plan)))
    return found


def prices(task: Task, planner: Planner, plan: Plan, holds: bool) -> list[Price]:
    """For each skill of the team; only what the plan with all its dates can be compared with."""
    if not holds:
        return []
    found: list[Price] = []
    for skill in sorted(task.capacity):
        more = planner.best(task.with_more(skill, EXTRA_HALF_DAYS), canonical=False)
        assert more is not None, "more capacity never makes a plan impossible"
        proven = more.proven and plan.proven
        found.append(Price(skill, point_quarters(max(0, more.area - plan.area)), proven))
    return found


def point_quarters(area: int) -> Decimal:
    """Z (points x half-quarters x 10) as risk points x quarters."""
    return Decimal(area) / 20


def residual(baseline: Decimal, reduced: Mapping[str, Decimal], plan: Plan, quarter: int) -> Decimal:
    """Risk points left after a quarter; 0 is the start."""
    done = (points for name, points in reduced.items() if plan.quarter_of[name] <= min(quarter, QUARTERS[-1]))
    return baseline - sum(done, Decimal(0))


def why_late(task: Task, plan: Plan) -> str:
    """One sentence for each date that does not hold, with what stands before it."""
    return " ".join(_why_one_is_late(task, name) for name in sorted(plan.late))


def _why_one_is_late(task: Task, name: str) -> str:
    job, before = task.by_id[name], task.before(name)
    until = min(job.due_quarter, QUARTERS[-1])
    when = f"by the end of quarter {until}" if job.due_offset == 60 else f"by working day {max(0, job.due or 0)}"
    if job.due is None or job.due <= 0:
        return f"{name} cannot keep its date: it lies before the plan begins."
    chain = f" after {listed(before)}" if before else ""
    reason = shortage(task, name, until) or too_long(task, name) or (
        "with the other dates that must hold, no quarter has room for all of them"
    )  # fmt: skip
    return f"{name}{chain} cannot finish {when}: {reason}."


def shortage(task: Task, name: str, until: int) -> str | None:
    """The skill of which a package and all before it need more than there is until the end of a quarter."""
    chain = [task.by_id[one] for one in (*task.before(name), name)]
    for skill in sorted(task.capacity.keys() | {skill for job in chain for skill in job.needs}):
        needed = sum(job.needs.get(skill, 0) for job in chain)
        free = sum(task.capacity.get(skill, (0, 0, 0, 0))[:until])
        if needed > free:
            own = task.by_id[name].needs.get(skill, 0)
            before = f", {days(needed - own)} of them before it," if needed > own else ""
            return f"together they need {days(needed)} {skill} days{before} and {days(free)} are free until then"
    return None


def too_long(task: Task, name: str) -> str | None:
    """The chain whose working days do not fit before the date."""
    job = task.by_id[name]
    chains = {first: length for (first, last), length in task.spans.items() if last == name} | {name: job.elapsed}
    first = min(chains, key=lambda one: (-chains[one], one))
    if job.due is not None and chains[first] > job.due:
        return f"from {first} on, the chain takes {chains[first]} working days and {job.due} are left"
    return None


def undone(plan: Plan) -> list[str]:
    """Packages that stand later, sorted."""
    return sorted(name for name, quarter in plan.quarter_of.items() if quarter == LATER)


def days(half_days: int) -> str:
    """Half-days in days, as people write them."""
    return f"{half_days // 2}" if half_days % 2 == 0 else f"{half_days / 2:.1f}"


def listed(names: Sequence[str]) -> str:
    """a, b and c."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""

"""Why a package stands where it stands, and what it would cost to have it one quarter earlier."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from assessment.roadmap.planner import DAYS, LATER, QUARTERS, Job, Plan, Planner, Task
from assessment.roadmap.scenarios import days, listed, point_quarters

FEW = 25
"""Up to so many packages, every question is answered exactly; beyond it the most valuable ones are."""
EXACT_ANSWERS = 12
_TENTH = Decimal("0.1")


def why(task: Task, plan: Plan) -> dict[str, str]:
    """One sentence a package: its date, what needs it, or the risk that a day of its work removes."""
    ranked = sorted(task.jobs, key=lambda job: (-_a_day(job), job.id))
    rank = {job.id: at for at, job in enumerate(ranked, 1)}
    return {job.id: _why(task, plan, job, rank[job.id]) for job in task.jobs}


def why_not_earlier(task: Task, plan: Plan, planner: Planner) -> dict[str, str]:
    """What moving a package one quarter forward loses, or what forbids it; nothing for the first quarter.

    Exact answers come from planning again with the package held there. Where a plan is large only the most
    valuable packages get one; for the others packages outside the quarters concerned stay put, which can only
    overstate the loss, and the sentence says "at most".
    """
    asked = [job for job in task.jobs if plan.quarter_of[job.id] > 1]
    ranked = sorted(asked, key=lambda job: (-job.value, job.id))
    exact = {job.id for job in (asked if len(task.jobs) <= FEW else ranked[:EXACT_ANSWERS])}
    if not plan.proven:
        exact = set()
    return {job.id: _earlier(task, plan, planner, job, job.id in exact) for job in asked}


def _why(task: Task, plan: Plan, job: Job, rank: int) -> str:
    quarter = plan.quarter_of[job.id]
    removes = f"removes {_points(job.value)} risk points for {_total(job)} of work"
    if quarter == LATER:
        alone = _beyond_any_quarter(task, job)
        return f"Later: {alone}." if alone else f"Later: it {removes}; what stands in the year removes more, sooner."
    if job.id in plan.late:
        return f"Quarter {quarter}, {_quarters(plan.late[job.id])} after its date, as early as the team can."
    if job.has_date and quarter == job.due_quarter:
        return f"Quarter {quarter}, because it has to be finished in it; it {removes}."
    needing = sorted(
        one.id for one in task.jobs if job.id in task.before(one.id) and plan.quarter_of[one.id] < LATER
    )  # fmt: skip
    if needing and rank > len(task.jobs) // 3:
        return f"Quarter {quarter}, because {listed(needing)} cannot begin before it is done; it {removes}."
    by_day = f"{_points_a_day(job)} a day, number {rank} of {len(task.jobs)} by that measure"
    return f"Quarter {quarter}: it {removes}, {by_day}."


def _earlier(task: Task, plan: Plan, planner: Planner, job: Job, exact: bool) -> str:
    wanted = plan.quarter_of[job.id] - 1
    forbidden = _forbidden(task, job, wanted)
    if forbidden:
        return f"Quarter {wanted} is not possible: {forbidden}."
    forced = {job.id: wanted} if exact else {job.id: wanted} | _elsewhere(task, plan, job, wanted)
    other = planner.best(task, forced=forced, canonical=False)
    if other is None:
        dated = listed([one.id for one in task.jobs if one.has_date and one.id != job.id])
        held = f"with the dates of {dated} kept, " if dated else ""
        if exact:
            return f"Quarter {wanted} is not possible: {held}it has no room for this and for what must come before."
        return f"Quarter {wanted} has no room for it unless other quarters are planned anew."
    loss = max(0, plan.area - other.area)
    if not loss:
        return f"Quarter {wanted} would be as good for the area avoided; this order finishes more of the rest earlier."
    told = point_quarters(loss).quantize(_TENTH, ROUND_HALF_UP)
    most = "" if exact and other.proven else "at most "
    return f"In quarter {wanted} the plan would avoid {most}{told:,} point-quarters less."


def _forbidden(task: Task, job: Job, quarter: int) -> str | None:
    """What can be said without planning again."""
    if quarter < job.earliest:
        return f"it may not begin before quarter {job.earliest}"
    for skill, needed in sorted(job.needs.items()):
        free = task.capacity.get(skill, (0, 0, 0, 0))[quarter - 1]
        if needed > free:
            return f"it needs {days(needed)} {skill} days and that quarter has {days(free)}"
    before = task.before(job.id)
    for skill in sorted({skill for one in (*before, job.id) for skill in task.by_id[one].needs}):
        needed = sum(task.by_id[one].needs.get(skill, 0) for one in (*before, job.id))
        free = sum(task.capacity.get(skill, (0, 0, 0, 0))[:quarter])
        if needed > free:
            return (
                f"with {listed(before)}, which must come before it, it needs {days(needed)} {skill} days "
                f"and {days(free)} are free until then"
            )
    chains = [(length, first) for (first, last), length in task.spans.items() if last == job.id]
    length, first = max(chains, default=(0, ""))
    if length > DAYS * quarter:
        return f"the chain from {first} to it takes {length} working days"
    return None


def _elsewhere(task: Task, plan: Plan, job: Job, wanted: int) -> dict[str, int]:
    """Everything that the exchange leaves where it is: all but its two quarters and what stands later."""
    moving = {wanted, wanted + 1, LATER}
    return {one.id: plan.quarter_of[one.id] for one in task.jobs if plan.quarter_of[one.id] not in moving}


def _beyond_any_quarter(task: Task, job: Job) -> str | None:
    for skill, needed in sorted(job.needs.items()):
        most = max(task.capacity.get(skill, (0, 0, 0, 0))[quarter - 1] for quarter in QUARTERS)
        if needed > most:
            return f"it needs {days(needed)} {skill} days at once and no quarter has more than {days(most)}"
    return None


def _a_day(job: Job) -> Decimal:
    return Decimal(job.value) / 5 / max(1, sum(job.needs.values()))


def _points_a_day(job: Job) -> Decimal:
    return _a_day(job).quantize(_TENTH, ROUND_HALF_UP)


def _points(value: int) -> str:
    return f"{Decimal(value) / 10:,}"


def _total(job: Job) -> str:
    half_days = sum(job.needs.values())
    return "1 day" if half_days == 2 else f"{days(half_days)} days"


def _quarters(number: int) -> str:
    return "one quarter" if number == 1 else f"{number} quarters"



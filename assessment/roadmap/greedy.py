"""What planning without optimising gives: most risk a half-day first. The plan is printed beside it."""

from __future__ import annotations

from fractions import Fraction

from assessment.roadmap.planner import DAYS, LATER, QUARTERS, Job, Task, finish_days


def by_density(task: Task) -> dict[str, int]:
    """Quarter by quarter the densest package that fits, prerequisites and room respected, dates ignored."""
    quarters = dict.fromkeys(task.by_id, LATER)
    ranked = sorted(task.jobs, key=lambda job: (-_density(job), job.id))
    for quarter in QUARTERS:
        free = {skill: days[quarter - 1] for skill, days in task.capacity.items()}
        risky = len(task.jobs) if task.risky_per_quarter is None else task.risky_per_quarter
        chosen: Job | None = ranked[0] if ranked else None
        while chosen is not None:
            chosen = next((job for job in ranked if _fits(task, job, quarter, quarters, free, risky)), None)
            if chosen is not None:
                quarters[chosen.id] = quarter
                risky -= chosen.risky
                for skill, days in chosen.needs.items():
                    free[skill] = free.get(skill, 0) - days
    return quarters


def _density(job: Job) -> Fraction:
    return Fraction(job.value, max(1, sum(job.needs.values())))


def _fits(task: Task, job: Job, quarter: int, quarters: dict[str, int], free: dict[str, int], risky: int) -> bool:
    if quarters[job.id] < LATER or quarter < job.earliest or (job.risky and not risky):
        return False
    if any(quarters[one] == LATER for one in job.after):
        return False
    if any(days > free.get(skill, 0) for skill, days in job.needs.items()):
        return False
    return finish_days(task, quarters | {job.id: quarter})[job.id] <= DAYS * quarter

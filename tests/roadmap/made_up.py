"""Random tasks of a kind that clients have: overlapping skills, chains, some dates, more work than time."""

from __future__ import annotations

import random

from assessment.roadmap.planner import Job, Task

SKILLS = ("application", "platform", "security", "sre")


def task(packages: int, seed: int, *, dates: bool = True, alike: bool = False) -> Task:
    """The same numbers give the same task. With `alike` values repeat, so that several plans are equally good."""
    draw = random.Random(seed)
    jobs = [_job(draw, number, dates, alike) for number in range(packages)]
    capacity: dict[str, tuple[int, int, int, int]] = {}
    for skill in SKILLS:
        needed = sum(job.needs.get(skill, 0) for job in jobs)
        even = max(12, needed * 10 // draw.choice((45, 60, 80)))
        capacity[skill] = (even, even, max(12, even - draw.randint(0, 4)), even)
    return Task(tuple(jobs), capacity, draw.choice((None, None, 2)))


def _job(draw: random.Random, number: int, dates: bool, alike: bool) -> Job:
    needs = {skill: draw.randint(1, 12) for skill in draw.sample(SKILLS, draw.choice((1, 1, 2, 2, 3)))}
    before = draw.sample(range(number), min(number, draw.choice((0, 0, 0, 1, 1, 2))))
    return Job(
        id=f"p{number:02}", value=draw.choice((50, 100)) if alike else round(draw.lognormvariate(3, 1) * 10),
        needs=needs, elapsed=draw.choice((5, 10, 15, 20, 30, 45)), after=tuple(f"p{one:02}" for one in sorted(before)),
        due=draw.randint(40, 230) if dates and draw.random() < 0.12 else None,
        earliest=draw.choice((1, 1, 1, 1, 2)), risky=draw.random() < 0.3,
    )  # fmt: skip

"""The worked roadmap of scoring.md, section 9: 23 packages, 11 dependencies, two dates.

The reference does not print elapsed days. A search over all pairs that may or may not share a quarter shows that
its numbers fix three of them: P08 and P10, P12 and P17, P13 and P14 never stand in one quarter, while P08 fits into
a quarter with what it needs. The elapsed days below say just that.
"""

from __future__ import annotations

from decimal import Decimal

from assessment.roadmap.planner import Job, Task

_WRITTEN = """
P01 29.0 sre=1.5
P02 113.9 platform=6
P03 48.9 platform=6,application=4 P02
P04 45.8 platform=2
P05 104.6 application=11,platform=3
P06 56.7 application=12,platform=2
P07 52.6 application=4,platform=2
P08 41.6 platform=15,application=2 P05,P07,P09,P11
P09 54.3 platform=8
P10 62.4 platform=12,application=8,security=3 P08
P11 38.3 platform=6
P12 37.7 platform=9,application=10
P13 5.6 platform=22,application=6,security=3 P02,P12
P14 11.2 platform=10,application=6,sre=4 P13,P03
P15 23.3 platform=2,security=1
P16 21.7 application=4,sre=3
P17 7.0 security=4,application=2 P12
P18 24.1 security=3
P19 6.6 security=3
P20 1.3 platform=3
P21 1.3 application=3
P22 17.4 application=4,sre=3 P16,P01
P23 14.0 security=4,application=2 P17
"""
_ELAPSED = {"P08": 40, "P10": 30, "P12": 40, "P13": 45, "P14": 20, "P17": 25}
_DUE = {"P04": 60, "P08": 120}

BASELINE = 9014
"""Risk points x 10 before anything is done."""

CAPACITY = {"platform": 44, "application": 32, "security": 12, "sre": 8}
"""Half-days a quarter after the reserve."""


def example(*, eks_date: bool = True) -> Task:
    """The example; without `eks_date` the upgrade may finish when it likes, or never."""
    jobs = [_job(line.split(), eks_date) for line in _WRITTEN.split("\n") if line]
    return Task(tuple(jobs), {skill: (days, days, days, days) for skill, days in CAPACITY.items()})


def residuals(task: Task, quarter_of: dict[str, int]) -> list[Decimal]:
    """Risk points left after each quarter."""
    return [
        Decimal(BASELINE - sum(job.value for job in task.jobs if quarter_of[job.id] <= quarter)) / 10
        for quarter in (1, 2, 3, 4)
    ]


def _job(words: list[str], eks_date: bool) -> Job:
    name, points, needs, *after = words
    pairs = (each.split("=") for each in needs.split(","))
    due = _DUE.get(name) if eks_date or name != "P08" else None
    return Job(
        id=name, value=int(Decimal(points) * 10), needs={skill: int(2 * Decimal(days)) for skill, days in pairs},
        elapsed=_ELAPSED.get(name, 10), after=tuple(after[0].split(",")) if after else (), due=due,
    )  # fmt: skip

"""What must hold of every plan, on random tasks, before an independent solver, and at the edges."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from dataclasses import asdict
from typing import Any

import pytest

from assessment.roadmap.greedy import by_density
from assessment.roadmap.highs import Highs
from assessment.roadmap.model import model_of
from assessment.roadmap.planner import LATER, Job, Task, broken_rules
from tests.roadmap.made_up import task
from tests.roadmap.worked_example import example

REFEREED = [
    *(task(6 + seed % 10, seed) for seed in range(24)),
    *(task(9, seed, alike=True, dates=False) for seed in range(100, 108)), example(), example().scaled(75),
    example(eks_date=False).scaled(75),
]  # fmt: skip
HIGHS = Highs()


def _told(one: Task) -> dict[str, Any]:
    jobs = [asdict(job) | {"due": job.due if job.has_date else None} for job in one.jobs]
    return {"jobs": jobs, "capacity": one.capacity, "risky": one.risky_per_quarter}


@pytest.fixture(scope="module")
def judged() -> list[dict[str, Any] | None]:
    command = [sys.executable, "-m", "tests.roadmap.referee"]
    given = json.dumps([_told(one) for one in REFEREED])
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False, cwd=ROOT_OF_PROJECT)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any] | None] = json.loads(done.stdout)
    return found


ROOT_OF_PROJECT = __file__.removesuffix("/tests/roadmap/test_planner.py")


def test_an_independent_solver_finds_the_same_plans(judged: list[dict[str, Any] | None]) -> None:
    assert any(one is None for one in judged) and sum(one is not None for one in judged) > 6
    for each, expected in zip(REFEREED, judged, strict=True):
        plan = HIGHS.best(each)
        if expected is None:
            assert plan is None
        else:
            assert plan is not None and plan.proven
            assert plan.area == expected["area"]
            assert dict(plan.quarter_of) == expected["quarters"]


@pytest.mark.parametrize("seed", range(20, 32))
def test_no_plan_breaks_capacity_order_time_or_dates(seed: int) -> None:
    each = task(16, seed)
    plan = HIGHS.best(each, canonical=False)
    if plan is None:
        late = HIGHS.least_late(each)
        assert late.late and not broken_rules(each, late.quarter_of, dates=False)
    else:
        assert not broken_rules(each, plan.quarter_of) and not plan.late


@pytest.mark.parametrize("alike", [False, True])
def test_shuffled_input_and_another_seed_give_the_same_plan(alike: bool) -> None:
    each = task(12, 40, alike=alike)
    plan = HIGHS.best(each)
    jobs = list(each.jobs)
    random.Random(5).shuffle(jobs)
    capacity = dict(reversed(each.capacity.items()))
    shuffled = Task(tuple(jobs), capacity, each.risky_per_quarter)
    assert plan is not None and plan.proven
    assert HIGHS.best(shuffled) == plan
    for seed in (1, 77):
        assert Highs(seed=seed).best(each) == plan


def test_of_equal_plans_the_first_in_the_order_of_ids_is_taken() -> None:
    jobs = tuple(Job(name, 10, {"platform": 2}, 5) for name in "abcdef")
    plan = HIGHS.best(Task(jobs, {"platform": (2, 2, 2, 2)}))
    assert plan is not None and plan.proven
    assert plan.quarter_of == {"a": 1, "b": 2, "c": 3, "d": 4, "e": LATER, "f": LATER}


@pytest.mark.parametrize("seed", range(50, 56))
def test_the_greedy_order_is_allowed_but_never_better(seed: int) -> None:
    each = task(18, seed, dates=False)
    greedy = by_density(each)
    plan = HIGHS.best(each, canonical=False)
    assert not broken_rules(each, greedy)
    assert plan is not None and each.area(greedy) <= plan.area


def test_nothing_to_do_is_a_plan() -> None:
    plan = HIGHS.best(Task((), {"platform": (4, 4, 4, 4)}))
    assert plan is not None and plan.proven and plan.quarter_of == {}


def test_one_package_stands_in_the_first_quarter() -> None:
    plan = HIGHS.best(Task((Job("only", 7, {"sre": 1}, 60),), {"sre": (1, 1, 1, 1)}))
    assert plan is not None and plan.quarter_of == {"only": 1}


def test_a_package_that_fits_no_quarter_stands_later_and_stops_nobody() -> None:
    large, small = Job("large", 900, {"sre": 9}, 10), Job("small", 1, {"sre": 1}, 5)
    jobs = (large, Job("needs-large", 50, {"sre": 1}, 10, ("large",)), small)
    plan = HIGHS.best(Task(jobs, {"sre": (4, 4, 4, 4)}))
    assert plan is not None and plan.quarter_of == {"large": LATER, "needs-large": LATER, "small": 1}


def test_a_skill_that_the_team_lacks_puts_work_later() -> None:
    plan = HIGHS.best(Task((Job("a", 9, {"security": 1}, 5),), {"platform": (9, 9, 9, 9)}))
    assert plan is not None and plan.quarter_of == {"a": LATER}


def test_a_chain_longer_than_a_quarter_is_spread_over_two() -> None:
    jobs = (Job("a", 9, {"sre": 1}, 40), Job("b", 9, {"sre": 1}, 10, ("a",)), Job("c", 9, {"sre": 1}, 30, ("b",)))
    plan = HIGHS.best(Task(jobs, {"sre": (9, 9, 9, 9)}))
    assert plan is not None and plan.quarter_of == {"a": 1, "b": 1, "c": 2}


def test_a_date_inside_a_quarter_holds_to_the_day() -> None:
    def best(due: int) -> object:
        jobs = (Job("a", 1, {"sre": 1}, 20), Job("b", 90, {"sre": 1}, 20, ("a",), due=due))
        return HIGHS.best(Task(jobs, {"sre": (9, 9, 9, 9)}, None))

    assert best(39) is None
    assert best(40) is not None


def test_a_date_before_the_plan_begins_is_reported_as_missed() -> None:
    each = Task((Job("a", 1, {"sre": 1}, 20, due=0), Job("b", 5, {"sre": 1}, 20)), {"sre": (9, 9, 9, 9)})
    assert HIGHS.best(each) is None
    late = HIGHS.least_late(each)
    assert late.late == {"a": 1} and late.quarter_of == {"a": 1, "b": 1}


def test_a_date_beyond_the_year_binds_nothing() -> None:
    plan = HIGHS.best(Task((Job("a", 0, {"sre": 9}, 20, due=241),), {"sre": (4, 4, 4, 4)}))
    assert plan is not None and plan.quarter_of == {"a": LATER} and not plan.late


def test_a_search_cut_short_gives_a_lawful_plan_that_says_so() -> None:
    each = task(30, 3, dates=False)
    plan = Highs(nodes=0).best(each)
    assert plan is not None and not plan.proven and plan.bound >= plan.area
    assert not broken_rules(each, plan.quarter_of)


@pytest.mark.parametrize(
    ("jobs", "says"),
    [
        ((Job("a", 1, {}, 5, ("b",)), Job("b", 1, {}, 5, ("a",))), "circle"),
        ((Job("a", 1, {}, 5, ("nobody",)),), "nobody"),
        ((Job("a", 1, {}, 61),), "61 working days"),
        ((Job("a", 1, {}, 5), Job("a", 2, {}, 5)), "one id"),
    ],
)
def test_a_task_that_makes_no_sense_is_refused(jobs: tuple[Job, ...], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Task(jobs, {})


def test_the_same_model_has_the_same_fingerprint_and_another_has_another() -> None:
    assert model_of(example()).sha256() == model_of(example()).sha256()
    assert model_of(example()).sha256() != model_of(example(eks_date=False)).sha256()

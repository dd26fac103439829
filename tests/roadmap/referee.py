"""An independent judge: section 6 of scoring.md as it is written, with finish days, in OR-Tools' CP-SAT.

Runs in a process of its own (`python -m tests.roadmap.referee < tasks.json > answers.json`), since OR-Tools and
HiGHS cannot be imported into one. It shares no code with the planner.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from ortools.sat.python import cp_model

WEIGHTS = {1: 7, 2: 5, 3: 3, 4: 1, 5: 0}


def answer(task: dict[str, Any]) -> dict[str, Any] | None:
    """Quarters of the best, earliest and first plan with its area; None when the dates cannot be kept."""
    model = cp_model.CpModel()
    jobs = {job["id"]: job for job in task["jobs"]}
    at = {name: {quarter: model.new_bool_var("") for quarter in WEIGHTS} for name in jobs}
    quarter = {name: sum(one * at[name][one] for one in WEIGHTS) for name in jobs}
    finish = {name: model.new_int_var(0, 240, "") for name in jobs}
    for name, job in jobs.items():
        model.add_exactly_one(at[name].values())
        for one in (1, 2, 3, 4):
            model.add(finish[name] >= 60 * (one - 1) + job["elapsed"]).only_enforce_if(at[name][one])
            model.add(finish[name] <= 60 * one).only_enforce_if(at[name][one])
        model.add(quarter[name] >= job["earliest"])
        if job["due"] is not None:
            model.add(at[name][5] == 0)
            model.add(finish[name] <= job["due"])
        for before in job["after"]:
            model.add(finish[name] >= finish[before] + job["elapsed"]).only_enforce_if(at[name][5].negated())
            model.add_implication(at[before][5], at[name][5])
    for skill, free in task["capacity"].items():
        for one in (1, 2, 3, 4):
            model.add(sum(job["needs"].get(skill, 0) * at[name][one] for name, job in jobs.items()) <= free[one - 1])
    if task["risky"] is not None:
        for one in (1, 2, 3, 4):
            model.add(sum(at[name][one] for name, job in jobs.items() if job["risky"]) <= task["risky"])
    area = sum(WEIGHTS[one] * job["value"] * at[name][one] for name, job in jobs.items() for one in WEIGHTS)
    model.maximize(area)
    best = _solve(model)
    if best is None:
        return None
    model.add(area == round(best.objective_value))
    model.minimize(sum(quarter.values()))
    second = _solve(model)
    assert second is not None
    model.add(sum(quarter.values()) == round(second.objective_value))
    found: dict[str, int] = {}
    for name in sorted(jobs):
        model.minimize(quarter[name])
        solved = _solve(model)
        assert solved is not None
        found[name] = round(solved.objective_value)
        model.add(quarter[name] == found[name])
    return {"area": round(best.objective_value), "quarters": found}


def _solve(model: cp_model.CpModel) -> cp_model.CpSolver | None:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    status = solver.solve(model)
    assert status in (cp_model.OPTIMAL, cp_model.INFEASIBLE), solver.status_name(status)
    return solver if status == cp_model.OPTIMAL else None


if __name__ == "__main__":
    json.dump([answer(task) for task in json.load(sys.stdin)], sys.stdout)

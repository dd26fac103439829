"""The compiler against every completion of small random worlds: pass only if all pass, fail only if all fail."""

from __future__ import annotations

import itertools
import random

import pytest

from assessment.checks.compile import FAIL, OUT, PASS, SCOPE_UNKNOWN, UNKNOWN, Compiler
from assessment.checks.expression import Constants
from assessment.checks.syntax import Term, parse
from collectors.tables.coverage import Gap
from collectors.tables.database import arrow, connect, gaps_of, load
from collectors.tables.schema import ClusterContext
from tests.checks.small_worlds import TABLES, World, completions, gaps, holds, make

WORLDS = 60
MOST_COMPLETIONS = 1_500
RULES = [
    ("not is_big", "every(parts, not is_open)"),
    ("true", "none(parts, is_open and level = 2)"),
    ("true", "some(parts, is_open) or every(parts, level = 1)"),
    ("true", "every(parts, is_open or not is_open or level = 1)"),
    ("replicas >= 2", "at_least(1, budgets, true) and at_most(1, budgets, true)"),
    ("true", "every(budgets, this.replicas - least >= 1)"),
    ("some(budgets, true)", "none(budgets, least > 1)"),
    ("true", "some(account, true)"),
    ("true", "not is_big or none(account, is_admin)"),
    ("true", "some(volume_account, not is_admin) or not is_big"),
    ("true", "none(volume_account, is_admin)"),
    ("true", "some(facts, minor - 32 > this.replicas)"),
    ("some(facts, minor in (34))", "is_big"),
    ("true", "at_least_share(50, parts, is_open)"),
    ("true", "at_least_share(60, budgets, least = 1)"),
    ("true", "at_least(2, parts, level between 1 and 2)"),
    ("true", "at_most(1, parts, is_open)"),
    ("true", "some(account, every(users, replicas >= 2))"),
    ("true", "some(account, at_most(1, users, true) and not is_admin)"),
    ("is_big", "is_big or replicas = 1"),
    ("account = 'x'", "account not in ('y') and replicas <> 2"),
]


@pytest.mark.parametrize(("within", "rule"), RULES, ids=[rule for _, rule in RULES])
@pytest.mark.parametrize(
    ("judged_is_unseen", "guarded"), [(False, False), (True, False), (False, True)], ids=["seen", "unseen", "guarded"]
)
def test_a_verdict_is_never_stronger_than_every_world_that_could_be_true(
    within: str, rule: str, judged_is_unseen: bool, guarded: bool
) -> None:
    chance = random.Random(f"{within}/{rule}")
    worlds = [make(f"w{number}", chance, judged_is_unseen) for number in range(WORLDS)]
    terms = parse(within), parse(rule)
    got = _compiled_verdicts(worlds, terms, judged_is_unseen, guarded)
    decided = 0
    for world in worlds:
        truths = _truths(world, terms)
        if truths is None:
            continue
        decided += got[world.name] in (PASS, FAIL, OUT)
        assert _sound(got[world.name], truths, judged_is_unseen), (world, got[world.name], truths)
    assert decided or judged_is_unseen, "worlds in which nothing is decided prove nothing"


def _sound(code: int, truths: set[str], judged_is_unseen: bool) -> bool:
    if judged_is_unseen:
        return code in (UNKNOWN, SCOPE_UNKNOWN) or (code in (PASS, OUT) and "fail" not in truths)
    if code in (UNKNOWN, SCOPE_UNKNOWN):
        return True
    return truths == {{PASS: "pass", FAIL: "fail", OUT: "out"}[code]}


def test_what_every_completion_agrees_on_is_mostly_decided() -> None:
    """Soundness alone is cheap: `unknown` everywhere would pass. Most of what can be known must be known."""
    agreed = decided = 0
    for within, rule in RULES:
        chance = random.Random(f"{rule}/{within}")
        worlds = [make(f"w{number}", chance, False) for number in range(WORLDS // 2)]
        terms = parse(within), parse(rule)
        got = _compiled_verdicts(worlds, terms, False, False)
        for world in worlds:
            truths = _truths(world, terms)
            if truths is not None and len(truths) == 1:
                agreed += 1
                decided += got[world.name] in (PASS, FAIL, OUT)
    assert agreed > 200
    assert decided > 0.9 * agreed, f"{decided} of {agreed}"


def _truths(world: World, terms: tuple[Term, Term]) -> set[str] | None:
    """Every verdict that some completion gives; None where there are too many to try."""
    truths: set[str] = set()
    for number, whole in enumerate(completions(world)):
        if number > MOST_COMPLETIONS:
            return None
        judged = whole["owners"][0]
        inside = holds(terms[0], judged, None, "owners", whole)
        if {"pass", "fail"} <= truths:
            break
        truths.add("out" if not inside else "pass" if holds(terms[1], judged, None, "owners", whole) else "fail")
    return truths


def _compiled_verdicts(
    worlds: list[World], terms: tuple[Term, Term], judged_is_unseen: bool, guarded: bool
) -> dict[str, int]:
    connection = connect()
    contexts = {world.name: ClusterContext(world.name, "running", None, False) for world in worlds}
    all_gaps: list[Gap] = []
    for world in worlds:
        all_gaps.extend(gaps(world, len(all_gaps)))
    for name, declared in TABLES.items():
        hidden = judged_is_unseen and name in ("owners", "parts", "budgets")
        rows = [] if hidden else [tuple(row.values()) for world in worlds for row in world.rows[name]]
        load(connection, declared, arrow(declared, rows), gaps_of(declared, all_gaps, TABLES), contexts)
    query = Compiler(TABLES, Constants("2026-01-01 00:00:00", {}), guarded=guarded).query(TABLES["owners"], [terms])
    answers = connection.execute(f"select o.cluster, v0 from ({query}) a join owners o on o.rid = a.rid").fetchall()
    found = {cluster: list(codes) for cluster, codes in itertools.groupby(sorted(answers), key=lambda pair: pair[0])}
    assert all(len(codes) == 1 for codes in found.values())
    return {cluster: codes[0][1] for cluster, codes in found.items()}

"""Our own questions: complete, answerable, spread over the two weeks, and each of them a check."""

from __future__ import annotations

import csv
import functools
import re
from collections import Counter
from pathlib import Path

import pytest

from assessment.checks.load import Check, library
from assessment.derived.run import all_tables
from collectors.people.questions import DIMENSIONS, LAST_DAY, NOBODY_KNOWS, all_questions, questions_of
from tests.inputs import inputs


@functools.cache
def answer_checks() -> dict[str, Check]:
    """Question id -> the check that judges its answer."""
    found = {}
    for check in library(all_tables()):
        if check.table == "answers":
            named = re.fullmatch(r"question_id = '(.+)'", check.written.within)
            assert named is not None, check.check_id
            found[named[1]] = check
    return found


def test_every_dimension_asks_at_least_eight_questions() -> None:
    assert all(len(questions_of(dimension)) >= 8 for dimension in DIMENSIONS)


def test_no_id_is_asked_twice() -> None:
    asked = sum(len(questions_of(dimension)) for dimension in DIMENSIONS)
    assert asked == len(all_questions())


def test_every_question_of_the_reference_is_asked_in_other_words() -> None:
    rows = csv.DictReader(inputs("..", "reference", "questionnaire.csv").read_text(encoding="utf-8").splitlines())
    reference = {row["id"]: row for row in rows}
    assert set(reference) == set(all_questions())
    for name, (dimension, question) in all_questions().items():
        assert reference[name]["dimension"] == dimension
        assert reference[name]["question"] != question.question


def test_every_question_offers_a_sound_choice_a_weak_one_and_that_nobody_knows() -> None:
    for _, question in all_questions().values():
        standings = [choice.standing for choice in question.choices]
        assert standings[0] == "sound" and "partly" in standings and "unsound" in standings[:-1], question.id
        assert question.choices[-1] == NOBODY_KNOWS
        assert NOBODY_KNOWS.standing == "unsound"


def test_questions_are_spread_over_the_two_weeks() -> None:
    days = Counter(question.day for _, question in all_questions().values())
    assert min(days) == 1 and max(days) <= LAST_DAY - 2, "the last two days are for what came late"
    assert len(days) >= 6


def test_every_question_is_a_check_with_its_own_words() -> None:
    checks = answer_checks()
    assert set(checks) == set(all_questions())
    for texts in ([one.written.title for one in checks.values()], [one.written.why for one in checks.values()]):
        assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("name", sorted(all_questions()))
def test_the_check_of_a_question_says_where_the_question_belongs(name: str) -> None:
    dimension, question = all_questions()[name]
    check = answer_checks()[name]
    assert check.check_id == "answers." + re.sub(r"[.-]", "_", name)
    assert (check.written.dimension, check.written.layer) == (dimension, question.layer)
    assert check.written.passes_when == "standing = 'sound'"


def test_checks_that_questions_are_linked_to_exist() -> None:
    known = {check.check_id for check in library(all_tables())}
    linked = {name for _, question in all_questions().values() for name in question.linked_checks}
    assert linked <= known


def test_every_remedy_of_an_answer_is_written(root: Path) -> None:
    remedies = {path.stem for path in (root / "assessment" / "roadmap" / "remedies").glob("*.yaml")}
    assert {check.written.remedy for check in answer_checks().values()} <= remedies

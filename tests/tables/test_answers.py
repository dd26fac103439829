"""The table of answers: every question a row, the newest sheet counts, and nothing malformed becomes sound."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from collectors.people.questions import all_questions
from collectors.tables.people.answers import ANSWER, ASKED, AnswerRow, Answers
from collectors.tables.schema import ClusterContext, Sighting

CONTEXT = ClusterContext("answers", "declared", None, whole=True)
GIVEN = {"choice": "approved", "date": "2026-10-01", "role": "Storage owner", "attachments": [], "signed": True}


def rows(*sheets: tuple[str, Any]) -> dict[str, AnswerRow]:
    """Rows by question id, of sheets seen in this order: (name, body)."""
    builder = Answers(CONTEXT)
    for number, (name, body) in enumerate(sheets, start=1):
        builder.observe(Sighting(ANSWER, None, name, None, 0, body, [f"E-{number}#/"]))
    return {row.question_id: row for row in builder.rows()["answers"]}


def policy(answer: Any) -> AnswerRow:
    return rows(("storage-backup", {"answers": {"store.backup-policy": answer}}))["store.backup-policy"]


def test_an_answer_is_a_row_with_its_place() -> None:
    row = policy(GIVEN)
    assert (row.name, row.dimension, row.layer) == ("store.backup-policy", "storage-backup", "cluster")
    assert (row.choice, row.standing, row.answered_at) == ("approved", "sound", datetime(2026, 10, 1))
    assert (row.answered_by_role, row.attachments, row.signed) == ("Storage owner", 0, True)
    assert row.evidence_refs == ["E-1#/answers/store.backup-policy"]


@pytest.mark.parametrize(
    ("choice", "standing"), [("draft", "partly"), ("none", "unsound"), ("nobody-knows", "unsound")]
)
def test_a_choice_means_what_the_question_says(choice: str, standing: str) -> None:
    assert policy(GIVEN | {"choice": choice}).standing == standing


@pytest.mark.parametrize(
    "answer", [None, {}, [], "approved", {"choice": None}, {"choice": ["approved"]}, {"choice": "was-a-choice-once"}]
)
def test_what_is_no_answer_of_today_is_not_known(answer: Any) -> None:
    row = policy(answer)
    assert (row.choice, row.standing, row.answered_at, row.signed, row.attachments) == (None,) * 5


@pytest.mark.parametrize("day", [None, "", "soon", 20261001, "2026-13-01", "20261001T00", ["2026-10-01"]])
def test_a_day_that_is_none_is_not_known(day: Any) -> None:
    row = policy(GIVEN | {"date": day})
    assert (row.choice, row.standing, row.answered_at) == ("approved", None, None)


@pytest.mark.parametrize("body", [{}, {"answers": None}, {"answers": []}, {"answers": {"no.such": GIVEN}}])
def test_a_sheet_without_known_answers_gives_no_row_of_its_own(body: Any) -> None:
    assert rows(("storage-backup", body)) == {}


def test_where_it_is_known_what_was_asked_every_question_is_a_row() -> None:
    asked: tuple[str, Any] = (ASKED, {"questions": {}})
    found = rows(("storage-backup", {"answers": {"store.backup-policy": GIVEN}}), asked)
    assert set(found) == set(all_questions())
    assert found["store.restore-last"].standing is None
    assert found["store.restore-last"].evidence_refs == ["E-2#/questions/storage-backup"]


def test_the_newest_sheet_of_a_dimension_counts() -> None:
    older = ("storage-backup", {"answers": {"store.backup-policy": GIVEN}})
    newer = ("storage-backup", {"answers": {"store.backup-policy": GIVEN | {"choice": "none"}}})
    row = rows(older, newer)["store.backup-policy"]
    assert (row.choice, row.evidence_refs) == ("none", ["E-2#/answers/store.backup-policy"])


def test_an_answer_in_the_sheet_of_another_dimension_does_not_count() -> None:
    assert rows(("cicd", {"answers": {"store.backup-policy": GIVEN}})) == {}

"""Status: which day it is, what is open and late, and who closes most of it."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from assessment.open_questions import open_questions_of, state_of, whom_to_ask, working_day
from assessment.standing import show
from assessment.workspace import Workspace
from collectors.people.questions import all_questions
from collectors.people.templates import templates

MONDAY = date(2026, 11, 16)


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2026, 11, 15), 0),
        (date(2026, 1, 1), 0),
        (MONDAY, 1),
        (date(2026, 11, 20), 5),
        (date(2026, 11, 22), 5),
        (date(2026, 11, 23), 6),
        (date(2026, 11, 27), 10),
        (date(2026, 11, 30), 11),
    ],
)
def test_only_working_days_count(today: date, day: int) -> None:
    assert working_day(MONDAY, today) == day


def test_a_question_is_late_from_the_day_after_and_at_the_end_all_are() -> None:
    assert [state_of(4, day) for day in (None, 0, 3, 4, 5)] == [
        "open", "not yet due", "not yet due", "due today", "overdue"
    ]  # fmt: skip
    assert state_of(10, 11) == "overdue"


def answers(**given: tuple[str | None, datetime | None]) -> pa.Table:
    kinds = {"question_id": pa.string(), "choice": pa.string(), "answered_at": pa.timestamp("us")}
    schema = pa.schema([pa.field(name, kind) for name, kind in kinds.items()])
    rows = [{"question_id": name, "choice": said, "answered_at": day} for name, (said, day) in given.items()]
    return pa.Table.from_pylist(rows, schema=schema)


def test_open_are_the_unanswered_the_unseen_and_what_was_answered_too_long_ago() -> None:
    given = answers(**{
        "store.backup-policy": ("approved", datetime(2026, 11, 1)),
        "store.restore-last": ("older-or-never", datetime(2025, 11, 1)),
        "store.media-disposal": (None, None),
    })  # fmt: skip
    found = {row["question_id"]: row for row in open_questions_of(given, MONDAY, date(2026, 11, 19)).to_pylist()}
    assert set(found) == set(all_questions()) - {"store.backup-policy"}
    assert found["store.restore-last"]["state"] == "out of date"
    assert found["store.media-disposal"] == {
        "question_id": "store.media-disposal", "dimension": "storage-backup",
        "question": "How are old volumes, snapshots and backups found and destroyed, and who approves that?",
        "ask": "Storage owner", "state": "overdue", "day_due": 3,
    }  # fmt: skip


def test_without_a_first_day_open_is_all_that_can_be_said() -> None:
    states = set(open_questions_of(answers(), None, date(2026, 11, 19)).column("state").to_pylist())
    assert states == {"open"}


def test_whoever_closes_most_due_questions_is_asked_first_and_each_question_counts_once() -> None:
    open_now = {name: state_of(question.day, 4) for name, (_, question) in all_questions().items()}
    people = whom_to_ask(open_now.items())
    assert [len(one.due) for one in people] == sorted((len(one.due) for one in people), reverse=True)
    asked = [name for one in people for name in (*one.due, *one.later)]
    assert sorted(asked) == sorted(all_questions())
    assert people == whom_to_ask(reversed(list(open_now.items()))), "the order of the input does not matter"


def workspace(path: Path, engagement: str) -> Workspace:
    for name, text in templates("Acme").items():
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).write_text(text, encoding="utf-8")
    (path / "engagement.yaml").write_text(engagement, encoding="utf-8")
    return Workspace(path)


def test_status_says_the_day_what_is_late_and_whom_to_ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    show(workspace(tmp_path, "client: Acme\nsurvey: {first_day: 2026-11-16}\n"), date(2026, 11, 19))
    said = capsys.readouterr().out
    assert "Day 4 of 10 (since 2026-11-16)" in said
    assert "Whom to ask next: 5 of" in said
    rows = {line.split()[0]: line.split()[1:] for line in said.splitlines() if line.strip()}
    assert rows["storage-backup"] == ["0", "9", "2", "5", "0"]
    assert rows["all"][:2] == ["0", "84"]
    assert "kubesurvey collect" in said


@pytest.mark.parametrize(
    ("today", "told"),
    [
        (date(2026, 11, 2), "The two weeks begin on 2026-11-16."),
        (date(2026, 12, 24), "The two weeks that began on 2026-11-16 are over."),
    ],
)
def test_before_and_after_the_two_weeks_status_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], today: date, told: str
) -> None:
    show(workspace(tmp_path, "client: Acme\nsurvey: {first_day: 2026-11-16}\n"), today)
    assert told in capsys.readouterr().out


def test_a_workspace_without_first_day_or_questionnaire_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "engagement.yaml").write_text("client: \"A\\e[31m\"\n")
    show(Workspace(tmp_path), date(2026, 11, 19))
    said = capsys.readouterr().out
    assert "survey.first_day" in said and "No questionnaire" in said
    assert "\x1b" not in said

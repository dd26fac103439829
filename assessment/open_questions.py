"""Which questions are still open, which of them are late, and whose answers would close most of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pyarrow as pa

from assessment.recording import as_columns, columns
from collectors.people.questions import HOLDS, LAST_DAY, all_questions

OPEN_QUESTIONS = columns("question_id, dimension, question, ask, state, day_due int")
DUE = ("overdue", "due today", "out of date")


@dataclass(frozen=True, slots=True)
class Person:
    """A role and the open questions that it is asked, those that are due first."""

    role: str
    due: tuple[str, ...]
    later: tuple[str, ...]


def working_day(first_day: date, today: date) -> int:
    """Which working day of the survey this is, from 1; 0 before it begins. A weekend counts as the Friday."""
    days = (today - first_day).days + 1
    return sum((first_day + timedelta(days=each)).weekday() < 5 for each in range(min(days, 366)))


def state_of(day_due: int, day: int | None) -> str:
    """Of an open question: overdue, due today or not yet due; `open` where nobody said when the survey began.

    From the day after the two weeks on, everything is overdue.
    """
    if day is None:
        return "open"
    return "overdue" if day_due < day or day > LAST_DAY else "due today" if day_due == day else "not yet due"


def open_questions_of(answers: pa.Table, first_day: date | None, today: date) -> pa.Table:
    """Result `open_questions`: what the table `answers` shows as unanswered, or answered too long ago."""
    day = None if first_day is None else working_day(first_day, today)
    known = {row["question_id"]: row for row in answers.select(["question_id", "choice", "answered_at"]).to_pylist()}
    rows = []
    for name, (dimension, question) in all_questions().items():
        row = known.get(name)
        answered = row is not None and row["choice"] is not None
        if answered and row is not None and not is_out_of_date(row["answered_at"], today):
            continue
        rows.append({
            "question_id": name, "dimension": dimension, "question": question.question, "ask": ", ".join(question.ask),
            "state": "out of date" if answered else state_of(question.day, day), "day_due": question.day,
        })  # fmt: skip
    return as_columns(rows, OPEN_QUESTIONS)


def is_out_of_date(answered: date | datetime | None, today: date) -> bool:
    """Whether an answer of that day no longer holds; one without a day never does."""
    if answered is None:
        return True
    day = answered.date() if isinstance(answered, datetime) else answered
    return day + HOLDS < today


def whom_to_ask(states: Iterable[tuple[str, str]]) -> list[Person]:
    """Roles in the order in which to talk to them, given (question id, state) of what is open.

    First the role that closes most due questions; what it closes no longer counts for the next one.
    """
    given = dict(states)
    left = {name: given[name] for name in all_questions() if name in given}
    asked: list[Person] = []
    while left:
        roles = {role for name in left for role in all_questions()[name][1].ask}
        best = min((_person(role, left) for role in roles), key=lambda one: (-len(one.due), -len(one.later), one.role))
        asked.append(best)
        for name in (*best.due, *best.later):
            del left[name]
    return asked


def _person(role: str, left: dict[str, str]) -> Person:
    mine: Sequence[str] = [name for name in left if role in all_questions()[name][1].ask]
    return Person(
        role, tuple(name for name in mine if left[name] in DUE), tuple(name for name in mine if left[name] not in DUE)
    )

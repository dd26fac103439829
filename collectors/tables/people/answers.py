"""What people answered: one row a question, whether answered or not."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Any, NamedTuple

from collectors.people.questions import HOLDS, Question, all_questions
from collectors.tables.as_written import Section, items, section, text
from collectors.tables.schema import ClusterContext, Column, Sighting, Subject, UnseenPart, table

ANSWER = "people/Answer"
ASKED = "questionnaire"
"""The item that says which questions were in the questionnaire; every other is a sheet of answers."""


@table(
    "answers",
    grain="one question of the questionnaire",
    kinds=(ANSWER,),
    namespaced=False,
    one_check_a_row=True,
    subject=Subject(None, None, None, "name", fixed_kind="Question"),
)
class AnswerRow(NamedTuple):
    """A question and the newest answer to it."""

    cluster: Annotated[str, Column("Always `answers`: people speak for the whole estate.")]
    name: Annotated[str, Column("What findings call it: the id of the question.")]
    question_id: Annotated[str, Column("Id of the question.")]
    answer_key: Annotated[str, Column("Surrogate key.", identity=True)]
    dimension: Annotated[str, Column("Dimension that the question belongs to.")]
    layer: Annotated[str, Column("cloud, cluster, container or code.")]
    question: Annotated[str, Column("The question as it is asked today.")]
    choice: Annotated[str | None, Column("Key of the choice; NULL while nobody has answered.")]
    standing: Annotated[
        str | None,
        Column("What the choice means: sound, partly or unsound; NULL while nobody has answered, or not for a year."),
    ]
    answered_at: Annotated[datetime | None, Column("The day on which it was answered, at its beginning.")]
    answered_by_role: Annotated[str | None, Column("Role of whoever answered.")]
    attachments: Annotated[int | None, Column("Number of files attached to the answer.")]
    signed: Annotated[bool | None, Column("Whether whoever answered stands by it in writing.")]
    basis: Annotated[str, Column("Always declared: an answer says what people believe.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of the newest answer.")]


class Answers:
    """Sheets of answers, the newest of each dimension; questions that no sheet shows are open."""

    reads = (ANSWER,)

    def __init__(self, cluster: ClusterContext) -> None:
        self._cluster = cluster
        self._sheets: dict[str, Sighting] = {}

    def observe(self, sighting: Sighting) -> None:
        """Later sheets replace earlier ones of the same dimension."""
        self._sheets[sighting.name] = sighting

    def rows(self) -> dict[str, list[Any]]:
        """One row for each question that a sheet holds; all of them where it is known what was asked."""
        asked = self._sheets.get(ASKED)
        found = [
            self._row(dimension, question, asked)
            for dimension, question in all_questions().values()
            if asked is not None or question.id in self._answers(dimension)
        ]
        return {"answers": found}

    def unseen(self) -> list[UnseenPart]:
        """Nothing: a sheet is read whole or not at all."""
        return []

    def _answers(self, dimension: str) -> Section:
        sheet = self._sheets.get(dimension)
        return (section(sheet.object, "answers") or {}) if sheet else {}

    def _row(self, dimension: str, question: Question, asked: Sighting | None) -> AnswerRow:
        answers = self._answers(dimension)
        answer = section(answers, question.id)
        chosen = question.choice(text(answer, "choice"))
        said = answer if chosen else None
        files = items(said, "attachments")
        signed = said.get("signed") if said else None
        answered_at = _day(text(said, "date"))
        return AnswerRow(
            cluster=self._cluster.name,
            name=question.id,
            question_id=question.id,
            answer_key=f"Question/{question.id}",
            dimension=dimension,
            layer=question.layer,
            question=question.question,
            choice=chosen.key if chosen else None,
            standing=chosen.standing if chosen and self._holds(answered_at) else None,
            answered_at=answered_at,
            answered_by_role=text(said, "role"),
            attachments=None if files is None else len(files),
            signed=signed if isinstance(signed, bool) else None,
            basis=self._cluster.basis,
            evidence_refs=self._places(dimension, question, asked),
        )

    def _holds(self, answered_at: datetime | None) -> bool:
        """Does an answer of that day still speak for the day of the survey? One without a day never does."""
        as_of = self._cluster.as_of
        return answered_at is not None and (as_of is None or answered_at + HOLDS >= as_of)

    def _places(self, dimension: str, question: Question, asked: Sighting | None) -> list[str]:
        """Where the answer stands; where the question is listed, when no sheet shows it."""
        if question.id in self._answers(dimension):
            return [f"{ref}answers/{question.id}" for ref in self._sheets[dimension].refs]
        return [f"{ref}questions/{dimension}" for ref in asked.refs] if asked else []


def _day(written: str | None) -> datetime | None:
    try:
        return None if written is None else datetime.combine(date.fromisoformat(written), time(0))
    except ValueError:
        return None


BUILDERS = (Answers,)

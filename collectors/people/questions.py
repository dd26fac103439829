"""The questions of the survey: what is asked, whom, by when, and what each choice means.

They are ours and travel with the code (`data/questionnaire`), one file a dimension. An answer is kept as it was
given; what it means follows from here, so that old answers are judged by today's questions.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from collectors import resources
from collectors.people.checked import Written, checked
from collectors.people.values import Text, WholeNumber
from collectors.people.written_yaml import read_yaml

HOLDS = timedelta(days=365)
"""How long an answer speaks for how things are; afterwards nobody knows (docs/decisions/0014)."""
DIMENSIONS = (
    "architecture", "applications", "scalability", "storage-backup",
    "cicd", "disaster-recovery", "monitoring-health", "security",
)  # fmt: skip
LAST_DAY = 10
"""The survey lasts two working weeks."""

Standing = Literal["sound", "partly", "unsound"]


class Choice(Written):
    """One possible answer and what it means for the client."""

    key: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    standing: Standing
    words: Text


NOBODY_KNOWS = Choice(key="nobody-knows", standing="unsound", words="Nobody who should know can say.")
"""A weakness, not a gap: the person who is accountable was asked and did not know."""


class Question(Written):
    """One question. `day` is the working day of the survey, from 1, by which it should be answered."""

    id: Annotated[str, Field(pattern=r"^[a-z]+\.[a-z0-9-]+$")]
    layer: Literal["cloud", "cluster", "container", "code"]
    question: Text
    ask: tuple[Text, ...]
    day: WholeNumber
    attach: Text
    choices: tuple[Choice, ...]
    linked_checks: tuple[Text, ...] = ()

    @field_validator("day")
    @classmethod
    def _within_the_survey(cls, value: int) -> int:
        if not 1 <= value <= LAST_DAY:
            raise PydanticCustomError("day", "must be a working day of the survey, 1 to 10.")
        return value

    @field_validator("choices")
    @classmethod
    def _always_nobody_knows(cls, value: tuple[Choice, ...]) -> tuple[Choice, ...]:
        keys = [choice.key for choice in value]
        if len(set(keys)) < len(keys) or NOBODY_KNOWS.key in keys or "sound" not in {one.standing for one in value}:
            raise PydanticCustomError("choices", "must differ, hold a sound one and leave out nobody-knows.")
        return (*value, NOBODY_KNOWS)

    def choice(self, key: str | None) -> Choice | None:
        """The choice of that key; None when the question does not offer it."""
        return next((choice for choice in self.choices if choice.key == key), None)


class _File(Written):
    questions: tuple[Question, ...]


@cache
def questions_of(dimension: str) -> tuple[Question, ...]:
    """The questions of a dimension, in the order in which they are asked. Raises InvalidFile."""
    return checked(_File, read_yaml(resources.data("questionnaire", f"{dimension}.yaml"))).questions


@cache
def all_questions() -> Mapping[str, tuple[str, Question]]:
    """Question id -> its dimension and the question, in the order of dimensions."""
    return {one.id: (dimension, one) for dimension in DIMENSIONS for one in questions_of(dimension)}

"""The questionnaire of a workspace: one YAML file a dimension, every question present, read strictly.

A question without a choice is open, whatever notes stand beside it. A choice needs the day on which it was given
and the role of whoever gave it; names are optional.
"""

from __future__ import annotations

import textwrap
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date as calendar_day
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationInfo, create_model, field_validator, model_validator
from pydantic_core import PydanticCustomError

from collectors.people.attachments import inside
from collectors.people.checked import Written, checked
from collectors.people.questions import DIMENSIONS, Question, questions_of
from collectors.people.values import Day, Text, Truth
from collectors.people.written_yaml import read_yaml
from collectors.problems import InvalidFile, Problem, nearest

_TODAY, _FOLDER = "today", "folder"


def _is_there(name: str, info: ValidationInfo) -> str:
    folder = (info.context or {}).get(_FOLDER)
    return name if folder is None else inside(folder, name)


class Answer(Written):
    """What was answered to one question, as written; `signed` when that person stands by it in writing."""

    choice: str | None = None
    detail: Text | None = None
    date: Day | None = None
    answered_by: Text | None = None
    role: Text | None = None
    attachments: tuple[Annotated[Text, AfterValidator(_is_there)], ...] = ()
    signed: Truth = False

    @field_validator("date")
    @classmethod
    def _not_in_the_future(cls, value: calendar_day | None, info: ValidationInfo) -> calendar_day | None:
        today = (info.context or {}).get(_TODAY)
        if value is not None and today is not None and value > today + timedelta(days=1):
            raise PydanticCustomError("future", "is in the future.")
        return value

    @model_validator(mode="after")
    def _a_choice_has_a_day_and_a_role(self) -> Answer:
        lacking = [name for name in ("date", "role") if getattr(self, name) is None]
        if self.choice is not None and lacking:
            told = {"lacking": " and ".join(lacking)}
            raise PydanticCustomError("lacking", "needs {lacking} beside its choice.", told)
        return self


@dataclass(frozen=True, slots=True)
class Sheet:
    """The answers of one dimension by question id; `file` is missing when `found` is False."""

    dimension: str
    file: Path
    found: bool
    answers: Mapping[str, Answer]

    @property
    def attachments(self) -> tuple[str, ...]:
        """Every attached file once, by its path inside the questionnaire folder, sorted."""
        return tuple(sorted({name for answer in self.answers.values() for name in answer.attachments}))

    def is_open(self, question: Question) -> bool:
        """Whether nobody has chosen an answer yet."""
        answer = self.answers.get(question.id)
        return answer is None or answer.choice is None


def read(folder: Path, today: calendar_day | None = None) -> tuple[Sheet, ...]:
    """Every sheet of this folder, in the order of dimensions; a missing file is a sheet without answers.

    Raises InvalidFile with every problem of every file; answers dated after `today` are among them.
    """
    problems = []
    sheets = []
    for dimension in DIMENSIONS:
        try:
            sheets.append(_read(folder, dimension, today))
        except InvalidFile as error:
            problems += error.problems
    problems += _strangers(folder, {name for sheet in sheets for name in sheet.attachments})
    if problems:
        raise InvalidFile(problems)
    return tuple(sheets)


def _read(folder: Path, dimension: str, today: calendar_day | None) -> Sheet:
    file = folder / f"{dimension}.yaml"
    if not file.exists() and not file.is_symlink():
        return Sheet(dimension, file, found=False, answers={})
    model = checked(_model(dimension), read_yaml(file), {_TODAY: today, _FOLDER: folder})
    found = ((one.id, getattr(model, _attribute(one.id))) for one in questions_of(dimension))
    return Sheet(dimension, file, found=True, answers={name: answer for name, answer in found if answer is not None})


@cache
def _model(dimension: str) -> type[Written]:
    """A mapping of this dimension's questions, each with its own choices."""
    fields: dict[str, Any] = {}
    for question in questions_of(dimension):
        keys = tuple(choice.key for choice in question.choices)
        chosen: Any = Literal[keys] | None
        narrowed = create_model("Answer", __base__=Answer, choice=(chosen, None))
        fields[_attribute(question.id)] = (narrowed | None, Field(default=None, alias=question.id))
    model: type[Written] = create_model("Sheet", __base__=Written, **fields)
    return model


def _attribute(question_id: str) -> str:
    return question_id.replace(".", "_").replace("-", "_")


def _strangers(folder: Path, attached: Container[str]) -> list[Problem]:
    """A file of answers that no dimension reads would be lost without a word."""
    found = sorted(path for pattern in ("*.yaml", "*.yml") for path in folder.glob(pattern))
    own = {f"{dimension}.yaml" for dimension in DIMENSIONS}
    return [
        Problem(str(path), "", "is neither a dimension of the questionnaire nor attached to an answer.",
                nearest(path.stem, DIMENSIONS))
        for path in found if path.name not in own and path.name not in attached
    ]  # fmt: skip


def template(dimension: str) -> str:
    """The sheet of a dimension with every question in it, open; valid as it stands."""
    head = (
        f"# Answers about {dimension.replace('-', ' and ')}. Under each question: a choice, the date on which it was\n"
        "# given and the role of whoever gave it; the rest is optional. Attachments are files beside this one, by\n"
        "# their names. Text with passwords or keys in it is refused: take them out first.\n"
    )
    return "\n".join([head, *(_asked(question) for question in questions_of(dimension))])


def _asked(question: Question) -> str:
    said = f"{question.question} (Ask: {', '.join(question.ask)}. Day {question.day}. Attach: {question.attach})"
    lines = [f"# {line}" for line in textwrap.wrap(said, 115)]
    for choice in question.choices:
        lines += textwrap.wrap(f"{choice.key}: {choice.words}", 115, initial_indent="#   ", subsequent_indent="#     ")
    lines += [f"{question.id}:", "  choice:", "  detail:", "  date:", "  answered_by:", "  role:"]
    return "\n".join([*lines, "  attachments: []", "  signed: false", ""])

"""From a written file to a model: every problem at once, with field, line and nearest right name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import ErrorDetails

from collectors.people.written_yaml import Place, WrittenYaml, said
from collectors.problems import InvalidFile, Problem, nearest

M = TypeVar("M", bound=BaseModel)

_WORDS = {
    "missing": "is missing.",
    "string_type": "must be text.",
    "string_too_short": "must not be empty.",
    "string_unicode": "holds characters that are not text.",
    "dict_type": "must be a mapping of keys to values.",
    "model_type": "must be a mapping of keys to values.",
    "tuple_type": "must be a list; begin each entry with '- '.",
}


class Written(BaseModel):
    """A mapping in a file that people write: unknown keys refused, an empty value counts as not written."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _leave_out_what_is_empty(cls, value: Any) -> Any:
        if value is None:
            return {}
        if not isinstance(value, dict):
            return value
        fields = {name for key, field in cls.model_fields.items() for name in (key, field.alias)}
        return {key: inner for key, inner in value.items() if inner is not None or key not in fields}


def checked(model: type[M], written: WrittenYaml, context: Mapping[str, Any] | None = None) -> M:
    """The model that this file describes; raises `InvalidFile` with everything that is wrong.

    `context` reaches the model's validators: what they need to know of names defined elsewhere.
    """
    try:
        return model.model_validate(written.value, context=dict(context or {}))
    except ValidationError as error:
        problems = [_problem(model, written, found) for found in error.errors(include_url=False)]
    problems.sort(key=lambda problem: (problem.line or 0, problem.field, problem.message))
    raise InvalidFile(problems)


def _problem(model: type[BaseModel], written: WrittenYaml, found: ErrorDetails) -> Problem:
    path = _as_written(found, written)
    context = found.get("ctx", {})
    hint = context.get("nearest")
    kind, line = found["type"], written.line(path)
    if kind == "extra_forbidden":
        names = _fields_at(model, path[:-1])
        return Problem(written.file, said(path), "is not a known key.", nearest(str(path[-1]), names), line)
    if kind == "literal_error":
        names = _quoted(context["expected"])
        message = f"must be {_listed(names)}, not {_shown(found['input'])}."
        return Problem(written.file, said(path), message, nearest(str(found["input"]), names), line)
    message = _WORDS.get(kind) or _sentence(found["msg"])
    return Problem(written.file, said(path), message, hint, line)


def _as_written(found: ErrorDetails, written: WrittenYaml) -> Place:
    """The location without the names that pydantic adds for branches of a union; a missing key stays."""
    path: Place = ()
    for part in found["loc"]:
        if (*path, part) in written.lines:
            path = (*path, part)
    return (*path, found["loc"][-1]) if found["type"] == "missing" else path


def _fields_at(model: type[BaseModel], path: Place) -> list[str]:
    """The keys that the model knows at this path."""
    found: list[type[BaseModel]] = [model]
    for part in path:
        following: list[type[BaseModel]] = []
        for one in found:
            fields = [field for name, field in one.model_fields.items() if part in (name, field.alias)]
            following += [model for field in fields for model in _models_in(field.annotation)]
        found = following or found
    return sorted({field.alias or name for one in found for name, field in one.model_fields.items()})


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if get_origin(annotation) is None and isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in _models_in(inner)]


def _quoted(expected: str) -> list[str]:
    return [word for word in expected.replace(" or ", ", ").replace("'", "").split(", ") if word]


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _shown(value: Any) -> str:
    return repr(str(value)[:60]) if isinstance(value, str) else "this"


def _sentence(message: str) -> str:
    told = message.removeprefix("Value error, ").strip()
    told = told[:1].lower() + told[1:]
    return told if told.endswith((".", "?")) else told + "."

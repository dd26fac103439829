"""A term without quantifiers as SQL over one row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from assessment.checks.parameters import with_defaults
from assessment.checks.syntax import (
    Arithmetic,
    AsOf,
    Both,
    Compare,
    Literal,
    Name,
    Not,
    OneOf,
    Parameter,
    Quantifier,
    Span,
    Term,
    Test,
    Within,
)

_SPANS = {"days": "to_days", "hours": "to_hours"}
_TESTS = {"has_any": "list_has_any", "has_all": "list_has_all"}


Value = str | int | bool | date | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Constants:
    """What rules may read besides rows: the instant of the assessment and the client's parameters."""

    as_of: str
    parameters: Mapping[str, Value]


def expression(
    term: Term, row: str, outer: str | None, constants: Constants, quantified: Callable[[Quantifier], str]
) -> str:
    """SQL of a term; names read alias `row`, `this.` names read alias `outer`."""

    def say(part: Term) -> str:
        return expression(part, row, outer, constants, quantified)

    match term:
        case Literal(value):
            return literal(value)
        case Name(name, is_outer):
            return f'{outer if is_outer else row}."{name}"'
        case Parameter(name):
            return literal(with_defaults(constants.parameters)[name])
        case AsOf():
            return f"cast({literal(constants.as_of)} as timestamp)"
        case Span(unit, count):
            return f"{_SPANS[unit]}({count})"
        case Not(inner):
            return f"(not {say(inner)})"
        case Both(word, terms):
            return "(" + f" {word} ".join(say(each) for each in terms) + ")"
        case Compare(sign, left, right) | Arithmetic(sign, left, right):
            return f"({say(left)} {sign} {say(right)})"
        case Within(inner, low, high):
            return f"({say(inner)} between {say(low)} and {say(high)})"
        case OneOf(inner, values):
            return f"({say(inner)} in ({', '.join(say(value) for value in values)}))"
        case Test(function, left, right):
            return f"{_TESTS.get(function, function)}({say(left)}, {say(right)})"
        case Quantifier():
            return quantified(term)


def literal(value: Value) -> str:
    """A constant as SQL."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return f"cast('{value.isoformat()}' as timestamp)"
    if isinstance(value, int):
        return str(value) if value >= 0 else f"({value})"
    if isinstance(value, tuple):
        return "cast([" + ", ".join(literal(each) for each in value) + "] as varchar[])"
    return "'" + value.replace("'", "''") + "'"


def boolean(sql: str) -> str:
    """The expression with its type pinned, so that a bare NULL stays a truth value."""
    return f"cast({sql} as boolean)"

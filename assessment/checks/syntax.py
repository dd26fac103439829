"""The rule language as a tree: what a rule can say, and nothing else.

sqlglot reads the text; only the node types named in `_READERS` are taken over, everything else is refused with
a sentence. Types and names are checked afterwards, in `meaning`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

QUANTIFIERS = ("some", "every", "none", "at_least", "at_most", "at_least_share")
COUNTED = ("at_least", "at_most", "at_least_share")
LIST_TESTS = ("has_any", "has_all")
SPANS = ("days", "hours")


class RuleError(Exception):
    """A rule says something the language does not have; the message is a sentence for its author."""


@dataclass(frozen=True, slots=True)
class Literal:
    value: str | int | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """A column of the current row, or with `outer` of the row just outside the quantifier."""

    name: str
    outer: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str


@dataclass(frozen=True, slots=True)
class AsOf:
    """The instant of the assessment."""


@dataclass(frozen=True, slots=True)
class Span:
    unit: str
    count: int


@dataclass(frozen=True, slots=True)
class Not:
    term: Term


@dataclass(frozen=True, slots=True)
class Both:
    """`and` or `or` over two or more terms, flattened."""

    word: str
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    sign: str
    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class Within:
    """`x between low and high`."""

    term: Term
    low: Term
    high: Term


@dataclass(frozen=True, slots=True)
class OneOf:
    term: Term
    values: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Arithmetic:
    sign: str
    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class Test:
    """A total function of one column and a constant."""

    function: str
    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class Quantifier:
    function: str
    count: int
    relation: str
    term: Term


Term = Literal | Name | Parameter | AsOf | Span | Not | Both | Compare | Within | OneOf | Arithmetic | Test | Quantifier


TRUE = Literal(True)


def parse(text: str) -> Term:
    """Read one rule.

    Raises:
        RuleError: the text is not one expression of the language.
    """
    try:
        trees = sqlglot.parse(text, read="duckdb")
    except SqlglotError as error:
        stopped = [f"from `{at['highlight']}` on" for at in getattr(error, "errors", None) or ()]
        raise RuleError(f"cannot be read {(stopped or ['to its end'])[0]}") from None
    except RecursionError:
        raise RuleError("nests too deeply") from None
    if len(trees) != 1 or trees[0] is None:
        raise RuleError("must be exactly one expression")
    try:
        return _read(trees[0])
    except RecursionError:
        raise RuleError("nests too deeply") from None


def children(term: Term) -> tuple[Term, ...]:
    """The direct parts of a term, in reading order."""
    match term:
        case Not(inner):
            return (inner,)
        case Both(_, terms):
            return terms
        case Compare(_, left, right) | Arithmetic(_, left, right) | Test(_, left, right):
            return (left, right)
        case Within(inner, low, high):
            return (inner, low, high)
        case OneOf(inner, values):
            return (inner, *values)
        case Quantifier(_, _, _, inner):
            return (inner,)
        case _:
            return ()


def _read(node: Any) -> Term:
    reader = _READERS.get(type(node))
    if reader is None:
        raise RuleError(f"`{node.sql('duckdb')}` is not part of the rule language ({type(node).__name__})")
    return reader(node)


def _column(node: Any) -> Term:
    if node.args.get("db") or node.args.get("join_mark"):
        raise RuleError(f"`{node.sql('duckdb')}` is not a column")
    qualifier, name = node.table.lower(), node.name
    if qualifier == "" and name.lower() == "as_of":
        return AsOf()
    if qualifier == "parameter":
        return Parameter(name)
    if qualifier not in ("", "this"):
        raise RuleError(f"`{qualifier}.{name}`: only `this.` and `parameter.` may stand before a name")
    return Name(name, outer=qualifier == "this")


def _literal(node: Any) -> Term:
    if node.is_string:
        return Literal(str(node.this))
    if not str(node.this).isdigit():
        raise RuleError(f"`{node.this}` is not a whole number")
    return Literal(int(node.this))


def _negative(node: Any) -> Term:
    inner = _read(node.this)
    if isinstance(inner, Literal) and isinstance(inner.value, int):
        return Literal(-inner.value)
    raise RuleError("a minus sign may stand only before a number or between two values")


def _joined(word: str) -> Callable[[Any], Term]:
    def read(node: Any) -> Term:
        terms: list[Term] = []
        for side in (_read(node.this), _read(node.expression)):
            terms.extend(side.terms if isinstance(side, Both) and side.word == word else (side,))
        return Both(word, tuple(terms))

    return read


def _comparison(sign: str) -> Callable[[Any], Term]:
    return lambda node: Compare(sign, _read(node.this), _read(node.expression))


def _arithmetic(sign: str) -> Callable[[Any], Term]:
    return lambda node: Arithmetic(sign, _read(node.this), _read(node.expression))


def _one_of(node: Any) -> Term:
    if node.args.get("query") or node.args.get("unnest") or node.args.get("field") or not node.expressions:
        raise RuleError("`in` takes a list of literals")
    values = tuple(_read(value) for value in node.expressions)
    if not all(isinstance(value, Literal | Parameter) for value in values):
        raise RuleError("`in` takes literals and parameters only")
    return OneOf(_read(node.this), values)


def _between(node: Any) -> Term:
    if node.args.get("symmetric"):
        raise RuleError("`between symmetric` is not part of the rule language")
    return Within(_read(node.this), _read(node.args["low"]), _read(node.args["high"]))


def _text_test(function: str) -> Callable[[Any], Term]:
    return lambda node: Test(function, _read(node.this), _read(node.expression))


def _array(node: Any) -> Term:
    values = tuple(_read(value) for value in node.expressions)
    texts = tuple(value.value for value in values if isinstance(value, Literal) and isinstance(value.value, str))
    if not texts or len(texts) != len(values):
        raise RuleError("a list holds one or more texts")
    return Literal(texts)


def _function(node: Any) -> Term:
    name, arguments = node.name.lower(), node.expressions
    if name in QUANTIFIERS:
        return _quantifier(name, arguments)
    if name in SPANS:
        if (
            len(arguments) != 1
            or not isinstance(count := _read(arguments[0]), Literal)
            or not isinstance(count.value, int)
        ):
            raise RuleError(f"{name}(n) takes one whole number")
        return Span(name, count.value)
    if name in LIST_TESTS and len(arguments) == 2:
        return Test(name, _read(arguments[0]), _read(arguments[1]))
    raise RuleError(f"`{name}` is not a function of the rule language")


def _quantifier(name: str, arguments: list[Any]) -> Term:
    wanted = 3 if name in COUNTED else 2
    if len(arguments) != wanted:
        raise RuleError(f"{name} takes {'a number, ' if wanted == 3 else ''}a relation and a condition")
    count = 0
    if wanted == 3:
        number = _read(arguments[0])
        if not isinstance(number, Literal) or isinstance(number.value, bool) or not isinstance(number.value, int):
            raise RuleError(f"{name} takes a whole number first")
        count = number.value
    relation = _read(arguments[-2])
    if not isinstance(relation, Name) or relation.outer:
        raise RuleError(f"{name} takes the name of a relation")
    return Quantifier(name, count, relation.name, _read(arguments[-1]))


_READERS: dict[type, Callable[[Any], Term]] = {
    exp.Paren: lambda node: _read(node.this),
    exp.And: _joined("and"),
    exp.Or: _joined("or"),
    exp.Not: lambda node: Not(_read(node.this)),
    exp.Column: _column,
    exp.Boolean: lambda node: Literal(bool(node.this)),
    exp.Literal: _literal,
    exp.Neg: _negative,
    exp.EQ: _comparison("="),
    exp.NEQ: _comparison("<>"),
    exp.LT: _comparison("<"),
    exp.LTE: _comparison("<="),
    exp.GT: _comparison(">"),
    exp.GTE: _comparison(">="),
    exp.Between: _between,
    exp.In: _one_of,
    exp.Add: _arithmetic("+"),
    exp.Sub: _arithmetic("-"),
    exp.Mul: _arithmetic("*"),
    exp.StartsWith: _text_test("starts_with"),
    exp.EndsWith: _text_test("ends_with"),
    exp.Contains: _text_test("contains"),
    exp.RegexpLike: _text_test("regexp_matches"),
    exp.Array: _array,
    exp.Anonymous: _function,
}

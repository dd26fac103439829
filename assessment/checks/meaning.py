"""What a rule means: its names resolved against the tables, its types agreed, its optional columns guarded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from assessment.checks.syntax import (
    LIST_TESTS,
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
    RuleError,
    Span,
    Term,
    Test,
    Within,
)
from collectors.problems import nearest
from collectors.tables.schema import Relation, Table

BOOLEAN, INTEGER, TEXT, INSTANT, LIST, SPAN = "BOOLEAN", "BIGINT", "VARCHAR", "TIMESTAMP", "VARCHAR[]", "span"
ORDERED = (INTEGER, INSTANT)
DEEPEST = 2


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a name is looked up: the table of the current row and, inside a quantifier, of the row outside.

    `guarded` holds the `has_...` columns known to be true here, as (outer?, name).
    """

    table: Table
    outer: Table | None
    depth: int
    guarded: frozenset[tuple[bool, str]]

    def knowing(self, guards: set[tuple[bool, str]]) -> Scope:
        return Scope(self.table, self.outer, self.depth, self.guarded | guards)

    def inside(self, table: Table) -> Scope:
        kept = frozenset((True, name) for outer, name in self.guarded if not outer)
        return Scope(table, self.table, self.depth + 1, kept)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The tables and parameters that rules may name."""

    tables: Mapping[str, Table]
    parameters: Mapping[str, str]

    def check(self, table: Table, within: Term, rule: Term) -> list[str]:
        """Every mistake of a check's two expressions, as sentences; an empty list when there are none."""
        mistakes: list[str] = []
        start = Scope(table, None, 0, frozenset())
        held = start.knowing(_guards(within, "and"))
        for label, term, scope in (("within", within, start), ("passes_when", rule, held)):
            try:
                if self._type(term, scope, mistakes) != BOOLEAN:
                    mistakes.append(f"{label} must be a yes/no expression")
            except RuleError as error:
                mistakes.append(f"{label}: {error}")
        return list(dict.fromkeys(mistakes))

    def _type(self, term: Term, scope: Scope, mistakes: list[str]) -> str | None:
        """The type of a term, or None once a mistake below it has been noted."""
        match term:
            case Literal(value):
                return literal_type(value)
            case AsOf():
                return INSTANT
            case Span():
                return SPAN
            case Parameter(name):
                return self._parameter(name, mistakes)
            case Name():
                return _column(term, scope, mistakes)
            case Not(inner):
                return self._all_boolean((inner,), scope, mistakes)
            case Both(word, terms):
                return self._joined(word, terms, scope, mistakes)
            case Compare(sign, left, right):
                return self._compare(sign, (left, right), scope, mistakes)
            case Within(inner, low, high):
                return self._compare("between", (inner, low, high), scope, mistakes)
            case OneOf(inner, values):
                return self._compare("in", (inner, *values), scope, mistakes)
            case Arithmetic(sign, left, right):
                return self._arithmetic(sign, left, right, scope, mistakes)
            case Test(function, left, right):
                return self._test(function, left, right, scope, mistakes)
            case Quantifier():
                return self._quantifier(term, scope, mistakes)

    def _parameter(self, name: str, mistakes: list[str]) -> str | None:
        if name not in self.parameters:
            mistakes.append(f"parameter.{name} is not known{_hint(name, self.parameters)}")
            return None
        return self.parameters[name]

    def _all_boolean(self, terms: tuple[Term, ...], scope: Scope, mistakes: list[str]) -> str | None:
        for term in terms:
            found = self._type(term, scope, mistakes)
            if found not in (BOOLEAN, None):
                mistakes.append(f"`and`, `or` and `not` join yes/no terms; {_say(term)} is {found}")
        return BOOLEAN

    def _joined(self, word: str, terms: tuple[Term, ...], scope: Scope, mistakes: list[str]) -> str | None:
        for position, term in enumerate(terms):
            others = Both(word, terms[:position] + terms[position + 1 :])
            self._all_boolean((term,), scope.knowing(_guards(others, word)), mistakes)
        return BOOLEAN

    def _compare(self, sign: str, terms: tuple[Term, ...], scope: Scope, mistakes: list[str]) -> str | None:
        types = {self._type(term, scope, mistakes) for term in terms}
        if None in types:
            return BOOLEAN
        if len(types) > 1:
            mistakes.append(f"`{sign}` needs one type on both sides, not {' and '.join(sorted(map(str, types)))}")
        elif sign not in ("=", "<>", "in") and types.isdisjoint(ORDERED):
            mistakes.append(f"`{sign}` orders whole numbers and instants, not {types.pop()}")
        elif types & {LIST, SPAN}:
            mistakes.append(f"`{sign}` cannot compare {types.pop()}")
        return BOOLEAN

    def _arithmetic(self, sign: str, left: Term, right: Term, scope: Scope, mistakes: list[str]) -> str | None:
        pair = (self._type(left, scope, mistakes), self._type(right, scope, mistakes))
        if None in pair:
            return None
        if sign == "*" and pair == (INTEGER, INTEGER) and (isinstance(left, Literal) or isinstance(right, Literal)):
            return INTEGER
        if sign in "+-" and pair == (INTEGER, INTEGER):
            return INTEGER
        if sign in "+-" and pair == (INSTANT, SPAN):
            return INSTANT
        mistakes.append(f"`{sign}` cannot join {pair[0]} and {pair[1]} (a product needs a literal number)")
        return None

    def _test(self, function: str, left: Term, right: Term, scope: Scope, mistakes: list[str]) -> str | None:
        found = self._type(left, scope, mistakes), self._type(right, scope, mistakes)
        wanted = (LIST, LIST) if function in LIST_TESTS else (TEXT, TEXT)
        if None not in found and found != wanted:
            mistakes.append(f"{function} takes {wanted[0]} and {wanted[1]}, not {found[0]} and {found[1]}")
        constants = {"regexp_matches": Literal} | dict.fromkeys(LIST_TESTS, Literal | Parameter)
        if not isinstance(right, constants.get(function, object)):
            mistakes.append(f"{function} takes a constant second")
        return BOOLEAN

    def _quantifier(self, term: Quantifier, scope: Scope, mistakes: list[str]) -> str | None:
        relation = scope.table.relation(term.relation)
        if relation is None:
            known = [known.name for known in scope.table.relations]
            mistakes.append(f"{scope.table.name} has no relation `{term.relation}`{_hint(term.relation, known)}")
            return BOOLEAN
        if scope.depth >= DEEPEST:
            mistakes.append(
                f"{term.function}({term.relation}, ...) stands too deep: one quantifier may stand in another"
            )
            return BOOLEAN
        mistakes.extend(_misuse(term, relation))
        if relation.table not in self.tables:
            mistakes.append(f"relation `{term.relation}` leads to the unknown table `{relation.table}`")
            return BOOLEAN
        return self._all_boolean((term.term,), scope.inside(self.tables[relation.table]), mistakes)


def _misuse(term: Quantifier, relation: Relation) -> list[str]:
    if term.function == "every" and relation.maximum == 1:
        return [f"every({term.relation}, ...) over at most one row: say some({term.relation}, ...)"]
    if term.function == "at_least_share" and not 1 <= term.count <= 100:
        return ["at_least_share takes a percentage from 1 to 100"]
    return []


def _column(term: Name, scope: Scope, mistakes: list[str]) -> str | None:
    table = scope.outer if term.outer else scope.table
    if table is None:
        mistakes.append(f"this.{term.name}: `this` is known only inside a quantifier")
        return None
    field = table.field(term.name)
    if field is None:
        words = [field.name for field in table.fields]
        mistakes.append(f"{table.name} has no column `{term.name}`{_hint(term.name, words)}")
        return None
    guard = field.column.guard
    if guard and (term.outer, guard) not in scope.guarded:
        mistakes.append(f"`{term.name}` is optional: write `{guard} and ...` or `not {guard} or ...` beside it")
    return field.sql_type


def _guards(term: Term, word: str) -> set[tuple[bool, str]]:
    """The columns that must be true for a term beside these to matter: `g and x`, `not g or x`."""
    terms = term.terms if isinstance(term, Both) and term.word == word else (term,)
    if word == "or":
        terms = tuple(part.term for part in terms if isinstance(part, Not))
    return {(part.outer, part.name) for part in terms if isinstance(part, Name)}


def literal_type(value: object) -> str:
    """The type of a constant: of a literal in a rule, or of a parameter in engagement.yaml."""
    if isinstance(value, bool):
        return BOOLEAN
    return {int: INTEGER, str: TEXT, tuple: LIST, date: INSTANT}[type(value)]


def _say(term: Term) -> str:
    return f"`{term.name}`" if isinstance(term, Name) else f"a {type(term).__name__.lower()}"


def _hint(word: str, words: Iterable[str]) -> str:
    found = nearest(word, words)
    return f"; did you mean `{found}`?" if found else ""

"""Compile rules to one three-valued SQL query per judged table.

A gap is a row whose unknown columns are NULL (a phantom). A related row belongs to the judged row with a
match that is true, false or NULL: NULL when a key is NULL or the edge is undecided, never better than NULL
for a phantom. Quantifiers become counts over those pairs, so a plain equality join is never trusted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from assessment.checks.expression import Constants, boolean, expression
from assessment.checks.quantify import ANY_NUMBER, DECIDING, aggregates, standing, verdict
from assessment.checks.syntax import Quantifier, Term, children, parse
from collectors.tables.schema import Relation, Table

OUT, PASS, FAIL, UNKNOWN, SCOPE_UNKNOWN = range(5)
_CODE = (
    f"case when not s{{i}} then {OUT} when s{{i}} is null then {SCOPE_UNKNOWN} when r{{i}} then {PASS}"
    f" when not r{{i}} and not phantom then {FAIL} else {UNKNOWN} end"
)


Filled = Set[tuple[str, str]]
"""(table, column), where no row of the run has NULL, gaps included."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the rows of a run: the columns without NULL, and the tables without a gap."""

    filled: Filled = frozenset()
    gapless: Set[str] = frozenset()


NOTHING_KNOWN = Known()


@dataclass(slots=True)
class _Asked:
    """One condition asked of one relation, and the quantifiers that ask it."""

    index: int
    functions: set[str] = field(default_factory=set)
    gaps: str | None = None
    parts: str | None = None


@dataclass(frozen=True, slots=True)
class _Compiled:
    """Expressions over a row: their SQL, the gap lists behind each, its deciding parts, the joins they need."""

    sql: list[str]
    gaps: list[str]
    parts: list[str]
    joins: list[str]


class Compiler:
    """Builds the query of one judged table; `guarded` wraps every expression so that an error becomes NULL.

    What is `known` of the rows leaves out of a query what could not happen to them.
    """

    def __init__(
        self, tables: Mapping[str, Table], constants: Constants, known: Known = NOTHING_KNOWN, *, guarded: bool = False
    ) -> None:
        self._tables = tables
        self._constants = constants
        self._known = known
        self._guarded = guarded
        self._ctes: list[str] = []
        self._levels = 0

    def query(self, table: Table, checks: Sequence[tuple[Term, Term]], rows: str | None = None) -> str:
        """SQL giving rid, cid, phantom and per check i: v<i> (verdict code), w<i> (deciding parts), g<i> (gap ids).

        `rows` says in SQL which rows of the table are judged; without it, all.
        """
        self._ctes, self._levels = [f"judged as materialized {rows}"] if rows else [], 0
        ours = "judged" if rows else quoted(table.name)
        level = self._level(table, ours, [term for check in checks for term in check], "j")
        answers, verdicts = [], []
        for i in range(len(checks)):
            scope, rule, parts = level.sql[2 * i], level.sql[2 * i + 1], level.parts[2 * i + 1]
            answers.append(f"{scope} as s{i}, {rule} as r{i}, {parts} as w{i}")
            answers.append(f"{_concatenated([level.gaps[2 * i], level.gaps[2 * i + 1]], 'INTEGER[]')} as g{i}")
            verdicts.append(f"cast({_CODE.format(i=i)} as tinyint) as v{i}, w{i}, g{i}")
        head = f"with {', '.join(self._ctes)} " if self._ctes else ""
        answered = f"select j.rid, j.cid, j.phantom, {', '.join(answers)} from {ours} j {' '.join(level.joins)}"
        return f"{head}select rid, cid, phantom, {', '.join(verdicts)} from ({answered})"

    def _level(self, table: Table, ours: str, terms: Sequence[Term], alias: str) -> _Compiled:
        asked = _questions(terms)
        self._levels += 1
        names = {relation: f"level_{self._levels}_{relation}" for relation in asked}
        for relation, conditions in asked.items():
            declared = table.relation(relation)
            assert declared is not None, relation
            self._relate(table, ours, declared, conditions, names[relation])

        def quantified(term: Quantifier) -> str:
            index = asked[term.relation][term.term].index
            declared = table.relation(term.relation)
            assert declared is not None
            return verdict(term, names[term.relation], index, declared)

        outer = "j" if alias == "r" else None
        sql = [self._guard(expression(term, alias, outer, self._constants, quantified)) for term in terms]
        found = [[(names[q.relation], asked[q.relation][q.term], q) for q in _quantifiers(term)] for term in terms]
        gaps = [
            _concatenated([f"{name}.{question.gaps}" for name, question, _ in each if question.gaps], "INTEGER[]")
            for each in found
        ]
        parts = [
            _concatenated(
                [f"{name}.{a.parts}" for name, a, q in each if a.parts and q.function in DECIDING], "VARCHAR[]"
            )
            for each in found
        ]
        joins = [f"left join {name} on {name}.rid = {alias}.rid" for name in names.values()]
        return _Compiled(sql, gaps, parts, joins)

    def _relate(self, table: Table, ours: str, relation: Relation, asked: dict[Term, _Asked], name: str) -> None:
        """Add the CTE that counts, per judged row, what each condition finds in the relation."""
        related = self._tables[relation.table]
        inner = self._level(related, quoted(related.name), list(asked), "r")
        conditions = ", ".join(
            f"{sql} as e{i}" + (f", {gaps} as eg{i}" if gaps != NOTHING else "")
            for i, (sql, gaps) in enumerate(zip(inner.sql, inner.gaps, strict=True))
        )
        part = f"r.{quoted(related.part)}" if related.part else "cast(null as varchar)"
        answered = f"{part} as part, {conditions}"
        pairs = _pairs(table, ours, relation, related, self._when(relation), answered, inner.joins, self._known.filled)
        gapless = related.name in self._known.gapless
        columns = ["rid", "count(*) filter (where sure) as c"]
        if relation.maximum is not None:
            columns += ["count(*) as n", f"{'count(*)' if gapless else 'count(*) filter (where not phantom)'} as s"]
        for question in asked.values():
            nested = inner.gaps[question.index] != NOTHING
            made = aggregates(
                question.index, question.functions, relation,
                gapless=gapless, nested=nested, named=related.part is not None,
            )  # fmt: skip
            columns += made.columns
            question.gaps, question.parts = made.gaps, made.parts
        deeper = [f"eg{i}" for i, gaps in enumerate(inner.gaps) if gaps != NOTHING]
        standings = [standing(i, gapless=gapless) for i in range(len(asked))]
        of_gaps = [] if gapless else ["gap", f"case when phantom then {ANY_NUMBER} else 1 end as many"]
        told = ", ".join(["rid", "phantom", "part", "m and not phantom as sure", *of_gaps, *standings, *deeper])
        self._ctes.append(f"{name} as (select {', '.join(columns)} from (select {told} from ({pairs})) group by rid)")

    def _when(self, relation: Relation) -> str:
        if relation.when == "true":
            return ""
        return self._guard(expression(parse(relation.when), "j", None, self._constants, _no_quantifier))

    def _guard(self, sql: str) -> str:
        return f"try({boolean(sql)})" if self._guarded else sql


NOTHING = "[]"


def quoted(name: str) -> str:
    """An identifier as SQL."""
    return '"' + name.replace('"', '""') + '"'


def relations_of(terms: Iterable[Term]) -> list[str]:
    """The relations of the judged row that these terms ask about, each once, sorted."""
    return sorted({quantifier.relation for term in terms for quantifier in _quantifiers(term)})


def _questions(terms: Sequence[Term]) -> dict[str, dict[Term, _Asked]]:
    asked: dict[str, dict[Term, _Asked]] = {}
    for term in terms:
        for quantifier in _quantifiers(term):
            conditions = asked.setdefault(quantifier.relation, {})
            question = conditions.setdefault(quantifier.term, _Asked(len(conditions)))
            question.functions.add(quantifier.function)
    return asked


def _quantifiers(term: Term) -> list[Quantifier]:
    """The quantifiers of a term, not those nested inside them."""
    if isinstance(term, Quantifier):
        return [term]
    return [found for part in children(term) for found in _quantifiers(part)]


def _no_quantifier(term: Quantifier) -> str:
    raise AssertionError("a relation's `when` reads columns only")


def _concatenated(lists: Sequence[str], sql_type: str) -> str:
    known = list(dict.fromkeys(each for each in lists if each != NOTHING))
    if not known:
        return NOTHING
    empty = f"cast([] as {sql_type})"
    whole = [f"coalesce({each}, {empty})" for each in known]
    return whole[0] if len(whole) == 1 else f"list_concat({', '.join(whole)})"


def _pairs(
    table: Table, ours: str, relation: Relation, related: Table, when: str, columns: str, joins: list[str],
    filled: Filled,
) -> str:  # fmt: skip
    """Judged row and related row, with the match m: equal keys, then those where a NULL key leaves it open."""
    theirs = quoted(related.name)
    matches = "r.matches" if related.field("matches") else "true"
    m = f"({when}) and {matches}" if when else matches
    join = " ".join(joins)
    equal = [f"j.{quoted(a)} = r.{quoted(b)}" for a, b in relation.keys]
    possible = [f"({when}) is distinct from false"] if when else []
    head = f"select j.rid, {{m}} as m, r.phantom, r.gap, {columns} from"
    tail = f"{join} where {' and '.join([*possible, 'true'])}"
    queries = [f"{head.format(m=m)} {ours} j join {theirs} r on {' and '.join(['j.cid = r.cid', *equal])} {tail}"]
    loose = " and ".join(
        [*possible, *(f"({each}) is distinct from false" for each in equal), *_near(table, relation, related)]
    )
    open_head = head.format(m="cast(null as boolean)")
    ours_null = [f"{quoted(a)} is null" for a, _ in relation.keys if (table.name, a) not in filled]
    theirs_null = [f"{quoted(b)} is null" for _, b in relation.keys if (related.name, b) not in filled]
    without_null = f"(select * from {theirs} where not ({' or '.join(theirs_null)}))" if theirs_null else theirs
    if theirs_null:
        queries.append(
            f"{open_head} {ours} j join (select * from {theirs} where {' or '.join(theirs_null)}) r on j.cid = r.cid"
            f" {join} where {loose}"
        )
    if ours_null:
        queries.append(
            f"{open_head} (select * from {ours} where {' or '.join(ours_null)}) j"
            f" join {without_null} r on j.cid = r.cid {join} where {loose}"
        )
    return " union all ".join(queries)


def _near(table: Table, relation: Relation, related: Table) -> list[str]:
    """A row keyed by its owner lies in its owner's namespace: a gap elsewhere cannot hide parts of this row."""
    fields = [related.field(key) for _, key in relation.keys]
    owned = any(field is not None and field.column.owner for field in fields)
    if owned and table.field("namespace") and related.field("namespace"):
        return ["(j.namespace = r.namespace) is distinct from false"]
    return []

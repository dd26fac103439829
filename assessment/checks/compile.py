"""Compile rules to one three-valued SQL query per judged table.

A gap is a row whose unknown columns are NULL (a phantom). A related row belongs to the judged row with a
match that is true, false or NULL: NULL when a key is NULL or the edge is undecided, never better than NULL
for a phantom. Quantifiers become counts over those pairs, so a plain equality join is never trusted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assessment.checks.expression import Constants, boolean, expression
from assessment.checks.quantify import ANY_NUMBER, DECIDING, aggregates, standing, verdict
from assessment.checks.syntax import Quantifier, Term, children, parse
from collectors.tables.schema import Relation, Table

OUT, PASS, FAIL, UNKNOWN, SCOPE_UNKNOWN = range(5)


@dataclass(slots=True)
class _Asked:
    """One condition asked of one relation, and the quantifiers that ask it."""

    index: int
    functions: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Compiled:
    """Expressions over a row: their SQL, the gap lists behind each, its deciding parts, the joins they need."""

    sql: list[str]
    gaps: list[str]
    parts: list[str]
    joins: list[str]


class Compiler:
    """Builds the query of one judged table; `guarded` wraps every expression so that an error becomes NULL."""

    def __init__(self, tables: Mapping[str, Table], constants: Constants, *, guarded: bool = False) -> None:
        self._tables = tables
        self._constants = constants
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
        columns = ["j.rid", "j.cid", "j.phantom"]
        for i in range(len(checks)):
            within, rule = level.sql[2 * i], level.sql[2 * i + 1]
            columns.append(
                f"cast(case when not ({within}) then {OUT} when ({within}) is null then {SCOPE_UNKNOWN}"
                f" when ({rule}) then {PASS} when not ({rule}) and not j.phantom then {FAIL} else {UNKNOWN} end"
                f" as tinyint) as v{i}"
            )
            columns.append(f"{level.parts[2 * i + 1]} as w{i}")
            columns.append(f"{_concatenated([level.gaps[2 * i], level.gaps[2 * i + 1]], 'INTEGER[]')} as g{i}")
        head = f"with {', '.join(self._ctes)} " if self._ctes else ""
        return f"{head}select {', '.join(columns)} from {ours} j {' '.join(level.joins)}"

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
        found = [list(_quantifiers(term)) for term in terms]
        gaps = [
            _concatenated([f"{names[q.relation]}.g{asked[q.relation][q.term].index}" for q in each], "INTEGER[]")
            for each in found
        ]
        parts = [
            _concatenated(
                [f"{names[q.relation]}.w{asked[q.relation][q.term].index}" for q in each if q.function in DECIDING],
                "VARCHAR[]",
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
        told = f"{part} as part, {conditions}"
        pairs = _pairs(table, ours, relation, related, self._when(relation), told, inner.joins)
        columns = [
            "rid",
            "count(*) as n",
            "count(*) filter (where not phantom) as s",
            "count(*) filter (where sure) as c",
        ]
        for question in asked.values():
            nested = inner.gaps[question.index] != NOTHING
            columns += aggregates(question.index, question.functions, nested=nested, named=related.part is not None)
        deeper = [f"eg{i}" for i, gaps in enumerate(inner.gaps) if gaps != NOTHING]
        standings = [standing(i) for i in range(len(asked))]
        many = f"case when phantom then {ANY_NUMBER} else 1 end as many"
        told = ", ".join(["rid", "phantom", "gap", "part", "m and not phantom as sure", many, *standings, *deeper])
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
    table: Table, ours: str, relation: Relation, related: Table, when: str, columns: str, joins: list[str]
) -> str:
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
    if relation.keys:
        ours_null = " or ".join(f"{quoted(a)} is null" for a, _ in relation.keys)
        theirs_null = " or ".join(f"{quoted(b)} is null" for _, b in relation.keys)
        loose = " and ".join(
            [*possible, *(f"({each}) is distinct from false" for each in equal), *_near(table, relation, related)]
        )
        open_head = head.format(m="cast(null as boolean)")
        queries.append(
            f"{open_head} {ours} j join (select * from {theirs} where {theirs_null}) r on j.cid = r.cid"
            f" {join} where {loose}"
        )
        queries.append(
            f"{open_head} (select * from {ours} where {ours_null}) j"
            f" join (select * from {theirs} where not ({theirs_null})) r on j.cid = r.cid {join} where {loose}"
        )
    return " union all ".join(queries)


def _near(table: Table, relation: Relation, related: Table) -> list[str]:
    """A row keyed by its owner lies in its owner's namespace: a gap elsewhere cannot hide parts of this row."""
    fields = [related.field(key) for _, key in relation.keys]
    owned = any(field is not None and field.column.owner for field in fields)
    if owned and table.field("namespace") and related.field("namespace"):
        return ["(j.namespace = r.namespace) is distinct from false"]
    return []

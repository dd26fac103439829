"""From verdict codes to findings: the subject, one sentence of reason, and one finding for what a gap may hide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assessment.checks.compile import FAIL, OUT, PASS, SCOPE_UNKNOWN, UNKNOWN, quoted
from assessment.checks.expression import literal
from assessment.checks.load import Check
from assessment.checks.syntax import Name, Quantifier, Term, children
from collectors.tables.schema import Subject, Table

FINDINGS = """check_no smallint, cid integer, subject_group varchar, subject_kind varchar, subject_namespace varchar,
    subject_name varchar, subject_part varchar, stable_name varchar, verdict varchar, reason varchar,
    witnesses varchar[], gaps integer[], evidence_refs varchar[], unseen bigint"""
KNOWN_CHECKS = (
    "check_no smallint, check_id varchar, layer varchar, dimension varchar, title varchar, within varchar,"
    " rule varchar, reads varchar[], error varchar"
)
MOST_PARTS, MOST_GAPS = 10, 3
_PARTS = "case when len(a.w) > 1 then list_sort(list_distinct(a.w)) else a.w end"
# Many answers stand before the same gaps: what these say is put into words once for each list of them.
_LISTS = f"""create or replace temp table gap_lists as select row_number() over () as list, g from (
    select distinct g from judged_rows where not phantom and v <> {OUT} and len(g) > 0)"""
_TOLD = """create or replace temp table told as
    select g, gaps, says from gap_lists join (
        select list, list_sort(list(distinct gap)) as gaps, list_sort(list(distinct says)) as says
        from (select list, unnest(g) as gap from gap_lists) join known_gaps using (gap) group by list) using (list)"""


def described(number: int, check: Check) -> tuple[object, ...]:
    """What the findings of a check repeat of it, in the order of KNOWN_CHECKS."""
    written = check.written
    return (
        number, check.check_id, written.layer, written.dimension, written.title, written.within, written.passes_when,
        sorted(_columns_read(check)), None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answers:
    """How many answers of a table stand before a gap, or are of gaps themselves and open."""

    before_gaps: int
    unseen: int


HELD = f"""select count(*) filter (where not phantom and v <> {OUT} and len(g) > 0),
    count(*) filter (where phantom and v in ({UNKNOWN}, {SCOPE_UNKNOWN})) from judged_rows"""
"""The query whose one row is `Answers`."""


def statements(table: Table, checks: Sequence[Check], held: Answers) -> Iterator[str]:
    """SQL that fills `found` from `judged_rows` to the rows of one judged table; without a verdict: out of scope."""
    assert table.subject is not None
    subject = _subject(table, table.subject)
    verdict = f"case a.v when {PASS} then 'pass' when {FAIL} then 'fail' when {OUT} then null else 'unknown' end"
    asked = f"a.v <> {OUT}" if table.one_check_a_row else "true"
    gaps, said = "cast([] as integer[])", ""
    if held.before_gaps:
        yield _LISTS
        yield _TOLD
        gaps, said = "coalesce(t.gaps, [])", f"left join told t on a.v <> {OUT} and len(a.g) > 0 and t.g = a.g"
    yield (
        f"insert into found select a.check_no, j.cid, {subject}, {verdict}, {_reason(checks, bool(said))},"
        f" {_PARTS}, {gaps}, j.evidence_refs, 0 from judged_rows a join {quoted(table.name)} j on j.rid = a.rid"
        f" join known_checks k using (check_no) {said} where not a.phantom and {asked}"
    )
    if held.unseen:
        yield _unseen(table)


def _subject(table: Table, subject: Subject) -> str:
    """Group, kind, namespace, name, part and the stable name of the subject, as SQL."""

    def column(name: str | None, fixed: str = "") -> str:
        if name:
            return f"j.{quoted(name)}"
        return literal(fixed) if fixed else "cast(null as varchar)"

    stable = "j.stable_name" if table.field("stable_name") else column(subject.name)
    group = column(subject.group) if subject.group else literal(subject.fixed_group)
    namespace = f"nullif({column(subject.namespace)}, '')" if subject.namespace else "cast(null as varchar)"
    kind = column(subject.kind, subject.fixed_kind)
    return f"{group}, {kind}, {namespace}, {column(subject.name)}, {column(subject.part)}, {stable}"


def _reason(checks: Sequence[Check], has_gaps: bool) -> str:
    """One sentence a finding: which parts fail, which gaps or missing values leave it open."""
    parts = _listed(_PARTS, MOST_PARTS)
    names = sorted({name for check in checks for name in _columns_read(check)})
    missing = ", ".join(f"case when j.{quoted(name)} is null then {literal(name)} end" for name in names)
    not_seen = f"when len(a.g) > 0 then 'not seen: ' || {_listed('t.says', MOST_GAPS)}" if has_gaps else ""
    unknown = f"list_sort(list_intersect(k.reads, [{missing or 'null'}]))"
    return (
        f"case when a.v = {PASS} then k.title when a.v = {OUT} then 'not within: ' || k.within"
        f" when a.v = {FAIL} and len(a.w) > 0 then 'fails for ' || {parts}"
        f" when a.v = {FAIL} then 'does not hold: ' || k.rule"
        f" else case when a.v = {SCOPE_UNKNOWN} then 'scope not known; ' else '' end ||"
        f" case {not_seen} when len({unknown}) > 0 then 'not known: ' || array_to_string({unknown}, ', ')"
        f" when k.error is not null then 'could not be computed: ' || k.error"
        f" else 'a value that the rule reads is not known' end end"
    )


def _listed(items: str, most: int) -> str:
    rest = f"case when len({items}) > {most} then ' and ' || (len({items}) - {most}) || ' more' else '' end"
    return f"array_to_string(({items})[:{most}], ', ') || {rest}"


def _columns_read(check: Check) -> set[str]:
    return {name.name for each in (check.within, check.rule) for name in _read_here(each)}


def _read_here(term: Term) -> list[Name]:
    """The columns of the judged row that a term reads outside quantifiers, and through `this.` inside them."""
    if isinstance(term, Name):
        return [term]
    if isinstance(term, Quantifier):
        return [name for name in _names(term.term) if name.outer]
    return [name for part in children(term) for name in _read_here(part)]


def _names(term: Term) -> list[Name]:
    if isinstance(term, Name):
        return [term]
    if isinstance(term, Quantifier):
        return []
    return [name for part in children(term) for name in _names(part)]


def _unseen(table: Table) -> str:
    """Gaps in the judged table that could change the result: one unknown finding a namespace, or the cluster."""
    namespace = "j.namespace" if table.field("namespace") else "cast(null as varchar)"
    inside = "n is not null"
    return f"""
        insert into found
        select check_no, cid, '', case when {inside} then 'Namespace' else 'Cluster' end, n,
            case when {inside} then n else cluster end, null, case when {inside} then n else '?' end, 'unknown',
            'not seen: ' || {_listed("list_sort(list(distinct says))", MOST_GAPS)}, [], list_sort(list(distinct gap)),
            [], count(distinct gap)
        from (select a.check_no, j.cid, nullif(nullif({namespace}, '?'), '') as n, j.gap, g.says
              from judged_rows a join {quoted(table.name)} j on j.rid = a.rid join known_gaps g on g.gap = j.gap
              where a.phantom and g.judged and a.v in ({UNKNOWN}, {SCOPE_UNKNOWN})) join known_clusters using (cid)
        group by check_no, cid, n, cluster"""

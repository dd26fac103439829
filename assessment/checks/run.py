"""Judge every row of every judged table: one query a table, a column a check, findings as rows."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from assessment.checks.bounds import BOUNDS, Bounds, bounded
from assessment.checks.compile import Compiler, Known, quoted, relations_of
from assessment.checks.expression import Constants, literal
from assessment.checks.findings import FINDINGS, HELD, KNOWN_CHECKS, Answers, described, statements
from assessment.checks.lists_read import (
    COMPLETE_LISTS,
    LISTS_BEHIND,
    complete_lists,
    families_read,
    lists_behind,
    tables_read,
)
from assessment.checks.load import Check
from collectors.kubernetes.kinds import name_of
from collectors.tables.build import Tables
from collectors.tables.database import arrow, connect, gaps_of, load
from collectors.tables.families import FAMILIES
from collectors.tables.schema import Table

AT_ONCE = 100
"""Checks of a table whose answers are held before they become findings: they must fit into memory."""
TABLES_AT_ONCE = max(2, min(4, os.cpu_count() or 2))
IN_A_QUERY = 16
"""Checks in one query: they share what they ask of relations, but the engine plans long queries out of proportion."""
Put = Mapping[str, Collection[str]]
"""Cluster -> the checks that are put to it, where not all are put to all: each example asks one check only."""
ANSWERS = "rid bigint, phantom boolean, check_no smallint, v tinyint, w varchar[], g integer[]"
Connection = duckdb.DuckDBPyConnection
# What a value can make the engine raise. Running out of memory or time is an error of the run, never a verdict.
REFUSED = (duckdb.OutOfRangeException, duckdb.ConversionException, duckdb.InvalidInputException)


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of a run: findings, populations and out_of_scope with the columns that DESIGN 13 names.

    `counts`, for scoring: check_id, cluster, namespace, passed, failed, unknown, unseen (a gap of the judged
    table could change the result there), everywhere (that gap is the whole cluster's).
    """

    findings: pa.Table
    populations: pa.Table
    out_of_scope: pa.Table
    counts: list[tuple[str, str, str | None, int, int, int, bool, bool]]


class Judge:
    """Holds the loaded tables of one run and puts checks to them."""

    def __init__(
        self, tables: Tables, declared: Mapping[str, Table], columns: Mapping[str, pa.Table], bounds: Bounds = BOUNDS
    ) -> None:
        """`columns` are the rows of each declared table as Arrow, gaps not among them. `bounds` hold for own checks."""
        self._bounds = bounds
        self._declared = declared
        self._covered = tables.covered
        self._bases = {
            name: tables.families.get(name, dict.fromkeys(FAMILIES, context.basis))
            for name, context in tables.clusters.items()
        }
        self._clusters = {name: number for number, name in enumerate(tables.clusters)}
        self._connection = connect()
        self._known = self._load(tables, columns)
        self._connection.execute(f"create table found ({FINDINGS})")

    def _load(self, tables: Tables, columns: Mapping[str, pa.Table]) -> Known:
        filled, gapless = set(), set()
        for name, rows in columns.items():
            declared = self._declared[name]
            gaps = gaps_of(declared, tables.gaps, self._declared)
            whole = load(self._connection, declared, rows, gaps, tables.clusters)
            filled |= {(name, column) for column in whole}
            gapless |= set() if gaps else {name}
        known = [(number, each.name) for number, each in enumerate(tables.clusters.values())]
        self._hold("known_clusters", "cid integer, cluster varchar", known)
        gaps_known = [(gap.number, _say_gap(gap.kind, gap.namespace, gap.reason), gap.judged) for gap in tables.gaps]
        self._hold("known_gaps", "gap integer, says varchar, judged boolean", gaps_known)
        return Known(filled, gapless)

    def _hold(self, name: str, columns: str, rows: Sequence[tuple[object, ...]]) -> None:
        self._connection.execute(f"create table {name} ({columns})")
        names = [column.split()[0] for column in columns.split(", ")]
        values = zip(*rows, strict=True) if rows else [() for _ in names]
        incoming = pa.table({each: pa.array(value) for each, value in zip(names, values, strict=True)})
        self._connection.register("incoming", incoming)
        self._connection.execute(f"insert into {name} select * from incoming")
        self._connection.unregister("incoming")

    def judge(self, run: str, checks: Sequence[Check], constants: Constants, put: Put | None = None) -> Judged:
        """Put these checks to the rows. `run` stands in the findings; order and bytes depend on nothing else."""
        self._numbers = {check_id: number for number, check_id in enumerate(sorted(check.check_id for check in checks))}
        known = [described(self._numbers[check.check_id], check) for check in checks]
        self._hold("known_checks", KNOWN_CHECKS, known)
        asked = self._pairs(checks, put)
        self._asked = Counter(number for number, _, _ in asked)
        self._hold("asked", "check_no smallint, cid integer, basis varchar", asked)
        behind = lists_behind(checks, self._declared)
        self._hold("lists_behind", LISTS_BEHIND, [(self._numbers[check_id], table) for check_id, table in behind])
        complete = complete_lists(self._covered, self._clusters, {table for _, table in behind})
        self._hold("complete_lists", COMPLETE_LISTS, complete)
        self._judge_carried([check for check in checks if not check.is_own], constants)
        self._lock()
        for check in checks:
            if check.is_own:
                with bounded(self._connection, check.file, self._bounds):
                    self._judge_table(self._connection, self._declared[check.table], [check], constants)
        return Judged(self._findings(run), self._populations(), self._out_of_scope(), self._counts())

    def _judge_carried(self, checks: Sequence[Check], constants: Constants) -> None:
        """Our own checks, some tables at a time: what a query of many checks takes is its plan, made on one core."""
        of_table: dict[str, list[Check]] = {}
        for check in checks:
            of_table.setdefault(check.table, []).append(check)

        def judge(name: str, together: Sequence[Check]) -> None:
            with self._connection.cursor() as connection:
                self._judge_table(connection, self._declared[name], together, constants)

        with ThreadPoolExecutor(max_workers=TABLES_AT_ONCE) as pool:
            waiting = [
                pool.submit(judge, name, of_one[first : first + AT_ONCE])
                for name, of_one in sorted(of_table.items(), key=lambda each: (-len(each[1]), each[0]))
                for first in range(0, len(of_one), AT_ONCE)
            ]
            for each in waiting:
                each.result()

    def _lock(self) -> None:
        """From here on nothing can be set, and the engine may grow by what a client's checks may take."""
        used = "select cast(sum(memory_usage_bytes) as bigint) from duckdb_memory()"
        most = self._connection.execute(used).fetchall()[0][0] + self._bounds.working_bytes
        self._connection.execute(f"set memory_limit = '{most >> 20}MiB'")
        self._connection.execute("set lock_configuration = true")

    def _pairs(self, checks: Sequence[Check], put: Put | None) -> list[tuple[int, int, str]]:
        """Which checks concern which clusters, and on what basis: those whose tables the cluster has."""
        read = {check.check_id: families_read(check.table, self._declared) for check in checks}
        pairs = []
        for name, bases in self._bases.items():
            for check_id in read if put is None else put[name]:
                found = {bases[family] for family in read[check_id] if family in bases}
                if found:
                    basis = "declared" if "declared" in found else "running"
                    pairs.append((self._numbers[check_id], self._clusters[name], basis))
        return pairs

    def _judge_table(self, connection: Connection, table: Table, checks: Sequence[Check], constants: Constants) -> None:
        connection.execute(f"create or replace temp table judged_rows ({ANSWERS})")
        alike = sorted(checks, key=lambda check: (relations_of([check.within, check.rule]), check.check_id))
        for first in range(0, len(alike), IN_A_QUERY):
            self._answer_together(connection, table, alike[first : first + IN_A_QUERY], constants)
        held = Answers(*connection.execute(HELD).fetchall()[0])
        for statement in statements(table, checks, held):
            connection.execute(statement)

    def _answer_together(
        self, connection: Connection, table: Table, checks: Sequence[Check], constants: Constants
    ) -> None:
        """Several checks in one query; one by one where the engine raises, so that the others are judged."""
        plain = Compiler(self._declared, constants, self._known)
        try:
            self._answer(connection, table, checks, plain)
        except REFUSED:
            for check in checks:
                guarded = Compiler(self._declared, constants, self._known, guarded=True)
                self._answer_alone(connection, table, check, plain, guarded)

    def _answer_alone(
        self, connection: Connection, table: Table, check: Check, plain: Compiler, guarded: Compiler
    ) -> None:
        """One check by itself; where the engine raises, the row is unknown and says why."""
        try:
            self._answer(connection, table, [check], plain)
        except REFUSED as error:
            told = " ".join(str(error).split())[:300]
            connection.execute("update known_checks set error = ? where check_id = ?", [told, check.check_id])
            self._answer(connection, table, [check], guarded)

    def _answer(self, connection: Connection, table: Table, checks: Sequence[Check], compiler: Compiler) -> None:
        """One row a judged row and check that is put to its cluster: verdict code, deciding parts, gaps."""
        numbers = [self._numbers[check.check_id] for check in checks]
        to_all = all(self._asked[number] == len(self._clusters) for number in numbers)
        clusters = f"select cid from asked where check_no in ({', '.join(map(str, numbers))})"
        rows = None if to_all else f"(select * from {quoted(table.name)} where cid in ({clusters}))"
        query = compiler.query(table, [(check.within, check.rule) for check in checks], rows)
        answers = ", ".join(
            f"{{'check_no': {number}, 'v': v{i}, 'w': cast(w{i} as varchar[]), 'g': cast(g{i} as integer[])}}"
            for i, number in enumerate(numbers)
        )
        connection.execute(
            "insert into judged_rows select rid, phantom, check_no, v, w, g from"
            f" (select rid, phantom, cid, unnest([{answers}], recursive := true) from ({query}))"
            f" {'' if to_all else 'semi join asked using (check_no, cid)'}"
        )

    def _findings(self, run: str) -> pa.Table:
        parts = "check_id, cluster, subject_group, subject_kind, subject_namespace, stable_name, subject_part"
        hashed = ", ".join(f"coalesce({part}, '')" for part in parts.split(", "))
        return self._arrow(
            f"""with lists as (
                    select check_no, cid, namespace, list_sort(list(distinct evidence_id)) as ids
                    from asked join lists_behind using (check_no) join complete_lists using (cid, source) group by all)
                select {literal(run)} as run, check_id, cluster, subject_group, subject_kind, subject_namespace,
                subject_name, subject_part, verdict, reason, witnesses, layer, dimension, basis,
                case when e.ids is null and n.ids is null then evidence_refs
                    else list_concat(evidence_refs, coalesce(e.ids, []), coalesce(n.ids, [])) end as evidence_refs,
                sha256(concat_ws(chr(31), {hashed})) as fingerprint, gaps
                from found f join known_clusters c using (cid) join known_checks k using (check_no)
                join asked a on a.check_no = f.check_no and a.cid = f.cid
                left join lists e on e.check_no = f.check_no and e.cid = f.cid and e.namespace = '*' and unseen = 0
                left join lists n on n.check_no = f.check_no and n.cid = f.cid and unseen = 0
                    and n.namespace = f.subject_namespace
                where verdict is not null order by f.check_no, cluster, {_ORDER}, verdict"""
        )

    def _populations(self) -> pa.Table:
        def number(verdict: str) -> str:
            return f"cast(count(*) filter (where verdict = '{verdict}') as bigint)"

        filled = [
            f"coalesce({name}, 0) as {name}" for name in ("passed", "failed", "unknown", "out_of_scope", "unseen")
        ]
        return self._arrow(
            f"""with counted as (select check_no, cid, {number("pass")} as passed, {number("fail")} as failed,
                    {number("unknown")} as unknown, cast(sum(unseen) as bigint) as unseen
                    from found where verdict is not null group by all),
                left_out as (
                    select check_no, cid, cast(count(*) as bigint) as out_of_scope from found where verdict is null
                    group by all)
                select check_id, cluster, coalesce(passed + failed + unknown, 0) as judged, {", ".join(filled)}
                from asked join known_clusters using (cid) join known_checks using (check_no)
                left join counted using (check_no, cid) left join left_out using (check_no, cid)
                order by check_no, cluster"""
        )

    def _out_of_scope(self) -> pa.Table:
        return self._arrow(
            f"""select check_id, cluster, subject_group, subject_kind, subject_namespace, subject_name, subject_part,
               reason, evidence_refs from found join known_clusters using (cid) join known_checks using (check_no)
               where verdict is null order by check_no, cluster, {_ORDER}"""
        )

    def _counts(self) -> list[tuple[str, str, str | None, int, int, int, bool, bool]]:
        number = "count(*) filter (where verdict = '{}')".format
        return self._connection.execute(
            f"""select check_id, cluster, subject_namespace, {number("pass")}, {number("fail")}, {number("unknown")},
                bool_or(unseen > 0), bool_or(unseen > 0 and subject_namespace is null)
                from found join known_clusters using (cid) join known_checks using (check_no)
                where verdict is not null group by all order by all"""
        ).fetchall()

    def _arrow(self, query: str) -> pa.Table:
        found: pa.Table | None = self._connection.sql(query).to_arrow_table()
        assert found is not None
        return found


_ORDER = """subject_namespace nulls first, subject_kind, subject_name, subject_part nulls first, subject_group,
    evidence_refs"""


def judge(
    run: str, tables: Tables, declared: Mapping[str, Table], checks: Sequence[Check], constants: Constants,
    put: Put | None = None,
) -> Judged:  # fmt: skip
    """Judge the tables in memory; only those that some check reads are loaded."""
    needed = tables_read(checks, declared)
    columns = {name: arrow(declared[name], tables.rows.get(name, [])) for name in sorted(needed)}
    return Judge(tables, declared, columns).judge(run, checks, constants, put)


def _say_gap(kind: str, namespace: str | None, reason: str) -> str:
    where = "" if not namespace else " in unlisted namespaces" if namespace == "?" else f" in namespace {namespace}"
    return f"{name_of(kind)}{where} ({reason})"

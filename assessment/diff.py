"""Two runs side by side: what was fixed, what is new, what got worse, and what can no longer be seen.

Findings meet by fingerprint, which outlives pods, generated names and renamed checks. Not seeing something any more
is a state of its own: it never counts as fixed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from assessment.workspace import NotThere, Workspace

STATES = ("fixed", "new", "regressed", "unchanged", "no longer visible", "now visible")
"""fixed: failed, and passes or is gone from a list seen whole. new: fails, and was not there or could not be seen.
regressed: passed, and fails. unchanged: the same verdict, or open in both. no longer visible: was judged, and a gap
hides it now. now visible: was unknown or not there, and passes."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from run `before` to run `after`.

    `findings`: one row a fingerprint, with state, both verdicts and why. `counts`: dimension -> state -> number.
    `requirements`: framework, requirement, status before, status after, for those that moved. `health`: dimension
    (None: a layer), layer, lower and upper before, lower and upper after. `exceptions`: sentences on what ran out.
    """

    before: str
    after: str
    findings: pa.Table
    counts: dict[str, dict[str, int]]
    requirements: list[tuple[str, str, str, str]]
    health: list[tuple[str | None, str | None, float, float, float, float]]
    exceptions: list[str]


def compare(workspace: Workspace, before: str | None = None, after: str | None = None) -> Comparison:
    """Compare two assessed runs; without names, the last two. Raises NotThere when there are none to compare."""
    first, second = _chosen(workspace, before, after)
    with _loaded(workspace.history / first, workspace.history / second) as connection:
        findings = connection.sql(_FINDINGS).to_arrow_table()
        counts: dict[str, dict[str, int]] = {}
        for row in findings.group_by(["dimension", "state"]).aggregate([("state", "count")]).to_pylist():
            counts.setdefault(row["dimension"], {})[row["state"]] = row["state_count"]
        moved = connection.sql(_REQUIREMENTS).fetchall()
        health = connection.sql(_HEALTH).fetchall()
        exceptions = [row[0] for row in connection.sql(_EXCEPTIONS).fetchall()] if _has_exceptions(connection) else []
    return Comparison(first, second, findings, dict(sorted(counts.items())), moved, health, exceptions)


def _chosen(workspace: Workspace, before: str | None, after: str | None) -> tuple[str, str]:
    known = sorted(path.parent.name for path in workspace.history.glob("*/findings.parquet"))
    for name in (before, after):
        if name is not None and name not in known:
            raise NotThere(f"there is no assessed run {name!r} in {workspace.history}; there is "
                           f"{', '.join(known) or 'none'}: kubesurvey assess {workspace.path} --run {name}")
    later = after or next((name for name in reversed(known) if name != before), None)
    earlier = before or next((name for name in reversed(known) if later is not None and name < later), None)
    if earlier is None or later is None:
        raise NotThere(f"{workspace.history} holds {len(known)} assessed runs, and a comparison needs two: collect "
                       "with --new after 90 days, then assess")
    return earlier, later


def _loaded(first: Path, second: Path) -> duckdb.DuckDBPyConnection:
    """Both runs as tables `a_...` and `b_...`; nothing outside of them can be reached afterwards."""
    connection = duckdb.connect()
    for letter, folder in (("a", first), ("b", second)):
        for file in sorted(folder.glob("*.parquet")):
            place = str(file).replace("'", "''")
            connection.execute(f"create table \"{letter}_{file.stem}\" as from read_parquet('{place}')")
    connection.execute("set enable_external_access = false")
    return connection


def _has_exceptions(connection: duckdb.DuckDBPyConnection) -> bool:
    names: set[Any] = {row[0] for row in connection.sql("select table_name from information_schema.tables").fetchall()}
    return {"a_exceptions", "b_exceptions"} <= names


_WORST = """select fingerprint, arg_min(verdict, rank) as verdict, any_value(check_id) as check_id,
    any_value(cluster) as cluster, any_value(subject_kind) as subject_kind,
    any_value(subject_namespace) as subject_namespace, any_value(subject_name) as subject_name,
    any_value(subject_part) as subject_part, any_value(dimension) as dimension, any_value(layer) as layer
    from (select *, case verdict when 'fail' then 0 when 'unknown' then 1 else 2 end as rank from {table}
          order by fingerprint, rank, subject_name) group by fingerprint"""

_SUBJECT = ", ".join(
    f"coalesce(b.{name}, a.{name}) as {name}"
    for name in ("check_id", "cluster", "subject_kind", "subject_namespace", "subject_name", "subject_part",
                 "dimension", "layer")
)  # fmt: skip

_FINDINGS = f"""
with a as ({_WORST.format(table="a_findings")}), b as ({_WORST.format(table="b_findings")}),
met as (select {_SUBJECT}, a.verdict as before, b.verdict as after, fingerprint
        from a full join b using (fingerprint)),
told as (select m.*, p.unseen as gaps, p.check_id is null as unasked from met m
         left join b_populations p on p.check_id = m.check_id and p.cluster = m.cluster)
select case
    when before = after then 'unchanged'
    when after = 'unknown' and before is not null then 'no longer visible'
    when after = 'unknown' then 'unchanged'
    when after is null and (unasked or coalesce(gaps, 0) > 0) then 'no longer visible'
    when after is null and before = 'fail' then 'fixed'
    when after is null then 'unchanged'
    when after = 'fail' and before = 'pass' then 'regressed'
    when after = 'fail' then 'new'
    when before = 'fail' then 'fixed'
    else 'now visible' end as state, before, after,
    case
    when after is null and unasked then 'the check or the cluster is not part of the later run'
    when after is null and coalesce(gaps, 0) > 0 then 'it is not among what was seen, and a gap may hide it'
    when after is null then 'it is gone, or out of the check''s scope, and everything was seen'
    when before is null then 'it was not there, or not judged, in the earlier run'
    when before = 'unknown' then 'it could not be judged in the earlier run'
    else '' end as note,
    check_id, cluster, subject_kind, subject_namespace, subject_name, subject_part, dimension, layer, fingerprint
from told order by check_id, cluster, subject_namespace nulls first, subject_kind, subject_name,
    subject_part nulls first, fingerprint
"""

_REQUIREMENTS = """select framework, requirement_id, a.status, b.status from a_requirements a
    join b_requirements b using (framework, requirement_id) where a.status <> b.status order by all"""

_HEALTH = """select a.dimension, a.layer, a.lower, a.upper, b.lower, b.upper from a_health a join b_health b
    on a.dimension is not distinct from b.dimension and a.layer is not distinct from b.layer
    where a.cluster is null and b.cluster is null order by a.dimension nulls last, a.layer nulls last"""

_EXCEPTIONS = """select 'exception ' || b.number || ' (' || coalesce(b.check_id, b.requirement_id, '') || ', '
    || coalesce(b.owner, 'no owner') || ') is ' || b.state || coalesce(', until ' || b.until, '') from b_exceptions b
    where b.state <> 'live' order by b.number"""

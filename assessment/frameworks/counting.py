"""Verdicts counted within a scope, and what a report prints of the scope itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assessment.checks.expression import literal
from assessment.frameworks.estate import SUBJECT, Estate
from assessment.frameworks.judge import CheckCounts
from assessment.frameworks.scope import Reach

# A finding for what a gap may hide names the namespace or the cluster and cites nothing.
_OF_A_GAP = """f.verdict = 'unknown' and f.subject_group = '' and f.subject_kind in ('Namespace', 'Cluster')
    and len(f.gaps) > 0 and len(f.evidence_refs) = 0"""
_SAME = " and ".join(f"m.{column} is not distinct from f.{column}" for column in SUBJECT.split(", "))
_COUNTED = (
    "passed_running",
    "passed_declared",
    "failed",
    "unknown",
    "outside",
    "unplaced",
    "failed_unplaced",
    "unseen",
    "out_of_scope",
)


def counts_within(estate: Estate) -> list[CheckCounts]:
    """Verdicts of each check on subjects in the scope that `estate` was asked about last.

    Where membership is not known, a verdict counts as unknown whatever it says: it proves nothing for the
    framework and holds nothing against it. Such failures are also counted apart.
    """
    filled = ", ".join(f"coalesce({name}, 0) as {name}" for name in _COUNTED)
    rows = estate.rows(
        f"""with counted as (
            select f.check_id,
                count(*) filter (in_scope and verdict = 'pass' and f.basis = 'running') as passed_running,
                count(*) filter (in_scope and verdict = 'pass' and f.basis <> 'running') as passed_declared,
                count(*) filter (in_scope and verdict = 'fail') as failed,
                count(*) filter (in_scope is null or (in_scope and verdict = 'unknown')) as unknown,
                count(*) filter (not in_scope) as outside,
                count(*) filter (in_scope is null) as unplaced,
                count(*) filter (in_scope is null and verdict = 'fail') as failed_unplaced,
                cast(sum(len(f.gaps)) filter (in_scope is distinct from false and {_OF_A_GAP}) as bigint) as unseen
            from findings f join members m on {_SAME} group by f.check_id),
        not_judged as (
            select f.check_id, count(*) filter (in_scope is distinct from false) as out_of_scope
            from left_out f join members m on {_SAME} group by f.check_id)
        select k.check_id, {filled} from (select distinct check_id from populations) k
        left join counted c on c.check_id = k.check_id left join not_judged n on n.check_id = k.check_id
        order by k.check_id"""
    )
    return [CheckCounts(**row) for row in rows]


def scope_rows(framework: str, reach: Reach, estate: Estate) -> Iterator[dict[str, Any]]:
    """How many subjects of each namespace are in the scope, out of it, or nobody could tell; and by what."""
    yield from estate.rows(
        f"""select '{framework}' as framework, '{reach.name}' as scope, {literal(reach.says)} as holds,
            cluster, namespace, count(*) filter (in_scope) as subjects_in,
            count(*) filter (not in_scope) as subjects_out, count(*) filter (in_scope is null) as subjects_unknown,
            string_agg(distinct basis, ' ' order by basis) as basis
        from members where level <> 'organisation'
        group by cluster, namespace order by cluster, namespace nulls first"""
    )
    seen = estate.rows(
        "select distinct namespace from places p join reached r using (cluster) where within is not false"
    )
    names = {row["namespace"] for row in seen}
    for name in sorted(set(reach.scope.namespaces) - names):
        yield _not_met(framework, reach, None, name, "Listed in engagement.yaml; nothing of it was seen.")
    for name in sorted(set(reach.scope.clusters) - set(reach.clusters)):
        yield _not_met(framework, reach, name, None, "Listed in engagement.yaml; nothing of it was collected.")


def subject_rows(reach: Reach, estate: Estate) -> list[dict[str, Any]]:
    """Membership of every subject in a scope that is set; where none is set, everything is in scope."""
    if reach.holds_everything:
        return []
    answer = "case when in_scope then 'yes' when not in_scope then 'no' else 'not known' end"
    return estate.rows(
        f"select '{reach.name}' as scope, {SUBJECT}, {answer} as in_scope, basis from members order by {SUBJECT}"
    )


def _not_met(framework: str, reach: Reach, cluster: str | None, namespace: str | None, basis: str) -> dict[str, Any]:
    none = dict.fromkeys(("subjects_in", "subjects_out", "subjects_unknown"), 0)
    place = {"framework": framework, "scope": reach.name, "cluster": cluster, "namespace": namespace}
    return place | {"holds": reach.says} | none | {"basis": basis}

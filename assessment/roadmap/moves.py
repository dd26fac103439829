"""Which requirement each package moves, from which status to which, when the plan's packages are done one by one.

Nothing is decided here: the frameworks' own judge is asked again with the failures of a package counted as passes.
What is unknown, open by hand or unsigned stays so, and holds the expected status where it holds the present one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pyarrow as pa

from assessment.frameworks.judge import CheckCounts, RequirementRow, judge
from assessment.frameworks.load import Framework, load, on_request
from assessment.roadmap.weighing import Results
from collectors.people import ANSWERS
from collectors.people.engagement import Engagement
from collectors.tables.database import connect

SUBJECT = ("cluster", "subject_group", "subject_kind", "subject_namespace", "subject_name")
NEEDED = ("findings", "requirements", "requirement_checks", "clusters")
SECTION = "section"


@dataclass(frozen=True, slots=True)
class Move:
    """A requirement that stands better once a package is done, being the last that holds it where it is."""

    framework: str
    requirement_id: str
    package_id: str
    status_now: str
    status_expected: str
    why: str


@dataclass(frozen=True, slots=True)
class _Fixed:
    """Failures of one check that a package repairs: in scope by basis, and where the scope is not known."""

    check_id: str
    running: int
    declared: int
    unplaced: int


Counts = dict[str, dict[str, CheckCounts]]
"""Scope -> check -> what it found there."""


def moves_of(
    results: Results, engagement: Engagement, as_of: date, order: Sequence[str], fixed_by: Mapping[str, str],
    *, read: Callable[[str], Framework] = load,
) -> list[Move]:  # fmt: skip
    """Moves by framework, in the order of the packages.

    `order`: package ids as they finish; `fixed_by`: fingerprint -> package; `read` gives a framework by its id.
    """
    if not order or any(name not in results for name in NEEDED):
        return []
    counts, fixes = _counted(results, fixed_by)
    names = sorted(_texts(results["requirements"], "framework") - on_request())
    clusters = sorted(_texts(results["clusters"], "cluster") - {ANSWERS})
    asked = _Asked(engagement, clusters, as_of, counts)
    return [move for name in names for move in _moves(asked, read(name), order, fixes)]


@dataclass(frozen=True)
class _Asked:
    engagement: Engagement
    clusters: Sequence[str]
    as_of: date
    counts: Counts

    def judge(self, framework: Framework, counts: Counts) -> dict[str, RequirementRow]:
        told = {scope: list(checks.values()) for scope, checks in counts.items()}
        judged = judge(framework, told, self.engagement, self.clusters, self.as_of)
        return {row.requirement_id: row for row in judged.requirements if row.level != SECTION}


def _moves(
    asked: _Asked, framework: Framework, order: Sequence[str], fixes: Mapping[tuple[str, str], Sequence[_Fixed]]
) -> Iterator[Move]:
    mapped = framework.checks()
    counts = {scope: dict(checks) for scope, checks in asked.counts.items()}
    before = asked.judge(framework, counts)
    for package_id in order:
        turned = False
        for scope, checks in counts.items():
            for fixed in fixes.get((scope, package_id), ()):
                if fixed.check_id in checks:
                    checks[fixed.check_id] = _repaired(checks[fixed.check_id], fixed)
                    turned = turned or (fixed.check_id in mapped and _is_green(checks[fixed.check_id]))
        if turned:
            after = asked.judge(framework, counts)
            for name, row in after.items():
                if row.status != before[name].status:
                    yield Move(framework.id, name, package_id, before[name].status, row.status, row.status_reason)
            before = after


def _repaired(counts: CheckCounts, fixed: _Fixed) -> CheckCounts:
    return replace(
        counts, failed=counts.failed - fixed.running - fixed.declared,
        passed_running=counts.passed_running + fixed.running,
        passed_declared=counts.passed_declared + fixed.declared,
        failed_unplaced=counts.failed_unplaced - fixed.unplaced,
    )  # fmt: skip


def _is_green(counts: CheckCounts) -> bool:
    """Only the last failure of a check can change a status."""
    return not counts.failed or not counts.failed_unplaced


def _counted(
    results: Results, fixed_by: Mapping[str, str]
) -> tuple[Counts, dict[tuple[str, str], list[_Fixed]]]:
    """What each check found in each scope, and of that what each package repairs there."""
    counts: Counts = {}
    fixes: dict[tuple[str, str], list[_Fixed]] = defaultdict(list)
    for scope, check_id, package_id, *numbers in _grouped(results, fixed_by):
        running, declared, failed_running, failed_declared, unknown, unplaced, failed_unplaced = numbers
        checks = counts.setdefault(scope, {})
        found = checks.get(check_id, CheckCounts(check_id))
        checks[check_id] = replace(
            found, passed_running=found.passed_running + running, passed_declared=found.passed_declared + declared,
            failed=found.failed + failed_running + failed_declared, unknown=found.unknown + unknown,
            unplaced=found.unplaced + unplaced, failed_unplaced=found.failed_unplaced + failed_unplaced,
        )  # fmt: skip
        if package_id:
            fixes[scope, package_id].append(_Fixed(check_id, failed_running, failed_declared, failed_unplaced))
    for scope, check_id, out_of_scope, unseen, outside in _beside(results):
        checks = counts.setdefault(scope, {})
        found = checks.get(check_id, CheckCounts(check_id))
        checks[check_id] = replace(found, out_of_scope=out_of_scope, unseen=unseen, outside=outside)
    return counts, fixes


def _grouped(
    results: Results, fixed_by: Mapping[str, str]
) -> Iterable[tuple[str, str, str, int, int, int, int, int, int, int]]:
    """Scope, check, package ('' for none) and counts of verdicts, as the frameworks count them."""
    connection = connect()
    connection.register("findings", results["findings"])
    connection.register("fixed", pa.table({
        "fingerprint": pa.array(sorted(fixed_by), pa.string()),
        "package_id": pa.array([fixed_by[one] for one in sorted(fixed_by)], pa.string()),
    }))  # fmt: skip
    names = sorted(_texts(results["requirements"], "scope"))
    connection.register("scopes", pa.table({"scope": pa.array(names, pa.string())}))
    connection.register("members", _members(results))
    same = " and ".join(f"m.{column} is not distinct from f.{column}" for column in SUBJECT)
    return list(connection.sql(f"""
        with placed as (
            select s.scope, f.check_id, coalesce(x.package_id, '') as package_id, f.verdict,
                f.basis = 'running' as running,
                case when s.scope not in (select scope from members) then true
                    when m.in_scope = 'yes' then true when m.in_scope = 'no' then false end as inside
            from findings f cross join scopes s
            left join members m on m.scope = s.scope and {same}
            left join fixed x on x.fingerprint = f.fingerprint and f.verdict = 'fail')
        select scope, check_id, package_id,
            count(*) filter (inside and verdict = 'pass' and running),
            count(*) filter (inside and verdict = 'pass' and running is distinct from true),
            count(*) filter (inside and verdict = 'fail' and running),
            count(*) filter (inside and verdict = 'fail' and running is distinct from true),
            count(*) filter (inside is null or (inside and verdict = 'unknown')),
            count(*) filter (inside is null),
            count(*) filter (inside is null and verdict = 'fail')
        from placed group by all order by all""").fetchall())


def _texts(table: pa.Table, column: str) -> set[str]:
    return {str(value) for value in table[column].to_pylist() if value is not None}


def _members(results: Results) -> pa.Table:
    """Who is in which scope. A scope without members holds everything."""
    columns = ("scope", *SUBJECT, "in_scope")
    if "scope_subjects" in results:
        return results["scope_subjects"].select(list(columns))
    return pa.table({name: pa.array([], pa.string()) for name in columns})


def _beside(results: Results) -> Iterable[tuple[str, str, int, int, int]]:
    """Per scope and check what is counted without findings: out of the rule's scope, unseen, outside."""
    connection = connect()
    connection.register("requirements", results["requirements"])
    connection.register("mapped", results["requirement_checks"])
    return list(connection.sql(
        "select r.scope, m.check_id, max(m.out_of_scope), max(m.unseen), max(coalesce(m.outside, 0)) from mapped m"
        " join requirements r on r.framework = m.framework and r.requirement_id = m.requirement_id"
        " where m.passed + m.failed + m.unknown + m.out_of_scope + m.unseen + coalesce(m.outside, 0) > 0"
        " group by all order by all"
    ).fetchall())  # fmt: skip

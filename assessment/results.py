"""From a run's evidence to every result: tables, findings, requirements, health, gaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from assessment.checks.compile import Compiler
from assessment.checks.expression import Constants, Value
from assessment.checks.load import LIBRARY, Check, library
from assessment.checks.run import Judge, Judged
from assessment.derived.attack_paths.cuts import cuts
from assessment.derived.network.reach import Reach
from assessment.derived.run import all_tables, derive
from assessment.exceptions import exceptions_of
from assessment.expectation import expected
from assessment.frameworks.run import requirements_of
from assessment.open_questions import open_questions_of
from assessment.provenance import (
    CLUSTERS,
    COVERAGE,
    EVIDENCE,
    GAPS,
    RUNS,
    cluster_rows,
    coverage_rows,
    evidence_row,
    gap_rows,
    run_row,
)
from assessment.recording import as_columns, columns
from assessment.roadmap.plan import roadmap_of
from assessment.scoring.health import Count, Health, OpenRisk, Weighed, health
from assessment.scoring.risks import risks_of
from collectors.evidence.item import Item
from collectors.evidence.store import Run
from collectors.people import ANSWERS
from collectors.people.engagement import Engagement
from collectors.people.exceptions import WrittenException
from collectors.tables.build import build
from collectors.tables.database import arrow

CHECKS = columns(
    "check_id, title, why, layer, dimension, judges, within, rule, sql, impact int, likelihood int, remedy, fix,"
    " examples int, sources list, blind_to list, formerly list"
)
ATTACK_CUTS = columns(
    "cluster, target, rank int, family, source, step_to, ended_by, days double, starts int, published_starts int,"
    " cut_off int, published_cut_off int, evidence_refs list"
)
HEALTH = columns(
    "cluster, dimension, layer, lower double, best_estimate double, upper double, coverage double, grade,"
    " foundation, foundation_why"
)

Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that `assess` writes: tidy tables and results, as Arrow."""

    tables: dict[str, pa.Table]
    results: dict[str, pa.Table]

    def verdicts(self) -> tuple[tuple[str, int, int, int], ...]:
        """Per dimension: passed, failed, unknown."""
        found = self.results["findings"].select(["dimension", "verdict"]).group_by(["dimension", "verdict"])
        counted = {(row["dimension"], row["verdict"]): row["verdict_count"]
                   for row in found.aggregate([("verdict", "count")]).to_pylist()}  # fmt: skip
        names = sorted({dimension for dimension, _ in counted})
        return tuple(
            (name, *(counted.get((name, verdict), 0) for verdict in ("pass", "fail", "unknown"))) for name in names
        )

    def gap_groups(self) -> tuple[tuple[str, str, int], ...]:
        """Reasons for gaps and what would close them, the most frequent first."""
        table = self.results["gaps"].select(["reason", "closed_by"])
        counted = Counter((row["reason"], row["closed_by"]) for row in table.to_pylist())
        ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
        return tuple((reason, closed_by, number) for (reason, closed_by), number in ordered)


def results_of(
    run: Run, engagement: Engagement, own_checks: Path, version: str, progress: Progress,
    exceptions: Sequence[WrittenException] = (),
) -> Results:  # fmt: skip
    """Judge a run and plan. Raises InvalidFile for a broken check or framework, CorruptEvidence for altered bytes."""
    judged = judged_of(run, engagement, own_checks, version, progress, exceptions)
    progress("planning", 0, None)
    planned = roadmap_of(judged.results, _as_kept(engagement, run.items()), run.record.as_of)
    return Results(judged.tables, judged.results | planned)


def judged_of(
    run: Run, engagement: Engagement, own_checks: Path, version: str, progress: Progress,
    exceptions: Sequence[WrittenException] = (),
) -> Results:  # fmt: skip
    """The results without the plan, which takes most of the time. Raises what `results_of` raises."""
    declared = all_tables()
    parameters = _parameters(engagement)
    checks = library(declared, (LIBRARY, own_checks), parameters)
    items = run.items()
    engagement = _as_kept(engagement, items)
    stated = {name: one.kubernetes_version for name, one in engagement.clusters.items() if one.kubernetes_version}
    progress("reading evidence", 0, None)
    tables = build(items, run, stated, expected(engagement), _instant(run.record.as_of))
    progress("deriving", 0, None)
    derive(tables)
    found = {"attack_cuts": as_columns(cuts(tables.rows, tables.clusters, tables.gaps), ATTACK_CUTS)}
    network = Reach(tables.rows, tables.gaps) if engagement.scopes.choose_within_clusters else None
    columns_of = {name: arrow(table, tables.rows.get(name, [])) for name, table in declared.items()}
    tables.rows.clear()
    constants = Constants(run.record.as_of.replace("T", " ").removesuffix("Z"), parameters)
    progress("judging", 0, None)
    judged = Judge(tables, declared, columns_of).judge(run.name, checks, constants)
    progress("weighing", 0, None)
    clusters = [name for name in tables.clusters if name != ANSWERS]
    risks, members = risks_of(judged.findings, checks, engagement, columns_of, tables.clusters)
    found |= {
        "findings": judged.findings,
        "populations": judged.populations,
        "out_of_scope": judged.out_of_scope,
        "health": as_columns(_health(checks, judged, risks, clusters), HEALTH),
        "risks": risks,
        "risk_members": members,
        "gaps": as_columns(gap_rows(run, items, tables), GAPS),
        "coverage": as_columns(coverage_rows(run, tables), COVERAGE),
        "evidence_items": as_columns(map(evidence_row, items), EVIDENCE),
        "checks": as_columns((_check(check, constants) for check in checks), CHECKS),
        "runs": as_columns([run_row(run, engagement, version)], RUNS),
        "clusters": as_columns(cluster_rows(tables, engagement), CLUSTERS),
    }
    found |= requirements_of(judged, checks, engagement, tables, columns_of, run.record.as_of, network)
    found |= _of_people(found, columns_of, engagement, exceptions, run.record.as_of)
    return Results(columns_of, found)


def _of_people(
    found: Mapping[str, pa.Table], columns_of: Mapping[str, pa.Table], engagement: Engagement,
    exceptions: Sequence[WrittenException], as_of: str,
) -> dict[str, pa.Table]:  # fmt: skip
    """Exceptions with what they are about, and the questions that are still open."""
    today = _instant(as_of).date()
    known = {str(check_id) for check_id in found["checks"].column("check_id").to_pylist()}
    first_day = engagement.survey.first_day if engagement.survey else None
    return {
        **exceptions_of(
            found["findings"], found["requirements"], exceptions, today, checks=known, formerly=_formerly(found)
        ),
        "open_questions": open_questions_of(columns_of["answers"], first_day, today),
    }


def _formerly(found: Mapping[str, pa.Table]) -> dict[str, frozenset[str]]:
    """Ids that checks had before, each with the checks that ask now what it asked."""
    said: dict[str, set[str]] = {}
    for row in found["checks"].select(["check_id", "formerly"]).to_pylist():
        for name in row["formerly"]:
            said.setdefault(name, set()).add(row["check_id"])
    return {name: frozenset(checks) for name, checks in said.items()}


def _instant(text: str) -> datetime:
    """An instant of a run record, in UTC without a zone."""
    return datetime.fromisoformat(text.removesuffix("Z"))


def _as_kept(engagement: Engagement, items: Sequence[Item]) -> Engagement:
    """What engagement.yaml says is on file counts only where the evidence holds the file that it names."""
    return engagement.with_files({item.request for item in items if item.source == "people" and item.sha256})


def _parameters(engagement: Engagement) -> dict[str, Value]:
    """What rules may read as `parameter.x`: yes/no, whole numbers, texts and days; rules have no fractions."""
    return {name: value for name, value in engagement.parameters.items() if not isinstance(value, Decimal)}


def _health(checks: Sequence[Check], judged: Judged, risks: pa.Table, clusters: Sequence[str]) -> list[Health]:
    weighed = [
        Weighed(each.check_id, each.written.dimension, each.written.layer, each.written.impact, each.written.likelihood)
        for each in checks
    ]
    capping = [OpenRisk(**row) for row in risks.select(["check_id", "cluster", "lower", "upper"]).to_pylist()]
    return health(weighed, (Count(*row) for row in judged.counts), capping, clusters)


def _check(check: Check, constants: Constants) -> dict[str, Any]:
    declared = all_tables()
    written = check.written.model_dump(include=set(CHECKS))
    sql = Compiler(declared, constants).query(declared[check.table], [(check.within, check.rule)])
    own = {"check_id": check.check_id, "rule": check.written.passes_when, "sql": sql}
    return written | own | {"examples": len(check.written.examples)}

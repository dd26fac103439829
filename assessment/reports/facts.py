"""Everything that the reports print, read once from the results. Reports only arrange it."""

from __future__ import annotations

import dataclasses
import hashlib
import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from assessment.frameworks.load import load
from assessment.reports import wording
from assessment.reports.check_sheets import check_sheets
from assessment.reports.completeness import clusters, gap_groups, sources, tables
from assessment.reports.evidence_index import DIGEST_FILE, digest_file, evidence_index
from assessment.reports.exceptions_on_file import OnFile, exceptions
from assessment.reports.export import ATTACHED, Twin, twin
from assessment.reports.framework_words import FrameworkWords, words_of
from assessment.reports.parts import CheckSheet, Counts, Link, Listing, RequirementSheet, StatusCount
from assessment.reports.planned import Move, moves
from assessment.reports.reading import Results, ResultsMissing
from assessment.reports.requirement_sheets import requirement_links, requirement_sheets
from assessment.reports.seen import Cluster, EvidenceGroup, GapGroup, SourceCoverage, TableCoverage
from assessment.reports.shares import Shared, shares
from assessment.reports.within import ScopeSheet, narrow, scope_sheets


class Assessed(Protocol):
    """What reports need of a workspace: the folder of its results."""

    @property
    def results(self) -> Path: ...


@dataclasses.dataclass(frozen=True, slots=True)
class ReportFacts:
    """One framework of one run.

    `statuses` sum to `requirements_total`, which leaves out section rows and parts of requirements. `judged`
    sums over the mapped checks, each counted once. `manifest_sha256` is None while the workspace is not sealed.
    `evidence_sha256` is the hash of the attached digest file and needs no seal.
    """

    framework: str
    framework_title: str
    framework_version: str
    framework_limits: tuple[str, ...]
    client: str
    run: str
    as_of: str
    started_at: str
    tool_version: str
    manifest_sha256: str | None
    evidence_sha256: str
    clusters: Listing[Cluster]
    statuses: tuple[StatusCount, ...]
    requirements_total: int
    sections_total: int
    parts_total: int
    judged: Counts
    by_hand_open: int
    words: FrameworkWords
    scopes: tuple[ScopeSheet, ...]
    exceptions: tuple[OnFile, ...]
    shares: tuple[Shared, ...]
    moves: Listing[Move]
    sources: tuple[SourceCoverage, ...]
    tables: Listing[TableCoverage]
    gaps_total: int
    gaps: Listing[GapGroup]
    requirements: tuple[RequirementSheet, ...]
    checks: tuple[CheckSheet, ...]
    unmapped_checks: int
    evidence: Listing[EvidenceGroup]
    twins: tuple[Twin, ...]

    @property
    def checks_by_requirement(self) -> tuple[tuple[Link, tuple[CheckSheet, ...]], ...]:
        """Checks whose sheets stand with the one requirement that uses them, in the order of the framework."""
        told: dict[str, list[CheckSheet]] = defaultdict(list)
        for check in self.checks:
            if check.told_at is not None:
                told[check.told_at.text].append(check)
        rows = [sheet for sheet in self.requirements if sheet.requirement_id in told]
        return tuple((Link(row.requirement_id, row.anchor), tuple(told[row.requirement_id])) for row in rows)

    @property
    def seal(self) -> str:
        """What every page says about the seal."""
        return "Sealed" if self.manifest_sha256 else "Working copy, not sealed"


def facts(workspace: Assessed, framework: str = "hipaa", manifest_sha256: str | None = None) -> ReportFacts:
    """The facts of the newest assessed run. Raises ResultsMissing when there is none, or not this framework."""
    results = Results(workspace.results)
    try:
        return _facts(results, framework, manifest_sha256)
    finally:
        results.close()


def _facts(results: Results, framework: str, manifest_sha256: str | None) -> ReportFacts:
    run, carried = _run(results), load(framework)
    evidence, anchors = evidence_index(results)
    links = requirement_links(results, framework)
    if not links:
        raise ResultsMissing(f"{results.folder} has no requirement of {framework!r}: it was not assessed")
    scopes = scope_sheets(results, framework)
    narrow(results, scopes[0].name)
    checks = check_sheets(results, framework, anchors, links)
    on_file = exceptions(results, framework, links, checks)
    requirements = requirement_sheets(results, framework, links, checks, on_file)
    counted = [sheet for sheet in requirements if sheet.counted]
    mapped = tuple(sheet for sheet in checks.values() if sheet.requirements)
    twins = _twins(results)
    return ReportFacts(
        framework=framework,
        framework_title=carried.title,
        framework_version=_version(results, framework),
        framework_limits=carried.limits,
        client=run["client"] or "",
        run=run["run"],
        as_of=run["as_of"],
        started_at=run["started_at"],
        tool_version=run["kubesurvey_version"],
        manifest_sha256=manifest_sha256,
        evidence_sha256=twins[-1].sha256,
        clusters=clusters(results),
        statuses=_statuses(counted),
        requirements_total=len(counted),
        sections_total=sum(sheet.section for sheet in requirements),
        parts_total=sum(not sheet.section and not sheet.counted for sheet in requirements),
        judged=_sum(mapped),
        by_hand_open=sum(sheet.by_hand_open for sheet in requirements),
        words=words_of(framework, carried.title),
        scopes=scopes,
        exceptions=on_file,
        shares=shares(requirements),
        moves=moves(results, framework, links),
        sources=sources(results),
        tables=tables(results),
        gaps_total=results.number("SELECT count(*) FROM gaps"),
        gaps=gap_groups(results),
        requirements=requirements,
        checks=mapped,
        unmapped_checks=len(checks) - len(mapped),
        evidence=evidence,
        twins=twins,
    )


def _run(results: Results) -> dict[str, Any]:
    rows = results.rows("SELECT * FROM runs ORDER BY file_row_number DESC LIMIT 1")
    if not rows:
        raise ResultsMissing(f"{results.folder} names no run: run `kubesurvey assess` first")
    return {name: str(value) if value is not None else "" for name, value in rows[0].items()}


def _version(results: Results, framework: str) -> str:
    rows = results.rows("SELECT framework_version FROM requirements WHERE framework = ? LIMIT 1", [framework])
    return str(rows[0]["framework_version"] or "") if rows else ""


def _statuses(sheets: Sequence[RequirementSheet]) -> tuple[StatusCount, ...]:
    """Every status, also those that no requirement has; they sum to the number of requirements."""
    found = Counter(sheet.status for sheet in sheets)
    known = [StatusCount(status, found.pop(status, 0)) for status in wording.STATUSES]
    return tuple(
        known + [StatusCount(status, count) for status, count in sorted(found.items(), key=lambda pair: pair[0].word)]
    )


def _sum(sheets: Sequence[CheckSheet]) -> Counts:
    names = [field.name for field in dataclasses.fields(Counts)]
    return Counts(**{name: sum(getattr(sheet.counts, name) for sheet in sheets) for name in names})


def _twins(results: Results) -> tuple[Twin, ...]:
    """The machine twins with the digest file last; byte for byte the files that `export` writes."""
    with tempfile.TemporaryDirectory() as folder:
        tables = [twin(results, name, Path(folder)) for name in ATTACHED if results.has(name)]
    body = digest_file(results)
    digest = Twin(
        DIGEST_FILE,
        "The hash of every piece of evidence, one line each.",
        body.count(b"\n"),
        len(body),
        hashlib.sha256(body).hexdigest(),
        body,
    )
    return (*tables, digest)

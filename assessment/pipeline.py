"""The stages in order: collect, assess, report, verify. Each reads what the stages before it wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assessment import __version__
from assessment.results import Results, results_of
from assessment.workspace import NotThere, Workspace
from collectors.evidence.store import Evidence, Run
from collectors.people import engagement as people

if TYPE_CHECKING:
    import pandas

    from collectors.kubernetes.offline import Collected

Progress = Callable[[str, int, int | None], None]


def _silent(stage: str, done: int, total: int | None) -> None:
    """No progress."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What `assess` says at the end.

    `verdicts`: dimension, passed, failed, unknown. `gaps`: reason, what would close it, how many.
    """

    run: str
    verdicts: tuple[tuple[str, int, int, int], ...]
    gaps: tuple[tuple[str, str, int], ...]
    gap_count: int


def init(path: Path, client: str) -> Workspace:
    """Make a workspace: a commented engagement.yaml to fill in, and a folder for the client's own checks."""
    workspace = Workspace(path)
    workspace.checks.mkdir(parents=True, exist_ok=True)
    workspace.engagement_file.write_text(people.template(client), encoding="utf-8")
    return workspace


def collect(
    workspace: Workspace,
    *,
    source: Path,
    cluster: str | None,
    whole: bool = False,
    kubernetes_version: str | None = None,
    new: bool = False,
    resume: bool = False,
    per_folder: bool = False,
    progress: Progress | None = None,
) -> Collected | list[Collected]:
    """Read a saved cluster into the newest run (or a new one); what people know goes in beside it."""
    from collectors.kubernetes import offline

    engagement = _engagement(workspace)
    offline.refuse_unreadable(source, per_folder=per_folder)
    evidence = Evidence(workspace.evidence)
    run = None if new else evidence.newest()
    run = run or evidence.new_run(datetime.now(UTC))
    try:
        options: dict[str, Any] = {
            "whole": whole, "kubernetes_version": kubernetes_version, "resume": resume,
            "progress": lambda done, total, name: (progress or _silent)("collecting", done, total),
        }  # fmt: skip
        collected: Collected | list[Collected]
        if per_folder:
            collected = offline.collect_per_folder(run, source, **options)
        else:
            collected = offline.collect(run, source, cluster=cluster or "cluster", **options)
        _keep_engagement(run, workspace)
        run.set_as_of(_as_of(engagement))
    finally:
        run.close()
    return collected


def assess(workspace: Workspace, *, run: str | None = None, progress: Progress | None = None) -> Outcome:
    """Judge a run offline: tables, findings, requirements, health. The same evidence gives the same bytes."""
    from assessment.recording import write_folder

    report_progress = progress or _silent
    engagement = _engagement(workspace)
    chosen = _run(workspace, run)
    results = results_of(chosen, engagement, workspace.checks, __version__, report_progress)
    report_progress("writing", 0, 1)
    write_folder(workspace.tables, results.tables)
    write_folder(workspace.history / chosen.name, results.results)
    write_folder(workspace.results, results.results)
    report_progress("writing", 1, 1)
    return _outcome(chosen.name, results)


def report(workspace: Workspace, *, framework: str = "hipaa", progress: Progress | None = None) -> list[Path]:
    """Write the evidence pack of a framework and its machine-readable twins; the paths, the pack first."""
    from assessment.reports.export import export
    from assessment.reports.facts import facts
    from assessment.reports.pdf import write_evidence_pack

    report_progress = progress or _silent
    report_progress("report", 0, 2)
    found = facts(workspace, framework)
    tables = export(workspace.results, workspace.reports)
    report_progress("report", 1, 2)
    pack = write_evidence_pack(found, workspace.reports / f"evidence-pack-{framework}.pdf")
    report_progress("report", 2, 2)
    return [pack, *tables]


def verify(workspace: Workspace) -> list[str]:
    """Hash every stored byte again; what differs, one sentence each, an empty list when nothing does."""
    evidence = Evidence(workspace.evidence)
    return [str(problem) for name in evidence.runs() for problem in evidence.run(name).verify()]


def judge_many(
    worlds: Mapping[str, Iterable[dict[str, Any]]], *, kubernetes_version: str | None = None, whole: bool = True
) -> pandas.DataFrame:
    """Findings of many worlds of declared objects, judged together in memory, each a cluster of its own."""
    from assessment.results import judge_in_memory

    return judge_in_memory(worlds, kubernetes_version=kubernetes_version, whole=whole).findings.to_pandas()


def _engagement(workspace: Workspace) -> people.Engagement:
    from assessment.frameworks.load import carried, known_requirements, load

    if not workspace.engagement_file.exists():
        raise NotThere(f"{workspace.engagement_file} is missing: `kubesurvey init` writes one")
    return people.read(workspace.engagement_file, known=known_requirements(load(name) for name in carried()))


def _run(workspace: Workspace, name: str | None) -> Run:
    evidence = Evidence(workspace.evidence)
    if name is not None:
        return evidence.run(name)
    newest = evidence.newest()
    if newest is None:
        raise NotThere(f"{workspace.evidence} holds no evidence yet: run `kubesurvey collect {workspace.path}` first")
    return newest


def _as_of(engagement: people.Engagement) -> str:
    stated = engagement.as_of
    if stated is None:
        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    instant = stated if isinstance(stated, datetime) else datetime(stated.year, stated.month, stated.day, tzinfo=UTC)
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _keep_engagement(run: Run, workspace: Workspace) -> None:
    """Store engagement.yaml as it is now, unless this run already holds these very bytes."""
    from hashlib import sha256

    from collectors.evidence.item import ItemDraft

    body = workspace.engagement_file.read_bytes()
    if sha256(body).hexdigest() in {item.sha256 for item in run.items() if item.source == "people"}:
        return
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    run.add(
        ItemDraft(
            source="people", cluster=None, request=workspace.engagement_file.name, parameters={},
            principal="the assessor", method="interview", collection_mode="upload",
            started_at=now, ended_at=now, media_type="application/yaml",
        ),
        body,
    )  # fmt: skip


def _outcome(run: str, results: Results) -> Outcome:
    return Outcome(run, results.verdicts(), results.gap_groups(), results.results["gaps"].num_rows)

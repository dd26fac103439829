"""The stages in order: collect, assess, report, verify. Each reads what the stages before it wrote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assessment import __version__
from assessment.collection import Progress, collect, collect_named, engagement_of, silent
from assessment.reporting import report
from assessment.results import Results, results_of
from assessment.workspace import NotThere, Workspace
from collectors.evidence.store import Evidence, Run
from collectors.people import exceptions
from collectors.people.templates import templates

if TYPE_CHECKING:
    import pandas

__all__ = ["Outcome", "assess", "collect", "collect_named", "init", "judge_many", "report", "verify"]


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
    """Make a workspace: what people fill in, each file valid as it stands, and a folder for the client's own checks."""
    workspace = Workspace(path)
    workspace.checks.mkdir(parents=True, exist_ok=True)
    workspace.questionnaire.mkdir(exist_ok=True)
    for place, text in templates(client).items():
        if not (path / place).exists():
            (path / place).write_text(text, encoding="utf-8")
    return workspace


def assess(workspace: Workspace, *, run: str | None = None, progress: Progress | None = None) -> Outcome:
    """Judge a run offline: tables, findings, requirements, health. The same evidence gives the same bytes."""
    from assessment.recording import write_folder

    report_progress = progress or silent
    engagement = engagement_of(workspace)
    chosen = _run(workspace, run)
    written = exceptions.read(workspace.exceptions_file)
    results = results_of(chosen, engagement, workspace.checks, __version__, report_progress, written)
    report_progress("writing", 0, 1)
    write_folder(workspace.tables, results.tables)
    write_folder(workspace.history / chosen.name, results.results)
    write_folder(workspace.results, results.results)
    report_progress("writing", 1, 1)
    return _outcome(chosen.name, results)


def verify(workspace: Workspace) -> list[str]:
    """Hash every stored byte again; what differs, one sentence each, an empty list when nothing does."""
    evidence = Evidence(workspace.evidence)
    return [str(problem) for name in evidence.runs() for problem in evidence.run(name).verify()]


def judge_many(
    worlds: Mapping[str, Iterable[dict[str, Any]]], *, kubernetes_version: str | None = None, whole: bool = True
) -> pandas.DataFrame:
    """Findings of many worlds of declared objects, judged together in memory, each a cluster of its own."""
    from assessment.judging_in_memory import World, judge_in_memory

    given = {name: World(objects, kubernetes_version, whole) for name, objects in worlds.items()}
    return judge_in_memory(given).findings.to_pandas()


def _run(workspace: Workspace, name: str | None) -> Run:
    evidence = Evidence(workspace.evidence)
    if name is not None:
        return evidence.run(name)
    newest = evidence.newest()
    if newest is None:
        raise NotThere(f"{workspace.evidence} holds no evidence yet: run `kubesurvey collect {workspace.path}` first")
    return newest


def _outcome(run: str, results: Results) -> Outcome:
    return Outcome(run, results.verdicts(), results.gap_groups(), results.results["gaps"].num_rows)

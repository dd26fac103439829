"""The whole way on the sample clinic: two saved clusters, two clouds and half the answers in, reports out."""

from __future__ import annotations

import shutil
from pathlib import Path

from assessment import pipeline
from assessment.console import Progress
from assessment.refusal import Refused
from assessment.workspace import Workspace
from collectors import resources


def run(directory: Path, progress: Progress) -> tuple[pipeline.Outcome, list[Path]]:
    """Survey the sample into `directory` and write every report. Raises Refused as `survey` does."""
    outcome = survey(directory, progress)
    return outcome, pipeline.report(Workspace(directory), progress=progress)


def survey(directory: Path, progress: Progress) -> pipeline.Outcome:
    """Collect and assess the sample, replacing an earlier demonstration. Raises Refused for anything else."""
    sample = resources.data("samples", "clinic")
    engagement = (sample / "engagement.yaml").read_bytes()
    workspace = Workspace(directory)
    _make_room(workspace, engagement.partition(b"\n")[0])
    pipeline.init(directory, "Lakeside Clinic")
    workspace.engagement_file.write_bytes(engagement)
    shutil.copyfile(sample / "exceptions.yaml", workspace.exceptions_file)
    shutil.copytree(sample / "questionnaire", workspace.questionnaire, dirs_exist_ok=True)
    clusters = sample / "clusters"
    pipeline.collect(workspace, source=clusters, cluster=None, per_folder=True, whole=True, progress=progress)
    pipeline.collect_named(workspace, answers=sample / "clouds", progress=progress)
    return pipeline.assess(workspace, progress=progress)


def _make_room(workspace: Workspace, first_line: bytes) -> None:
    if not workspace.path.exists() or not any(workspace.path.iterdir()):
        return
    file = workspace.engagement_file
    if not (file.is_file() and file.read_bytes().startswith(first_line)):
        raise Refused(f"{workspace.path} holds something that is not an earlier demonstration; nothing was written")
    shutil.rmtree(workspace.path)

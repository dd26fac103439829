"""The sample estate on its way through the real pipeline: its sources, to be changed first, and its workspace."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from assessment import pipeline
from assessment.collection import engagement_of, silent
from assessment.results import Results, judged_of
from assessment.workspace import Workspace
from collectors import resources
from collectors.evidence.store import Evidence
from collectors.people import exceptions

SAMPLE = resources.data("samples", "clinic")
AWS = "clouds/111122223333/eu-central-1"
AZURE = "clouds/7f1d3a52-0c4e-4b1b-9d3e-2a6c5e8f9b10"
AKS = f"{AZURE}/clinic-payments/harbour"

Change = Callable[[Path], None]
Object = dict[str, Any]


def nothing(sources: Path) -> None:
    """Leave the sources as they are."""


def collected(folder: Path, change: Change = nothing) -> Workspace:
    """A workspace below `folder` that holds the sample as evidence, once `change` did its work on the sources."""
    sources = folder / "sources"
    shutil.copytree(SAMPLE, sources)
    change(sources)
    workspace = pipeline.init(folder / "clinic", "Lakeside Clinic")
    shutil.copyfile(sources / "engagement.yaml", workspace.engagement_file)
    shutil.copyfile(sources / "exceptions.yaml", workspace.exceptions_file)
    shutil.rmtree(workspace.questionnaire)
    shutil.copytree(sources / "questionnaire", workspace.questionnaire)
    if any((sources / "clusters").iterdir()):
        pipeline.collect(workspace, source=sources / "clusters", cluster=None, per_folder=True, whole=True)
    pipeline.collect_named(workspace, answers=sources / "clouds")
    return workspace


def judged(workspace: Workspace) -> Results:
    """What `assess` makes of the newest run, in memory and without the plan."""
    run = Evidence(workspace.evidence).newest()
    assert run is not None
    written = exceptions.read(workspace.exceptions_file)
    return judged_of(run, engagement_of(workspace), workspace.checks, "test", silent, written)


def rows(results: Results, name: str) -> list[Object]:
    return results.results[name].to_pylist()


def edit(file: Path, change: Callable[[Any], None]) -> None:
    """Change what a YAML file holds."""
    held = yaml.safe_load(file.read_text(encoding="utf-8"))
    change(held)
    file.write_text(yaml.safe_dump(held, allow_unicode=True, sort_keys=False, width=10_000), encoding="utf-8")


def deny_list(file: Path) -> None:
    """Put what kubectl writes to stderr beside an answer that it did not get."""
    kind = file.stem
    file.unlink()
    said = f'Error from server (Forbidden): {kind} is forbidden: User "surveyor" cannot list resource "{kind}"'
    file.with_suffix(".err").write_text(f'{said} in API group "" at the cluster scope\n')

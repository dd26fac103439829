"""The sample clinic, surveyed for real and planned; no reports yet."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import assessment
from assessment import pipeline
from assessment.workspace import Workspace
from collectors import resources


@pytest.fixture(scope="session")
def surveyed(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Both clusters, both clouds, half of the answers. Look; write nothing but reports."""
    sample, path = resources.data("samples", "clinic"), tmp_path_factory.mktemp("surveyed") / "clinic"
    workspace = pipeline.init(path, "Lakeside Clinic")
    shutil.copyfile(sample / "engagement.yaml", workspace.engagement_file)
    shutil.copyfile(sample / "exceptions.yaml", workspace.exceptions_file)
    shutil.copytree(sample / "questionnaire", workspace.questionnaire, dirs_exist_ok=True)
    pipeline.collect(workspace, source=Path(sample / "clusters"), cluster=None, per_folder=True, whole=True)
    pipeline.collect_named(workspace, answers=sample / "clouds")
    pipeline.assess(workspace)
    return assessment.open(path)

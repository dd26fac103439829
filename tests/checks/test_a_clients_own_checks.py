"""A client's own checks: in the same language, with the client's parameters, and never able to break a run."""

from __future__ import annotations

from pathlib import Path

import pandas
import pytest

from assessment import pipeline
from assessment.workspace import Workspace

HEAD = "why: It is our rule.\nlayer: container\ndimension: applications\nimpact: 2\nlikelihood: 2\nremedy: talk\n"
EXAMPLES = "examples:\n  - {expect: pass, workload: {replicas: 3}}\n"
OVERFLOWS = "1000 * desired_replicas - desired_replicas > 2000"
DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: %s, namespace: shop}
spec:
  replicas: %d
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: registry.example/web:1.0}]}
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = pipeline.init(tmp_path / "acme", "Acme")
    folder = tmp_path / "manifests"
    folder.mkdir()
    for name, replicas in (("small", 1), ("large", 5), ("huge", 2**62)):
        (folder / f"{name}.yaml").write_text(DEPLOYMENT % (name, replicas), encoding="utf-8")
    pipeline.collect(made, source=folder, cluster="c", whole=True)
    (made.checks / "house").mkdir(parents=True)
    return made


def findings_of(workspace: Workspace, rule: str, parameters: str = "") -> pandas.DataFrame:
    (workspace.checks / "house" / "replicas.yaml").write_text(
        f"title: Our rule holds\n{HEAD}judges: workloads\nwithin: has_desired_replicas\n"
        f"passes_when: {rule}\n{EXAMPLES}",
        encoding="utf-8",
    )
    workspace.engagement_file.write_text(f"client: Acme\n{parameters}", encoding="utf-8")
    pipeline.assess(workspace)
    findings = workspace.result("findings")
    return findings[findings["check_id"] == "house.replicas"].set_index("subject_name")


def test_a_rule_reads_the_parameters_of_the_engagement(workspace: Workspace) -> None:
    found = findings_of(workspace, "desired_replicas >= parameter.fewest", "parameters: {fewest: 3}\n")
    assert found["verdict"].to_dict() == {"small": "fail", "large": "pass", "huge": "pass"}


def test_a_value_that_the_engine_cannot_compute_is_unknown_with_the_reason(workspace: Workspace) -> None:
    found = findings_of(workspace, OVERFLOWS)
    assert found["verdict"].to_dict() == {"small": "fail", "large": "pass", "huge": "unknown"}
    assert "could not be computed" in found.loc["huge", "reason"]
    assert "verflow" in found.loc["huge", "reason"]


def test_the_other_checks_are_as_they_were(workspace: Workspace) -> None:
    pipeline.assess(workspace)
    before = workspace.result("findings")
    findings_of(workspace, OVERFLOWS)
    after = workspace.result("findings")
    pandas.testing.assert_frame_equal(
        before.reset_index(drop=True), after[after["check_id"] != "house.replicas"].reset_index(drop=True)
    )

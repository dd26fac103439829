"""`kubesurvey preflight` as it is called."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
import yaml
from typer.testing import CliRunner

from assessment import live_clusters
from assessment.preflight_command import preflight
from assessment.refusal import Refused
from tests.command_line.calling import say
from tests.control_plane.server import ControlPlane
from tests.permissions.accounts import account, without

APP = typer.Typer()
APP.command()(preflight)


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A new workspace."""
    assert say("init", tmp_path / "acme").code == 0
    return tmp_path / "acme"


def test_without_a_cluster_it_says_how_to_name_one(empty: Path) -> None:
    assert isinstance(CliRunner().invoke(APP, [str(empty)]).exception, Refused)


def test_a_kubeconfig_that_is_not_there_is_refused_before_anything_is_asked(empty: Path) -> None:
    done = CliRunner().invoke(APP, [str(empty), "--kubeconfig", str(empty / "nowhere")])
    assert isinstance(done.exception, live_clusters.UnusableAccesses)


def test_one_role_is_printed_for_one_cluster(empty: Path) -> None:
    (empty / "engagement.yaml").write_text("client: Acme\nclusters:\n  eu: {access: {}}\n  us: {access: {}}\n")
    assert isinstance(CliRunner().invoke(APP, [str(empty), "--yaml"]).exception, Refused)


def test_clusters_of_the_engagement_are_asked_and_the_yaml_stands_alone(
    control_plane: ControlPlane, empty: Path
) -> None:
    from assessment.access.printed_role import whole_cluster

    with account(control_plane, "preflight-command", without(whole_cluster(), "pods")) as partial:
        (empty / "engagement.yaml").write_text(
            f"client: Acme\nclusters:\n  eu: {{access: {{kubeconfig: {partial.kubeconfig}}}}}\n"
        )
        told = CliRunner().invoke(APP, [str(empty), "--fail-on-gaps"])
        alone = CliRunner().invoke(APP, [str(empty), "--yaml"])
    assert told.exit_code == 3 and "Asked for this, and nothing else" in told.stdout and "needs" in told.stdout
    rules = yaml.safe_load(alone.stdout)["rules"]
    assert rules == [{"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}]
    assert "SelfSubjectAccessReview" in alone.stderr

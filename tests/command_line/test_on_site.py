"""The commands of the two weeks on site: permissions, clouds and people, the next run, and what changed since."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
import yaml

import assessment
from collectors import resources
from tests.command_line.calling import say

SAMPLE = resources.data("samples", "clinic")


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clinic surveyed twice: in between one thing was mended, one broken, one list refused, one pod removed."""
    folder = tmp_path_factory.mktemp("twice")
    cluster, clinic = folder / "lakeside", folder / "clinic"
    shutil.copytree(SAMPLE / "clusters" / "lakeside", cluster)
    assert say("init", clinic).code == 0
    _survey(clinic, cluster)
    for file in ("deployments", "replicasets", "pods", "daemonsets"):
        _change(cluster / f"{file}.json")
    shutil.copyfile(SAMPLE / "clusters" / "harbour" / "networkpolicies.err", cluster / "networkpolicies.err")
    (cluster / "networkpolicies.json").write_text('{"apiVersion": "v1", "kind": "List", "items": []}')
    _survey(clinic, cluster, "--new")
    return clinic


def test_permissions_are_json_that_each_cloud_takes(empty: Path) -> None:
    policy = json.loads(say("permissions", empty, "--aws").out)
    assert policy["Version"] == "2012-10-17"
    role = json.loads(say("permissions", empty, "--azure").out)
    assert all(action.endswith("/read") for action in role["Actions"])


def test_each_permission_says_which_tables_need_it(empty: Path) -> None:
    said = say("permissions", empty, "--aws", "--azure")
    assert said.out.startswith("# AWS\n") and "\n# Azure\n" in said.out
    assert "eks:DescribeNodegroup" in said.err and "eks_node_groups" in said.err and "aks_agent_pools" in said.err


def test_clouds_and_people_are_collected_without_naming_a_path(clinic: Path) -> None:
    said = say("collect", clinic, "--cloud-answers", SAMPLE / "clouds")
    assert said.code == 0, said.err
    assert said.out.count("this run has it already") == 2
    again = say("collect", clinic, "--cloud-answers", SAMPLE / "clouds", "--new")
    assert "eks:ListAddons" in again.out and "diagnosticSettings/read" in again.out


def test_a_cloud_that_nobody_is_signed_in_to_is_refused_before_anything_is_written(
    empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _sign_out(monkeypatch, empty)
    (empty / "engagement.yaml").write_text(
        "client: Acme\nclusters:\n  shop:\n    managed: eks\n"
        "    cloud: {account: '111122223333', region: eu-central-1}\n"
    )
    said = say("collect", empty)
    assert said.code == 2 and "aws/111122223333/eu-central-1" in said.err and "Nothing was written" in said.err
    assert not list((empty / "evidence").glob("*/index.jsonl"))


def test_new_answers_of_people_need_nobody_signed_in_to_clouds_that_the_run_has(
    clinic: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _sign_out(monkeypatch, clinic)
    said = say("collect", clinic)
    assert said.code == 0, said.err
    assert said.out.count("this run has it already") == 2


def test_options_of_a_saved_cluster_need_its_path(empty: Path) -> None:
    said = say("collect", empty, "--cluster", "prod", "--whole")
    assert said.code == 2 and "--cluster, --whole goes with --from" in said.err


def test_a_folder_without_cloud_answers_is_refused_before_anything_is_read(clinic: Path, tmp_path: Path) -> None:
    said = say("collect", clinic, "--cloud-answers", tmp_path / "nowhere", "--new")
    assert said.code == 2 and "nowhere" in said.err


def test_two_runs_are_told_apart_by_what_happened_to_each_subject(twice: Path) -> None:
    said = say("diff", twice)
    assert said.code == 0, said.err
    found = assessment.open(twice).path / "reports" / "diff.csv"
    rows = [dict(zip(*pair, strict=True)) for pair in _csv(found)]

    def state(check: str, name: str) -> set[str]:
        return {row["state"] for row in rows if row["check_id"] == check and row["subject_name"] == name}

    assert state("pod_security.privileged", "fax-gateway") == {"fixed"}
    assert state("pod_security.privileged", "web") == {"regressed"}
    assert state("network.ingress_isolated", "web") == {"no longer visible"}
    assert state("pod_security.host_pid", "node-exporter") == {"fixed"}
    assert state("pod_security.run_as_non_root", "records-api") == {"unchanged"}


def test_a_run_that_was_not_assessed_is_named_with_the_runs_that_were(twice: Path) -> None:
    said = say("diff", twice, "2020-01-01T000000Z")
    assert said.code == 2 and "there is no assessed run" in said.err


def test_one_run_cannot_be_compared(clinic: Path) -> None:
    said = say("diff", clinic)
    assert said.code == 2 and "a comparison needs two" in said.err


def test_a_finding_is_explained_down_to_its_band(demonstration: tuple[Path, object]) -> None:
    said = say("explain", demonstration[0], "pod_security.privileged lakeside/records/fax-gateway")
    assert said.code == 0, said.err
    for part in ("E-0000", "likelihood", "environment", "score S"):
        assert part in said.out


def test_what_cannot_be_explained_is_refused_with_the_reason(demonstration: tuple[Path, object]) -> None:
    said = say("explain", demonstration[0], "no.such.check lakeside/records/fax-gateway")
    assert said.code == 2 and "no.such.check" in said.err


def test_a_new_check_works_as_it_stands(empty: Path) -> None:
    assert say("checks", "new", "house.own_registry", "--workspace", empty).code == 0
    file = empty / "checks" / "house" / "own_registry.yaml"
    assert yaml.safe_load(file.read_text())["judges"] == "workloads"
    said = say("checks", "test", "house.own_registry", "--workspace", empty)
    assert said.code == 0, said.err


@pytest.mark.parametrize("name", ["House.x", "../x", "pod_security.privileged", "a b"])
def test_a_check_needs_an_id_of_its_own(empty: Path, name: str) -> None:
    assert say("checks", "new", name, "--workspace", empty).code == 2
    assert not list((empty / "checks").rglob("*.yaml"))


def test_a_check_that_is_there_is_left_alone(empty: Path) -> None:
    (empty / "checks" / "mine.yaml").write_text("title: mine\n")
    assert say("checks", "new", "mine", "--workspace", empty).code == 2
    assert (empty / "checks" / "mine.yaml").read_text() == "title: mine\n"


def _sign_out(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    for name in [each for each in os.environ if each.startswith(("AWS_", "AZURE_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def _survey(clinic: Path, cluster: Path, *options: str) -> None:
    for command in (["collect", clinic, "--from", cluster, "--cluster", "lakeside", "--whole", *options],
                    ["assess", clinic]):
        said = say(*command)
        assert said.code == 0, said.err


def _change(file: Path) -> None:
    """The fax gateway loses its privilege, the portal gains one, the node exporter goes."""
    held = json.loads(file.read_text())
    held["items"] = [item for item in held["items"] if not item["metadata"]["name"].startswith("node-exporter")]
    for item in held["items"]:
        pod = item["spec"].get("template", item)["spec"]
        context = pod["containers"][0].setdefault("securityContext", {})
        if item["metadata"]["name"].startswith("fax-gateway"):
            context["privileged"] = False
        if (item["metadata"]["namespace"], pod["containers"][0]["name"]) == ("patient-portal", "web"):
            context |= {"privileged": True, "allowPrivilegeEscalation": True}
    file.write_text(json.dumps(held))


def _csv(file: Path) -> list[tuple[list[str], list[str]]]:
    import csv

    with file.open(encoding="utf-8") as lines:
        head, *rows = csv.reader(lines)
    return [(head, row) for row in rows]

"""What a person got wrong: exit code 2, one clear message that names file and field, and nothing written."""

from __future__ import annotations

import itertools
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.running import hashes, kubesurvey, succeed

MANIFEST = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      containers:
      - {name: web, image: "registry.example/web:latest", securityContext: {privileged: true}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {log_level: info}
"""
SOUND = """
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
"""
CHECK = """
title: Something is as we want it
layer: cluster
dimension: applications
why: To see.
judges: {judges}
passes_when: {rule}
impact: 1
likelihood: 1
remedy: rename
examples:
- {{expect: fail}}
"""


@pytest.fixture(scope="module")
def surveyed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A collected and assessed workspace. Look, do not touch."""
    folder = tmp_path_factory.mktemp("bad-input")
    for name, text in (("a.yaml", MANIFEST), ("b.yaml", SOUND.replace("settings", "other"))):
        (folder / "manifests").mkdir(exist_ok=True)
        (folder / "manifests" / name).write_text(text)
    succeed("init", folder / "acme")
    succeed("collect", folder / "acme", "--from", folder / "manifests", "--cluster", "one")
    succeed("assess", folder / "acme")
    return folder / "acme"


def entries_of(workspace: Path) -> list[dict[str, Any]]:
    """The evidence items as the index lists them."""
    lines = next(workspace.glob("evidence/*/index.jsonl")).read_text().splitlines()
    return [entry for entry in map(json.loads, lines) if entry["entry"] == "item"]


@pytest.fixture
def acme(surveyed: Path, tmp_path: Path) -> Path:
    """A copy to touch."""
    return Path(shutil.copytree(surveyed, tmp_path / "acme"))


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A workspace without evidence."""
    succeed("init", tmp_path / "fresh")
    return tmp_path / "fresh"


def refused(workspace: Path, *arguments: str | Path) -> list[str]:
    """The lines of the message, from a command that left everything beside and in the workspace as it was."""
    before = hashes(workspace.parent)
    done = kubesurvey(*arguments)
    assert done.returncode == 2, (done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert hashes(workspace.parent) == before
    return done.stderr.splitlines()


def flip(path: Path, position: int) -> None:
    """Change one byte of a file."""
    data = bytearray(path.read_bytes())
    data[position] ^= 0x01
    path.write_bytes(data)


@pytest.mark.parametrize("command", ["assess", "collect"])
def test_two_mistakes_in_engagement_yaml_are_told_at_once(acme: Path, command: str) -> None:
    file = acme / "engagement.yaml"
    file.write_text(
        "client: Acme\nprovider_report: []\nnot_applicable:\n"
        "  - {framework: hipaa, requirement: 164.314(b)(1), approver: Jane Doe}\n"
    )
    source = ["--from", acme.parent, "--cluster", "two", "--new"] if command == "collect" else []
    unknown, missing = refused(acme, command, acme, *source)
    assert unknown.startswith(f"{file}, line 2: provider_report: ")
    assert unknown.endswith("Did you mean 'provider_reports'?")
    assert missing.startswith(f"{file}, line 4: not_applicable[1].reason: ")


@pytest.mark.parametrize("text", ["client: [Acme\n", "- Acme\n", ""])
def test_an_engagement_file_that_is_not_what_it_should_be_is_named(acme: Path, text: str) -> None:
    (acme / "engagement.yaml").write_text(text)
    message = refused(acme, "assess", acme)
    assert message[0].startswith(str(acme / "engagement.yaml"))


def test_a_path_that_cannot_be_read_leaves_no_empty_run(fresh: Path) -> None:
    (fresh.parent / "nothing in it").mkdir()
    (fresh.parent / "loop").symlink_to("loop")
    (fresh.parent / "torn.tar.gz").write_bytes(b"\x1f\x8b\x08\0no archive at all")
    for name in ("nowhere", "nothing in it", "loop", "torn.tar.gz"):
        message = refused(fresh, "collect", fresh, "--from", fresh.parent / name, "--cluster", "one")
        assert len(message) == 1 and str(fresh.parent / name) in message[0]
    assert not (fresh / "evidence").exists()


@pytest.mark.parametrize("options", [[], ["--new"]])
def test_a_path_that_cannot_be_read_adds_nothing_to_evidence_that_is_there(acme: Path, options: list[str]) -> None:
    assert "nowhere" in refused(acme, "collect", acme, "--from", acme.parent / "nowhere", "--cluster-per-folder",
                                *options)[0]  # fmt: skip


def test_evidence_that_nobody_touched_is_verified(surveyed: Path) -> None:
    assert "as it was stored" in succeed("verify", surveyed)


def test_one_changed_byte_of_a_stored_body_names_the_item(acme: Path) -> None:
    bodies = sorted(acme.glob("evidence/*/objects/**/*.zst"))
    for body, where in zip(bodies, itertools.cycle((0, 9, -1)), strict=False):
        flip(body, where)
    message = refused(acme, "verify", acme)
    with_bodies = [entry["evidence_id"] for entry in entries_of(acme) if entry["sha256"]]
    assert refused(acme, "assess", acme)[0].partition(":")[0] in with_bodies
    assert len(bodies) == len(with_bodies) == len(message) > 3
    assert all(name in line for name, line in zip(with_bodies, message, strict=True))


@pytest.mark.parametrize("file", ["index.jsonl", "run.json"])
def test_a_changed_index_or_run_record_is_named(acme: Path, file: str) -> None:
    changed = next(acme.glob(f"evidence/*/{file}"))
    flip(changed, len(changed.read_bytes()) // 2)
    for command in ("verify", "assess"):
        assert file in refused(acme, command, acme)[0]


def test_a_missing_body_is_named(acme: Path) -> None:
    next(acme.glob("evidence/*/objects/**/*.zst")).unlink()
    for command in ("verify", "assess"):
        assert "E-0000" in refused(acme, command, acme)[0]


def test_two_broken_checks_of_the_client_are_told_at_once(acme: Path) -> None:
    first, second = acme / "checks" / "column.yaml", acme / "checks" / "own" / "table.yaml"
    second.parent.mkdir()
    first.write_text(CHECK.format(judges="workloads", rule="desired_replica >= 2"))
    second.write_text(CHECK.format(judges="workload", rule="desired_replicas >= 2"))
    column, table = refused(acme, "assess", acme)
    assert column.startswith(f"{first}: passes_when: ") and "desired_replicas" in column
    assert table.startswith(f"{second}: judges: ") and "'workloads'" in table


def test_every_rule_that_cannot_be_read_is_named(acme: Path) -> None:
    rules = ("replicas >=", "name = 'web", "desired_replicas >= 'two'", "(SELECT 1)", "no_such(name)", "name = name2")
    files = [acme / "checks" / f"broken_{number}.yaml" for number in range(len(rules))]
    for file, rule in zip(files, rules, strict=True):
        file.write_text(CHECK.format(judges="workloads", rule=f'"{rule}"'))
    message = refused(acme, "assess", acme)
    assert sorted({line.partition(": passes_when: ")[0] for line in message}) == [str(file) for file in files]
    assert not [line for line in message if line.endswith(("?.", "..")) or "<class" in line]


def test_the_exit_code_tells_findings_from_gaps(acme: Path) -> None:
    assert [kubesurvey("assess", acme, "--fail-on", level).returncode for level in ("high", "gaps")] == [1, 3]


def test_without_findings_at_the_level_the_exit_code_is_0(fresh: Path) -> None:
    (fresh.parent / "sound.yaml").write_text(SOUND)
    succeed("collect", fresh, "--from", fresh.parent / "sound.yaml", "--cluster", "one", "--whole")
    succeed("assess", fresh, "--fail-on", "very-high")

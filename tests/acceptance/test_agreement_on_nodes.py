"""Our judgement of nodes beside the messages that a linter gave for its fixtures, and of nodes of a real cluster."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from assessment.checks.load import library
from assessment.derived.run import all_tables
from assessment.judging_in_memory import World, judge_in_memory
from tests.inputs import inputs

ASKED = (
    "nodes.ready", "nodes.no_memory_pressure", "nodes.no_disk_pressure", "nodes.no_pid_pressure",
    "nodes.network_available", "nodes.not_cordoned_for_long", "nodes.taints_are_tolerated", "nodes.memory_use",
    "nodes.processor_use",
)  # fmt: skip
# POP-701 (a condition that is not known) and POP-708 (no metrics) are no failures of ours: they are unknown.
PEER = {
    "n1": set(),
    "n2": {"nodes.network_available", "nodes.taints_are_tolerated"},
    "n3": {"nodes.no_memory_pressure", "nodes.no_disk_pressure", "nodes.no_pid_pressure", "nodes.network_available"},
    "n4": {"nodes.ready", "nodes.not_cordoned_for_long"},
    "n5": {"nodes.processor_use", "nodes.memory_use"},
}


def failed(objects: list[dict[str, Any]]) -> dict[str, set[str]]:
    checks = [check for check in library(all_tables()) if check.check_id in ASKED]
    judged = judge_in_memory({"c": World(objects, running=True)}, checks=checks, as_of="2026-11-21 00:00:00")
    found: dict[str, set[str]] = {}
    for row in judged.findings.to_pylist():
        found.setdefault(row["subject_name"], set())
        if row["verdict"] == "fail":
            found[row["subject_name"]].add(row["check_id"])
    return found


def documents(path: Path) -> list[dict[str, Any]]:
    read = [each for each in yaml.safe_load_all(path.read_text(encoding="utf-8")) if each]
    plain = orjson.loads(orjson.dumps(read, default=str))
    return [each for document in plain for each in (document.get("items") or [document])]


@pytest.mark.parametrize("name", sorted(PEER))
def test_we_find_what_the_linter_finds(name: str) -> None:
    folder = ("health-popeye", "testdata")
    paths = (("core", "node"), ("core", "pod"), ("mx", "node"))
    objects = [each for path in paths for each in documents(inputs(*folder, *path, "1.yaml"))]
    assert failed(objects)[name] == PEER[name]


def test_nodes_of_a_real_cluster_are_judged_by_their_conditions() -> None:
    listed = orjson.loads(inputs("health-troubleshoot", "nodes.json").read_bytes())
    unready = {
        node["metadata"]["name"]
        for node in listed["items"]
        if {each["type"]: each["status"] for each in node["status"]["conditions"]}.get("Ready") != "True"
    }
    found = failed(listed["items"])
    assert {name for name, checks in found.items() if "nodes.ready" in checks} == unready

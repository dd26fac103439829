"""A real cluster's pods, with links of the chain of owners taken away."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from collectors.kubernetes.kinds import kind_of
from collectors.tables.kubernetes.workloads import Workloads
from tests.inputs import inputs
from tests.tables.rows_of import RUNNING, sighting

LISTS = inputs("live-clusters", "real-1.36", "lists")
# What only the owner's own object says, and where it was seen.
OWN = {"evidence_refs", "is_shown", "pod_count", "from_template"}


@pytest.fixture(scope="module")
def objects() -> list[dict[str, Any]]:
    listed = [orjson.loads(path.read_bytes())["items"] for path in sorted(LISTS.glob("*.json"))]
    return [obj for items in listed for obj in items if kind_of(obj) in Workloads.reads]


def rows(objects: list[dict[str, Any]], *withheld: str) -> dict[str, list[Any]]:
    worker = Workloads(RUNNING)
    for place, obj in enumerate(objects):
        if kind_of(obj) not in withheld:
            worker.observe(sighting(obj, place))
    return worker.rows()


def content(found: list[Any]) -> set[str]:
    return {repr({name: value for name, value in row._asdict().items() if name not in OWN}) for row in found}


def test_pods_equal_their_templates_whatever_admission_added(objects: list[dict[str, Any]]) -> None:
    found = rows(objects)
    assert len(found["workloads"]) == 31 and len(found["pods"]) == 48
    for name in ("containers", "pod_specs", "volumes", "container_ports", "config_references"):
        assert all(row.from_template and row.pod_count for row in found[name]), name


@pytest.mark.parametrize(
    "withheld",
    [("apps/ReplicaSet",), ("apps/Deployment",), ("apps/Deployment", "apps/ReplicaSet"), ("batch/Job",), ("Pod",)],
    ids=str,
)
def test_a_link_that_is_not_readable_changes_no_workload_and_no_row(
    objects: list[dict[str, Any]], withheld: tuple[str, ...]
) -> None:
    before, after = rows(objects), rows(objects, *withheld)
    assert {row.workload_id for row in before["workloads"]} == {row.workload_id for row in after["workloads"]}
    for name in ("containers", "pod_specs", "volumes", "container_ports", "config_references"):
        assert content(before[name]) == content(after[name])


def test_what_is_known_of_a_workload_without_its_object_agrees_with_it(objects: list[dict[str, Any]]) -> None:
    before = {row.workload_id: row._asdict() for row in rows(objects)["workloads"]}
    for row in rows(objects, "apps/Deployment", "apps/ReplicaSet", "batch/Job")["workloads"]:
        known = {name: value for name, value in row._asdict().items() if value is not None and name not in OWN}
        assert known == {name: before[row.workload_id][name] for name in known}

"""The clusters of the sample clinic are what real API servers made of what is declared beside this test."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from collectors import resources
from tests.samples.clinic import Object
from tests.samples.clock import Clock, minute_of
from tests.samples.clusters import CLUSTERS
from tests.samples.record_clinic import declared

SAMPLE = resources.data("samples", "clinic")
_TWO_MEGABYTES = 2 << 20
_AS_OF = "2026-11-20"

Key = tuple[str, str, str]


@pytest.fixture(params=sorted(CLUSTERS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_all_that_is_declared_was_stored_as_declared(name: str) -> None:
    stored = _stored(name)
    for each in declared(CLUSTERS[name]):
        if each["kind"] not in _kinds(CLUSTERS[name].refused):
            assert _holds(stored[_key(each)], each), f"{_key(each)}: declare it, and run tests.samples.record_clinic"


def test_the_server_set_what_only_a_server_sets(name: str) -> None:
    for key, each in _stored(name).items():
        metadata = each["metadata"]
        assert metadata["uid"] and metadata["resourceVersion"], key
        assert metadata["creationTimestamp"] < _AS_OF, key
        assert metadata.get("managedFields") or key[0] == "ServiceAccount", key  # of which nobody sets a field


def test_what_was_refused_is_in_the_words_of_kubectl(name: str) -> None:
    refusals = {path.stem: path.read_text() for path in (SAMPLE / "clusters" / name).glob("*.err")}
    assert set(refusals) == {kind.rpartition("/")[2].lower().replace("policy", "policie") + "s"
                             for kind in CLUSTERS[name].refused.split()}  # fmt: skip
    for said in refusals.values():
        assert said.startswith("Error from server (Forbidden): ") and 'User "surveyor" cannot list resource' in said


def test_every_list_is_whole_and_empty_ones_say_of_what(name: str) -> None:
    for path in (SAMPLE / "clusters" / name).glob("*.json"):
        if path.name == "version.json":
            continue
        held = json.loads(path.read_text())
        assert held["kind"].endswith("List") and held["kind"] != "List", path
        assert held["metadata"]["resourceVersion"] and "continue" not in held["metadata"], path


def test_nodes_clouds_and_servers_agree_on_versions() -> None:
    at_aws, at_azure = (json.loads(next((SAMPLE / "clouds").rglob(file)).read_text())
                        for file in ("describe-cluster/lakeside.json", "managed-cluster.json"))  # fmt: skip
    assert _minor("lakeside") == at_aws["cluster"]["version"]
    assert _server("harbour") == f"v{at_azure['properties']['currentKubernetesVersion']}"
    groups = {}
    for path in (SAMPLE / "clouds").rglob("describe-nodegroup/lakeside/*.json"):
        group = json.loads(path.read_text())["nodegroup"]
        groups[path.stem] = (group["version"], group["scalingConfig"]["desiredSize"])
    nodes = [each for key, each in _stored("lakeside").items() if key[0] == "Node"]
    shown: dict[str, list[str]] = {}
    for node in nodes:
        group = node["metadata"]["labels"]["eks.amazonaws.com/nodegroup"]
        shown.setdefault(group, []).append(node["status"]["nodeInfo"]["kubeletVersion"][1:5])
    assert {group: (versions[0], len(versions)) for group, versions in shown.items()} == groups


def test_the_sample_stays_small() -> None:
    assert sum(path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()) < _TWO_MEGABYTES


def test_the_clock_moves_what_happened_during_the_recording_and_nothing_else() -> None:
    begun = datetime(2027, 3, 4, 17, 29, 8, tzinfo=UTC)
    minute = minute_of(begun.isoformat())
    text = f'"2027-03-04T17:29:58Z" "2027-03-04T17:30:01.5Z" "2020-01-01T00:00:00Z" remind-{minute}-x'
    assert Clock(minute).moved(text) == (
        '"2026-11-19T06:15:58Z" "2026-11-19T06:16:01.5Z" "2020-01-01T00:00:00Z" remind-29917815-x')


def _kinds(said: str) -> list[str]:
    return [kind.rpartition("/")[2] for kind in said.split()]


def _key(each: Object) -> Key:
    return each["kind"], each["metadata"].get("namespace", ""), each["metadata"]["name"]


def _stored(name: str) -> dict[Key, Object]:
    found = {}
    for path in Path(SAMPLE / "clusters" / name).glob("*.json"):
        held = json.loads(path.read_text())
        for each in held.get("items", ()):
            found[_key(each | {"kind": held["kind"].removesuffix("List")})] = each
    return found


def _server(name: str) -> str:
    told = json.loads((SAMPLE / "clusters" / name / "version.json").read_text())
    return str(told["serverVersion"]["gitVersion"])


def _minor(name: str) -> str:
    return ".".join(_server(name).lstrip("v").split(".")[:2])


def _holds(stored: Any, wanted: Any) -> bool:
    """Whether all of `wanted` is in `stored`; a server adds, and says of a list what kind its items are."""
    if wanted in ({}, []):
        return not stored
    if isinstance(wanted, dict):
        asked = {key: value for key, value in wanted.items() if key not in ("apiVersion", "kind")}
        return isinstance(stored, dict) and all(_holds(stored.get(key), value) for key, value in asked.items())
    if isinstance(wanted, list):
        return isinstance(stored, list) and len(stored) >= len(wanted) and all(map(_holds, stored, wanted))
    return bool(stored == wanted)

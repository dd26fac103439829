"""Volumes of a cluster: where the data lies, and what nobody can read of it is not known."""

from __future__ import annotations

from typing import Any

import pytest

from collectors.tables.kubernetes.persistent_volumes import PersistentVolumes
from tests.tables import rows_of
from tests.tables.rows_of import RUNNING

ZONE = "topology.kubernetes.io/zone"


def volume(spec: dict[str, Any], **fields: Any) -> Any:
    obj = {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "data"}, "spec": spec} | fields
    return rows_of.build(PersistentVolumes, obj, cluster=RUNNING)["persistent_volumes"][0]


def bound_to(*terms: list[dict[str, Any]]) -> Any:
    affinity = {"required": {"nodeSelectorTerms": [{"matchExpressions": term} for term in terms]}}
    return volume({"csi": {"driver": "d"}, "nodeAffinity": affinity}).zones


def in_zones(*zones: str, key: str = ZONE) -> dict[str, Any]:
    return {"key": key, "operator": "In", "values": list(zones)}


def test_a_volume_says_who_claims_it_and_what_becomes_of_it() -> None:
    row = volume(
        {
            "capacity": {"storage": "10Gi"},
            "accessModes": ["ReadWriteOnce"],
            "claimRef": {"namespace": "shop", "name": "db"},
            "csi": {"driver": "ebs.csi.aws.com", "volumeHandle": "vol-1"},
            "storageClassName": "gp3",
        },
        status={"phase": "Bound"},
    )
    assert (row.phase, row.reclaim_policy, row.claim_namespace, row.claim_name) == ("Bound", "Retain", "shop", "db")
    assert (row.volume_type, row.csi_driver) == ("csi", "ebs.csi.aws.com")
    assert (row.has_host_path, row.is_on_node) == (False, False)
    assert (row.capacity_bytes, row.storage_class_name) == (10 * 2**30, "gp3")


def test_data_on_a_node_is_told_from_data_elsewhere() -> None:
    row = volume({"hostPath": {"path": "/var//lib/data/"}})
    assert (row.has_host_path, row.host_path, row.is_on_node) == (True, "/var/lib/data", True)
    assert volume({"local": {"path": "/mnt"}}).is_on_node is True
    assert volume({"nfs": {"server": "a", "path": "/"}}).is_on_node is False


@pytest.mark.parametrize("spec", [{}, {"nfs": {}, "csi": {}}, "text"])
def test_a_volume_of_no_source_or_of_several_is_not_known(spec: Any) -> None:
    row = volume(spec)
    assert (row.volume_type, row.has_csi_driver, row.has_host_path, row.is_on_node) == (None, None, None, None)


def test_zones_of_alternatives_add_up_and_conditions_of_one_narrow_it() -> None:
    assert bound_to([in_zones("b")], [in_zones("a", key="topology.ebs.csi.aws.com/zone")]) == ["a", "b"]
    assert bound_to([in_zones("a", "b"), in_zones("b", "c")]) == ["b"]
    assert bound_to([in_zones("a")], [in_zones("node-1", key="kubernetes.io/hostname")]) == []
    assert bound_to([in_zones("", key="topology.disk.csi.azure.com/zone")]) == []
    assert bound_to([in_zones("a") | {"operator": "NotIn"}]) is None
    assert volume({"csi": {}}, metadata={"name": "old", "labels": {ZONE: "b__a"}}).zones == ["a", "b"]

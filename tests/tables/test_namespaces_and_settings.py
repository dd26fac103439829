"""Clusters, nodes, namespaces, service accounts, quotas, configuration and storage as rows."""

from __future__ import annotations

from typing import Any

import pytest

from collectors.evidence.redact import redact
from collectors.tables.kubernetes.clusters import NEWEST_MINOR, OLDEST_MINOR, Clusters, at_least
from collectors.tables.kubernetes.config_maps import ConfigMaps, Secrets
from collectors.tables.kubernetes.namespaces import Namespaces
from collectors.tables.kubernetes.nodes import Nodes
from collectors.tables.kubernetes.quotas import LimitRanges, ResourceQuotas
from collectors.tables.kubernetes.service_accounts import ServiceAccounts
from collectors.tables.kubernetes.storage import PersistentVolumeClaims, PriorityClasses, StorageClasses
from tests.tables.rows_of import DECLARED, RUNNING, build

ENFORCE = "pod-security.kubernetes.io/enforce"


def plain(kind: str, version: str = "v1", **more: Any) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "x", "namespace": "shop"}, **more}


def namespace(name: str = "shop", labels: Any = None) -> Any:
    obj = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
    return build(Namespaces, obj)["namespaces"][0]


def test_a_cluster_has_one_row_whatever_was_seen() -> None:
    (row,) = build(Clusters, cluster=RUNNING)["clusters"]
    assert (row.name, row.basis, row.kubernetes_minor) == ("c", "running", 36)
    assert (row.is_1_35_or_later, row.is_1_37_or_later) == (True, False)


def test_with_the_version_unknown_only_what_all_supported_minors_share_is_known() -> None:
    (row,) = build(Clusters, cluster=DECLARED)["clusters"]
    assert (row.is_1_27_or_later, row.is_1_32_or_later, row.is_1_37_or_later) == (True, None, None)
    assert at_least(None, OLDEST_MINOR) is True
    assert at_least(None, NEWEST_MINOR + 1) is False
    assert at_least(None, NEWEST_MINOR) is None


@pytest.mark.parametrize(
    ("labels", "level"),
    [
        ({ENFORCE: "baseline"}, "baseline"),
        ({ENFORCE: "restricted"}, "restricted"),
        ({ENFORCE: "Restricted "}, "restricted"),
        ({ENFORCE: ""}, "restricted"),
        ({ENFORCE: "privileged"}, "privileged"),
        ({ENFORCE + "-version": "latest"}, "privileged"),
        (None, "privileged"),
        ({ENFORCE: 1}, None),
        ([ENFORCE], None),
    ],
)
def test_an_invalid_level_is_enforced_as_restricted_and_none_as_privileged(labels: Any, level: str | None) -> None:
    assert namespace(labels=labels).enforce_level_by_label == level


def test_an_invalid_level_warns_of_nothing() -> None:
    assert namespace(labels={"pod-security.kubernetes.io/warn": "bogus"}).warn_level_by_label == "privileged"


def test_namespaces_of_the_cluster_itself_are_told_apart() -> None:
    assert [namespace(name).is_system for name in ("kube-system", "kube-public", "shop", "kube")] == [
        True, True, False, False,
    ]  # fmt: skip


def test_a_service_account_hands_out_its_token_unless_it_says_no() -> None:
    found = [
        build(ServiceAccounts, plain("ServiceAccount", **more))["service_accounts"][0].automounts_token
        for more in ({}, {"automountServiceAccountToken": False}, {"automountServiceAccountToken": "no"})
    ]
    assert found == [True, False, None]


def test_a_quota_of_some_pods_bounds_none_of_the_whole() -> None:
    hard = {"requests.cpu": "4", "memory": "8Gi"}
    full, scoped, objects = (
        build(ResourceQuotas, plain("ResourceQuota", spec=spec))["resource_quotas"][0]
        for spec in ({"hard": hard}, {"hard": hard, "scopes": ["BestEffort"]}, {"hard": {"pods": "9"}})
    )
    assert (full.bounds_cpu, full.bounds_memory, full.bounds_pods) == (True, True, False)
    assert (scoped.bounds_cpu, scoped.is_limited_to_scopes) == (False, True)
    assert (objects.bounds_cpu, objects.bounds_pods) == (False, True)


def test_a_maximum_is_a_default_limit_and_a_default_limit_a_default_request() -> None:
    limits = [{"type": "Container", "max": {"memory": "1Gi"}, "default": {"cpu": "1"}}, {"type": "Pod", "max": {}}]
    row = build(LimitRanges, plain("LimitRange", spec={"limits": limits}))["limit_ranges"][0]
    assert (row.defaults_memory_limit, row.defaults_memory_request, row.bounds_container_memory) == (True, True, True)
    assert (row.defaults_cpu_limit, row.defaults_cpu_request) == (True, True)
    odd = build(LimitRanges, plain("LimitRange", spec={"limits": {}}))["limit_ranges"][0]
    assert odd.defaults_cpu_limit is None


def test_credentials_are_counted_by_what_redaction_left() -> None:
    obj = plain("ConfigMap", data={"db_password": "abc123", "level": "info"}, binaryData={"blob": "AAAA"})
    redact(obj, b"key")
    row = build(ConfigMaps, obj)["config_maps"][0]
    assert (row.key_names, row.key_count) == (["blob", "db_password", "level"], 3)
    assert (row.credential_keys, row.credential_count) == (["db_password"], 1)


def test_configuration_that_cannot_be_read_may_hold_a_credential() -> None:
    assert build(ConfigMaps, plain("ConfigMap", data="x"))["config_maps"][0].credential_count is None
    assert build(ConfigMaps, plain("ConfigMap"))["config_maps"][0].credential_count == 0


def test_a_secret_is_known_by_type_and_names_only() -> None:
    row = build(Secrets, plain("Secret", data={"tls.key": "~"}, stringData={"more": "~"}))["secrets"][0]
    assert (row.secret_type, row.key_names, row.has_created_at) == ("Opaque", ["more", "tls.key"], False)
    token = build(Secrets, plain("Secret", type="kubernetes.io/service-account-token"))["secrets"][0]
    assert token.is_service_account_token is True


def test_a_node_is_read_from_its_labels_and_status() -> None:
    info = {"kubeletVersion": "v1.34.2-eks-1", "operatingSystem": "linux"}
    labels = {"node-role.kubernetes.io/control-plane": "", "topology.kubernetes.io/zone": "z1"}
    spec = {"providerID": "aws:///z1/i-1", "taints": [{"key": "k", "effect": "NoSchedule"}], "unschedulable": True}
    addresses = [{"type": "ExternalIP", "address": "203.0.113.1"}, {"type": "InternalIP", "address": "10.0.0.1"}]
    status = {"nodeInfo": info, "conditions": [{"type": "Ready", "status": "True"}], "addresses": addresses}
    obj = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n", "labels": labels}}
    row = build(Nodes, obj | {"spec": spec, "status": status})["nodes"][0]
    assert (row.kubelet_minor, row.is_control_plane, row.is_ready, row.zone) == (34, True, True, "z1")
    assert (row.provider, row.taints, row.is_cordoned) == ("aws", ["k=:NoSchedule"], True)
    assert row.external_addresses == ["203.0.113.1"]


def test_storage_and_priority_take_the_defaults_of_the_api() -> None:
    claim = build(PersistentVolumeClaims, plain("PersistentVolumeClaim", spec={"storageClassName": ""}))
    row = claim["persistent_volume_claims"][0]
    assert (row.has_storage_class, row.storage_class_name) == (True, "")
    storage = build(StorageClasses, plain("StorageClass", "storage.k8s.io/v1"))["storage_classes"][0]
    assert (storage.reclaim_policy, storage.binding_mode, storage.is_default) == ("Delete", "Immediate", False)
    priority = build(PriorityClasses, plain("PriorityClass", "scheduling.k8s.io/v1", preemptionPolicy="Never"))
    assert (priority["priority_classes"][0].priority, priority["priority_classes"][0].may_preempt) == (0, False)

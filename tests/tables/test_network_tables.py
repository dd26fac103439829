"""NetworkPolicies, Services and Ingresses as rows."""

from __future__ import annotations

from typing import Any

import pytest

from collectors.tables.kubernetes.ingresses import Ingresses
from collectors.tables.kubernetes.network_policies import NetworkPolicies, policy_types
from collectors.tables.kubernetes.services import Services
from tests.tables.rows_of import build, unseen


def policy(**spec: Any) -> dict[str, Any]:
    metadata = {"name": "p", "namespace": "shop"}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata, "spec": spec}


def ingress(spec: Any, version: str = "networking.k8s.io/v1") -> dict[str, Any]:
    return {"apiVersion": version, "kind": "Ingress", "metadata": {"name": "i", "namespace": "shop"}, "spec": spec}


def service(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s", "namespace": "shop"}, "spec": spec}


def path(backend: Any) -> dict[str, Any]:
    return {"rules": [{"host": "shop.example", "http": {"paths": [{"path": "/", "backend": backend}]}}]}


@pytest.mark.parametrize(
    ("spec", "ingress_too", "egress_too"),
    [
        ({}, True, False),
        ({"ingress": []}, True, False),
        ({"egress": [{}]}, True, True),
        ({"policyTypes": ["Egress"]}, False, True),
        ({"policyTypes": ["Ingress"], "egress": [{}]}, True, False),
        ({"policyTypes": "Egress"}, None, None),
        ({"egress": {}}, True, None),
    ],
)
def test_unset_policy_types_mean_ingress_and_egress_only_when_it_says_something(
    spec: dict[str, Any], ingress_too: bool | None, egress_too: bool | None
) -> None:
    assert policy_types(spec) == {"ingress": ingress_too, "egress": egress_too}


def test_a_policy_that_selects_all_and_allows_nothing_is_a_default_deny() -> None:
    row = build(NetworkPolicies, policy(podSelector={}))["network_policies"][0]
    assert (row.selects_every_pod, row.isolates_ingress, row.allows_all_ingress) == (True, True, False)
    assert (row.denies_ingress_by_default, row.denies_egress_by_default) == (True, False)


def test_an_empty_rule_lets_everything_through() -> None:
    row = build(NetworkPolicies, policy(podSelector={}, ingress=[{}], egress=[{"to": []}]))["network_policies"][0]
    assert (row.allows_all_ingress, row.allows_all_egress) == (True, True)
    assert row.denies_ingress_by_default is False


def test_a_rule_of_a_direction_that_is_not_in_force_lets_nothing_through() -> None:
    row = build(NetworkPolicies, policy(podSelector={}, policyTypes=["Ingress"], egress=[{}]))
    assert row["network_policies"][0].allows_all_egress is False
    assert row["network_policy_rules"][0].is_in_force is False


def test_a_rule_with_ports_or_peers_is_not_open_to_everything() -> None:
    rules = [{"ports": [{"port": 80}]}, {"from": [{"podSelector": {}}]}]
    rows = build(NetworkPolicies, policy(podSelector={}, ingress=rules))
    assert rows["network_policies"][0].allows_all_ingress is False
    assert [rule.allows_every_peer for rule in rows["network_policy_rules"]] == [True, False]


def test_peers_that_mean_every_address_or_namespace_are_seen() -> None:
    peers = [
        {"ipBlock": {"cidr": "0.0.0.0/0"}},
        {"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}},
        {"namespaceSelector": {}},
        {"namespaceSelector": {"matchLabels": {"team": "shop"}}},
    ]
    rules = [{"from": [peer]} for peer in peers]
    rows = build(NetworkPolicies, policy(podSelector={}, ingress=rules))["network_policy_rules"]
    assert [rule.allows_every_address for rule in rows] == [True, False, False, False]
    assert [rule.allows_every_namespace for rule in rows] == [False, False, True, False]


def test_what_cannot_be_read_of_a_policy_is_not_known_and_its_rules_are_unseen() -> None:
    odd = policy(podSelector={"matchExpressions": "app"}, ingress={})
    row = build(NetworkPolicies, odd)["network_policies"][0]
    assert (row.selects_every_pod, row.allows_all_ingress, row.denies_ingress_by_default) == (None, None, None)
    assert [part.table for part in unseen(NetworkPolicies, odd)] == ["network_policy_rules"]


def test_a_service_is_a_cluster_ip_unless_it_says_otherwise() -> None:
    found = [
        (row.service_type, row.opens_node_ports)
        for spec in ({}, {"type": "NodePort"}, {"type": "LoadBalancer"},
                     {"type": "LoadBalancer", "allocateLoadBalancerNodePorts": False}, {"type": 1})
        for row in build(Services, service(**spec))["services"]
    ]  # fmt: skip
    assert found == [
        ("ClusterIP", False), ("NodePort", True), ("LoadBalancer", True), ("LoadBalancer", False), (None, None),
    ]  # fmt: skip


def test_an_empty_selector_of_a_service_selects_by_hand() -> None:
    assert build(Services, service(selector={}))["services"][0].has_selector is False
    assert build(Services, service(selector={"app": "web"}))["services"][0].selector == ["app=web"]


def test_the_same_labels_in_another_order_are_the_same_selection() -> None:
    written = ({"app": "web", "tier": "1"}, {"tier": "1", "app": "web"}, {"app": "web"}, {}, None)
    found = [build(Services, service(selector=each))["services"][0].selection for each in written]
    assert found == ["app=web,tier=1", "app=web,tier=1", "app=web", "", ""]
    assert build(Services, service(selector={"app": 1}))["services"][0].selection is None


def test_ports_that_cannot_be_read_are_unseen() -> None:
    assert [part.owner for part in unseen(Services, service(ports="80"))] == ["Service/shop/s"]


@pytest.mark.parametrize(
    ("backend", "expected"),
    [
        ({"service": {"name": "web", "port": {"number": 80}}}, (True, "web", 80, None, False)),
        ({"service": {"name": "web", "port": {"name": "http"}}}, (True, "web", None, "http", False)),
        ({"resource": {"kind": "Bucket", "name": "b"}}, (False, None, None, "", True)),
        ({"serviceName": "web", "servicePort": 80}, (False, None, None, "", False)),
        ({"service": {"name": 1, "port": {"number": "x"}}}, (True, None, None, "x", False)),
        ({"service": []}, (True, None, None, None, False)),
    ],
)
def test_a_backend_names_a_service_and_port_or_another_object(backend: Any, expected: tuple[Any, ...]) -> None:
    row = build(Ingresses, ingress(path(backend)))["ingress_backends"][0]
    assert (row.has_service, row.service_name, row.port_number, row.port_name, row.is_resource) == expected
    assert row.route == "shop.example/"


def test_the_beta_form_of_a_backend_is_read_in_beta_versions_only() -> None:
    old = ingress({"backend": {"serviceName": "web", "servicePort": "80"}}, "networking.k8s.io/v1beta1")
    row = build(Ingresses, old)["ingress_backends"][0]
    assert (row.route, row.service_name, row.port_number) == ("default", "web", 80)


def test_paths_that_cannot_be_read_are_unseen_backends() -> None:
    assert len(unseen(Ingresses, ingress({"rules": "none"}))) == 1
    assert len(unseen(Ingresses, ingress({"rules": [{"http": {"paths": {}}}]}))) == 1
    assert len(unseen(Ingresses, ingress({"rules": [{"http": {"paths": ["/"]}}]}))) == 1


def test_a_class_is_named_by_field_or_by_the_older_annotation() -> None:
    old = ingress({})
    old["metadata"]["annotations"] = {"kubernetes.io/ingress.class": "nginx"}
    found = [build(Ingresses, each)["ingresses"][0].class_name for each in (ingress({"ingressClassName": "edge"}), old)]
    assert found == ["edge", "nginx"]

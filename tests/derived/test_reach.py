"""Who may reach whom, as policies decide it; what is published; and that neither grows with all pairs."""

from __future__ import annotations

import time
from typing import Any

import pytest

from assessment.derived.network.reach import Answer, Reach
from assessment.derived.run import derive
from collectors.evidence.item import Item, as_item
from collectors.kubernetes.offline import in_memory
from collectors.tables.build import Tables
from tests.checks.example_worlds import Stored, tables_of


def workload(name: str, namespace: str = "shop", **pod: Any) -> dict[str, Any]:
    spec = {"containers": [{"name": "main", "image": "registry.example/web:1"}], **pod}
    template = {"metadata": {"labels": {"app": name}}, "spec": spec}
    metadata = {"name": name, "namespace": namespace}
    selector = {"matchLabels": {"app": name}}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata,
            "spec": {"selector": selector, "template": template}}  # fmt: skip


def space(name: str, **labels: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def policy(namespace: str = "shop", name: str = "p", **spec: Any) -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata,
            "spec": {"podSelector": {}, **spec}}  # fmt: skip


def seen(*objects: dict[str, Any], whole: bool = True) -> Tables:
    items: list[Item] = []
    bodies = {}
    for draft, held in in_memory(list(objects), cluster="c", whole=whole, kubernetes_version="1.34"):
        item = as_item(draft, f"E-{len(items)}", 0, "in memory")
        items.append(item)
        bodies[item.evidence_id] = held
    return tables_of([Stored(items, bodies)])


def may(tables: Tables, source: str = "shop/web", target: str = "bank/till") -> Answer:
    named = {f"{row.namespace}/{row.name}": row.workload_id for row in tables.rows["workloads"]}
    return Reach(tables.rows, tables.gaps).may_reach("c", named[source], named[target])


BOTH = (workload("web"), workload("till", "bank"), space("shop", team="a"), space("bank"))
TEAM_A = {"matchLabels": {"team": "a"}}
ONLY_TEAM_A = {"from": [{"namespaceSelector": TEAM_A, "podSelector": {"matchLabels": {"app": "web"}}}]}


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        ((), Answer(True)),
        ((policy("bank"),), Answer(False)),
        ((policy("bank", ingress=[{}]),), Answer(True)),
        ((policy("bank", ingress=[ONLY_TEAM_A]),), Answer(True)),
        ((policy("bank", ingress=[{"from": [{"podSelector": {}}]}]),), Answer(False)),
        ((policy("bank", ingress=[ONLY_TEAM_A | {"ports": [{"port": 80}]}]),), Answer(True, ("TCP/80",))),
        ((policy("bank", ingress=[{"from": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}]),), Answer(None)),
        ((policy("shop", policyTypes=["Egress"]),), Answer(False)),
        (
            (policy("shop", egress=[{"to": [{"namespaceSelector": {}}], "ports": [{"port": 80, "endPort": 90}]}]),
             policy("bank", ingress=[{"ports": [{"port": 81}]}])),
            Answer(True, ("TCP/81",)),
        ),
        (
            (policy("shop", egress=[{"ports": [{"port": 443}]}]), policy("bank", ingress=[{"ports": [{"port": 81}]}])),
            Answer(False),
        ),
    ],
)  # fmt: skip
def test_both_ends_must_allow_a_connection(objects: tuple[dict[str, Any], ...], expected: Answer) -> None:
    answer = may(seen(*BOTH, *objects))
    assert answer.may is expected.may
    assert not expected.ports or answer.ports == expected.ports


def test_what_is_not_seen_may_deny_and_may_allow() -> None:
    assert may(seen(*BOTH, whole=False)).may is None
    metadata = {"name": "c", "namespace": "bank"}
    cilium = {"apiVersion": "cilium.io/v2", "kind": "CiliumNetworkPolicy", "metadata": metadata}
    deny = cilium | {"spec": {"endpointSelector": {}, "ingressDeny": [{"fromEntities": ["world"]}]}}
    assert may(seen(*BOTH, deny, policy("bank", ingress=[{}]))).may is None
    own = {"endpointSelector": {}, "ingress": [{"fromEndpoints": [{}]}]}
    assert may(seen(*BOTH, cilium | {"spec": own})).may is None


def test_pods_of_the_host_are_outside_of_policies() -> None:
    host = (workload("web", hostNetwork=True), *BOTH[1:])
    assert may(seen(*host)).may is True
    assert may(seen(*host, policy("shop", policyTypes=["Egress"]))).may is True
    assert may(seen(*host, policy("bank"))).may is None  # its own node is always let in


def test_a_gateway_publishes_what_its_routes_lead_to() -> None:
    group = "gateway.networking.k8s.io/v1"
    gateway = {"apiVersion": group, "kind": "Gateway", "metadata": {"name": "front", "namespace": "edge"}, "spec": {
        "gatewayClassName": "edge", "listeners": [{"name": "https", "port": 443, "protocol": "HTTPS", "allowedRoutes": {
            "namespaces": {"from": "Selector", "selector": {"matchLabels": {"team": "a"}}}}}]}}  # fmt: skip

    def route(namespace: str) -> dict[str, Any]:
        rules = [{"backendRefs": [{"name": "web", "port": 80}]}]
        spec = {"parentRefs": [{"name": "front", "namespace": "edge"}], "rules": rules}
        metadata = {"name": "r", "namespace": namespace}
        return {"apiVersion": group, "kind": "HTTPRoute", "metadata": metadata, "spec": spec}

    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "shop"},
               "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}}  # fmt: skip
    tables = seen(*BOTH, service, gateway, route("shop"), route("bank"))
    reached = {row.name: row.is_reachable_from_internet for row in tables.rows["workload_exposure"]}
    assert reached == {"web": True, "till": False}
    (exposure,) = tables.rows["exposures"]
    assert (exposure.how, exposure.services, exposure.is_encrypted) == ("gateway", ["shop/web"], True)


def test_three_thousand_workloads_are_grouped_in_seconds() -> None:
    names = [f"n{number}" for number in range(100)]
    allow = {"from": [{"podSelector": {"matchLabels": {"app": "w1"}}}]}
    objects = [space(name) for name in names]
    objects += [workload(f"w{number}", name) for name in names for number in range(30)]
    objects += [policy(name, "own", ingress=[allow]) for name in names]
    wide = {"from": [{"namespaceSelector": {}}], "ports": [{"port": 80}]}
    objects += [policy(name, "wide", ingress=[wide]) for name in names]
    tables = seen(*objects)
    started = time.process_time()
    derive(tables)
    reach = Reach(tables.rows, tables.gaps)
    assert time.process_time() - started < 60
    assert len(reach.groups) == 200
    assert len(tables.rows["network_flows"]) == 400

"""What the tables say of the context of a workload, and what they leave open."""

from __future__ import annotations

from typing import Any

import pytest

from assessment.derived.run import all_tables, derive
from collectors.evidence.item import Item, as_item
from collectors.kubernetes.offline import in_memory
from collectors.tables.build import base_tables
from tests.checks.example_worlds import Stored, renamed, tables_of, with_cells_unknown, withholdings, without

FACTS = ("is_reachable_from_internet", "is_isolated", "is_privileged")
LABELS = {"app": "web"}
RBAC = "rbac.authorization.k8s.io"


def named(version: str, kind: str, name: str, namespace: str | None = "shop", **content: Any) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": name} | ({"namespace": namespace} if namespace else {})
    metadata["annotations"] = content.pop("annotations", {})
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **content}


def web(**pod: Any) -> dict[str, Any]:
    container = {"name": "main", "image": "registry.example/web:1", **pod.pop("container", {})}
    template = {"metadata": {"labels": LABELS}, "spec": {"containers": [container], **pod}}
    spec = {"selector": {"matchLabels": LABELS}, "template": template}
    return named("apps/v1", "Deployment", "web", spec=spec)


def service(kind: str = "ClusterIP", annotations: Any = None, **spec: Any) -> dict[str, Any]:
    ports = [{"port": 80}]
    spec = {"type": kind, "selector": LABELS, "ports": ports, **spec}
    return named("v1", "Service", "web", annotations=annotations or {}, spec=spec)


def ingress(annotations: Any = None, to: str = "web", **spec: Any) -> dict[str, Any]:
    backend = {"service": {"name": to, "port": {"number": 80}}}
    rules = [{"host": "shop.example", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}]
    return named("networking.k8s.io/v1", "Ingress", "web", annotations=annotations or {}, spec={"rules": rules, **spec})


def policy(name: str = "deny", *types: str, **spec: Any) -> dict[str, Any]:
    spec = {"podSelector": {}, "policyTypes": list(types or ("Ingress", "Egress")), **spec}
    return named("networking.k8s.io/v1", "NetworkPolicy", name, spec=spec)


def node(external: bool = True) -> dict[str, Any]:
    addresses = [{"type": "ExternalIP", "address": "203.0.113.7"}] if external else []
    return named("v1", "Node", "n1", None, status={"addresses": addresses})


def account(**content: Any) -> dict[str, Any]:
    return named("v1", "ServiceAccount", "default", **content)


def admin(role: str = "cluster-admin", kind: str = "ServiceAccount", name: str = "default") -> dict[str, Any]:
    subject = {"kind": kind, "name": name} | ({"namespace": "shop"} if kind == "ServiceAccount" else {})
    reference = {"apiGroup": RBAC, "kind": "ClusterRole", "name": role}
    return named(f"{RBAC}/v1", "ClusterRoleBinding", "b", None, roleRef=reference, subjects=[subject])


def role(*resources: str) -> dict[str, Any]:
    rule = {"verbs": ["*"], "apiGroups": ["*"], "resources": list(resources)}
    return named(f"{RBAC}/v1", "ClusterRole", "ours", None, rules=[rule])


def world(*objects: dict[str, Any], whole: bool = True) -> Stored:
    items: list[Item] = []
    bodies: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for draft, held in in_memory(list(objects), cluster="c", whole=whole, kubernetes_version="1.34"):
        item = as_item(draft, f"E-{len(items)}", 0, "in memory")
        items.append(item)
        bodies[item.evidence_id] = held
    return Stored(items, bodies)


def facts(*objects: dict[str, Any], whole: bool = True) -> tuple[bool | None, ...]:
    (row,) = tables_of([world(*objects, whole=whole)]).rows["workload_exposure"]
    return tuple(getattr(row, name) for name in FACTS)


def reached(*objects: dict[str, Any]) -> bool | None:
    return facts(web(), *objects)[0]


def test_a_workload_that_nothing_selects_and_everything_was_seen_of_is_internal_open_and_plain() -> None:
    assert facts(web()) == (False, False, False)


def test_what_a_folder_does_not_claim_to_hold_is_not_known() -> None:
    assert facts(web(), whole=False) == (None, None, None)


@pytest.mark.parametrize(
    ("objects", "is_reached"),
    [
        ([service("LoadBalancer")], True),
        ([service("ClusterIP")], None),
        ([service("LoadBalancer", selector={"app": "till"})], False),
        ([service("LoadBalancer", {"service.beta.kubernetes.io/azure-load-balancer-internal": "true"})], None),
        ([service("LoadBalancer", {"service.beta.kubernetes.io/aws-load-balancer-scheme": "internal"})], None),
        ([service("LoadBalancer", {"service.beta.kubernetes.io/aws-load-balancer-type": "external"})], None),
        ([service("LoadBalancer", {"service.beta.kubernetes.io/aws-load-balancer-type": "external",
                                   "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing"})], True),
        ([service("LoadBalancer", loadBalancerSourceRanges=["198.51.100.0/24"])], None),
        ([service("NodePort")], None),
        ([service("NodePort"), node()], True),
        ([service("NodePort"), node(external=False)], None),
        ([service(externalIPs=["8.8.8.8"])], True),
        ([service(externalIPs=["10.0.0.8"])], None),
        ([service(), ingress()], True),
        ([service(), ingress(to="till")], None),
        ([service(), ingress({"alb.ingress.kubernetes.io/scheme": "internal"})], None),
        ([service(), ingress(ingressClassName="alb")], None),
        ([ingress()], False),
    ],
)  # fmt: skip
def test_what_leads_in_from_the_internet(objects: list[dict[str, Any]], is_reached: bool | None) -> None:
    assert reached(*objects) is is_reached


def test_a_port_of_the_node_leaves_it_open_whether_the_internet_reaches_a_workload() -> None:
    assert facts(web(hostNetwork=True))[0] is None
    assert facts(web(container={"ports": [{"containerPort": 80, "hostPort": 80}]}), node())[0] is None


@pytest.mark.parametrize(
    ("objects", "is_isolated"),
    [
        ([web(), policy()], True),
        ([web(), policy("in", "Ingress"), policy("out", "Egress")], True),
        ([web(), policy("in", "Ingress")], False),
        ([web(), policy(), policy("open", "Egress", egress=[{}])], False),
        ([web(hostNetwork=True), policy()], False),
        ([web(), policy(podSelector={"matchExpressions": "odd"})], None),
    ],
)
def test_isolated_means_both_ways(objects: list[dict[str, Any]], is_isolated: bool | None) -> None:
    assert facts(*objects)[1] is is_isolated


@pytest.mark.parametrize(
    ("objects", "is_privileged"),
    [
        ([web(container={"securityContext": {"privileged": True}})], True),
        ([web(hostPID=True)], True),
        ([web(volumes=[{"name": "v", "hostPath": {"path": "/var/log"}}])], True),
        ([web(), admin()], True),
        ([web(automountServiceAccountToken=False), admin()], False),
        ([web(), admin(), account(automountServiceAccountToken=False)], False),
        ([web(serviceAccountName="own"), admin()], False),
        ([web(), admin(kind="Group", name="system:serviceaccounts")], True),
        ([web(), admin(kind="Group", name="system:serviceaccounts:shop")], True),
        ([web(), admin(kind="Group", name="system:serviceaccounts:bank")], False),
        ([web(), admin("ours"), role("*")], True),
        ([web(), admin("ours"), role("pods")], False),
        ([web(), admin("ours")], False),
    ],
)
def test_privileged_means_that_the_node_or_the_cluster_falls_with_it(
    objects: list[dict[str, Any]], is_privileged: bool | None
) -> None:
    assert facts(*objects)[2] is is_privileged


WORLDS = {
    "published": (web(), service("LoadBalancer"), ingress(), policy(), node(), account(), role("*"), admin("ours")),
    "on node ports": (web(), service("NodePort"), node(), policy("in", "Ingress"), admin()),
    "plain": (web(), policy(), account(automountServiceAccountToken=False), admin(), role("pods")),
    "on the host": (web(hostNetwork=True, volumes=[{"name": "v", "hostPath": {"path": "/"}}]), policy()),
    "by group": (web(), admin(kind="Group", name="system:serviceaccounts"), service(externalIPs=["8.8.8.8"])),
    "of another": (web(serviceAccountName="own"), admin(), admin(kind="User", name="jane"), account()),
}
each_world = pytest.mark.parametrize("objects", WORLDS.values(), ids=WORLDS)


@each_world
def test_an_unknown_cell_leaves_each_fact_or_opens_it(objects: tuple[dict[str, Any], ...]) -> None:
    tables = tables_of([world(*objects)])
    (before,) = tables.rows["workload_exposure"]
    changed, origin = with_cells_unknown(tables, lambda _: list(base_tables().values()))
    derive(changed)
    wrong = [
        f"{origin[row.cluster][1]} unknown: {name} went from {getattr(before, name)} to {getattr(row, name)}"
        for row in changed.rows["workload_exposure"]
        for name in FACTS
        if getattr(row, name) not in (getattr(before, name), None)
    ]
    assert not wrong, "\n".join(wrong)


@each_world
@pytest.mark.parametrize("basis", ["declared", "running"])
def test_withheld_evidence_leaves_each_fact_or_opens_it(objects: tuple[dict[str, Any], ...], basis: str) -> None:
    whole = world(*objects)
    worlds = [renamed(without(whole, "", None, basis, "gone"), "whole")]
    for kind, namespace, how in withholdings(whole):
        worlds.append(renamed(without(whole, kind, namespace, basis, how), f"{kind} {how} in {namespace}"))
    found = {row.cluster: row for row in tables_of(worlds).rows["workload_exposure"]}
    wrong = [
        f"{cluster}: {name} went from {getattr(found['whole'], name)} to {getattr(row, name)}"
        for cluster, row in found.items()
        for name in FACTS
        if getattr(row, name) not in (getattr(found["whole"], name), None)
    ]
    assert not wrong, "\n".join(wrong)


def test_a_fact_that_is_true_names_the_evidence_that_makes_it_so() -> None:
    (row,) = tables_of([world(web(), service("LoadBalancer"), admin())]).rows["workload_exposure"]
    assert len(row.evidence_refs) == 3


def test_the_table_is_derived_from_all_that_it_reads() -> None:
    assert "workload_exposure" in all_tables()

"""Who stands outside of a scope and yet shares with it, is let into it, or decides over it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from assessment.derived.network.reach import Reach
from assessment.frameworks.leaks.find import leaks
from assessment.frameworks.leaks.leak import WAYS
from assessment.frameworks.scope import reach
from tests.frameworks.scoped_worlds import World, namespace, running, world_of
from tests.frameworks.toy import engagement

BY_LABEL = {"labels": {"scope": "pci"}}
PCI = {"scope": "pci"}


def pod(name: str, where: str, labels: dict[str, str] | None = None, node: str = "", **spec: Any) -> Any:
    spec = {"serviceAccountName": name, "containers": [{"name": "main", "image": "i"}], **spec}
    spec |= {"nodeName": node or f"node-{where}-{name}"}
    return {"apiVersion": "v1", "kind": "Pod", "spec": spec,
            "metadata": {"name": name, "namespace": where, "labels": {"app": name, **(labels or {})}}}  # fmt: skip


def claim(name: str) -> dict[str, Any]:
    return {"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": name}}]}


def secret(name: str) -> dict[str, Any]:
    return {"volumes": [{"name": "v", "secret": {"secretName": name}}]}


def policy(where: str, peer: dict[str, Any]) -> Any:
    spec = {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{"from": [peer]}]}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "spec": spec,
            "metadata": {"name": "let-in", "namespace": where}}  # fmt: skip


def granted(rules: list[dict[str, Any]], where: str | None = None, name: str = "jane") -> list[Any]:
    kind = "Role" if where else "ClusterRole"
    metadata = {"name": f"duty-of-{name}"} | ({"namespace": where} if where else {})
    version, group = "rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io"
    return [
        {"apiVersion": version, "kind": kind, "metadata": metadata, "rules": rules},
        {"apiVersion": version, "kind": f"{kind}Binding", "metadata": metadata,
         "subjects": [{"kind": "User", "apiGroup": group, "name": name}],
         "roleRef": {"apiGroup": group, "kind": kind, "name": metadata["name"]}},
    ]  # fmt: skip


def found(objects: Iterable[Any], scope: dict[str, Any]) -> list[dict[str, Any]]:
    return of_world(world_of(running(objects)), scope)


def of_world(world: World, scope: dict[str, Any], network: Reach | None = None) -> list[dict[str, Any]]:
    reached = reach("cde", engagement(scopes={"cde": scope}), world.tables.clusters, world.columns_of)
    world.estate.choose(reached)
    return list(leaks(reached, world.estate, world.columns_of, network))


def told(rows: Iterable[dict[str, Any]]) -> set[tuple[str, str, tuple[str, ...], str]]:
    return {(row["way"], row["outside_name"], tuple(row["inside"]), row["holds"]) for row in rows}


VAULT = pod("vault", "pay", PCI)


@pytest.mark.parametrize(
    ("way", "objects"),
    [
        ("node", [pod("vault", "pay", PCI, "n1"), pod("shop", "web", node="n1"), pod("far", "web", node="n2")]),
        ("identity", [VAULT, pod("shop", "pay", serviceAccountName="vault"), pod("far", "pay")]),
        ("volume", [pod("vault", "pay", PCI, **claim("data")), pod("shop", "pay", **claim("data")),
                    pod("far", "web", **claim("data"))]),
        ("secret", [pod("vault", "pay", PCI, **secret("key")), pod("shop", "pay", **secret("key")),
                    pod("far", "web", **secret("key"))]),
    ],
)  # fmt: skip
def test_what_is_shared_with_the_scope_is_a_leak_and_what_only_looks_alike_is_none(
    way: str, objects: list[Any]
) -> None:
    rows = found([namespace("pay"), namespace("web"), *objects], BY_LABEL)
    assert told(rows) == {(way, "shop", ("pay/Pod/vault",), "proven")}
    assert rows[0]["evidence_refs"] and way in WAYS


def reached(objects: Iterable[Any]) -> set[tuple[str, str, tuple[str, ...], str]]:
    world = world_of(running([namespace("pay"), namespace("web"), *objects]))
    rows = of_world(world, BY_LABEL, Reach(world.tables.rows, world.tables.gaps))
    return {each for each in told(rows) if each[0] == "reach"}


def test_whoever_no_policy_keeps_out_reaches_the_scope() -> None:
    shop, till = pod("shop", "web"), pod("till", "web")
    everyone = {("reach", name, ("pay/Pod/vault",), "proven") for name in ("shop", "till")}
    assert reached([VAULT, shop, till]) == everyone
    only_till = {"namespaceSelector": {}, "podSelector": {"matchLabels": {"app": "till"}}}
    agent = {"apiVersion": "apps/v1", "kind": "DaemonSet",
             "metadata": {"name": "calico-node", "namespace": "kube-system"}, "spec": {
                 "selector": {"matchLabels": {"k8s-app": "calico-node"}}, "template": {
                 "metadata": {"labels": {"k8s-app": "calico-node"}},
                 "spec": {"hostNetwork": True, "containers": [{"name": "calico-node", "image": "calico/node:v3"}]}}}}
    left = reached([VAULT, shop, till, agent, policy("pay", only_till)])
    assert {each for each in left if each[1] in ("shop", "till") and each[3] == "proven"} == {
        ("reach", "till", ("pay/Pod/vault",), "proven")
    }


def test_a_policy_that_lets_in_by_a_label_others_may_set_is_named_and_one_by_the_name_of_a_namespace_is_not() -> None:
    for labels, expected in (
        ({"team": "pay"}, {("policy_label", "let-in", ("pay/Pod/vault",), "proven")}),
        ({"kubernetes.io/metadata.name": "web"}, set()),
    ):
        peer = {"namespaceSelector": {"matchLabels": labels}}
        assert told(found([namespace("pay"), VAULT, policy("pay", peer)], BY_LABEL)) == expected


def test_whoever_may_write_the_label_is_named_with_the_right() -> None:
    relabel = [{"apiGroups": [""], "resources": ["namespaces"], "verbs": ["patch"]}]
    deploy = [{"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["update"]}]
    rows = found(
        [namespace("pay"), namespace("web"), VAULT, *granted(relabel), *granted(deploy, "pay", "paul"),
         *granted(deploy, "web", "wendy")],
        BY_LABEL,
    )  # fmt: skip
    assert {(row["outside_name"], row["why"]) for row in rows} == {
        ("User jane", "holds label_namespaces"),
        ("User paul", "holds change_workloads"),
    }


def test_without_labels_nobody_decides_the_scope_by_writing_one() -> None:
    relabel = granted([{"apiGroups": [""], "resources": ["namespaces"], "verbs": ["patch"]}])
    assert found([namespace("pay"), VAULT, *relabel], {"namespaces": ["pay"]}) == []


def test_a_directory_of_the_same_name_meets_only_perhaps() -> None:
    def disk() -> dict[str, Any]:
        return {"volumes": [{"name": "v", "hostPath": {"path": "/data"}}]}

    rows = found([namespace("pay"), pod("vault", "pay", PCI, **disk()), pod("shop", "pay", **disk())], BY_LABEL)
    assert told(rows) == {("volume", "shop", ("pay/Pod/vault",), "not known")}


def test_a_scope_that_holds_everything_has_no_outside() -> None:
    assert found([namespace("pay"), VAULT, pod("shop", "pay")], {}) == []


def test_many_inside_are_counted_and_a_few_listed() -> None:
    many = [pod(f"vault-{n:02}", "pay", PCI, "n1") for n in range(30)]
    row = found([namespace("pay"), *many, pod("shop", "pay", node="n1")], BY_LABEL)[0]
    assert (row["inside_count"], len(row["inside"])) == (30, 10)

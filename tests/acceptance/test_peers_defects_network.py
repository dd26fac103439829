"""What peers got wrong about the network, and what the linters of one of them expect, as worlds of objects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
import yaml

from assessment.checks.load import Check, carried
from assessment.derived.run import all_tables
from assessment.judging_in_memory import World, judge_in_memory
from tests.inputs import inputs

SHOP: dict[str, Any] = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
WEB: dict[str, Any] = {
    "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"},
    "spec": {"template": {
        "metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": "web:1"}]}}},
}  # fmt: skip
DEFAULTS = ("network.namespace_default_deny", "network.namespace_default_deny_egress")
ISOLATED = ("network.ingress_isolated", "network.egress_isolated")


def checks(*wanted: str) -> list[Check]:
    return [check for check in carried(tuple(all_tables().values())) if check.check_id in wanted]


def verdicts(objects: Iterable[dict[str, Any]], *wanted: str) -> dict[tuple[str, str], str]:
    """(check, subject's name) -> verdict, in a world that declares everything."""
    judged = judge_in_memory({"w": World(objects, "1.34")}, checks=checks(*wanted))
    rows = judged.findings.to_pylist()
    return {(row["check_id"], row["subject_name"]): row["verdict"] for row in rows}


def policy(version: str, kind: str, namespace: str | None = "shop", **content: Any) -> dict[str, Any]:
    metadata = {"name": "deny"} | ({"namespace": namespace} if namespace else {})
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **content}


CILIUM, CALICO, ADMIN = "cilium.io/v2", "projectcalico.org/v3", "policy.networking.k8s.io/v1alpha2"
EVERY_NAMESPACE = {"name": "deny", "action": "Deny"}


@pytest.mark.parametrize(
    "deny",
    [
        policy("networking.k8s.io/v1", "NetworkPolicy", spec={"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}),
        policy(CILIUM, "CiliumNetworkPolicy", specs=[{"endpointSelector": {}, "ingress": [{}], "egress": [{}]}]),
        policy(CILIUM, "CiliumNetworkPolicy", spec={
            "endpointSelector": {"matchLabels": {}}, "ingress": [{}], "egress": [{}]}),
        policy(CILIUM, "CiliumClusterwideNetworkPolicy", None, spec={
            "endpointSelector": {}, "enableDefaultDeny": {"ingress": True, "egress": True}}),
        policy(CALICO, "NetworkPolicy", spec={"selector": "all()", "types": ["Ingress", "Egress"]}),
        policy(CALICO, "GlobalNetworkPolicy", None, spec={"namespaceSelector": "has(kubernetes.io/metadata.name)",
                                                          "types": ["Ingress", "Egress"]}),
        policy(ADMIN, "ClusterNetworkPolicy", None, spec={
            "tier": "Baseline", "subject": {"namespaces": {}},
            "ingress": [EVERY_NAMESPACE | {"from": [{"namespaces": {}}]}],
            "egress": [EVERY_NAMESPACE | {"to": [{"namespaces": {}}, {"networks": ["0.0.0.0/1", "128.0.0.0/1"]}]}]}),
    ],
    ids=["Kubernetes", "Cilium specs", "Cilium spec", "Cilium clusterwide", "Calico", "Calico global", "admins"],
)  # fmt: skip
def test_a_true_default_deny_passes_whoever_made_the_policy(deny: dict[str, Any]) -> None:
    found = verdicts([SHOP, WEB, deny], *DEFAULTS, *ISOLATED)
    assert set(found.values()) == {"pass"} and len(found) == 4


@pytest.mark.parametrize(
    "open_",
    [
        policy(CILIUM, "CiliumNetworkPolicy", spec={
            "endpointSelector": {}, "enableDefaultDeny": {"ingress": False, "egress": False},
            "ingress": [{}], "egress": [{}]}),
        policy(CILIUM, "CiliumNetworkPolicy", spec={"endpointSelector": {}, "ingress": [{"fromEntities": ["all"]}],
                                                    "egress": [{"toEntities": ["all"]}]}),
        policy(CALICO, "NetworkPolicy", spec={"ingress": [{"action": "Allow"}], "egress": [{"action": "Allow"}]}),
        policy(ADMIN, "ClusterNetworkPolicy", None, spec={"tier": "Admin", "subject": {"namespaces": {}}}),
        policy("networking.k8s.io/v1", "NetworkPolicy", spec={"podSelector": {}, "ingress": [{}], "egress": [{}]}),
    ],
    ids=["Cilium without default", "Cilium all", "Calico allow", "administrators without rule", "Kubernetes allow all"],
)  # fmt: skip
def test_a_policy_that_denies_nothing_by_default_does_not_pass(open_: dict[str, Any]) -> None:
    found = verdicts([SHOP, WEB, open_], *DEFAULTS, *ISOLATED)
    assert set(found.values()) == {"fail"} and len(found) == 4


def agents(*containers: dict[str, Any]) -> dict[str, Any]:
    pods = {"metadata": {"labels": {"app": "cni"}}, "spec": {"hostNetwork": True, "containers": list(containers)}}
    metadata = {"name": "cni", "namespace": "kube-system"}
    return {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": metadata, "spec": {"template": pods}}


def agent(on: str) -> dict[str, Any]:
    image = "602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon/aws-network-policy-agent:v1.1.5"
    return {"name": "agent", "image": image, "args": [f"--enable-network-policy={on}"]}


@pytest.mark.parametrize(("on", "expected"), [("true", "pass"), ("false", "fail")])
def test_the_agent_of_the_aws_plugin_counts_as_it_is_set(on: str, expected: str) -> None:
    cni = {"name": "aws-node", "image": "602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.20.0"}
    found = verdicts([agents(cni, agent(on))], "network.plugin_enforces_policies")
    assert list(found.values()) == [expected]


# The linter of the peer, its files, and for each object the checks of ours that must fail; the others must pass.
POPEYE: dict[str, tuple[tuple[str, ...], tuple[str, ...], dict[str, set[str]]]] = {
    "ingresses": (
        ("net/ingress/1.yaml", "core/svc/1.yaml"),
        ("network.ingress_backends_exist",),
        {"ing1": set(), "ing2": set(), "ing3": {"network.ingress_backends_exist"},
         "ing4": {"network.ingress_backends_exist"}, "ing5": set(), "ing6": {"network.ingress_backends_exist"}},
    ),
    "gateways": (
        ("net/gwc/1.yaml", "net/gw/1.yaml"),
        ("gateways.class_exists", "gateways.class_is_used"),
        {"gw1": set(), "gw2": {"gateways.class_exists"}, "gwc1": set(), "gwc2": {"gateways.class_is_used"}},
    ),
    "routes": (
        ("net/gwr/1.yaml", "net/gwc/1.yaml", "net/gw/1.yaml", "core/svc/1.yaml"),
        ("gateways.route_parents_exist", "gateways.route_backends_exist"),
        {"r1": set(), "r2": {"gateways.route_parents_exist", "gateways.route_backends_exist"},
         "r3": {"gateways.route_parents_exist", "gateways.route_backends_exist"}},
    ),
    "policies": (
        ("net/np/1.yaml", "core/ns/1.yaml", "core/pod/1.yaml"),
        ("network.policy_selects_workloads", "network.policy_peers_exist"),
        {"np1": set(), "np2": {"network.policy_peers_exist"},
         "np3": {"network.policy_selects_workloads", "network.policy_peers_exist"}},
    ),
    "policies that open and close": (
        ("net/np/2.yaml", "core/ns/1.yaml", "core/pod/1.yaml"),
        ("network.no_allow_all_ingress", "network.no_allow_all_egress"),
        {"deny-all": set(), "deny-all-ing": set(), "deny-all-eg": set(),
         "allow-all": {"network.no_allow_all_ingress", "network.no_allow_all_egress"},
         "allow-all-ing": {"network.no_allow_all_ingress"}, "allow-all-eg": {"network.no_allow_all_egress"}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("linter", POPEYE)
def test_the_linters_of_popeye_and_our_checks_agree(linter: str) -> None:
    files, wanted, expected = POPEYE[linter]
    objects = [each for name in files for each in read(name)]
    found = verdicts(objects, *wanted)
    failed: dict[str, set[str]] = {name: set() for _, name in found}
    for (check, name), verdict in found.items():
        assert verdict in ("pass", "fail"), (check, name)
        if verdict == "fail":
            failed[name].add(check)
    assert {name: failed.get(name, set()) for name in expected} == expected


def read(name: str) -> list[dict[str, Any]]:
    path = inputs("health-popeye", "testdata", *name.split("/"))
    documents = [each for each in yaml.safe_load_all(path.read_text(encoding="utf-8")) if each]
    return [each for document in documents for each in document.get("items", [document])]

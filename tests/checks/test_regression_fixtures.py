"""The 23 cases that other scanners get wrong, each verified in their code: where each of them is a test.

The numbers are those of the notes on security checks, section 15. Cases of pods, access, admission and networks stand
beside more of their kind in tests/acceptance, those of machines and registries in tests/aws; the others are here.
"""

from __future__ import annotations

import dataclasses
import importlib
from typing import Any

import pytest

from assessment.checks.load import Check, Example, ExampleAnswer, carried
from assessment.derived.run import all_tables
from tests.checks.example_worlds import stored, tables_of, verdicts

PODS, ACCESS, ADMISSION, NETWORK = (
    f"tests.acceptance.test_peers_defects_{each}" for each in ("pods", "access", "admission", "network")
)
AWS = "tests.aws.test_machines_and_registry"
HERE = __name__
# The number, the module, the test in it, and the cases of the test that begin so.
FIXTURES: tuple[tuple[int, str, str, tuple[str, ...]], ...] = (
    (1, PODS, "test_what_a_peer_gets_wrong_is_judged_right", ("1 secret by key", "1 whole secret")),
    (2, ACCESS, "test_what_a_peer_gets_wrong_is_judged_by_the_documentation", ("2: get on secrets",)),
    (3, ACCESS, "test_what_a_peer_gets_wrong_is_judged_by_the_documentation", ("3: ", "3: ")),
    (4, ACCESS, "test_what_a_peer_gets_wrong_is_judged_by_the_documentation", ("4: ",)),
    (5, ACCESS, "test_what_a_peer_gets_wrong_is_judged_by_the_documentation", ("5: ",)),
    (6, ACCESS, "test_what_a_peer_gets_wrong_is_judged_by_the_documentation", ("6: ",)),
    (7, ACCESS, "test_what_a_peer_gets_wrong_is_judged_by_the_documentation", ("7: a monitoring",)),
    (8, PODS, "test_what_a_peer_gets_wrong_is_judged_right", ("8 silence",)),
    (9, PODS, "test_what_a_peer_gets_wrong_is_judged_right", ("9 no security context",)),
    (10, PODS, "test_what_a_peer_gets_wrong_is_judged_right", ("10 privileged init", "10 privileged debug")),
    (11, ADMISSION, "test_a_label_that_only_begins_like_enforce_enforces_nothing", ()),
    (12, HERE, "test_one_pool_of_several_with_public_addresses_fails", ()),
    (13, HERE, "test_an_endpoint_is_open_however_the_whole_internet_is_written", ()),
    (14, AWS, "test_tags_that_may_move_fail_but_for_those_of_a_cache", ()),
    (15, NETWORK, "test_a_true_default_deny_passes_whoever_made_the_policy", ()),
    (16, PODS, "test_what_a_peer_gets_wrong_is_judged_right", ("16 one word", "16 only ends alike")),
    (17, PODS, "test_what_a_peer_gets_wrong_is_judged_right", ("17 reference", "17 literal")),
    (18, PODS, "test_what_a_peer_gets_wrong_is_judged_right", ("18 /run", "18 /var/run", "18 behind a claim")),
    (19, AWS, "test_the_second_machine_of_a_reservation_counts_and_no_machine_of_others", ()),
    (20, HERE, "test_external_addresses_of_services_are_denied_where_the_plugin_is_on", ()),
    (21, NETWORK, "test_the_agent_of_the_aws_plugin_counts_as_it_is_set", ()),
    (21, HERE, "test_security_groups_for_pods_enforce_no_network_policy", ()),
    (22, AWS, "test_machines_exist_and_nobody_inspects_them", ()),
    (23, PODS, "test_what_a_peer_gets_wrong_is_judged_right", ("23 filter of the pod", "23 user of the pod",
                                                               "23 container overrides")),
)  # fmt: skip
CASES_OF = {PODS: lambda module: [each[0] for each in module.CASES], ACCESS: lambda module: list(module.WORLDS)}


def test_all_23_fixtures_are_tests() -> None:
    assert sorted({number for number, *_ in FIXTURES}) == list(range(1, 24))


@pytest.mark.parametrize(
    ("module", "test", "cases"), [each[1:] for each in FIXTURES], ids=[str(each[0]) for each in FIXTURES]
)
def test_each_fixture_is_where_the_list_says(module: str, test: str, cases: tuple[str, ...]) -> None:
    there = importlib.import_module(module)
    assert callable(getattr(there, test))
    held = CASES_OF[module](there) if module in CASES_OF else []
    assert all(any(name.startswith(case) for name in held) for case in cases)


def judged(check_id: str, *examples: Example) -> list[list[str]]:
    """The verdicts that a check gives in each of these worlds."""
    found = next(each for each in carried(tuple(all_tables().values())) if each.check_id == check_id)
    check: Check = dataclasses.replace(found, written=found.written.model_copy(update={"examples": list(examples)}))
    tables = tables_of(stored(check, number) for number in range(len(examples)))
    by_world = verdicts(tables, [check])[check_id]
    return [sorted(by_world[name].values()) for name in sorted(by_world)]


def answer(kind: str, body: dict[str, Any]) -> ExampleAnswer:
    return ExampleAnswer(kind=kind, name="shop", body=body)


def test_one_pool_of_several_with_public_addresses_fails() -> None:
    """Fixture 12. AKS documentation, "Use instance-level public IPs in AKS": a setting of each pool."""
    ready = {"provisioningState": "Succeeded"}
    cluster = answer("aks/ManagedCluster", {"name": "shop", "properties": ready})
    public = {"inside": False, "outside": True, "batch": False}
    pools = [{"name": name, "properties": ready | {"enableNodePublicIP": is_}} for name, is_ in public.items()]
    world = Example(expect="fail", answers=[cluster, answer("aks/AgentPool", {"value": pools})])
    assert judged("aks.nodes_without_public_addresses", world) == [["fail", "pass", "pass"]]


def endpoint(*ranges: str) -> Example:
    settings = {"endpointPublicAccess": True, "publicAccessCidrs": list(ranges)}
    return Example(expect="fail", answers=[answer("eks/Cluster", {"cluster": {"resourcesVpcConfig": settings}})])


def test_an_endpoint_is_open_however_the_whole_internet_is_written() -> None:
    """Fixture 13. Amazon EKS User Guide, "Cluster API server endpoint"."""
    worlds = [
        endpoint("0.0.0.0/1", "128.0.0.0/1"), endpoint("::/0"), endpoint("198.51.100.0/24", "::/0"),
        endpoint("::/1", "8000::/1"), endpoint("0.0.0.0/0"),
    ]  # fmt: skip
    assert judged("eks.endpoint_is_private_or_restricted", *worlds) == [["fail"]] * len(worlds)
    assert judged("eks.endpoint_is_private_or_restricted", endpoint("198.51.100.0/24")) == [["pass"]]


def api_server(*flags: str) -> Example:
    container = {"name": "kube-apiserver", "image": "registry.k8s.io/kube-apiserver:v1.36.3",
                 "command": ["kube-apiserver", *flags]}  # fmt: skip
    metadata = {"name": "kube-apiserver-one", "namespace": "kube-system"}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [container]}}
    return Example(expect="pass", objects=[pod])


def test_external_addresses_of_services_are_denied_where_the_plugin_is_on() -> None:
    """Fixture 20. Kubernetes documentation, "Admission Control", DenyServiceExternalIPs: off by default."""
    worlds = api_server("--enable-admission-plugins=NodeRestriction,DenyServiceExternalIPs"), api_server()
    assert judged("control_plane.service_external_ips_denied", *worlds) == [["pass"], ["fail"]]


def aws_node(*containers: dict[str, Any]) -> dict[str, Any]:
    pods = {"metadata": {"labels": {"k8s-app": "aws-node"}}, "spec": {"hostNetwork": True, "containers": [*containers]}}
    metadata = {"name": "aws-node", "namespace": "kube-system"}
    return {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": metadata, "spec": {"template": pods}}


def test_security_groups_for_pods_enforce_no_network_policy() -> None:
    """Fixture 21. Amazon EKS User Guide, "Limit Pod traffic with Kubernetes network policies": the agent does it."""
    registry = "602401143452.dkr.ecr.eu-west-1.amazonaws.com"
    plugin = {"name": "aws-node", "image": f"{registry}/amazon-k8s-cni:v1.20.0"}
    agent = {"name": "agent", "image": f"{registry}/amazon/aws-network-policy-agent:v1.2.0",
             "args": ["--enable-network-policy=true"]}  # fmt: skip
    group = {
        "apiVersion": "vpcresources.k8s.aws/v1beta1", "kind": "SecurityGroupPolicy",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"podSelector": {}, "securityGroups": {"groupIds": ["sg-1"]}},
    }  # fmt: skip
    only_a_group = Example(expect="fail", objects=[aws_node(plugin), group])
    with_the_agent = Example(expect="pass", objects=[aws_node(plugin, agent), group])
    assert judged("network.plugin_enforces_policies", only_a_group, with_the_agent) == [["fail"], ["pass"]]

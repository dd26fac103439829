"""Mistakes that peers make about admission, namespaces and labels, as cases; each cites what decides it."""

from __future__ import annotations

import functools
from typing import Any

import pytest

from assessment.checks.load import Check, library
from assessment.derived.run import all_tables
from assessment.judging_in_memory import World, judge_in_memory

BASELINE = "pod_security.namespace_enforces_baseline"
_LABEL = "pod-security.kubernetes.io/"


@functools.cache
def checks() -> dict[str, Check]:
    return {check.check_id: check for check in library(all_tables())}


def judged(*objects: dict[str, Any], check: str, whole: bool = True) -> dict[str, str]:
    """Verdict by name of the subject."""
    found = judge_in_memory({"c": World(objects, whole=whole)}, checks=[checks()[check]]).findings
    return {row["subject_name"]: row["verdict"] for row in found.to_pylist()}


def namespace(**labels: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": labels}}


def labelled(**modes: str) -> dict[str, Any]:
    return namespace(**{_LABEL + mode.replace("_", "-"): value for mode, value in modes.items()})


def webhook(name: str = "webhook.cert-manager.io", **fields: Any) -> dict[str, Any]:
    rule = {"apiGroups": ["*"], "apiVersions": ["*"], "resources": ["*"], "operations": ["*"], "scope": "Namespaced"}
    hook = {"name": name, "clientConfig": {"service": {"namespace": "guard", "name": "hook"}}, "rules": [rule]} | fields
    return {
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": name}, "webhooks": [hook],
    }  # fmt: skip


def kyverno(rule: dict[str, Any], **spec: Any) -> dict[str, Any]:
    match = {"any": [{"resources": {"kinds": ["Pod"]}}]}
    rules = [{"name": "r", "match": match} | rule]
    head = {"apiVersion": "kyverno.io/v1", "kind": "ClusterPolicy", "metadata": {"name": "p"}}
    return head | {"spec": {"rules": rules} | spec}


@pytest.mark.parametrize("labels", [{"enforce_version": "latest"}, {"enforce": "privileged"}, {"warn": "restricted"}])
def test_a_label_that_only_begins_like_enforce_enforces_nothing(labels: dict[str, str]) -> None:
    """Fixture 11. "Enforce Pod Security Standards with Namespace Labels"."""
    assert judged(labelled(**labels), check=BASELINE) == {"shop": "fail"}


def test_a_webhook_of_anything_is_no_proof_that_pods_are_refused() -> None:
    """A webhook refuses what its product decides: cert-manager decides nothing about pods."""
    assert judged(namespace(), webhook(), check=BASELINE) == {"shop": "fail"}


def test_what_an_engine_that_is_not_read_refuses_is_not_known() -> None:
    assert judged(namespace(), webhook("policy.kubewarden.dev"), check=BASELINE) == {"shop": "unknown"}


def test_one_control_is_not_the_whole_level() -> None:
    pattern = {"spec": {"containers": [{"securityContext": {"privileged": "false"}}]}}
    policy = kyverno({"validate": {"failureAction": "Enforce", "pattern": pattern}})
    assert judged(namespace(), policy, check=BASELINE) == {"shop": "fail"}


@pytest.mark.parametrize(("rule", "spec", "verdict"), [
    ({"failureAction": "Enforce"}, {"validationFailureAction": "Audit"}, "pass"),
    ({}, {"validationFailureAction": "Enforce"}, "pass"),
    ({"failureAction": "Audit"}, {"validationFailureAction": "Enforce"}, "fail"),
    ({}, {}, "fail"),
])  # fmt: skip
def test_kyverno_reads_the_rule_before_the_policy_and_audits_by_default(
    rule: dict[str, Any], spec: dict[str, Any], verdict: str
) -> None:
    policy = kyverno({"validate": {"podSecurity": {"level": "baseline"}} | rule}, **spec)
    assert judged(policy, check="admission.engine_policies_enforce") == {"p": verdict}
    assert judged(namespace(), policy, check=BASELINE) == {"shop": verdict}


@pytest.mark.parametrize(("action", "verdict"), [(None, "pass"), ("deny", "pass"), ("dryrun", "fail"), ("warn", "fail"),
                                                 ("odd", "unknown")])  # fmt: skip
def test_gatekeeper_denies_unless_told_otherwise(action: str | None, verdict: str) -> None:
    constraint = {
        "apiVersion": "constraints.gatekeeper.sh/v1beta1", "kind": "K8sPSPPrivilegedContainer",
        "metadata": {"name": "c"}, "spec": {"enforcementAction": action},
    }  # fmt: skip
    assert judged(constraint, check="admission.engine_policies_enforce") == {"c": verdict}


def policy_of_the_api_server(*actions: str, **parameters: Any) -> list[dict[str, Any]]:
    group = "admissionregistration.k8s.io/v1"
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "operations": ["CREATE"]}
    expression = 'object.spec.containers.all(c, c.image.startsWith("registry.example/"))'
    policy = {"matchConstraints": {"resourceRules": [rule]}, "validations": [{"expression": expression}]}
    binding = {"policyName": "p", "validationActions": list(actions)} | parameters
    return [
        {"apiVersion": group, "kind": "ValidatingAdmissionPolicy", "metadata": {"name": "p"}, "spec": policy},
        {"apiVersion": group, "kind": "ValidatingAdmissionPolicyBinding", "metadata": {"name": "b"}, "spec": binding},
    ]


def test_an_admission_policy_refuses_only_through_a_binding_that_denies() -> None:
    """ "Validating Admission Policy": without a binding it is not evaluated; Warn and Audit let everything in."""
    policy, denying = policy_of_the_api_server("Deny")
    warning = policy_of_the_api_server("Warn", "Audit")[1]
    others = {"matchExpressions": [{"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": ["shop"]}]}
    elsewhere = denying | {"spec": denying["spec"] | {"matchResources": {"namespaceSelector": others}}}
    check = "admission.image_registries_are_approved"
    bound = ((), (warning,), (denying,), (elsewhere,))
    found = [judged(namespace(), policy, *more, check=check)["shop"] for more in bound]
    assert found == ["fail", "fail", "pass", "fail"]


def test_a_webhook_that_fails_closed_and_sees_everything_is_told_from_one_that_leaves_the_platform_out() -> None:
    left_out = {"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": ["kube-system"]}
    spared = {"matchExpressions": [left_out]}
    check = "admission.webhooks_spare_kube_system"
    hooks = [webhook("a.example"), webhook("b.example", namespaceSelector=spared)]
    found = judged(*hooks, webhook("c.example", failurePolicy="Ignore"), check=check)
    assert found == {"a.example": "fail", "b.example": "pass", "c.example": "pass"}


def test_objects_that_state_no_namespace_are_in_the_default_one() -> None:
    """Kubernetes API, ObjectMeta: an empty namespace is the same as default."""
    stray = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "stray"}}
    check = "namespaces.default_is_empty"
    assert judged(stray, check=check) == {"stray": "fail"}
    assert judged(stray, check=check, whole=False)["stray"] == "unknown"


def test_what_the_cluster_makes_itself_is_not_held_against_it() -> None:
    """kube-bench lists the ServiceAccount default and kube-root-ca.crt in every cluster."""
    made = [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": "default"}},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "kube-root-ca.crt", "namespace": "default"}},
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "kubernetes", "namespace": "default"}, "spec": {}},
    ]
    assert judged(*made, check="namespaces.default_is_empty") == {}


def test_parts_of_the_platform_belong_into_kube_system() -> None:
    """Trivy knows four static pods only, and reports CoreDNS and every network plugin."""
    dns = {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {},
           "metadata": {"name": "dns", "namespace": "kube-system", "labels": {"k8s-app": "kube-dns"}}}
    stranger = {**dns, "metadata": {"name": "shop", "namespace": "kube-system"}}
    found = judged(dns, stranger, check="namespaces.system_is_for_the_platform")
    assert found == {"dns": "pass", "shop": "fail"}

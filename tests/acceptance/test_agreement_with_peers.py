"""Our judgement beside the labels that peers gave their own test cases, concept by concept.

A label is a peer's opinion. Every disagreement is listed in `DECIDED` with the Kubernetes documentation that
decides it; one that is not listed there is a defect.
"""

from __future__ import annotations

import csv
from collections import Counter
from typing import Any

import orjson
import pytest
import yaml

import assessment
from tests.acceptance.decided import DECIDED
from tests.inputs import inputs

MAP = inputs("give_map.csv")
CONCEPTS = {
    "privileged": ("pod_security.privileged",),
    "allowPrivilegeEscalation": ("pod_security.privilege_escalation",),
    "runAsNonRoot": ("pod_security.run_as_non_root",),
    "seccomp-required": ("pod_security.seccomp_required",),
    "capabilities-sysadmin-netadmin-all": ("pod_security.no_node_capabilities",),
    "capabilities-insecure-list": ("pod_security.default_capabilities_dropped",),
    "capabilities-drop-netraw": ("pod_security.net_raw_dropped",),
    "linuxHardeningAny": ("pod_security.some_confinement",),
    "Container Security Context User Group ID": ("pod_security.high_user_id", "pod_security.high_group_id"),
    "hostPathWritable": ("filesystem.host_paths_read_only",),
    "imagePullPolicyAlways": ("images.always_pulled",),
    "deprecatedServiceAccountField": ("identity.account_field_is_current",),
    "sshPort": ("runtime.no_ssh_port",),
    "privilegedPorts": ("runtime.no_low_ports",),
    "duplicateEnvVar": ("runtime.environment_names_unique",),
    "hostIPC": ("pod_security.host_ipc",),
    "hostPID": ("pod_security.host_pid",),
    "hostNetwork": ("pod_security.host_network",),
    "hostPath": ("pod_security.host_path_volumes",),
    "hostPort": ("pod_security.host_ports",),
    "procMount": ("pod_security.proc_mount",),
    "unsafeSysctls": ("pod_security.sysctls",),
    "windowsHostProcess": ("pod_security.windows_host_process",),
    "readOnlyRootFilesystem": ("filesystem.read_only_root",),
    "containerSocketMount": ("filesystem.no_runtime_socket",),
    "sensitiveHostPath": ("filesystem.no_sensitive_host_path",),
    "credentialsInEnv": ("credentials.no_literal_in_environment",),
    "credentialsInConfigMap": ("credentials.no_literal_in_config_maps",),
    "secretsInEnv": ("credentials.secrets_not_in_environment",),
    "automountSAToken": ("identity.token_not_mounted_by_default",),
    "defaultServiceAccount": ("identity.own_service_account",),
    "missingServiceAccount": ("identity.service_account_exists",),
    "imageTagLatest": ("images.tag_not_latest",),
    "livenessProbe": ("reliability.liveness_probe",),
    "readinessProbe": ("reliability.readiness_probe",),
    "livenessAndReadiness": ("reliability.liveness_probe", "reliability.readiness_probe"),
    "replicasMin2": ("reliability.more_than_one_replica",),
    "memoryLimits": ("resources.memory_limit",),
    "pdbExists": ("reliability.disruption_budget",),
    "pdbBlocksEviction": ("reliability.disruption_budget_allows_eviction",),
    "rbac-podsExec": ("access.exec_is_restricted",),
    "rbac-clusterAdminBinding": ("access.no_cluster_admin_bindings",),
    "rbac-wildcardAll": ("access.no_cluster_admin_bindings",),
    "rbac-podsCreate": ("access.workload_creation_is_restricted",),
    "rbac-secretsAccess": ("access.secret_reading_is_restricted",),
    "netpolPodCovered": ("network.ingress_isolated",),
    "danglingService": ("network.service_selects_workloads",),
    "danglingIngress": ("network.ingress_backends_exist",),
    "dangling-networkpolicypeer-podselector": ("network.policy_peers_exist",),
    "dnsconfig-options-ndots": ("dns.few_search_domains_tried",),
    "ingressTls": ("ingress.encrypted",),
    "serviceExposed": ("services.published_on_purpose",),
    "danglingNetworkPolicy": ("network.policy_selects_workloads",),
    "serviceNodePort": ("network.service_not_exposed_on_nodes",),
    "danglingHpa": ("reliability.autoscaler_target_exists",),
    "dangling-servicemonitor": ("monitoring.monitors_select_something",),
    "cpuRequests": ("resources.cpu_request",),
    "cpuLimits": ("resources.cpu_limit",),
    "memoryRequests": ("resources.memory_request",),
    "cpuRequestsOrLimits": ("resources.cpu_request", "resources.cpu_limit"),
    "memoryRequestsOrLimits": ("resources.memory_request", "resources.memory_limit"),
    "resourcesRequestsLimitsAll": (
        "resources.cpu_request", "resources.memory_request", "resources.cpu_limit", "resources.memory_limit",
    ),
    "resourceRange": ("resources.plausible_amounts",),
    "Container CPU Requests Equal Limits": ("resources.cpu_request_equals_limit",),
    "Container Memory Requests Equal Limits": ("resources.memory_request_equals_limit",),
    "Container Resource Requests Equal Limits": (
        "resources.cpu_request_equals_limit", "resources.memory_request_equals_limit",
    ),
    "Container Ephemeral Storage Request and Limit": (
        "resources.ephemeral_storage_request", "resources.ephemeral_storage_limit",
    ),
    "Container Ephemeral Storage Request Equals Limit": ("resources.ephemeral_storage_request_equals_limit",),
    "Container Ports Check": ("reliability.container_ports_are_valid",),
    "Pod Probes Identical": ("reliability.probes_differ",),
    "liveness-port": ("reliability.liveness_probe_port",),
    "readiness-port": ("reliability.readiness_probe_port",),
    "startup-port": ("reliability.startup_probe_port",),
    "replicasMin3": ("reliability.three_replicas",),
    "hpaMinReplicas": ("scaling.at_least_two",),
    "HorizontalPodAutoscaler Replicas": ("scaling.at_least_two",),
    "hpaMaxReplicas": ("reliability.autoscaler_can_scale",),
    "Deployment targeted by HPA does not have replicas configured": ("scaling.replicas_left_to_the_autoscaler",),
    "pdbVsHpa": ("reliability.disruption_budget_fits_autoscaler",),
    "PodDisruptionBudget has policy": ("reliability.disruption_budget_has_policy",),
    "pdb-unhealthy-pod-eviction-policy": ("reliability.disruption_budget_lets_unhealthy_go",),
    "antiAffinity": ("scheduling.spread_over_nodes",),
    "topologySpread": ("scheduling.spread_constraints_count_own_pods",),
    "no-node-affinity": ("scheduling.chooses_nodes",),
    "nakedPod": ("reliability.owned_by_a_controller",),
    "priorityClass": ("scheduling.priority_class",),
    "restart-policy": ("reliability.restarts_after_failure",),
    "rollingUpdateStrategy": ("reliability.updates_gradually",),
    "selectorMismatch": ("reliability.selector_matches_template",),
    "StatefulSet Pod Selector labels match template metadata labels": ("reliability.selector_matches_template",),
    "StatefulSet has ServiceName": ("reliability.stateful_set_has_service",),
    "env-var-value-from": ("configuration.references_resolve", "configuration.keys_exist"),
    "defaultNamespace": ("namespaces.default_is_empty",),
    "labelsInstance": ("labels.instance_label",),
    "required-label-owner": ("labels.owner_label",),
    "required-annotation-email": ("labels.contact_annotation",),
    "scc-deny-privileged-container": ("admission.openshift_constraints_refuse_privileged",),
}
ONLY_FOR = {  # the same concept, asked of another object or in one direction only by some peers' checks
    "clusterrolePodExecAttach": ("access.no_exec_in_roles",),
    "rolePodExecAttach": ("access.no_exec_in_roles",),
    "hpa-minimum-three-replicas": ("scaling.at_least_three",),
    "priority-class-name": ("scheduling.priority_class_exists",),
    "topologySpreadConstraint": ("scheduling.spread_over_nodes", "scheduling.spread_constraints_count_own_pods"),
    "missingNetworkPolicy": ("network.ingress_isolated", "network.egress_isolated"),
    "Pod NetworkPolicy": ("network.ingress_isolated", "network.egress_isolated"),
}
OTHER_SETTINGS = (  # the peer was told to be content with less than we ask
    "MinReplicasDeployment: 1,",
    "MinReplicasHPA: 1,",
    "IgnoreContainerCpuLimitRequirement: true",
)
Case = dict[str, str]


def checks_for(case: Case) -> tuple[str, ...]:
    return ONLY_FOR.get(case["check"], CONCEPTS[case["concept"]])


def cases() -> list[Case]:
    with MAP.open(encoding="utf-8", newline="") as file:
        covered = [case for case in csv.DictReader(file) if case["concept"] in CONCEPTS]
    return [case for case in covered if not any(setting in case["note"] for setting in OTHER_SETTINGS)]


def objects_of(case: Case) -> list[dict[str, Any]]:
    path = inputs(case["source"], *case["case_path"].split("/"))
    documents = [document for document in yaml.safe_load_all(path.read_text(encoding="utf-8")) if document]
    plain = orjson.loads(orjson.dumps(documents, default=str))
    return [each for document in plain for each in (document.get("items") or [] if "items" in document else [document])]


def key(case: Case) -> str:
    named = "/".join(part for part in (case["kind"], case["namespace"], case["name"]) if part)
    return f"{case['source']}:{case['case_path']}:{case['concept']}" + (f":{named}" if named else "")


@pytest.fixture(scope="module")
def ours() -> dict[str, str]:
    """The verdict on every case: of its object, or for a file the worst of its objects."""
    wanted = {key(case): case for case in cases()}
    findings = assessment.judge_many({name: objects_of(case) for name, case in wanted.items()})
    found: dict[str, str] = {}
    for name, rows in findings.groupby("cluster"):
        case = wanted[str(name)]
        about = rows[rows["check_id"].isin(checks_for(case))]
        if case["granularity"] == "object":
            about = about[(about["subject_kind"] == case["kind"]) & (about["subject_name"] == case["name"])]
        verdicts = set(about["verdict"])
        found[str(name)] = next((each for each in ("fail", "unknown", "pass") if each in verdicts), "out of scope")
    return found


def test_every_concept_that_we_cover_has_cases() -> None:
    counted = Counter(case["concept"] for case in cases())
    for concept in sorted(CONCEPTS):
        print(f"{concept}: {counted[concept]} cases, judged by {', '.join(CONCEPTS[concept])}")
    assert set(counted) == set(CONCEPTS)


def disagreements(ours: dict[str, str]) -> dict[str, str]:
    found = {}
    for case in cases():
        verdict = ours.get(key(case), "out of scope")
        if verdict != case["expected"] and (case["expected"], verdict) != ("pass", "out of scope"):
            found[key(case)] = f"the peer says {case['expected']}, we say {verdict}"
    return found


def test_every_disagreement_is_decided_by_the_kubernetes_documentation(ours: dict[str, str]) -> None:
    found = disagreements(ours)
    print(f"agreement: {len(cases()) - len(found)} of {len(cases())} cases; {len(DECIDED)} by the documentation")
    undecided = [f"{name}: {said}" for name, said in found.items() if name not in DECIDED]
    assert not undecided, f"{len(undecided)} of {len(cases())}:\n" + "\n".join(undecided)


def test_no_decision_is_kept_that_is_no_longer_needed(ours: dict[str, str]) -> None:
    assert set(DECIDED) <= set(disagreements(ours)), sorted(set(DECIDED) - set(disagreements(ours)))

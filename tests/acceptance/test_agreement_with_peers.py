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
    "rbac-secretsAccess": ("access.secret_reading_is_restricted",),
    "netpolPodCovered": ("network.ingress_isolated",),
    "danglingService": ("network.service_selects_workloads",),
    "danglingIngress": ("network.ingress_backends_exist",),
    "danglingNetworkPolicy": ("network.policy_selects_workloads",),
    "serviceNodePort": ("network.service_not_exposed_on_nodes",),
    "danglingHpa": ("reliability.autoscaler_target_exists",),
}
ONLY_FOR = {  # the same concept, asked of another object or in one direction only by some peers' checks
    "clusterrolePodExecAttach": ("access.no_exec_in_roles",),
    "rolePodExecAttach": ("access.no_exec_in_roles",),
    "missingNetworkPolicy": ("network.ingress_isolated", "network.egress_isolated"),
    "Pod NetworkPolicy": ("network.ingress_isolated", "network.egress_isolated"),
}
OTHER_SETTINGS = ("MinReplicasDeployment: 1,",)  # the peer was told to be content with less than we ask
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

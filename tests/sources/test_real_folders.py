"""Every folder of real data is read to its last document, and proves no more than it shows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from collectors.kubernetes.offline import cluster_folders, collect_per_folder
from tests.inputs import ROOT, inputs
from tests.sources.collecting import gather, new_run
from tests.sources.independent_count import documents_in

FOLDERS = [
    "live-clusters/kwok-15k-kubescape",
    "live-clusters/minikube-1.31-nri",
    "live-clusters/minikube-1.33-nri",
    "live-clusters/minikube-1.35-nri",
    "live-clusters/real-1.36",
    "live-clusters/real-1.36/lists",
    "live-clusters/real-1.36/per-namespace",
    "live-clusters/real-1.36/partial-account",
    "live-clusters/real-1.36/cluster-info-dump",
    "real-manifests/kube-prometheus",
    "real-manifests/kubernetes-examples",
    "real-manifests/kubernetes-goat",
    "real-manifests/microservices-demo",
    "health-troubleshoot",
]
FORBIDDEN = {
    "Secret",
    "ConfigMap",
    "rbac.authorization.k8s.io/RoleBinding",
    "rbac.authorization.k8s.io/ClusterRoleBinding",
    "networking.k8s.io/NetworkPolicy",
}


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_document_of_a_real_folder_is_accounted_for(folder: str, tmp_path: Path) -> None:
    gathered = gather(inputs(folder), tmp_path)
    assert gathered.total == documents_in(inputs(folder))
    assert gathered.collected.counts.objects > 0


def test_no_folder_of_real_data_is_left_out() -> None:
    inputs("live-clusters")
    known = {Path(folder).parts[1] for folder in FOLDERS if "/" in folder}
    there = {path.name for top in ("live-clusters", "real-manifests") for path in (ROOT / top).iterdir()}
    assert there == known


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("with_stderr", [False, True])
def test_what_an_account_may_not_list_is_never_claimed(with_stderr: bool, whole: bool, tmp_path: Path) -> None:
    folder = tmp_path / "dump"
    leave_out = None if with_stderr else shutil.ignore_patterns("*.err")
    shutil.copytree(inputs("live-clusters/real-1.36/partial-account"), folder, ignore=leave_out)
    gathered = gather(folder, tmp_path, whole=whole)
    assert not {kind for kind, _, _ in gathered.claims} & FORBIDDEN
    assert {kind for kind, _ in gathered.complete} == {"Namespace", "Node", "Pod", "Service", "apps/Deployment"}
    assert (gathered.items["secrets.json"].outcome == "denied") == with_stderr


def test_a_refusal_is_kept_with_the_words_of_the_server_and_the_kind_that_was_asked(tmp_path: Path) -> None:
    gathered = gather(inputs("live-clusters/real-1.36/partial-account"), tmp_path)
    refused = gathered.items["networkpolicies.networking.k8s.io.json"]
    assert refused.reason.startswith("Error from server (Forbidden): networkpolicies.networking.k8s.io is forbidden")
    assert refused.parameters["kind"] == "networking.k8s.io/NetworkPolicy"


def test_lists_of_a_real_cluster_prove_the_namespaces_they_show(tmp_path: Path) -> None:
    gathered = gather(inputs("live-clusters/real-1.36/lists"), tmp_path)
    assert gathered.collected.basis == "running"
    assert ("Pod", "default") in gathered.complete and ("Pod", "*") not in gathered.complete
    assert ("rbac.authorization.k8s.io/ClusterRole", "*") in gathered.complete
    assert not [kind for kind, _ in gathered.complete if kind in ("batch/CronJob", "Secret", "LimitRange")]


def test_cluster_info_dump_says_which_namespace_an_empty_list_is_of(tmp_path: Path) -> None:
    gathered = gather(inputs("live-clusters/real-1.36/cluster-info-dump"), tmp_path)
    assert ("ReplicationController", "default") in gathered.complete
    assert ("Pod", "kube-public") in gathered.complete
    assert ("Node", "*") in gathered.complete
    assert not [namespace for kind, namespace in gathered.complete if kind == "Pod" and namespace == "*"]


def test_the_same_cluster_four_times_over_is_one_cluster_with_repeats(tmp_path: Path) -> None:
    gathered = gather(inputs("live-clusters/real-1.36"), tmp_path)
    assert gathered.collected.counts.repeats > gathered.collected.counts.objects
    assert gathered.collected.kubernetes_version == "1.36"
    assert ("ConfigMap", "default") in gathered.complete  # the other dumps show what one account may not
    assert all(item.parameters["kubernetes_version"] == "1.36" for item in gathered.run.items())


def test_a_kubelet_answer_gives_objects_and_claims_nothing(tmp_path: Path) -> None:
    gathered = gather(inputs("live-clusters/minikube-1.35-nri/kubelet"), tmp_path)
    kinds = {(line["object"]["apiVersion"], line["object"]["kind"]) for line in gathered.stored("pods")}
    assert kinds == {("v1", "Pod")}
    assert gathered.claims == set()


def test_manifests_without_gaps_claim_the_cluster_only_when_somebody_says_so(tmp_path: Path) -> None:
    folder = inputs("real-manifests/kube-prometheus")
    assert gather(folder, tmp_path / "a").claims == set()
    assert gather(folder, tmp_path / "b", whole=True).claims == {("*", "*", True)}


def test_a_template_in_a_real_folder_is_a_gap_with_file_and_line(tmp_path: Path) -> None:
    gathered = gather(inputs("real-manifests/kubernetes-examples/_archived/storage/vitess"), tmp_path, whole=True)
    assert gathered.reasons == ["vttablet-pod-template.yaml:4 is a template that nobody rendered"]
    assert gathered.claims == {("*", "*", False)}


def test_each_folder_can_be_a_cluster_of_its_own(tmp_path: Path) -> None:
    run = new_run(tmp_path)
    collected = collect_per_folder(run, inputs("real-manifests"))
    assert [one.cluster for one in collected] == list(cluster_folders(inputs("real-manifests")))
    assert {item.cluster for item in run.items()} == {one.cluster for one in collected}
    assert sum(one.counts.objects for one in collected) > 400

"""Dumps that the tools themselves wrote: kubectl's of a real API server, and answers of real kubelets."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.control_plane.server import ControlPlane
from tests.inputs import inputs
from tests.sources.collecting import Gathered, gather
from tests.sources.dumps_by_hand import IN_A_NAMESPACE
from tests.sources.test_known_dumps import in_each

SAVED = "live-clusters/real-1.36/cluster-info-dump"
SAVED_NAMESPACES = (
    "big-monolith", "default", "kube-node-lease", "kube-public", "kube-system", "monitoring", "secure-middleware",
)  # fmt: skip
READER = "dump-reader"


def pods(gathered: Gathered) -> set[tuple[str, str]]:
    held = [line["object"] for path in gathered.items if path.endswith(("pods.json", "pods.yaml"))
            for line in gathered.stored(path)]  # fmt: skip
    return {(pod["metadata"]["namespace"], pod["metadata"]["name"]) for pod in held}


def test_a_saved_cluster_info_dump_claims_all_its_namespaces_and_not_the_cluster(tmp_path: Path) -> None:
    gathered = gather(inputs(SAVED), tmp_path)
    assert gathered.complete == {("Node", "*"), *in_each(IN_A_NAMESPACE, *SAVED_NAMESPACES)}
    assert not gathered.reasons
    assert all(item.sha256 is None for path, item in gathered.items.items() if path.endswith("logs.txt"))


@pytest.mark.parametrize("path", ["nodes.json", *(f"kube-system/{name}.json" for name in IN_A_NAMESPACE)])
def test_a_saved_dump_without_one_file_loses_what_that_file_lists(path: str, tmp_path: Path) -> None:
    folder = tmp_path / "dump"
    for namespace in ("kube-system", "kube-public"):
        shutil.copytree(inputs(SAVED) / namespace, folder / namespace)
    shutil.copy(inputs(SAVED) / "nodes.json", folder)
    before = gather(folder, tmp_path / "before")
    (folder / path).unlink()
    lost = {(claim.kind, claim.namespace) for claim in before.items[path].claims}
    assert len(lost) == 1
    assert gather(folder, tmp_path / "after").complete == before.complete - lost


@pytest.mark.parametrize("minikube", ["minikube-1.31-nri", "minikube-1.33-nri", "minikube-1.35-nri"])
def test_a_real_kubelets_answer_holds_pods_of_a_running_cluster_and_claims_nothing(
    minikube: str, tmp_path: Path
) -> None:
    gathered = gather(inputs("live-clusters", minikube, "kubelet"), tmp_path, whole=True)
    found = {(line["object"]["apiVersion"], line["object"]["kind"]) for line in gathered.stored("pods")}
    assert found == {("v1", "Pod")} and not gathered.reasons
    assert gathered.collected.basis == "running" and gathered.claims == set()


@pytest.mark.parametrize("as_yaml", [False, True])
def test_kubectl_dumps_all_namespaces(control_plane: ControlPlane, as_yaml: bool, tmp_path: Path) -> None:
    written_as = ["-o", "yaml"] if as_yaml else []
    control_plane.kubectl("cluster-info", "dump", "-A", "--output-directory", str(tmp_path / "dump"), *written_as)
    gathered = gather(tmp_path / "dump", tmp_path)
    namespaces = {each["metadata"]["name"] for each in control_plane.ask("/api/v1/namespaces")["items"]}
    assert gathered.complete == {("Node", "*"), *in_each(IN_A_NAMESPACE, *namespaces)}
    listed = control_plane.ask("/api/v1/pods")["items"]
    assert pods(gathered) == {(pod["metadata"]["namespace"], pod["metadata"]["name"]) for pod in listed}
    assert not gathered.reasons


def test_kubectl_dumps_the_namespaces_that_it_is_told(control_plane: ControlPlane, tmp_path: Path) -> None:
    told = ("--namespaces", "shop,billing", "--output-directory", str(tmp_path / "dump"))
    control_plane.kubectl("cluster-info", "dump", *told)
    gathered = gather(tmp_path / "dump", tmp_path)
    assert gathered.complete == {("Node", "*"), *in_each(IN_A_NAMESPACE, "billing", "shop")}


@pytest.fixture
def reader(control_plane: ControlPlane) -> Iterator[str]:
    """Somebody who may list nodes everywhere and all that a dump asks for in shop; in billing not even services."""
    everything = [
        {"apiGroups": ["", "apps"], "resources": ["*"], "verbs": ["list"]},
        {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]},
    ]
    little = [{"apiGroups": [""], "resources": ["events", "replicationcontrollers"], "verbs": ["list"]}]
    nodes = [{"apiGroups": [""], "resources": ["nodes"], "verbs": ["list"]}]
    given = [bound(None, nodes), bound("shop", everything), bound("billing", little)]
    control_plane.apply([one for pair in given for one in pair])
    yield READER
    for namespace in ("shop", "billing"):
        control_plane.kubectl("delete", "-n", namespace, f"role/{READER}", f"rolebinding/{READER}")
    control_plane.kubectl("delete", f"clusterrole/{READER}", f"clusterrolebinding/{READER}")


def bound(namespace: str | None, rules: list[dict[str, list[str]]]) -> list[dict[str, object]]:
    prefix = "" if namespace else "Cluster"
    metadata = {"name": READER} | ({"namespace": namespace} if namespace else {})
    group = "rbac.authorization.k8s.io"
    common = {"apiVersion": f"{group}/v1", "metadata": metadata}
    role = {**common, "kind": f"{prefix}Role", "rules": rules}
    subjects = [{"kind": "User", "apiGroup": group, "name": READER}]
    reference = {"kind": f"{prefix}Role", "apiGroup": group, "name": READER}
    return [role, {**common, "kind": f"{prefix}RoleBinding", "subjects": subjects, "roleRef": reference}]


def test_kubectl_stops_where_it_is_refused_and_what_it_wrote_before_is_claimed(
    control_plane: ControlPlane, reader: str, tmp_path: Path
) -> None:
    told = ("--namespaces", "shop,billing,legacy", "--output-directory", str(tmp_path / "dump"))
    with pytest.raises(AssertionError, match="forbidden"):
        control_plane.kubectl("cluster-info", "dump", *told, user=reader)
    written_before = {("Event", "billing"), ("ReplicationController", "billing")}
    gathered = gather(tmp_path / "dump", tmp_path)
    assert gathered.complete == {("Node", "*"), *in_each(IN_A_NAMESPACE, "shop"), *written_before}

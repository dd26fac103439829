"""Small dumps in the layouts of the tools that write them, made here from one cluster of two namespaces.

Layouts: kubectl's pkg/cmd/clusterinfo; openshift/oc's pkg/cli/admin/inspect, held against the must-gather of
OpenShift 4.8 in openshift/must-gather-clean; replicatedhq/troubleshoot's pkg/collect; the kubelet's pkg/kubelet/server.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from tests.sources.collecting import api_list, write

Object = dict[str, Any]
CANARY = "hunter2-canary"
LOG = f"==== START logs for container app of pod shop/web-1 ====\ntoken={CANARY}\n==== END logs ====\n".encode()
LIKE_AN_OBJECT = b'{"apiVersion":"v1","kind":"Pod","metadata":{"name":"in-a-log","namespace":"shop","uid":"l"}}\n'


def thing(api_version: str, kind: str, name: str, namespace: str | None = "shop", **more: Any) -> Object:
    """An object as an API server gives it."""
    metadata = {"name": name, "uid": f"uid-{namespace}-{kind}-{name}", "resourceVersion": "7"}
    metadata |= {"namespace": namespace} if namespace else {}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata} | more


def workload(namespace: str = "shop") -> list[Object]:
    """A Deployment of one pod, which says little of its security, and the Service before it."""
    labels = {"app": "web"}
    spec = {"containers": [{"name": "app", "image": "web:1", "env": [{"name": "PASSWORD", "value": CANARY}]}]}
    template = {"metadata": {"labels": labels}, "spec": spec}
    deployment = thing("apps/v1", "Deployment", "web", namespace,
                       spec={"replicas": 1, "selector": {"matchLabels": labels}, "template": template})  # fmt: skip
    replica_set = thing("apps/v1", "ReplicaSet", "web-5", namespace,
                        spec={"replicas": 1, "selector": {"matchLabels": labels}, "template": template})  # fmt: skip
    pod = thing("v1", "Pod", "web-1", namespace, spec=spec, status={"phase": "Running"})
    pod["metadata"]["labels"] = labels | {"pod-template-hash": "5"}
    owned(replica_set, deployment)
    owned(pod, replica_set)
    service = thing("v1", "Service", "web", namespace, spec={"selector": labels, "ports": [{"port": 80}]})
    return [deployment, replica_set, pod, service]


def owned(one: Object, owner: Object) -> None:
    metadata = {"name": owner["metadata"]["name"], "uid": owner["metadata"]["uid"], "controller": True}
    one["metadata"]["ownerReferences"] = [{"apiVersion": owner["apiVersion"], "kind": owner["kind"], **metadata}]


NODE = thing("v1", "Node", "n1", None)
SECRET = thing("v1", "Secret", "db", data={"password": "aHVudGVyMi1jYW5hcnk="}, type="Opaque")
OBJECTS = [*workload(), NODE, SECRET, thing("v1", "Pod", "dns", "kube-system", spec={"containers": []})]


def of(kind: str, namespace: str | None, objects: Iterable[Object] = OBJECTS) -> list[Object]:
    return [one for one in objects if one["kind"] == kind and one["metadata"].get("namespace") == namespace]


def typed(api_version: str, kind: str, items: list[Object], version: str = "9") -> Object:
    """A list as client-go prints it: its items say no kind, and none at all are null."""
    bare = [{key: value for key, value in one.items() if key not in ("kind", "apiVersion")} for one in items]
    listed = api_list(kind=f"{kind}List", api_version=api_version, resourceVersion=version)
    return listed | {"items": bare or None}


IN_A_NAMESPACE = {
    "events": ("v1", "Event"),
    "replication-controllers": ("v1", "ReplicationController"),
    "services": ("v1", "Service"),
    "daemonsets": ("apps/v1", "DaemonSet"),
    "deployments": ("apps/v1", "Deployment"),
    "replicasets": ("apps/v1", "ReplicaSet"),
    "pods": ("v1", "Pod"),
}


def cluster_info_dump(folder: Path, namespaces: Iterable[str] = ("kube-system", "shop"), ending: str = "json") -> Path:
    """What `kubectl cluster-info dump --namespaces ... --output-directory` leaves behind."""
    written(folder / f"nodes.{ending}", typed("v1", "Node", [NODE]))
    for namespace in namespaces:
        for name, (api_version, kind) in IN_A_NAMESPACE.items():
            written(folder / namespace / f"{name}.{ending}", typed(api_version, kind, of(kind, namespace)))
        for pod in of("Pod", namespace):
            write(folder / namespace / pod["metadata"]["name"] / "logs.txt", LOG)
    return folder


MUST_GATHER_LISTS = {
    "core/configmaps": ("v1", "ConfigMap"),
    "core/events": ("v1", "Event"),
    "core/pods": ("v1", "Pod"),
    "core/replicationcontrollers": ("v1", "ReplicationController"),
    "core/secrets": ("v1", "Secret"),
    "core/services": ("v1", "Service"),
    "apps/daemonsets": ("apps/v1", "DaemonSet"),
    "apps/deployments": ("apps/v1", "Deployment"),
    "apps/replicasets": ("apps/v1", "ReplicaSet"),
    "batch/jobs": ("batch/v1", "Job"),
    "monitoring.coreos.com/servicemonitors": ("monitoring.coreos.com/v1", "ServiceMonitor"),
    "networking.k8s.io/networkpolicies": ("networking.k8s.io/v1", "NetworkPolicy"),
    "policy/poddisruptionbudgets": ("policy/v1", "PodDisruptionBudget"),
}


def must_gather(folder: Path, namespaces: Iterable[str] = ("kube-system", "shop")) -> Path:
    """What `oc adm must-gather` leaves behind, below the folder that is named after its image."""
    root = folder / "quay-io-openshift-must-gather-sha256-0a1b"
    for namespace in namespaces:
        place = root / "namespaces" / namespace
        written(place / f"{namespace}.yaml", thing("v1", "Namespace", namespace, None))
        for name, (api_version, kind) in MUST_GATHER_LISTS.items():
            listed = api_list(*of(kind, namespace), kind=f"{kind}List", api_version=api_version, resourceVersion="9")
            written(place / f"{name}.yaml", listed)
        for pod in of("Pod", namespace):
            name = pod["metadata"]["name"]
            written(place / "pods" / name / f"{name}.yaml", pod)
            inside = place / "pods" / name / "app" / "app"
            write(inside / "logs" / "current.log", LOG)
            write(inside / "logs" / "rotated" / "0.log.20260101-120000", LIKE_AN_OBJECT)
            write(inside / "metrics.json", f'# HELP up\nup{{token="{CANARY}"}} 1\n'.encode())
            write(inside / "healthz" / "index", b"ok")
    operator = {
        "versions": [{"name": "operator", "version": "4.18.2"}, {"name": "kube-apiserver", "version": "1.31.5"}]
    }
    written(root / "cluster-scoped-resources/config.openshift.io/clusteroperators/kube-apiserver.yaml",
            thing("config.openshift.io/v1", "ClusterOperator", "kube-apiserver", None, status=operator))  # fmt: skip
    written(root / "cluster-scoped-resources/config.openshift.io/ingresses.yaml",
            api_list(kind="IngressList", api_version="config.openshift.io/v1", resourceVersion="9"))  # fmt: skip
    written(root / "cluster-scoped-resources/core/nodes/n1.yaml", NODE)
    write(root / "audit_logs/kube-apiserver/audit", LIKE_AN_OBJECT)
    write(root / "event-filter.html", b"<html>" + LIKE_AN_OBJECT)
    write(root / "version", b"openshift/must-gather\n4.18.0\n")
    write(folder / "timestamp", b"2026-11-21 09:00:00 +0000 UTC m=+0.1\n")
    return folder


def support_bundle(folder: Path, namespaces: Iterable[str] = ("kube-system", "shop")) -> Path:
    """What `kubectl support-bundle` leaves behind with an account that may not list ingresses in kube-system."""
    root = folder / "support-bundle-2026-11-21T09_00_00" / "cluster-resources"
    named = [thing("v1", "Namespace", namespace, None) for namespace in namespaces]
    written(root / "namespaces.json", typed("v1", "Namespace", named))
    written(root / "nodes.json", typed("v1", "Node", [NODE]))
    for namespace in namespaces:
        for name in ("pods", "services", "deployments"):
            api_version, kind = IN_A_NAMESPACE[name]
            written(root / name / f"{namespace}.json", typed(api_version, kind, of(kind, namespace)))
        write(root / "pods" / "logs" / namespace / "web-1" / "app.log", LOG)
        written(root / "auth-cani-list" / f"{namespace}.json", {"rules": []})
    written(root / "ingress" / "shop.json", typed("networking.k8s.io/v1", "Ingress", []))
    said = 'ingresses.networking.k8s.io is forbidden: User "a" cannot list resource "ingresses"'
    written(root / "ingress-errors.json", {"kube-system": said})
    written(root / "pods-errors.json", {})
    written(folder / "support-bundle-2026-11-21T09_00_00/cluster-info/cluster_version.json",
            {"info": {"gitVersion": "v1.34.2"}})  # fmt: skip
    return folder


def kubelet_answer(folder: Path, pods: Iterable[Object] | None = None) -> Path:
    """What a kubelet answers to `/pods`: no resourceVersion, and items that say no kind."""
    given = of("Pod", "shop") if pods is None else list(pods)
    for pod in given:
        pod["metadata"]["annotations"] = {"kubernetes.io/config.seen": "2026-11-21T09:00:00Z"}
    written(folder / "pods", typed("v1", "Pod", given, version=""))
    return folder


def written(path: Path, value: Any) -> Path:
    """A file as the tools write it: JSON, or YAML with its keys in order after three dashes."""
    if path.suffix == ".yaml":
        return write(path, ("---\n" + yaml.safe_dump(value, sort_keys=True)).encode())
    return write(path, value)


def files_of(folder: Path) -> list[str]:
    """Every file below a folder, by its path in it."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())

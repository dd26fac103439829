"""A cluster of a size that few have, made up: 25,000 pods of 3,000 Deployments in 400 namespaces, 2,000 bindings.

A small estate with one object of every other kind stands beside them, so that every list is there, as it is when a
cluster is collected whole.
Every object looks as an API server stores it. Good and bad practice are mixed by number, so that every rule has
something to pass and something to fail, and the same bytes come out each time.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from tests.control_plane import estate
from tests.samples import api_server, clinic

Object = dict[str, Any]

NAMESPACES, DEPLOYMENTS, PODS, BINDINGS, NODES = 400, 3_000, 25_000, 2_000, 500
_RBAC = "rbac.authorization.k8s.io"
_RULES = (
    [{"apiGroups": [""], "resources": ["pods", "services"], "verbs": ["get", "list", "watch"]}],
    [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"], "resourceNames": ["settings"]}],
    [{"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "list", "patch"]}],
    [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}],
    [{"apiGroups": [""], "resources": ["pods", "pods/exec"], "verbs": ["get", "create"]}],
    [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list"]}],
)


def write(path: Path) -> None:
    """Write the estate as one gzipped List, as `kubectl get -A -o json` prints it."""
    with gzip.GzipFile(path, "wb", compresslevel=1, mtime=0) as packed, io.BufferedWriter(packed, 1 << 20) as out:
        out.write(b'{"apiVersion":"v1","kind":"List","metadata":{"resourceVersion":""},"items":[')
        for number, each in enumerate(objects()):
            out.write((b"," if number else b"") + orjson.dumps(each))
        out.write(b"]}")


def objects() -> Iterator[Object]:
    """Every object, kind by kind."""
    yield from (api_server.stored(_namespace(number)) for number in range(NAMESPACES))
    yield from map(_node, range(NODES))
    for number in range(DEPLOYMENTS):
        yield from _application(number)
    yield from _access()
    for number in range(NAMESPACES):
        yield from map(api_server.stored, _boundaries(number))
    yield from map(api_server.stored, estate.objects("1.36"))


def _namespace(number: int) -> Object:
    labels = {"kubernetes.io/metadata.name": _team(number), "tier": str(number % 4)}
    if number % 5:
        labels["pod-security.kubernetes.io/enforce"] = ("baseline", "restricted")[number % 2]
    return clinic.thing("v1", "Namespace", None, _team(number), labels=labels)


def _node(number: int) -> Object:
    labels = {"kubernetes.io/hostname": f"node-{number:03}", "topology.kubernetes.io/zone": f"zone-{number % 3}",
              "kubernetes.io/os": "linux", "node.kubernetes.io/instance-type": "m6i.4xlarge"}
    room = {"cpu": "16", "memory": "64Gi", "pods": "110", "ephemeral-storage": "100Gi"}
    system = {"kubeletVersion": "v1.35.2", "kubeProxyVersion": "", "containerRuntimeVersion": "containerd://2.1.4",
              "osImage": "Bottlerocket OS 1.50.0", "kernelVersion": "6.12.46", "architecture": "amd64",
              "operatingSystem": "linux"}
    conditions = [{"type": "Ready", "status": "True"}]
    status = {"capacity": room, "allocatable": room, "nodeInfo": system, "conditions": conditions}
    return api_server.stored(clinic.thing("v1", "Node", None, f"node-{number:03}", labels=labels, spec={},
                                          status=status))  # fmt: skip


def _application(number: int) -> Iterator[Object]:
    """A Deployment with its ReplicaSet, pods, ServiceAccount, Service, and what some applications have besides."""
    team, name = _team(number % NAMESPACES), f"app-{number:04}"
    replicas = PODS // DEPLOYMENTS + (number < PODS % DEPLOYMENTS)
    owner = api_server.stored(clinic.workload("Deployment", team, name, [_container(number)], replicas=replicas,
                                              serviceAccountName=name if number % 4 else "default"))  # fmt: skip
    owner["status"] = {"observedGeneration": 1, "replicas": replicas, "readyReplicas": replicas,
                       "availableReplicas": replicas, "updatedReplicas": replicas}  # fmt: skip
    middle = _replica_set(owner, replicas)
    yield owner
    yield middle
    for place in range(replicas):
        pod = api_server.pod(middle, f"{middle['metadata']['name']}-{place:05}", api_server.NODES[place % 3])
        pod["spec"]["nodeName"] = f"node-{(number * 7 + place) % NODES:03}"
        yield pod
    yield from map(api_server.stored, _around(number, team, name))


def _replica_set(owner: Object, replicas: int) -> Object:
    template = owner["spec"]["template"]
    mark = api_server.digest(owner["metadata"]["name"], 10)
    labels = template["metadata"]["labels"] | {"pod-template-hash": mark}
    name = f"{owner['metadata']['name']}-{mark}"
    made = api_server.owned(owner, "ReplicaSet", name, "apps/v1", labels)
    made["spec"] = {"replicas": replicas, "selector": {"matchLabels": labels},
                    "template": template | {"metadata": {"labels": labels}}}  # fmt: skip
    return api_server.stored(made)


def _container(number: int) -> Object:
    security = clinic.HARDENED if number % 2 else {"privileged": number % 50 == 0}
    environment = [{"name": "LOG_LEVEL", "value": "info"},
                   clinic.from_secret("PASSWORD", f"app-{number:04}", "password")]  # fmt: skip
    return clinic.container("main", f"registry.example/team/app-{number:04}:1.{number % 9}", 8080, number % 5 > 0,
                            securityContext=security, resources=clinic.MODEST if number % 3 else {},
                            env=environment if number % 6 == 0 else environment[:1])  # fmt: skip


def _around(number: int, team: str, name: str) -> Iterator[Object]:
    mine = {"matchLabels": {"app.kubernetes.io/name": name}}
    yield clinic.thing("v1", "ServiceAccount", team, name)
    kind = "LoadBalancer" if number % 100 == 0 else "ClusterIP"
    yield clinic.thing("v1", "Service", team, name, spec={
        "type": kind, "selector": mine["matchLabels"], "ports": [{"port": 80, "targetPort": "http", "name": "http"}]})
    if number % 3 == 0:
        yield clinic.thing("policy/v1", "PodDisruptionBudget", team, name, spec={"maxUnavailable": 1, "selector": mine})
    if number % 5 == 0:
        target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
        yield clinic.thing("autoscaling/v2", "HorizontalPodAutoscaler", team, name, spec={
            "minReplicas": 2, "maxReplicas": 20, "scaleTargetRef": target,
            "metrics": [{"type": "Resource", "resource": {
                "name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}}]})
    if number % 8 == 0:
        backend = {"service": {"name": name, "port": {"name": "http"}}}
        paths = [{"path": "/", "pathType": "Prefix", "backend": backend}]
        host = f"{name}.example.org"
        yield clinic.thing("networking.k8s.io/v1", "Ingress", team, name, spec={
            "ingressClassName": "nginx", "rules": [{"host": host, "http": {"paths": paths}}],
            "tls": [{"hosts": [host], "secretName": f"{name}-tls"}]})
    if number % 4 == 0:
        neighbour = f"app-{(number + NAMESPACES) % DEPLOYMENTS:04}"
        caller = {"podSelector": {"matchLabels": {"app.kubernetes.io/name": neighbour}}}
        yield clinic.thing("networking.k8s.io/v1", "NetworkPolicy", team, name, spec={
            "podSelector": mine, "policyTypes": ["Ingress"], "ingress": [{"from": [caller]}]})


def _access() -> Iterator[Object]:
    """Roles of every namespace and of the cluster, and the bindings that hand them out."""
    for number, rules in enumerate(_RULES):
        yield api_server.stored(clinic.thing(f"{_RBAC}/v1", "ClusterRole", None, f"duty-{number}", rules=rules))
    for number in range(NAMESPACES):
        rules = _RULES[number % len(_RULES)]
        yield api_server.stored(clinic.thing(f"{_RBAC}/v1", "Role", _team(number), "own", rules=rules))
    for number in range(BINDINGS):
        wide = number % 20 == 0
        team = _team(number % NAMESPACES)
        account = f"app-{number % DEPLOYMENTS:04}"
        subject = ({"kind": "ServiceAccount", "name": account, "namespace": team} if number % 3 else
                   {"kind": "Group", "name": f"engineers-{number % 40}", "apiGroup": _RBAC})  # fmt: skip
        granted = (("ClusterRole", f"duty-{number % len(_RULES)}") if wide or number % 2 else ("Role", "own"))
        binding = clinic.thing(
            f"{_RBAC}/v1", "ClusterRoleBinding" if wide else "RoleBinding", None if wide else team,
            f"grant-{number:04}", subjects=[subject],
            roleRef={"apiGroup": _RBAC, "kind": granted[0], "name": granted[1]})  # fmt: skip
        yield api_server.stored(binding)


def _boundaries(number: int) -> Iterator[Object]:
    """What a namespace has by itself: settings, a volume, and in some a default deny, a quota, a LimitRange."""
    team = _team(number)
    yield clinic.thing("v1", "ConfigMap", team, "settings", data={"mode": "production", "region": f"zone-{number % 3}"})
    yield clinic.thing("v1", "PersistentVolumeClaim", team, "data", spec={
        "accessModes": ["ReadWriteOnce"], "storageClassName": "fast", "resources": {"requests": {"storage": "10Gi"}}})
    if number % 3:
        yield clinic.thing("networking.k8s.io/v1", "NetworkPolicy", team, "default-deny", spec={
            "podSelector": {}, "policyTypes": ["Ingress", "Egress"][: 1 + number % 2]})
    if number % 2:
        yield clinic.thing("v1", "ResourceQuota", team, "quota", spec={"hard": {"requests.cpu": "40", "pods": "200"}})
        yield clinic.thing("v1", "LimitRange", team, "defaults", spec={"limits": [
            {"type": "Container", "default": {"memory": "256Mi"}, "defaultRequest": {"cpu": "50m", "memory": "64Mi"}}]})


def _team(number: int) -> str:
    return f"team-{number:03}"

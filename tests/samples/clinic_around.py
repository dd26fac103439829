"""What stands around the clinic's workloads, as people and their cloud declared it.

What a cluster has by itself (default accounts, cluster-admin, claims of a StatefulSet) is the server's to add.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.samples.clinic import Object, thing

RBAC = "rbac.authorization.k8s.io/v1"
ACCOUNTS = {
    "patient-portal": ["web", "api"],
    "records": ["records-api", "records-db"],
    "imaging": ["dicom-router"],
    "monitoring": ["prometheus"],
    "kube-system": ["coredns", "kube-proxy"],
}
NAMESPACES = ["imaging", "kube-system", "monitoring", "patient-portal", "records"]
_ENFORCED = {"patient-portal": "baseline", "kube-system": "privileged", "monitoring": "privileged"}


def surroundings() -> Iterator[Object]:
    """Everything that is neither a workload nor made by a controller."""
    yield from _namespaces()
    yield from _network()
    yield from _availability()
    yield from _access()
    yield from _configuration()
    yield from _storage()
    for number in range(4):
        yield _node(number)


def _namespaces() -> Iterator[Object]:
    for name in NAMESPACES:
        labels = {}
        if name in _ENFORCED:
            labels["pod-security.kubernetes.io/enforce"] = _ENFORCED[name]
        if name in ("records", "patient-portal"):
            labels["data"] = "ephi"
        yield thing("v1", "Namespace", None, name, labels=labels)


def _service(namespace: str, name: str, port: int, target: int | str, **spec: Any) -> Object:
    """A Service; `app` is the workload when named otherwise."""
    selector = {"app.kubernetes.io/name": spec.pop("app", name)}
    ports = [{"name": "main", "port": port, "protocol": spec.pop("protocol", "TCP"), "targetPort": target}]
    return thing("v1", "Service", namespace, name, labels=selector, spec={"selector": selector, "ports": ports} | spec)


def _network() -> Iterator[Object]:
    yield _service("patient-portal", "web", 80, "http")
    yield _ingress()
    yield _service("patient-portal", "api", 80, "http")
    yield _service("records", "records-api", 443, "http")
    yield _service("records", "records-db", 5432, "postgres")
    yield _service("imaging", "viewer", 80, "http")
    yield _service("imaging", "dicom", 104, "dicom", app="dicom-router", type="NodePort")
    yield _service("monitoring", "prometheus", 9090, "web")
    yield _service("kube-system", "kube-dns", 53, "dns", app="coredns", protocol="UDP", clusterIP="10.96.0.10")
    for namespace in ("patient-portal", "records"):
        yield _policy(namespace, "default-deny", {}, [])
    yield _policy("patient-portal", "web-from-anywhere", {"app.kubernetes.io/name": "web"},
                  [{"ports": [{"port": 8080, "protocol": "TCP"}]}])
    yield _policy("patient-portal", "api-from-web", {"app.kubernetes.io/name": "api"},
                  [{"from": [{"podSelector": {"matchLabels": {"app.kubernetes.io/name": "web"}}}],
                    "ports": [{"port": 8081, "protocol": "TCP"}]}])
    yield _policy("records", "records-api-from-portal", {"app.kubernetes.io/name": "records-api"},
                  [{"from": [{"namespaceSelector": {"matchLabels": {
                      "kubernetes.io/metadata.name": "patient-portal"}}}]}])
    yield _policy("records", "records-db-from-api", {"app.kubernetes.io/name": "records-db"},
                  [{"from": [{"podSelector": {"matchLabels": {"app.kubernetes.io/name": "records-api"}}}]}])


def _ingress() -> Object:
    host = "portal.lakeside-clinic.example"
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    paths = [{"backend": backend, "path": "/", "pathType": "Prefix"}]
    spec = {"ingressClassName": "public", "rules": [{"host": host, "http": {"paths": paths}}],
            "tls": [{"hosts": [host], "secretName": "portal-certificate"}]}
    status = {"loadBalancer": {"ingress": [{"hostname": "lb-1.lakeside-clinic.example"}]}}
    return thing("networking.k8s.io/v1", "Ingress", "patient-portal", "web", spec=spec, status=status)


def _policy(namespace: str, name: str, labels: dict[str, str], ingress: list[Object]) -> Object:
    selector: Object = {"matchLabels": labels} if labels else {}
    spec: Object = {"podSelector": selector, "policyTypes": ["Ingress"]}
    if ingress:
        spec["ingress"] = ingress
    return thing("networking.k8s.io/v1", "NetworkPolicy", namespace, name, spec=spec)


def _availability() -> Iterator[Object]:
    for namespace, name, allowed in (("patient-portal", "web", 2), ("records", "records-api", 1)):
        selector = {"matchLabels": {"app.kubernetes.io/name": name}}
        yield thing("policy/v1", "PodDisruptionBudget", namespace, name,
                    spec={"minAvailable": 3 - allowed, "selector": selector})
    for name, least, most in (("web", 3, 9), ("api", 2, 6)):
        target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
        cpu = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization",
                                                                          "averageUtilization": 70}}}
        spec = {"minReplicas": least, "maxReplicas": most, "scaleTargetRef": target, "metrics": [cpu]}
        yield thing("autoscaling/v2", "HorizontalPodAutoscaler", "patient-portal", name, spec=spec)


def _access() -> Iterator[Object]:
    for namespace, names in ACCOUNTS.items():
        for name in names:
            yield thing("v1", "ServiceAccount", namespace, name)
    scraping = [{"apiGroups": [""], "resources": ["nodes", "nodes/metrics", "services", "endpoints", "pods"],
                 "verbs": ["get", "list", "watch"]},
                {"nonResourceURLs": ["/metrics"], "verbs": ["get"]}]
    support = [{"apiGroups": [""], "resources": ["pods", "pods/log", "pods/exec", "secrets"],
                "verbs": ["get", "list", "create"]}]
    roles = {"prometheus": scraping, "clinic-support": support}
    for name, rules in roles.items():
        yield thing(RBAC, "ClusterRole", None, name, rules=rules)
    group = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group"}
    yield _binding("prometheus", "prometheus", _account("monitoring", "prometheus"))
    yield _binding("clinic-support", "clinic-support", group | {"name": "clinic-support"})
    yield _binding("dicom-router-admin", "cluster-admin", _account("imaging", "dicom-router"))
    rules = [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list", "watch"]}]
    yield thing(RBAC, "Role", "patient-portal", "api", rules=rules)


def _account(namespace: str, name: str) -> Object:
    return {"kind": "ServiceAccount", "name": name, "namespace": namespace}


def _binding(name: str, role: str, subject: Object) -> Object:
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role}
    return thing(RBAC, "ClusterRoleBinding", None, name, roleRef=reference, subjects=[subject])


def _configuration() -> Iterator[Object]:
    yield thing("v1", "ConfigMap", "patient-portal", "portal-settings", data={
        "LOG_LEVEL": "info", "SESSION_MINUTES": "20",
        "REPORTING_DSN": "postgres://reporting:not-a-real-password@records-db.records:5432/records"})
    yield thing("v1", "ConfigMap", "kube-system", "coredns", data={
        "Corefile": ".:53 {\n    errors\n    health\n    ready\n    kubernetes cluster.local\n}\n"})
    hard = {"requests.cpu": "8", "requests.memory": "16Gi", "limits.memory": "24Gi", "pods": "40"}
    yield thing("v1", "ResourceQuota", "patient-portal", "fair-share", spec={"hard": hard})
    bounds = {"type": "Container", "default": {"memory": "256Mi"},
              "defaultRequest": {"cpu": "50m", "memory": "64Mi"}}
    yield thing("v1", "LimitRange", "patient-portal", "container-defaults", spec={"limits": [bounds]})


def _storage() -> Iterator[Object]:
    yield thing("v1", "PersistentVolumeClaim", "imaging", "imaging-archive", spec={
        "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "4Ti"}}, "storageClassName": "archive"})
    for name, encrypted in (("archive", "false"), ("encrypted-ssd", "true")):
        yield thing("storage.k8s.io/v1", "StorageClass", None, name, provisioner="ebs.csi.aws.com",
                    parameters={"type": "gp3", "encrypted": encrypted}, reclaimPolicy="Delete",
                    volumeBindingMode="WaitForFirstConsumer", allowVolumeExpansion=True)


def _node(number: int) -> Object:
    """Three nodes of the node group `general` over three zones, and one of `imaging` that was never updated."""
    zone = f"eu-central-1{'abca'[number]}"
    address = f"10.20.{(0, 1, 2, 0)[number]}.{11 + number}"
    name = f"ip-{address.replace('.', '-')}.eu-central-1.compute.internal"
    group, version = ("general", "v1.35.0-eks-0a1b2c3") if number < 3 else ("imaging", "v1.33.4-eks-0d0d0d0")
    labels = {"kubernetes.io/hostname": name, "kubernetes.io/arch": "amd64", "kubernetes.io/os": "linux",
              "node.kubernetes.io/instance-type": "m7i.2xlarge", "topology.kubernetes.io/region": "eu-central-1",
              "topology.kubernetes.io/zone": zone, "k8s.io/cloud-provider-aws": "0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
              "eks.amazonaws.com/nodegroup": group, "eks.amazonaws.com/capacityType": "ON_DEMAND", "pool": group}
    capacity = {"cpu": "8", "memory": "32657412Ki", "pods": "58", "ephemeral-storage": "209633260Ki"}
    allocatable = capacity | {"cpu": "7910m", "memory": "31640580Ki", "ephemeral-storage": "192124270543"}
    information = {"architecture": "amd64", "operatingSystem": "linux", "osImage": "Amazon Linux 2023.9.20261101",
                   "kernelVersion": "6.12.48-55.103.amzn2023.x86_64", "containerRuntimeVersion": "containerd://2.1.4",
                   "kubeletVersion": version, "kubeProxyVersion": version, "machineID": f"ec2{number:029x}",
                   "systemUUID": f"ec2{number:05x}-0000-4000-8000-00000000000{number}",
                   "bootID": f"0b007000-0000-4000-8000-00000000000{number}"}
    status = {"addresses": [{"type": "InternalIP", "address": address}, {"type": "InternalDNS", "address": name},
                            {"type": "Hostname", "address": name}],
              "capacity": capacity, "allocatable": allocatable, "nodeInfo": information}
    spec = {"providerID": f"aws:///{zone}/i-0c11c{number:012x}", "podCIDR": f"10.244.{number + 1}.0/24"}
    return thing("v1", "Node", None, name, labels=labels, spec=spec, status=status)

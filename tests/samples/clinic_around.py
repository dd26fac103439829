"""What stands around the clinic's workloads: namespaces, network, access, storage, nodes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.samples import api_server
from tests.samples.clinic import Object, thing

RBAC = "rbac.authorization.k8s.io/v1"
ACCOUNTS = {
    "patient-portal": ["web", "api"],
    "records": ["records-api", "records-db"],
    "imaging": ["dicom-router"],
    "monitoring": ["prometheus"],
    "kube-system": ["coredns", "kube-proxy"],
}
NAMESPACES = ["default", "imaging", "kube-node-lease", "kube-public", "kube-system", "monitoring",
              "patient-portal", "records"]
_ENFORCED = {"patient-portal": "baseline", "kube-system": "privileged", "monitoring": "privileged"}


def surroundings() -> Iterator[Object]:
    """Everything that is neither a workload nor made by a controller."""
    yield from _namespaces()
    yield from _network()
    yield from _availability()
    yield from _access()
    yield from _configuration()
    yield from _storage()
    for number, name in enumerate(api_server.NODES):
        yield _node(number, name)


def _namespaces() -> Iterator[Object]:
    for name in NAMESPACES:
        labels = {"kubernetes.io/metadata.name": name}
        if name in _ENFORCED:
            labels["pod-security.kubernetes.io/enforce"] = _ENFORCED[name]
        if name in ("records", "patient-portal"):
            labels["data"] = "ephi"
        made = thing("v1", "Namespace", None, name, labels=labels)
        yield made | {"spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"}}


def _service(namespace: str, name: str, port: int, target: int | str, number: int, **spec: Any) -> Object:
    """A Service; `number` is the last byte of its address, `app` the workload when named otherwise."""
    address = f"10.96.14.{number}"
    selector = {"app.kubernetes.io/name": spec.pop("app", name)}
    protocol = spec.pop("protocol", "TCP")
    made: Object = {"clusterIP": address, "clusterIPs": [address], "internalTrafficPolicy": "Cluster",
                    "ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack", "sessionAffinity": "None",
                    "selector": selector, "type": "ClusterIP",
                    "ports": [{"name": "main", "port": port, "protocol": protocol, "targetPort": target}]}
    return thing("v1", "Service", namespace, name, labels=selector, spec=made | spec,
                 status={"loadBalancer": {}})


def _network() -> Iterator[Object]:
    kubernetes = _service("default", "kubernetes", 443, 6443, 1)
    del kubernetes["spec"]["selector"]
    yield kubernetes
    yield _service("patient-portal", "web", 80, "http", 21)
    yield _ingress()
    yield _service("patient-portal", "api", 80, "http", 22)
    yield _service("records", "records-api", 443, "http", 31)
    yield _service("records", "records-db", 5432, "postgres", 32)
    yield _service("imaging", "viewer", 80, "http", 41)
    yield _service("imaging", "dicom", 104, "dicom", 42, app="dicom-router", type="NodePort",
                   externalTrafficPolicy="Cluster")
    yield _service("monitoring", "prometheus", 9090, "web", 51)
    yield _service("kube-system", "kube-dns", 53, "dns", 10, app="coredns", protocol="UDP")
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
        status = {"currentHealthy": 3, "desiredHealthy": 3 - allowed, "disruptionsAllowed": allowed,
                  "expectedPods": 3, "observedGeneration": 1}
        yield thing("policy/v1", "PodDisruptionBudget", namespace, name, status=status,
                    spec={"minAvailable": 3 - allowed, "selector": selector})
    for name, least, most in (("web", 3, 9), ("api", 2, 6)):
        target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
        cpu = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization",
                                                                          "averageUtilization": 70}}}
        spec = {"minReplicas": least, "maxReplicas": most, "scaleTargetRef": target, "metrics": [cpu]}
        yield thing("autoscaling/v2", "HorizontalPodAutoscaler", "patient-portal", name, spec=spec,
                    status={"currentReplicas": least, "desiredReplicas": least})


def _access() -> Iterator[Object]:
    for namespace in NAMESPACES:
        for name in ["default", *ACCOUNTS.get(namespace, [])]:
            yield thing("v1", "ServiceAccount", namespace, name)
    everything = [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]},
                  {"nonResourceURLs": ["*"], "verbs": ["*"]}]
    scraping = [{"apiGroups": [""], "resources": ["nodes", "nodes/metrics", "services", "endpoints", "pods"],
                 "verbs": ["get", "list", "watch"]},
                {"nonResourceURLs": ["/metrics"], "verbs": ["get"]}]
    support = [{"apiGroups": [""], "resources": ["pods", "pods/log", "pods/exec", "secrets"],
                "verbs": ["get", "list", "create"]}]
    roles = {"cluster-admin": everything, "prometheus": scraping, "clinic-support": support}
    for name, rules in roles.items():
        yield thing(RBAC, "ClusterRole", None, name, rules=rules)
    group = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group"}
    yield _binding("cluster-admin", "cluster-admin", group | {"name": "system:masters"})
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
    certificate = "-----BEGIN CERTIFICATE-----\nno certificate, its place\n-----END CERTIFICATE-----\n"
    for namespace in NAMESPACES:
        yield thing("v1", "ConfigMap", namespace, "kube-root-ca.crt", data={"ca.crt": certificate})
    yield thing("v1", "ConfigMap", "patient-portal", "portal-settings", data={
        "LOG_LEVEL": "info", "SESSION_MINUTES": "20",
        "REPORTING_DSN": "postgres://reporting:not-a-real-password@records-db.records:5432/records"})
    yield thing("v1", "ConfigMap", "kube-system", "coredns", data={
        "Corefile": ".:53 {\n    errors\n    health\n    ready\n    kubernetes cluster.local\n}\n"})
    hard = {"requests.cpu": "8", "requests.memory": "16Gi", "limits.memory": "24Gi", "pods": "40"}
    yield thing("v1", "ResourceQuota", "patient-portal", "fair-share", spec={"hard": hard},
                status={"hard": hard, "used": {"requests.cpu": "500m", "requests.memory": "640Mi",
                                               "limits.memory": "768Mi", "pods": "5"}})
    bounds = {"type": "Container", "default": {"memory": "256Mi"},
              "defaultRequest": {"cpu": "50m", "memory": "64Mi"}}
    yield thing("v1", "LimitRange", "patient-portal", "container-defaults", spec={"limits": [bounds]})


def _storage() -> Iterator[Object]:
    claims = {"data-records-db-0": "records", "data-records-db-1": "records", "imaging-archive": "imaging"}
    for name, namespace in claims.items():
        size, storage_class = ("200Gi", "encrypted-ssd") if namespace == "records" else ("4Ti", "archive")
        spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}},
                "storageClassName": storage_class, "volumeMode": "Filesystem",
                "volumeName": f"pvc-{namespace}-{name}"}
        yield thing("v1", "PersistentVolumeClaim", namespace, name, spec=spec, status={
            "accessModes": ["ReadWriteOnce"], "capacity": {"storage": size}, "phase": "Bound"})


    for name, encrypted in (("archive", "false"), ("encrypted-ssd", "true")):
        yield thing("storage.k8s.io/v1", "StorageClass", None, name, provisioner="ebs.csi.aws.com",
                    parameters={"type": "gp3", "encrypted": encrypted}, reclaimPolicy="Delete",
                    volumeBindingMode="WaitForFirstConsumer", allowVolumeExpansion=True)
    for name, value in (("system-cluster-critical", 2_000_000_000), ("system-node-critical", 2_000_001_000)):
        yield thing("scheduling.k8s.io/v1", "PriorityClass", None, name, value=value,
                    description="Set by Kubernetes.", preemptionPolicy="PreemptLowerPriority")


def _node(number: int, name: str) -> Object:
    labels = {"kubernetes.io/hostname": name, "kubernetes.io/arch": "amd64", "kubernetes.io/os": "linux",
              "topology.kubernetes.io/zone": f"zone-{'abc'[number]}"}
    spec: Object = {"podCIDR": f"10.244.{number + 1}.0/24"}
    capacity = {"cpu": "8", "memory": "32657412Ki", "pods": "110", "ephemeral-storage": "203056560Ki"}
    information = {"architecture": "amd64", "operatingSystem": "linux",
                   "osImage": "Debian GNU/Linux 13 (trixie)",
                   "kernelVersion": "6.12.48+deb13-amd64", "containerRuntimeVersion": "containerd://2.1.4",
                   "kubeletVersion": "v1.35.0-eks-0a1b2c3" if number < 2 else "v1.33.4-eks-0d0d0d0",
                   "kubeProxyVersion": "", "machineID": "", "systemUUID": "", "bootID": ""}
    ready = {"type": "Ready", "status": "True", "reason": "KubeletReady",
             "message": "kubelet is posting ready status", "lastHeartbeatTime": "2026-11-20T07:58:11Z",
             "lastTransitionTime": "2026-11-17T05:38:20Z"}
    status = {"addresses": [{"type": "InternalIP", "address": f"10.20.{number}.11"},
                            {"type": "Hostname", "address": name}],
              "capacity": capacity, "allocatable": capacity, "conditions": [ready],
              "nodeInfo": information, "images": []}
    return thing("v1", "Node", None, name, labels=labels, spec=spec, status=status)

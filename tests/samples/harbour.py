"""The second cluster of Lakeside Clinic: AKS, where patients book and pay by card. It refuses some lists.

`python -m tests.samples.make_clinic` writes it beside the first, one file a kind.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.samples import api_server
from tests.samples.clinic import (
    HARDENED,
    LARGE,
    MODEST,
    REGISTRY,
    Object,
    container,
    from_secret,
    thing,
    workload,
)
from tests.samples.clinic_around import RBAC

NAMESPACES = ["booking", "default", "kube-node-lease", "kube-public", "kube-system", "payments", "reporting"]
_ENFORCED = {"payments": "restricted", "kube-system": "privileged"}
_ACCOUNTS = {"payments": ["checkout", "ledger"], "booking": ["calendar"], "kube-system": ["coredns"]}
_NODE_NAMES = {name: f"aks-workers-31415926-vmss00000{number}" for number, name in enumerate(api_server.NODES)}
REFUSED = {
    "networkpolicies": "networkpolicies.networking.k8s.io",
    "rolebindings": "rolebindings.rbac.authorization.k8s.io",
    "configmaps": "configmaps",
    "poddisruptionbudgets": "poddisruptionbudgets.policy",
}
"""What the account given to the assessor may not list, by file."""


def renamed(text: str) -> str:
    """The nodes by the names that AKS gives them."""
    for before, after in _NODE_NAMES.items():
        text = text.replace(f'"{before}"', f'"{after}"')
    return text


def workloads() -> Iterator[Object]:
    """What takes bookings and card payments, and what somebody added beside them."""
    yield from _payments()
    yield from _booking()
    yield from _reporting()
    dns = container("coredns", "mcr.example/oss/kubernetes/coredns:v1.12.1", args=["-conf", "/etc/coredns/Corefile"],
                    resources={"requests": {"cpu": "100m", "memory": "70Mi"}, "limits": {"memory": "500Mi"}},
                    livenessProbe={"httpGet": {"path": "/health", "port": 8080, "scheme": "HTTP"}},
                    readinessProbe={"httpGet": {"path": "/ready", "port": 8181, "scheme": "HTTP"}})
    yield workload("Deployment", "kube-system", "coredns", [dns], replicas=2, serviceAccountName="coredns",
                   priorityClassName="system-cluster-critical")


def surroundings() -> Iterator[Object]:
    """Namespaces, network, access, storage and nodes, as far as they may be listed."""
    yield from _namespaces()
    yield from _network()
    yield from _access()
    yield from _storage()
    for number, name in enumerate(api_server.NODES):
        yield _node(number, name)


def _payments() -> Iterator[Object]:
    checkout = container("checkout", f"{REGISTRY}/payments/checkout:7.3.2@sha256:{'c4' * 32}", 8443, resources=MODEST,
                         securityContext=HARDENED, env=[from_secret("ACQUIRER_KEY", "acquirer", "key")])
    yield workload("Deployment", "payments", "checkout", [checkout], replicas=3, serviceAccountName="checkout",
                   automountServiceAccountToken=False)
    ledger = container("ledger", f"{REGISTRY}/payments/ledger:2.0.9", 8080, resources=LARGE,
                       env=[{"name": "LEDGER_DB_PASSWORD", "value": "not-a-real-password-4242"}],
                       securityContext=HARDENED, volumeMounts=[{"name": "data", "mountPath": "/data"}])
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"},
             "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "50Gi"}},
                      "storageClassName": "managed-csi", "volumeMode": "Filesystem"}}
    yield workload("StatefulSet", "payments", "ledger", [ledger], serviceAccountName="ledger", claims=[claim])


def _booking() -> Iterator[Object]:
    web = container("web", f"{REGISTRY}/booking/web:latest", 8080)
    yield workload("Deployment", "booking", "web", [web])
    calendar = container("calendar", f"{REGISTRY}/booking/calendar:5.1.0", 8080, resources=MODEST,
                         securityContext={"allowPrivilegeEscalation": False, "runAsNonRoot": True, "runAsUser": 1001})
    yield workload("Deployment", "booking", "calendar", [calendar], replicas=2, serviceAccountName="calendar")


def _reporting() -> Iterator[Object]:
    shell = container("toolbox", "docker.io/lakesideclinic/toolbox", command=["sleep", "infinity"], probes=False,
                      securityContext={"privileged": True}, volumeMounts=[{"name": "node", "mountPath": "/node"}])
    yield workload("Deployment", "reporting", "toolbox", [shell], hostPID=True,
                   volumes=[{"name": "node", "hostPath": {"path": "/", "type": ""}}])


def _namespaces() -> Iterator[Object]:
    for name in NAMESPACES:
        labels = {"kubernetes.io/metadata.name": name}
        if name in _ENFORCED:
            labels["pod-security.kubernetes.io/enforce"] = _ENFORCED[name]
        if name == "payments":
            labels["data"] = "cardholder"
        made = thing("v1", "Namespace", None, name, labels=labels)
        yield made | {"spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"}}


def _network() -> Iterator[Object]:
    for number, (namespace, name, kind) in enumerate(
        (("payments", "checkout", "LoadBalancer"), ("payments", "ledger", "ClusterIP"),
         ("booking", "web", "LoadBalancer"), ("booking", "calendar", "ClusterIP"))
    ):
        yield _service(namespace, name, kind, number)


def _service(namespace: str, name: str, kind: str, number: int) -> Object:
    address = f"10.0.77.{20 + number}"
    selector = {"app.kubernetes.io/name": name}
    port: Object = {"name": "main", "port": 443, "protocol": "TCP", "targetPort": "http"}
    spec: Object = {"clusterIP": address, "clusterIPs": [address], "internalTrafficPolicy": "Cluster",
                    "ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack", "sessionAffinity": "None",
                    "selector": selector, "type": kind, "ports": [port]}
    status: Object = {"loadBalancer": {}}
    if kind == "LoadBalancer":
        port["nodePort"] = 31000 + number
        spec |= {"allocateLoadBalancerNodePorts": True, "externalTrafficPolicy": "Cluster"}
        status = {"loadBalancer": {"ingress": [{"ip": f"203.0.113.{10 + number}", "ipMode": "VIP"}]}}
    return thing("v1", "Service", namespace, name, labels=selector, spec=spec, status=status)


def _access() -> Iterator[Object]:
    for namespace in NAMESPACES:
        for name in ["default", *_ACCOUNTS.get(namespace, [])]:
            yield thing("v1", "ServiceAccount", namespace, name)
    everything = [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]},
                  {"nonResourceURLs": ["*"], "verbs": ["*"]}]
    yield thing(RBAC, "ClusterRole", None, "cluster-admin", rules=everything)
    group = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group"}
    for name, subject in (("cluster-admin", group | {"name": "system:masters"}),
                          ("till-vendor-support", group | {"name": "9d1c5b0e-till-vendor"})):
        reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"}
        yield thing(RBAC, "ClusterRoleBinding", None, name, roleRef=reference, subjects=[subject])


def _storage() -> Iterator[Object]:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "50Gi"}},
            "storageClassName": "managed-csi", "volumeMode": "Filesystem", "volumeName": "pvc-payments-data-ledger-0"}
    yield thing("v1", "PersistentVolumeClaim", "payments", "data-ledger-0", spec=spec, status={
        "accessModes": ["ReadWriteOnce"], "capacity": {"storage": "50Gi"}, "phase": "Bound"})
    yield thing("storage.k8s.io/v1", "StorageClass", None, "managed-csi", provisioner="disk.csi.azure.com",
                parameters={"skuName": "StandardSSD_LRS"}, reclaimPolicy="Delete",
                volumeBindingMode="WaitForFirstConsumer", allowVolumeExpansion=True)


def _node(number: int, name: str) -> Object:
    labels = {"kubernetes.io/hostname": name, "kubernetes.io/arch": "amd64", "kubernetes.io/os": "linux",
              "kubernetes.azure.com/cluster": "MC_clinic-payments_harbour_westeurope", "agentpool": "workers",
              "topology.kubernetes.io/zone": "0"}
    capacity = {"cpu": "4", "memory": "16393252Ki", "pods": "30", "ephemeral-storage": "129886128Ki"}
    information = {"architecture": "amd64", "operatingSystem": "linux", "osImage": "Ubuntu 22.04.5 LTS",
                   "kernelVersion": "5.15.0-1098-azure", "containerRuntimeVersion": "containerd://1.7.28-1",
                   "kubeletVersion": "v1.32.7", "kubeProxyVersion": "", "machineID": "", "systemUUID": "", "bootID": ""}
    ready = {"type": "Ready", "status": "True", "reason": "KubeletReady", "message": "kubelet is posting ready status",
             "lastHeartbeatTime": "2026-11-20T07:57:40Z", "lastTransitionTime": "2026-11-17T05:38:20Z"}
    addresses = [{"type": "InternalIP", "address": f"10.224.{number}.4"}, {"type": "Hostname", "address": name}]
    status = {"addresses": addresses, "capacity": capacity, "allocatable": capacity, "conditions": [ready],
              "nodeInfo": information, "images": []}
    return thing("v1", "Node", None, name, labels=labels, spec={"podCIDR": f"10.244.{number + 1}.0/24"}, status=status)

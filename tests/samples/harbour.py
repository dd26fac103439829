"""The second cluster of Lakeside Clinic: AKS, where patients book and pay by card. It refuses some lists.

`python -m tests.samples.record_clinic` records it beside the first, one file a kind.
"""

from __future__ import annotations

from collections.abc import Iterator

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
from tests.samples.clouds import SUBSCRIPTION

NAMESPACES = ["booking", "kube-system", "payments", "reporting"]
_ENFORCED = {"payments": "restricted", "kube-system": "privileged"}
_ACCOUNTS = {"payments": ["checkout", "ledger"], "booking": ["calendar"], "kube-system": ["coredns"]}


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
    for number in range(3):
        yield _node(number)


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
        labels = {}
        if name in _ENFORCED:
            labels["pod-security.kubernetes.io/enforce"] = _ENFORCED[name]
        if name == "payments":
            labels["data"] = "cardholder"
        yield thing("v1", "Namespace", None, name, labels=labels)


def _network() -> Iterator[Object]:
    for number, (namespace, name, kind) in enumerate(
        (("payments", "checkout", "LoadBalancer"), ("payments", "ledger", "ClusterIP"),
         ("booking", "web", "LoadBalancer"), ("booking", "calendar", "ClusterIP"))
    ):
        yield _service(namespace, name, kind, number)


def _service(namespace: str, name: str, kind: str, number: int) -> Object:
    selector = {"app.kubernetes.io/name": name}
    spec: Object = {"selector": selector, "type": kind,
                    "ports": [{"name": "main", "port": 443, "protocol": "TCP", "targetPort": "http"}]}
    made = thing("v1", "Service", namespace, name, labels=selector, spec=spec)
    if kind == "LoadBalancer":
        made["status"] = {"loadBalancer": {"ingress": [{"ip": f"203.0.113.{10 + number}", "ipMode": "VIP"}]}}
    return made


def _access() -> Iterator[Object]:
    for namespace, names in _ACCOUNTS.items():
        for name in names:
            yield thing("v1", "ServiceAccount", namespace, name)
    vendor = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "9d1c5b0e-till-vendor"}
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"}
    yield thing(RBAC, "ClusterRoleBinding", None, "till-vendor-support", roleRef=reference, subjects=[vendor])


def _storage() -> Iterator[Object]:
    yield thing("storage.k8s.io/v1", "StorageClass", None, "managed-csi", provisioner="disk.csi.azure.com",
                parameters={"skuName": "StandardSSD_LRS"}, reclaimPolicy="Delete",
                volumeBindingMode="WaitForFirstConsumer", allowVolumeExpansion=True)


def _node(number: int) -> Object:
    name = f"aks-workers-31415926-vmss00000{number}"
    labels = {"kubernetes.io/hostname": name, "kubernetes.io/arch": "amd64", "kubernetes.io/os": "linux",
              "node.kubernetes.io/instance-type": "Standard_D4s_v5", "topology.kubernetes.io/region": "westeurope",
              "topology.kubernetes.io/zone": "0", "agentpool": "workers", "kubernetes.azure.com/agentpool": "workers",
              "kubernetes.azure.com/cluster": "MC_clinic-payments_harbour_westeurope",
              "kubernetes.azure.com/mode": "system", "kubernetes.azure.com/os-sku": "Ubuntu",
              "kubernetes.azure.com/node-image-version": "AKSUbuntu-2204gen2containerd-202603.15.0"}
    capacity = {"cpu": "4", "memory": "16393252Ki", "pods": "30", "ephemeral-storage": "129886128Ki"}
    allocatable = capacity | {"cpu": "3860m", "memory": "14100516Ki", "ephemeral-storage": "119703055367"}
    information = {"architecture": "amd64", "operatingSystem": "linux", "osImage": "Ubuntu 22.04.5 LTS",
                   "kernelVersion": "5.15.0-1098-azure", "containerRuntimeVersion": "containerd://1.7.28-1",
                   "kubeletVersion": "v1.32.7", "kubeProxyVersion": "v1.32.7", "machineID": f"a25{number:029x}",
                   "systemUUID": f"a2500{number:03x}-0000-4000-8000-00000000000{number}",
                   "bootID": f"0b007001-0000-4000-8000-00000000000{number}"}
    addresses = [{"type": "InternalIP", "address": f"10.224.0.{4 + number}"}, {"type": "Hostname", "address": name}]
    group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/mc_clinic-payments_harbour_westeurope"
    scale_set = f"{group}/providers/Microsoft.Compute/virtualMachineScaleSets/aks-workers-31415926-vmss"
    spec = {"podCIDR": f"10.244.{number + 1}.0/24", "providerID": f"azure://{scale_set}/virtualMachines/{number}"}
    status = {"addresses": addresses, "capacity": capacity, "allocatable": allocatable, "nodeInfo": information}
    return thing("v1", "Node", None, name, labels=labels, spec=spec, status=status)

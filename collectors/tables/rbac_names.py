"""Names that Kubernetes and its providers reserve for roles, bindings and subjects of their own.

Source: Kubernetes documentation, "Using RBAC Authorization" (default roles and bindings; names that begin
with `system:` belong to the control plane), compared with a new 1.36 cluster. `gce:` and `eks:` are the
prefixes under which GKE and EKS create theirs, `kubeadm:` those of kubeadm.
"""

from __future__ import annotations

RESERVED_PREFIXES = ("system:", "gce:", "eks:", "kubeadm:")

BOOTSTRAP_LABEL = "kubernetes.io/bootstrapping=rbac-defaults"
# Every API server creates these, so a folder of manifests may refer to them without declaring them.
USER_FACING_ROLES = frozenset({"cluster-admin", "admin", "edit", "view"})
_SYSTEM_ROLES = """
    aggregate-to-admin aggregate-to-edit aggregate-to-view auth-delegator basic-user discovery heapster
    kube-aggregator kube-controller-manager kube-dns kube-scheduler kubelet-api-admin monitoring node
    node-bootstrapper node-problem-detector node-proxier persistent-volume-provisioner public-info-viewer
    service-account-issuer-discovery volume-scheduler
    certificates.k8s.io:certificatesigningrequests:nodeclient
    certificates.k8s.io:certificatesigningrequests:selfnodeclient
    certificates.k8s.io:kube-apiserver-client-approver certificates.k8s.io:kubelet-serving-approver
    certificates.k8s.io:kube-apiserver-client-kubelet-approver certificates.k8s.io:legacy-unknown-approver
"""
DEFAULT_CLUSTER_ROLES = USER_FACING_ROLES | {f"system:{name}" for name in _SYSTEM_ROLES.split()}
DEFAULT_CONTROLLER_PREFIX = "system:controller:"
DEFAULT_ROLES = frozenset(
    {
        ("kube-public", "system:controller:bootstrap-signer"),
        ("kube-system", "extension-apiserver-authentication-reader"),
        ("kube-system", "system::leader-locking-kube-controller-manager"),
        ("kube-system", "system::leader-locking-kube-scheduler"),
        ("kube-system", "system:controller:bootstrap-signer"),
        ("kube-system", "system:controller:cloud-provider"),
        ("kube-system", "system:controller:token-cleaner"),
    }
)
# These default roles carry exec and the reading of Secrets; `view` carries neither.
DEFAULT_ROLES_WITH_POWER = frozenset({"cluster-admin", "admin", "edit"})

# Default bindings that let everyone discover the API; the one of kubeadm serves joining nodes.
DISCOVERY_BINDINGS = frozenset(
    {
        (None, "system:basic-user"),
        (None, "system:discovery"),
        (None, "system:public-info-viewer"),
        (None, "system:service-account-issuer-discovery"),
        ("kube-public", "kubeadm:bootstrap-signer-clusterinfo"),
    }
)


def is_reserved(name: str) -> bool:
    """Whether Kubernetes or its provider reserves the name for what it creates itself."""
    return name.startswith(RESERVED_PREFIXES)


def is_default_role(kind: str | None, namespace: str | None, name: str | None) -> bool | None:
    """Whether every API server creates this role when it starts; None when the reference is not known."""
    if kind is None or name is None:
        return None
    if kind == "ClusterRole":
        return name in DEFAULT_CLUSTER_ROLES or name.startswith(DEFAULT_CONTROLLER_PREFIX)
    if (namespace, name) in DEFAULT_ROLES:
        return True
    may_be = namespace is None and any(name == default for _, default in DEFAULT_ROLES)
    return None if may_be else False

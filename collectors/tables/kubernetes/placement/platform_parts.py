"""Which objects of a system namespace belong to the platform rather than to its users.

Source: the labels that Kubernetes' own add-ons, its add-on manager, EKS, AKS and k3s put on what they install; the
names under which projects publish add-ons that are meant for kube-system.
"""

from __future__ import annotations

from collections.abc import Mapping

from collectors.tables.as_written import Section

_LABELS = (
    "k8s-app", "kubernetes.io/cluster-service", "addonmanager.kubernetes.io/mode", "kubernetes.azure.com/managedby",
    "eks.amazonaws.com/component", "objectset.rio.cattle.io/hash", "helm.cattle.io/chart",
)  # fmt: skip
_PREFIXES = (
    "kube-", "coredns", "etcd", "aws-", "ebs-csi", "efs-csi", "eks-", "azure-", "csi-", "cloud-node-manager", "cilium",
    "hubble", "calico", "canal", "weave-net", "flannel", "antrea", "kindnet", "tigera", "metrics-server",
    "cluster-autoscaler", "snapshot-controller", "node-local-dns", "nodelocaldns", "local-path-provisioner", "traefik",
    "helm-install-traefik", "svclb-", "storage-provisioner", "karpenter", "node-problem-detector", "konnectivity",
    "openstack-cloud", "nvidia-", "secrets-store-csi", "vpc-", "coredns-autoscaler", "ama-", "microsoft-defender",
    "fluentbit-gke", "gke-", "netd", "sealed-secrets-controller", "tiller", "bootstrap-signer", "extension-apiserver",
    "system:", "cert-approver", "resource-locks", "token-cleaner", "cluster-info", "aks-", "overlay-upgrade",
)  # fmt: skip


def is_platform_part(name: str, labels: Section | None) -> bool | None:
    """Whether the platform put it there, by its labels or its name; None when neither tells and labels are unknown."""
    if name.startswith(_PREFIXES):
        return True
    if labels is None:
        return None
    return labels.get("tier") == "control-plane" or _any_of(labels)


def _any_of(labels: Mapping[str, object]) -> bool:
    return any(labels.get(each) is not None for each in _LABELS)

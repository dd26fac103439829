"""Which product stands behind a webhook, by the names that its installation gives it.

Source: the webhook configurations in the charts and manifests that each project publishes.
"""

from __future__ import annotations

_ENGINES = {
    "kyverno": "Kyverno",
    "gatekeeper": "Gatekeeper",
    "policy.sigstore.dev": "Sigstore policy-controller",
    "kubewarden": "Kubewarden",
    "azure-policy": "Azure Policy",
    "connaisseur": "Connaisseur",
    "portieris": "Portieris",
    "ratify": "Ratify",
    "jspolicy": "jsPolicy",
    "k-rail": "k-rail",
    "polaris.fairwinds": "Polaris",
    "anchore": "Anchore",
    "neuvector": "NeuVector",
    "prismacloud": "Prisma Cloud",
    "twistlock": "Prisma Cloud",
    "stackrox": "StackRox",
    "aquasec": "Aqua",
}
_OTHERS = {
    "cert-manager": "cert-manager",
    "istio": "Istio",
    "linkerd": "Linkerd",
    "cilium": "Cilium",
    "calico": "Calico",
    "tigera": "Calico",
    "ingress-nginx": "Ingress NGINX",
    "nginx.ingress.kubernetes.io": "Ingress NGINX",
    "prometheusrulemutate": "Prometheus operator",
    "prometheusoperator": "Prometheus operator",
    "prometheus-operator": "Prometheus operator",
    "monitoring.coreos.com": "Prometheus operator",
    "vpc.k8s.aws": "Amazon EKS",
    "pod-identity-webhook": "Amazon EKS",
    "eks-": "Amazon EKS",
    "elbv2.k8s.aws": "AWS Load Balancer Controller",
    "aws-load-balancer": "AWS Load Balancer Controller",
    "karpenter": "Karpenter",
    "aks-": "Azure Kubernetes Service",
    "azure-wi-webhook": "Azure workload identity",
    "azure-workload-identity": "Azure workload identity",
    "gmp-operator": "Google Managed Prometheus",
    "gke.io": "Google Kubernetes Engine",
    "keda": "KEDA",
    "velero": "Velero",
    "external-secrets": "External Secrets",
    "externalsecret": "External Secrets",
    "secretstore": "External Secrets",
    "sealed-secrets": "Sealed Secrets",
    "vault": "Vault",
    "snapshot.storage.k8s.io": "CSI snapshots",
    "metallb": "MetalLB",
    "cluster.x-k8s.io": "Cluster API",
    "argocd": "Argo CD",
    "argo-rollouts": "Argo Rollouts",
    "tekton": "Tekton",
    "knative": "Knative",
    "strimzi": "Strimzi",
    "cnpg.io": "CloudNativePG",
    "opentelemetry": "OpenTelemetry operator",
    "jaegertracing": "Jaeger operator",
    "elastic.co": "Elastic operator",
    "longhorn": "Longhorn",
    "rook": "Rook",
    "rancher": "Rancher",
    "openshift": "OpenShift",
    "autoscaling.k8s.io": "Vertical Pod Autoscaler",
    "vpa": "Vertical Pod Autoscaler",
    "kubevirt": "KubeVirt",
    "nvidia": "NVIDIA",
    "kueue": "Kueue",
    "kserve": "KServe",
}  # fmt: skip


def engine_of(*names: str | None) -> str | None:
    """The policy engine that one of these names belongs to; None when none does."""
    return _found(_ENGINES, names)


def product_of(*names: str | None) -> str | None:
    """The product, a policy engine or another, that one of these names belongs to; None when none does."""
    return _found(_ENGINES, names) or _found(_OTHERS, names)


def _found(products: dict[str, str], names: tuple[str | None, ...]) -> str | None:
    whole = "\n".join(name.lower() for name in names if name)
    return next((product for part, product in products.items() if part in whole), None)

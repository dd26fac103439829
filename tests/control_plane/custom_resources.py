"""A CustomResourceDefinition and one object of every kind of EXTENSIONS, and a constraint that a client made up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.kubernetes.extensions import EXTENSIONS, Extension
from collectors.kubernetes.kinds import group_of, name_of

Object = dict[str, Any]

# The version that each product serves today, where it is not v1.
_VERSIONS = {
    "aquasecurity.github.io": "v1alpha1", "argoproj.io": "v1alpha1", "cilium.io": "v2", "cluster.x-k8s.io": "v1beta2",
    "config.gatekeeper.sh": "v1alpha1", "constraints.gatekeeper.sh": "v1beta1", "helm.toolkit.fluxcd.io": "v2",
    "karpenter.azure.com": "v1beta1", "keda.sh": "v1alpha1", "policies.kyverno.io": "v1alpha1",
    "policy.linkerd.io": "v1beta1", "policy.networking.k8s.io": "v1alpha1", "projectcalico.org": "v3",
    "wgpolicyk8s.io": "v1alpha2",
}  # fmt: skip
_LABELS = {"app.kubernetes.io/name": "web"}
_PODS = {"metadata": {"labels": _LABELS}, "spec": {"containers": [{"name": "web", "image": "shop.example/web:4.2.0"}]}}
# What an object says, where an empty one would not be one of its kind.
_SPECS: Mapping[str, Object] = {
    "apps.openshift.io/DeploymentConfig": {"replicas": 1, "selector": _LABELS, "template": _PODS},
    "argoproj.io/Rollout": {"replicas": 1, "selector": {"matchLabels": _LABELS}, "template": _PODS},
    "gateway.networking.k8s.io/GatewayClass": {"controllerName": "shop.example/gateway"},
    "gateway.networking.k8s.io/Gateway": {
        "gatewayClassName": "sample", "listeners": [{"name": "https", "port": 443, "protocol": "HTTPS"}]},
    "gateway.networking.k8s.io/HTTPRoute": {
        "parentRefs": [{"name": "sample"}], "rules": [{"backendRefs": [{"name": "web", "port": 80}]}]},
    "cert-manager.io/Certificate": {"secretName": "web-tls", "dnsNames": ["shop.example"]},
    "velero.io/Schedule": {"schedule": "0 3 * * *", "template": {"ttl": "720h0m0s"}},
}  # fmt: skip
CONSTRAINT = Extension("constraints.gatekeeper.sh/K8sRequiredLabels", "k8srequiredlabels", False, "Gatekeeper", "")
_ALL = (*EXTENSIONS.values(), CONSTRAINT)


def definitions() -> Iterator[Object]:
    """The CustomResourceDefinitions: any fields are kept, none is checked."""
    for served in _ALL:
        group, kind = group_of(served.kind), name_of(served.kind)
        schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
        version = {"name": version_of(group), "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
        yield {
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": f"{served.plural}.{group}", "annotations": _approval(group)},
            "spec": {"group": group, "scope": "Namespaced" if served.namespaced else "Cluster", "versions": [version],
                     "names": {"kind": kind, "plural": served.plural, "singular": kind.lower()}},
        }  # fmt: skip


def one_of_each(namespace: str) -> Iterator[Object]:
    """One object of every kind, called "sample"."""
    for served in _ALL:
        group = group_of(served.kind)
        where = {"namespace": namespace} if served.namespaced else {}
        yield {"apiVersion": f"{group}/{version_of(group)}", "kind": name_of(served.kind),
               "metadata": {"name": "sample"} | where, "spec": _SPECS.get(served.kind, {})}  # fmt: skip


def version_of(group: str) -> str:
    """The one version in which this group is served here."""
    return _VERSIONS.get(group, "v1")


def _approval(group: str) -> dict[str, str]:
    protected = group.endswith(".k8s.io")
    return {"api-approved.kubernetes.io": "unapproved, for tests"} if protected else {}

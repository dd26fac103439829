"""What a survey reads of a running cluster, and nothing beyond: the kinds that are listed and the paths that are got.

The collector, the role that `kubesurvey permissions` prints, the dump script and the guard of the transport are all
made from this page.
"""

from __future__ import annotations

from collections.abc import Mapping

from collectors.kubernetes.extensions import EXTENSIONS
from collectors.kubernetes.kinds import (
    API_SERVER,
    DEPRECATED_REQUEST,
    KNOWN,
    SERVED_RESOURCE,
    KnownKind,
)

SECRET_KIND = "Secret"  # noqa: S105 - the name of a kind
LIVE = "live"  # what an item of a running cluster's API names as its source

_BUILT_IN = """
ConfigMap Event LimitRange Namespace Node PersistentVolume PersistentVolumeClaim Pod ReplicationController
ResourceQuota Service ServiceAccount
admissionregistration.k8s.io/MutatingAdmissionPolicy admissionregistration.k8s.io/MutatingAdmissionPolicyBinding
admissionregistration.k8s.io/MutatingWebhookConfiguration admissionregistration.k8s.io/ValidatingAdmissionPolicy
admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding
admissionregistration.k8s.io/ValidatingWebhookConfiguration
apiextensions.k8s.io/CustomResourceDefinition apiregistration.k8s.io/APIService
apps/DaemonSet apps/Deployment apps/ReplicaSet apps/StatefulSet autoscaling/HorizontalPodAutoscaler
batch/CronJob batch/Job certificates.k8s.io/CertificateSigningRequest discovery.k8s.io/EndpointSlice
metrics.k8s.io/NodeMetrics metrics.k8s.io/PodMetrics
networking.k8s.io/Ingress networking.k8s.io/IngressClass networking.k8s.io/NetworkPolicy
node.k8s.io/RuntimeClass policy/PodDisruptionBudget
rbac.authorization.k8s.io/ClusterRole rbac.authorization.k8s.io/ClusterRoleBinding rbac.authorization.k8s.io/Role
rbac.authorization.k8s.io/RoleBinding
scheduling.k8s.io/PriorityClass storage.k8s.io/CSIDriver storage.k8s.io/StorageClass
"""


def _surveyed(kind: str) -> KnownKind:
    known = KNOWN.get(kind) or EXTENSIONS[kind]
    return KnownKind(kind, known.plural, known.namespaced)


SURVEYED: Mapping[str, KnownKind] = {
    kind: _surveyed(kind) for kind in (*sorted(_BUILT_IN.split()), *sorted(EXTENSIONS))
}
"""Every kind that is listed, Secrets aside: those only where somebody asked for them (`with_secrets`)."""

SECRETS = _surveyed(SECRET_KIND)

PATHS: Mapping[str, str] = {
    "/api": SERVED_RESOURCE,
    "/apis": SERVED_RESOURCE,
    "/metrics": DEPRECATED_REQUEST,
    "/readyz": API_SERVER,
    "/version": API_SERVER,
}
"""What is got outside the API of objects: path -> the kind that its answer is evidence of."""

KUBELET_PATH = "/configz"
"""Got from the kubelet of each node, where somebody asked for it: evidence of `survey/Kubelet`."""

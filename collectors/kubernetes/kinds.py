"""The kinds that Kubernetes itself serves: plural name, scope, and the group where each lives today.

A kind is written "Pod" (core group) or "group/Kind", never with a version. Old homes of a kind
(extensions/Deployment) read as its home today, so that one object has one kind whatever its age.

Source: the API reference of Kubernetes 1.20 to 1.36 and its deprecated API migration guide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from collectors.kubernetes.extensions import EVERY_KIND_OF, EXTENSIONS, plural_of

# One line a group: the namespaced kinds, then "|", then the kinds of the whole cluster. A plural that English
# spelling does not give stands after a colon.
_SERVED = """
core: Binding ConfigMap Endpoints:endpoints Event LimitRange PersistentVolumeClaim Pod PodTemplate
    ReplicationController ResourceQuota Secret Service ServiceAccount |
    ComponentStatus Namespace Node PersistentVolume
admissionregistration.k8s.io: | MutatingAdmissionPolicy MutatingAdmissionPolicyBinding
    MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding
    ValidatingWebhookConfiguration
apiextensions.k8s.io: | CustomResourceDefinition
apiregistration.k8s.io: | APIService
apps: ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet |
autoscaling: HorizontalPodAutoscaler |
batch: CronJob Job |
certificates.k8s.io: PodCertificateRequest | CertificateSigningRequest ClusterTrustBundle
coordination.k8s.io: Lease LeaseCandidate |
discovery.k8s.io: EndpointSlice |
flowcontrol.apiserver.k8s.io: | FlowSchema PriorityLevelConfiguration
internal.apiserver.k8s.io: | StorageVersion
metrics.k8s.io: PodMetrics:pods | NodeMetrics:nodes
networking.k8s.io: Ingress NetworkPolicy | IngressClass IPAddress ServiceCIDR
node.k8s.io: | RuntimeClass
policy: PodDisruptionBudget | PodSecurityPolicy
rbac.authorization.k8s.io: Role RoleBinding | ClusterRole ClusterRoleBinding
resource.k8s.io: ResourceClaim ResourceClaimTemplate | DeviceClass DeviceTaintRule ResourceSlice
scheduling.k8s.io: PodGroup Workload | PriorityClass
storage.k8s.io: CSIStorageCapacity | CSIDriver CSINode StorageClass VolumeAttachment VolumeAttributesClass
storagemigration.k8s.io: | StorageVersionMigration
"""

# What an API server says outside the API of objects; it is kept in the form of objects, under a group of our own.
SURVEY_GROUP = "survey"
API_SERVER, SERVED_RESOURCE, DEPRECATED_REQUEST, KUBELET = (
    f"{SURVEY_GROUP}/{name}" for name in ("ApiServer", "ServedResource", "DeprecatedRequest", "Kubelet")
)
_OURS = frozenset({API_SERVER, SERVED_RESOURCE, DEPRECATED_REQUEST, KUBELET})

# Files that a kubelet and an API server start with. No API server stores them; repositories that set up nodes do.
KUBELET_CONFIGURATION = "kubelet.config.k8s.io/KubeletConfiguration"
ENCRYPTION_CONFIGURATION = "apiserver.config.k8s.io/EncryptionConfiguration"
READ_FROM_FILES = frozenset({KUBELET_CONFIGURATION, ENCRYPTION_CONFIGURATION})

# What is measured or answered on the spot: no folder holds it, whatever else it holds.
_MEASURED_GROUP = "metrics.k8s.io"
NOT_STORED = (*sorted(_OURS), f"{_MEASURED_GROUP}/NodeMetrics", f"{_MEASURED_GROUP}/PodMetrics")

# Kinds that moved: the group they were in -> the group they are in now ("" is the core group).
_MOVED = {
    ("extensions", "DaemonSet"): "apps",
    ("extensions", "Deployment"): "apps",
    ("extensions", "ReplicaSet"): "apps",
    ("extensions", "Job"): "batch",
    ("extensions", "HorizontalPodAutoscaler"): "autoscaling",
    ("extensions", "Ingress"): "networking.k8s.io",
    ("extensions", "NetworkPolicy"): "networking.k8s.io",
    ("extensions", "PodSecurityPolicy"): "policy",
    ("extensions", "ReplicationController"): "",
    ("events.k8s.io", "Event"): "",
}


@dataclass(frozen=True, slots=True)
class KnownKind:
    """A kind of the API: its name as we write it, its plural, and whether it lives in a namespace."""

    kind: str
    plural: str
    namespaced: bool

    @property
    def group(self) -> str:
        """The API group, "" for the core group."""
        return group_of(self.kind)

    @property
    def resource(self) -> str:
        """The resource as kubectl writes it: "pods", "deployments.apps"."""
        return f"{self.plural}.{self.group}" if self.group else self.plural


def group_of(kind: str) -> str:
    """The group of "group/Kind", "" for the core group."""
    return kind.rpartition("/")[0]


def name_of(kind: str) -> str:
    """The bare name of "group/Kind": what a manifest says after `kind:`."""
    return kind.rpartition("/")[2]


def _read_table() -> dict[str, KnownKind]:
    kinds = {}
    lines = _SERVED.replace("\n    ", " ").strip().splitlines()
    for line in lines:
        group, _, rest = line.partition(": ")
        inside, _, outside = rest.partition("|")
        for names, namespaced in ((inside, True), (outside, False)):
            for word in names.split():
                name, _, plural = word.partition(":")
                kind = name if group == "core" else f"{group}/{name}"
                kinds[kind] = KnownKind(kind, plural or plural_of(name), namespaced)
    return kinds


KNOWN: Mapping[str, KnownKind] = _read_table()
_BY_RESOURCE = {known.resource: known.kind for known in KNOWN.values()}
_BY_PLURAL = {known.plural: known.kind for known in KNOWN.values() if known.group != _MEASURED_GROUP}
# "apiVersion: v1" on a kind that the core group never had is a slip that no server accepts; what is meant is plain.
_MEANT = {name_of(kind): kind for kind in sorted(KNOWN, reverse=True) if name_of(kind) not in KNOWN}
_REMEMBERED: dict[tuple[str, str], str] = {}


def kind_named(api_version: str, name: str) -> str:
    """ "Pod" or "group/Kind" for an apiVersion and a kind, in the group where that kind lives today."""
    found = _REMEMBERED.get((api_version, name))
    if found is None:
        group = api_version.rpartition("/")[0]
        group = _MOVED.get((group, name), group)
        found = f"{group}/{name}" if group else _MEANT.get(name, name)
        if len(_REMEMBERED) < 10_000:  # hostile input may name any number of kinds
            _REMEMBERED[api_version, name] = found
    return found


def kind_of(obj: Mapping[str, Any]) -> str | None:
    """The kind of a parsed object, or None when it does not say one (no text apiVersion and kind)."""
    api_version, name = obj.get("apiVersion"), obj.get("kind")
    if not isinstance(api_version, str) or not isinstance(name, str) or not api_version or not name:
        return None
    return kind_named(api_version, name)


def is_namespaced(kind: str) -> bool | None:
    """Whether objects of this kind live in a namespace; None for a kind that is neither built in nor surveyed."""
    known = KNOWN.get(kind) or EXTENSIONS.get(kind)
    if known is not None:
        return known.namespaced
    return False if kind in _OURS | READ_FROM_FILES or group_of(kind) in EVERY_KIND_OF else None


def listed_as(kind: str) -> str:
    """The kind under which tables speak of it: "group/*" where clients make up the kinds of a group."""
    group = group_of(kind)
    return f"{group}/*" if group in EVERY_KIND_OF else kind


def kind_of_resource(resource: str) -> str | None:
    """The kind behind "deployments.apps", "deployments" or a group with version ("cronjobs.v1.batch").

    None when no built-in kind is called so. A bare "pods" or "nodes" never means metrics.
    """
    word = resource.lower().replace("/", ".").replace("-", "")
    if word in _BY_RESOURCE:
        return _BY_RESOURCE[word]
    plural, _, group = word.partition(".")
    if not group:
        return _BY_PLURAL.get(plural)
    for known in KNOWN.values():
        moved = any(name == name_of(known.kind) and old == group for old, name in _MOVED)
        if known.plural == plural and (moved or group.endswith("." + known.group)):
            return known.kind
    return None

"""The extensions of Kubernetes whose objects are evidence: what each product serves, and what that is evidence of.

Source: the CustomResourceDefinitions that each project publishes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# One line a group, after the product and what its objects tell: the namespaced kinds, then "|", then those of the
# whole cluster. A plural that English spelling does not give stands after a colon.
_SERVED = """
Gateway API = which workloads can be reached from outside
    gateway.networking.k8s.io: Gateway HTTPRoute GRPCRoute TLSRoute TCPRoute ReferenceGrant BackendTLSPolicy | GatewayClass
OpenShift = what runs
    apps.openshift.io: DeploymentConfig |
OpenShift = which policies hold at admission
    security.openshift.io: | SecurityContextConstraints:securitycontextconstraints
Volume snapshots = which volumes are backed up
    snapshot.storage.k8s.io: VolumeSnapshot | VolumeSnapshotClass VolumeSnapshotContent
Vertical Pod Autoscaler = how workloads are sized
    autoscaling.k8s.io: VerticalPodAutoscaler |
Velero = what is backed up, and whether it was restored
    velero.io: Backup BackupStorageLocation Restore Schedule VolumeSnapshotLocation |
Argo CD and Argo Rollouts = how software is delivered
    argoproj.io: AnalysisTemplate AppProject Application ApplicationSet Rollout | ClusterAnalysisTemplate
Flux = how software is delivered
    helm.toolkit.fluxcd.io: HelmRelease |
    kustomize.toolkit.fluxcd.io: Kustomization |
    source.toolkit.fluxcd.io: Bucket GitRepository HelmChart HelmRepository OCIRepository |
Kyverno = which policies hold at admission
    kyverno.io: Policy PolicyException | ClusterPolicy
    policies.kyverno.io: | ImageValidatingPolicy MutatingPolicy ValidatingPolicy
    wgpolicyk8s.io: PolicyReport | ClusterPolicyReport
Gatekeeper = which policies hold at admission
    config.gatekeeper.sh: Config |
    templates.gatekeeper.sh: | ConstraintTemplate
ClusterNetworkPolicy = who may talk to whom
    policy.networking.k8s.io: | AdminNetworkPolicy BaselineAdminNetworkPolicy ClusterNetworkPolicy
Cilium = who may talk to whom
    cilium.io: CiliumNetworkPolicy | CiliumClusterwideNetworkPolicy
Calico = who may talk to whom
    crd.projectcalico.org: NetworkPolicy | GlobalNetworkPolicy
    projectcalico.org: NetworkPolicy | GlobalNetworkPolicy
Istio = who may talk to whom, and whether encrypted
    networking.istio.io: DestinationRule Gateway ServiceEntry Sidecar VirtualService |
    security.istio.io: AuthorizationPolicy PeerAuthentication RequestAuthentication |
Linkerd = who may talk to whom, and whether encrypted
    policy.linkerd.io: AuthorizationPolicy HTTPRoute MeshTLSAuthentication NetworkAuthentication Server ServerAuthorization |
cert-manager = which certificates renew themselves
    cert-manager.io: Certificate Issuer | ClusterIssuer
External Secrets = where secrets come from
    external-secrets.io: ExternalSecret PushSecret SecretStore | ClusterExternalSecret ClusterSecretStore
Secrets Store CSI = where secrets come from
    secrets-store.csi.x-k8s.io: SecretProviderClass |
KEDA = what scales with demand
    keda.sh: ScaledJob ScaledObject TriggerAuthentication | ClusterTriggerAuthentication
Karpenter = how nodes come and go
    karpenter.azure.com: | AKSNodeClass
    karpenter.k8s.aws: | EC2NodeClass
    karpenter.sh: | NodeClaim NodePool
Prometheus operator = what is monitored, and who is told
    monitoring.coreos.com: Alertmanager AlertmanagerConfig PodMonitor Probe Prometheus PrometheusRule ServiceMonitor ThanosRuler |
Trivy operator = what scanners found
    aquasecurity.github.io: ConfigAuditReport ExposedSecretReport RbacAssessmentReport VulnerabilityReport | ClusterConfigAuditReport ClusterRbacAssessmentReport
Cluster API = how clusters are made
    cluster.x-k8s.io: Cluster Machine MachineDeployment MachineHealthCheck MachinePool MachineSet |
"""  # noqa: E501 - one line a group reads best

EVERY_KIND_OF = {"constraints.gatekeeper.sh": "Gatekeeper"}
"""Groups whose kinds the client makes up, each of them evidence: group -> product. All are cluster-scoped."""


@dataclass(frozen=True, slots=True)
class Extension:
    """A kind that a product adds. `evidence_of` says in a few words why anyone would read it."""

    kind: str
    plural: str
    namespaced: bool
    product: str
    evidence_of: str


def plural_of(name: str) -> str:
    """The plural by which the API serves a kind, where English spelling gives it."""
    word = name.lower()
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "ss", "x")) else "s")


def _read_table() -> dict[str, Extension]:
    found: dict[str, Extension] = {}
    product = purpose = ""
    for line in _SERVED.strip().splitlines():
        if not line.startswith(" "):
            product, _, purpose = line.partition(" = ")
            continue
        group, _, rest = line.strip().partition(": ")
        inside, _, outside = rest.partition("|")
        for names, namespaced in ((inside, True), (outside, False)):
            for word in names.split():
                name, _, plural = word.partition(":")
                kind = f"{group}/{name}"
                found[kind] = Extension(kind, plural or plural_of(name), namespaced, product, purpose)
    return found


EXTENSIONS: Mapping[str, Extension] = _read_table()

SERVED_TOGETHER = frozenset({
    "cilium.io", "crd.projectcalico.org", "projectcalico.org", "gateway.networking.k8s.io",
    "networking.istio.io", "policy.networking.k8s.io", "security.istio.io",
})  # fmt: skip
"""Groups whose kinds one product installs together: where one of them was listed, the others are there as well."""

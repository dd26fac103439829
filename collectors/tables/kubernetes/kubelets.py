"""Kubelets: how the agent on each node is set up, as it says itself."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.kubernetes.kinds import KUBELET, KUBELET_CONFIGURATION, group_of, name_of
from collectors.tables.as_written import Section, both, flag, pairs, required, section, text, texts, whole_number
from collectors.tables.control_plane import find
from collectors.tables.control_plane.ciphers import holds_weak
from collectors.tables.control_plane.find import components, template_of
from collectors.tables.control_plane.kubelet_flags import configuration
from collectors.tables.control_plane.written_file import yaml_of
from collectors.tables.durations import whole_seconds
from collectors.tables.identity import surrogate
from collectors.tables.kubernetes.control_plane.api_server import KINDS
from collectors.tables.pod_specs.owners import NODE, POD, controller
from collectors.tables.schema import ClusterContext, Column, Relation, Sighting, Subject, UnseenPart, table

# Where kubeadm keeps what it hands to every node that joins.
_CONFIG_MAP, _KEY = "kubelet-config", "kubelet"


@table(
    "kubelets",
    grain="the kubelet of one node, or one place that says how kubelets are set up",
    kinds=(KUBELET,),
    namespaced=False,
    running_only=True,
    relations=(
        Relation("node", "nodes", (("name", "name"),), "The node that it runs on.", "kind = 'Node'", maximum=1),
    ),
    subject=Subject("api_group", "kind", "namespace", "name"),
)
class Kubelet(NamedTuple):
    """What a kubelet answers at /configz: flags, files and defaults taken together.

    Beside these: the ConfigMap that kubeadm hands to nodes, a configuration file that stands among manifests, and a
    kubelet that runs as a pod, by its command line.
    """

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace of the object; NULL for a node.")]
    api_group: Annotated[str, Column("API group of the object; empty for the core group.")]
    kind: Annotated[str, Column("Node, ConfigMap, KubeletConfiguration, or the kind that runs the kubelet.")]
    name: Annotated[str, Column("Name of the node or of the object; empty where it has none.")]
    kubelet_key: Annotated[str, Column("Surrogate key.", identity=True)]
    allows_anonymous: Annotated[bool | None, Column("Whether it answers callers without credentials.")]
    authenticates_by_webhook: Annotated[bool | None, Column("Whether it asks the API server whose a token is.")]
    has_client_ca: Annotated[bool | None, Column("Whether it knows an authority for client certificates.")]
    authorization_mode: Annotated[str | None, Column("Who decides what callers may do: Webhook or AlwaysAllow.")]
    read_only_port: Annotated[int | None, Column("Port that answers everybody; 0 is closed.")]
    rotates_certificates: Annotated[bool | None, Column("Whether it renews its client certificate by itself.")]
    bootstraps_server_certificate: Annotated[
        bool | None, Column("Whether it asks the cluster for its serving certificate.")
    ]
    renews_server_certificate: Annotated[
        bool | None, Column("Feature gate RotateKubeletServerCertificate; true when unset.")
    ]
    has_server_certificate: Annotated[bool | None, Column("Whether its serving certificate is named: file and key.")]
    tls_min_version: Annotated[str | None, Column("Oldest TLS that it speaks; empty means VersionTLS12.")]
    tls_cipher_suites: Annotated[list[str] | None, Column("Cipher suites as written; empty means Go's own choice.")]
    chooses_weak_ciphers: Annotated[bool | None, Column("Whether a cipher suite without AEAD is among those chosen.")]
    shows_command_line: Annotated[bool, Column("Whether its command line was seen, which alone names a host.")]
    overrides_host_name: Annotated[
        bool | None, Column("Whether it calls itself otherwise than its machine.", guard="shows_command_line")
    ]
    protects_kernel_defaults: Annotated[
        bool | None, Column("Whether it refuses to start on a kernel that is set up otherwise.")
    ]
    event_records_per_second: Annotated[int | None, Column("Most events it reports in a second; 0 sets no bound.")]
    streaming_idle_timeout_seconds: Annotated[
        int | None, Column("Idle time after which a session into a container is closed; 0 means never.")
    ]
    keeps_iptables_chains: Annotated[bool | None, Column("Whether it maintains its iptables chains on the node.")]
    pod_pids_limit: Annotated[int | None, Column("Most processes in one pod; -1 sets no bound of its own.")]
    seccomp_default: Annotated[
        bool | None, Column("Whether pods without a seccomp profile get that of the container runtime.")
    ]
    max_pods: Annotated[int | None, Column("Most pods on the node.")]
    image_gc_high_percent: Annotated[int | None, Column("Disk use at which it begins to delete images.")]
    image_gc_low_percent: Annotated[int | None, Column("Disk use at which it stops deleting images.")]
    eviction_hard: Annotated[list[str] | None, Column("Thresholds at which it evicts pods at once, as signal=amount.")]
    allowed_unsafe_sysctls: Annotated[list[str] | None, Column("Unsafe kernel parameters that pods may set.")]
    allows_unsafe_sysctls: Annotated[bool | None, Column("Whether pods may set any unsafe kernel parameter.")]
    feature_gates: Annotated[list[str] | None, Column("Names of the feature gates that were set, sorted.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class Kubelets:
    """One row per kubelet that answered, per ConfigMap or file for kubelets, per kubelet in a pod."""

    reads: ClassVar[tuple[str, ...]] = (KUBELET, KUBELET_CONFIGURATION, "ConfigMap", *KINDS)

    def __init__(self, cluster: ClusterContext) -> None:
        self.cluster = cluster
        self._rows: list[Kubelet] = []

    def observe(self, sighting: Sighting) -> None:
        """Take in what says how a kubelet is set up, and pass by all else."""
        if sighting.kind == KUBELET:
            self._rows.append(self.row(sighting, required(sighting.object, "spec"), NODE))
        elif sighting.kind == KUBELET_CONFIGURATION:
            self._rows.append(self.row(sighting, sighting.object, sighting.kind))
        elif sighting.kind == "ConfigMap":
            if sighting.name == _CONFIG_MAP and sighting.namespace in (None, "", "kube-system"):
                read = yaml_of(text(section(sighting.object, "data"), _KEY))
                self._rows.append(self.row(sighting, read if isinstance(read, dict) else None, sighting.kind))
        else:
            self._in_a_pod(sighting)

    def rows(self) -> dict[str, list[Any]]:
        """All rows of the table."""
        return {"kubelets": self._rows}

    def unseen(self) -> list[UnseenPart]:
        """Nothing: what is seen is its row."""
        return []

    def _in_a_pod(self, sighting: Sighting) -> None:
        """A kubelet in a container. A pod that a controller made says nothing that its template does not."""
        if sighting.kind == POD:
            owner = controller(section(sighting.object, "metadata"))
            if owner is not None and owner.kind != NODE:
                return
        template = template_of(sighting.kind, sighting.object)
        labels = section(section(template, "metadata"), "labels")
        for found in components(section(template, "spec"), labels, sighting.name):
            if found.component == find.KUBELET:
                row = self.row(sighting, configuration(found.line), sighting.kind)
                named = found.line.is_set("hostname-override")
                key = f"{row.kubelet_key}/{found.container}"
                self._rows.append(row._replace(kubelet_key=key, shows_command_line=True, overrides_host_name=named))

    def row(self, sighting: Sighting, config: Section | None, kind: str) -> Kubelet:
        """Sources: KubeletConfiguration v1beta1 and its defaults (pkg/kubelet/apis/config/v1beta1/defaults.go).

        /configz applies the defaults itself; what it leaves out has the zero value of its type or, in releases
        without the field, behaves like its default. The collector keeps `kubeletconfig` of the answer as `spec`.
        """
        access = section(config, "authentication")
        gates = section(config, "featureGates")
        allowed = texts(config, "allowedUnsafeSysctls")
        return Kubelet(
            cluster=self.cluster.name,
            namespace=None if kind == NODE else sighting.namespace,
            api_group=group_of(kind),
            kind=name_of(kind),
            name=sighting.name,
            kubelet_key=surrogate(sighting),
            allows_anonymous=flag(section(access, "anonymous"), "enabled", default=False),
            authenticates_by_webhook=flag(section(access, "webhook"), "enabled", default=True),
            has_client_ca=_is_named(section(access, "x509"), "clientCAFile"),
            authorization_mode=_named(section(config, "authorization"), "mode", "Webhook"),
            read_only_port=whole_number(config, "readOnlyPort", default=0),
            rotates_certificates=flag(config, "rotateCertificates", default=False),
            bootstraps_server_certificate=flag(config, "serverTLSBootstrap", default=False),
            renews_server_certificate=flag(gates, "RotateKubeletServerCertificate", default=True),
            has_server_certificate=both(_is_named(config, "tlsCertFile"), _is_named(config, "tlsPrivateKeyFile")),
            tls_min_version=_named(config, "tlsMinVersion", "VersionTLS12"),
            tls_cipher_suites=texts(config, "tlsCipherSuites"),
            chooses_weak_ciphers=holds_weak(texts(config, "tlsCipherSuites")),
            shows_command_line=False,
            overrides_host_name=None,
            protects_kernel_defaults=flag(config, "protectKernelDefaults", default=False),
            event_records_per_second=whole_number(config, "eventRecordQPS", default=50),
            streaming_idle_timeout_seconds=_seconds(config, "streamingConnectionIdleTimeout", "4h0m0s"),
            keeps_iptables_chains=flag(config, "makeIPTablesUtilChains", default=True),
            pod_pids_limit=whole_number(config, "podPidsLimit", default=-1),
            seccomp_default=flag(config, "seccompDefault", default=False),
            max_pods=whole_number(config, "maxPods", default=110),
            image_gc_high_percent=whole_number(config, "imageGCHighThresholdPercent", default=85),
            image_gc_low_percent=whole_number(config, "imageGCLowThresholdPercent", default=80),
            eviction_hard=pairs(config, "evictionHard"),
            allowed_unsafe_sysctls=None if allowed is None else sorted(allowed),
            allows_unsafe_sysctls=None if allowed is None else bool(allowed),
            feature_gates=None if gates is None else sorted(map(str, gates)),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _named(parent: Section | None, name: str, default: str) -> str | None:
    """Text under `name`, of which the empty one means the default too."""
    found = text(parent, name, default)
    return default if found == "" else found


def _is_named(parent: Section | None, name: str) -> bool | None:
    found = text(parent, name, default="")
    return None if found is None else bool(found)


def _seconds(parent: Section | None, name: str, default: str) -> int | None:
    return whole_seconds(text(parent, name, default))


BUILDERS = (Kubelets,)

"""Pod-level settings and the things a pod declares beside its containers."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.tables.kubernetes.workload_rows import CLUSTER, TEMPLATE_KINDS_OF_EXTENSIONS, WORKLOAD_KINDS
from collectors.tables.schema import Column, Relation, table

SERVICE_ACCOUNT = Relation(
    "service_account",
    "service_accounts",
    (("namespace", "namespace"), ("service_account_name", "name")),
    "The service account the pod runs as.",
    maximum=1,
)


@table(
    "pod_specs",
    grain="one workload, one form of its pod-level settings",
    kinds=WORKLOAD_KINDS,
    where_served=TEMPLATE_KINDS_OF_EXTENSIONS,
    completed_by=("Pod",),
    relations=(SERVICE_ACCOUNT, CLUSTER),
)
class PodSpec(NamedTuple):
    """A template and the pods that equal it are one row; a pod that differs has a row of its own."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    workload_id: Annotated[str, Column("The workload it belongs to.", owner="workloads")]
    pod_spec_id: Annotated[str, Column("Surrogate key.", identity=True)]
    from_template: Annotated[bool, Column("Whether the workload's own template has this form.")]
    pod_count: Annotated[int, Column("Pods of this form.")]
    is_windows: Annotated[bool | None, Column("Whether it is for Windows: spec.os.name, else nodeSelector.")]
    is_windows_to_admission: Annotated[bool | None, Column("Whether spec.os.name says windows, all admission reads.")]
    uses_host_network: Annotated[bool | None, Column("hostNetwork.")]
    uses_host_pid: Annotated[bool | None, Column("hostPID.")]
    uses_host_ipc: Annotated[bool | None, Column("hostIPC.")]
    shares_process_namespace: Annotated[bool | None, Column("shareProcessNamespace.")]
    uses_user_namespace: Annotated[bool | None, Column("Whether hostUsers is false.")]
    service_account_name: Annotated[str | None, Column("serviceAccountName, or its old alias; default when unset.")]
    uses_old_account_field: Annotated[
        bool | None, Column("Whether the account is named by the deprecated serviceAccount alone.")
    ]
    has_declared_automount: Annotated[bool | None, Column("Whether automountServiceAccountToken is set.")]
    declared_automount: Annotated[bool | None, Column("automountServiceAccountToken.", guard="has_declared_automount")]
    has_declared_run_as_non_root: Annotated[bool | None, Column("Whether runAsNonRoot is set for the pod.")]
    declared_run_as_non_root: Annotated[
        bool | None, Column("runAsNonRoot of the pod.", guard="has_declared_run_as_non_root")
    ]
    has_declared_run_as_user: Annotated[bool | None, Column("Whether runAsUser is set for the pod.")]
    declared_run_as_user: Annotated[int | None, Column("runAsUser of the pod.", guard="has_declared_run_as_user")]
    has_declared_seccomp_type: Annotated[bool | None, Column("Whether a seccomp profile is set for the pod.")]
    declared_seccomp_type: Annotated[
        str | None, Column("Seccomp profile type of the pod.", guard="has_declared_seccomp_type")
    ]
    has_declared_app_armor_type: Annotated[bool | None, Column("Whether an AppArmor profile is set for the pod.")]
    declared_app_armor_type: Annotated[
        str | None, Column("AppArmor profile type of the pod.", guard="has_declared_app_armor_type")
    ]
    has_declared_se_linux_type: Annotated[bool | None, Column("Whether an SELinux type is set for the pod.")]
    declared_se_linux_type: Annotated[
        str | None, Column("SELinux type of the pod.", guard="has_declared_se_linux_type")
    ]
    sets_se_linux_user_or_role: Annotated[bool | None, Column("Whether an SELinux user or role is set for the pod.")]
    is_host_process: Annotated[bool | None, Column("windowsOptions.hostProcess of the pod.")]
    has_windows_options: Annotated[bool | None, Column("Whether windowsOptions is written for the pod.")]
    has_fs_group: Annotated[bool | None, Column("Whether fsGroup is set.")]
    fs_group: Annotated[int | None, Column("fsGroup.", guard="has_fs_group")]
    has_root_group: Annotated[bool | None, Column("Whether fsGroup is 0 or supplementalGroups hold 0.")]
    sets_security_context: Annotated[bool | None, Column("Whether the pod's securityContext sets anything.")]
    names_pull_secret: Annotated[bool | None, Column("Whether the pod names a Secret to pull images with.")]
    has_host_aliases: Annotated[bool | None, Column("Whether entries are added to the hosts file.")]
    replaces_name_servers: Annotated[
        bool | None, Column("Whether dnsPolicy is None or dnsConfig lists name servers of its own.")
    ]
    asks_cluster_dns: Annotated[
        bool | None, Column("Whether it asks the cluster's name service, by dnsPolicy; host network pods do not.")
    ]
    has_ndots: Annotated[bool | None, Column("Whether ndots is known: by dnsConfig, or what the kubelet sets.")]
    ndots: Annotated[
        int | None,
        Column("Dots below which a name is tried with every search domain first; 5 unless set.", guard="has_ndots"),
    ]
    tolerates_control_plane: Annotated[
        bool | None,
        Column("Whether it tolerates the taint of control-plane nodes: by its key, or every taint at once."),
    ]
    has_runtime_class: Annotated[bool | None, Column("Whether a runtime class is named.")]
    runtime_class_name: Annotated[str | None, Column("The runtime class.", guard="has_runtime_class")]
    has_projected_token: Annotated[bool | None, Column("Whether the pod asks for a token in a volume of its own.")]
    longest_token_seconds: Annotated[
        int | None,
        Column("Longest life asked for such a token; 3600 when unset.", guard="has_projected_token"),
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Places of the template and of the first pod of this form.")]


@table(
    "volumes",
    grain="one workload, one form of a volume it declares, one source of that volume",
    kinds=WORKLOAD_KINDS,
    where_served=TEMPLATE_KINDS_OF_EXTENSIONS,
    completed_by=("Pod",),
    part="name",
)
class Volume(NamedTuple):
    """The token volume that admission adds to pods (kube-api-access-...) has no row."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    workload_id: Annotated[str, Column("The workload it belongs to.", owner="workloads")]
    volume_id: Annotated[str, Column("Surrogate key.", identity=True)]
    name: Annotated[str | None, Column("Name of the volume.")]
    volume_type: Annotated[str | None, Column("Its source, as Kubernetes spells it; emptyDir when it has none.")]
    has_host_path: Annotated[bool | None, Column("Whether it is a directory, file or socket of the node.")]
    host_path: Annotated[str | None, Column("Path on the node, normalised.", guard="has_host_path")]
    is_sensitive_host_path: Annotated[
        bool | None,
        Column("Whether the path holds, or leads to, files that control the node or hold its secrets."),
    ]
    exposes_runtime_socket: Annotated[
        bool | None,
        Column("Whether the socket of a container runtime or the kubelet is in or below the path."),
    ]
    has_writable_mount: Annotated[bool | None, Column("Whether some container mounts it without readOnly: true.")]
    has_bidirectional_mount: Annotated[bool | None, Column("Whether mounts inside it travel back to the node.")]
    has_shallow_read_only_mount: Annotated[
        bool | None,
        Column("Whether a read-only mount leaves mounts below it writable, and could say recursiveReadOnly."),
    ]
    has_sub_path_mount: Annotated[bool | None, Column("Whether some container mounts a part of it, by subPath.")]
    is_unbounded_scratch: Annotated[
        bool | None, Column("Whether it is an emptyDir without sizeLimit, which may fill its node.")
    ]
    holds_secret: Annotated[bool | None, Column("Whether it is a Secret, or a projection with one in it.")]
    opens_secret_files: Annotated[
        bool | None,
        Column("Whether files of a Secret are given to everyone in the container to write or run."),
    ]
    has_claim: Annotated[bool | None, Column("Whether it is a claim, named or made from a StatefulSet's template.")]
    claim_name: Annotated[
        str | None, Column("The claim; of a template, the part before the pod's name.", guard="has_claim")
    ]
    is_claim_template: Annotated[bool | None, Column("Whether each pod gets a claim of its own from a template.")]
    from_template: Annotated[bool, Column("Whether the workload's own template declares it like this.")]
    pod_count: Annotated[int, Column("Pods that have it like this.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Places of the template and of the first pod that has it.")]


@table(
    "sysctls",
    grain="one workload, one kernel parameter it asks for",
    kinds=WORKLOAD_KINDS,
    where_served=TEMPLATE_KINDS_OF_EXTENSIONS,
    completed_by=("Pod",),
    part="name",
    relations=(CLUSTER,),
)
class Sysctl(NamedTuple):
    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    workload_id: Annotated[str, Column("The workload it belongs to.", owner="workloads")]
    sysctl_id: Annotated[str, Column("Surrogate key.", identity=True)]
    name: Annotated[str | None, Column("Name with dots, also where it was written with slashes.")]
    from_template: Annotated[bool, Column("Whether the workload's own template asks for it.")]
    pod_count: Annotated[int, Column("Pods that ask for it.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Places of the template and of the first pod that asks for it.")]


@table(
    "container_ports",
    grain="one workload, one container, one port it declares",
    kinds=WORKLOAD_KINDS,
    where_served=TEMPLATE_KINDS_OF_EXTENSIONS,
    completed_by=("Pod",),
    part="name",
)
class ContainerPort(NamedTuple):
    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    workload_id: Annotated[str, Column("The workload it belongs to.", owner="workloads")]
    container_port_id: Annotated[str, Column("Surrogate key.", identity=True)]
    container_name: Annotated[str | None, Column("Container that declares it.")]
    name: Annotated[str | None, Column("Container and port, by the port's name or number: web/http, web/8080.")]
    has_port_name: Annotated[bool | None, Column("Whether the port is named.")]
    port_name: Annotated[str | None, Column("Name of the port, as Services refer to it.", guard="has_port_name")]
    container_port: Annotated[int | None, Column("Port number in the container.")]
    protocol: Annotated[str | None, Column("TCP, UDP or SCTP; TCP when unset.")]
    has_host_port: Annotated[bool | None, Column("Whether it takes a port of the node.")]
    host_port: Annotated[int | None, Column("Port of the node.", guard="has_host_port")]
    writes_host_port: Annotated[
        bool | None, Column("Whether hostPort is written; in a running cluster the API server may have written it.")
    ]
    uses_host_network: Annotated[
        bool | None,
        Column("Whether the pod joins the node's network, where the API server fills in every hostPort."),
    ]
    from_template: Annotated[bool, Column("Whether the workload's own template declares it.")]
    pod_count: Annotated[int, Column("Pods that declare it.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Places of the template and of the first pod that declares it.")]

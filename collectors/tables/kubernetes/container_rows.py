"""The table of containers: main, init, sidecar and ephemeral together, so that no check can forget one."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.tables.kubernetes.workload_rows import CLUSTER, TEMPLATE_KINDS_OF_EXTENSIONS, WORKLOAD_KINDS
from collectors.tables.schema import Column, Relation, table


@table(
    "containers",
    grain="one workload, one container, one form of its spec",
    kinds=WORKLOAD_KINDS,
    where_served=TEMPLATE_KINDS_OF_EXTENSIONS,
    completed_by=("Pod",),
    part="name",
    relations=(
        CLUSTER,
        Relation(
            "limit_ranges",
            "limit_ranges",
            (("namespace", "namespace"),),
            "The LimitRanges of its namespace, which give new pods what they do not state.",
        ),
    ),
)
class Container(NamedTuple):
    """Values are effective: the container's own, else the pod's where it inherits, else the API default.

    A template and the pods that equal it are one row; a pod that differs has a row of its own.
    """

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    workload_id: Annotated[str, Column("The workload it belongs to.", owner="workloads")]
    container_id: Annotated[str, Column("Surrogate key.", identity=True)]
    name: Annotated[str | None, Column("Name of the container.")]
    container_type: Annotated[str, Column("main, init, sidecar (an init container that keeps running) or ephemeral.")]
    is_ephemeral: Annotated[bool | None, Column("Whether somebody added it to a running pod to debug it.")]
    serves: Annotated[bool | None, Column("Whether it runs beside others for the pod's life: main or sidecar.")]
    from_template: Annotated[bool, Column("Whether the workload's own template has this form.")]
    pod_count: Annotated[int, Column("Pods that have this form.")]
    uses_user_namespace: Annotated[bool | None, Column("Whether the pod sets hostUsers to false.")]
    is_privileged: Annotated[bool | None, Column("privileged; false when unset.")]
    allows_privilege_escalation: Annotated[
        bool | None,
        Column("Whether a process may gain rights its parent lacks; true if unset, privileged or SYS_ADMIN."),
    ]
    has_run_as_non_root: Annotated[bool | None, Column("Whether runAsNonRoot is set, for it or its pod.")]
    run_as_non_root: Annotated[bool | None, Column("Effective runAsNonRoot.", guard="has_run_as_non_root")]
    has_run_as_user: Annotated[bool | None, Column("Whether runAsUser is set, for it or its pod.")]
    run_as_user: Annotated[int | None, Column("Effective runAsUser.", guard="has_run_as_user")]
    has_run_as_group: Annotated[bool | None, Column("Whether runAsGroup is set, for it or its pod.")]
    run_as_group: Annotated[int | None, Column("Effective runAsGroup.", guard="has_run_as_group")]
    has_read_only_root_filesystem: Annotated[bool | None, Column("readOnlyRootFilesystem; false when unset.")]
    proc_mount: Annotated[str | None, Column("procMount; Default when unset.")]
    added_capabilities: Annotated[list[str] | None, Column("Capabilities added, upper case, without CAP_, sorted.")]
    dropped_capabilities: Annotated[list[str] | None, Column("Capabilities dropped, upper case, without CAP_, sorted.")]
    drops_all_capabilities: Annotated[bool | None, Column("Whether ALL is dropped by that name.")]
    drops_some_capability: Annotated[bool | None, Column("Whether it drops any capability, ALL or a single one.")]
    adds_capability_beyond_baseline: Annotated[
        bool | None, Column("Whether it adds one outside the Pod Security baseline list.")
    ]
    adds_capability: Annotated[bool | None, Column("Whether it adds any capability.")]
    adds_capability_beyond_net_bind_service: Annotated[bool | None, Column("Whether it adds any but NET_BIND_SERVICE.")]
    drops_all_to_the_letter: Annotated[
        bool | None, Column("Whether ALL is dropped in the very spelling that Pod Security admission compares with.")
    ]
    misspells_added_capability: Annotated[
        bool | None, Column("Whether an added capability is not in upper case or bears CAP_, which admission refuses.")
    ]
    sets_security_context: Annotated[bool | None, Column("Whether its own securityContext sets anything.")]
    states_linux_confinement: Annotated[
        bool | None,
        Column("Whether seccomp, AppArmor or SELinux is stated for it, or it drops some capability and adds not ALL."),
    ]
    has_declared_seccomp_type: Annotated[bool | None, Column("Whether the container itself sets a seccomp profile.")]
    declared_seccomp_type: Annotated[
        str | None, Column("The container's own seccomp type.", guard="has_declared_seccomp_type")
    ]
    has_effective_seccomp_type: Annotated[bool | None, Column("Whether it or its pod sets a seccomp profile.")]
    effective_seccomp_type: Annotated[
        str | None, Column("Seccomp type that applies.", guard="has_effective_seccomp_type")
    ]
    has_declared_app_armor_type: Annotated[
        bool | None, Column("Whether the container itself sets an AppArmor profile, by field or annotation.")
    ]
    declared_app_armor_type: Annotated[
        str | None, Column("The container's own AppArmor type.", guard="has_declared_app_armor_type")
    ]
    has_effective_app_armor_type: Annotated[
        bool | None, Column("Whether it or its pod sets an AppArmor profile, by field or annotation.")
    ]
    effective_app_armor_type: Annotated[
        str | None, Column("AppArmor type that applies.", guard="has_effective_app_armor_type")
    ]
    has_declared_se_linux_type: Annotated[bool | None, Column("Whether the container itself sets an SELinux type.")]
    declared_se_linux_type: Annotated[
        str | None, Column("The container's own SELinux type.", guard="has_declared_se_linux_type")
    ]
    sets_se_linux_user_or_role: Annotated[bool | None, Column("Whether the container itself sets them.")]
    is_host_process: Annotated[bool | None, Column("Windows only: whether it runs on the node itself.")]
    has_windows_options: Annotated[bool | None, Column("Whether windowsOptions is written, for it or its pod.")]
    is_windows_administrator: Annotated[
        bool | None, Column("Whether its effective runAsUserName is an administrator of Windows.")
    ]
    image: Annotated[str | None, Column("Image as written.")]
    image_registry: Annotated[str | None, Column("Registry; docker.io when none is written.")]
    image_repository: Annotated[str | None, Column("Repository; library/ is added to Docker's own images.")]
    image_places: Annotated[
        list[str] | None,
        Column("Every name that approves of its image: its registry, the path below it step by step, *.domain."),
    ]
    has_image_tag: Annotated[bool | None, Column("Whether a tag is written.")]
    image_tag: Annotated[str | None, Column("The tag.", guard="has_image_tag")]
    has_image_digest: Annotated[bool | None, Column("Whether a well-formed digest is written.")]
    image_digest: Annotated[str | None, Column("The digest, algorithm:hex.", guard="has_image_digest")]
    image_pull_policy: Annotated[str | None, Column("imagePullPolicy; unset: Always for latest, else IfNotPresent.")]
    has_readiness_probe: Annotated[bool | None, Column("Whether a readiness probe is set.")]
    has_liveness_probe: Annotated[bool | None, Column("Whether a liveness probe is set.")]
    has_startup_probe: Annotated[bool | None, Column("Whether a startup probe is set.")]
    keeps_input_open: Annotated[
        bool | None, Column("Whether it keeps its standard input open or has a terminal (stdin, tty).")
    ]
    has_valid_ports: Annotated[
        bool | None, Column("Whether all its ports have a number, and names of their own that the API server takes.")
    ]
    names_handler_host: Annotated[bool | None, Column("Whether a probe or lifecycle hook names a host to call.")]
    has_cpu_request: Annotated[bool | None, Column("Whether CPU is requested: by it, its limit or its pod.")]
    cpu_request_millicores: Annotated[int | None, Column("CPU requested, rounded up.", guard="has_cpu_request")]
    has_cpu_limit: Annotated[bool | None, Column("Whether its CPU is limited, by it or its pod.")]
    cpu_limit_millicores: Annotated[int | None, Column("CPU limit, rounded up.", guard="has_cpu_limit")]
    has_memory_request: Annotated[bool | None, Column("Whether memory is requested: by it, its limit or its pod.")]
    memory_request_bytes: Annotated[int | None, Column("Memory requested, rounded up.", guard="has_memory_request")]
    has_memory_limit: Annotated[bool | None, Column("Whether its memory is limited, by it or its pod.")]
    memory_limit_bytes: Annotated[int | None, Column("Memory limit, rounded up.", guard="has_memory_limit")]
    has_ephemeral_storage_request: Annotated[
        bool | None, Column("Whether local ephemeral storage is requested: by it or its limit.")
    ]
    ephemeral_storage_request_bytes: Annotated[
        int | None, Column("Local ephemeral storage requested, rounded up.", guard="has_ephemeral_storage_request")
    ]
    has_ephemeral_storage_limit: Annotated[bool | None, Column("Whether its local ephemeral storage is limited.")]
    ephemeral_storage_limit_bytes: Annotated[
        int | None, Column("Local ephemeral storage limit, rounded up.", guard="has_ephemeral_storage_limit")
    ]
    literal_env_count: Annotated[int | None, Column("Environment variables whose value is written in the spec.")]
    holds_credential_in_environment: Annotated[
        bool | None, Column("Whether an environment variable has a credential written as its value.")
    ]
    has_duplicate_env_names: Annotated[bool | None, Column("Whether two of its environment variables have one name.")]
    credential_env_names: Annotated[list[str] | None, Column("Names of those variables, sorted.")]
    takes_secret_from_environment: Annotated[
        bool | None, Column("Whether a Secret, or a key of one, is passed as an environment variable.")
    ]
    calls_sudo: Annotated[bool | None, Column("Whether sudo is a word of its command or arguments.")]
    holds_credential_in_arguments: Annotated[
        bool | None, Column("Whether its command, arguments, probe commands, hooks or headers hold a credential.")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Places of the template and of the first pod of this form.")]

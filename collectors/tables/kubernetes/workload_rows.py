"""The table of workloads: what a person would edit to change pods, whatever made the pods."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.tables.schema import Column, Relation, Subject, table

WORKLOAD_KINDS = (
    "apps/Deployment",
    "apps/StatefulSet",
    "apps/DaemonSet",
    "apps/ReplicaSet",
    "ReplicationController",
    "batch/Job",
    "batch/CronJob",
    "Pod",
)

# Kinds of extensions that hold a pod template where a Deployment does. They are read when they are there, and one that
# was refused is a gap. Where nobody spoke of them there is none: a cluster without the extension lacks nothing.
TEMPLATE_KINDS_OF_EXTENSIONS = ("apps.openshift.io/DeploymentConfig", "argoproj.io/Rollout")

CLUSTER = Relation("cluster", "clusters", (), "The cluster that runs it.", minimum=1, maximum=1)


def _own(
    name: str, says: str, minimum: int = 0, table_name: str = "", maximum: int | None = None
) -> Relation:
    keys = (("workload_id", "workload_id"),)
    return Relation(name, table_name or name, keys, says, minimum=minimum, maximum=maximum)


RELATIONS = (
    _own("containers", "Its containers of every type, in each form they take.", minimum=1),
    _own("pod_specs", "Its pod-level settings, in each form they take.", minimum=1),
    _own("probes", "The probes of its containers."),
    _own("scaling", "How many replicas it may have.", 1, "workload_scaling", 1),
    _own("spreading_rules", "The rules that keep its pods apart."),
    _own("volumes", "The volumes its pods declare, one row per source."),
    _own("sysctls", "The kernel parameters its pods ask for."),
    _own("container_ports", "The ports its containers declare."),
    _own("config_references", "The ConfigMaps and Secrets its pods name."),
    _own("config_keys", "The single keys of ConfigMaps and Secrets that its pods name."),
    _own("pods", "Its pods."),
    _own("addons", "The parts of the platform that it is, by its images.", table_name="workload_addons"),
    _own("drain", "What becomes of it when a node is drained.", 1, "drain_outcomes", 1),
    _own("zone_loss", "Over which zones its pods are spread.", 1, "zone_losses", 1),
    _own("exposure", "How it is reached and what it holds.", 1, "workload_exposure", 1),
    _own("pod_security", "The Pod Security level that it meets.", 1, "workload_pod_security", 1),
    _own("claimed_volumes", "The volume claims that its pods name.", table_name="workload_claims"),
    _own("mounted_claims", "The volume claims that its pods mount.", table_name="claim_uses"),
    _own("products", "Known products in its containers, by the job they do."),
    _own("delivery", "How it came to the cluster.", maximum=1, table_name="delivery_coverage"),
    _own("budgets", "Disruption budgets that select its pods.", table_name="workload_budgets"),
    _own("network_policies", "Network policies that select its pods.", table_name="workload_network_policies"),
    _own("network_coverage", "How policies isolate its pods, direction by direction.", 2, "network_coverage", 2),
    _own("services", "Services that select its pods.", table_name="workload_services"),
    Relation(
        "service_account",
        "service_accounts",
        (("namespace", "namespace"), ("service_account_name", "name")),
        "The service account its pods run as.",
        maximum=1,
    ),
    Relation(
        "account_grants",
        "role_binding_subjects",
        (("namespace", "service_account_namespace"), ("service_account_name", "service_account_name")),
        "Bindings that name that account; those of groups that it belongs to are not among them.",
    ),
    Relation(
        "autoscalers",
        "autoscalers",
        (("namespace", "namespace"), ("kind", "target_kind"), ("name", "target_name")),
        "Autoscalers that set its replicas.",
    ),
    Relation(
        "scaled_objects",
        "scaled_objects",
        (("namespace", "namespace"), ("kind", "target_kind"), ("name", "target_name")),
        "Objects of KEDA that set its replicas.",
    ),
    Relation(
        "priority_class",
        "priority_classes",
        (("priority_class_name", "name"),),
        "The priority class that it names.",
        when="has_priority_class",
        maximum=1,
    ),
    Relation("namespace_object", "namespaces", (("namespace", "name"),), "Its namespace.", maximum=1),
    CLUSTER,
)


@table(
    "workloads",
    grain="one top owner of pods: a controller, or a pod that no controller owns",
    kinds=WORKLOAD_KINDS,
    where_served=TEMPLATE_KINDS_OF_EXTENSIONS,
    relations=RELATIONS,
    subject=Subject("api_group", "kind", "namespace", "name"),
)
class Workload(NamedTuple):
    """Pod-level columns are the template's; where none was shown, those of the pods if they agree."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    api_group: Annotated[str, Column("API group of the owner; empty for the core group.")]
    kind: Annotated[str, Column("Kind of the owner.")]
    name: Annotated[str, Column("Name of the owner.")]
    workload_id: Annotated[str, Column("Surrogate key: namespace/kind.group/name.", identity=True)]
    stable_name: Annotated[
        str,
        Column("Name without its generated part: a Job of a schedule reads backup-* whatever its number."),
    ]
    is_shown: Annotated[bool, Column("Whether the owner's own object was seen, not only pods that name it.")]
    labels: Annotated[list[str] | None, Column("Labels of the owner, as key=value, sorted.")]
    holds_credential_in_annotations: Annotated[
        bool | None, Column("Whether an annotation of it or of its template holds a credential.")
    ]
    pod_labels: Annotated[list[str] | None, Column("Labels of its pods, as key=value, sorted.")]
    selector_labels: Annotated[list[str] | None, Column("matchLabels of its selector, as key=value, sorted.")]
    has_selector_expressions: Annotated[bool | None, Column("Whether its selector also has expressions.")]
    is_system_namespace: Annotated[
        bool | None,
        Column(
            "Whether it lives in kube-system, kube-public or kube-node-lease. A manifest that states no namespace"
            " asks for none of these."
        ),
    ]
    is_static: Annotated[bool | None, Column("Whether it is the mirror of a pod that a node starts from a file.")]
    has_declared_replicas: Annotated[bool | None, Column("Whether spec.replicas is written.")]
    has_desired_replicas: Annotated[bool | None, Column("Whether its kind counts replicas at all.")]
    desired_replicas: Annotated[
        int | None,
        Column("Replicas asked for: spec.replicas, or the default 1.", guard="has_desired_replicas"),
    ]
    has_update_strategy: Annotated[bool | None, Column("Whether its kind replaces pods on a change.")]
    update_strategy: Annotated[
        str | None,
        Column("How it replaces pods: RollingUpdate, Recreate or OnDelete.", guard="has_update_strategy"),
    ]
    has_schedule: Annotated[bool | None, Column("Whether it runs on a schedule.")]
    schedule: Annotated[str | None, Column("Its schedule, in cron notation.", guard="has_schedule")]
    is_suspended: Annotated[bool | None, Column("Whether a Job or CronJob is suspended.")]
    is_windows: Annotated[bool | None, Column("Whether its pods are for Windows: spec.os.name, else nodeSelector.")]
    has_declared_os: Annotated[bool | None, Column("Whether spec.os.name is written, which admission reads.")]
    service_account_name: Annotated[str | None, Column("Service account its pods run as; default when unset.")]
    has_declared_automount: Annotated[bool | None, Column("Whether the pod says if a token is mounted.")]
    declared_automount: Annotated[
        bool | None, Column("automountServiceAccountToken of the pod.", guard="has_declared_automount")
    ]
    uses_host_network: Annotated[bool | None, Column("Whether its pods join the node's network.")]
    uses_host_pid: Annotated[bool | None, Column("Whether its pods see the node's processes.")]
    uses_host_ipc: Annotated[bool | None, Column("Whether its pods share the node's memory segments.")]
    uses_user_namespace: Annotated[bool | None, Column("Whether hostUsers is false: root inside is not root outside.")]
    restart_policy: Annotated[str | None, Column("restartPolicy of its pods; Always when unset.")]
    termination_grace_seconds: Annotated[int | None, Column("Seconds between SIGTERM and SIGKILL; 30 when unset.")]
    has_priority_class: Annotated[bool | None, Column("Whether a priority class is named.")]
    priority_class_name: Annotated[str | None, Column("Its priority class.", guard="has_priority_class")]
    spread_topology_keys: Annotated[list[str] | None, Column("Topology keys of its spread constraints, sorted.")]
    anti_affinity_topology_keys: Annotated[list[str] | None, Column("Topology keys of its pod anti-affinity, sorted.")]
    has_own_selector: Annotated[bool | None, Column("Whether people write a selector for its kind.")]
    selects_own_pods: Annotated[
        bool | None,
        Column("Whether that selector matches the labels of its template.", guard="has_own_selector"),
    ]
    has_node_affinity: Annotated[
        bool | None, Column("Whether the template says by node affinity or a node selector which nodes it wants.")
    ]
    has_node_name: Annotated[bool | None, Column("Whether the template or the bare pod names a node.")]
    node_name: Annotated[str | None, Column("Node that the template or the bare pod names.", guard="has_node_name")]
    pod_count: Annotated[int, Column("Pods of it that were seen, finished ones included.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Places of its object, or of the first pod that names it.")]

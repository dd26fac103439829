"""Pods as they were seen, and the configuration objects that pods name."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, NamedTuple

from collectors.tables.kubernetes.workload_rows import TEMPLATE_KINDS_OF_EXTENSIONS, WORKLOAD_KINDS
from collectors.tables.schema import Column, Relation, Subject, table


@table(
    "pods",
    grain="one pod",
    kinds=("Pod",),
    running_only=True,
    subject=Subject(None, None, "namespace", "name", fixed_kind="Pod"),
    part="name",
)
class Pod(NamedTuple):
    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace.")]
    name: Annotated[str, Column("Name of the pod.")]
    pod_id: Annotated[str, Column("Surrogate key.", identity=True)]
    # Not declared as an owner: a pod that nobody could list may belong to any workload, seen or unseen.
    workload_id: Annotated[str | None, Column("The workload it belongs to.")]
    phase: Annotated[str | None, Column("Pending, Running, Succeeded, Failed or Unknown.")]
    is_finished: Annotated[bool | None, Column("Whether it ran to its end: phase Succeeded or Failed.")]
    is_ready: Annotated[bool | None, Column("Whether its Ready condition is true.")]
    is_terminating: Annotated[bool | None, Column("Whether its deletion was asked for.")]
    has_node: Annotated[bool | None, Column("Whether it was placed on a node.")]
    node_name: Annotated[str | None, Column("Node it was placed on.", guard="has_node")]
    restart_count: Annotated[int | None, Column("Restarts of its containers, init containers included, so far.")]
    created_at: Annotated[datetime | None, Column("Creation, UTC.")]
    requested_cpu_millicores: Annotated[
        int | None, Column("Processor time that the scheduler keeps for it: containers and overhead; 0 if none asks.")
    ]
    requested_memory_bytes: Annotated[int | None, Column("Memory that the scheduler keeps for it; 0 if none asks.")]
    tolerated_taint_keys: Annotated[
        list[str] | None, Column("Keys of the taints that it tolerates, sorted; * for every taint.")
    ]
    has_local_storage: Annotated[
        bool | None, Column("Whether it keeps data in an emptyDir or hostPath volume, which stays behind on its node.")
    ]
    asks_not_to_be_moved: Annotated[
        bool | None, Column("Whether an annotation asks the node autoscaler to leave it where it is.")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table(
    "config_references",
    grain="one workload, one ConfigMap or Secret that its pods name, in one way",
    kinds=WORKLOAD_KINDS,
    where_served=TEMPLATE_KINDS_OF_EXTENSIONS,
    completed_by=("Pod",),
    part="referenced_name",
    relations=(
        Relation(
            "config_map",
            "config_maps",
            (("namespace", "namespace"), ("referenced_name", "name")),
            "The ConfigMap named.",
            when="referenced_kind = 'ConfigMap'",
            maximum=1,
        ),
        Relation(
            "secret",
            "secrets",
            (("namespace", "namespace"), ("referenced_name", "name")),
            "The Secret named.",
            when="referenced_kind = 'Secret'",
            maximum=1,
        ),
    ),
)
class ConfigReference(NamedTuple):
    """kube-root-ca.crt, which every namespace gets from its cluster, is left out."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    workload_id: Annotated[str, Column("The workload whose pods name it.", owner="workloads")]
    config_reference_id: Annotated[str, Column("Surrogate key.", identity=True)]
    referenced_kind: Annotated[str | None, Column("ConfigMap or Secret.")]
    referenced_name: Annotated[str | None, Column("Name of the object, in the same namespace.")]
    is_optional: Annotated[bool | None, Column("Whether pods start without it: every place that names it says so.")]
    used_as: Annotated[list[str] | None, Column("How: environment, volume, image-pull; sorted.")]
    from_template: Annotated[bool, Column("Whether the workload's own template names it.")]
    pod_count: Annotated[int, Column("Pods that name it.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Places of the template and of the first pod that names it.")]

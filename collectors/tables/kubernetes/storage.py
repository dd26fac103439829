"""Volume claims, storage classes and priority classes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, NamedTuple

from collectors.tables.as_written import flag, instant, is_set, pairs, section, text, texts, whole_number
from collectors.tables.identity import surrogate
from collectors.tables.kubernetes import storage_drivers
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.pod_specs.owners import POD, controller
from collectors.tables.pod_specs.resources import quantity
from collectors.tables.schema import Column, Relation, Sighting, Subject, table

STORAGE_GROUP = "storage.k8s.io"
SCHEDULING_GROUP = "scheduling.k8s.io"
_DEFAULT_CLASS = ("storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class")


@table(
    "persistent_volume_claims",
    grain="one PersistentVolumeClaim",
    kinds=("PersistentVolumeClaim",),
    relations=(
        Relation(
            "storage_class", "storage_classes", (("storage_class_name", "name"),),
            "The storage class it names.", when="has_storage_class", maximum=1,
        ),
        Relation("volume", "persistent_volumes", (("volume_name", "name"),), "The volume it is bound to.", maximum=1),
        Relation("users", "claim_uses", (("claim_key", "claim_key"),), "Workloads whose pods mount it."),
        Relation(
            "backup", "backup_coverage", (("claim_key", "claim_key"),), "What of the cluster backs it up.",
            minimum=1, maximum=1,
        ),
    ),
    subject=Subject(None, None, "namespace", "name", fixed_kind="PersistentVolumeClaim"),
)
class PersistentVolumeClaim(NamedTuple):
    """A PersistentVolumeClaim."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the claim.")]
    claim_key: Annotated[str, Column("Surrogate key.", identity=True)]
    has_storage_class: Annotated[bool, Column("Whether it names a storage class.")]
    storage_class_name: Annotated[
        str | None, Column("Storage class; empty text asks for none.", guard="has_storage_class")
    ]
    access_modes: Annotated[list[str] | None, Column("Access modes as written.")]
    is_for_many_nodes: Annotated[bool | None, Column("Whether it asks that pods of several nodes may write.")]
    is_block_device: Annotated[bool | None, Column("Whether pods get it as a raw device; unset means a file system.")]
    has_owner: Annotated[bool | None, Column("Whether a pod or an operator made it and deletes it.")]
    is_ephemeral: Annotated[bool | None, Column("Whether it was made for one pod, and goes with it.")]
    created_at: Annotated[datetime | None, Column("Creation, UTC.")]
    labels: Annotated[list[str] | None, Column("Labels as key=value, sorted.")]
    requested: Annotated[str | None, Column("Size that it asks for, as written.")]
    requested_bytes: Annotated[int | None, Column("That size in bytes.")]
    phase: Annotated[str | None, Column("Pending, Bound or Lost, as the cluster reports.")]
    volume_name: Annotated[str | None, Column("Volume that it is bound to.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table(
    "storage_classes",
    grain="one StorageClass",
    kinds=(f"{STORAGE_GROUP}/StorageClass",),
    namespaced=False,
    subject=Subject(None, None, None, "name", fixed_group=STORAGE_GROUP, fixed_kind="StorageClass"),
)
class StorageClass(NamedTuple):
    """A StorageClass."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Name of the class.")]
    storage_class_key: Annotated[str, Column("Surrogate key.", identity=True)]
    provisioner: Annotated[str | None, Column("Driver that makes the volumes.")]
    is_default: Annotated[bool | None, Column("Whether claims that name no class get it.")]
    reclaim_policy: Annotated[str | None, Column("What becomes of a released volume; unset means Delete.")]
    binding_mode: Annotated[str | None, Column("When volumes are bound; unset means Immediate.")]
    allows_expansion: Annotated[bool | None, Column("Whether its volumes can grow.")]
    encryption_parameter: Annotated[
        str | None, Column("Value of its `encrypted` parameter, where the driver has one.")
    ]
    is_in_tree: Annotated[bool | None, Column("Whether its provisioner was part of Kubernetes and is replaced by CSI.")]
    makes_volumes: Annotated[bool | None, Column("Whether a driver makes its volumes: not where people do.")]
    is_encryption_known: Annotated[
        bool | None, Column("Whether its driver is one of which we know how volumes get encrypted.")
    ]
    encrypts_volumes: Annotated[
        bool | None,
        Column("Whether its volumes are encrypted: it asks, or its driver always does.", guard="is_encryption_known"),
    ]
    is_zonal: Annotated[
        bool | None, Column("Whether its driver is known to make disks, as asked for, that only one zone can use.")
    ]
    is_block_storage: Annotated[
        bool | None, Column("Whether its driver is known to make disks that one node at a time can write.")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table(
    "priority_classes",
    grain="one PriorityClass",
    kinds=(f"{SCHEDULING_GROUP}/PriorityClass",),
    namespaced=False,
    subject=Subject(None, None, None, "name", fixed_group=SCHEDULING_GROUP, fixed_kind="PriorityClass"),
)
class PriorityClass(NamedTuple):
    """A PriorityClass."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Name of the class.")]
    priority_class_key: Annotated[str, Column("Surrogate key.", identity=True)]
    priority: Annotated[int | None, Column("Priority of its pods; higher is scheduled first.")]
    is_global_default: Annotated[bool | None, Column("Whether pods that name no class get it.")]
    may_preempt: Annotated[bool | None, Column("Whether its pods may push out others; unset means yes.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class PersistentVolumeClaims(OneRowPerObject):
    """One row per PersistentVolumeClaim."""

    reads = ("PersistentVolumeClaim",)
    fills = "persistent_volume_claims"

    def row(self, sighting: Sighting) -> PersistentVolumeClaim:
        """The claim as written and as bound."""
        spec = section(sighting.object, "spec")
        metadata = section(sighting.object, "metadata")
        modes, mode = texts(spec, "accessModes"), text(spec, "volumeMode", default="Filesystem")
        requests = section(section(spec, "resources"), "requests")
        owner = controller(metadata)
        return PersistentVolumeClaim(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            claim_key=surrogate(sighting),
            has_storage_class=is_set(spec, "storageClassName"),
            storage_class_name=text(spec, "storageClassName"),
            access_modes=modes,
            is_for_many_nodes=None if modes is None else "ReadWriteMany" in modes,
            is_block_device=None if mode is None else mode == "Block",
            has_owner=None if metadata is None else owner is not None,
            is_ephemeral=None if metadata is None else owner is not None and owner.kind == POD,
            created_at=instant(metadata, "creationTimestamp"),
            labels=pairs(metadata, "labels"),
            requested=text(requests, "storage"),
            requested_bytes=quantity(None if requests is None else requests.get("storage")),
            phase=text(section(sighting.object, "status"), "phase"),
            volume_name=text(spec, "volumeName"),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


class StorageClasses(OneRowPerObject):
    """One row per StorageClass."""

    reads = (f"{STORAGE_GROUP}/StorageClass",)
    fills = "storage_classes"

    def row(self, sighting: Sighting) -> StorageClass:
        """Source of the defaults: the API reference of StorageClass."""
        annotations = section(section(sighting.object, "metadata"), "annotations")
        marks = [text(annotations, name, default="false") for name in _DEFAULT_CLASS]
        provisioner, parameters = text(sighting.object, "provisioner"), section(sighting.object, "parameters")
        encrypts = storage_drivers.encrypts(provisioner, parameters)
        return StorageClass(
            cluster=self.cluster.name,
            name=sighting.name,
            storage_class_key=surrogate(sighting),
            provisioner=provisioner,
            is_default=None if None in marks else "true" in marks,
            reclaim_policy=text(sighting.object, "reclaimPolicy", default="Delete"),
            binding_mode=text(sighting.object, "volumeBindingMode", default="Immediate"),
            allows_expansion=flag(sighting.object, "allowVolumeExpansion", default=False),
            encryption_parameter=text(parameters, "encrypted"),
            is_in_tree=storage_drivers.is_in_tree(provisioner),
            makes_volumes=None if provisioner is None else provisioner != storage_drivers.NOBODY,
            is_encryption_known=None if provisioner is None else storage_drivers.is_encryption_known(provisioner),
            encrypts_volumes=encrypts,
            is_zonal=storage_drivers.is_zonal(provisioner, parameters),
            is_block_storage=storage_drivers.is_block_storage(provisioner),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


class PriorityClasses(OneRowPerObject):
    """One row per PriorityClass."""

    reads = (f"{SCHEDULING_GROUP}/PriorityClass",)
    fills = "priority_classes"

    def row(self, sighting: Sighting) -> PriorityClass:
        """Source of the defaults: the API reference of PriorityClass."""
        preemption = text(sighting.object, "preemptionPolicy", default="PreemptLowerPriority")
        return PriorityClass(
            cluster=self.cluster.name,
            name=sighting.name,
            priority_class_key=surrogate(sighting),
            priority=whole_number(sighting.object, "value", default=0),
            is_global_default=flag(sighting.object, "globalDefault", default=False),
            may_preempt=None if preemption is None else preemption == "PreemptLowerPriority",
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


BUILDERS = (PersistentVolumeClaims, StorageClasses, PriorityClasses)

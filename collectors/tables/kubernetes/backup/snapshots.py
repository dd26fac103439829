"""Snapshots of volumes, and the classes that decide what becomes of them.

Source: Kubernetes documentation, "Volume Snapshots" and "Volume Snapshot Classes".
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, NamedTuple

from collectors.tables.as_written import flag, instant, is_set, section, text
from collectors.tables.conditions import reported
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Relation, Sighting, Subject, table

GROUP = "snapshot.storage.k8s.io"
_DEFAULT = "snapshot.storage.kubernetes.io/is-default-class"


@table(
    "volume_snapshots",
    grain="one VolumeSnapshot",
    kinds=(f"{GROUP}/VolumeSnapshot",),
    relations=(
        Relation(
            "snapshot_class", "volume_snapshot_classes", (("class_name", "name"),), "Its class.",
            when="has_class", maximum=1,
        ),
    ),
    subject=Subject(None, None, "namespace", "name", fixed_group=GROUP, fixed_kind="VolumeSnapshot"),
)  # fmt: skip
class VolumeSnapshot(NamedTuple):
    """A VolumeSnapshot."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the snapshot.")]
    volume_snapshot_key: Annotated[str, Column("Surrogate key.", identity=True)]
    has_class: Annotated[bool, Column("Whether it names a snapshot class.")]
    class_name: Annotated[str | None, Column("That class.", guard="has_class")]
    has_claim: Annotated[bool, Column("Whether it was taken of a claim, not made from a content.")]
    claim_name: Annotated[str | None, Column("Claim that it was taken of.", guard="has_claim")]
    is_ready: Annotated[bool | None, Column("Whether a volume can be restored from it; not reported means no.")]
    has_error: Annotated[bool | None, Column("Whether the last attempt to take it failed.")]
    taken_at: Annotated[datetime | None, Column("When the data was taken, UTC.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table(
    "volume_snapshot_classes",
    grain="one VolumeSnapshotClass",
    kinds=(f"{GROUP}/VolumeSnapshotClass",),
    namespaced=False,
    subject=Subject(None, None, None, "name", fixed_group=GROUP, fixed_kind="VolumeSnapshotClass"),
)
class VolumeSnapshotClass(NamedTuple):
    """A VolumeSnapshotClass."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Name of the class.")]
    volume_snapshot_class_key: Annotated[str, Column("Surrogate key.", identity=True)]
    driver: Annotated[str | None, Column("CSI driver that takes the snapshots.")]
    deletion_policy: Annotated[str | None, Column("What becomes of the data with the object: Delete or Retain.")]
    is_default: Annotated[bool | None, Column("Whether snapshots that name no class get it.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table(
    "volume_snapshot_contents",
    grain="one VolumeSnapshotContent",
    kinds=(f"{GROUP}/VolumeSnapshotContent",),
    namespaced=False,
    subject=Subject(None, None, None, "name", fixed_group=GROUP, fixed_kind="VolumeSnapshotContent"),
)
class VolumeSnapshotContent(NamedTuple):
    """A VolumeSnapshotContent: the data behind a snapshot."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Name of the content.")]
    volume_snapshot_content_key: Annotated[str, Column("Surrogate key.", identity=True)]
    driver: Annotated[str | None, Column("CSI driver that holds it.")]
    deletion_policy: Annotated[str | None, Column("What becomes of the data when the snapshot is deleted.")]
    snapshot_namespace: Annotated[str | None, Column("Namespace of its VolumeSnapshot.")]
    snapshot_name: Annotated[str | None, Column("Name of its VolumeSnapshot.")]
    is_ready: Annotated[bool | None, Column("Whether a volume can be restored from it; not reported means no.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class VolumeSnapshots(OneRowPerObject):
    """One row per VolumeSnapshot."""

    reads = (f"{GROUP}/VolumeSnapshot",)
    fills = "volume_snapshots"

    def row(self, sighting: Sighting) -> VolumeSnapshot:
        """The snapshot and how far it came."""
        spec, status = section(sighting.object, "spec"), reported(sighting.object, self.cluster.basis)
        source = section(spec, "source")
        return VolumeSnapshot(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            volume_snapshot_key=surrogate(sighting),
            has_class=is_set(spec, "volumeSnapshotClassName"),
            class_name=text(spec, "volumeSnapshotClassName"),
            has_claim=is_set(source, "persistentVolumeClaimName"),
            claim_name=text(source, "persistentVolumeClaimName"),
            is_ready=flag(status, "readyToUse", default=False),
            has_error=None if status is None else is_set(status, "error"),
            taken_at=instant(status, "creationTime"),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


class VolumeSnapshotClasses(OneRowPerObject):
    """One row per VolumeSnapshotClass."""

    reads = (f"{GROUP}/VolumeSnapshotClass",)
    fills = "volume_snapshot_classes"

    def row(self, sighting: Sighting) -> VolumeSnapshotClass:
        """The class as written; deletionPolicy is required."""
        mark = text(section(section(sighting.object, "metadata"), "annotations"), _DEFAULT, default="false")
        return VolumeSnapshotClass(
            cluster=self.cluster.name,
            name=sighting.name,
            volume_snapshot_class_key=surrogate(sighting),
            driver=text(sighting.object, "driver"),
            deletion_policy=text(sighting.object, "deletionPolicy"),
            is_default=None if mark is None else mark == "true",
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


class VolumeSnapshotContents(OneRowPerObject):
    """One row per VolumeSnapshotContent."""

    reads = (f"{GROUP}/VolumeSnapshotContent",)
    fills = "volume_snapshot_contents"

    def row(self, sighting: Sighting) -> VolumeSnapshotContent:
        """The content as written."""
        spec, status = section(sighting.object, "spec"), reported(sighting.object, self.cluster.basis)
        named = section(spec, "volumeSnapshotRef")
        return VolumeSnapshotContent(
            cluster=self.cluster.name,
            name=sighting.name,
            volume_snapshot_content_key=surrogate(sighting),
            driver=text(spec, "driver"),
            deletion_policy=text(spec, "deletionPolicy"),
            snapshot_namespace=text(named, "namespace"),
            snapshot_name=text(named, "name"),
            is_ready=flag(status, "readyToUse", default=False),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


BUILDERS = (VolumeSnapshots, VolumeSnapshotClasses, VolumeSnapshotContents)

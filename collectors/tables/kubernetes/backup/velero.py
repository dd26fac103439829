"""Velero: backups, where they are kept, and restores.

Source: Velero documentation, API types Backup, BackupStorageLocation and Restore.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, NamedTuple

from collectors.tables.as_written import flag, instant, is_set, section, text, whole_number
from collectors.tables.conditions import reported
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Sighting, Subject, table

GROUP = "velero.io"
SCHEDULE_LABEL = "velero.io/schedule-name"


def subject_of(kind: str) -> Subject:
    """What a person would edit: an object of Velero."""
    return Subject(None, None, "namespace", "name", fixed_group=GROUP, fixed_kind=kind)


@table(
    "backups",
    grain="one Backup of Velero",
    kinds=(f"{GROUP}/Backup",),
    subject=subject_of("Backup"),
)
class Backup(NamedTuple):
    """A Backup, kept until it expires."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the backup.")]
    backup_key: Annotated[str, Column("Surrogate key.", identity=True)]
    has_schedule: Annotated[bool | None, Column("Whether a schedule made it.")]
    schedule_name: Annotated[str | None, Column("That schedule; empty text where somebody made it by hand.")]
    phase: Annotated[str | None, Column("Completed, PartiallyFailed, Failed, InProgress, ..., as Velero reports.")]
    is_completed: Annotated[bool | None, Column("Whether it ended without an error.")]
    is_failed: Annotated[bool | None, Column("Whether it failed, wholly or in part, or was refused.")]
    completed_at: Annotated[datetime | None, Column("When it ended, UTC.")]
    created_at: Annotated[datetime | None, Column("Creation, UTC.")]
    expires_at: Annotated[datetime | None, Column("When it may be deleted, UTC.")]
    error_count: Annotated[int | None, Column("Errors that Velero counted.")]
    warning_count: Annotated[int | None, Column("Warnings that Velero counted.")]
    location_name: Annotated[str | None, Column("BackupStorageLocation where it is kept.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table(
    "backup_locations",
    grain="one BackupStorageLocation of Velero",
    kinds=(f"{GROUP}/BackupStorageLocation",),
    subject=subject_of("BackupStorageLocation"),
)
class BackupLocation(NamedTuple):
    """Where backups are kept."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the location.")]
    backup_location_key: Annotated[str, Column("Surrogate key.", identity=True)]
    provider: Annotated[str | None, Column("Plug-in that reaches it, such as aws or azure.")]
    bucket: Annotated[str | None, Column("Bucket or container.")]
    is_default: Annotated[bool | None, Column("Whether backups that name no location go there.")]
    is_read_only: Annotated[bool | None, Column("Whether no new backup may be kept there.")]
    phase: Annotated[str | None, Column("Available or Unavailable, as Velero reports.")]
    has_validation: Annotated[bool | None, Column("Whether Velero ever tried to reach it.")]
    validated_at: Annotated[datetime | None, Column("When it last did, UTC.", guard="has_validation")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table(
    "backup_restores",
    grain="one Restore of Velero",
    kinds=(f"{GROUP}/Restore",),
    subject=subject_of("Restore"),
)
class BackupRestore(NamedTuple):
    """A Restore: somebody brought a backup back."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the restore.")]
    backup_restore_key: Annotated[str, Column("Surrogate key.", identity=True)]
    backup_name: Annotated[str | None, Column("Backup that was restored.")]
    phase: Annotated[str | None, Column("Completed, PartiallyFailed, Failed, ..., as Velero reports.")]
    is_completed: Annotated[bool | None, Column("Whether it ended without an error.")]
    completed_at: Annotated[datetime | None, Column("When it ended, UTC.")]
    created_at: Annotated[datetime | None, Column("Creation, UTC.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class Backups(OneRowPerObject):
    """One row per Backup."""

    reads = (f"{GROUP}/Backup",)
    fills = "backups"

    def row(self, sighting: Sighting) -> Backup:
        """Source of the phases: Velero documentation, API type Backup."""
        metadata, spec = section(sighting.object, "metadata"), section(sighting.object, "spec")
        status = reported(sighting.object, self.cluster.basis)
        schedule = text(section(metadata, "labels"), SCHEDULE_LABEL, default="")
        phase = text(status, "phase", default="New")
        return Backup(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            backup_key=surrogate(sighting),
            has_schedule=None if schedule is None else schedule != "",
            schedule_name=schedule,
            phase=phase,
            is_completed=None if phase is None else phase == "Completed",
            is_failed=None if phase is None else phase in ("Failed", "PartiallyFailed", "FailedValidation"),
            completed_at=instant(status, "completionTimestamp"),
            created_at=instant(metadata, "creationTimestamp"),
            expires_at=instant(status, "expiration"),
            error_count=whole_number(status, "errors", default=0),
            warning_count=whole_number(status, "warnings", default=0),
            location_name=text(spec, "storageLocation"),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


class BackupLocations(OneRowPerObject):
    """One row per BackupStorageLocation."""

    reads = (f"{GROUP}/BackupStorageLocation",)
    fills = "backup_locations"

    def row(self, sighting: Sighting) -> BackupLocation:
        """The location and what Velero found there."""
        spec, status = section(sighting.object, "spec"), reported(sighting.object, self.cluster.basis)
        mode = text(spec, "accessMode", default="ReadWrite")
        return BackupLocation(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            backup_location_key=surrogate(sighting),
            provider=text(spec, "provider"),
            bucket=text(section(spec, "objectStorage"), "bucket"),
            is_default=flag(spec, "default", default=False),
            is_read_only=None if mode is None else mode == "ReadOnly",
            phase=text(status, "phase"),
            has_validation=None if status is None else is_set(status, "lastValidationTime"),
            validated_at=instant(status, "lastValidationTime"),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


class BackupRestores(OneRowPerObject):
    """One row per Restore."""

    reads = (f"{GROUP}/Restore",)
    fills = "backup_restores"

    def row(self, sighting: Sighting) -> BackupRestore:
        """The restore and how it ended."""
        status = reported(sighting.object, self.cluster.basis)
        phase = text(status, "phase", default="New")
        return BackupRestore(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            backup_restore_key=surrogate(sighting),
            backup_name=text(section(sighting.object, "spec"), "backupName"),
            phase=phase,
            is_completed=None if phase is None else phase == "Completed",
            completed_at=instant(status, "completionTimestamp"),
            created_at=instant(section(sighting.object, "metadata"), "creationTimestamp"),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


BUILDERS = (Backups, BackupLocations, BackupRestores)

"""Schedules of Velero: when backups are made, and of what.

Source: Velero documentation, API types Schedule and Backup.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, NamedTuple

from collectors.tables.as_written import (
    Section,
    both,
    either,
    flag,
    instant,
    is_set,
    opposite,
    section,
    sections,
    text,
    texts,
)
from collectors.tables.conditions import reported
from collectors.tables.cron import longest_pause_hours
from collectors.tables.identity import surrogate
from collectors.tables.kubernetes.backup.velero import GROUP, subject_of
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Relation, Sighting, table
from collectors.tables.selectors import selector_of

_CLAIMS = frozenset({"*", "persistentvolumeclaims", "persistentvolumeclaim", "pvc"})
_VOLUMES = frozenset({"*", "persistentvolumes", "persistentvolume", "pv"})


@table(
    "backup_schedules",
    grain="one Schedule of Velero",
    kinds=(f"{GROUP}/Schedule",),
    relations=(
        Relation("backups", "backups", (("namespace", "namespace"), ("name", "schedule_name")), "Backups it made."),
        Relation(
            "location", "backup_locations", (("namespace", "namespace"), ("location_name", "name")),
            "Where it keeps them.", when="has_location", maximum=1,
        ),
    ),
    subject=subject_of("Schedule"),
)  # fmt: skip
class BackupSchedule(NamedTuple):
    """A Schedule, and what its template takes in."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the schedule.")]
    backup_schedule_key: Annotated[str, Column("Surrogate key.", identity=True)]
    schedule: Annotated[str | None, Column("When it runs, in cron notation.")]
    longest_pause_hours: Annotated[int | None, Column("The longest time between two runs.")]
    is_paused: Annotated[bool | None, Column("Whether it is told to make no backups.")]
    phase: Annotated[str | None, Column("New, Enabled or FailedValidation, as Velero reports.")]
    has_last_backup: Annotated[bool | None, Column("Whether it ever started a backup.")]
    last_backup_at: Annotated[datetime | None, Column("When it last did, UTC.", guard="has_last_backup")]
    included_namespaces: Annotated[list[str] | None, Column("Namespaces taken in, sorted; empty means all.")]
    excluded_namespaces: Annotated[list[str] | None, Column("Namespaces left out, sorted.")]
    has_selector: Annotated[bool | None, Column("Whether only objects with certain labels are taken in.")]
    selector: Annotated[
        list[str] | None,
        Column("What those labels must be; NULL also where alternatives are given.", guard="has_selector"),
    ]
    takes_claims: Annotated[bool | None, Column("Whether volume claims are among the kinds taken in.")]
    takes_volume_data: Annotated[
        bool | None, Column("Whether data of volumes is taken in, by snapshots or file by file.")
    ]
    has_location: Annotated[bool | None, Column("Whether it names where backups are kept; otherwise the default.")]
    location_name: Annotated[str | None, Column("That BackupStorageLocation.", guard="has_location")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class BackupSchedules(OneRowPerObject):
    """One row per Schedule."""

    reads = (f"{GROUP}/Schedule",)
    fills = "backup_schedules"

    def row(self, sighting: Sighting) -> BackupSchedule:
        """The schedule, its template and its status."""
        spec = section(sighting.object, "spec")
        template = section(spec, "template")
        status = reported(sighting.object, self.cluster.basis)
        schedule = text(spec, "schedule")
        location = text(template, "storageLocation", default="")
        included, excluded = texts(template, "includedNamespaces"), texts(template, "excludedNamespaces")
        return BackupSchedule(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            backup_schedule_key=surrogate(sighting),
            schedule=schedule,
            longest_pause_hours=longest_pause_hours(schedule),
            is_paused=flag(spec, "paused", default=False),
            phase=text(status, "phase"),
            has_last_backup=None if status is None else is_set(status, "lastBackup"),
            last_backup_at=instant(status, "lastBackup"),
            included_namespaces=_named(included),
            excluded_namespaces=None if excluded is None else sorted(excluded),
            **_selected(template),
            takes_claims=_takes_claims(template),
            takes_volume_data=either(
                flag(template, "snapshotVolumes", default=True),
                flag(template, "defaultVolumesToFsBackup", default=False),
                flag(template, "snapshotMoveData", default=False),
            ),
            has_location=None if location is None else location != "",
            location_name=location or None,
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _named(included: list[str] | None) -> list[str] | None:
    """Namespaces by name; a star among them means all."""
    return None if included is None else [] if "*" in included else sorted(included)


def _selected(template: Section | None) -> dict[str, Any]:
    """labelSelector, or orLabelSelectors, which are alternatives and stay unread."""
    has_selector, selector = selector_of(template, "labelSelector")
    if selector == []:
        has_selector = False
    alternatives = sections(template, "orLabelSelectors")
    if alternatives is None:
        return {"has_selector": True if has_selector else None, "selector": None}
    return {"has_selector": has_selector or bool(alternatives), "selector": None if alternatives else selector}


def _takes_claims(template: Section | None) -> bool | None:
    """Kinds are taken in unless they are left out, or others are named; both generations of these fields count."""
    wanted: list[bool | None] = []
    for included, excluded in (
        ("includedResources", "excludedResources"),
        ("includedNamespaceScopedResources", "excludedNamespaceScopedResources"),
    ):
        taken, left = texts(template, included), texts(template, excluded)
        wanted.append(None if taken is None else not taken or any(_is_one(name, _CLAIMS) for name in taken))
        wanted.append(opposite(None if left is None else any(_is_one(name, _CLAIMS) for name in left)))
    left = texts(template, "excludedResources")
    wanted.append(opposite(None if left is None else any(_is_one(name, _VOLUMES) for name in left)))
    return both(*wanted)


def _is_one(name: str, names: frozenset[str]) -> bool:
    return name.lower() in names


BUILDERS = (BackupSchedules,)

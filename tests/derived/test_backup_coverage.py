"""What backs up a claim, and what a gap makes of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from assessment.derived import backup_coverage, claim_uses
from collectors.tables.coverage import Gap
from collectors.tables.cron import longest_pause_hours
from collectors.tables.kubernetes.backup.schedules import BackupSchedules
from collectors.tables.kubernetes.backup.snapshots import VolumeSnapshots
from collectors.tables.kubernetes.backup.velero import Backups
from collectors.tables.kubernetes.storage import PersistentVolumeClaims
from collectors.tables.kubernetes.workloads import Workloads
from tests.tables.rows_of import RUNNING, build

CLUSTERS = {"c": RUNNING}


def named(api: str, kind: str, name: str, namespace: str, spec: Any = None, **fields: Any) -> dict[str, Any]:
    labels = fields.pop("labels", {})
    metadata = {"name": name, "namespace": namespace, "labels": labels}
    return {"apiVersion": api, "kind": kind, "metadata": metadata, "spec": spec or {}} | fields


CLAIM = named("v1", "PersistentVolumeClaim", "data-db-0", "shop")


def schedule(**template: Any) -> dict[str, Any]:
    return named("velero.io/v1", "Schedule", "daily", "velero", {"schedule": "0 1 * * *", "template": template})


def backup(day: int, phase: str = "Completed") -> dict[str, Any]:
    status = {"phase": phase, "completionTimestamp": f"2026-11-{day:02}T01:00:00Z"}
    return named(
        "velero.io/v1", "Backup", f"b{day}", "velero", labels={"velero.io/schedule-name": "daily"}, status=status
    )


def coverage(*objects: dict[str, Any], claim: dict[str, Any] = CLAIM, hidden: str = "") -> Any:
    tables: dict[str, list[Any]] = {}
    for builder in (PersistentVolumeClaims, BackupSchedules, Backups, VolumeSnapshots, Workloads):
        tables |= build(
            builder, *(each for each in (claim, *objects) if kind_of(each) in builder.reads), cluster=RUNNING
        )
    tables["claim_uses"] = claim_uses.rows(tables, CLUSTERS)
    gap = Gap(0, "live", "c", "velero", hidden, hidden, "denied", "", "")
    (row,) = backup_coverage.rows(tables, CLUSTERS, [gap] if hidden else [])
    return row


def kind_of(obj: dict[str, Any]) -> str:
    group = obj["apiVersion"].rpartition("/")[0]
    return f"{group}/{obj['kind']}" if group else str(obj["kind"])


@pytest.mark.parametrize(
    ("template", "scheduled"),
    [
        ({}, True),
        ({"includedNamespaces": ["*"]}, True),
        ({"includedNamespaces": ["sh*"]}, True),
        ({"includedNamespaces": ["shop"], "excludedNamespaces": ["shop"]}, False),
        ({"includedResources": ["deployments"]}, False),
        ({"excludedResources": ["pvc"]}, False),
        ({"snapshotVolumes": False}, False),
        ({"snapshotVolumes": False, "defaultVolumesToFsBackup": True}, True),
        ({"labelSelector": {"matchLabels": {"tier": "data"}}}, False),
        ({"orLabelSelectors": [{"matchLabels": {"tier": "data"}}]}, None),
        ({"includedNamespaces": "shop"}, None),
    ],
)
def test_a_schedule_takes_in_what_its_template_says(template: dict[str, Any], scheduled: bool | None) -> None:
    assert coverage(schedule(**template)).is_scheduled is scheduled


def test_a_pod_that_is_taken_brings_its_claims() -> None:
    pod = {"containers": [{"name": "m", "image": "db:1"}]}
    spec = {
        "selector": {"matchLabels": {"tier": "data"}},
        "template": {"metadata": {"labels": {"tier": "data"}}, "spec": pod},
        "volumeClaimTemplates": [{"metadata": {"name": "data"}}],
    }
    selecting = schedule(labelSelector={"matchLabels": {"tier": "data"}})
    assert coverage(selecting, named("apps/v1", "StatefulSet", "db", "shop", spec)).is_scheduled is True


def test_the_newest_good_copy_counts() -> None:
    row = coverage(schedule(), backup(18), backup(20), backup(21, "PartiallyFailed"))
    assert (row.has_backup, row.newest_backup_at) == (True, datetime(2026, 11, 20, 1))
    assert coverage(schedule(), backup(21, "Failed")).has_backup is False
    status = {"readyToUse": True, "creationTime": "2026-11-19T00:00:00Z"}
    source = {"source": {"persistentVolumeClaimName": "data-db-0"}}
    snapshot = named("snapshot.storage.k8s.io/v1", "VolumeSnapshot", "s", "shop", source, status=status)
    assert coverage(snapshot).newest_snapshot_at == datetime(2026, 11, 19)


def test_what_may_be_unseen_is_never_denied() -> None:
    unseen = coverage(hidden="backup_schedules")
    assert (unseen.is_scheduled, unseen.has_backup, unseen.schedule_names) == (None, None, None)
    seen = coverage(schedule(), backup(20), hidden="backups")
    assert (seen.is_scheduled, seen.has_backup, seen.newest_backup_at) == (True, True, None)


@pytest.mark.parametrize(
    ("schedule", "hours"),
    [
        ("0 1 * * *", 24), ("0 */6 * * *", 6), ("*/5 * * * *", 1), ("0 1,13 * * *", 12), ("0 3 * * 0", 168),
        ("0 3 * * mon,thu", 96), ("0 3 1 * *", 744), ("0 3 1 1 *", 8784), ("@daily", 24), ("@every 36h", 36),
        ("TZ=UTC 0 1 * * *", 24), ("every night", None), (None, None),
    ],
)  # fmt: skip
def test_the_longest_pause_of_a_schedule(schedule: str | None, hours: int | None) -> None:
    assert longest_pause_hours(schedule) == hours

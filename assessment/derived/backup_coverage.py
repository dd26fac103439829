"""What of the cluster backs up each volume claim: schedules of Velero, and snapshots.

Source: Velero documentation, "Resource filtering" and "Backup API type": objects are taken by namespace, by kind and by
label; a pod that is taken brings its claims; the label velero.io/exclude-from-backup keeps an object out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Annotated, Any, NamedTuple

from assessment.derived.unseen import Unseen
from collectors.tables.as_written import both, either, opposite
from collectors.tables.coverage import Gap
from collectors.tables.schema import ClusterContext, Column, table
from collectors.tables.selectors import labels_of, matches

_LEFT_OUT = "velero.io/exclude-from-backup=true"


@table(
    "backup_coverage",
    grain="one volume claim",
    derived_from=(
        "persistent_volume_claims", "claim_uses", "backup_schedules", "backups", "volume_snapshots",
    ),
    part="claim_name",
)  # fmt: skip
class BackupCoverage(NamedTuple):
    """A claim, and what would bring its data back; what a gap could change is NULL."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace of the claim.")]
    claim_key: Annotated[str, Column("Surrogate key of the claim.", owner="persistent_volume_claims")]
    claim_name: Annotated[str | None, Column("Name of the claim.")]
    is_scheduled: Annotated[
        bool | None, Column("Whether a schedule of Velero that is not paused takes in the claim and its data.")
    ]
    schedule_names: Annotated[list[str] | None, Column("Those schedules, sorted; NULL while some may be unseen.")]
    has_backup: Annotated[bool | None, Column("Whether a backup of such a schedule was completed and is kept.")]
    newest_backup_at: Annotated[datetime | None, Column("When the newest of them ended, UTC.", guard="has_backup")]
    has_snapshot: Annotated[bool | None, Column("Whether a snapshot of it is ready.")]
    newest_snapshot_at: Annotated[datetime | None, Column("When the newest was taken, UTC.", guard="has_snapshot")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Places of the claim and of what backs it up.")]


class _Backing:
    """Schedules, their backups, snapshots and users of claims, ready to be asked claim by claim."""

    def __init__(self, tables: Mapping[str, list[Any]], unseen: Unseen) -> None:
        self._unseen = unseen
        self._here: dict[tuple[str, str | None], list[Any]] = {}
        self._schedules: dict[str, list[Any]] = defaultdict(list)
        for schedule in tables["backup_schedules"]:
            self._schedules[schedule.cluster].append(schedule)
        self._backups: dict[tuple[str, str | None, str | None], list[Any]] = defaultdict(list)
        self._places: dict[str, set[str | None]] = defaultdict(set)
        for backup in tables["backups"]:
            self._places[backup.cluster].add(backup.namespace)
            self._backups[backup.cluster, backup.namespace, backup.schedule_name].append(backup)
        self._snapshots: dict[tuple[str, str | None, str | None], list[Any]] = defaultdict(list)
        for snapshot in tables["volume_snapshots"]:
            if snapshot.has_claim is not False:
                self._snapshots[snapshot.cluster, snapshot.namespace, snapshot.claim_name].append(snapshot)
        self._users: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for use in tables["claim_uses"]:
            self._users[use.cluster, use.claim_key].append(use)

    def schedules_for(self, claim: Any) -> list[Any]:
        """Schedules that take in the namespace of a claim, or may."""
        place = (claim.cluster, claim.namespace)
        if place not in self._here:
            known = self._schedules[claim.cluster]
            self._here[place] = [each for each in known if _in_namespace(each, claim.namespace) is not False]
        return self._here[place]

    def takes(self, schedule: Any, claim: Any) -> bool | None:
        """Whether the backups of a schedule hold the claim and its data."""
        kept_out = None if claim.labels is None else _LEFT_OUT in claim.labels
        return both(
            opposite(schedule.is_paused), schedule.takes_claims, schedule.takes_volume_data, opposite(kept_out),
            _in_namespace(schedule, claim.namespace), self._labelled(schedule, claim),
        )  # fmt: skip

    def _labelled(self, schedule: Any, claim: Any) -> bool | None:
        if schedule.has_selector is not True:
            return opposite(schedule.has_selector)
        own = matches(schedule.selector, labels_of(claim.labels))
        users = self._users[claim.cluster, claim.claim_key]
        by_pod = (both(use.matches, matches(schedule.selector, labels_of(use.pod_labels))) for use in users)
        hidden = [None] if self.hides("claim_uses", claim) else []
        return either(own, *by_pod, *hidden)

    def hides(self, what: str, claim: Any) -> bool:
        """Whether rows that would count for this claim may exist unseen."""
        tables = {"claim_uses": ("workloads", "volumes")}.get(what, (what,))
        place = claim.namespace if what in ("claim_uses", "volume_snapshots") else None
        return any(self._unseen.near(claim.cluster, each, place) for each in tables)

    def backups_of(self, schedule: Any) -> list[Any]:
        """Backups of a schedule, and those that may be its own because a name or a namespace is not known."""
        cluster, place = schedule.cluster, schedule.namespace
        places = self._places[cluster] if place is None else {place, None}
        return [
            each
            for name in (schedule.name, None)
            for each in (back for where in sorted(places, key=str) for back in self._backups[cluster, where, name])
        ]

    def snapshots_of(self, claim: Any) -> list[Any]:
        """Snapshots of a claim, and those that may be of it because a name or a namespace is not known."""
        keys = [(place, name) for place in (claim.namespace, None) for name in (claim.name, None)]
        return [each for key in dict.fromkeys(keys) for each in self._snapshots[claim.cluster, *key]]


def rows(
    tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext], gaps: Sequence[Gap]
) -> list[BackupCoverage]:
    """One row a claim."""
    backing = _Backing(tables, Unseen(gaps))
    return [_row(claim, backing) for claim in tables["persistent_volume_claims"]]


def _row(claim: Any, backing: _Backing) -> BackupCoverage:
    taken = [(schedule, backing.takes(schedule, claim)) for schedule in backing.schedules_for(claim)]
    sure = [schedule for schedule, takes in taken if takes]
    open_ended = backing.hides("backup_schedules", claim) or any(takes is None for _, takes in taken)
    backups = [backup for schedule in sure for backup in backing.backups_of(schedule)]
    snapshots = backing.snapshots_of(claim)
    more_backups = open_ended or backing.hides("backups", claim)
    more_snapshots = backing.hides("volume_snapshots", claim) or claim.namespace is None
    unplaced = any(schedule.namespace is None for schedule in sure)
    copied = _newest(
        [(both(each.is_completed, None if unplaced else _of(each)), each.completed_at) for each in backups],
        more_backups,
    )
    frozen = _newest([(both(each.is_ready, _of(each)), each.taken_at) for each in snapshots], more_snapshots)
    refs = [claim.evidence_refs, *(each.evidence_refs for each in (*sure, *backups, *snapshots))]
    return BackupCoverage(
        cluster=claim.cluster,
        namespace=claim.namespace,
        claim_key=claim.claim_key,
        claim_name=claim.name,
        is_scheduled=True if sure else None if open_ended else False,
        schedule_names=None if open_ended else sorted({schedule.name for schedule in sure}),
        has_backup=copied[0],
        newest_backup_at=copied[1],
        has_snapshot=frozen[0],
        newest_snapshot_at=frozen[1],
        basis=claim.basis,
        evidence_refs=list(dict.fromkeys(ref for found in refs for ref in found)),
    )


def _of(found: Any) -> bool | None:
    """True where the backup or snapshot surely belongs to what was asked for."""
    is_backup = hasattr(found, "schedule_name")
    name, given = (found.schedule_name, True) if is_backup else (found.claim_name, found.has_claim)
    return None if name is None or found.namespace is None or given is None else True


def _newest(found: Iterable[tuple[bool | None, datetime | None]], more: bool) -> tuple[bool | None, datetime | None]:
    """Whether there is one, and the instant of the newest; a newer one may hide wherever something is unseen."""
    held = list(found)
    there = either(*(usable for usable, _ in held), *([None] if more else []))
    instants = [at for usable, at in held if usable]
    unsure = more or any(usable is None for usable, _ in held) or None in instants
    known = [at for at in instants if at is not None]
    return there, max(known) if known and not unsure else None


def _in_namespace(schedule: Any, namespace: str | None) -> bool | None:
    """By the lists of a schedule; a name in them may hold wildcards."""
    included, excluded = schedule.included_namespaces, schedule.excluded_namespaces
    if included is None or excluded is None:
        return None
    if namespace is None:
        return True if not included and not excluded else None
    taken = not included or any(_means(pattern, namespace) for pattern in included)
    return taken and not any(_means(pattern, namespace) for pattern in excluded)


def _means(pattern: str, namespace: str) -> bool:
    return pattern == namespace or ("*" in pattern and fnmatchcase(namespace, pattern))


DERIVED_SEEING_GAPS = {"backup_coverage": rows}

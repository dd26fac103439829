"""How Jobs ended, and when schedules last ran."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, ClassVar, NamedTuple

from collectors.tables.as_written import Section, both, either, flag, instant, is_set, section, text, whole_number
from collectors.tables.cron import longest_pause_hours
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.pod_specs.owners import controller
from collectors.tables.running_status import condition_of, holds, is_of_late, is_reported
from collectors.tables.schema import Column, Relation, Sighting, Subject, table

JOB, CRON_JOB = "batch/Job", "batch/CronJob"
_PAUSES = 3


@table(
    "job_runs",
    grain="one Job that reports its status",
    kinds=(JOB,),
    relations=(
        Relation(
            "schedule",
            "schedule_runs",
            (("namespace", "namespace"), ("schedule_name", "name")),
            "The CronJob that started it.",
            when="has_schedule",
            maximum=1,
        ),
    ),
    subject=Subject(None, None, "namespace", "name", fixed_group="batch", fixed_kind="Job"),
)
class JobRun(NamedTuple):
    """How a Job goes or went."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the Job.")]
    job_run_key: Annotated[str, Column("Surrogate key.", identity=True)]
    has_schedule: Annotated[bool | None, Column("Whether a CronJob started it.")]
    schedule_name: Annotated[str | None, Column("That CronJob.", guard="has_schedule")]
    has_failed: Annotated[bool | None, Column("Whether it was given up as failed.")]
    failed_of_late: Annotated[bool | None, Column("Whether it failed in the last seven days, or does not say when.")]
    has_failed_at: Annotated[bool | None, Column("Whether it failed and says when.")]
    failed_at: Annotated[datetime | None, Column("When it failed, UTC.", guard="has_failed_at")]
    is_finished: Annotated[bool | None, Column("Whether it is complete or failed.")]
    is_suspended: Annotated[bool | None, Column("Whether it is suspended; false when unset.")]
    has_active_deadline: Annotated[bool | None, Column("Whether it may take so long and no longer.")]
    has_started_at: Annotated[bool | None, Column("Whether it has started and says when.")]
    started_at: Annotated[datetime | None, Column("When it started, UTC.", guard="has_started_at")]
    failed_pods: Annotated[int | None, Column("Pods of it that failed.")]
    succeeded_pods: Annotated[int | None, Column("Pods of it that succeeded.")]
    active_pods: Annotated[int | None, Column("Pods of it that are at work.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table(
    "schedule_runs",
    grain="one CronJob that reports its status",
    kinds=(CRON_JOB,),
    subject=Subject(None, None, "namespace", "name", fixed_group="batch", fixed_kind="CronJob"),
)
class ScheduleRun(NamedTuple):
    """When a CronJob last started a Job, and when one last succeeded."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the CronJob.")]
    schedule_run_key: Annotated[str, Column("Surrogate key.", identity=True)]
    is_suspended: Annotated[bool | None, Column("Whether it is suspended; false when unset.")]
    has_due_at: Annotated[bool | None, Column("Whether it says when it last succeeded, or else when it was created.")]
    due_at: Annotated[
        datetime | None,
        Column("Three of its longest pauses after that, UTC: a run should have succeeded by then.", guard="has_due_at"),
    ]
    has_started: Annotated[bool | None, Column("Whether it has ever started a Job.")]
    started_at: Annotated[datetime | None, Column("When it last started one, UTC.", guard="has_started")]
    has_succeeded: Annotated[bool | None, Column("Whether a Job of it has ever succeeded.")]
    succeeded_at: Annotated[datetime | None, Column("When one last succeeded, UTC.", guard="has_succeeded")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class JobRuns(OneRowPerObject):
    """One row per Job that reports its status."""

    reads: ClassVar[tuple[str, ...]] = (JOB,)
    fills = "job_runs"

    def observe(self, sighting: Sighting) -> None:
        """A manifest that nobody applied has not run."""
        if is_reported(sighting, self.cluster.basis):
            super().observe(sighting)

    def row(self, sighting: Sighting) -> JobRun:
        """Source: API reference of JobStatus; Kubernetes documentation, "Jobs", termination and cleanup."""
        metadata, spec, status = (section(sighting.object, name) for name in ("metadata", "spec", "status"))
        above, reported = controller(metadata), status or None
        scheduled = above is not None and above.kind == CRON_JOB
        failure, success = condition_of(reported, "Failed"), condition_of(reported, "Complete")
        failed = holds(failure)
        started = None if reported is None else is_set(reported, "startTime")
        dated = both(failed, is_set(failure, "lastTransitionTime"))
        return JobRun(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            job_run_key=surrogate(sighting),
            has_schedule=None if metadata is None else scheduled,
            schedule_name=above.name if above and scheduled else None,
            has_failed=failed,
            failed_of_late=both(failed, is_of_late(failure, "lastTransitionTime", self.cluster.as_of)),
            has_failed_at=dated,
            failed_at=instant(failure, "lastTransitionTime") if dated else None,
            is_finished=either(failed, holds(success)),
            is_suspended=flag(spec, "suspend", False),
            has_active_deadline=None if spec is None else is_set(spec, "activeDeadlineSeconds"),
            has_started_at=started,
            started_at=instant(reported, "startTime"),
            failed_pods=whole_number(reported, "failed", 0),
            succeeded_pods=whole_number(reported, "succeeded", 0),
            active_pods=whole_number(reported, "active", 0),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


class ScheduleRuns(OneRowPerObject):
    """One row per CronJob that reports its status."""

    reads: ClassVar[tuple[str, ...]] = (CRON_JOB,)
    fills = "schedule_runs"

    def observe(self, sighting: Sighting) -> None:
        """A manifest that nobody applied has not run."""
        if is_reported(sighting, self.cluster.basis):
            super().observe(sighting)

    def row(self, sighting: Sighting) -> ScheduleRun:
        """A CronJob whose status is empty has started nothing. Source: API reference of CronJobStatus."""
        metadata, spec, status = (section(sighting.object, name) for name in ("metadata", "spec", "status"))
        succeeded, created = _is_given(status, "lastSuccessfulTime"), _is_given(metadata, "creationTimestamp")
        return ScheduleRun(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            schedule_run_key=surrogate(sighting),
            is_suspended=flag(spec, "suspend", False),
            has_due_at=either(succeeded, created),
            due_at=_due_at(metadata, spec, status),
            has_started=_is_given(status, "lastScheduleTime"),
            started_at=instant(status, "lastScheduleTime"),
            has_succeeded=succeeded,
            succeeded_at=instant(status, "lastSuccessfulTime"),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _due_at(metadata: Section | None, spec: Section | None, status: Section | None) -> datetime | None:
    pause = longest_pause_hours(text(spec, "schedule"))
    succeeded = is_set(status, "lastSuccessfulTime")
    last = instant(status, "lastSuccessfulTime") if succeeded else instant(metadata, "creationTimestamp")
    try:
        return None if last is None or pause is None else last + _PAUSES * timedelta(hours=max(pause, 1))
    except OverflowError:
        return None


def _is_given(place: Section | None, name: str) -> bool | None:
    return None if place is None else is_set(place, name)


BUILDERS = (JobRuns, ScheduleRuns)

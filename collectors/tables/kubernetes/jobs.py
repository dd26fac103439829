"""Jobs that nothing made, and CronJobs: how often they try, how long they may take, and what is kept of them."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.tables.as_written import Section, flag, section, text, whole_number
from collectors.tables.identity import surrogate
from collectors.tables.kubernetes.workloads import workload_id
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.pod_specs.owners import Owner, controller
from collectors.tables.pod_specs.settings import setting
from collectors.tables.schedules import depends_on_time_zone, is_understood
from collectors.tables.schema import Column, Sighting, Subject, table

JOB, CRON_JOB = "batch/Job", "batch/CronJob"
_BACKOFF = 6


@table(
    "job_settings",
    grain="one Job that no controller made, or one CronJob",
    kinds=(JOB, CRON_JOB),
    subject=Subject("api_group", "kind", "namespace", "name"),
)
class JobSettings(NamedTuple):
    """What a Job says of itself, and a CronJob of the Jobs that it makes."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    api_group: Annotated[str, Column("API group: batch.")]
    kind: Annotated[str, Column("Job or CronJob.")]
    name: Annotated[str, Column("Name of the object.")]
    job_settings_key: Annotated[str, Column("Surrogate key.", identity=True)]
    workload_id: Annotated[str, Column("The workload that it is.")]
    backoff_limit: Annotated[int | None, Column("Failures after which a Job counts as failed; 6 when unset.")]
    has_active_deadline: Annotated[bool | None, Column("Whether a Job may take so long and no longer.")]
    active_deadline_seconds: Annotated[
        int | None, Column("Seconds after which a Job is stopped.", guard="has_active_deadline")
    ]
    has_time_to_live: Annotated[bool | None, Column("Whether finished Jobs are removed after a time.")]
    time_to_live_seconds: Annotated[
        int | None, Column("Seconds after which a finished Job is removed.", guard="has_time_to_live")
    ]
    is_suspended: Annotated[bool | None, Column("Whether it is suspended; false when unset.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table(
    "cron_jobs",
    grain="one CronJob",
    kinds=(CRON_JOB,),
    subject=Subject(None, None, "namespace", "name", fixed_group="batch", fixed_kind="CronJob"),
)
class CronJob(NamedTuple):
    """When a CronJob starts Jobs, and how many it remembers."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the CronJob.")]
    cron_job_key: Annotated[str, Column("Surrogate key.", identity=True)]
    workload_id: Annotated[str, Column("The workload that it is.")]
    schedule: Annotated[str | None, Column("Its schedule as written.")]
    is_schedule_understood: Annotated[bool | None, Column("Whether the controller understands the schedule.")]
    depends_on_time_zone: Annotated[
        bool | None, Column("Whether the schedule names an hour, a day or a month.")
    ]
    has_time_zone: Annotated[bool | None, Column("Whether the time zone of the schedule is written.")]
    time_zone: Annotated[str | None, Column("That time zone.", guard="has_time_zone")]
    concurrency_policy: Annotated[str | None, Column("Allow, Forbid or Replace; unset means Allow.")]
    has_starting_deadline: Annotated[bool | None, Column("Whether a start that was missed is given up some day.")]
    starting_deadline_seconds: Annotated[
        int | None, Column("Seconds after which a missed start is given up.", guard="has_starting_deadline")
    ]
    successful_history_limit: Annotated[int | None, Column("Successful Jobs that are kept; 3 when unset.")]
    failed_history_limit: Annotated[int | None, Column("Failed Jobs that are kept; 1 when unset.")]
    is_suspended: Annotated[bool | None, Column("Whether it is suspended; false when unset.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class Jobs(OneRowPerObject):
    """One row per CronJob, and per Job that nobody but a person or a pipeline made."""

    reads: ClassVar[tuple[str, ...]] = (JOB, CRON_JOB)
    fills = "job_settings"

    def observe(self, sighting: Sighting) -> None:
        """A Job that a controller made is answered for by its controller."""
        if sighting.kind == CRON_JOB or controller(section(sighting.object, "metadata")) is None:
            super().observe(sighting)

    def row(self, sighting: Sighting) -> JobSettings:
        """Source of the defaults: API reference of JobSpec."""
        spec = section(sighting.object, "spec")
        kind = "Job" if sighting.kind == JOB else "CronJob"
        job = spec if kind == "Job" else section(section(spec, "jobTemplate"), "spec")
        deadline = setting(job, "activeDeadlineSeconds", whole_number)
        left = setting(job, "ttlSecondsAfterFinished", whole_number)
        return JobSettings(
            **_place(sighting),
            api_group="batch",
            kind=kind,
            job_settings_key=surrogate(sighting),
            backoff_limit=whole_number(job, "backoffLimit", _BACKOFF),
            has_active_deadline=deadline[0],
            active_deadline_seconds=deadline[1],
            has_time_to_live=left[0],
            time_to_live_seconds=left[1],
            is_suspended=flag(spec, "suspend", False),
            cluster=self.cluster.name,
            basis=self.cluster.basis,
        )


class CronJobs(OneRowPerObject):
    """One row per CronJob."""

    reads: ClassVar[tuple[str, ...]] = (CRON_JOB,)
    fills = "cron_jobs"

    def row(self, sighting: Sighting) -> CronJob:
        """Source of the defaults: API reference of CronJobSpec."""
        spec = section(sighting.object, "spec")
        deadline, zone = setting(spec, "startingDeadlineSeconds", whole_number), setting(spec, "timeZone", text)
        return CronJob(
            **_place(sighting),
            cron_job_key=surrogate(sighting),
            **_timing(spec),
            has_time_zone=zone[0],
            time_zone=zone[1],
            concurrency_policy=text(spec, "concurrencyPolicy", "Allow"),
            has_starting_deadline=deadline[0],
            starting_deadline_seconds=deadline[1],
            successful_history_limit=whole_number(spec, "successfulJobsHistoryLimit", 3),
            failed_history_limit=whole_number(spec, "failedJobsHistoryLimit", 1),
            is_suspended=flag(spec, "suspend", False),
            cluster=self.cluster.name,
            basis=self.cluster.basis,
        )


def _place(sighting: Sighting) -> dict[str, Any]:
    return {
        "namespace": sighting.namespace,
        "name": sighting.name,
        "workload_id": workload_id(
            (sighting.namespace, Owner(sighting.kind, sighting.name), sighting.declaration)
        ),
        "evidence_refs": sighting.refs,
    }


def _timing(spec: Section | None) -> dict[str, Any]:
    schedule = text(spec, "schedule")
    return {
        "schedule": schedule,
        "is_schedule_understood": None if schedule is None else is_understood(schedule),
        "depends_on_time_zone": None if schedule is None else depends_on_time_zone(schedule),
    }


BUILDERS = (Jobs, CronJobs)

"""What pods, rollouts, Jobs and schedules report of themselves, as rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from collectors.tables.kubernetes.running.job_runs import JobRuns, ScheduleRuns
from collectors.tables.kubernetes.running.pod_states import PodStates
from collectors.tables.kubernetes.running.rollouts import Rollouts
from tests.tables.rows_of import DECLARED, RUNNING, build
from tests.tables.test_malformed_objects import ODD, fits, places, with_value

NOW = replace(RUNNING, as_of=datetime(2026, 11, 21))


def thing(kind: str, version: str, status: Any, **more: Any) -> dict[str, Any]:
    metadata = {"name": "web", "namespace": "shop"}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": {}, "status": status} | more


def pod(status: Any) -> Any:
    return build(PodStates, thing("Pod", "v1", status), cluster=NOW)["pod_states"][0]


@pytest.mark.parametrize("builder", [PodStates, Rollouts, JobRuns, ScheduleRuns])
def test_a_manifest_without_a_status_has_no_state(builder: Any) -> None:
    kinds = {PodStates: ("Pod", "v1"), Rollouts: ("Deployment", "apps/v1")}
    kind, version = kinds.get(builder, ("Job", "batch/v1"))
    assert not build(builder, thing(kind, version, None), cluster=DECLARED)[builder.fills]
    assert build(builder, thing(kind, version, None), cluster=NOW)[builder.fills]


def test_only_restarts_of_containers_that_ended_of_late_count() -> None:
    def ended(count: int, at: str) -> dict[str, Any]:
        return {"name": "c", "restartCount": count, "lastState": {"terminated": {"finishedAt": at}}}

    statuses = [ended(90, "2026-10-01T00:00:00Z"), ended(4, "2026-11-20T00:00:00Z")]
    assert pod({"phase": "Running", "containerStatuses": statuses}).restarts_of_late == 4
    assert pod({"phase": "Running", "containerStatuses": [{"restartCount": "x"}]}).restarts_of_late is None


@pytest.mark.parametrize("status", [{}, "x", {"containerStatuses": "x", "conditions": "x", "phase": 1, "reason": 1}])
def test_a_pod_that_says_nothing_readable_is_not_known(status: Any) -> None:
    row = pod(status)
    cells = (row.phase, row.is_unready_for_long, row.waits_for_a_node, row.is_evicted, row.restarts_of_late)
    kept = (row.is_crash_looping, row.lacks_an_image, row.lacks_a_container, row.was_killed_for_memory)
    assert (*cells, *kept) == (None,) * 9


def test_a_daemon_set_asks_for_as_many_pods_as_it_has_nodes() -> None:
    status = {"desiredNumberScheduled": 3, "numberAvailable": 2, "updatedNumberScheduled": 1}
    row = build(Rollouts, thing("DaemonSet", "apps/v1", status), cluster=NOW)["rollouts"][0]
    assert (row.desired_pods, row.available_pods, row.has_updates, row.updated_pods) == (3, 2, True, 1)


def test_what_is_deleted_by_hand_or_held_by_a_partition_does_not_update_by_itself() -> None:
    for strategy in ({"type": "OnDelete"}, {"rollingUpdate": {"partition": 2}}):
        held = thing("StatefulSet", "apps/v1", {"replicas": 1}, spec={"updateStrategy": strategy})
        assert build(Rollouts, held, cluster=NOW)["rollouts"][0].has_updates is False


def test_a_schedule_is_due_three_rounds_after_its_last_success() -> None:
    told = thing("CronJob", "batch/v1", {"lastSuccessfulTime": "2026-11-20T03:00:00Z"}, spec={"schedule": "0 3 * * *"})
    row = build(ScheduleRuns, told, cluster=NOW)["schedule_runs"][0]
    assert (row.has_due_at, row.due_at) == (True, datetime(2026, 11, 23, 3))
    told["status"]["lastSuccessfulTime"] = "9999-12-31T00:00:00Z"
    assert build(ScheduleRuns, told, cluster=NOW)["schedule_runs"][0].due_at is None


AT = "2026-11-20T03:00:00Z"
ENDED = {"reason": "OOMKilled", "finishedAt": AT}
SEEDS = {
    PodStates: ("Pod", "v1", {
        "phase": "Failed", "reason": "Evicted",
        "conditions": [{"type": "PodScheduled", "status": "False", "reason": "x", "lastTransitionTime": AT}],
        "containerStatuses": [{"ready": False, "restartCount": 3, "lastState": {"terminated": ENDED},
                               "state": {"waiting": {"reason": "CrashLoopBackOff"}}}],
    }),
    Rollouts: ("Deployment", "apps/v1", {
        "observedGeneration": 1, "availableReplicas": 1, "updatedReplicas": 1,
        "conditions": [{"type": "Progressing", "status": "True", "reason": "x", "lastUpdateTime": AT}],
    }),
    JobRuns: ("Job", "batch/v1", {
        "failed": 1, "startTime": AT, "conditions": [{"type": "Failed", "status": "True", "lastTransitionTime": AT}],
    }),
    ScheduleRuns: ("CronJob", "batch/v1", {"lastScheduleTime": AT, "lastSuccessfulTime": AT}),
}  # fmt: skip


@pytest.mark.parametrize("builder", SEEDS, ids=[builder.__name__ for builder in SEEDS])
def test_any_odd_value_in_a_status_makes_a_row_that_fits(builder: Any) -> None:
    kind, version, status = SEEDS[builder]
    told = thing(kind, version, status, spec={"replicas": 2, "schedule": "@daily", "priority": 1})
    for path in places(told):
        if path[0] not in ("kind", "apiVersion"):
            for odd in ODD:
                fits(builder, with_value(told, path, odd))

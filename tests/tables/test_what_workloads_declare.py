"""What workloads declare about probes, spreading, updates, jobs and scaling, as rows."""

from __future__ import annotations

from typing import Any

import pytest

from collectors.tables.kubernetes.autoscalers import Autoscalers
from collectors.tables.kubernetes.jobs import CronJobs, Jobs
from collectors.tables.kubernetes.update_settings import UpdateSettingsRows
from collectors.tables.kubernetes.vertical_autoscalers import VerticalAutoscalers
from collectors.tables.kubernetes.workloads import Workloads
from collectors.tables.schedules import depends_on_time_zone, is_understood
from tests.tables.pods_of import deployment, owned, reference
from tests.tables.rows_of import build


def probe(container: dict[str, Any]) -> Any:
    spec = {"containers": [{"name": "main", **container}]}
    return next(row for row in build(Workloads, deployment(spec))["probes"] if row.probe_type == "liveness")


@pytest.mark.parametrize(
    ("ports", "port", "declared"),
    [
        ([{"name": "http", "containerPort": 80}], "http", True),
        ([{"name": "http", "containerPort": 80}], "80", True),
        ([{"name": "80", "containerPort": 8080}], "80", True),
        ([{"name": "http", "containerPort": 80}], "htp", False),
        ([{"containerPort": 80, "protocol": "UDP"}], 80, False),
        ([{"containerPort": "eighty"}], 80, None),
        ([], True, None),
    ],
)
def test_the_port_of_a_probe_is_looked_for_by_name_then_by_number(
    ports: list[Any], port: Any, declared: bool | None
) -> None:
    asked = probe({"ports": ports, "livenessProbe": {"httpGet": {"port": port}}})
    assert asked.port_is_declared is declared


def test_two_handlers_or_none_are_not_read() -> None:
    both = {"httpGet": {"port": 80}, "tcpSocket": {"port": 80}}
    assert probe({"livenessProbe": both}).handler is None
    assert probe({"livenessProbe": {"periodSeconds": 5}}).port_is_declared is None


def test_a_probe_of_other_headers_asks_something_else() -> None:
    plain = {"httpGet": {"port": 80}}
    named = {"httpGet": {"port": 80, "httpHeaders": [{"name": "Host", "value": "a"}]}}
    assert probe({"livenessProbe": plain, "readinessProbe": named}).repeats_readiness is False
    assert probe({"livenessProbe": plain, "readinessProbe": plain}).repeats_readiness is True


@pytest.mark.parametrize(
    ("schedule", "understood", "in_a_zone"),
    [
        ("*/5 * * * *", True, False),
        ("0 3 * * 1-5", True, True),
        ("0 3 1,15 jan-mar MON", True, True),
        ("0 3 * * 7", False, True),
        ("5-1 * * * *", False, False),
        ("*/0 * * * *", False, False),
        ("@daily", True, True),
        ("@hourly", True, False),
        ("@every 90s", True, False),
        ("@every day", False, False),
        ("TZ=UTC 0 3 * * *", False, True),
        ("0 3 * *", False, True),
        ("", False, False),
    ],
)
def test_schedules_are_read_as_the_controller_reads_them(schedule: str, understood: bool, in_a_zone: bool) -> None:
    assert (is_understood(schedule), depends_on_time_zone(schedule)) == (understood, in_a_zone)


def test_a_job_of_a_schedule_is_answered_for_by_its_schedule() -> None:
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "a", "namespace": "shop"}, "spec": {}}
    cron = {**job, "kind": "CronJob"}
    rows = build(Jobs, owned(job, reference("CronJob", "a")), owned(cron, reference("Deployment", "x")), job)
    assert [row.kind for row in rows["job_settings"]] == ["CronJob", "Job"]
    (row,) = build(CronJobs, cron)["cron_jobs"]
    assert (row.concurrency_policy, row.successful_history_limit, row.failed_history_limit) == ("Allow", 3, 1)


@pytest.mark.parametrize(
    ("kind", "strategy", "stops_all", "stuck"),
    [
        ("Deployment", {"rollingUpdate": {"maxUnavailable": "100%"}}, True, False),
        ("Deployment", {"rollingUpdate": {"maxUnavailable": 0}}, False, False),
        ("Deployment", {"rollingUpdate": {"maxUnavailable": 0, "maxSurge": "0%"}}, False, True),
        ("DaemonSet", {"rollingUpdate": {"maxUnavailable": 0}}, False, True),
        ("Deployment", {"type": "Recreate"}, False, False),
        ("Deployment", {"rollingUpdate": {"maxUnavailable": "some"}}, None, False),
        ("Deployment", "fast", None, None),
    ],
)
def test_updates_move_some_pods_and_never_all(
    kind: str, strategy: Any, stops_all: bool | None, stuck: bool | None
) -> None:
    field = "strategy" if kind == "Deployment" else "updateStrategy"
    (row,) = build(UpdateSettingsRows, deployment(kind=kind, **{field: strategy}))["update_settings"]
    assert (row.may_stop_all_pods, row.cannot_move) == (stops_all, stuck)


def autoscaler(spec: dict[str, Any], version: str = "autoscaling/v2") -> Any:
    metadata = {"name": "web", "namespace": "shop"}
    made = {"apiVersion": version, "kind": "HorizontalPodAutoscaler", "metadata": metadata, "spec": spec}
    return build(Autoscalers, made)["autoscalers"][0]


def metric(source: str, **values: Any) -> dict[str, Any]:
    return {"metrics": [{"type": source, source[:1].lower() + source[1:]: values}]}


@pytest.mark.parametrize(
    ("spec", "follows", "needs"),
    [
        ({}, True, True),
        (metric("Resource", name="cpu", target={"averageUtilization": 50}), True, True),
        (metric("Resource", name="cpu", targetAverageUtilization=50), True, True),
        (metric("Resource", name="cpu", target={"averageValue": "1"}), True, False),
        (metric("ContainerResource", name="cpu", target={"averageUtilization": 50}), True, False),
        (metric("Pods", metric={"name": "cpu"}), False, False),
        ({"metrics": "cpu"}, None, None),
    ],
)
def test_autoscalers_need_requests_for_shares_of_the_whole_pod(
    spec: dict[str, Any], follows: bool | None, needs: bool | None
) -> None:
    row = autoscaler(spec)
    assert (row.follows_cpu, row.needs_cpu_requests) == (follows, needs)


@pytest.mark.parametrize(
    ("policies", "sets_memory", "bounded"),
    [
        (None, True, False),
        ([{"containerName": "*", "mode": "Off"}], False, True),
        ([{"containerName": "web", "controlledResources": ["cpu"]}], True, False),
        ([{"containerName": "*", "controlledResources": ["cpu"], "maxAllowed": {"cpu": 1}}], False, True),
        ("all", None, None),
    ],
)
def test_policies_say_what_a_vertical_autoscaler_sets(
    policies: Any, sets_memory: bool | None, bounded: bool | None
) -> None:
    made = {
        "apiVersion": "autoscaling.k8s.io/v1", "kind": "VerticalPodAutoscaler",
        "metadata": {"name": "web", "namespace": "shop"}, "spec": {"resourcePolicy": {"containerPolicies": policies}},
    }  # fmt: skip
    (row,) = build(VerticalAutoscalers, made)["vertical_autoscalers"]
    assert (row.sets_memory, row.has_upper_bound) == (sets_memory, bounded)

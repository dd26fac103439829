"""Who owns a pod: up to the object that a person would edit, also where links of the chain were not readable."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from collectors.tables.kubernetes.workloads import Workloads
from tests.tables.pods_of import Object, deployment, owned, pod, reference
from tests.tables.rows_of import DECLARED, RUNNING, build, sighting, unseen

HASHED = {"metadata": {"labels": {"app": "web", "pod-template-hash": "5d8f"}}}
PARTS = {
    "config_key_references", "config_references", "container_ports", "containers", "placement_rules", "pod_specs",
    "probes", "sysctls", "volumes",
}


def workloads(*objects: Object, cluster: Any = RUNNING) -> list[Any]:
    return list(build(Workloads, *objects, cluster=cluster)["workloads"])


def ids(*objects: Object) -> list[str]:
    return [row.workload_id for row in workloads(*objects)]


def replica_set(replicas: int = 1) -> Object:
    return owned(deployment(name="web-5d8f", kind="ReplicaSet", replicas=replicas), reference("Deployment", "web"))


def job(name: str) -> Object:
    return {**deployment(name=name, kind="Job"), "apiVersion": "batch/v1"}


def test_a_pod_of_a_deployment_belongs_to_it_through_its_replica_set() -> None:
    of = reference("ReplicaSet", "web-5d8f")
    (row,) = workloads(deployment(), replica_set(), pod("web-5d8f-x", of), pod("web-5d8f-y", of))
    assert (row.workload_id, row.pod_count, row.is_shown) == ("shop/Deployment.apps/web", 2, True)


def test_the_order_in_which_objects_are_seen_does_not_matter() -> None:
    objects = [deployment(), replica_set(), pod("web-5d8f-x", reference("ReplicaSet", "web-5d8f"))]
    assert ids(*objects) == ids(*reversed(objects))


def test_where_replica_sets_are_not_readable_the_template_hash_tells_the_deployment() -> None:
    (row,) = workloads(pod("web-5d8f-x", reference("ReplicaSet", "web-5d8f"), **HASHED))
    assert (row.kind, row.api_group, row.name, row.is_shown) == ("Deployment", "apps", "web", False)
    assert row.pod_labels == ["app=web"]


def test_a_replica_set_without_that_hash_is_the_owner_itself() -> None:
    assert ids(pod("web-x", reference("ReplicaSet", "web"))) == ["shop/ReplicaSet.apps/web"]


def test_a_rollout_is_known_from_its_pods() -> None:
    seen = owned(deployment(name="web-5d8f", kind="ReplicaSet"), reference("Rollout", "web"))
    by_chain = ids(seen, pod("web-5d8f-x", reference("ReplicaSet", "web-5d8f")))
    labels = {"metadata": {"labels": {"rollouts-pod-template-hash": "5d8f"}}}
    by_hash = ids(pod("web-5d8f-x", reference("ReplicaSet", "web-5d8f"), **labels))
    assert by_chain == by_hash == ["shop/Rollout.argoproj.io/web"]


def test_a_job_of_a_schedule_belongs_to_its_cron_job() -> None:
    seen = owned(job("backup-29000000"), reference("CronJob", "backup"))
    of = reference("Job", "backup-29000000")
    assert ids(seen, pod("backup-29000000-x", of)) == ids(pod("backup-29000000-x", of)) == ["shop/CronJob.batch/backup"]


@pytest.mark.parametrize("name", ["migrate-42", "migrate", "migrate-20261121-1"])
def test_a_number_that_is_no_minute_does_not_make_a_schedule(name: str) -> None:
    assert ids(pod(f"{name}-x", reference("Job", name))) == [f"shop/Job.batch/{name}"]


def test_old_replica_sets_and_jobs_of_a_schedule_add_nothing() -> None:
    seen = owned(job("backup-29000000"), reference("CronJob", "backup"))
    assert ids(deployment(), replica_set(0), seen) == ["shop/Deployment.apps/web"]


def test_a_replica_set_or_job_of_its_own_is_a_workload() -> None:
    assert ids(deployment(kind="ReplicaSet"), job("once")) == ["shop/ReplicaSet.apps/web", "shop/Job.batch/once"]


def test_a_stateful_set_that_an_operator_made_is_still_what_is_judged() -> None:
    made = owned(deployment(kind="StatefulSet"), {"apiVersion": "m.example/v1", "kind": "Prometheus", "name": "k8s"})
    assert ids(made) == ["shop/StatefulSet.apps/web"]


def test_a_static_pod_stands_for_itself() -> None:
    annotations = {"annotations": {"kubernetes.io/config.mirror": "0a1b"}}
    (row,) = workloads(pod("etcd-node-1", reference("Node", "node-1"), {"nodeName": "node-1"}, metadata=annotations))
    assert (row.kind, row.is_static, row.has_node_name, row.node_name) == ("Pod", True, True, "node-1")
    (listed,) = workloads(pod("etcd", metadata={"annotations": {"kubernetes.io/config.source": "file"}}))
    assert listed.is_static is True


def test_a_template_that_was_not_shown_is_an_unseen_part_of_its_workload() -> None:
    parts = unseen(Workloads, pod("web-x", reference("DaemonSet", "web")), cluster=RUNNING)
    assert {part.table for part in parts} == PARTS
    assert {(part.owner, part.kind, part.namespace) for part in parts} == {
        ("shop/DaemonSet.apps/web", "apps/DaemonSet", "shop")
    }
    assert unseen(Workloads, deployment(kind="DaemonSet"), cluster=RUNNING) == []
    assert unseen(Workloads, pod("bare"), cluster=RUNNING) == []
    assert unseen(Workloads, pod("web-x", reference("DaemonSet", "web")), cluster=DECLARED) == []


def test_two_manifests_of_one_name_are_two_workloads() -> None:
    worker = Workloads(DECLARED)
    worker.observe(sighting(deployment()))
    worker.observe(replace(sighting(deployment({"hostPID": True}), 1), declaration=1))
    assert [row.workload_id for row in worker.rows()["workloads"]] == [
        "shop/Deployment.apps/web",
        "shop/Deployment.apps/web~2",
    ]


def test_generated_names_reduce_to_their_prefix() -> None:
    names = [
        row.stable_name
        for row in workloads(job("backup-29000000"), deployment(), pod("x-7f", metadata={"generateName": "x-"}))
    ]
    assert names == ["backup-*", "web", "x-*"]


def test_a_cycle_of_owners_ends() -> None:
    first = owned(deployment(name="a", kind="ReplicaSet"), reference("ReplicaSet", "b"))
    second = owned(deployment(name="b", kind="ReplicaSet"), reference("ReplicaSet", "a"))
    assert len(ids(first, second, pod("x", reference("ReplicaSet", "a")))) == 1


def test_templates_of_extensions_are_read_when_they_are_there() -> None:
    config = {**deployment(kind="DeploymentConfig"), "apiVersion": "apps.openshift.io/v1"}
    (row,) = workloads(config)
    assert (row.workload_id, row.desired_replicas) == ("shop/DeploymentConfig.apps.openshift.io/web", 1)

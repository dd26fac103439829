"""One row per form: pods equal to their template add none, a pod that differs has its own."""

from __future__ import annotations

from typing import Any

from collectors.tables.kubernetes.workloads import Workloads
from tests.tables.pods_of import Object, deployment, pod, reference
from tests.tables.rows_of import RUNNING, build

OF = reference("DaemonSet", "web")
TOKEN = {
    "volumes": [
        {"name": "kube-api-access-x7k2p", "projected": {"sources": [{"serviceAccountToken": {"path": "token"}}]}}
    ],
    "containers": [
        {
            "name": "main",
            "image": "registry.example/web:1.0",
            "volumeMounts": [{"name": "kube-api-access-x7k2p", "mountPath": "/var/run/secrets"}],
        }
    ],
    "serviceAccountName": "default",
    "serviceAccount": "default",
    "nodeName": "node-1",
}
PRIVILEGED = {
    "containers": [{"name": "main", "image": "registry.example/web:1.0", "securityContext": {"privileged": True}}]
}


def rows(*objects: Object) -> dict[str, list[Any]]:
    return build(Workloads, *objects, cluster=RUNNING)


def daemon_set() -> Object:
    return deployment(kind="DaemonSet")


def test_three_hundred_equal_pods_are_one_row_with_their_number() -> None:
    found = rows(daemon_set(), *(pod(f"web-{n}", OF, TOKEN) for n in range(300)))
    (container,) = found["containers"]
    assert (container.from_template, container.pod_count) == (True, 300)
    assert container.evidence_refs == ["E-1#/items/0", "E-1#/items/1"]
    assert len(found["pods"]) == 300 and not found["volumes"]


def test_one_pod_that_differs_is_a_row_of_its_own() -> None:
    found = rows(daemon_set(), pod("web-1", OF), pod("web-2", OF, PRIVILEGED), pod("web-3", OF))
    seen = [(row.is_privileged, row.from_template, row.pod_count) for row in found["containers"]]
    assert seen == [(False, True, 2), (True, False, 1)]
    assert [row.container_id for row in found["containers"]] == [
        "shop/DaemonSet.apps/web:main/main",
        "shop/DaemonSet.apps/web:main/main~2",
    ]
    assert found["containers"][1].evidence_refs == ["E-1#/items/2"]


def test_a_container_that_was_injected_into_pods_is_seen() -> None:
    both = {"containers": [*PRIVILEGED["containers"], {"name": "proxy"}]}
    names = {row.name for row in rows(daemon_set(), pod("web-1", OF, both))["containers"]}
    assert names == {"main", "proxy"}


def test_a_debug_container_is_ephemeral() -> None:
    debugged = pod("web-1", OF, {"ephemeralContainers": [{"name": "debug"}]})
    types = {row.name: row.container_type for row in rows(daemon_set(), debugged)["containers"]}
    assert types == {"main": "main", "debug": "ephemeral"}


def test_an_init_container_that_keeps_running_is_a_sidecar() -> None:
    spec = {"initContainers": [{"name": "a", "restartPolicy": "Always"}, {"name": "b"}]}
    types = {row.name: (row.container_type, row.serves) for row in rows(deployment(spec))["containers"]}
    assert types == {"main": ("main", True), "a": ("sidecar", True), "b": ("init", False)}


def test_pods_that_ran_to_their_end_add_nothing_to_a_controller() -> None:
    done = {"status": {"phase": "Failed"}}
    found = rows(daemon_set(), pod("web-1", OF, PRIVILEGED, **done))
    assert [row.is_privileged for row in found["containers"]] == [False]
    (unseen,) = rows(pod("web-1", OF, PRIVILEGED, **done))["workloads"]
    assert unseen.is_shown is False and not rows(pod("web-1", OF, PRIVILEGED, **done))["containers"]


def test_the_finished_pod_of_a_job_shows_what_the_job_runs() -> None:
    found = rows(pod("once-x", reference("Job", "once"), PRIVILEGED, status={"phase": "Succeeded"}))
    assert [row.is_privileged for row in found["containers"]] == [True]


def test_host_ports_that_the_api_server_fills_in_make_no_second_form() -> None:
    def spec(port: Object) -> Object:
        return {"hostNetwork": True, "containers": [{"name": "main", "ports": [{"containerPort": 9100, **port}]}]}

    found = rows(deployment(spec({}), kind="DaemonSet"), pod("web-1", OF, spec({"hostPort": 9100})))
    (port,) = found["container_ports"]
    assert (port.name, port.has_host_port, port.host_port, port.uses_host_network) == ("main/9100", True, 9100, True)


def test_the_claims_of_a_stateful_set_are_volumes_of_its_template() -> None:
    owner = deployment(kind="StatefulSet", volumeClaimTemplates=[{"metadata": {"name": "data"}}])
    claimed = {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data-web-0"}}]}
    (volume,) = rows(owner, pod("web-0", reference("StatefulSet", "web"), claimed))["volumes"]
    assert (volume.volume_type, volume.from_template, volume.pod_count) == ("persistentVolumeClaim", True, 1)


def test_pod_level_columns_are_known_only_where_pods_without_template_agree() -> None:
    one, two = pod("web-1", OF, {"hostPID": True}), pod("web-2", OF, {"hostPID": False})
    (row,) = rows(one, two)["workloads"]
    assert (row.uses_host_pid, row.uses_host_ipc, row.desired_replicas) == (None, False, None)


def test_a_pod_says_how_it_fares() -> None:
    status = {
        "phase": "Running",
        "conditions": [{"type": "Ready", "status": "True"}],
        "containerStatuses": [{"restartCount": 3}],
        "initContainerStatuses": [{"restartCount": 1}],
    }
    (row,) = rows(
        pod("a", None, {"nodeName": "n"}, status=status, metadata={"creationTimestamp": "2026-11-21T10:00:00Z"})
    )["pods"]
    assert (row.phase, row.is_ready, row.restart_count, row.node_name) == ("Running", True, 4, "n")
    assert row.created_at.isoformat() == "2026-11-21T10:00:00"
    (silent,) = rows(pod("a"))["pods"]
    assert (silent.phase, silent.is_ready, silent.restart_count) == (None, None, None)


def test_the_name_of_a_job_stays_a_label_of_its_pods_and_the_zone_of_a_node_does_not() -> None:
    labels = {"job-name": "once", "batch.kubernetes.io/job-name": "once", "topology.kubernetes.io/zone": "z"}
    (row,) = rows(pod("once-x", reference("Job", "once"), metadata={"labels": labels}))["workloads"]
    (shown,) = rows({**deployment(name="once", kind="Job"), "apiVersion": "batch/v1"})["workloads"]
    assert row.pod_labels == ["batch.kubernetes.io/job-name=once", "job-name=once"]
    assert shown.pod_labels == ["app=once", *row.pod_labels]

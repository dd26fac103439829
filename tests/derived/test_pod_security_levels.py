"""The Pod Security level of a workload, version by version, as the admission library decides it."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from assessment.derived.pod_security_levels import level_rows, workload_rows
from assessment.derived.workload_claims import rows as claim_rows
from collectors.tables.kubernetes.namespaces import Namespaces
from collectors.tables.kubernetes.persistent_volumes import PersistentVolumes
from collectors.tables.kubernetes.storage import PersistentVolumeClaims
from collectors.tables.kubernetes.workloads import Workloads
from tests.tables import rows_of
from tests.tables.rows_of import DECLARED

HARD: dict[str, Any] = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
CAREFUL: dict[str, Any] = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
ENFORCE = "pod-security.kubernetes.io/enforce"


def build(builder: Any, *objects: dict[str, Any]) -> dict[str, list[Any]]:
    return rows_of.build(builder, *objects)


def web(container: dict[str, Any] | None = None, **pod: Any) -> dict[str, Any]:
    main = {"name": "main", "image": "registry.example/web:1", **(container or {})}
    template = {"metadata": {}, "spec": {"containers": [main], **pod}}
    metadata = {"name": "web", "namespace": "shop"}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": {"template": template}}


def spans(workload: dict[str, Any]) -> list[tuple[int, int, str | None]]:
    found = level_rows(build(Workloads, workload), {"c": DECLARED}, ())
    return [(row.from_minor, row.to_minor, row.level) for row in found]


@pytest.mark.parametrize(
    ("workload", "expected"),
    [
        (web(), [(24, 37, "baseline")]),
        (web({"securityContext": HARD}, securityContext=CAREFUL), [(24, 37, "restricted")]),
        (web({"securityContext": {"privileged": True}}), [(24, 37, "privileged")]),
        (web(hostIPC=True), [(24, 37, "privileged")]),
        (web(volumes=[{"name": "n", "hostPath": {"path": "/x"}}]), [(24, 37, "privileged")]),
        (web(volumes=[{"name": "n", "nfs": {"server": "a", "path": "/"}}]), [(24, 37, "baseline")]),
        (web({"livenessProbe": {"tcpSocket": {"port": 1, "host": "a"}}}),
         [(24, 33, "baseline"), (34, 37, "privileged")]),
        (web(securityContext={"seLinuxOptions": {"type": "container_engine_t"}}),
         [(24, 30, "privileged"), (31, 37, "baseline")]),
        (web(securityContext={"sysctls": [{"name": "net.ipv4.tcp_rmem", "value": "1"}]}),
         [(24, 31, "privileged"), (32, 37, "baseline")]),
        (web(securityContext={"sysctls": [{"name": "net.ipv4.tcp_notsent_lowat", "value": "1"}]}),
         [(24, 36, "privileged"), (37, 37, "baseline")]),
        (web({"securityContext": {"procMount": "Unmasked"}}, hostUsers=False),
         [(24, 34, "privileged"), (35, 37, "baseline")]),
        (web({"securityContext": HARD}, hostUsers=False, securityContext={"seccompProfile": {"type": "Localhost"}}),
         [(24, 34, "baseline"), (35, 37, "restricted")]),
        (web(os={"name": "windows"}, securityContext={"runAsNonRoot": True}),
         [(24, 24, "baseline"), (25, 37, "restricted")]),
        (web(nodeSelector={"kubernetes.io/os": "windows"}, securityContext={"runAsNonRoot": True}),
         [(24, 37, "baseline")]),
        (web({"securityContext": HARD | {"capabilities": {"drop": ["all"]}}}, securityContext=CAREFUL),
         [(24, 37, "baseline")]),
        (web({"securityContext": {"capabilities": {"add": ["CAP_CHOWN"]}}}), [(24, 37, "privileged")]),
        (web({"securityContext": {"privileged": "yes"}}), [(24, 37, None)]),
    ],
)  # fmt: skip
def test_a_level_holds_for_the_versions_that_judge_alike(
    workload: dict[str, Any], expected: list[tuple[int, int, str | None]]
) -> None:
    assert spans(workload) == expected


PROBED = web({"livenessProbe": {"tcpSocket": {"port": 1, "host": "a"}}})


def judged(workload: dict[str, Any], minor: int | None, **labels: str) -> Any:
    written = {f"{ENFORCE}{name.replace('_', '-')}": value for name, value in labels.items()}
    metadata = {"name": "shop", "labels": written}
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
    tables = build(Workloads, workload) | build(Namespaces, *([namespace] if labels else []))
    tables.setdefault("namespaces", [])
    return workload_rows(tables, {"c": dataclasses.replace(DECLARED, kubernetes_minor=minor)}, ())[0]


def test_latest_follows_the_api_server_and_an_unknown_version_says_only_what_all_agree_on() -> None:
    assert judged(PROBED, 33).meets_baseline is True
    assert judged(PROBED, 36).meets_baseline is False
    assert judged(PROBED, None).meets_baseline is None
    assert judged(PROBED, None).meets_restricted is False
    assert judged(PROBED, 99).meets_baseline is False


@pytest.mark.parametrize(
    ("labels", "admitted"),
    [
        ({}, None),
        ({"_": "x"}, True),
        ({"": "privileged"}, True),
        ({"": "baseline"}, False),
        ({"": "baseline", "_version": "v1.33"}, True),
        ({"": "baseline", "_version": "v1.20"}, None),
        ({"": "Baseline", "_version": "v1.33"}, False),
        ({"": "restricted", "_version": "latest"}, False),
    ],
)
def test_a_namespace_admits_what_meets_its_level_at_its_version(
    labels: dict[str, str], admitted: bool | None
) -> None:
    assert judged(PROBED, 36, **labels).is_admitted is admitted


def behind(claim: dict[str, Any], *volumes: dict[str, Any]) -> bool | None:
    held = web(volumes=[{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}])
    metadata = {"name": "data", "namespace": "shop"}
    wanted = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": claim}
    disks = [
        {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": f"disk-{place}"}, "spec": spec}
        for place, spec in enumerate(volumes)
    ]
    tables = build(Workloads, held) | build(PersistentVolumeClaims, wanted) | build(PersistentVolumes, *disks)
    found = claim_rows({"storage_classes": [], "persistent_volumes": [], **tables}, {"c": DECLARED}, ())
    return found[0].has_host_path


NODE: dict[str, Any] = {"hostPath": {"path": "/data"}}
DISK: dict[str, Any] = {"csi": {"driver": "d", "volumeHandle": "v"}}


def test_what_stands_behind_a_claim_is_what_it_is_bound_to() -> None:
    assert behind({"volumeName": "disk-0"}, NODE) is True
    assert behind({"volumeName": "disk-1"}, NODE, DISK) is False
    assert behind({}, NODE | {"claimRef": {"namespace": "shop", "name": "data"}}) is True
    assert behind({"storageClassName": "manual"}, NODE | {"storageClassName": "manual"}) is True
    manual = {"storageClassName": "manual"}
    assert behind(manual, NODE | manual, DISK | manual) is None
    assert behind({"volumeName": "elsewhere"}, NODE) is None

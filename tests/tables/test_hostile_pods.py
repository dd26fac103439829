"""Whatever stands in a pod or its owner: no exception, and rows that the engine takes."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.tables.build import base_tables
from collectors.tables.database import arrow
from collectors.tables.kubernetes.workloads import Workloads
from tests.tables.pods_of import Object, deployment, pod, reference
from tests.tables.rows_of import RUNNING, build

RICH: Object = {
    "containers": [
        {
            "name": "main", "image": "web:1", "imagePullPolicy": "Always", "args": ["--x"], "command": ["/bin/web"],
            "env": [{"name": "A", "value": "b"}, {"name": "S", "valueFrom": {"secretKeyRef": {"name": "s"}}}],
            "envFrom": [{"configMapRef": {"name": "c"}}],
            "ports": [{"name": "http", "containerPort": 80, "hostPort": 80, "protocol": "TCP"}],
            "resources": {"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": 1}},
            "livenessProbe": {"httpGet": {"port": 80, "host": "h", "httpHeaders": [{"name": "a", "value": "b"}]}},
            "lifecycle": {"preStop": {"exec": {"command": ["sleep"]}}},
            "volumeMounts": [{"name": "v", "mountPath": "/v", "readOnly": True, "mountPropagation": "None"}],
            "securityContext": {
                "privileged": False, "runAsUser": 1, "capabilities": {"add": ["X"], "drop": ["ALL"]},
                "procMount": "Default", "seccompProfile": {"type": "RuntimeDefault"},
                "seLinuxOptions": {"type": "t"}, "appArmorProfile": {"type": "x"},
            },
        }
    ],
    "initContainers": [{"name": "i", "restartPolicy": "Always"}],
    "volumes": [
        {"name": "v", "hostPath": {"path": "/etc"}},
        {"name": "p", "projected": {"sources": [{"secret": {"name": "s"}}]}},
    ],
    "securityContext": {
        "sysctls": [{"name": "a.b", "value": "1"}], "runAsNonRoot": True, "windowsOptions": {"hostProcess": False},
    },
    "affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "zone"}]}},
    "topologySpreadConstraints": [{"topologyKey": "zone"}],
    "serviceAccountName": "web", "os": {"name": "linux"}, "hostUsers": False, "imagePullSecrets": [{"name": "s"}],
}  # fmt: skip
ODD = [
    None,
    "",
    "text",
    0,
    -1,
    2**70,
    1.5,
    True,
    [],
    {},
    [None],
    ["x"],
    [[]],
    {"name": None},
    {"x": {"y": 1}},
    [{"name": 5}],
]
STATUS = {
    "phase": "Running",
    "conditions": [{"type": "Ready", "status": "True"}],
    "containerStatuses": [{"restartCount": 1}],
}


def objects() -> list[Object]:
    owner = deployment(
        RICH, kind="StatefulSet", replicas=2, updateStrategy={"type": "OnDelete"}, volumeClaimTemplates=[]
    )
    metadata = {"labels": {"app": "web"}, "annotations": {"kubernetes.io/config.source": "api"}, "generateName": "web-"}
    return [
        owner,
        {**deployment(name="once", kind="CronJob"), "apiVersion": "batch/v1"},
        pod("web-0", reference("StatefulSet", "web"), RICH, status=STATUS, metadata=metadata),
        pod("bare", None, RICH, status=STATUS, metadata=metadata),
    ]


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value."""
    if path:
        yield path
    found = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in found:
        yield from places(value, (*path, key))


def replaced(path: tuple[Any, ...], value: Any) -> list[Object]:
    changed = copy.deepcopy(objects())
    node: Any = changed
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return [each if isinstance(each, dict) else {} for each in changed]


PLACES = [path for path in places(objects()) if len(path) > 1 and path[1] not in ("apiVersion", "kind")]


def loadable(found: list[Object]) -> dict[str, list[Any]]:
    rows = build(Workloads, *found, cluster=RUNNING)
    for name, held in rows.items():
        arrow(base_tables()[name], held)
    return rows


@settings(max_examples=400, deadline=None)
@given(path=st.sampled_from(PLACES), odd=st.sampled_from(ODD))
def test_any_field_may_hold_anything(path: tuple[Any, ...], odd: Any) -> None:
    loadable(replaced(path, copy.deepcopy(odd)))


@pytest.mark.parametrize("odd", [None, "x", [], 7], ids=repr)
def test_an_object_may_be_hollow(odd: Any) -> None:
    for field in ("metadata", "spec", "status"):
        loadable([{**each, field: odd} for each in objects()])


@pytest.mark.parametrize("name", ["containers", "initContainers", "ephemeralContainers"])
def test_a_list_of_containers_that_cannot_be_read_is_one_container_of_which_nothing_is_known(name: str) -> None:
    rows = loadable([deployment({"containers": [], name: "none"})])["containers"]
    assert [(row.name, row.is_privileged, row.has_memory_limit, row.image) for row in rows] == [
        (None, None, None, None)
    ]


@pytest.mark.parametrize(("field", "table"), [("volumes", "volumes"), ("imagePullSecrets", "config_references")])
def test_a_list_that_cannot_be_read_is_one_row_of_which_nothing_is_known(field: str, table: str) -> None:
    assert len(loadable([deployment({field: "none"})])[table]) >= 1


def test_a_spec_nested_beyond_reason_is_a_form_of_its_own() -> None:
    deep: Any = {}
    for _ in range(400):
        deep = {"x": deep}
    nested = [pod(f"web-{n}", reference("DaemonSet", "web"), {"nodeSelector": deep}) for n in range(2)]
    (row,) = loadable(nested)["containers"]
    assert row.pod_count == 2

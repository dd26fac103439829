"""How many replicas a workload may have, which rules keep its pods apart, and which keys it misses."""

from __future__ import annotations

from typing import Any

import pytest

from assessment.derived import config_keys, spreading_rules, workload_scaling
from collectors.tables.coverage import Gap
from collectors.tables.kubernetes.autoscalers import Autoscalers
from collectors.tables.kubernetes.config_maps import ConfigMaps
from collectors.tables.kubernetes.scaled_objects import ScaledObjects
from collectors.tables.kubernetes.workloads import Workloads
from collectors.tables.schema import ClusterContext
from tests.tables.pods_of import deployment
from tests.tables.rows_of import DECLARED, RUNNING, build


def placed(kind: str, version: str, spec: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    return {
        "apiVersion": version, "kind": kind, "spec": spec, "metadata": {"name": "web", "namespace": "shop", **metadata},
    }  # fmt: skip


HPA = placed(
    "HorizontalPodAutoscaler", "autoscaling/v2",
    {"minReplicas": 2, "maxReplicas": 5, "scaleTargetRef": {"kind": "Deployment", "name": "web"}},
)  # fmt: skip
KEDA = placed("ScaledObject", "keda.sh/v1alpha1", {"scaleTargetRef": {"name": "web"}, "maxReplicaCount": 9})


def gap(table: str) -> Gap:
    return Gap(0, "files", "c", "shop", "", table, "absent", "", "")


def scaling(*objects: dict[str, Any], gaps: tuple[Gap, ...] = (), cluster: ClusterContext = DECLARED) -> Any:
    tables = {
        "workloads": build(Workloads, deployment(replicas=3), cluster=cluster)["workloads"],
        "autoscalers": build(Autoscalers, *(each for each in objects if "Horizontal" in each["kind"]))["autoscalers"],
        "scaled_objects": build(ScaledObjects, *(each for each in objects if each["kind"] == "ScaledObject"))[
            "scaled_objects"
        ],
    }
    (row,) = workload_scaling.rows(tables, {"c": cluster}, gaps)
    return row.is_scaled, row.scaler_count, row.lowest_replicas, row.highest_replicas


def test_an_autoscaler_sets_replicas_whatever_the_workload_says() -> None:
    assert scaling() == (False, 0, 3, 3)
    assert scaling(HPA) == (True, 1, 2, 5)


def test_keda_counts_in_manifests_and_through_its_autoscaler_in_a_running_cluster() -> None:
    assert scaling(KEDA) == (True, 1, 0, 9)
    assert scaling(KEDA, cluster=RUNNING) == (False, 0, 3, 3)
    made = {**HPA, "metadata": {**HPA["metadata"], "ownerReferences": [
        {"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "name": "web", "controller": True}]}}  # fmt: skip
    assert scaling(made, cluster=RUNNING) == (True, 0, 2, 5)


def test_an_autoscaler_that_may_be_there_unseen_leaves_replicas_open() -> None:
    assert scaling(gaps=(gap("autoscalers"),)) == (None, None, None, None)
    assert scaling(gaps=(gap("scaled_objects"),)) == (None, None, None, None)
    assert scaling(gaps=(gap("scaled_objects"),), cluster=RUNNING) == (False, 0, 3, 3)
    assert scaling({**HPA, "metadata": {"name": "web"}}) == (None, None, None, None)


@pytest.mark.parametrize(
    ("term", "counts"),
    [
        ({"labelSelector": {"matchLabels": {"app": "web"}}}, True),
        ({"labelSelector": {}}, True),
        ({}, False),
        ({"labelSelector": {"matchLabels": {"app": "api"}}}, False),
        ({"labelSelector": {}, "namespaces": ["bank"]}, False),
        ({"labelSelector": {}, "namespaces": ["bank", "shop"]}, True),
        ({"labelSelector": {}, "namespaceSelector": {}}, True),
        ({"labelSelector": {}, "namespaceSelector": {"matchLabels": {"team": "shop"}}}, None),
        ({"labelSelector": {}, "mismatchLabelKeys": ["app"]}, False),
        ({"labelSelector": "web"}, None),
    ],
)
def test_a_term_of_anti_affinity_counts_own_pods_where_selector_and_namespace_fit(
    term: dict[str, Any], counts: bool | None
) -> None:
    rule = {"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "kubernetes.io/hostname", **term}]}
    built = build(Workloads, deployment({"affinity": {"podAntiAffinity": rule}}))
    (row,) = spreading_rules.rows(built, {})
    assert row.counts_own_pods is counts


def test_a_key_is_missing_only_where_its_object_was_seen_without_it() -> None:
    variable = {"name": "A", "valueFrom": {"configMapKeyRef": {"name": "web", "key": "mode"}}}
    workloads = build(Workloads, deployment({"containers": [{"name": "main", "env": [variable]}]}))
    held = build(ConfigMaps, placed("ConfigMap", "v1", {}) | {"data": {"mood": "good"}})["config_maps"]

    def missing(config_maps: list[Any], *gaps: Gap) -> bool | None:
        tables = {**workloads, "config_maps": config_maps, "secrets": []}
        return config_keys.rows(tables, {}, gaps)[0].is_missing

    assert missing(held) is True
    assert missing([]) is False
    assert missing([], gap("config_maps")) is None
    assert missing([held[0]._replace(key_names=None)]) is None
    assert missing([held[0]._replace(namespace=None)]) is None

"""Disruption budgets and autoscalers as rows."""

from __future__ import annotations

from typing import Any

import pytest

from collectors.tables.disruption_amounts import amount, leaves_room, replicas_needed
from collectors.tables.kubernetes.autoscalers import Autoscalers
from collectors.tables.kubernetes.disruption_budgets import DisruptionBudgets
from tests.tables.rows_of import build


def budget(spec: Any, version: str = "policy/v1", **more: Any) -> Any:
    metadata = {"name": "b", "namespace": "shop"}
    obj = {"apiVersion": version, "kind": "PodDisruptionBudget", "metadata": metadata, "spec": spec, **more}
    return build(DisruptionBudgets, obj)["disruption_budgets"][0]


@pytest.mark.parametrize(
    ("spec", "needed", "room_of_two"),
    [
        ({}, 1, True),
        ({"minAvailable": 0}, 1, True),
        ({"minAvailable": 1}, 2, True),
        ({"minAvailable": 2}, 3, False),
        ({"minAvailable": "50%"}, 2, True),
        ({"minAvailable": "51%"}, 3, False),
        ({"minAvailable": "67%"}, 4, False),
        ({"minAvailable": "100%"}, None, False),
        ({"maxUnavailable": 0}, None, False),
        ({"maxUnavailable": "0%"}, None, False),
        ({"maxUnavailable": "1%"}, 1, True),
        ({"maxUnavailable": 1}, 1, True),
        ({"minAvailable": "many"}, None, None),
        ({"minAvailable": -1}, None, None),
    ],
)
def test_percentages_round_up_and_decide_how_many_pods_leave_room(
    spec: dict[str, Any], needed: int | None, room_of_two: bool | None
) -> None:
    least, most = amount(spec, "minAvailable"), amount(spec, "maxUnavailable")
    assert replicas_needed(least, most) == needed
    assert leaves_room(least, most, 2) is room_of_two
    if needed is not None:
        assert leaves_room(least, most, needed) is True
        assert needed == 1 or leaves_room(least, most, needed - 1) is False


def test_a_budget_that_never_spares_a_pod_is_seen_by_either_field() -> None:
    found = [
        budget(spec).forbids_every_eviction
        for spec in ({"maxUnavailable": 0}, {"minAvailable": "100%"}, {"minAvailable": "100%", "maxUnavailable": 5},
                     {"minAvailable": 5}, {}, {"maxUnavailable": "some"})
    ]  # fmt: skip
    assert found == [True, True, True, False, False, None]


def test_an_empty_selector_selects_all_in_v1_and_nothing_in_v1beta1() -> None:
    assert budget({"selector": {}}).selects_no_pods is False
    assert budget({"selector": {}}).pod_selector == []
    assert budget({"selector": {}}, "policy/v1beta1").selects_no_pods is True
    assert budget({"selector": {"matchLabels": {"a": "b"}}}, "policy/v1beta1").selects_no_pods is False


def test_no_selector_selects_nothing_and_an_unreadable_one_is_not_known() -> None:
    assert budget({}).selects_no_pods is True
    assert (budget({"selector": "x"}).selects_no_pods, budget({"selector": "x"}).pod_selector) == (False, None)
    assert budget(None).selects_no_pods is True
    assert budget("x").pod_selector is None


def test_an_amount_that_cannot_be_read_is_guarded_as_set_but_not_known() -> None:
    row = budget({"minAvailable": ["2"]})
    assert (row.has_min_available, row.min_available) == (True, None)
    assert (row.has_min_available_percent, row.min_available_percent) == (True, None)
    assert row.has_rule is True


def test_what_the_cluster_counts_stands_beside_what_was_written() -> None:
    row = budget({"minAvailable": 1}, status={"expectedPods": 3, "desiredHealthy": 1})
    assert (row.has_expected_pods, row.expected_pods, row.desired_healthy) == (True, 3, 1)
    assert budget({"minAvailable": 1}).has_expected_pods is False


def test_an_autoscaler_keeps_one_replica_unless_it_says_otherwise() -> None:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    metadata = {"name": "a", "namespace": "shop"}
    base = {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": metadata}
    specs = [{"maxReplicas": 3, "scaleTargetRef": target}, {"scaleTargetRef": {"kind": "Rollout"}}, "x"]
    rows = [build(Autoscalers, base | {"spec": spec})["autoscalers"][0] for spec in specs]
    assert [(row.min_replicas, row.max_replicas) for row in rows] == [(1, 3), (1, None), (None, None)]
    assert [row.is_builtin_target for row in rows] == [True, False, None]


def test_an_autoscaler_says_whether_it_can_compute_its_metrics() -> None:
    obj = {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "a"}}
    for status, expected in (("True", True), ("False", False), ("Unknown", None)):
        conditions = [{"type": "AbleToScale", "status": "True"}, {"type": "ScalingActive", "status": status}]
        row = build(Autoscalers, obj | {"status": {"conditions": conditions}})["autoscalers"][0]
        assert row.is_scaling_active is expected

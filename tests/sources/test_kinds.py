"""One object has one kind, whatever its age, and one scope."""

from __future__ import annotations

import pytest

from collectors.kubernetes.kinds import KNOWN, is_namespaced, kind_of, kind_of_resource
from tests.inputs import inputs


@pytest.mark.parametrize(
    ("api_version", "name", "kind"),
    [
        ("v1", "Pod", "Pod"),
        ("apps/v1", "Deployment", "apps/Deployment"),
        ("extensions/v1beta1", "Deployment", "apps/Deployment"),
        ("apps/v1beta2", "StatefulSet", "apps/StatefulSet"),
        ("extensions/v1beta1", "Ingress", "networking.k8s.io/Ingress"),
        ("policy/v1beta1", "PodDisruptionBudget", "policy/PodDisruptionBudget"),
        ("autoscaling/v2beta2", "HorizontalPodAutoscaler", "autoscaling/HorizontalPodAutoscaler"),
        ("events.k8s.io/v1", "Event", "Event"),
        ("serving.knative.dev/v1", "Service", "serving.knative.dev/Service"),
    ],
)
def test_a_kind_is_written_with_the_group_where_it_lives_today(api_version: str, name: str, kind: str) -> None:
    assert kind_of({"apiVersion": api_version, "kind": name}) == kind


def test_what_does_not_say_its_kind_has_none() -> None:
    unsaid = ({}, {"kind": "Pod"}, {"apiVersion": "v1"}, {"apiVersion": "v1", "kind": 3}, {"apiVersion": 1})
    for said in unsaid:
        assert kind_of(said) is None


@pytest.mark.parametrize(
    ("resource", "kind"),
    [
        ("pods", "Pod"),
        ("deployments.apps", "apps/Deployment"),
        ("deployments", "apps/Deployment"),
        ("replication-controllers", "ReplicationController"),
        ("ingresses.extensions", "networking.k8s.io/Ingress"),
        ("cronjobs.v1.batch", "batch/CronJob"),
        ("networkpolicies.networking.k8s.io", "networking.k8s.io/NetworkPolicy"),
        ("widgets", None),
    ],
)
def test_the_name_of_a_list_tells_the_kind(resource: str, kind: str | None) -> None:
    assert kind_of_resource(resource) == kind


def test_scopes_of_built_in_kinds_are_known_and_others_are_not_guessed() -> None:
    assert is_namespaced("Pod") is True
    assert is_namespaced("rbac.authorization.k8s.io/ClusterRole") is False
    assert is_namespaced("x.io/Widget") is None


def test_the_table_agrees_with_a_real_server() -> None:
    lists = inputs("live-clusters/real-1.36/lists")
    served = [path.name.partition(".json")[0] for path in lists.iterdir()]
    unknown = {name for name in served if kind_of_resource(name) is None}
    assert all(name.endswith(".monitoring.coreos.com") for name in unknown)
    assert len(served) - len(unknown) >= 50
    assert all(known.plural.islower() for known in KNOWN.values())

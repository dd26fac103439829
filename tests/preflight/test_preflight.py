"""What can be judged with the access given, what not, and the rules that would open it."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
import yaml

from assessment.access import report as preflight_report
from assessment.access.preflight import ELSEWHERE, NOT, PARTS, WHOLE, Preflight, kinds_read, nobody_signed_in, preflight
from assessment.checks.load import Check, carried
from assessment.derived.run import all_tables
from assessment.frameworks.load import carried as frameworks_carried
from assessment.frameworks.load import load
from collectors.kubernetes.surveyed import PATHS
from tests.preflight.made_up_cluster import MadeUpCluster

PODS, DEPLOYMENTS, NODES = ("", "pods"), ("apps", "deployments"), ("", "nodes")
NAMESPACES, SECRETS = ("", "namespaces"), ("", "secrets")


@cache
def checks() -> tuple[Check, ...]:
    return carried(tuple(all_tables().values()))


def seen(cluster: MadeUpCluster, **asked: Any) -> Preflight:
    return preflight(cluster, checks(), [load(name) for name in frameworks_carried()], **asked)


def extents(found: Preflight) -> dict[str, str]:
    return {check.check_id: check.extent for check in found.checks}


def rules(found: Preflight) -> list[dict[str, Any]]:
    text = preflight_report.yaml_of(found)
    return list(yaml.safe_load(text)["rules"]) if text else []


def reading(kind: str) -> set[str]:
    return {check.check_id for check in checks() if kind in (kinds_read(check, all_tables()) or ())}


def test_with_every_right_nothing_is_missing() -> None:
    found = seen(MadeUpCluster(), with_secrets=True)
    assert not found.opens_the_rest and not found.unclear
    assert set(extents(found).values()) <= {WHOLE, ELSEWHERE, NOT}
    assert {need for check in found.checks for need in check.needs} <= {"survey/Kubelet"}


def test_a_kind_that_is_not_served_needs_no_right_and_no_review() -> None:
    cluster = MadeUpCluster({PODS, NAMESPACES}, serves=("Namespace", "Pod"))
    found = seen(cluster, with_secrets=True)
    assert found.access.calls["POST SelfSubjectAccessReview"] == 2 + len(PATHS)
    assert not rules(found)


def test_a_refused_kind_is_named_and_its_rule_is_all_that_is_printed() -> None:
    found = seen(MadeUpCluster({PODS, NAMESPACES, DEPLOYMENTS, SECRETS}), with_secrets=True)
    assert rules(found) == [{"apiGroups": [""], "resources": ["nodes"], "verbs": ["list"]}]
    lost = {check.check_id for check in found.checks if "Node" in check.needs}
    assert lost == reading("Node")
    assert {extents(found)[check] for check in lost} <= {NOT}


def test_secrets_that_nobody_asked_for_are_no_missing_right() -> None:
    found = seen(MadeUpCluster())
    assert not rules(found) and "POST SelfSubjectAccessReview" in found.access.calls
    needing = {check.check_id for check in found.checks if "Secret" in check.needs}
    assert needing == reading("Secret") and needing
    assert "Secret (only with --with-secrets)" in " ".join(preflight_report.sentences(found))


@pytest.mark.parametrize("webhook", [False, True])
def test_rights_in_one_namespace_are_found_even_where_the_server_cannot_tell_all_rules(webhook: bool) -> None:
    cluster = MadeUpCluster(
        {NAMESPACES, NODES}, {"shop": {PODS, DEPLOYMENTS}, "till": ()}, webhook=webhook, namespaces=("web",)
    )
    found = seen(cluster)
    sight = found.access.sights["Pod"]
    assert sight.everywhere is False and sight.namespaces == {"shop"}
    assert found.access.namespaces == ("shop", "till", "web") and found.access.knows_namespaces
    assert PARTS in extents(found).values()
    assert "in 1 of 3 namespaces" in " ".join(preflight_report.sentences(found))
    reviews = found.access.calls["POST SelfSubjectRulesReview"]
    assert reviews == 3


def test_namespaces_that_nobody_may_list_are_asked_where_they_are_given() -> None:
    found = seen(MadeUpCluster((), {"shop": {PODS, DEPLOYMENTS}}), namespaces=["shop"])
    assert found.access.namespaces == ("shop",) and not found.access.knows_namespaces
    assert found.access.sights["Pod"].namespaces == {"shop"}
    assert "GET /api/v1/namespaces" not in found.access.calls


def test_what_the_server_does_not_say_is_not_taken_for_a_yes_or_a_no() -> None:
    found = seen(MadeUpCluster(silent=["pods"]))
    assert [sight.kind for sight in found.unclear] == ["Pod"]
    assert {extents(found)[check] for check in reading("Pod")} == {NOT}
    assert not rules(found)


def test_pages_that_are_closed_are_in_the_role_too() -> None:
    found = seen(MadeUpCluster(paths=False))
    assert rules(found) == [{"nonResourceURLs": sorted(PATHS), "verbs": ["get"]}]


def test_fewer_rights_never_let_more_be_judged() -> None:
    everything = {PODS, NAMESPACES, DEPLOYMENTS, NODES, SECRETS}
    most = extents(seen(MadeUpCluster(everything), with_secrets=True))
    for lacking in everything:
        less = extents(seen(MadeUpCluster(everything - {lacking}), with_secrets=True))
        assert {check for check, extent in less.items() if extent == WHOLE} <= {
            check for check, extent in most.items() if extent == WHOLE}  # fmt: skip


def test_every_requirement_of_every_framework_is_counted_once() -> None:
    for row in seen(MadeUpCluster()).frameworks:
        requirements = [each for each in load(row.framework).requirements if each.level == "requirement"]
        counted = row.all_seen + row.some_seen + row.none_seen + row.elsewhere + row.by_hand
        assert counted == len(requirements)


def test_requirements_lose_what_their_checks_lose() -> None:
    full, less = seen(MadeUpCluster()).frameworks, seen(MadeUpCluster({NAMESPACES})).frameworks
    for before, after in zip(full, less, strict=True):
        assert after.all_seen < before.all_seen and after.elsewhere == before.elsewhere


def test_a_cluster_that_does_not_answer_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    found = seen(MadeUpCluster(gone=True))
    preflight_report.show(found)
    assert "Nothing can be said: the API server cannot be reached" in capsys.readouterr().out
    assert WHOLE not in {extents(found)[check] for check in reading("Pod")} and not found.opens_the_rest
    preflight_report.show(nobody_signed_in("eu", "the token has expired"))
    assert "the token has expired" in capsys.readouterr().out


def test_it_says_every_request_that_was_made(capsys: pytest.CaptureFixture[str]) -> None:
    found = seen(MadeUpCluster({NAMESPACES}, {"shop": ()}))
    preflight_report.show(found)
    said = " ".join(capsys.readouterr().out.split())
    for request, count in found.access.calls.items():
        assert f"{count} x {request}" in said
    assert {request.split()[0] for request in found.access.calls} == {"GET", "POST"}
    assert {request for request in found.access.calls if request.startswith("POST")} == {
        "POST SelfSubjectAccessReview", "POST SelfSubjectRulesReview"}  # fmt: skip

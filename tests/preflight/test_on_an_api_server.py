"""A preflight of a real API server: what it foresees is what a survey then sees."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from assessment.access import report as preflight_report
from assessment.access.preflight import Preflight, preflight
from assessment.access.printed_role import each_namespace, whole_cluster
from collectors.kubernetes import live
from collectors.kubernetes.surveyed import SURVEYED
from tests.control_plane.server import ControlPlane
from tests.permissions.accounts import Account, account, denied, without
from tests.preflight.test_preflight import checks
from tests.sources.collecting import new_run


def foreseen(by: Account, *namespaces: str) -> Preflight:
    return preflight(live.connect(by.kubeconfig), checks(), [], namespaces=namespaces)


def surveyed(by: Account, folder: Path, *namespaces: str) -> set[tuple[str, str]]:
    """The kinds that a survey sees to their end, and where."""
    run = new_run(folder)
    live.collect(run, live.connect(by.kubeconfig), cluster="one", namespaces=namespaces)
    claims = (claim for item in run.items() for claim in item.claims if claim.complete and claim.kind in SURVEYED)
    return {(claim.kind, claim.namespace) for claim in claims}


def sights(found: Preflight) -> set[tuple[str, str]]:
    kinds = [sight for sight in found.access.sights.values() if sight.kind in SURVEYED]
    inside = {(sight.kind, namespace) for sight in kinds for namespace in sight.namespaces}
    return inside | {(sight.kind, "*") for sight in kinds if sight.everywhere}


def test_with_the_printed_role_nothing_is_missing(control_plane: ControlPlane) -> None:
    with account(control_plane, "preflight-reader", whole_cluster()) as reader:
        found = foreseen(reader)
        events = control_plane.audit_events(reader.user)
        assert not denied(control_plane, reader.user)
    assert not found.opens_the_rest and not found.unclear
    assert sum(found.access.calls.values()) == len(events)
    posted = {event["objectRef"]["resource"] for event in events if event["verb"] == "create"}
    assert posted == {"selfsubjectaccessreviews"}


def test_a_partial_account_sees_what_was_foreseen_and_the_yaml_opens_the_rest(
    control_plane: ControlPlane, tmp_path: Path
) -> None:
    lacking = ("pods", "networkpolicies.networking.k8s.io", "clusterpolicies.kyverno.io")
    role = without(whole_cluster(), *lacking)
    inside = yaml.safe_load(each_namespace({"shop": []}))
    with account(control_plane, "preflight-partial", role, yaml.safe_dump(inside)) as partial:
        found = foreseen(partial)
        assert sights(found) == surveyed(partial, tmp_path)
    assert found.access.sights["Pod"].namespaces == {"shop"}
    opens = yaml.safe_load(preflight_report.yaml_of(found))
    named = {
        f"{resource}.{rule['apiGroups'][0]}".rstrip(".") for rule in opens["rules"] for resource in rule["resources"]
    }
    assert named == set(lacking)
    with account(control_plane, "preflight-opened", role, preflight_report.yaml_of(found)) as opened:
        assert not foreseen(opened).opens_the_rest


@pytest.mark.parametrize("given", [("shop",), ("shop", "billing")])
def test_an_account_of_one_namespace_sees_what_was_foreseen(
    control_plane: ControlPlane, tmp_path: Path, given: tuple[str, ...]
) -> None:
    with account(control_plane, "preflight-shop", each_namespace({"shop": []})) as inside:
        found = foreseen(inside, *given)
        assert sights(found) == surveyed(inside, tmp_path, *given)
    assert found.access.sights["Pod"].namespaces == {"shop"} and not found.access.knows_namespaces

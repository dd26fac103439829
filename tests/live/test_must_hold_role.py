"""The printed role is enough, nothing of it is idle, and nothing but reading is ever asked, on both minors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from assessment.workspace import Workspace
from collectors.evidence.item import Item
from collectors.evidence.store import Evidence
from tests.command_line.calling import say
from tests.control_plane.server import ControlPlane
from tests.live.surveying import REVIEWS, Object, asked_by, opened_by, refused

ROLE = "kubesurvey-reader"
ACCOUNT = "auditor"
MADE_UP = "constraints.gatekeeper.sh"
SECRETS = ("", "secrets", "list")
# 1.34 has no mutating admission policies unless somebody switches them on.
NOT_SERVED = {
    "control_plane": set(),
    "control_plane_134": {("admissionregistration.k8s.io", f"mutatingadmissionpolic{end}", "list")
                          for end in ("ies", "ybindings")},
}  # fmt: skip


@dataclass(frozen=True)
class Surveyed:
    """What came of preflight and collect with nothing but the printed role."""

    minor: str
    role: str
    said: str
    items: list[Item]
    preflight: list[Object]
    collect: list[Object]


@pytest.fixture(
    scope="module", params=[(minor, secrets) for minor in NOT_SERVED for secrets in ([], ["--with-secrets"])],
    ids=lambda param: " ".join([param[0], *param[1]]),
)  # fmt: skip
def surveyed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surveyed]:
    minor, options = request.param
    plane: ControlPlane = request.getfixturevalue(minor)
    workspace = tmp_path_factory.mktemp("printed") / "acme"
    assert say("init", workspace).code == 0
    role = say("permissions", workspace, *options)
    plane.kubectl("apply", "-f", "-", input=role.out)
    try:
        holder = f"--serviceaccount=default:{ACCOUNT}"
        plane.kubectl("create", "clusterrolebinding", ROLE, f"--clusterrole={ROLE}", holder)
        yield _surveyed(minor, plane, workspace, role.out, options)
    finally:
        plane.kubectl("delete", f"clusterrolebinding/{ROLE}", f"clusterrole/{ROLE}")
        plane.kubectl("delete", "serviceaccount", ACCOUNT)


def _surveyed(minor: str, plane: ControlPlane, workspace: Path, role: str, options: list[str]) -> Surveyed:
    kubeconfig = plane.kubeconfig_for_token(plane.service_account(ACCOUNT))
    user = f"system:serviceaccount:default:{ACCOUNT}"
    plane.forget_audit_events()
    before = say("preflight", workspace, "--kubeconfig", kubeconfig)
    assert before.code == 0, before.err
    asked_before = plane.audit_events(user)
    plane.forget_audit_events()
    done = say("collect", workspace, "--kubeconfig", kubeconfig, "--cluster", "one", *options)
    assert done.code == 0, done.err
    run = Evidence(Workspace(workspace).evidence).newest()
    assert run is not None
    items = [item for item in run.items() if item.source == "live"]
    return Surveyed(minor, role, done.out, items, asked_before, plane.audit_events(user))


def test_nothing_is_refused(surveyed: Surveyed) -> None:
    assert len(surveyed.collect) > 140
    assert refused(surveyed.collect) == []
    assert {item.outcome for item in surveyed.items} <= {"complete", "partial"}
    assert "denied" not in surveyed.said and "forbidden" not in surveyed.said


def test_what_the_role_opens_is_what_is_asked_and_what_is_asked_is_what_it_opens(surveyed: Surveyed) -> None:
    asked = {(group, "*" if group == MADE_UP else resource, verb)
             for group, resource, verb in asked_by(surveyed.collect)}  # fmt: skip
    opened = opened_by(surveyed.role)
    assert asked - opened == set()
    assert opened - asked == NOT_SERVED[surveyed.minor]


def test_the_audit_log_shows_get_and_list_and_nothing_else(surveyed: Surveyed) -> None:
    assert {event["verb"] for event in surveyed.collect} == {"get", "list"}
    assert not [event for event in surveyed.collect if event.get("objectRef", {}).get("name")]


def test_preflight_asks_what_one_may_do_and_is_refused_nothing(surveyed: Surveyed) -> None:
    assert refused(surveyed.preflight) == []
    written = [event for event in surveyed.preflight if event["verb"] not in ("get", "list")]
    assert {event["verb"] for event in written} == {"create"}
    assert {event["objectRef"]["resource"] for event in written} <= REVIEWS


def test_the_tool_names_itself_in_every_request(surveyed: Surveyed) -> None:
    agents = {event["userAgent"].partition("/")[0] for event in (*surveyed.collect, *surveyed.preflight)}
    assert agents == {"kubesurvey"}


def test_secrets_are_listed_only_where_the_role_was_printed_for_them(surveyed: Surveyed) -> None:
    assert (SECRETS in asked_by(surveyed.collect)) == (SECRETS in opened_by(surveyed.role))

"""Access that well-known scanners misjudge, each verified in their code; ours must not.

The numbers are those of the regression fixtures that peers' defects suggest.
"""

from __future__ import annotations

from typing import Any

import pytest

import assessment

RBAC = "rbac.authorization.k8s.io"
CERTIFICATES = "certificates.k8s.io"


def role(*rules: tuple[str, str, str], name: str = "r") -> dict[str, Any]:
    written = [
        {"apiGroups": [group], "resources": resources.split(), "verbs": verbs.split()}
        for group, resources, verbs in rules
    ]
    return {"apiVersion": f"{RBAC}/v1", "kind": "ClusterRole", "metadata": {"name": name}, "rules": written}


def binding(kind: str, subject_kind: str, subject: str, role_name: str = "r") -> dict[str, Any]:
    metadata = {"name": "b"} | ({"namespace": "shop"} if kind == "RoleBinding" else {})
    who = {"kind": subject_kind, "name": subject} | ({"namespace": "shop"} if subject_kind == "ServiceAccount" else {})
    reference = {"apiGroup": RBAC, "kind": "ClusterRole", "name": role_name}
    return {"apiVersion": f"{RBAC}/v1", "kind": kind, "metadata": metadata, "roleRef": reference, "subjects": [who]}


WORLDS: dict[str, tuple[list[dict[str, Any]], dict[str, str]]] = {
    "2: get on secrets in a ClusterRole": (
        [role(("", "secrets", "get")), binding("ClusterRoleBinding", "Group", "team")],
        {"access.no_secret_access_in_roles": "fail", "access.secret_reading_is_restricted": "fail"},
    ),
    "2: the singular is no resource": (
        [role(("", "secret", "get")), binding("ClusterRoleBinding", "Group", "team")],
        {"access.no_secret_access_in_roles": "pass", "access.secret_reading_is_restricted": "pass"},
    ),
    "3: a ClusterRoleBinding to system:masters": (
        [binding("ClusterRoleBinding", "Group", "system:masters", "view")], {"access.no_grants_to_masters": "fail"},
    ),
    "3: a ClusterRoleBinding to anonymous requests": (
        [binding("ClusterRoleBinding", "User", "system:anonymous", "view")], {"access.no_anonymous_grants": "fail"},
    ),
    "4: a RoleBinding to a ClusterRole for all who log in": (
        [role(("", "pods", "get")), binding("RoleBinding", "Group", "system:authenticated")],
        {"access.no_grants_to_everyone": "fail", "access.no_anonymous_grants": "pass"},
    ),
    "5: approval of certificates by patch": (
        [role((CERTIFICATES, "certificatesigningrequests/approval", "patch"), (CERTIFICATES, "signers", "approve"))],
        {"access.no_certificate_approval_in_roles": "fail"},
    ),
    "6: a star in the verbs of one resource": (
        [role(("", "configmaps", "*"))], {"access.no_wildcard_rules": "fail", "access.no_everything_in_roles": "pass"},
    ),
    "7: a monitoring ServiceAccount with get on nodes/proxy": (
        [role(("", "nodes/proxy nodes/metrics", "get")), binding("ClusterRoleBinding", "ServiceAccount", "prometheus")],
        {"access.no_kubelet_access_in_roles": "fail"},
    ),
    "7: nodes/metrics is no way to run commands": (
        [role(("", "nodes/metrics", "get"))], {"access.no_kubelet_access_in_roles": "pass"},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def verdicts() -> dict[tuple[str, str], str]:
    found = assessment.judge_many({name: objects for name, (objects, _) in WORLDS.items()})
    return {(row.cluster, row.check_id): row.verdict for row in found.itertuples() if "Role" in row.subject_kind}


@pytest.mark.parametrize("world", WORLDS)
def test_what_a_peer_gets_wrong_is_judged_by_the_documentation(
    world: str, verdicts: dict[tuple[str, str], str]
) -> None:
    expected = WORLDS[world][1]
    assert {check: verdicts.get((world, check)) for check in expected} == expected

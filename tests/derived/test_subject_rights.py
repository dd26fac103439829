"""Which named powers bindings give their subjects, and where."""

from __future__ import annotations

from typing import Any

import pytest

from assessment.derived.rights.subject_rights import Rights, rows
from collectors.tables.coverage import Gap
from collectors.tables.kubernetes.role_bindings import RoleBindings
from collectors.tables.kubernetes.roles import Roles
from tests.tables.rows_of import DECLARED, build

RBAC = "rbac.authorization.k8s.io"
KIM = {"kind": "User", "name": "kim"}


def role(*rules: dict[str, Any], kind: str = "ClusterRole", name: str = "r") -> dict[str, Any]:
    metadata = {"name": name} | ({"namespace": "shop"} if kind == "Role" else {})
    return {"apiVersion": f"{RBAC}/v1", "kind": kind, "metadata": metadata, "rules": list(rules)}


def rule(resources: str, verbs: str, group: str = "", names: str = "") -> dict[str, Any]:
    found = {"apiGroups": [group], "resources": resources.split(), "verbs": verbs.split()}
    return found | ({"resourceNames": names.split()} if names else {})


def binding(kind: str, role_kind: str = "ClusterRole", name: str = "r", subject: Any = None) -> dict[str, Any]:
    metadata = {"name": "b"} | ({"namespace": "shop"} if kind == "RoleBinding" else {})
    reference = {"apiGroup": RBAC, "kind": role_kind, "name": name}
    return {
        "apiVersion": f"{RBAC}/v1", "kind": kind, "metadata": metadata, "roleRef": reference,
        "subjects": [subject or KIM],
    }  # fmt: skip


def rights(roles: list[dict[str, Any]], *bindings: dict[str, Any], gaps: list[Gap] | None = None) -> list[Any]:
    tables = build(Roles, *roles) | build(RoleBindings, *bindings)
    return rows(tables, {"c": DECLARED}, gaps or [])


def powers(found: list[Any]) -> set[Any]:
    return {row.power if row.holds else (row.power, row.holds) for row in found}


@pytest.mark.parametrize(
    ("written", "power", "names"),
    [
        (rule("secrets", "list"), "read_secrets", []),
        (rule("secrets", "get", names="key"), "read_secrets", ["key"]),
        (rule("*", "get", group="*"), "proxy_nodes", []),
        (rule("nodes/proxy", "get"), "proxy_nodes", []),
        (rule("*/exec", "get", group="*"), "exec_pods", []),
        (rule("pods/exec", "create", names="db-0"), "exec_pods", ["db-0"]),
        (rule("serviceaccounts/token", "create", names="ci"), "create_tokens", ["ci"]),
        (rule("clusterroles", "bind", RBAC, "view"), "bind_roles", ["view"]),
        (rule("certificatesigningrequests/approval", "patch", "certificates.k8s.io"), "approve_certificates", []),
        (rule("users", "impersonate:user-info", "authentication.k8s.io"), "impersonate_user_info", []),
        (rule("virtualmachines", "create", "kubevirt.io"), "create_pods", []),
        (rule("k8srequiredlabels", "delete", "constraints.gatekeeper.sh"), "write_policy_engines", []),
        (rule("*", "*", group="*"), "everything", []),
    ],
)
def test_a_cluster_wide_grant_gives_the_power(written: dict[str, Any], power: str, names: list[str]) -> None:
    (row,) = [row for row in rights([role(written)], binding("ClusterRoleBinding")) if row.power == power]
    assert (row.holds, row.resource_names, row.has_namespace) == (True, names, False)


@pytest.mark.parametrize(
    "written",
    [
        rule("secret", "get"),
        rule("pods/*", "*"),
        rule("secrets", "create", names="key"),
        rule("persistentvolumes", "deletecollection", names="a"),
        rule("pods", "get list delete"),
        rule("users", "impersonate", group="authentication.k8s.io"),
    ],
)
def test_what_only_looks_like_a_power_gives_none(written: dict[str, Any]) -> None:
    none = {"read_secrets", "write_secrets", "create_token_secrets", "exec_pods", "delete_everything", "create_pods"}
    assert not (none | {"impersonate_users"}) & powers(rights([role(written)], binding("ClusterRoleBinding")))


def test_a_role_binding_reaches_its_namespace_and_no_resource_of_the_cluster() -> None:
    written = role(rule("nodes/proxy persistentvolumes namespaces secrets", "get create patch"),
                   rule("clusterroles", "bind escalate", RBAC))  # fmt: skip
    found = rights([written], binding("RoleBinding"))
    assert {"read_secrets", "label_namespaces", "bind_roles"} <= powers(found)
    assert not {"proxy_nodes", "write_persistent_volumes", "create_namespaces", "escalate_roles"} & powers(found)
    assert {row.namespace for row in found} == {"shop"}


def test_a_user_with_the_name_of_a_service_account_is_that_service_account() -> None:
    user = {"kind": "User", "name": "system:serviceaccount:ops:bot"}
    group = {"kind": "Group", "name": "system:serviceaccounts:ops"}
    found = rights(
        [role(rule("secrets", "get")), role(rule("pods/exec", "create"), name="x")],
        binding("ClusterRoleBinding", subject=user), binding("RoleBinding", name="x", subject=group),
    )  # fmt: skip
    reader = Rights(found)
    assert powers(reader.of_service_account("c", "ops", "bot")) == {"read_secrets", "exec_pods"}
    assert powers(reader.of_service_account("c", "ops", "other")) == {"exec_pods"}
    assert reader.of_user("c", "system:serviceaccount:ops:bot") == []


def test_default_roles_need_not_be_declared() -> None:
    assert "everything" in powers(rights([], binding("ClusterRoleBinding", name="cluster-admin")))
    edit = powers(rights([], binding("RoleBinding", name="edit")))
    assert {"read_secrets", "exec_pods", "create_pods", "impersonate_service_accounts", "create_tokens"} <= edit
    assert not {"everything", "write_roles", "write_endpoints"} & edit
    assert "write_role_bindings" in powers(rights([], binding("RoleBinding", name="admin")))


def test_a_missing_role_gives_nothing_and_an_unseen_one_may_give_anything() -> None:
    assert rights([], binding("ClusterRoleBinding")) == []
    gap = Gap(0, "s", "c", None, f"{RBAC}/ClusterRole", "roles", "absent", "", "")
    assert powers(rights([], binding("ClusterRoleBinding"), gaps=[gap])) == {(None, None)}


def test_a_rule_that_cannot_be_read_leaves_open_what_else_is_given() -> None:
    torn = rule("secrets", "get") | {"resources": "secrets"}
    assert powers(rights([role(torn, rule("pods/exec", "get"))], binding("ClusterRoleBinding"))) == {
        "exec_pods", (None, None)
    }  # fmt: skip

"""Roles, their rules, and the bindings that grant them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from collectors.tables.kubernetes.role_bindings import RoleBindings
from collectors.tables.kubernetes.roles import Roles
from tests.tables.rows_of import DECLARED, PARTIAL, RUNNING, build, unseen

VERSION = "rbac.authorization.k8s.io/v1"
READ_PODS = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}
READ_NODES = {"apiGroups": [""], "resources": ["nodes"], "verbs": ["get"]}


def cluster_role(name: str, *rules: Any, labels: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    metadata = {"name": name, "labels": labels or {}}
    return {"apiVersion": VERSION, "kind": "ClusterRole", "metadata": metadata, "rules": list(rules), **more}


def gathering(name: str, *selectors: Any, labels: dict[str, str] | None = None) -> dict[str, Any]:
    return cluster_role(name, labels=labels, aggregationRule={"clusterRoleSelectors": list(selectors)})


def binding(kind: str, role_kind: str, role: str, *subjects: Any, namespace: str | None = None) -> dict[str, Any]:
    metadata = {"name": "b"} | ({"namespace": namespace} if namespace else {})
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": role_kind, "name": role}
    return {
        "apiVersion": VERSION, "kind": kind, "metadata": metadata, "roleRef": reference, "subjects": list(subjects),
    }  # fmt: skip


def rules_of(rows: dict[str, list[Any]], role: str) -> list[str]:
    return sorted(rule.rule for rule in rows["role_rules"] if rule.role_name == role)


def test_a_declared_aggregated_role_holds_the_rules_of_all_it_selects_at_any_depth() -> None:
    label = {"matchLabels": {"into": "top"}}
    either = {"matchExpressions": [{"key": "into", "operator": "In", "values": ["middle"]}]}
    rows = build(
        Roles,
        gathering("top", label),
        gathering("middle", either, labels={"into": "top"}),
        cluster_role("pods", READ_PODS, labels={"into": "middle"}),
        cluster_role("nodes", READ_NODES, labels={"into": "top"}),
        cluster_role("other", READ_NODES),
    )
    assert rules_of(rows, "top") == ["get on nodes in core", "get on pods in core"]
    assert rules_of(rows, "middle") == ["get on pods in core"]
    assert {rule.from_role for rule in rows["role_rules"] if rule.role_name == "top"} == {"pods", "nodes"}


def test_roles_that_gather_each_other_come_to_an_end() -> None:
    ring = {"matchLabels": {"ring": "yes"}}
    rows = build(
        Roles,
        gathering("a", ring, labels={"ring": "yes"}),
        gathering("b", ring, labels={"ring": "yes"}),
        cluster_role("pods", READ_PODS, labels={"ring": "yes"}),
    )
    assert rules_of(rows, "a") == rules_of(rows, "b") == ["get on pods in core"]


def test_a_running_aggregated_role_holds_what_the_controller_filled_in() -> None:
    role = gathering("top", {"matchLabels": {"into": "top"}}) | {"rules": [READ_NODES]}
    rows = build(Roles, role, cluster_role("pods", READ_PODS, labels={"into": "top"}), cluster=RUNNING)
    assert rules_of(rows, "top") == ["get on nodes in core"]


def test_a_declared_aggregated_role_may_hold_more_than_the_folder_shows() -> None:
    role = gathering("top", {"matchLabels": {"into": "top"}})
    for cluster in (DECLARED, PARTIAL):
        assert [part.owner for part in unseen(Roles, role, cluster=cluster)] == ["ClusterRole/?/top"]
        assert build(Roles, role, cluster=cluster)["roles"][0].grants_everything is None
    assert unseen(Roles, role, cluster=RUNNING) == []


def test_a_declared_aggregated_role_holds_no_more_where_every_role_was_read() -> None:
    role = gathering("top", {"matchLabels": {"into": "top"}})
    for kind in ("*", "rbac.authorization.k8s.io/ClusterRole"):
        cluster = replace(DECLARED, listed=frozenset((kind,)))
        assert unseen(Roles, role, cluster=cluster) == []
        assert build(Roles, role, cluster=cluster)["roles"][0].grants_everything is False


def test_default_roles_that_a_declared_role_gathers_are_in_no_folder() -> None:
    cluster = replace(DECLARED, listed=frozenset(("*",)))
    view = gathering("mine", {"matchLabels": {"rbac.authorization.k8s.io/aggregate-to-view": "true"}})
    rest = gathering("rest", {"matchExpressions": [{"key": "into", "operator": "DoesNotExist"}]})
    for role in (view, rest):
        assert [part.table for part in unseen(Roles, role, cluster=cluster)] == ["role_rules"]


def test_what_the_folder_shows_of_an_aggregated_role_is_certain() -> None:
    everything = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}
    source = cluster_role("all", everything, labels={"into": "top"})
    rows = build(Roles, gathering("top", {"matchLabels": {"into": "top"}}), source)
    assert [role.grants_everything for role in rows["roles"]] == [True, True]


def test_a_selector_that_cannot_be_read_leaves_the_rules_open() -> None:
    role = gathering("top", {"matchExpressions": [{"key": "x", "operator": "Like"}]})
    assert [part.table for part in unseen(Roles, role)] == ["role_rules"]
    assert build(Roles, role)["roles"][0].grants_everything is None


def test_rules_that_cannot_be_read_are_unseen_parts_of_their_role() -> None:
    role = cluster_role("torn") | {"rules": {"verbs": ["*"]}}
    assert [part.owner for part in unseen(Roles, role)] == ["ClusterRole/?/torn"]
    rows = build(Roles, role)
    assert rows["roles"][0].rule_count is None
    assert rows["role_rules"] == []


def test_one_rule_that_cannot_be_read_is_a_row_of_which_nothing_is_known() -> None:
    rule = build(Roles, cluster_role("odd", "everything"))["role_rules"][0]
    assert (rule.verbs, rule.grants_pod_exec, rule.has_wildcard) == (None, None, None)


def test_a_binding_and_the_role_it_refers_to_have_one_text_in_common() -> None:
    role = {"apiVersion": VERSION, "kind": "Role", "metadata": {"name": "r", "namespace": "shop"}}
    bound = build(RoleBindings, binding("RoleBinding", "Role", "r", namespace="shop"))["role_bindings"][0]
    assert bound.role_id == build(Roles, role)["roles"][0].role_id == "Role/shop/r"
    wide = build(RoleBindings, binding("RoleBinding", "ClusterRole", "c", namespace="shop"))["role_bindings"][0]
    assert wide.role_id == build(Roles, cluster_role("c"))["roles"][0].role_id == "ClusterRole//c"


def test_a_reference_in_a_namespace_that_is_not_stated_is_not_known() -> None:
    assert build(RoleBindings, binding("RoleBinding", "Role", "r"))["role_bindings"][0].role_id is None


def test_names_that_kubernetes_reserves_are_built_in() -> None:
    names = ("system:node", "cluster-admin", "edit", "gce:podsecuritypolicy:calico-sa", "admins")
    built_in = [role.is_builtin for role in build(Roles, *map(cluster_role, names))["roles"]]
    assert built_in == [True, True, True, True, False]


def test_default_roles_are_known_to_exist_and_which_of_them_are_powerful() -> None:
    bound = [
        build(RoleBindings, binding("ClusterRoleBinding", "ClusterRole", role))["role_bindings"][0]
        for role in ("view", "edit", "cluster-admin", "system:auth-delegator", "system:mine")
    ]
    assert [each.refers_to_default_role for each in bound] == [True, True, True, True, False]
    assert [each.refers_to_powerful_default for each in bound] == [False, True, True, False, False]
    assert [each.refers_to_cluster_admin for each in bound] == [False, False, True, False, False]


def test_a_role_of_a_namespace_is_never_the_default_cluster_role_of_its_name() -> None:
    bound = build(RoleBindings, binding("RoleBinding", "Role", "cluster-admin", namespace="shop"))
    assert bound["role_bindings"][0].refers_to_cluster_admin is False


def test_groups_that_mean_everyone_are_told_from_those_that_mean_some() -> None:
    subjects = [
        {"kind": "User", "name": "system:anonymous"},
        {"kind": "Group", "name": "system:unauthenticated"},
        {"kind": "Group", "name": "system:authenticated"},
        {"kind": "Group", "name": "system:serviceaccounts"},
        {"kind": "Group", "name": "system:serviceaccounts:shop"},
        {"kind": "ServiceAccount", "name": "system:anonymous", "namespace": "shop"},
    ]
    rows = build(RoleBindings, binding("ClusterRoleBinding", "ClusterRole", "view", *subjects))
    found = [(each.is_anonymous, each.is_everyone) for each in rows["role_binding_subjects"]]
    assert found == [(True, False), (True, False), (False, True), (False, True), (False, False), (False, False)]


def test_a_user_with_the_name_of_a_service_account_is_that_service_account() -> None:
    subjects = [
        {"kind": "User", "name": "system:serviceaccount:shop:till"},
        {"kind": "ServiceAccount", "name": "till", "namespace": "shop"},
        {"kind": "User", "name": "kim"},
    ]
    rows = build(RoleBindings, binding("ClusterRoleBinding", "ClusterRole", "view", *subjects))
    found = [
        (each.is_service_account, each.service_account_namespace, each.service_account_name, each.is_system)
        for each in rows["role_binding_subjects"]
    ]
    assert found == [(True, "shop", "till", False), (True, "shop", "till", False), (False, None, None, False)]


def test_subjects_that_cannot_be_read_are_unseen_parts_of_their_binding() -> None:
    odd = binding("ClusterRoleBinding", "ClusterRole", "view") | {"subjects": {"kind": "User"}}
    assert [part.owner for part in unseen(RoleBindings, odd)] == ["ClusterRoleBinding/?/b"]


def test_a_subject_of_which_only_the_kind_is_known_may_be_anyone_of_that_kind() -> None:
    rows = build(RoleBindings, binding("ClusterRoleBinding", "ClusterRole", "view", {"kind": "Group"}, "kim"))
    group, nobody = rows["role_binding_subjects"]
    assert (group.is_anonymous, group.is_everyone, group.is_service_account) == (None, None, False)
    assert (nobody.is_anonymous, nobody.is_everyone, nobody.is_service_account) == (None, None, None)


def test_what_the_api_server_labels_as_its_own_is_not_written_by_people() -> None:
    metadata = {"name": "extension-apiserver-authentication-reader", "namespace": "kube-system"}
    labelled = {"name": "self-provisioner", "labels": {"kubernetes.io/bootstrapping": "rbac-defaults"}}
    version = {"apiVersion": "rbac.authorization.k8s.io/v1"}
    roles = build(
        Roles,
        version | {"kind": "Role", "metadata": metadata, "rules": []},
        version | {"kind": "ClusterRole", "metadata": labelled, "rules": []},
        version | {"kind": "ClusterRole", "metadata": metadata, "rules": []},
    )["roles"]
    assert [role.is_builtin for role in roles] == [True, True, False]
    reference = {"kind": "ClusterRole", "name": "view"}
    bindings = build(
        RoleBindings,
        version | {"kind": "RoleBinding", "metadata": metadata, "roleRef": reference},
        version | {"kind": "ClusterRoleBinding", "metadata": labelled, "roleRef": reference},
        version | {"kind": "ClusterRoleBinding", "metadata": {"name": "mine"}, "roleRef": reference},
    )["role_bindings"]
    assert [binding.is_builtin for binding in bindings] == [True, True, False]


def test_a_service_account_without_a_namespace_is_that_of_its_role_binding() -> None:
    reference = {"kind": "ClusterRole", "name": "view"}
    written = {
        "apiVersion": "rbac.authorization.k8s.io/v1", "roleRef": reference,
        "subjects": [{"kind": "ServiceAccount", "name": "till"}],
    }  # fmt: skip
    inside = build(RoleBindings, written | {"kind": "RoleBinding", "metadata": {"name": "b", "namespace": "shop"}})
    (subject,) = inside["role_binding_subjects"]
    assert (subject.subject, subject.service_account_namespace) == ("ServiceAccount shop/till", "shop")
    outside = build(RoleBindings, written | {"kind": "ClusterRoleBinding", "metadata": {"name": "b"}})
    assert outside["role_binding_subjects"][0].service_account_namespace is None

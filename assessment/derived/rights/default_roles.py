"""The rules of the user-facing default roles, for evidence that does not show them.

A folder of manifests binds `edit` without declaring it. Every API server creates these roles with at least the
rules below; aggregation may add to them. Only rules that give a named power stand here.

Source: Kubernetes documentation, "Using RBAC Authorization", user-facing roles, compared with a new 1.36 cluster.
"""

from __future__ import annotations

from collections.abc import Mapping

from collectors.tables.rbac_powers import Rule

_ALL = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
_WRITE = ["create", "delete", "deletecollection", "patch", "update"]
_READ = ["get", "list", "watch"]


def _rule(verbs: list[str], groups: list[str], resources: list[str]) -> Rule:
    return Rule(verbs, groups, resources, [], [])


_VIEW = (
    _rule(
        _READ,
        [""],
        ["configmaps", "endpoints", "events", "persistentvolumeclaims", "pods", "pods/log", "services"],
    ),
    _rule(_READ, ["apps"], ["daemonsets", "deployments", "replicasets", "statefulsets"]),
)
_EDIT = (
    *_VIEW,
    _rule(_READ, [""], ["pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "secrets", "services/proxy"]),
    _rule(["impersonate"], [""], ["serviceaccounts"]),
    _rule(_WRITE, [""], ["pods", "pods/attach", "pods/exec", "pods/portforward", "pods/proxy"]),
    _rule(
        _WRITE,
        [""],
        ["configmaps", "events", "persistentvolumeclaims", "replicationcontrollers", "secrets", "serviceaccounts",
         "services", "services/proxy"],
    ),
    _rule(["create"], [""], ["serviceaccounts/token"]),
    _rule(_WRITE, ["apps"], ["daemonsets", "deployments", "replicasets", "statefulsets"]),
    _rule(_WRITE, ["batch"], ["cronjobs", "jobs"]),
    _rule(_WRITE, ["networking.k8s.io"], ["ingresses", "networkpolicies"]),
)  # fmt: skip
_ADMIN = (*_EDIT, _rule(_ALL, ["rbac.authorization.k8s.io"], ["rolebindings", "roles"]))
DEFAULT_RULES: Mapping[str, tuple[Rule, ...]] = {
    "ClusterRole//cluster-admin": (_rule(["*"], ["*"], ["*"]),),
    "ClusterRole//admin": _ADMIN,
    "ClusterRole//edit": _EDIT,
    "ClusterRole//view": _VIEW,
}

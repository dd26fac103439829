"""What whoever breaks into a workload holds: the node it runs on, or the whole cluster."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from assessment.derived.internet_paths import Path
from assessment.derived.parts_of_workloads import by_workload
from assessment.derived.token_mounts import TokenMounts
from assessment.derived.unseen import Unseen
from collectors.tables.as_written import both, either

_PARTS = ("containers", "pod_specs", "volumes")
_GROUP = "rbac.authorization.k8s.io/"
_ALL_ACCOUNTS = ("system:serviceaccounts", "system:authenticated")
_Account = tuple[str, str | None, str | None]


class HeldPowers:
    """Host access and cluster-admin tokens, ready to be asked workload by workload."""

    def __init__(self, tables: Mapping[str, list[Any]], unseen: Unseen) -> None:
        self._unseen = unseen
        self._parts: dict[str, dict[tuple[str, str], list[Any]]] = {}
        for name in _PARTS:
            self._parts[name] = by_workload(tables[name])
        self._roles: dict[tuple[str, str | None], list[Any]] = defaultdict(list)
        for role in tables["roles"]:
            self._roles[role.cluster, role.role_id].append(role)
        self._tokens = TokenMounts(tables["service_accounts"], unseen)
        self._granted: dict[_Account, list[tuple[Any, bool | None]]] = defaultdict(list)
        self._granted_loosely: dict[str, list[tuple[Any, bool | None]]] = defaultdict(list)
        self._read_bindings(tables)

    def of(self, workload: Any) -> Path:
        """Whether the workload holds its node or its cluster, with the evidence where it does."""
        key = (workload.cluster, workload.workload_id)
        parts = [(row, _reaches_host(row, name)) for name in _PARTS for row in self._parts[name].get(key, ())]
        own = either(workload.uses_host_network, workload.uses_host_pid, workload.uses_host_ipc)
        rows = [row for row, reaches in parts if reaches] or ([workload] if own else [])
        if rows:
            return Path(True, tuple(dict.fromkeys(ref for row in rows for ref in row.evidence_refs)))
        hidden = None if self._parts_are_hidden(workload) else False
        admin = self._holds_cluster(workload)
        return admin if admin.leads else Path(either(own, hidden, admin.leads, *(reaches for _, reaches in parts)))

    def _parts_are_hidden(self, workload: Any) -> bool:
        return any(
            self._unseen.near(workload.cluster, name, workload.namespace, "Pod")
            or self._unseen.parts(workload.cluster, name, workload.workload_id)
            for name in _PARTS
        )

    def _read_bindings(self, tables: Mapping[str, list[Any]]) -> None:
        """Every subject of a cluster-wide binding, and whether its role allows everything."""
        for row in tables["role_binding_subjects"]:
            if row.kind == "ClusterRoleBinding":
                grants = self._grants_everything(row)
                if grants is not False:
                    self._keep(row, grants)

    def _keep(self, row: Any, grants: bool | None) -> None:
        """Under the account it names; among those to try for every workload where it names a group or is not known."""
        account = (row.service_account_namespace, row.service_account_name)
        if row.subject_kind != "Group" and row.is_service_account and None not in account:
            self._granted[row.cluster, *account].append((row, grants))
        elif row.subject_kind == "Group" or row.subject_kind is None or row.is_service_account is not False:
            self._granted_loosely[row.cluster].append((row, grants))

    def _candidates(self, workload: Any) -> list[tuple[Any, bool | None]]:
        cluster, account = workload.cluster, (workload.namespace, workload.service_account_name)
        if None in account:
            named = [pair for key, pairs in self._granted.items() if key[0] == cluster for pair in pairs]
        else:
            named = self._granted.get((cluster, *account), [])
        return [*named, *self._granted_loosely.get(cluster, ())]

    def _grants_everything(self, row: Any) -> bool | None:
        if row.role_name == "cluster-admin":
            return None if row.role_kind is None else row.role_kind == "ClusterRole"
        if row.role_id is None or row.role_name is None:
            return None
        found = [role.grants_everything for role in self._roles.get((row.cluster, row.role_id), ())]
        unread = [None] if self._unseen.near(row.cluster, "roles", "", _GROUP + "ClusterRole") else []
        unnamed = [None for _ in self._roles.get((row.cluster, None), ())]
        return either(*found, *unread, *unnamed)

    def _holds_cluster(self, workload: Any) -> Path:
        answers: list[bool | None] = []
        for row, grants in self._candidates(workload):
            given = both(_means(row, workload), grants)
            if given and self._tokens.of(workload):
                return Path(True, tuple(row.evidence_refs))
            answers.append(given)
        if self._unseen.near(workload.cluster, "role_binding_subjects", "", _GROUP + "ClusterRoleBinding"):
            answers.append(None)
        return Path(both(either(*answers), self._tokens.of(workload)))


_HOST_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "containers": ("is_privileged", "is_host_process"),
    "pod_specs": ("is_host_process", "uses_host_network", "uses_host_pid", "uses_host_ipc"),
    "volumes": ("has_host_path",),
}


def _reaches_host(row: Any, table: str) -> bool | None:
    return either(*(getattr(row, name) for name in _HOST_COLUMNS[table]))


def _means(row: Any, workload: Any) -> bool | None:
    """Whether the subject of a binding is the account of the workload, alone or among all accounts."""
    if row.subject_kind == "Group":
        if row.subject_name is None:
            return None
        if row.subject_name in _ALL_ACCOUNTS:
            return True
        own = None if workload.namespace is None else f"system:serviceaccounts:{workload.namespace}"
        mine = row.subject_name.startswith("system:serviceaccounts:")
        return mine if not mine else None if own is None else row.subject_name == own
    if row.is_service_account is not True:
        return None if row.subject_kind is None else row.is_service_account
    pairs = ((row.service_account_namespace, workload.namespace),
             (row.service_account_name, workload.service_account_name))  # fmt: skip
    return both(*(None if one is None or other is None else one == other for one, other in pairs))

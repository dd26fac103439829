"""What the rights of a subject lead to, as the authorizer of Kubernetes reads them.

A right that is limited to names of objects leads on only where the names are those of accounts, users, groups or
roles: whoever may read one named Secret holds that Secret and nothing more. Rights that need each other (approve and
create certificate requests; bind and write bindings) are taken together where one subject holds them.

Source: Kubernetes documentation, "Role Based Access Control Good Practices" (privilege escalation risks).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from assessment.derived.attack_paths import steps
from assessment.derived.attack_paths.steps import ACCOUNTS, CLUSTER_ADMIN, EXEC, RUN, SECRETS, Step, Steps
from collectors.tables.as_written import both, either

_LEADS_TO = {
    "create_pods": (RUN,),
    "change_workloads": (RUN, EXEC),
    "exec_pods": (EXEC,),
    "debug_pods": (EXEC,),
    "proxy_nodes": (EXEC,),
    "read_secrets": (SECRETS,),
}
_ALL_OF_A_NAMESPACE = (RUN, EXEC, SECRETS, ACCOUNTS)
_OWNS_THE_CLUSTER = ("write_webhooks", "write_api_services")
_MASTERS = "system:masters"


@dataclass(slots=True)
class Subject:
    """One subject with its rights: power -> rows."""

    place: str
    rights: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))

    def everywhere(self, power: str, name: str | None = None) -> tuple[bool | None, list[str]]:
        """Whether it holds the power in the whole cluster, on every name or on this one."""
        rows = [row for row in self.rights.get(power, ()) if not row.has_namespace and _covers(row, name)]
        return either(*(row.holds for row in rows)), _refs(rows)

    def within(self, power: str, namespace: str | None, name: str | None = None) -> tuple[bool | None, list[str]]:
        """Whether it holds the power in this namespace, or in all."""
        rows = [
            row for row in self.rights.get(power, ())
            if (not row.has_namespace or _namespace(row) == namespace) and _covers(row, name)
        ]  # fmt: skip
        return either(*(row.holds for row in rows)), _refs(rows)

    def namespaces(self, power: str) -> list[str | None]:
        """The namespaces of its rows of a power; None for the whole cluster."""
        return list(dict.fromkeys(map(_namespace, self.rights.get(power, ()))))


def subjects(rights: Iterable[Any]) -> Iterator[Subject]:
    """Rights of one cluster, gathered by subject."""
    found: dict[str, Subject] = {}
    for row in rights:
        place = place_of(row)
        found.setdefault(place, Subject(place)).rights[row.power or ""].append(row)
    yield from found.values()


def place_of(row: Any) -> str:
    """The place of a subject of `subject_rights`."""
    parts = (row.subject_kind, row.has_subject_namespace, row.subject_name)
    if None in parts or (row.has_subject_namespace and row.subject_namespace is None):
        return steps.SOMEBODY
    if row.subject_kind == "ServiceAccount":
        return steps.account(row.subject_namespace, row.subject_name)
    named = steps.group if row.subject_kind == "Group" else steps.user
    return named(row.subject_name)


def steps_of(subject: Subject, *, has_auth_map: bool | None) -> Steps:
    """Every step that its rights give. `has_auth_map`: whether a ConfigMap decides who signs in (EKS aws-auth)."""
    if "" in subject.rights:
        yield Step("unknown_right", subject.place, steps.UNSEEN, None, "a role that it is bound to was not read")
    yield from _everything(subject)
    if subject.everywhere("everything")[0]:
        return  # whoever takes that away takes away the rest of it too
    yield from _acting(subject)
    yield from _becoming(subject)
    yield from _writing_rights(subject)
    yield from _owning(subject, has_auth_map)
    yield from _around_admission(subject)


def _everything(subject: Subject) -> Steps:
    for row in subject.rights.get("everything", ()):
        targets = [CLUSTER_ADMIN]
        if row.has_namespace:
            targets = [steps.acting(what, row.namespace or steps.SOME_NAMESPACE) for what in _ALL_OF_A_NAMESPACE]
        for target in targets:
            yield Step("everything", subject.place, target, row.holds, _by(row), row.evidence_refs)


def _acting(subject: Subject) -> Steps:
    for power, actions in _LEADS_TO.items():
        for row in subject.rights.get(power, ()):
            if not row.resource_names:
                for what in actions:
                    target = steps.acting(what, _namespace(row))
                    yield Step(power, subject.place, target, row.holds, _by(row), row.evidence_refs)


def _becoming(subject: Subject) -> Steps:
    for power in ("create_tokens", "impersonate_service_accounts"):
        for row in subject.rights.get(power, ()):
            named = [steps.account(row.namespace, name) for name in row.resource_names if row.has_namespace]
            targets = named or ([] if row.resource_names else [steps.acting(ACCOUNTS, _namespace(row))])
            for target in targets:
                yield Step(power, subject.place, target, row.holds, _by(row), row.evidence_refs)
    for namespace in subject.namespaces("create_token_secrets"):
        creates, refs = subject.within("create_token_secrets", namespace)
        reads, more = subject.within("read_secrets", namespace)
        if (holds := both(creates, reads)) is not False:
            target = steps.acting(ACCOUNTS, namespace)
            yield Step("create_token_secrets", subject.place, target, holds, "creates and reads Secrets", refs + more)
    users, refs = subject.everywhere("impersonate_users")
    groups, more = subject.everywhere("impersonate_groups", _MASTERS)
    if (holds := both(users, groups)) is not False:
        because = f"may add group {_MASTERS} to its requests"
        yield Step("impersonate_users", subject.place, CLUSTER_ADMIN, holds, because, refs + more)
    if users is not False:
        target = steps.acting(ACCOUNTS, None)
        yield Step("impersonate_users", subject.place, target, users, "accounts are users too", refs)


def _writing_rights(subject: Subject) -> Steps:
    for family, wide, narrow, name in (
        ("bind_roles", "write_cluster_role_bindings", "write_role_bindings", "cluster-admin"),
        ("escalate_roles", "write_cluster_roles", "write_roles", None),
    ):
        may, refs = subject.everywhere(family, name)
        writes, more = subject.everywhere(wide)
        if (holds := both(may, writes)) is not False:
            yield Step(family, subject.place, CLUSTER_ADMIN, holds, f"{family} with {wide}", refs + more)
        for namespace in subject.namespaces(narrow):
            may, refs = subject.within(family, namespace, name)
            writes, more = subject.within(narrow, namespace)
            if (holds := both(may, writes)) is not False:
                for what in _ALL_OF_A_NAMESPACE:
                    target = steps.acting(what, namespace)
                    yield Step(family, subject.place, target, holds, f"{family} with {narrow}", refs + more)


def _owning(subject: Subject, has_auth_map: bool | None) -> Steps:
    for power in _OWNS_THE_CLUSTER:
        holds, refs = subject.everywhere(power)
        if holds is not False:
            yield Step(power, subject.place, CLUSTER_ADMIN, holds, power, refs)
    needed = [subject.everywhere("create_certificate_requests"), subject.everywhere("approve_certificates"),
              subject.everywhere("approve_for_signers", "kubernetes.io/kube-apiserver-client")]  # fmt: skip
    if (holds := both(*(each for each, _ in needed))) is not False:
        refs = [ref for _, found in needed for ref in found]
        yield Step("forge_certificates", subject.place, CLUSTER_ADMIN, holds, "creates and approves requests", refs)
    if has_auth_map is not False:
        holds, refs = subject.within("write_config_maps", "kube-system", "aws-auth")
        if (holds := both(holds, has_auth_map)) is not False:
            yield Step("write_auth_map", subject.place, CLUSTER_ADMIN, holds, "kube-system/aws-auth", refs)


def _around_admission(subject: Subject) -> Steps:
    """Rights that make the level of a namespace useless to whoever also runs pods."""
    for power in ("create_pods", "change_workloads"):
        for namespace in subject.namespaces(power):
            runs, refs = subject.within(power, namespace)
            for family, found in (
                ("write_persistent_volumes", subject.everywhere("write_persistent_volumes")),
                ("label_namespaces", subject.within("label_namespaces", namespace, namespace)),
            ):
                if (holds := both(runs, found[0])) is not False:
                    yield Step(family, subject.place, steps.EVERY_NODE, holds, f"and {power}", refs + found[1])


def _covers(row: Any, name: str | None) -> bool:
    return not row.resource_names or (name is not None and name in row.resource_names)


def _namespace(row: Any) -> str | None:
    return (row.namespace or steps.SOME_NAMESPACE) if row.has_namespace else None


def _by(row: Any) -> str:
    return f"by {row.role_id or 'a role'}"


def _refs(rows: Iterable[Any]) -> list[str]:
    return list(dict.fromkeys(ref for row in rows for ref in row.evidence_refs))

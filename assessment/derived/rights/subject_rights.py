"""Which named powers each subject of a binding holds, where, and on which names.

Follows "Using RBAC Authorization": a ClusterRoleBinding grants in every namespace and on the cluster; a RoleBinding
grants in its namespace only, whichever role it refers to. A User named system:serviceaccount:ns:name is that
ServiceAccount. Groups are subjects of their own; `memberships` says who is in those that Kubernetes fills. What the
authorizer of a cloud grants beside RBAC does not stand here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, NamedTuple

from assessment.derived.memberships import groups_of_service_account
from assessment.derived.rights.default_roles import DEFAULT_RULES
from assessment.derived.unseen import Unseen
from collectors.tables.coverage import Gap
from collectors.tables.rbac_named_powers import Held, held
from collectors.tables.rbac_powers import Rule
from collectors.tables.schema import ClusterContext, Column, table

_KIND = "rbac.authorization.k8s.io/"


@table(
    "subject_rights",
    grain="one subject of one binding and one named power that it gives there",
    derived_from=("role_binding_subjects", "role_rules", "roles"),
    part="power",
)
class SubjectRight(NamedTuple):
    """A power of a subject; where a role could not be read, one row whose power is NULL stands for any."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    subject_kind: Annotated[str | None, Column("User, Group or ServiceAccount, also when written as a user.")]
    has_subject_namespace: Annotated[bool | None, Column("Whether the subject lives in a namespace: a ServiceAccount.")]
    subject_namespace: Annotated[
        str | None, Column("Namespace of the ServiceAccount.", guard="has_subject_namespace")
    ]
    subject_name: Annotated[str | None, Column("Name of the subject.")]
    subject: Annotated[str, Column("The subject in one line: kind and name.")]
    power: Annotated[str | None, Column("The named power, such as read_secrets; NULL where any may be held.")]
    has_namespace: Annotated[bool, Column("Whether the power holds in one namespace only.")]
    namespace: Annotated[str | None, Column("The namespace where it holds.", guard="has_namespace")]
    resource_names: Annotated[list[str], Column("Names of objects it is limited to; empty: every name.")]
    holds: Annotated[bool | None, Column("Whether it certainly holds; NULL when a gap decides.")]
    binding_key: Annotated[str, Column("Surrogate key of the binding.", owner="role_bindings")]
    role_id: Annotated[str | None, Column("The granted role: Role/ns/name or ClusterRole//name.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence of the binding.")]


class _Roles:
    """The powers of every role, computed once a role and reach."""

    def __init__(self, tables: Mapping[str, list[Any]], unseen: Unseen) -> None:
        self._unseen = unseen
        self._keys: dict[tuple[str, str | None], list[str]] = defaultdict(list)
        for role in tables["roles"]:
            self._keys[role.cluster, role.role_id].append(role.role_key)
        self._rules: dict[tuple[str, str], list[Rule]] = defaultdict(list)
        for row in tables["role_rules"]:
            self._rules[row.cluster, row.role_key].append(_rule(row))
        self._known: dict[tuple[str, str | None, bool], list[Held]] = {}

    def powers(self, grant: Any) -> list[Held]:
        """What the grant gives; a power of "" stands for whatever could not be read."""
        if grant.role_id is None or grant.role_kind is None:
            return [Held("", None, ())]
        in_one_namespace = grant.kind == "RoleBinding"
        asked = (grant.cluster, grant.role_id, in_one_namespace)
        if asked not in self._known:
            self._known[asked] = self._powers(grant, in_one_namespace)
        return self._known[asked]

    def _powers(self, grant: Any, in_one_namespace: bool) -> list[Held]:
        keys = self._keys.get((grant.cluster, grant.role_id), [])
        if not keys:
            return self._of_absent(grant, in_one_namespace)
        answers = [self._of_role(grant.cluster, key, in_one_namespace) for key in keys]
        return answers[0] if len(answers) == 1 else _doubted(answers)

    def _of_absent(self, grant: Any, in_one_namespace: bool) -> list[Held]:
        """A role that nobody showed: a default one, one behind a gap, or none at all, which gives nothing."""
        default = DEFAULT_RULES.get(grant.role_id)
        if default is not None:
            return held(default, in_one_namespace=in_one_namespace)
        place = grant.namespace if grant.role_kind == "Role" else ""
        hidden = self._unseen.near(grant.cluster, "roles", place, _KIND + grant.role_kind)
        unplaced = (grant.cluster, None) in self._keys
        return [Held("", None, ())] if hidden or unplaced else []

    def _of_role(self, cluster: str, key: str, in_one_namespace: bool) -> list[Held]:
        found = held(self._rules.get((cluster, key), ()), in_one_namespace=in_one_namespace)
        certain = [each for each in found if each.holds]
        torn = len(certain) < len(found) or self._unseen.parts(cluster, "role_rules", key)
        return [*certain, Held("", None, ())] if torn else certain


def _doubted(answers: Iterable[list[Held]]) -> list[Held]:
    """Different declarations of one role: only what all of them give is certain."""
    first, *others = ({(each.power, each.names): each for each in answer if each.holds} for answer in answers)
    shared = [each for key, each in first.items() if all(key in other for other in others)]
    return [*shared, Held("", None, ())]


def rows(
    tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext], gaps: Iterable[Gap]
) -> list[SubjectRight]:
    """Every power of every grant."""
    roles = _Roles(tables, Unseen(gaps))
    return [_row(grant, each) for grant in tables["role_binding_subjects"] for each in roles.powers(grant)]


def _rule(row: Any) -> Rule:
    return Rule(row.verbs, row.api_groups, row.resources, row.resource_names, row.non_resource_urls)


def _row(grant: Any, given: Held) -> SubjectRight:
    is_account = grant.is_service_account is True
    return SubjectRight(
        cluster=grant.cluster,
        subject_kind="ServiceAccount" if is_account else grant.subject_kind,
        has_subject_namespace=grant.is_service_account,
        subject_namespace=grant.service_account_namespace if is_account else None,
        subject_name=grant.service_account_name if is_account else grant.subject_name,
        subject=grant.subject,
        power=given.power or None,
        has_namespace=grant.kind == "RoleBinding",
        namespace=grant.namespace if grant.kind == "RoleBinding" else None,
        resource_names=list(given.names),
        holds=given.holds,
        binding_key=grant.binding_key,
        role_id=grant.role_id,
        basis=grant.basis,
        evidence_refs=grant.evidence_refs,
    )


class Rights:
    """Rows of `subject_rights`, ready to be asked by subject."""

    def __init__(self, found: Iterable[SubjectRight]) -> None:
        self._by_subject: dict[tuple[str, str | None, str | None, str | None], list[SubjectRight]] = defaultdict(list)
        for row in found:
            self._by_subject[row.cluster, row.subject_kind, row.subject_namespace, row.subject_name].append(row)

    def of_group(self, cluster: str, name: str) -> list[SubjectRight]:
        """The powers that bindings give the group."""
        return self._by_subject.get((cluster, "Group", None, name), [])

    def of_user(self, cluster: str, name: str) -> list[SubjectRight]:
        """The powers that bindings give the user by name."""
        return self._by_subject.get((cluster, "User", None, name), [])

    def of_service_account(self, cluster: str, namespace: str, name: str) -> list[SubjectRight]:
        """The powers of the ServiceAccount, those of its implicit groups included."""
        own = self._by_subject.get((cluster, "ServiceAccount", namespace, name), [])
        groups = (self.of_group(cluster, group) for group in groups_of_service_account(namespace, name))
        return [*own, *(row for rows_of_group in groups for row in rows_of_group)]


DERIVED_SEEING_GAPS = {"subject_rights": rows}

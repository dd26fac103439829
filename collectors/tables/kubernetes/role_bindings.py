"""RoleBindings and ClusterRoleBindings, and their subjects: who is granted which role, and where."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.tables.as_written import Section, pairs, section, sections, text
from collectors.tables.identity import surrogate
from collectors.tables.kubernetes.roles import GROUP, is_bootstrapped, reference
from collectors.tables.rbac_names import (
    DEFAULT_ROLES,
    DEFAULT_ROLES_WITH_POWER,
    DISCOVERY_BINDINGS,
    is_default_role,
    is_reserved,
)
from collectors.tables.rbac_subjects import Grantee, read_subject
from collectors.tables.schema import ClusterContext, Column, Relation, Sighting, Subject, UnseenPart, table

BINDING_KINDS = (f"{GROUP}/RoleBinding", f"{GROUP}/ClusterRoleBinding")
_ROLE = (("namespace", "namespace"), ("role_name", "name"), ("role_kind", "kind"))
_CLUSTER_ROLE = (("role_name", "name"), ("role_kind", "kind"))
ROLE_RELATIONS = (
    Relation("role", "roles", _ROLE, "The Role it refers to.", when="role_kind = 'Role'", maximum=1),
    Relation(
        "cluster_role", "roles", _CLUSTER_ROLE, "The ClusterRole it refers to.",
        when="role_kind = 'ClusterRole'", maximum=1,
    ),
)


@table(
    "role_bindings",
    grain="one RoleBinding or ClusterRoleBinding",
    kinds=BINDING_KINDS,
    relations=(
        *ROLE_RELATIONS,
        Relation("subjects", "role_binding_subjects", (("binding_key", "binding_key"),), "Whom it grants."),
    ),
    subject=Subject("api_group", "kind", "namespace", "name"),
)
class RoleBinding(NamedTuple):
    """A RoleBinding or ClusterRoleBinding."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    kind: Annotated[str, Column("RoleBinding or ClusterRoleBinding.")]
    api_group: Annotated[str, Column("API group of the binding.")]
    namespace: Annotated[str | None, Column("Namespace of a RoleBinding; NULL for a ClusterRoleBinding.")]
    name: Annotated[str, Column("Name of the binding.")]
    binding_key: Annotated[str, Column("Surrogate key.", identity=True)]
    is_cluster_wide: Annotated[bool, Column("Whether it grants in every namespace: a ClusterRoleBinding.")]
    role_kind: Annotated[str | None, Column("Kind of the role it refers to: Role or ClusterRole.")]
    role_name: Annotated[str | None, Column("Name of the role it refers to.")]
    role_id: Annotated[str | None, Column("The role it refers to: Role/ns/name or ClusterRole//name.")]
    is_builtin: Annotated[bool, Column("Whether Kubernetes or its provider creates the binding.")]
    is_discovery: Annotated[bool, Column("Whether it is a default binding that lets all discover the API.")]
    refers_to_default_role: Annotated[
        bool | None, Column("Whether every API server creates the role it refers to.")
    ]
    refers_to_cluster_admin: Annotated[bool | None, Column("Whether it refers to ClusterRole cluster-admin.")]
    refers_to_powerful_default: Annotated[
        bool | None, Column("Whether it refers to cluster-admin, admin or edit, which may exec.")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table(
    "role_binding_subjects",
    grain="one subject of one binding: a grant",
    kinds=BINDING_KINDS,
    relations=(
        *ROLE_RELATIONS,
        Relation(
            "service_account", "service_accounts",
            (("service_account_namespace", "namespace"), ("service_account_name", "name")),
            "The ServiceAccount that is granted.", when="is_service_account", maximum=1,
        ),
    ),
    subject=Subject(None, "kind", "namespace", "binding_name", "subject", fixed_group=GROUP),
    part="subject",
)
class RoleBindingSubject(NamedTuple):
    """One grant: a subject of a binding, with the role that it gets."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    kind: Annotated[str, Column("RoleBinding or ClusterRoleBinding.")]
    namespace: Annotated[str | None, Column("Namespace where the grant holds; NULL for every namespace.")]
    binding_name: Annotated[str | None, Column("Name of the binding.")]
    binding_key: Annotated[str, Column("Surrogate key of its binding.", owner="role_bindings")]
    subject: Annotated[str, Column("The subject in one line: kind and name.")]
    subject_kind: Annotated[str | None, Column("User, Group or ServiceAccount.")]
    subject_name: Annotated[str | None, Column("Name of the subject.")]
    is_anonymous: Annotated[bool | None, Column("Whether it means requests without credentials.")]
    is_everyone: Annotated[bool | None, Column("Whether it means all who log in, or all ServiceAccounts.")]
    is_system: Annotated[bool | None, Column("Whether it is a user or group of the control plane.")]
    is_service_account: Annotated[
        bool | None, Column("Whether it is a ServiceAccount, also when written as a user.")
    ]
    service_account_namespace: Annotated[
        str | None, Column("Namespace of the ServiceAccount.", guard="is_service_account")
    ]
    service_account_name: Annotated[
        str | None, Column("Name of the ServiceAccount.", guard="is_service_account")
    ]
    role_kind: Annotated[str | None, Column("Kind of the granted role: Role or ClusterRole.")]
    role_name: Annotated[str | None, Column("Name of the granted role.")]
    role_id: Annotated[str | None, Column("The granted role: Role/ns/name or ClusterRole//name.")]
    is_builtin: Annotated[bool, Column("Whether Kubernetes or its provider creates the binding.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class RoleBindings:
    """Bindings and their subjects."""

    reads: ClassVar[tuple[str, ...]] = BINDING_KINDS

    def __init__(self, cluster: ClusterContext) -> None:
        self._cluster = cluster
        self._bindings: list[RoleBinding] = []
        self._subjects: list[RoleBindingSubject] = []
        self._unseen: list[UnseenPart] = []

    def observe(self, sighting: Sighting) -> None:
        """One binding and each of its subjects."""
        binding = self._binding(sighting, section(sighting.object, "roleRef"))
        self._bindings.append(binding)
        written = sections(sighting.object, "subjects")
        if written is None:
            key = binding.binding_key
            self._unseen.append(UnseenPart("role_binding_subjects", sighting.kind, sighting.namespace, key))
        place = binding.namespace
        self._subjects.extend(self._subject(binding, read_subject(each, place)) for each in written or ())

    def rows(self) -> dict[str, list[Any]]:
        """Bindings and their subjects."""
        return {"role_bindings": self._bindings, "role_binding_subjects": self._subjects}

    def unseen(self) -> list[UnseenPart]:
        """Subjects that could not be read."""
        return self._unseen

    def _binding(self, sighting: Sighting, role: Section | None) -> RoleBinding:
        kind = sighting.kind.rpartition("/")[2]
        role_kind, role_name = text(role, "kind"), text(role, "name")
        is_cluster_role = None if role_kind is None else role_kind == "ClusterRole"
        return RoleBinding(
            cluster=self._cluster.name,
            kind=kind,
            api_group=GROUP,
            namespace=sighting.namespace,
            name=sighting.name,
            binding_key=surrogate(sighting),
            is_cluster_wide=kind == "ClusterRoleBinding",
            role_kind=role_kind,
            role_name=role_name,
            role_id=reference(role_kind, sighting.namespace, role_name),
            is_builtin=is_builtin(kind, sighting),
            is_discovery=(sighting.namespace, sighting.name) in DISCOVERY_BINDINGS,
            refers_to_default_role=is_default_role(role_kind, sighting.namespace, role_name),
            refers_to_cluster_admin=_is_one_of(is_cluster_role, role_name, frozenset({"cluster-admin"})),
            refers_to_powerful_default=_is_one_of(is_cluster_role, role_name, DEFAULT_ROLES_WITH_POWER),
            basis=self._cluster.basis,
            evidence_refs=sighting.refs,
        )

    def _subject(self, binding: RoleBinding, who: Grantee) -> RoleBindingSubject:
        return RoleBindingSubject(
            cluster=self._cluster.name,
            kind=binding.kind,
            namespace=binding.namespace,
            binding_name=binding.name,
            binding_key=binding.binding_key,
            subject=who.in_one_line,
            subject_kind=who.kind,
            subject_name=who.name,
            is_anonymous=who.is_anonymous,
            is_everyone=who.is_everyone,
            is_system=who.is_system,
            is_service_account=who.is_service_account,
            service_account_namespace=who.service_account[0],
            service_account_name=who.service_account[1],
            role_kind=binding.role_kind,
            role_name=binding.role_name,
            role_id=binding.role_id,
            is_builtin=binding.is_builtin,
            basis=binding.basis,
            evidence_refs=binding.evidence_refs,
        )


def is_builtin(kind: str, binding: Sighting) -> bool:
    """Whether Kubernetes or its provider creates the binding, by its name or by the label of the API server."""
    labels = pairs(section(binding.object, "metadata"), "labels")
    named = is_reserved(binding.name) or (kind == "ClusterRoleBinding" and binding.name == "cluster-admin")
    placed = kind == "RoleBinding" and (binding.namespace, binding.name) in DEFAULT_ROLES
    return named or placed or is_bootstrapped(labels)


def _is_one_of(is_cluster_role: bool | None, name: str | None, names: frozenset[str]) -> bool | None:
    if is_cluster_role is False:
        return False
    if name is None:
        return None
    return (True if is_cluster_role else None) if name in names else False


BUILDERS = (RoleBindings,)

"""Roles and ClusterRoles, their rules as written, and what each rule allows."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.tables.as_written import Section, pairs, section, sections
from collectors.tables.identity import surrogate
from collectors.tables.kubernetes.role_rule_rows import ROLE_KINDS, RoleRule, columns
from collectors.tables.rbac_names import BOOTSTRAP_LABEL, DEFAULT_ROLES, USER_FACING_ROLES, is_reserved
from collectors.tables.rbac_powers import Rule, grants_everything, read_rule
from collectors.tables.role_aggregation import aggregate, gathers_default_roles
from collectors.tables.schema import ClusterContext, Column, Relation, Sighting, Subject, UnseenPart, table

GROUP = "rbac.authorization.k8s.io"
_CLUSTER_ROLE = f"{GROUP}/ClusterRole"


@table(
    "roles",
    grain="one Role or ClusterRole",
    kinds=ROLE_KINDS,
    relations=(
        Relation("rules", "role_rules", (("role_key", "role_key"),), "The rules of the role."),
        Relation("bindings", "role_bindings", (("role_id", "role_id"),), "The bindings that refer to it."),
    ),
    subject=Subject("api_group", "kind", "namespace", "name"),
    part="name",
)
class Role(NamedTuple):
    """A Role or ClusterRole."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    kind: Annotated[str, Column("Role or ClusterRole.")]
    api_group: Annotated[str, Column("API group of the role.")]
    namespace: Annotated[str | None, Column("Namespace of a Role; NULL for a ClusterRole.")]
    name: Annotated[str, Column("Name of the role.")]
    role_key: Annotated[str, Column("Surrogate key.", identity=True)]
    role_id: Annotated[str | None, Column("How bindings refer to it: Role/ns/name or ClusterRole//name.")]
    is_builtin: Annotated[bool, Column("Whether Kubernetes or its provider creates the role.")]
    joins_view: Annotated[bool | None, Column("Whether the default role view gathers its rules, by label.")]
    joins_edit: Annotated[
        bool | None, Column("Whether the default role edit or admin gathers its rules, by label.")
    ]
    offers_its_rules: Annotated[
        bool | None, Column("Whether a label offers its rules to a role that gathers them (.../aggregate-to-...).")
    ]
    is_aggregated: Annotated[bool, Column("Whether its rules are gathered from other ClusterRoles by label.")]
    rule_count: Annotated[int | None, Column("Number of its rules; of an aggregated role, those gathered.")]
    grants_everything: Annotated[
        bool | None, Column("Whether its rules together allow every verb on everything.")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class Roles:
    """Roles with their rules; a declared aggregated ClusterRole is given the rules it would gather."""

    reads: ClassVar[tuple[str, ...]] = ROLE_KINDS

    def __init__(self, cluster: ClusterContext) -> None:
        self._cluster = cluster
        self._seen: list[Sighting] = []

    def observe(self, sighting: Sighting) -> None:
        """Keep the role: aggregation can be resolved only when all are known."""
        self._seen.append(sighting)

    def rows(self) -> dict[str, list[Any]]:
        """Roles and their rules."""
        roles: list[Role] = []
        rules: list[RoleRule] = []
        for sighting, gathered in self._with_rules():
            read = [(origin, read_rule(written)) for origin, written in gathered or ()]
            roles.append(self._role(sighting, None if gathered is None else [rule for _, rule in read]))
            rules.extend(self._rule(sighting, origin, rule) for origin, rule in read)
        return {"roles": roles, "role_rules": rules}

    def unseen(self) -> list[UnseenPart]:
        """Rules that could not be read, and those that a role gathers from ClusterRoles not in the folder."""
        parts = []
        for sighting, gathered in self._with_rules():
            if gathered is None or self._may_gather_more(sighting):
                parts.append(UnseenPart("role_rules", sighting.kind, sighting.namespace, surrogate(sighting)))
        return parts

    def _with_rules(self) -> list[tuple[Sighting, list[tuple[str, Section | None]] | None]]:
        if self._cluster.basis == "running":
            return [(sighting, _own_rules(sighting)) for sighting in self._seen]
        return aggregate(self._seen, _own_rules)

    def _may_gather_more(self, sighting: Sighting) -> bool:
        """A folder shows all that a role gathers if it declares everything and every file of it was read.

        The default roles are in no folder: a selector that matches one of them gathers more than the folder holds.
        """
        if self._cluster.basis != "declared" or not is_aggregated(sighting):
            return False
        return not self._cluster.shows_every(_CLUSTER_ROLE) or self._gathers_default_roles

    @cached_property
    def _gathers_default_roles(self) -> bool:
        """One that does may be gathered by any other; asked for only after the last object was observed."""
        return any(is_aggregated(each) and gathers_default_roles(each) for each in self._seen)

    def _role(self, sighting: Sighting, rules: list[Rule] | None) -> Role:
        kind = sighting.kind.rpartition("/")[2]
        everything = None if rules is None else grants_everything(rules)
        if everything is False and self._may_gather_more(sighting):
            everything = None
        labels = pairs(section(sighting.object, "metadata"), "labels")
        return Role(
            self._cluster.name, kind, GROUP, sighting.namespace, sighting.name, surrogate(sighting),
            reference(kind, sighting.namespace, sighting.name),
            is_default(kind, sighting.namespace, sighting.name) or is_bootstrapped(labels),
            _joins(kind, labels, "view"), _joins(kind, labels, "edit", "admin"),
            None if labels is None else any("/aggregate-to-" in each and each.endswith("=true") for each in labels),
            is_aggregated(sighting), None if rules is None else len(rules), everything,
            self._cluster.basis, sighting.refs,
        )

    def _rule(self, sighting: Sighting, origin: str, rule: Rule) -> RoleRule:
        return RoleRule(
            cluster=self._cluster.name,
            kind=sighting.kind.rpartition("/")[2],
            namespace=sighting.namespace,
            role_name=sighting.name,
            role_key=surrogate(sighting),
            rule=in_one_line(rule),
            from_role=origin,
            verbs=rule.verbs,
            api_groups=rule.api_groups,
            resources=rule.resources,
            resource_names=rule.resource_names,
            non_resource_urls=rule.urls,
            basis=self._cluster.basis,
            evidence_refs=sighting.refs,
            **columns(rule, sighting.kind.rpartition("/")[2]),
        )


def reference(kind: str | None, namespace: str | None, name: str | None) -> str | None:
    """The text by which a binding refers to a role, whether or not the role was seen; None when not known."""
    if kind is None or name is None or (kind == "Role" and namespace is None):
        return None
    return f"{kind}/{'' if kind == 'ClusterRole' else namespace}/{name}"


def is_default(kind: str, namespace: str | None, name: str) -> bool:
    """Whether Kubernetes or its provider creates the role of this name."""
    named = name in USER_FACING_ROLES if kind == "ClusterRole" else (namespace, name) in DEFAULT_ROLES
    return named or is_reserved(name)


def is_bootstrapped(labels: list[str] | None) -> bool:
    """Whether the API server labelled the object as one that it creates and repairs when it starts."""
    return BOOTSTRAP_LABEL in (labels or ())


def _joins(kind: str, labels: list[str] | None, *roles: str) -> bool | None:
    """Whether the default selectors of these roles match a ClusterRole of these labels."""
    if kind != "ClusterRole":
        return False
    if labels is None:
        return None
    return any(f"{GROUP}/aggregate-to-{role}=true" in labels for role in roles)


def is_aggregated(sighting: Sighting) -> bool:
    """Whether the role gathers its rules; an unreadable aggregationRule counts as one."""
    return section(sighting.object, "aggregationRule") != {}


def in_one_line(rule: Rule) -> str:
    """The rule for a reader: "get, list on pods, apps/deployments (names: web)"."""
    groups = "?" if rule.api_groups is None else ", ".join(group or "core" for group in rule.api_groups)
    verbs, resources, urls, names = (
        "?" if part is None else ", ".join(part)
        for part in (rule.verbs, rule.resources, rule.urls, rule.resource_names)
    )
    what = f"{resources} in {groups}" if resources or not urls else urls
    return f"{verbs} on {what}" + (f" (names: {names})" if names else "")


def _own_rules(sighting: Sighting) -> list[tuple[str, Section | None]] | None:
    written = sections(sighting.object, "rules")
    return None if written is None else [(sighting.name, rule) for rule in written]


BUILDERS = (Roles,)

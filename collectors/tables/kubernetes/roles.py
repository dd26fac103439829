"""Roles and ClusterRoles, their rules as written, and what each rule allows."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.tables.as_written import Section, either, section, sections
from collectors.tables.identity import surrogate
from collectors.tables.rbac_names import USER_FACING_ROLES, is_reserved
from collectors.tables.rbac_powers import READING, WRITING, Rule, grants_everything, read_rule
from collectors.tables.role_aggregation import aggregate
from collectors.tables.schema import ClusterContext, Column, Relation, Sighting, Subject, UnseenPart, table

GROUP = "rbac.authorization.k8s.io"
ROLE_KINDS = (f"{GROUP}/Role", f"{GROUP}/ClusterRole")
EXEC = ("pods/exec", "pods/attach")
WORKLOADS_BY_GROUP = {
    "": ("pods", "replicationcontrollers"),
    "apps": ("deployments", "statefulsets", "daemonsets", "replicasets"),
    "batch": ("jobs", "cronjobs"),
}


@table(
    "roles",
    grain="one Role or ClusterRole",
    kinds=ROLE_KINDS,
    relations=(Relation("rules", "role_rules", (("role_key", "role_key"),), "The rules of the role."),),
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
    is_aggregated: Annotated[bool, Column("Whether its rules are gathered from other ClusterRoles by label.")]
    rule_count: Annotated[int | None, Column("Number of its rules; of an aggregated role, those gathered.")]
    grants_everything: Annotated[
        bool | None, Column("Whether its rules together allow every verb on everything.")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table("role_rules", grain="one rule of one Role or ClusterRole", kinds=ROLE_KINDS, part="rule")
class RoleRule(NamedTuple):
    """One rule as written, wildcards included, and what it allows."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    kind: Annotated[str, Column("Role or ClusterRole.")]
    namespace: Annotated[str | None, Column("Namespace of the Role; NULL for a ClusterRole.")]
    role_name: Annotated[str | None, Column("Name of the role.")]
    role_key: Annotated[str, Column("Surrogate key of its role.", owner="roles")]
    rule: Annotated[str, Column("The rule in one line: verbs, resources, API groups.")]
    from_role: Annotated[str | None, Column("Role where it is written, if aggregated elsewhere.")]
    verbs: Annotated[list[str] | None, Column("Verbs as written.")]
    api_groups: Annotated[list[str] | None, Column("API groups as written; core is empty text.")]
    resources: Annotated[list[str] | None, Column("Resources as written.")]
    resource_names: Annotated[list[str] | None, Column("Names it is limited to; empty: every name.")]
    non_resource_urls: Annotated[list[str] | None, Column("URL paths as written.")]
    is_wildcard_verb: Annotated[bool | None, Column("Whether the verbs hold a bare star.")]
    is_wildcard_resource: Annotated[bool | None, Column("Whether a resource is written with a star.")]
    is_wildcard_group: Annotated[bool | None, Column("Whether the API groups hold a bare star.")]
    has_wildcard: Annotated[bool | None, Column("Whether a star stands anywhere in the rule.")]
    is_limited_to_names: Annotated[bool | None, Column("Whether the rule covers named objects only.")]
    is_cluster_admin_like: Annotated[bool | None, Column("Whether it allows every verb on everything.")]
    grants_pod_exec: Annotated[bool | None, Column("Whether it allows exec or attach (get or create).")]
    grants_port_forward: Annotated[bool | None, Column("Whether it allows port forwarding to pods.")]
    grants_debug_containers: Annotated[bool | None, Column("Whether it allows adding debug containers.")]
    reads_secrets: Annotated[bool | None, Column("Whether it reads Secrets of every name.")]
    creates_workloads: Annotated[bool | None, Column("Whether it creates or changes pods.")]
    writes_role_bindings: Annotated[bool | None, Column("Whether it allows writing roles or role bindings.")]
    escalates: Annotated[bool | None, Column("Whether it allows escalate or bind on roles.")]
    impersonates: Annotated[bool | None, Column("Whether it allows acting as someone else.")]
    creates_tokens: Annotated[bool | None, Column("Whether it allows creating tokens of service accounts.")]
    reaches_kubelet: Annotated[bool | None, Column("Whether it allows nodes/proxy, which can exec.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting of the role.")]


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
        """Even of a whole folder: a file that could not be read may hold a ClusterRole that it gathers."""
        return is_aggregated(sighting) and self._cluster.basis == "declared"

    def _role(self, sighting: Sighting, rules: list[Rule] | None) -> Role:
        kind = sighting.kind.rpartition("/")[2]
        everything = None if rules is None else grants_everything(rules)
        if everything is False and self._may_gather_more(sighting):
            everything = None
        return Role(
            self._cluster.name, kind, GROUP, sighting.namespace, sighting.name, surrogate(sighting),
            reference(kind, sighting.namespace, sighting.name), is_builtin(kind, sighting.name),
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
            **_wildcards(rule),
            **_powers(rule),
        )


def reference(kind: str | None, namespace: str | None, name: str | None) -> str | None:
    """The text by which a binding refers to a role, whether or not the role was seen; None when not known."""
    if kind is None or name is None or (kind == "Role" and namespace is None):
        return None
    return f"{kind}/{'' if kind == 'ClusterRole' else namespace}/{name}"


def is_builtin(kind: str, name: str) -> bool:
    """Whether Kubernetes or its provider creates the role of this name."""
    return is_reserved(name) or (kind == "ClusterRole" and name in USER_FACING_ROLES)


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


def _wildcards(rule: Rule) -> dict[str, bool | None]:
    return {
        "is_wildcard_verb": rule.has_star("verbs"),
        "is_wildcard_resource": rule.has_wildcard_resource,
        "is_wildcard_group": rule.has_star("api_groups"),
        "has_wildcard": rule.has_wildcard,
        "is_limited_to_names": rule.is_limited_to_names,
    }


def _powers(rule: Rule) -> dict[str, bool | None]:
    roles_and_bindings = ("roles", "clusterroles", "rolebindings", "clusterrolebindings")
    reach = ("get", "create")
    return {
        "is_cluster_admin_like": grants_everything([rule]),
        "grants_pod_exec": rule.allows("", EXEC, reach),
        "grants_port_forward": rule.allows("", ("pods/portforward",), reach),
        "grants_debug_containers": rule.allows("", ("pods/ephemeralcontainers",), ("update", "patch")),
        "reads_secrets": rule.allows_on_every_object("", ("secrets",), READING),
        "creates_workloads": either(*(rule.allows(*made, WRITING) for made in WORKLOADS_BY_GROUP.items())),
        "writes_role_bindings": rule.allows(GROUP, roles_and_bindings, WRITING),
        "escalates": rule.allows(GROUP, ("roles", "clusterroles"), ("escalate", "bind")),
        "impersonates": rule.allows("", ("users", "groups", "serviceaccounts"), ("impersonate",)),
        "creates_tokens": rule.allows("", ("serviceaccounts/token",), ("create",)),
        "reaches_kubelet": rule.allows("", ("nodes/proxy",), reach),
    }


BUILDERS = (Roles,)

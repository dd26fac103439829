"""The rules of roles as written, and what each allows: one row a rule."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, NamedTuple

from collectors.tables.as_written import both, either, opposite
from collectors.tables.rbac_named_powers import (
    POD_MAKERS,
    POWERS,
    RBAC,
    Ask,
    gives,
    gives_on_every_name,
    reaches_every_name,
)
from collectors.tables.rbac_powers import READING, WRITING, Rule, grants_everything
from collectors.tables.schema import Column, table

ROLE_KINDS = (f"{RBAC}/Role", f"{RBAC}/ClusterRole")
# What the platform reads in kube-system: names of kubeadm, of kube-proxy, of CoreDNS and of EKS.
PLATFORM_CONFIG_MAPS = frozenset(
    {"coredns", "coredns-custom", "kube-proxy", "kubeadm-config", "extension-apiserver-authentication", "aws-auth"}
)
_MASTERS = frozenset({"system:masters"})
_POWERFUL = frozenset({"cluster-admin", "admin", "edit"})
_CLIENT_SIGNERS = frozenset(
    {"kubernetes.io/*", "kubernetes.io/kube-apiserver-client", "kubernetes.io/kube-apiserver-client-kubelet"}
)
_OF_THE_CLUSTER = (
    "reaches_kubelet", "changes_nodes", "approves_certificates", "names_signers", "approves_client_certificates",
    "writes_persistent_volumes", "writes_webhooks", "extends_the_api",
)  # fmt: skip
_IMPERSONATION = (
    "impersonate_users", "impersonate_groups", "impersonate_service_accounts", "impersonate_user_info",
    "impersonate_any_node",
)  # fmt: skip
_DELETING = frozenset({"delete", "deletecollection"})
_SECRETS = (Ask("", ("secrets",), READING | WRITING | _DELETING),)
_DELETION = (
    Ask(
        "",
        ("pods", "replicationcontrollers", "services", "secrets", "persistentvolumeclaims", "persistentvolumes",
         "namespaces"),
        _DELETING,
    ),
    Ask("apps", POD_MAKERS["apps"], _DELETING),
    Ask("batch", POD_MAKERS["batch"], _DELETING),
    *POWERS["delete_backups"],
)  # fmt: skip
_ON_EVERY_NAME = {
    "reads_secrets": ("read_secrets",),
    "escalates_roles": ("escalate_roles",),
    "writes_rbac": ("write_roles", "write_cluster_roles", "write_role_bindings", "write_cluster_role_bindings"),
    "creates_tokens": ("create_tokens",),
    "approves_certificates": ("approve_certificates",),
    "writes_persistent_volumes": ("write_persistent_volumes",),
    "writes_webhooks": ("write_webhooks",),
    "writes_policies": ("write_admission_policies", "write_policy_engines"),
    "extends_the_api": ("write_api_services", "write_custom_resource_definitions"),
    "changes_namespaces": ("create_namespaces", "label_namespaces"),
    "steers_traffic": (
        "write_network_policies", "write_endpoints", "write_service_status", "write_services", "write_routes",
    ),
}  # fmt: skip


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
    only_reads: Annotated[bool | None, Column("Whether its verbs are get, list and watch at most.")]
    is_cluster_admin_like: Annotated[bool | None, Column("Whether it allows every verb on everything.")]
    reads_secrets: Annotated[bool | None, Column("Whether it reads Secrets of every name.")]
    accesses_secrets: Annotated[bool | None, Column("Whether it reads, writes or deletes Secrets of every name.")]
    creates_workloads: Annotated[
        bool | None, Column("Whether it creates or changes pods, or objects from which controllers make pods.")
    ]
    grants_pod_exec: Annotated[bool | None, Column("Whether it allows exec or attach (get or create).")]
    grants_debug_containers: Annotated[bool | None, Column("Whether it allows adding debug containers.")]
    reaches_pod_ports: Annotated[
        bool | None, Column("Whether it reaches ports of pods: port forwarding, or the proxy of pods and services.")
    ]
    reaches_kubelet: Annotated[bool | None, Column("Whether it allows nodes/proxy, which can exec.")]
    changes_nodes: Annotated[bool | None, Column("Whether it writes or deletes nodes, or places pods on them.")]
    impersonates_anyone: Annotated[
        bool | None, Column("Whether it allows acting as someone whom no name limits, or as system:masters.")
    ]
    escalates_roles: Annotated[bool | None, Column("Whether it allows escalate on roles of every name.")]
    binds_roles: Annotated[
        bool | None, Column("Whether it allows bind on roles of every name, or on powerful default ones.")
    ]
    writes_rbac: Annotated[bool | None, Column("Whether it writes roles or bindings of every name.")]
    creates_tokens: Annotated[
        bool | None, Column("Whether it allows creating tokens of ServiceAccounts of every name.")
    ]
    approves_certificates: Annotated[bool | None, Column("Whether it updates the approval of certificate requests.")]
    names_signers: Annotated[bool | None, Column("Whether it allows approve for signers at all.")]
    approves_client_certificates: Annotated[
        bool | None, Column("Whether it allows approve for signers of client certificates.")
    ]
    writes_persistent_volumes: Annotated[bool | None, Column("Whether it creates or changes PersistentVolumes.")]
    writes_webhooks: Annotated[
        bool | None, Column("Whether it writes or deletes admission webhooks of every name.")
    ]
    writes_policies: Annotated[
        bool | None, Column("Whether it writes or deletes admission policies, those of engines included.")
    ]
    extends_the_api: Annotated[
        bool | None, Column("Whether it writes APIServices or CustomResourceDefinitions of every name.")
    ]
    changes_namespaces: Annotated[bool | None, Column("Whether it creates or changes Namespaces of every name.")]
    steers_traffic: Annotated[
        bool | None, Column("Whether it changes services, their endpoints or status, routes, or network policies.")
    ]
    writes_platform_config_maps: Annotated[
        bool | None, Column("Whether it changes ConfigMaps of every name, or by name those that the platform reads.")
    ]
    deletes_objects: Annotated[
        bool | None, Column("Whether it deletes workloads, Secrets, volumes, backups or Namespaces of every name.")
    ]
    deletes_events: Annotated[bool | None, Column("Whether it deletes events.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting of the role.")]


def columns(rule: Rule, kind: str) -> dict[str, bool | None]:
    """What stands in the rule and what it allows.

    No binding of a Role reaches resources of the whole cluster. A star in a Role does not mean them either; a Role
    that names them is counted, because whoever wrote it meant to give them.
    """
    powers = _powers(rule)
    if kind == "Role" and rule.has_wildcard_resource is not False:
        named = None if rule.resources is None else [each for each in rule.resources if "*" not in each]
        of_the_cluster = _powers(replace(rule, resources=named))
        powers |= {column: of_the_cluster[column] for column in _OF_THE_CLUSTER}
    return _wildcards(rule) | powers


def _wildcards(rule: Rule) -> dict[str, bool | None]:
    return {
        "is_wildcard_verb": rule.has_star("verbs"),
        "is_wildcard_resource": rule.has_wildcard_resource,
        "is_wildcard_group": rule.has_star("api_groups"),
        "has_wildcard": rule.has_wildcard,
        "is_limited_to_names": rule.is_limited_to_names,
    }


def _powers(rule: Rule) -> dict[str, bool | None]:
    """Each column is one list of requests; those that a name tames are asked of every name."""
    return {
        "only_reads": _only_reads(rule),
        "is_cluster_admin_like": grants_everything([rule]),
        "accesses_secrets": reaches_every_name(rule, _SECRETS),
        "grants_pod_exec": gives(rule, "exec_pods"),
        "grants_debug_containers": gives(rule, "debug_pods"),
        "reaches_pod_ports": gives(rule, "forward_ports", "proxy_pods"),
        "reaches_kubelet": gives(rule, "proxy_nodes"),
        "changes_nodes": gives(rule, "write_nodes", "bind_pods"),
        "creates_workloads": gives(rule, "create_pods", "change_workloads"),
        "impersonates_anyone": either(
            gives_on_every_name(rule, *_IMPERSONATION), both(gives(rule, "impersonate_groups"), _names(rule, _MASTERS))
        ),
        "binds_roles": either(
            gives_on_every_name(rule, "bind_roles"), both(gives(rule, "bind_roles"), _names(rule, _POWERFUL)),
            _binds_by_mistake(rule),
        ),
        "names_signers": gives(rule, "approve_for_signers"),
        "approves_client_certificates": both(
            gives(rule, "approve_for_signers"),
            either(opposite(rule.is_limited_to_names), _names(rule, _CLIENT_SIGNERS)),
        ),
        "writes_platform_config_maps": either(
            gives_on_every_name(rule, "write_config_maps"),
            both(gives(rule, "write_config_maps"), _names(rule, PLATFORM_CONFIG_MAPS)),
        ),
        "deletes_objects": reaches_every_name(rule, _DELETION),
        "deletes_events": gives(rule, "delete_events"),
    } | {column: gives_on_every_name(rule, *powers) for column, powers in _ON_EVERY_NAME.items()}


def _only_reads(rule: Rule) -> bool | None:
    return None if rule.verbs is None else set(rule.verbs) <= set(READING)


def _names(rule: Rule, wanted: frozenset[str]) -> bool | None:
    return None if rule.resource_names is None else not wanted.isdisjoint(rule.resource_names)


def _binds_by_mistake(rule: Rule) -> bool | None:
    """`bind` written out on bindings: the API server asks for it on roles, but whoever wrote it meant to give it."""
    if rule.verbs is None:
        return None
    return "bind" in rule.verbs and rule.allows(RBAC, ("rolebindings", "clusterrolebindings"), ("bind",))

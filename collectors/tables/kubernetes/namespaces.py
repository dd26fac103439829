"""Namespaces, and the Pod Security level that their labels ask for."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.tables.as_written import Section, is_set, pairs, section, text
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Relation, Sighting, Subject, table

SYSTEM_NAMESPACES = frozenset({"kube-system", "kube-public", "kube-node-lease"})
LEVELS = ("privileged", "baseline", "restricted")
_LABEL = "pod-security.kubernetes.io/"
_OWN = (("name", "namespace"),)


@table(
    "namespaces",
    grain="one Namespace",
    kinds=("Namespace",),
    namespaced=False,
    relations=(
        Relation("workloads", "workloads", _OWN, "Workloads in it."),
        Relation("network_policies", "network_policies", _OWN, "NetworkPolicies in it."),
        Relation("resource_quotas", "resource_quotas", _OWN, "ResourceQuotas in it."),
        Relation("limit_ranges", "limit_ranges", _OWN, "LimitRanges in it."),
        Relation("service_accounts", "service_accounts", _OWN, "ServiceAccounts in it."),
        Relation("services", "services", _OWN, "Services in it."),
        Relation("role_bindings", "role_bindings", _OWN, "RoleBindings in it."),
        Relation("isolation", "namespace_isolation", (("name", "name"),), "How policies close it.", minimum=1, maximum=1),
        Relation("cluster", "clusters", (), "Its cluster.", minimum=1, maximum=1),
    ),
    subject=Subject(None, None, None, "name", fixed_kind="Namespace"),
)
class Namespace(NamedTuple):
    """A Namespace."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Name of the namespace.")]
    namespace_key: Annotated[str, Column("Surrogate key.", identity=True)]
    labels: Annotated[list[str] | None, Column("Labels as key=value.")]
    is_system: Annotated[bool, Column("Whether Kubernetes creates it for itself (kube-system and the like).")]
    is_terminating: Annotated[bool | None, Column("Whether it is being deleted.")]
    has_enforce_level: Annotated[bool, Column("Whether a label names a Pod Security level to enforce.")]
    declared_enforce_level: Annotated[
        str | None, Column("Value of the enforce label, valid or not.", guard="has_enforce_level")
    ]
    enforce_level_by_label: Annotated[
        str | None,
        Column("Level that the labels enforce: an invalid value enforces restricted, no label privileged."),
    ]
    warn_level_by_label: Annotated[
        str | None, Column("Level that the warn label names; an invalid value or none: privileged.")
    ]
    audit_level_by_label: Annotated[
        str | None, Column("Level that the audit label names; an invalid value or none: privileged.")
    ]
    has_enforce_version: Annotated[bool, Column("Whether a label pins the version of the enforced level.")]
    enforce_version: Annotated[
        str | None, Column("Version of the enforced level: latest or v1.n.", guard="has_enforce_version")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class Namespaces(OneRowPerObject):
    """One row per Namespace."""

    reads = ("Namespace",)
    fills = "namespaces"

    def row(self, sighting: Sighting) -> Namespace:
        """Source: Kubernetes documentation, "Enforce Pod Security Standards with Namespace Labels".

        An invalid level enforces restricted and warns or audits nothing (the admission library, ParseLevel);
        a default set in the API server's own configuration is not visible in labels.
        """
        metadata = section(sighting.object, "metadata")
        labels = section(metadata, "labels")
        phase = text(section(sighting.object, "status"), "phase", default="Active")
        return Namespace(
            cluster=self.cluster.name,
            name=sighting.name,
            namespace_key=surrogate(sighting),
            labels=pairs(metadata, "labels"),
            is_system=sighting.name in SYSTEM_NAMESPACES,
            is_terminating=None if phase is None else phase == "Terminating",
            has_enforce_level=is_set(labels, _LABEL + "enforce"),
            declared_enforce_level=text(labels, _LABEL + "enforce"),
            enforce_level_by_label=_level(labels, "enforce", "restricted"),
            warn_level_by_label=_level(labels, "warn", "privileged"),
            audit_level_by_label=_level(labels, "audit", "privileged"),
            has_enforce_version=is_set(labels, _LABEL + "enforce-version"),
            enforce_version=text(labels, _LABEL + "enforce-version"),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _level(labels: Section | None, mode: str, invalid: str) -> str | None:
    if not is_set(labels, _LABEL + mode):
        return "privileged"
    label = text(labels, _LABEL + mode)
    if label is None:
        return None
    return label if label in LEVELS else invalid


BUILDERS = (Namespaces,)

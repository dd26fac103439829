"""Namespaces, and the Pod Security level that their labels ask for."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, NamedTuple

from collectors.tables.as_written import Section, instant, is_set, pairs, section, text
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Relation, Sighting, Subject, table

SYSTEM_NAMESPACES = frozenset({"kube-system", "kube-public", "kube-node-lease"})
LEVELS = ("privileged", "baseline", "restricted")
_LABEL = "pod-security.kubernetes.io/"
_OWN = (("name", "namespace"),)
_MODES = ("enforce", "warn", "audit")
_VERSION = re.compile(r"v1\.(0|[1-9]\d{0,2})", re.ASCII)
_ENVIRONMENTS = ("environment", "env", "app.kubernetes.io/environment", "stage")
_PRODUCTION = frozenset({"production", "prod", "prd", "live"})
_OTHERS = frozenset({
    "development", "dev", "test", "testing", "qa", "staging", "stage", "stg", "uat", "integration", "int", "sandbox",
    "preview", "preprod", "pre-production", "nonprod", "non-production", "acceptance", "demo", "lab",
})  # fmt: skip


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
        Relation("mesh_mode", "mesh_modes", (("name", "name"),), "What it accepts in a mesh.", minimum=1, maximum=1),
        Relation(
            "isolation", "namespace_isolation", (("name", "name"),), "How policies close it.", minimum=1, maximum=1
        ),
        Relation("admission", "admission_coverage", (("namespace_key", "namespace_key"),), "What it refuses."),
        Relation("namespaces", "namespaces", (), "The namespaces of its cluster, itself among them."),
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
    metadata_keys: Annotated[list[str] | None, Column("Keys of its labels and annotations, sorted.")]
    is_terminating: Annotated[bool | None, Column("Whether it is being deleted.")]
    has_deletion_time: Annotated[bool, Column("Whether somebody asked to delete it.")]
    deletion_started_at: Annotated[
        datetime | None, Column("When somebody asked to delete it, UTC.", guard="has_deletion_time")
    ]
    has_environment: Annotated[
        bool | None, Column("Whether a label of its names the environment, in a word that we know.")
    ]
    is_production: Annotated[
        bool | None, Column("Whether that environment is production.", guard="has_environment")
    ]
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
    has_pinned_enforce_version: Annotated[bool | None, Column("Whether that version is a number, not latest.")]
    enforce_minor: Annotated[
        int | None, Column("Minor of that version.", guard="has_pinned_enforce_version")
    ]
    has_valid_pod_security_labels: Annotated[
        bool | None, Column("Whether every Pod Security label has a level or a version that Kubernetes knows.")
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
        environment, pinned = _environment(labels), _minor(text(labels, _LABEL + "enforce-version"))
        phase = text(section(sighting.object, "status"), "phase", default="Active")
        return Namespace(
            cluster=self.cluster.name,
            name=sighting.name,
            namespace_key=surrogate(sighting),
            labels=pairs(metadata, "labels"),
            is_system=sighting.name in SYSTEM_NAMESPACES,
            metadata_keys=_keys(labels, section(metadata, "annotations")),
            has_deletion_time=is_set(metadata, "deletionTimestamp"),
            deletion_started_at=instant(metadata, "deletionTimestamp"),
            has_environment=environment[0],
            is_production=environment[1],
            is_terminating=None if phase is None else phase == "Terminating",
            has_enforce_level=is_set(labels, _LABEL + "enforce"),
            declared_enforce_level=text(labels, _LABEL + "enforce"),
            enforce_level_by_label=_level(labels, "enforce", "restricted"),
            warn_level_by_label=_level(labels, "warn", "privileged"),
            audit_level_by_label=_level(labels, "audit", "privileged"),
            has_enforce_version=is_set(labels, _LABEL + "enforce-version"),
            enforce_version=text(labels, _LABEL + "enforce-version"),
            has_pinned_enforce_version=None if labels is None else pinned is not None,
            enforce_minor=pinned,
            has_valid_pod_security_labels=_are_valid(labels),
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


def _keys(*found: Section | None) -> list[str] | None:
    if any(each is None for each in found):
        return None
    return sorted({str(key) for each in found for key in each or {}})


def _minor(version: str | None) -> int | None:
    found = _VERSION.fullmatch(version or "")
    return int(found[1]) if found else None


def _are_valid(labels: Section | None) -> bool | None:
    """Source: the admission library, ParseLevel and ParseVersion; a label of another name is none of its own."""
    if labels is None:
        return None
    for key, value in labels.items():
        mode = str(key).removeprefix(_LABEL)
        if mode == key or value is None:
            continue
        is_level, is_version = mode in _MODES, mode.removesuffix("-version") in _MODES
        fits = value in LEVELS if is_level else value == "latest" or _minor(str(value)) is not None
        if not is_version or not fits:
            return False
    return True


def _environment(labels: Section | None) -> tuple[bool | None, bool | None]:
    """The environment that labels name: which labels and words count is our choice."""
    if labels is None:
        return None, None
    values = [labels.get(key) for key in _ENVIRONMENTS]
    words = [value.lower() for value in values if isinstance(value, str)]
    known = [word in _PRODUCTION for word in words if word in _PRODUCTION | _OTHERS]
    return bool(known), known[0] if known else None


BUILDERS = (Namespaces,)

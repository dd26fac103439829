"""ConfigMaps and Secrets: what they hold by name and by kind, never a value."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, NamedTuple

from collectors.evidence.redact import Marker, marker
from collectors.tables.as_written import Section, either, flag, instant, pairs, section, sections, text
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Relation, Sighting, Subject, table

_PUBLISHED = ("kube-root-ca.crt", "istio-ca-root-cert", "openshift-service-ca.crt")
_SYSTEM = ("kube-system", "kube-public", "kube-node-lease")
_LOCK = "control-plane.alpha.kubernetes.io/leader"
_PICKED = ("grafana_dashboard", "grafana_datasource", "grafana_alert")


@table(
    "config_maps",
    grain="one ConfigMap",
    kinds=("ConfigMap",),
    relations=(
        Relation(
            "references", "config_references", (("namespace", "namespace"), ("name", "referenced_name")),
            "Workloads that name an object of this name.",
        ),
        Relation(
            "operated_workloads", "operated_workloads", (("namespace", "namespace"),),
            "Objects of its namespace from which operators make pods.",
        ),
    ),
    subject=Subject(None, None, "namespace", "name", fixed_kind="ConfigMap"),
)
class ConfigMap(NamedTuple):
    """What is known of a ConfigMap without its values."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the ConfigMap.")]
    config_map_key: Annotated[str, Column("Surrogate key.", identity=True)]
    key_names: Annotated[list[str] | None, Column("Names of its keys, sorted.")]
    key_count: Annotated[int | None, Column("Number of its keys.")]
    is_immutable: Annotated[bool | None, Column("Whether its data cannot be changed.")]
    is_for_programs: Annotated[
        bool | None,
        Column("Whether programs find it without a pod naming it: made by a controller, a lock, or picked by label."),
    ]
    credential_keys: Annotated[
        list[str] | None, Column("Keys whose values looked like a credential in plain sight, sorted.")
    ]
    credential_count: Annotated[int | None, Column("Number of values that looked like a credential.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table(
    "secrets",
    grain="one Secret",
    kinds=("Secret",),
    relations=(
        Relation("certificates", "secret_certificates", (("secret_key", "secret_key"),), "Public certificates in it."),
        Relation(
            "references", "config_references", (("namespace", "namespace"), ("name", "referenced_name")),
            "Workloads that name an object of this name.",
        ),
        Relation(
            "operated_workloads", "operated_workloads", (("namespace", "namespace"),),
            "Objects of its namespace from which operators make pods.",
        ),
    ),
    subject=Subject(None, None, "namespace", "name", fixed_kind="Secret"),
)
class Secret(NamedTuple):
    """What is known of a Secret without its values."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the Secret.")]
    secret_key: Annotated[str, Column("Surrogate key.", identity=True)]
    secret_type: Annotated[str | None, Column("Type; unset means Opaque.")]
    is_service_account_token: Annotated[
        bool | None, Column("Whether it holds a token of a ServiceAccount that does not expire.")
    ]
    is_invalidated_token: Annotated[
        bool | None, Column("Whether the cluster marked the token as unused and no longer takes it.")
    ]
    key_names: Annotated[list[str] | None, Column("Names of its keys, sorted.")]
    key_count: Annotated[int | None, Column("Number of its keys.")]
    is_immutable: Annotated[bool | None, Column("Whether its data cannot be changed.")]
    is_made_by_a_controller: Annotated[
        bool | None, Column("Whether a controller made it, such as External Secrets, cert-manager or an operator.")
    ]
    data_changed_at: Annotated[
        datetime | None, Column("When its data was last written, UTC, by its managed fields; NULL without them.")
    ]
    has_created_at: Annotated[bool, Column("Whether the cluster says when it was created.")]
    created_at: Annotated[datetime | None, Column("When it was created, UTC.", guard="has_created_at")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class ConfigMaps(OneRowPerObject):
    """One row per ConfigMap."""

    reads = ("ConfigMap",)
    fills = "config_maps"

    def row(self, sighting: Sighting) -> ConfigMap:
        """Keys, and the markers that redaction left in place of values that looked like credentials."""
        keys = _key_names(sighting.object, "data", "binaryData")
        credentials = _credential_keys(sighting.object)
        return ConfigMap(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            config_map_key=surrogate(sighting),
            key_names=keys,
            key_count=None if keys is None else len(keys),
            is_immutable=flag(sighting.object, "immutable", default=False),
            is_for_programs=_is_for_programs(sighting),
            credential_keys=credentials,
            credential_count=None if credentials is None else len(credentials),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


class Secrets(OneRowPerObject):
    """One row per Secret."""

    reads = ("Secret",)
    fills = "secrets"

    def row(self, sighting: Sighting) -> Secret:
        """Type, names of keys and age."""
        keys = _key_names(sighting.object, "data", "stringData")
        kind = text(sighting.object, "type", default="Opaque")
        created = instant(section(sighting.object, "metadata"), "creationTimestamp")
        return Secret(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            secret_key=surrogate(sighting),
            secret_type=kind,
            is_service_account_token=None if kind is None else kind == "kubernetes.io/service-account-token",
            is_invalidated_token=_is_invalidated(pairs(section(sighting.object, "metadata"), "labels")),
            key_names=keys,
            key_count=None if keys is None else len(keys),
            is_immutable=flag(sighting.object, "immutable", default=False),
            is_made_by_a_controller=_is_made(section(sighting.object, "metadata")),
            data_changed_at=_data_changed_at(section(sighting.object, "metadata")),
            has_created_at=created is not None,
            created_at=created,
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _is_for_programs(sighting: Sighting) -> bool | None:
    """The CA bundles of every namespace, locks of leaders, what a controller made, what side-cars pick by a label."""
    metadata = section(sighting.object, "metadata")
    labels, annotations = section(metadata, "labels"), section(metadata, "annotations")
    made = _is_made(metadata)
    return either(
        sighting.name in _PUBLISHED,
        sighting.namespace in _SYSTEM,
        made,
        None if labels is None else any(str(name).startswith(_PICKED) for name in labels),
        None if annotations is None else _LOCK in annotations,
    )


def _is_invalidated(labels: list[str] | None) -> bool | None:
    """Source: "Managing Service Accounts", legacy ServiceAccount token cleaner."""
    if labels is None:
        return None
    return any(each.startswith("kubernetes.io/legacy-token-invalid-since=") for each in labels)


def _is_made(metadata: Section | None) -> bool | None:
    """An owner, or a label of what fetches secrets without owning them."""
    owners, labels = sections(metadata, "ownerReferences"), section(metadata, "labels")
    if owners is None or labels is None:
        return None
    return bool(owners) or any(labels.get(each) is not None for each in _MADE_BY)


def _data_changed_at(metadata: Section | None) -> datetime | None:
    """The latest write of a manager that owns data; a write of metadata alone is none."""
    entries = sections(metadata, "managedFields") or ()
    times = [instant(each, "time") for each in entries if section(section(each, "fieldsV1"), "f:data")]
    known = [each for each in times if each is not None]
    return max(known) if known and len(known) == len(times) else None


_MADE_BY = ("reconcile.external-secrets.io/created-by", "secrets-store.csi.k8s.io/managed")


def _key_names(obj: Section, *parts: str) -> list[str] | None:
    found: set[str] = set()
    for part in parts:
        held = section(obj, part)
        if held is None:
            return None
        found.update(map(str, held))
    return sorted(found)


def _credential_keys(obj: Section) -> list[str] | None:
    """Keys with a credential; None when data could not be read and may hold one."""
    found: list[str] = []
    for part in ("data", "binaryData"):
        held = section(obj, part)
        if held is None:
            return None
        found.extend(str(key) for key, value in held.items() if _is_credential(value))
    return sorted(found)


def _is_credential(value: object) -> bool:
    left: Marker | None = marker(value) if isinstance(value, str) else None
    return left is not None and left.is_credential


BUILDERS = (ConfigMaps, Secrets)

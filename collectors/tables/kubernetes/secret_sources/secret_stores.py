"""Stores of secrets outside of the cluster: how it signs in to them, and which namespaces may ask."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from collectors.kubernetes.kinds import group_of, name_of
from collectors.tables.as_written import section, sections
from collectors.tables.identity import surrogate
from collectors.tables.kubernetes.secret_sources.conditions import readiness
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Sighting, Subject, table

GROUP = "external-secrets.io"
KINDS = (f"{GROUP}/SecretStore", f"{GROUP}/ClusterSecretStore")


@table(
    "secret_stores",
    grain="one SecretStore or ClusterSecretStore",
    kinds=KINDS,
    kinds_together=True,
    subject=Subject("api_group", "kind", "namespace", "name"),
)
class SecretStore(NamedTuple):
    """A store that External Secrets reads."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL for a ClusterSecretStore.")]
    api_group: Annotated[str, Column("external-secrets.io.")]
    kind: Annotated[str, Column("SecretStore or ClusterSecretStore.")]
    name: Annotated[str, Column("Name of the store.")]
    secret_store_key: Annotated[str, Column("Surrogate key.", identity=True)]
    is_for_the_whole_cluster: Annotated[bool | None, Column("Whether namespaces other than its own may use it.")]
    names_its_namespaces: Annotated[bool | None, Column("Whether conditions say which namespaces may use it.")]
    signs_in_with_stored_keys: Annotated[
        bool | None, Column("Whether it signs in with a key or password from a Secret, not with an identity.")
    ]
    has_ready_condition: Annotated[
        bool | None, Column("Whether its controller says if it works; a manifest does not show that.")
    ]
    is_ready: Annotated[bool | None, Column("Whether its controller says that it works.", guard="has_ready_condition")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class SecretStores(OneRowPerObject):
    """One row per store."""

    reads = KINDS
    fills = "secret_stores"

    def row(self, sighting: Sighting) -> SecretStore:
        """Source: External Secrets documentation, SecretStore and ClusterSecretStore."""
        spec = section(sighting.object, "spec")
        conditions, provider = sections(spec, "conditions"), section(spec, "provider")
        everywhere = name_of(sighting.kind).startswith("Cluster")
        status = section(sighting.object, "status") if self.cluster.basis == "running" else None
        says, ready = readiness(status)
        return SecretStore(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            api_group=group_of(sighting.kind),
            kind=name_of(sighting.kind),
            name=sighting.name,
            secret_store_key=surrogate(sighting),
            is_for_the_whole_cluster=everywhere,
            names_its_namespaces=None if conditions is None else bool(conditions),
            signs_in_with_stored_keys=None if provider is None else _names_a_secret(provider),
            has_ready_condition=says,
            is_ready=ready,
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _names_a_secret(found: Any, name: str = "") -> bool:
    """Whether anything below refers to a Secret: every provider calls such a reference ...SecretRef or secretRef.

    Certificates of authorities (caProvider, caBundle) are no keys to sign in with.
    """
    if isinstance(found, dict):
        if name.lower().endswith("secretref") and found:
            return True
        return any(_names_a_secret(value, str(key)) for key, value in found.items() if key not in _NO_KEYS)
    return isinstance(found, list) and any(_names_a_secret(each) for each in found)


_NO_KEYS = frozenset({"caProvider", "caBundle"})

BUILDERS = (SecretStores,)

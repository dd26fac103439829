"""How API servers encrypt what they store, where the file that says so stands among the manifests.

Source: Kubernetes documentation, "Encrypting Confidential Data at Rest", and the reference of EncryptionConfiguration:
the first entry that names a resource counts for it, and the first provider of an entry is the one that writes.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.kubernetes.kinds import ENCRYPTION_CONFIGURATION, group_of, name_of
from collectors.tables.as_written import Section, sections, texts
from collectors.tables.identity import surrogate
from collectors.tables.kubernetes.control_plane.api_server import KINDS
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Sighting, Subject, table

_NAMES_OF_SECRETS = frozenset({"secrets", "*.", "*.*"})
_PROVIDERS = frozenset({"aescbc", "aesgcm", "identity", "kms", "secretbox"})


@table(
    "encryption_settings",
    grain="one file that tells API servers how to encrypt what they store",
    kinds=KINDS,
    subject=Subject("api_group", "kind", "namespace", "name"),
)
class EncryptionSettings(NamedTuple):
    """What the file says of Secrets. Files that only machines of the control plane hold have no row."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("NULL: the file stands for the whole cluster.")]
    api_group: Annotated[str, Column("API group of the file's kind.")]
    kind: Annotated[str, Column("EncryptionConfiguration.")]
    name: Annotated[str, Column("Name of the file's object; empty where it has none.")]
    encryption_key: Annotated[str, Column("Surrogate key.", identity=True)]
    has_provider_of_secrets: Annotated[bool | None, Column("Whether an entry names Secrets and a provider.")]
    provider_of_secrets: Annotated[
        str | None,
        Column(
            "What Secrets are written with: aescbc, aesgcm, kms, secretbox, or identity, which encrypts nothing.",
            guard="has_provider_of_secrets",
        ),
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class Encryption(OneRowPerObject):
    """One row per file."""

    reads = (ENCRYPTION_CONFIGURATION,)
    fills = "encryption_settings"

    def row(self, sighting: Sighting) -> EncryptionSettings:
        """Keys are blacked out before anything is stored; only names of providers are read."""
        named, provider = _writes_secrets(sighting.object)
        return EncryptionSettings(
            cluster=self.cluster.name,
            namespace=None,
            api_group=group_of(sighting.kind),
            kind=name_of(sighting.kind),
            name=sighting.name,
            encryption_key=surrogate(sighting),
            has_provider_of_secrets=named,
            provider_of_secrets=provider,
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _writes_secrets(written: Section) -> tuple[bool | None, str | None]:
    """Whether a provider writes Secrets, and which; neither is known where an entry before it cannot be read."""
    entries = sections(written, "resources")
    if entries is None:
        return None, None
    for entry in entries:
        names = None if entry is None else texts(entry, "resources")
        if names is None:
            return None, None
        if _NAMES_OF_SECRETS.isdisjoint(names):
            continue
        providers = sections(entry, "providers")
        if providers is None or (providers and providers[0] is None):
            return None, None
        if not providers:
            return False, None
        found = sorted(_PROVIDERS.intersection(providers[0] or {}))
        return (True, found[0]) if len(found) == 1 else (None, None)
    return False, None


BUILDERS = (Encryption,)

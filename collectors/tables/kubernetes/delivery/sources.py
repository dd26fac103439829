"""Where Flux takes what it applies from.

Source: Flux documentation, API of GitRepository, OCIRepository, HelmRepository, Bucket and HelmChart.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.kubernetes.kinds import group_of, name_of
from collectors.tables.as_written import Section, both, flag, is_set, opposite, section, text
from collectors.tables.conditions import condition, reported
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Sighting, Subject, table

_GROUP = "source.toolkit.fluxcd.io"
_KINDS = tuple(
    f"{_GROUP}/{kind}" for kind in ("Bucket", "GitRepository", "HelmChart", "HelmRepository", "OCIRepository")
)
_PLAIN = ("http://", "git://")


@table(
    "delivery_sources",
    grain="one source of Flux",
    kinds=_KINDS,
    subject=Subject("api_group", "kind", "namespace", "name"),
)
class DeliverySource(NamedTuple):
    """A repository, registry, bucket or chart that Flux reads."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    api_group: Annotated[str | None, Column("API group.")]
    kind: Annotated[str | None, Column("GitRepository, OCIRepository, HelmRepository, Bucket or HelmChart.")]
    name: Annotated[str, Column("Name of the object.")]
    delivery_source_key: Annotated[str, Column("Surrogate key.", identity=True)]
    is_paused: Annotated[bool | None, Column("Whether Flux is told to leave it alone.")]
    has_ready_condition: Annotated[bool | None, Column("Whether its controller reports on it.")]
    is_ready: Annotated[bool | None, Column("Whether that says that all is well.", guard="has_ready_condition")]
    has_address: Annotated[bool | None, Column("Whether it names an address: a HelmChart does not.")]
    is_encrypted: Annotated[bool | None, Column("Whether what it reads travels encrypted.", guard="has_address")]
    verifies_signatures: Annotated[bool | None, Column("Whether what it reads must be signed.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class DeliverySources(OneRowPerObject):
    """One row per source."""

    reads = _KINDS
    fills = "delivery_sources"

    def row(self, sighting: Sighting) -> DeliverySource:
        """The source as written, and what its controller says."""
        spec = section(sighting.object, "spec")
        said, ready = condition(reported(sighting.object, self.cluster.basis), "Ready")
        return DeliverySource(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            api_group=group_of(sighting.kind),
            kind=name_of(sighting.kind),
            name=sighting.name,
            delivery_source_key=f"{group_of(sighting.kind)}/{surrogate(sighting)}",
            is_paused=flag(spec, "suspend", default=False),
            has_ready_condition=said,
            is_ready=ready,
            has_address=name_of(sighting.kind) != "HelmChart",
            is_encrypted=_is_encrypted(spec),
            verifies_signatures=None if spec is None else is_set(spec, "verify"),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _is_encrypted(spec: Section | None) -> bool | None:
    """By the scheme of the address; a bucket names a host only. `insecure` asks for no encryption."""
    address = text(spec, "url", default=text(spec, "endpoint"))
    plain = None if address is None else address.lower().startswith(_PLAIN)
    return both(opposite(plain), opposite(flag(spec, "insecure", default=False)))


BUILDERS = (DeliverySources,)

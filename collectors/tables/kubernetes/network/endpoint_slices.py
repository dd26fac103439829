"""EndpointSlices: which addresses answer for a Service, as the cluster found them."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.tables.as_written import Section, flag, section, sections, text
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Sighting, table

KINDS = ("discovery.k8s.io/EndpointSlice",)


@table("endpoint_slices", grain="one EndpointSlice", kinds=KINDS, running_only=True, part="name")
class EndpointSlice(NamedTuple):
    """A slice of the endpoints of a Service."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace.")]
    name: Annotated[str, Column("Name of the slice.")]
    endpoint_slice_key: Annotated[str, Column("Surrogate key.", identity=True)]
    service_name: Annotated[str | None, Column("Service that it belongs to; NULL when its label names none.")]
    endpoint_count: Annotated[int | None, Column("Endpoints it lists.")]
    ready_count: Annotated[int | None, Column("Endpoints that are ready; a condition that is not said means ready.")]
    has_ready_endpoint: Annotated[bool | None, Column("Whether one of its endpoints is ready.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class EndpointSlices(OneRowPerObject):
    """One row per EndpointSlice."""

    reads = KINDS
    fills = "endpoint_slices"

    def row(self, sighting: Sighting) -> EndpointSlice:
        """Source: API reference, EndpointConditions: consumers should take an unknown state as ready."""
        labels = section(section(sighting.object, "metadata"), "labels")
        endpoints = sections(sighting.object, "endpoints")
        ready = None if endpoints is None else [_is_ready(each) for each in endpoints]
        return EndpointSlice(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            endpoint_slice_key=surrogate(sighting),
            service_name=text(labels, "kubernetes.io/service-name"),
            endpoint_count=None if endpoints is None else len(endpoints),
            ready_count=None if ready is None or None in ready else sum(map(bool, ready)),
            has_ready_endpoint=None if ready is None else True if True in ready else None if None in ready else False,
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _is_ready(endpoint: Section | None) -> bool | None:
    return flag(section(endpoint, "conditions"), "ready", default=True)


BUILDERS = (EndpointSlices,)

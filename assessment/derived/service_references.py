"""The Services that the API server calls: for webhooks, for groups that others serve, for conversions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from assessment.derived.unseen import Unseen
from collectors.tables.as_written import either
from collectors.tables.coverage import UNLISTED, Gap
from collectors.tables.schema import ClusterContext, Column, table

_REFERRERS = {
    "admission_webhooks": ("webhook_key", "has_service"),
    "api_services": ("api_service_key", "has_service"),
    "custom_resource_definitions": ("definition_key", "has_conversion_service"),
}
_Place = tuple[str, str | None, str | None]


@table(
    "service_references",
    grain="one Service that the API server is told to call",
    derived_from=(*_REFERRERS, "services", "endpoint_slices"),
    part="service_name",
)
class ServiceReference(NamedTuple):
    """A reference to a Service, and whether anybody stands there."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    referrer_key: Annotated[str, Column("Surrogate key of what names the Service.")]
    service_namespace: Annotated[str | None, Column("Namespace of the Service.")]
    service_name: Annotated[str | None, Column("Name of the Service.")]
    exists: Annotated[bool | None, Column("Whether there is such a Service.")]
    has_ready_endpoint: Annotated[
        bool | None, Column("Whether somebody is ready to answer behind it; a manifest does not show that.")
    ]
    is_published: Annotated[
        bool | None, Column("Whether it has a port on nodes, a load balancer or a name outside; false if missing.")
    ]
    evidence_refs: Annotated[list[str], Column("Evidence of what names the Service, and of the Service.")]


class _Found:
    """Rows by the Service that they are about, and whether more may be unseen."""

    def __init__(self, name: str, rows: Sequence[Any], service: str, unseen: Unseen) -> None:
        self._name, self._unseen = name, unseen
        self._at: dict[_Place, list[Any]] = defaultdict(list)
        for row in rows:
            self._at[row.cluster, row.namespace, getattr(row, service)].append(row)

    def at(self, cluster: str, namespace: str | None, name: str | None) -> tuple[list[Any], bool]:
        """The rows about this Service, and whether there may be others: unseen, or without a stated place."""
        if namespace is None or name is None:
            return [], True
        places = ((cluster, other, known) for other in (None, "") for known in (name, None))
        loose = any(self._at.get(place) for place in (*places, (cluster, namespace, None)))
        hidden = any(self._unseen.near(cluster, self._name, each) for each in (namespace, UNLISTED))
        return self._at.get((cluster, namespace, name), []), loose or hidden


def rows(
    tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext], gaps: Sequence[Gap]
) -> list[ServiceReference]:
    """One row a reference."""
    unseen = Unseen(gaps)
    services = _Found("services", tables["services"], "name", unseen)
    slices = _Found("endpoint_slices", tables["endpoint_slices"], "service_name", unseen)
    running = {name for name, context in clusters.items() if context.basis == "running"}
    return [
        _reference(row, getattr(row, key), services, slices, row.cluster in running)
        for table_name, (key, has_service) in _REFERRERS.items()
        for row in tables[table_name]
        if getattr(row, has_service) is not False
    ]


def _reference(row: Any, key: str, services: _Found, slices: _Found, is_running: bool) -> ServiceReference:
    place = (row.cluster, row.service_namespace, row.service_name)
    (found, more), (answering, more_slices) = services.at(*place), slices.at(*place)
    unknown = [None] if more_slices or not is_running else []
    ready = either(*(each.has_ready_endpoint for each in answering), *unknown)
    refs = [*row.evidence_refs, *(ref for each in (*found, *answering) for ref in each.evidence_refs)]
    return ServiceReference(
        cluster=row.cluster,
        referrer_key=key,
        service_namespace=row.service_namespace,
        service_name=row.service_name,
        exists=True if found else None if more else False,
        has_ready_endpoint=ready,
        is_published=either(*map(_is_published, found)) if found else None if more else False,
        evidence_refs=list(dict.fromkeys(refs)),
    )


def _is_published(service: Any) -> bool | None:
    return None if service.service_type is None else service.service_type != "ClusterIP"


DERIVED_SEEING_GAPS = {"service_references": rows}

"""Routes of the Gateway API: the gateways they attach to, and the Services they send requests to.

Source: Gateway API documentation, API reference of HTTPRoute, GRPCRoute, TLSRoute, TCPRoute and ReferenceGrant.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.kubernetes.kinds import name_of
from collectors.tables.as_written import Section, both, either, section, sections, text, texts, whole_number
from collectors.tables.identity import surrogate
from collectors.tables.kubernetes.network.gateways import GROUP, holds
from collectors.tables.schema import ClusterContext, Column, Relation, Sighting, Subject, UnseenPart, table

ROUTES = tuple(f"{GROUP}/{name}" for name in ("HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute"))
_GRANT = f"{GROUP}/ReferenceGrant"
_OWN = (("route_key", "route_key"),)


@table(
    "gateway_routes",
    grain="one route of the Gateway API",
    where_served=ROUTES,
    relations=(
        Relation("parents", "gateway_route_parents", _OWN, "What it attaches to."),
        Relation("backends", "gateway_route_backends", _OWN, "What it sends requests to."),
    ),
    subject=Subject(None, "kind", "namespace", "name", fixed_group=GROUP),
)
class GatewayRoute(NamedTuple):
    """An HTTPRoute, GRPCRoute, TLSRoute or TCPRoute."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    kind: Annotated[str, Column("Kind of the route.")]
    name: Annotated[str, Column("Name of the route.")]
    route_key: Annotated[str, Column("Surrogate key.", identity=True)]
    hosts: Annotated[list[str] | None, Column("Hosts that it names; empty: those of its listeners.")]
    has_status: Annotated[
        bool | None, Column("Whether a controller reports on it; a manifest does not show that.")
    ]
    is_accepted: Annotated[
        bool | None,
        Column("Whether some parent accepted it and resolved its references.", guard="has_status"),
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table(
    "gateway_route_parents",
    grain="one parent of one route",
    where_served=ROUTES,
    relations=(
        Relation("gateway", "gateways", (("parent_namespace", "namespace"), ("parent_name", "name")),
                 "The Gateway it attaches to.", when="is_gateway", maximum=1),
        Relation("service", "services", (("parent_namespace", "namespace"), ("parent_name", "name")),
                 "The Service it attaches to, in a mesh.", when="is_service", maximum=1),
    ),
    part="parent",
)
class GatewayRouteParent(NamedTuple):
    """What a route attaches to."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    route_key: Annotated[str, Column("Surrogate key of its route.", owner="gateway_routes")]
    parent: Annotated[str, Column("The parent for a reader: kind and name.")]
    is_gateway: Annotated[bool | None, Column("Whether it is a Gateway.")]
    is_service: Annotated[bool | None, Column("Whether it is a Service, as meshes have it.")]
    parent_namespace: Annotated[str | None, Column("Namespace of the parent.")]
    parent_name: Annotated[str | None, Column("Name of the parent.")]
    has_section: Annotated[bool, Column("Whether it names one listener.")]
    section_name: Annotated[str | None, Column("The listener that it names.", guard="has_section")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


_SERVICE = (("backend_namespace", "namespace"), ("service_name", "name"))
_PORT = (("backend_namespace", "namespace"), ("service_name", "service_name"), ("port", "port"))
_GRANTED = (("backend_namespace", "namespace"), ("namespace", "from_namespace"), ("route_kind", "from_kind"))


@table(
    "gateway_route_backends",
    grain="one backend of one route",
    where_served=ROUTES,
    relations=(
        Relation("service", "services", _SERVICE, "The Service it sends requests to.", when="is_service", maximum=1),
        Relation("service_port", "service_ports", _PORT, "The port it names.", when="is_service"),
        Relation("grants", "reference_grants", _GRANTED, "What lets it name a Service of another namespace.",
                 when="is_elsewhere"),
    ),
    part="backend",
)
class GatewayRouteBackend(NamedTuple):
    """A backend of a route."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    route_key: Annotated[str, Column("Surrogate key of its route.", owner="gateway_routes")]
    route_kind: Annotated[str, Column("Kind of its route.")]
    backend: Annotated[str, Column("The backend for a reader: name and port.")]
    is_service: Annotated[bool | None, Column("Whether it is a Service.")]
    backend_namespace: Annotated[str | None, Column("Namespace of the Service.")]
    is_elsewhere: Annotated[bool | None, Column("Whether that is another namespace than the route's.")]
    service_name: Annotated[str | None, Column("Name of the Service.")]
    port: Annotated[int | None, Column("Port of the Service.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table("reference_grants", grain="one namespace and kind that one ReferenceGrant trusts, and one kind that it may name",
       where_served=(_GRANT,), part="grant")  # fmt: skip
class ReferenceGrant(NamedTuple):
    """A pair of from and to of a ReferenceGrant."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    grant: Annotated[str, Column("Name of the ReferenceGrant.")]
    from_namespace: Annotated[str | None, Column("Namespace whose objects may name objects of this one.")]
    from_kind: Annotated[str | None, Column("Kind of these objects.")]
    to_kind: Annotated[str | None, Column("Kind that they may name.")]
    is_about_services: Annotated[bool | None, Column("Whether they may name Services.")]
    has_name: Annotated[bool, Column("Whether they may name one object only.")]
    to_name: Annotated[str | None, Column("The one object that they may name.", guard="has_name")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class GatewayRoutes:
    """Routes with their parents and backends, and ReferenceGrants."""

    reads: ClassVar[tuple[str, ...]] = (*ROUTES, _GRANT)

    def __init__(self, cluster: ClusterContext) -> None:
        self._cluster = cluster
        self._rows: dict[str, list[Any]] = {
            name: []
            for name in ("gateway_routes", "gateway_route_parents", "gateway_route_backends", "reference_grants")
        }
        self._unseen: list[UnseenPart] = []

    def observe(self, sighting: Sighting) -> None:
        """One route with its parts, or one grant."""
        spec = section(sighting.object, "spec")
        if sighting.kind == _GRANT:
            self._rows["reference_grants"].extend(self._grants(sighting, spec))
            return
        self._rows["gateway_routes"].append(self._route(sighting, spec))
        for table_name, read in (
            ("gateway_route_parents", sections(spec, "parentRefs")),
            ("gateway_route_backends", _backends(spec)),
        ):
            if read is None:
                self._unseen.append(UnseenPart(table_name, sighting.kind, sighting.namespace, surrogate(sighting)))
            make = self._parent if table_name == "gateway_route_parents" else self._backend
            self._rows[table_name].extend(make(sighting, each) for each in read or ())

    def rows(self) -> dict[str, list[Any]]:
        """Rows of all four tables."""
        return self._rows

    def unseen(self) -> list[UnseenPart]:
        """Parents and backends that could not be read."""
        return self._unseen

    def _route(self, sighting: Sighting, spec: Section | None) -> GatewayRoute:
        status = section(sighting.object, "status") if self._cluster.basis == "running" else None
        parents = sections(status, "parents")
        said = None if parents is None else [sections(each, "conditions") for each in parents]
        accepted = None if said is None else either(
            *(both(holds(each, "Accepted"), holds(each, "ResolvedRefs")) for each in said)
        )  # fmt: skip
        return GatewayRoute(
            cluster=self._cluster.name,
            namespace=sighting.namespace,
            kind=name_of(sighting.kind),
            name=sighting.name,
            route_key=surrogate(sighting),
            hosts=texts(spec, "hostnames"),
            has_status=None if parents is None else True,
            is_accepted=accepted,
            basis=self._cluster.basis,
            evidence_refs=sighting.refs,
        )

    def _parent(self, sighting: Sighting, written: Section | None) -> GatewayRouteParent:
        group, kind = text(written, "group", default=GROUP), text(written, "kind", default="Gateway")
        named = None if group is None or kind is None else (group, kind)
        return GatewayRouteParent(
            cluster=self._cluster.name,
            namespace=sighting.namespace,
            route_key=surrogate(sighting),
            parent=f"{kind or '?'} {text(written, 'name') or '?'}",
            is_gateway=None if named is None else named == (GROUP, "Gateway"),
            is_service=None if named is None else kind == "Service",
            parent_namespace=text(written, "namespace", default=sighting.namespace),
            parent_name=text(written, "name"),
            has_section=written is None or written.get("sectionName") is not None,
            section_name=text(written, "sectionName"),
            basis=self._cluster.basis,
            evidence_refs=sighting.refs,
        )

    def _backend(self, sighting: Sighting, written: Section | None) -> GatewayRouteBackend:
        group, kind = text(written, "group", default=""), text(written, "kind", default="Service")
        space, name, port = text(written, "namespace", default=sighting.namespace), text(written, "name"), None
        port = whole_number(written, "port")
        return GatewayRouteBackend(
            cluster=self._cluster.name,
            namespace=sighting.namespace,
            route_key=surrogate(sighting),
            route_kind=name_of(sighting.kind),
            backend=f"{name or '?'}:{port or '?'}",
            is_service=None if group is None or kind is None else (group, kind) == ("", "Service"),
            backend_namespace=space,
            is_elsewhere=None if space is None or sighting.namespace is None else space != sighting.namespace,
            service_name=name,
            port=port,
            basis=self._cluster.basis,
            evidence_refs=sighting.refs,
        )

    def _grants(self, sighting: Sighting, spec: Section | None) -> Iterator[ReferenceGrant]:
        for source in sections(spec, "from") or (None,):
            for target in sections(spec, "to") or (None,):
                group, kind = text(target, "group", default=""), text(target, "kind")
                yield ReferenceGrant(
                    cluster=self._cluster.name,
                    namespace=sighting.namespace,
                    grant=sighting.name,
                    from_namespace=text(source, "namespace"),
                    from_kind=text(source, "kind"),
                    to_kind=kind,
                    is_about_services=None if group is None or kind is None else (group, kind) == ("", "Service"),
                    has_name=target is None or target.get("name") is not None,
                    to_name=text(target, "name"),
                    basis=self._cluster.basis,
                    evidence_refs=sighting.refs,
                )


def _backends(spec: Section | None) -> list[Section | None] | None:
    """The backends of all rules; None where a rule or its list cannot be read."""
    rules = sections(spec, "rules")
    lists = None if rules is None else [sections(rule, "backendRefs") for rule in rules]
    if lists is None or None in lists:
        return None
    return [each for found in lists for each in found or ()]


BUILDERS = (GatewayRoutes,)

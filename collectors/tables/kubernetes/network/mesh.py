"""What a mesh of Istio asks of traffic: mutual TLS, and what its gateways publish.

Source: Istio documentation, "PeerAuthentication", "Gateway", "Virtual Service", API reference.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.tables.as_written import Section, either, flag, is_set, section, sections, text, texts, whole_number
from collectors.tables.identity import surrogate
from collectors.tables.schema import ClusterContext, Column, Relation, Sighting, Subject, UnseenPart, table
from collectors.tables.selectors import equalities

_SECURITY, _NETWORKING = "security.istio.io", "networking.istio.io"
PEER, GATEWAY, SERVICE = f"{_SECURITY}/PeerAuthentication", f"{_NETWORKING}/Gateway", f"{_NETWORKING}/VirtualService"
ROOT_NAMESPACE = "istio-system"
_PLAIN = ("PERMISSIVE", "DISABLE")
_UNSET = "UNSET"


@table(
    "mesh_peer_authentications",
    grain="one PeerAuthentication of Istio",
    where_served=(PEER,),
    subject=Subject(None, None, "namespace", "name", fixed_kind="PeerAuthentication", fixed_group=_SECURITY),
)
class MeshPeerAuthentication(NamedTuple):
    """Which traffic sidecars accept."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the object.")]
    peer_authentication_key: Annotated[str, Column("Surrogate key.", identity=True)]
    has_selector: Annotated[bool | None, Column("Whether it is about some workloads only.")]
    is_mesh_wide: Annotated[bool | None, Column("Whether it is about the whole mesh: in istio-system, for all.")]
    mode: Annotated[str | None, Column("STRICT, PERMISSIVE, DISABLE or UNSET, which takes over from above.")]
    has_plain_port: Annotated[bool | None, Column("Whether one of its ports is PERMISSIVE or DISABLE.")]
    accepts_plain_text: Annotated[bool | None, Column("Whether its mode or one of its ports accepts plain traffic.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table(
    "mesh_gateways",
    grain="one Gateway of Istio",
    where_served=(GATEWAY,),
    relations=(
        Relation("servers", "mesh_gateway_servers", (("mesh_gateway_key", "mesh_gateway_key"),), "Its servers."),
    ),
    subject=Subject(None, None, "namespace", "name", fixed_kind="Gateway", fixed_group=_NETWORKING),
)
class MeshGateway(NamedTuple):
    """A Gateway of Istio."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the Gateway.")]
    mesh_gateway_key: Annotated[str, Column("Surrogate key.", identity=True)]
    pod_selector: Annotated[list[str] | None, Column("Labels of the pods that serve it, in any namespace.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table("mesh_gateway_servers", grain="one server of one Gateway of Istio", where_served=(GATEWAY,), part="server")
class MeshGatewayServer(NamedTuple):
    """A server of a Gateway of Istio."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    mesh_gateway_key: Annotated[str, Column("Surrogate key of its Gateway.", owner="mesh_gateways")]
    server: Annotated[str, Column("The server for a reader: name or port.")]
    port: Annotated[int | None, Column("Port.")]
    protocol: Annotated[str | None, Column("HTTP, HTTPS, GRPC, HTTP2, MONGO, TCP or TLS.")]
    answers_plain_text: Annotated[
        bool | None, Column("Whether it answers HTTP, HTTP2 or GRPC without TLS and sends nobody on to HTTPS.")
    ]
    hosts: Annotated[list[str] | None, Column("Hosts that it answers for.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table(
    "mesh_virtual_services",
    grain="one VirtualService of Istio",
    where_served=(SERVICE,),
    subject=Subject(None, None, "namespace", "name", fixed_kind="VirtualService", fixed_group=_NETWORKING),
)
class MeshVirtualService(NamedTuple):
    """Where a mesh sends requests for some hosts."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the VirtualService.")]
    virtual_service_key: Annotated[str, Column("Surrogate key.", identity=True)]
    hosts: Annotated[list[str] | None, Column("Hosts that it is about.")]
    names_every_host: Annotated[bool | None, Column("Whether one of them is a pattern (*, *.shop.example).")]
    gateways: Annotated[list[str] | None, Column("Gateways, as namespace/name, that it is attached to; mesh aside.")]
    destinations: Annotated[list[str] | None, Column("Hosts that it sends requests to.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class Mesh:
    """PeerAuthentications, Gateways with their servers, and VirtualServices."""

    reads: ClassVar[tuple[str, ...]] = (PEER, GATEWAY, SERVICE)

    def __init__(self, cluster: ClusterContext) -> None:
        self._cluster = cluster
        names = ("mesh_peer_authentications", "mesh_gateways", "mesh_gateway_servers", "mesh_virtual_services")
        self._rows: dict[str, list[Any]] = {name: [] for name in names}
        self._unseen: list[UnseenPart] = []

    def observe(self, sighting: Sighting) -> None:
        """One object of the mesh."""
        spec = section(sighting.object, "spec")
        if sighting.kind == PEER:
            self._rows["mesh_peer_authentications"].append(self._peer(sighting, spec))
        elif sighting.kind == SERVICE:
            self._rows["mesh_virtual_services"].append(self._virtual_service(sighting, spec))
        else:
            self._gateway(sighting, spec)

    def rows(self) -> dict[str, list[Any]]:
        """Rows of all four tables."""
        return self._rows

    def unseen(self) -> list[UnseenPart]:
        """Servers that could not be read."""
        return self._unseen

    def _peer(self, sighting: Sighting, spec: Section | None) -> MeshPeerAuthentication:
        selector, ports = section(spec, "selector"), section(spec, "portLevelMtls")
        mode = text(section(spec, "mtls"), "mode", default=_UNSET)
        chosen = None if selector is None else bool(selector.get("matchLabels"))
        plain = None if ports is None else either(*(_is_plain(_mode(ports, port)) for port in ports))
        in_root = None if sighting.namespace is None else sighting.namespace == ROOT_NAMESPACE
        return MeshPeerAuthentication(
            cluster=self._cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            peer_authentication_key=surrogate(sighting),
            has_selector=chosen,
            is_mesh_wide=False if chosen or in_root is False else None if None in (chosen, in_root) else True,
            mode=mode,
            has_plain_port=plain,
            accepts_plain_text=either(_is_plain(mode), plain),
            basis=self._cluster.basis,
            evidence_refs=sighting.refs,
        )

    def _gateway(self, sighting: Sighting, spec: Section | None) -> None:
        place = (self._cluster.name, sighting.namespace)
        said = (self._cluster.basis, sighting.refs)
        key = surrogate(sighting)
        gateway = MeshGateway(*place, sighting.name, key, equalities(spec, "selector"), *said)
        self._rows["mesh_gateways"].append(gateway)
        servers = sections(spec, "servers")
        if servers is None:
            self._unseen.append(UnseenPart("mesh_gateway_servers", sighting.kind, sighting.namespace, key))
        for server in servers or ():
            port = section(server, "port")
            number, protocol = whole_number(port, "number"), text(port, "protocol")
            label = text(server, "name") or text(port, "name") or str(number or "?")
            row = MeshGatewayServer(
                *place, key, label, number, protocol, _answers_plain(server, protocol), texts(server, "hosts"), *said
            )
            self._rows["mesh_gateway_servers"].append(row)

    def _virtual_service(self, sighting: Sighting, spec: Section | None) -> MeshVirtualService:
        hosts, gateways = texts(spec, "hosts"), texts(spec, "gateways")
        own = sighting.namespace or ""
        outer = None if gateways is None else [each for each in gateways if each != "mesh"]
        named = None if outer is None else [each if "/" in each else f"{own}/{each}" for each in outer]
        return MeshVirtualService(
            cluster=self._cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            virtual_service_key=surrogate(sighting),
            hosts=hosts,
            names_every_host=None if hosts is None else any("*" in host for host in hosts),
            gateways=named,
            destinations=_destinations(spec),
            basis=self._cluster.basis,
            evidence_refs=sighting.refs,
        )


def _mode(ports: Section, port: str) -> str | None:
    return text(section(ports, port), "mode", default=_UNSET)


def _is_plain(mode: str | None) -> bool | None:
    return None if mode is None else mode in _PLAIN


def _answers_plain(server: Section | None, protocol: str | None) -> bool | None:
    if protocol is None:
        return None
    if protocol.upper() not in ("HTTP", "HTTP2", "GRPC"):
        return False
    tls = section(server, "tls")
    sends_on = flag(tls, "httpsRedirect", default=False)
    return None if sends_on is None else not sends_on and not is_set(tls, "mode")


def _destinations(spec: Section | None) -> list[str] | None:
    found: set[str] = set()
    for kind in ("http", "tls", "tcp"):
        rules = sections(spec, kind)
        for rule in rules if rules is not None else (None,):
            routes = sections(rule, "route")
            for route in routes if routes is not None else (None,):
                host = text(section(route, "destination"), "host")
                if host is None:
                    return None
                found.add(host)
    return sorted(found)


BUILDERS = (Mesh,)

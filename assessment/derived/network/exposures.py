"""Every way in which something is published outside of the cluster, one row each.

What stands behind a route of a Gateway is what its backends name; where nobody may attach it, nothing is published.
Sources: Kubernetes documentation, "Service", "Ingress"; Gateway API documentation; Istio documentation, "Gateway".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from assessment.derived.network.attachments import Attachments
from assessment.derived.unseen import Unseen
from collectors.tables.addresses import network
from collectors.tables.as_written import both, either, opposite
from collectors.tables.coverage import Gap
from collectors.tables.schema import ClusterContext, Column, Subject, table

FEEDS = (
    "services", "service_ports", "ingresses", "ingress_backends", "nodes", "container_ports", "workloads", "gateways",
     "gateway_listeners", "gateway_routes", "gateway_route_parents", "gateway_route_backends",
    "reference_grants", "mesh_gateways", "mesh_gateway_servers", "mesh_virtual_services", "namespaces",
)  # fmt: skip


@table(
    "exposures",
    grain="one way in which one object publishes something",
    derived_from=FEEDS,
    subject=Subject("api_group", "kind", "namespace", "name", "how"),
    part="how",
)
class Exposure(NamedTuple):
    """A way in from outside."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace of the object that publishes.")]
    api_group: Annotated[str, Column("API group of that object.")]
    kind: Annotated[str, Column("Kind of that object.")]
    name: Annotated[str, Column("Name of that object.")]
    how: Annotated[
        str,
        Column("load balancer, node port, outside address, ingress, gateway, mesh gateway or host port."),
    ]
    listed_as: Annotated[str, Column("Namespace and name, as people list what may be published.")]
    services: Annotated[list[str], Column("Services behind it, as namespace/name; NULL ones are left out.")]
    hosts: Annotated[list[str] | None, Column("Host names or addresses that it answers for; empty for any.")]
    ports: Annotated[list[str] | None, Column("Ports that it opens outside.")]
    is_encrypted: Annotated[bool | None, Column("Whether it ends TLS itself; NULL where ports do not tell.")]
    source_ranges: Annotated[list[str] | None, Column("Sources that it admits; empty for all.")]
    is_public: Annotated[
        bool | None, Column("Whether the internet reaches it; NULL where a firewall or a node's address decides.")
    ]
    evidence_refs: Annotated[list[str], Column("Evidence of the object.")]


def rows(
    tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext], gaps: Sequence[Gap]
) -> list[Exposure]:
    """All ways, Services first."""
    made = [*_of_services(tables), *_of_ingresses(tables), *_of_host_ports(tables)]
    attachments = Attachments(tables, Unseen(gaps))
    return [*made, *_of_gateways(tables, attachments), *_of_mesh(tables, attachments)]


def _of_services(tables: Mapping[str, list[Any]]) -> Iterator[Exposure]:
    ports: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for port in tables["service_ports"]:
        ports[port.cluster, port.service_key].append(port)
    public_nodes = {row.cluster for row in tables["nodes"] if row.external_addresses}
    for service in tables["services"]:
        own = ports[service.cluster, service.service_key]
        at = [f"{port.protocol or '?'}/{port.port or '?'}" for port in own]
        behind = [f"{service.namespace or '?'}/{service.name}"]
        if service.service_type in (None, "LoadBalancer"):
            is_open = both(opposite(service.has_internal_load_balancer), True if service.admits_every_source else None)
            is_public = None if service.service_type is None else is_open
            yield _row(service, "Service", "", "load balancer", behind, [], at, None, service.source_ranges, is_public)
        if service.service_type == "NodePort":
            at_nodes = [f"{port.protocol or '?'}/{port.node_port or '?'}" for port in own]
            is_public = True if service.cluster in public_nodes else None
            yield _row(service, "Service", "", "node port", behind, [], at_nodes, None, [], is_public)
        if service.has_external_ips is not False:
            addresses = service.external_ips or []
            is_public = either(*(_is_global(each) for each in addresses)) if addresses else None
            yield _row(service, "Service", "", "outside address", behind, addresses, at, None, [], is_public)


def _is_global(address: str) -> bool | None:
    block = network(address)
    return True if block is not None and block.is_global else None


def _of_ingresses(tables: Mapping[str, list[Any]]) -> Iterator[Exposure]:
    behind: dict[tuple[str, str], set[str]] = defaultdict(set)
    for backend in tables["ingress_backends"]:
        if backend.has_service and backend.service_name:
            name = f"{backend.namespace or '?'}/{backend.service_name}"
            behind[backend.cluster, backend.ingress_key].add(name)
    for ingress in tables["ingresses"]:
        encrypted = either(ingress.covers_every_host_by_tls, ingress.ends_tls_elsewhere)
        services = sorted(behind[ingress.cluster, ingress.ingress_key])
        yield _row(
            ingress, "Ingress", "networking.k8s.io", "ingress", services, ingress.hosts, [], encrypted, [],
            opposite(ingress.is_internal),
        )  # fmt: skip


def _of_host_ports(tables: Mapping[str, list[Any]]) -> Iterator[Exposure]:
    ports: dict[tuple[str, str], set[str]] = defaultdict(set)
    for port in tables["container_ports"]:
        if port.has_host_port and not port.uses_host_network:
            ports[port.cluster, port.workload_id].add(f"{port.protocol or '?'}/{port.host_port or '?'}")
    for workload in tables["workloads"]:
        at = sorted(ports.get((workload.cluster, workload.workload_id), ()))
        if at:
            yield _row(workload, workload.kind, workload.api_group, "host port", [], [], at, None, [], None)


def _of_gateways(tables: Mapping[str, list[Any]], attachments: Attachments) -> Iterator[Exposure]:
    listeners: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for listener in tables["gateway_listeners"]:
        listeners[listener.cluster, listener.gateway_key].append(listener)
    for gateway in tables["gateways"]:
        own = listeners[gateway.cluster, gateway.gateway_key]
        encrypted = either(*(each.is_encrypted for each in own)) if own else None
        ports = [f"{each.protocol or '?'}/{each.port or '?'}" for each in own]
        hosts = sorted({each.host or "?" for each in own})
        services = sorted(attachments.behind_gateway(gateway))
        yield _row(
            gateway, "Gateway", "gateway.networking.k8s.io", "gateway", services, hosts, ports, encrypted, [],
            opposite(gateway.is_internal),
        )  # fmt: skip


def _of_mesh(tables: Mapping[str, list[Any]], attachments: Attachments) -> Iterator[Exposure]:
    servers: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for server in tables["mesh_gateway_servers"]:
        servers[server.cluster, server.mesh_gateway_key].append(server)
    for gateway in tables["mesh_gateways"]:
        own = servers[gateway.cluster, gateway.mesh_gateway_key]
        hosts = sorted({host for each in own for host in each.hosts or ("?",)})
        ports = [f"{each.protocol or '?'}/{each.port or '?'}" for each in own]
        encrypted = opposite(either(*(each.answers_plain_text for each in own))) if own else None
        services = sorted(attachments.behind_mesh_gateway(gateway))
        yield _row(
            gateway, "Gateway", "networking.istio.io", "mesh gateway", services, hosts, ports, encrypted, [], None
        )


def _row(
    of: Any, kind: str, group: str, how: str, services: list[str], hosts: list[str] | None, ports: list[str] | None,
    is_encrypted: bool | None, sources: list[str] | None, is_public: bool | None,
) -> Exposure:  # fmt: skip
    return Exposure(
        of.cluster, of.namespace, group, kind, of.name, how, f"{of.namespace or '?'}/{of.name}", services, hosts, ports,
        is_encrypted, sources, is_public, of.evidence_refs,
    )  # fmt: skip


DERIVED_SEEING_GAPS = {"exposures": rows}

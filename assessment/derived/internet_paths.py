"""Which Services and nodes lead to a workload from outside the cluster, as far as the tables show.

A load balancer without a word about an internal address is public, an Ingress likewise. A port on the nodes is
open to the internet where a node has an outside address; whether a firewall or a balancer of the client's own
stands before it is not known. A Gateway publishes what its routes lead to. Other controllers and meshes may publish a
Service as well, so one that nothing is seen to publish is not known to be closed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from assessment.derived.network.attachments import Attachments
from assessment.derived.unseen import Unseen
from collectors.tables.as_written import both, either, opposite


@dataclass(frozen=True, slots=True)
class Path:
    """Whether something leads in, and the evidence of that."""

    leads: bool | None
    evidence_refs: tuple[str, ...] = ()


class InternetPaths:
    """Everything that publishes workloads, ready to be asked workload by workload."""

    def __init__(self, tables: Mapping[str, list[Any]], unseen: Unseen) -> None:
        self._unseen = unseen
        self._services = {(row.cluster, row.service_key): row for row in tables["services"]}
        self._edges: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for edge in tables["workload_services"]:
            self._edges[edge.cluster, edge.workload_id].append(edge)
        self._ports: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for port in tables["container_ports"]:
            self._ports[port.cluster, port.workload_id].append(port)
        self._ingresses = {(row.cluster, row.ingress_key): row for row in tables["ingresses"]}
        self._routes: dict[tuple[str, str | None, str | None], list[Any]] = defaultdict(list)
        for backend in tables["ingress_backends"]:
            if backend.has_service is not False:
                self._routes[backend.cluster, backend.namespace, backend.service_name].append(backend)
        self._gateways = self._behind_gateways(tables)
        self._public_nodes = {row.cluster for row in tables["nodes"] if row.external_addresses}

    def to(self, workload: Any) -> Path:
        """Whether the internet reaches the workload: true where visible rows show a way, else false or not known."""
        paths = [self._through(edge) for edge in self._edges[workload.cluster, workload.workload_id]]
        shown = [path for path in paths if path.leads]
        if shown:
            return Path(True, tuple(ref for path in shown for ref in path.evidence_refs))
        answers = [None for path in paths if path.leads is None] + [self._on_the_node(workload)]
        answers += [None] if self._may_be_hidden(workload) else []
        return Path(either(*answers))

    def _through(self, edge: Any) -> Path:
        """The way through one Service; never false, since a gateway or a mesh may publish it."""
        service = self._services.get((edge.cluster, edge.service_key))
        if service is None:
            return Path(None)
        ingress = self._ingress_to(service)
        gateway = self._gateways.get((edge.cluster, f"{service.namespace}/{service.name}"), Path(None))
        published = either(_balanced(service), self._on_node_ports(service), ingress.leads, gateway.leads)
        if both(edge.matches, published):
            return Path(True, (*service.evidence_refs, *ingress.evidence_refs, *gateway.evidence_refs))
        return Path(False if edge.matches is False else None)

    def _behind_gateways(self, tables: Mapping[str, list[Any]]) -> dict[tuple[str, str], Path]:
        """Services that a route surely leads to through a Gateway that asks for no internal address."""
        attachments = Attachments(tables, self._unseen)
        found: dict[tuple[str, str], Path] = {}
        for gateway in tables["gateways"]:
            for name, leads in attachments.routes_of(gateway) if gateway.is_internal is False else ():
                if leads:
                    found[gateway.cluster, name] = Path(True, tuple(gateway.evidence_refs))
        return found

    def _on_node_ports(self, service: Any) -> bool | None:
        if service.service_type == "NodePort" and service.cluster in self._public_nodes:
            return True
        return either(_outside_address(service.external_ips), _not_known_if(service.opens_node_ports))

    def _ingress_to(self, service: Any) -> Path:
        """Routes that name this Service, or that may: a name or a namespace that is not known may be any."""
        cluster, namespace, name = service.cluster, service.namespace, service.name
        for backend in self._routes.get((cluster, namespace, name), ()) if namespace is not None else ():
            ingress = self._ingresses.get((cluster, backend.ingress_key))
            if ingress is not None and backend.has_service and opposite(ingress.is_internal):
                return Path(True, tuple(ingress.evidence_refs))
        return Path(None)

    def _on_the_node(self, workload: Any) -> bool | None:
        """A port of the node is no proof of a way in, only a reason not to say that there is none."""
        ports = [port.has_host_port for port in self._ports[workload.cluster, workload.workload_id]]
        return _not_known_if(either(workload.uses_host_network, *ports))

    def _may_be_hidden(self, workload: Any) -> bool:
        cluster, namespace = workload.cluster, workload.namespace
        hidden = self._unseen.near(cluster, "services", namespace)
        pods = self._unseen.near(cluster, "container_ports", namespace, "Pod")
        return hidden or pods or self._unseen.parts(cluster, "container_ports", workload.workload_id)


def _balanced(service: Any) -> bool | None:
    """Whether a public load balancer leads to it; one that limits its sources may keep the internet out."""
    is_balanced = None if service.service_type is None else service.service_type == "LoadBalancer"
    is_open = None if service.has_source_ranges is not False else True
    return both(is_balanced, opposite(service.has_internal_load_balancer), is_open)


def _outside_address(addresses: Iterable[str] | None) -> bool | None:
    if addresses is None:
        return None
    return either(*(_is_global(address) for address in addresses))


def _is_global(address: str) -> bool | None:
    try:
        return True if ip_address(address).is_global else None
    except ValueError:
        return None


def _not_known_if(holds: bool | None) -> bool | None:
    return False if holds is False else None

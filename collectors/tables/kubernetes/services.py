"""Services and their ports."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.tables.addresses import cover_everything, network
from collectors.tables.as_written import (
    Section,
    both,
    flag,
    is_set,
    pairs,
    section,
    sections,
    text,
    texts,
    whole_number,
)
from collectors.tables.identity import surrogate
from collectors.tables.load_balancers import service_is_internal
from collectors.tables.schema import ClusterContext, Column, Relation, Sighting, Subject, UnseenPart, table
from collectors.tables.selectors import equalities

KINDS = ("Service",)


@table(
    "services",
    grain="one Service",
    kinds=KINDS,
    relations=(
        Relation("ports", "service_ports", (("service_key", "service_key"),), "Its ports."),
        Relation(
            "selected_workloads", "workload_services",
            (("service_key", "service_key"), ("namespace", "namespace")), "Workloads whose pods it selects.",
        ),
        Relation(
            "operated_workloads", "operated_workloads", (("namespace", "namespace"),),
            "Objects of its namespace from which operators make pods.",
        ),
        Relation(
            "targets", "service_targets",
            (("service_key", "service_key"), ("namespace", "namespace")), "Its ports, seen from the pods behind them.",
        ),
        Relation(
            "same_selection", "services",
            (("namespace", "namespace"), ("selection", "selection")),
            "Services of its namespace that select by the same labels, itself among them.",
            minimum=1,
        ),
        Relation(
            "endpoint_slices", "endpoint_slices",
            (("namespace", "namespace"), ("name", "service_name")), "The endpoints that the cluster found for it.",
        ),
    ),
    subject=Subject(None, None, "namespace", "name", fixed_kind="Service"),
)
class Service(NamedTuple):
    """A Service."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the Service.")]
    service_key: Annotated[str, Column("Surrogate key.", identity=True)]
    labels: Annotated[list[str] | None, Column("Labels as key=value, sorted.")]
    listed_as: Annotated[str, Column("Namespace and name, as people list what may be published: shop/web.")]
    service_type: Annotated[
        str | None, Column("ClusterIP, NodePort, LoadBalancer or ExternalName; unset means ClusterIP.")
    ]
    is_headless: Annotated[bool | None, Column("Whether it has no address of its own (clusterIP: None).")]
    has_selector: Annotated[bool, Column("Whether it selects pods by label.")]
    selector: Annotated[
        list[str] | None, Column("Labels that its pods carry, as key=value.", guard="has_selector")
    ]
    selection: Annotated[
        str | None, Column("Labels that its pods carry, in one text; empty where it selects none.")
    ]
    external_ips: Annotated[list[str] | None, Column("Outside addresses it claims (spec.externalIPs).")]
    has_external_ips: Annotated[bool | None, Column("Whether it claims outside addresses.")]
    has_external_name: Annotated[bool, Column("Whether it stands for a name outside (spec.externalName).")]
    external_name: Annotated[
        str | None, Column("Name that it stands for, lower case, without a last dot.", guard="has_external_name")
    ]
    has_source_ranges: Annotated[bool | None, Column("Whether it limits the sources of its load balancer.")]
    source_ranges: Annotated[list[str] | None, Column("Sources that may reach its load balancer; empty for all.")]
    admits_every_source: Annotated[
        bool | None, Column("Whether its load balancer takes every IPv4 or every IPv6 address as a source.")
    ]
    external_traffic_policy: Annotated[
        str | None, Column("externalTrafficPolicy: Cluster hides the address of the caller, Local keeps it.")
    ]
    publishes_not_ready: Annotated[bool | None, Column("Whether pods that are not ready count as endpoints.")]
    opens_node_ports: Annotated[
        bool | None, Column("Whether it opens a port on every node, as most load balancers do too.")
    ]
    has_internal_load_balancer: Annotated[
        bool | None, Column("Whether it has, or asks for, a load balancer inside the client's network only.")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table("service_ports", grain="one port of one Service", kinds=KINDS, part="port_label")
class ServicePort(NamedTuple):
    """A port of a Service."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    service_name: Annotated[str | None, Column("Name of the Service.")]
    service_key: Annotated[str, Column("Surrogate key of its Service.", owner="services")]
    port_label: Annotated[str, Column("The port for a reader: name or number.")]
    has_name: Annotated[bool, Column("Whether the port has a name.")]
    port_name: Annotated[str | None, Column("Name of the port.", guard="has_name")]
    port: Annotated[int | None, Column("Port number that the Service answers on.")]
    has_target_number: Annotated[bool, Column("Whether it leads to a port of the pods by number.")]
    target_number: Annotated[
        int | None, Column("Port of the pods: targetPort, or the port itself.", guard="has_target_number")
    ]
    has_target_name: Annotated[bool, Column("Whether it leads to a port of the pods by name.")]
    target_name: Annotated[str | None, Column("Name of the port of the pods.", guard="has_target_name")]
    protocol: Annotated[str | None, Column("TCP, UDP or SCTP; unset means TCP.")]
    has_node_port: Annotated[bool, Column("Whether a port on every node leads to it.")]
    node_port: Annotated[int | None, Column("Port number on every node.", guard="has_node_port")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class Services:
    """Services and their ports."""

    reads: ClassVar[tuple[str, ...]] = KINDS

    def __init__(self, cluster: ClusterContext) -> None:
        self._cluster = cluster
        self._services: list[Service] = []
        self._ports: list[ServicePort] = []
        self._unseen: list[UnseenPart] = []

    def observe(self, sighting: Sighting) -> None:
        """One Service and each of its ports."""
        spec = section(sighting.object, "spec")
        service = self._service(sighting, spec)
        self._services.append(service)
        ports = sections(spec, "ports")
        if ports is None:
            key = service.service_key
            self._unseen.append(UnseenPart("service_ports", sighting.kind, sighting.namespace, key))
        self._ports.extend(self._port(service, port) for port in ports or ())

    def rows(self) -> dict[str, list[Any]]:
        """Services and ports."""
        return {"services": self._services, "service_ports": self._ports}

    def unseen(self) -> list[UnseenPart]:
        """Ports that could not be read."""
        return self._unseen

    def _service(self, sighting: Sighting, spec: Section | None) -> Service:
        kind = text(spec, "type", default="ClusterIP")
        addresses, ranges = texts(spec, "externalIPs"), _source_ranges(sighting.object, spec)
        selects, selector = spec is None or spec.get("selector") not in (None, {}), equalities(spec, "selector")
        return Service(
            cluster=self._cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            service_key=surrogate(sighting),
            labels=pairs(section(sighting.object, "metadata"), "labels"),
            listed_as=f"{sighting.namespace or '?'}/{sighting.name}",
            service_type=kind,
            is_headless=None if spec is None else spec.get("clusterIP") == "None",
            has_selector=selects,
            selector=selector,
            selection="" if not selects else None if selector is None else ",".join(selector),
            external_ips=addresses,
            has_external_ips=None if addresses is None else bool(addresses),
            has_external_name=is_set(spec, "externalName"),
            external_name=_name(text(spec, "externalName")),
            has_source_ranges=None if ranges is None else bool(ranges),
            source_ranges=ranges,
            admits_every_source=_admits_every_source(ranges),
            external_traffic_policy=text(spec, "externalTrafficPolicy", default="Cluster"),
            publishes_not_ready=flag(spec, "publishNotReadyAddresses", default=False),
            opens_node_ports=_opens_node_ports(kind, spec),
            has_internal_load_balancer=both(_is_balanced(kind), service_is_internal(sighting.object)),
            basis=self._cluster.basis,
            evidence_refs=sighting.refs,
        )

    def _port(self, service: Service, written: Section | None) -> ServicePort:
        name, port = text(written, "name"), whole_number(written, "port")
        target = _target(written, port)
        return ServicePort(
            cluster=service.cluster,
            namespace=service.namespace,
            service_name=service.name,
            service_key=service.service_key,
            port_label=name or str(port or "?"),
            has_name=is_set(written, "name"),
            port_name=name,
            port=port,
            has_target_number=isinstance(target, int) or target is None,
            target_number=target if isinstance(target, int) else None,
            has_target_name=isinstance(target, str) or target is None,
            target_name=target if isinstance(target, str) else None,
            protocol=text(written, "protocol", default="TCP"),
            has_node_port=is_set(written, "nodePort"),
            node_port=whole_number(written, "nodePort"),
            basis=service.basis,
            evidence_refs=service.evidence_refs,
        )


def _source_ranges(service: Section, spec: Section | None) -> list[str] | None:
    """The field, or the annotation that is its elder form (API reference, ServiceSpec; cloud provider library)."""
    written = texts(spec, "loadBalancerSourceRanges")
    annotations = section(section(service, "metadata"), "annotations")
    elder = text(annotations, "service.beta.kubernetes.io/load-balancer-source-ranges", default="")
    if written or written is None:
        return written
    return None if elder is None else sorted({each.strip() for each in elder.split(",") if each.strip()})


def _admits_every_source(ranges: list[str] | None) -> bool | None:
    if ranges is None:
        return None
    blocks = [network(each) for each in ranges]
    if not ranges or cover_everything([each for each in blocks if each is not None]):
        return True
    return None if None in blocks else False


def _name(written: str | None) -> str | None:
    return None if written is None else written.rstrip(".").lower()


def _target(written: Section | None, port: int | None) -> int | str | None:
    """targetPort by number or by name; unset means the same number as the port, and None is not known."""
    if not is_set(written, "targetPort"):
        return port
    if written is None:
        return None
    number, word = whole_number(written, "targetPort"), text(written, "targetPort")
    if word is not None and word.isdecimal() and len(word) < 6:
        return int(word)
    return (port if number == 0 else number) if word is None else word


def _opens_node_ports(kind: str | None, spec: Section | None) -> bool | None:
    """Source: Kubernetes documentation, "Service", type LoadBalancer (allocateLoadBalancerNodePorts)."""
    if kind == "LoadBalancer":
        return flag(spec, "allocateLoadBalancerNodePorts", default=True)
    return None if kind is None else kind == "NodePort"


def _is_balanced(kind: str | None) -> bool | None:
    return None if kind is None else kind == "LoadBalancer"


BUILDERS = (Services,)

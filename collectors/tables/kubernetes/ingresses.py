"""Ingresses and the backends they send requests to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.tables.as_written import Section, is_set, section, sections, text, whole_number
from collectors.tables.identity import surrogate
from collectors.tables.load_balancers import ingress_is_internal
from collectors.tables.schema import ClusterContext, Column, Relation, Sighting, Subject, UnseenPart, table

GROUP = "networking.k8s.io"
KINDS = (f"{GROUP}/Ingress",)
_SERVICE = (("namespace", "namespace"), ("service_name", "name"))
_PORT = (("namespace", "namespace"), ("service_name", "service_name"))


@table(
    "ingresses",
    grain="one Ingress",
    kinds=KINDS,
    relations=(Relation("backends", "ingress_backends", (("ingress_key", "ingress_key"),), "Its backends."),),
    subject=Subject(None, None, "namespace", "name", fixed_kind="Ingress", fixed_group=GROUP),
)
class Ingress(NamedTuple):
    """An Ingress."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the Ingress.")]
    ingress_key: Annotated[str, Column("Surrogate key.", identity=True)]
    has_class: Annotated[bool, Column("Whether it names an IngressClass, by field or by annotation.")]
    class_name: Annotated[str | None, Column("IngressClass that it names.", guard="has_class")]
    has_tls: Annotated[bool | None, Column("Whether it has a tls section.")]
    hosts: Annotated[list[str] | None, Column("Hosts of its rules; a rule without one is written *.")]
    is_internal: Annotated[
        bool | None, Column("Whether it has, or asks for, an address inside the client's network only.")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table(
    "ingress_backends",
    grain="one backend of one Ingress",
    kinds=KINDS,
    relations=(
        Relation(
            "service", "services", _SERVICE, "The Service it sends requests to.",
            when="has_service", maximum=1,
        ),
        Relation(
            "numbered_port", "service_ports", (*_PORT, ("port_number", "port")),
            "The port it names by number.", when="has_service and has_port_number",
        ),
        Relation(
            "named_port", "service_ports", (*_PORT, ("port_name", "port_name")),
            "The port it names by name.", when="has_service and has_port_name",
        ),
    ),
    part="route",
)
class IngressBackend(NamedTuple):
    """A backend of an Ingress, with the route that leads to it."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    ingress_key: Annotated[str, Column("Surrogate key of its Ingress.", owner="ingresses")]
    route: Annotated[str, Column("Host and path that lead to it; default for the default backend.")]
    has_service: Annotated[bool, Column("Whether it is a Service; a named resource otherwise.")]
    service_name: Annotated[str | None, Column("Name of the Service.", guard="has_service")]
    has_port_number: Annotated[bool, Column("Whether it names the port by number.")]
    port_number: Annotated[int | None, Column("Port number of the Service.", guard="has_port_number")]
    has_port_name: Annotated[bool, Column("Whether it names the port by name.")]
    port_name: Annotated[str | None, Column("Port name of the Service.", guard="has_port_name")]
    is_resource: Annotated[bool | None, Column("Whether it is an object other than a Service.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class Ingresses:
    """Ingresses and their backends, in the form of networking.k8s.io/v1 and of its beta versions."""

    reads: ClassVar[tuple[str, ...]] = KINDS

    def __init__(self, cluster: ClusterContext) -> None:
        self._cluster = cluster
        self._ingresses: list[Ingress] = []
        self._backends: list[IngressBackend] = []
        self._unseen: list[UnseenPart] = []

    def observe(self, sighting: Sighting) -> None:
        """One Ingress and each of its backends."""
        spec = section(sighting.object, "spec")
        ingress = self._ingress(sighting, spec)
        self._ingresses.append(ingress)
        is_beta = sighting.object.get("apiVersion") != f"{GROUP}/v1"
        for route, backend in _routes(spec):
            if route is None:
                part = UnseenPart("ingress_backends", sighting.kind, sighting.namespace, ingress.ingress_key)
                self._unseen.append(part)
            else:
                self._backends.append(self._backend(ingress, route, _read_target(backend, is_beta)))

    def rows(self) -> dict[str, list[Any]]:
        """Ingresses and backends."""
        return {"ingresses": self._ingresses, "ingress_backends": self._backends}

    def unseen(self) -> list[UnseenPart]:
        """Backends that could not be read."""
        return self._unseen

    def _ingress(self, sighting: Sighting, spec: Section | None) -> Ingress:
        annotations = section(section(sighting.object, "metadata"), "annotations")
        legacy = "kubernetes.io/ingress.class"
        named = is_set(spec, "ingressClassName")
        tls, rules = sections(spec, "tls"), sections(spec, "rules")
        hosts = None if rules is None else [text(rule, "host", default="*") or "?" for rule in rules]
        return Ingress(
            cluster=self._cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            ingress_key=surrogate(sighting),
            has_class=named or is_set(annotations, legacy),
            class_name=text(spec, "ingressClassName") if named else text(annotations, legacy),
            has_tls=None if tls is None else bool(tls),
            hosts=None if hosts is None else sorted(set(hosts)),
            is_internal=ingress_is_internal(sighting.object),
            basis=self._cluster.basis,
            evidence_refs=sighting.refs,
        )

    def _backend(self, ingress: Ingress, route: str, target: _Target) -> IngressBackend:
        return IngressBackend(
            cluster=ingress.cluster,
            namespace=ingress.namespace,
            ingress_key=ingress.ingress_key,
            route=route,
            has_service=target.has_service,
            service_name=target.service,
            has_port_number=target.port is None or isinstance(target.port, int),
            port_number=target.port if isinstance(target.port, int) else None,
            has_port_name=target.port is None or isinstance(target.port, str),
            port_name=target.port if isinstance(target.port, str) else None,
            is_resource=target.is_resource,
            basis=ingress.basis,
            evidence_refs=ingress.evidence_refs,
        )


class _Target(NamedTuple):
    """What a backend names; a port of None cannot be read, an empty name names no port at all."""

    has_service: bool
    service: str | None
    port: int | str | None
    is_resource: bool | None


def _read_target(written: Section | None, is_beta: bool) -> _Target:
    """The API server drops serviceName and servicePort from a v1 Ingress: such a backend names nothing."""
    if written is None:
        return _Target(True, None, None, None)
    is_resource = is_set(written, "resource")
    if is_beta and (is_set(written, "serviceName") or is_set(written, "servicePort")):
        return _Target(True, text(written, "serviceName"), _port(written, "servicePort"), is_resource)
    if not is_set(written, "service"):
        return _Target(False, None, "", is_resource)
    service = section(written, "service")
    port = section(service, "port")
    chosen = "number" if is_set(port, "number") else "name"
    return _Target(True, text(service, "name"), _port(port, chosen), is_resource)


def _port(parent: Section | None, name: str) -> int | str | None:
    if parent is None:
        return None
    number, word = whole_number(parent, name), text(parent, name, default="")
    if word and word.isdecimal() and len(word) < 6:
        return int(word)
    return word if number is None else number


def _routes(spec: Section | None) -> Iterator[tuple[str | None, Section | None]]:
    """Each route with its backend; a route of None stands for backends that cannot be read."""
    for name in ("defaultBackend", "backend"):
        if spec is not None and spec.get(name) is not None:
            default = section(spec, name)
            yield ("default" if default is not None else None), default
    rules = sections(spec, "rules")
    if rules is None:
        yield None, None
    for rule in rules or ():
        yield from _paths(rule)


def _paths(rule: Section | None) -> Iterator[tuple[str | None, Section | None]]:
    paths = sections(section(rule, "http"), "paths")
    if paths is None:
        yield None, None
    for path in paths or ():
        route = f"{text(rule, 'host', default='*')}{text(path, 'path', default='/')}"
        yield (None, None) if path is None else (route, section(path, "backend"))


BUILDERS = (Ingresses,)

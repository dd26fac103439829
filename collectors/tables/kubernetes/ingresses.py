"""Ingresses and the backends they send requests to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.tables.as_written import Section, either, is_set, section, sections, text, texts, whole_number
from collectors.tables.identity import surrogate
from collectors.tables.ingress_words import answers_plain_requests, ends_tls_elsewhere, snippets, tls_covers
from collectors.tables.load_balancers import ingress_is_internal
from collectors.tables.schema import ClusterContext, Column, Relation, Sighting, Subject, UnseenPart, table

GROUP = "networking.k8s.io"
KINDS = (f"{GROUP}/Ingress",)
_CANARY = "nginx.ingress.kubernetes.io/canary"
_SERVICE = (("namespace", "namespace"), ("service_name", "name"))
_PORT = (("namespace", "namespace"), ("service_name", "service_name"))


@table(
    "ingresses",
    grain="one Ingress",
    kinds=KINDS,
    relations=(
        Relation("backends", "ingress_backends", (("ingress_key", "ingress_key"),), "Its backends."),
        Relation("tls_entries", "ingress_tls", (("ingress_key", "ingress_key"),), "Its tls entries."),
        Relation("ingress_class", "ingress_classes", (("class_name", "name"),), "The class it names.", maximum=1,
                 when="has_class"),
        Relation("ingress_classes", "ingress_classes", (), "All IngressClasses of the cluster."),
        Relation("clashes", "ingress_clashes", (("ingress_key", "ingress_key"),), "Routes that others claim too."),
    ),
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
    names_class_by_field: Annotated[bool, Column("Whether the field ingressClassName names its class.")]
    has_tls: Annotated[bool | None, Column("Whether it has a tls section.")]
    covers_every_host_by_tls: Annotated[bool | None, Column("Whether its tls section is about every host it names.")]
    ends_tls_elsewhere: Annotated[
        bool | None, Column("Whether annotations leave TLS to a load balancer or to the backend.")
    ]
    answers_plain_requests: Annotated[
        bool | None, Column("Whether annotations ask that requests without TLS be answered, not sent on to TLS.")
    ]
    answers_every_host: Annotated[
        bool | None, Column("Whether a rule names no host, or a pattern of hosts (*.shop.example).")
    ]
    has_default_backend: Annotated[bool, Column("Whether a default backend takes what no rule is about.")]
    is_canary: Annotated[bool | None, Column("Whether it repeats the routes of another one as its canary.")]
    snippets: Annotated[list[str] | None, Column("Annotations whose text NGINX takes over as configuration, sorted.")]
    has_snippets: Annotated[bool | None, Column("Whether it has such an annotation.")]
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
    path_type: Annotated[str | None, Column("Exact, Prefix or ImplementationSpecific, which unset means; empty: default.")]
    has_service: Annotated[bool, Column("Whether it is a Service; a named resource otherwise.")]
    service_name: Annotated[str | None, Column("Name of the Service.", guard="has_service")]
    has_port_number: Annotated[bool, Column("Whether it names the port by number.")]
    port_number: Annotated[int | None, Column("Port number of the Service.", guard="has_port_number")]
    has_port_name: Annotated[bool, Column("Whether it names the port by name.")]
    port_name: Annotated[str | None, Column("Port name of the Service.", guard="has_port_name")]
    is_resource: Annotated[bool | None, Column("Whether it is an object other than a Service.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table(
    "ingress_tls",
    grain="one tls entry of one Ingress",
    kinds=KINDS,
    relations=(
        Relation("secret", "secrets", (("namespace", "namespace"), ("secret_name", "name")), "Its certificate.",
                 when="has_secret", maximum=1),
    ),
    part="entry",
)
class IngressTls(NamedTuple):
    """A tls entry of an Ingress."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    ingress_key: Annotated[str, Column("Surrogate key of its Ingress.", owner="ingresses")]
    entry: Annotated[str, Column("The entry for a reader: its number.")]
    hosts: Annotated[list[str] | None, Column("Hosts it is about; an empty list means all.")]
    has_secret: Annotated[bool, Column("Whether it names a Secret; else the controller's own certificate is shown.")]
    secret_name: Annotated[str | None, Column("Secret that holds the certificate.", guard="has_secret")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class Ingresses:
    """Ingresses and their backends, in the form of networking.k8s.io/v1 and of its beta versions."""

    reads: ClassVar[tuple[str, ...]] = KINDS

    def __init__(self, cluster: ClusterContext) -> None:
        self._cluster = cluster
        self._ingresses: list[Ingress] = []
        self._backends: list[IngressBackend] = []
        self._entries: list[IngressTls] = []
        self._unseen: list[UnseenPart] = []

    def observe(self, sighting: Sighting) -> None:
        """One Ingress and each of its backends."""
        spec = section(sighting.object, "spec")
        ingress = self._ingress(sighting, spec)
        self._ingresses.append(ingress)
        entries = sections(spec, "tls")
        if entries is None:
            self._unseen.append(UnseenPart("ingress_tls", sighting.kind, sighting.namespace, ingress.ingress_key))
        self._entries.extend(self._entry(ingress, number, entry) for number, entry in enumerate(entries or ()))
        is_beta = sighting.object.get("apiVersion") != f"{GROUP}/v1"
        for route in _routes(spec):
            if route.label is None:
                part = UnseenPart("ingress_backends", sighting.kind, sighting.namespace, ingress.ingress_key)
                self._unseen.append(part)
            else:
                self._backends.append(self._backend(ingress, route, _read_target(route.backend, is_beta)))

    def rows(self) -> dict[str, list[Any]]:
        """Ingresses, backends and tls entries."""
        return {"ingresses": self._ingresses, "ingress_backends": self._backends, "ingress_tls": self._entries}

    def unseen(self) -> list[UnseenPart]:
        """Backends and tls entries that could not be read."""
        return self._unseen

    def _ingress(self, sighting: Sighting, spec: Section | None) -> Ingress:
        annotations = section(section(sighting.object, "metadata"), "annotations")
        legacy = "kubernetes.io/ingress.class"
        named = is_set(spec, "ingressClassName")
        tls, rules = sections(spec, "tls"), sections(spec, "rules")
        hosts = None if rules is None else [_host(rule) for rule in rules]
        taken_over, said = snippets(annotations), text(annotations, _CANARY, default="false")
        canary = None if said is None else said.lower() == "true"
        return Ingress(
            cluster=self._cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            ingress_key=surrogate(sighting),
            has_class=named or is_set(annotations, legacy),
            class_name=text(spec, "ingressClassName") if named else text(annotations, legacy),
            names_class_by_field=named,
            has_tls=None if tls is None else bool(tls),
            covers_every_host_by_tls=tls_covers(hosts, tls),
            ends_tls_elsewhere=ends_tls_elsewhere(annotations),
            answers_plain_requests=answers_plain_requests(annotations),
            answers_every_host=None if hosts is None else either(*map(_is_pattern, hosts)),
            has_default_backend=is_set(spec, "defaultBackend") or is_set(spec, "backend"),
            is_canary=canary,
            snippets=taken_over,
            has_snippets=None if taken_over is None else bool(taken_over),
            hosts=None if hosts is None else sorted(set(hosts)),
            is_internal=ingress_is_internal(sighting.object),
            basis=self._cluster.basis,
            evidence_refs=sighting.refs,
        )

    def _backend(self, ingress: Ingress, route: _Route, target: _Target) -> IngressBackend:
        return IngressBackend(
            cluster=ingress.cluster,
            namespace=ingress.namespace,
            ingress_key=ingress.ingress_key,
            route=route.label or "",
            path_type=route.path_type,
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

    def _entry(self, ingress: Ingress, number: int, written: Section | None) -> IngressTls:
        return IngressTls(
            cluster=ingress.cluster,
            namespace=ingress.namespace,
            ingress_key=ingress.ingress_key,
            entry=f"tls entry {number + 1}",
            hosts=texts(written, "hosts"),
            has_secret=written is None or written.get("secretName") not in (None, ""),
            secret_name=text(written, "secretName") or None,
            basis=ingress.basis,
            evidence_refs=ingress.evidence_refs,
        )


def _host(rule: Section | None) -> str:
    """The host of a rule: "*" when it names none, "?" when that cannot be read."""
    written = text(rule, "host", default="*")
    return "?" if written is None else written or "*"


def _is_pattern(host: str) -> bool | None:
    return None if host == "?" else host.startswith("*")


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


class _Route(NamedTuple):
    """A route with its backend; a label of None stands for routes that cannot be read."""

    label: str | None
    path_type: str | None
    backend: Section | None


def _routes(spec: Section | None) -> Iterator[_Route]:
    for name in ("defaultBackend", "backend"):
        if spec is not None and spec.get(name) is not None:
            default = section(spec, name)
            yield _Route("default" if default is not None else None, "", default)
    rules = sections(spec, "rules")
    if rules is None:
        yield _Route(None, None, None)
    for rule in rules or ():
        yield from _paths(rule)


def _paths(rule: Section | None) -> Iterator[_Route]:
    paths = sections(section(rule, "http"), "paths")
    if paths is None:
        yield _Route(None, None, None)
    for path in paths or ():
        label = f"{text(rule, 'host', default='*')}{text(path, 'path', default='/')}"
        kind = text(path, "pathType", default="ImplementationSpecific")
        yield _Route(None if path is None else label, kind, section(path, "backend"))


BUILDERS = (Ingresses,)

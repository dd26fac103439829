"""Ingresses and the backends they send requests to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple

from collectors.tables.as_written import Section, either, is_set, section, sections, text, texts, whole_number
from collectors.tables.identity import surrogate
from collectors.tables.ingress_words import answers_plain_requests, ends_tls_elsewhere, snippets, tls_covers
from collectors.tables.kubernetes.ingress_rows import GROUP, KINDS, Ingress, IngressBackend, IngressTls
from collectors.tables.load_balancers import ingress_is_internal
from collectors.tables.schema import ClusterContext, Sighting, UnseenPart

_CANARY = "nginx.ingress.kubernetes.io/canary"


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

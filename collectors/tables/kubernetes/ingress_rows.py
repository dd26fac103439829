"""The tables of Ingresses: the Ingress itself, its backends and its tls entries."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.tables.schema import Column, Relation, Subject, table

GROUP = "networking.k8s.io"
KINDS = (f"{GROUP}/Ingress",)
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
    path_type: Annotated[str | None, Column("Exact, Prefix or ImplementationSpecific, the default; empty: default.")]
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
    has_secret: Annotated[bool, Column("Whether it names a Secret; else the controller shows its own.")]
    secret_name: Annotated[str | None, Column("Secret that holds the certificate.", guard="has_secret")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]

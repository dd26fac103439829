"""Gateways of the Gateway API: their classes, their listeners, and what their controller says of them.

Source: Gateway API documentation, API reference of gateway.networking.k8s.io.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.tables.as_written import Section, is_set, section, sections, text, whole_number
from collectors.tables.identity import surrogate
from collectors.tables.load_balancers import service_is_internal
from collectors.tables.schema import ClusterContext, Column, Relation, Sighting, Subject, UnseenPart, table
from collectors.tables.selectors import requirements

GROUP = "gateway.networking.k8s.io"
GATEWAY, CLASS = f"{GROUP}/Gateway", f"{GROUP}/GatewayClass"
_ENCRYPTED = ("HTTPS", "TLS")


@table(
    "gateways",
    grain="one Gateway",
    where_served=(GATEWAY,),
    relations=(
        Relation("listeners", "gateway_listeners", (("gateway_key", "gateway_key"),), "Its listeners."),
        Relation("gateway_class", "gateway_classes", (("class_name", "name"),), "Its class.", maximum=1),
    ),
    subject=Subject(None, None, "namespace", "name", fixed_kind="Gateway", fixed_group=GROUP),
)
class Gateway(NamedTuple):
    """A Gateway of the Gateway API."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the Gateway.")]
    gateway_key: Annotated[str, Column("Surrogate key.", identity=True)]
    has_class_name: Annotated[bool, Column("Whether it names a GatewayClass, as it must.")]
    class_name: Annotated[str | None, Column("GatewayClass that it names.", guard="has_class_name")]
    is_internal: Annotated[bool | None, Column("Whether it asks for an address inside the client's network only.")]
    has_status: Annotated[bool | None, Column("Whether its controller reports on it; a manifest does not show that.")]
    is_programmed: Annotated[
        bool | None, Column("Whether its controller accepted it and set it up.", guard="has_status")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table("gateway_listeners", grain="one listener of one Gateway", where_served=(GATEWAY,), part="listener")
class GatewayListener(NamedTuple):
    """A listener of a Gateway."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    gateway_key: Annotated[str, Column("Surrogate key of its Gateway.", owner="gateways")]
    listener: Annotated[str, Column("Name of the listener.")]
    port: Annotated[int | None, Column("Port.")]
    protocol: Annotated[str | None, Column("HTTP, HTTPS, TLS, TCP or UDP.")]
    is_encrypted: Annotated[bool | None, Column("Whether its protocol is HTTPS or TLS.")]
    is_plain_http: Annotated[bool | None, Column("Whether its protocol is HTTP.")]
    host: Annotated[str | None, Column("Host that it answers for; * for every host.")]
    has_certificate: Annotated[bool | None, Column("Whether it names a certificate, or leaves TLS to the backend.")]
    admits_routes_from: Annotated[str | None, Column("Namespaces whose routes may attach: Same, All, Selector, None.")]
    namespace_selector: Annotated[list[str] | None, Column("What selects these namespaces; empty when not written.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table(
    "gateway_classes",
    grain="one GatewayClass",
    where_served=(CLASS,),
    namespaced=False,
    relations=(Relation("gateways", "gateways", (("name", "class_name"),), "Gateways of this class."),),
    subject=Subject(None, None, None, "name", fixed_kind="GatewayClass", fixed_group=GROUP),
)
class GatewayClass(NamedTuple):
    """A GatewayClass."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Name of the class.")]
    gateway_class_key: Annotated[str, Column("Surrogate key.", identity=True)]
    controller: Annotated[str | None, Column("Controller that serves it.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class Gateways:
    """Gateways, their listeners and their classes."""

    reads: ClassVar[tuple[str, ...]] = (GATEWAY, CLASS)

    def __init__(self, cluster: ClusterContext) -> None:
        self._cluster = cluster
        self._gateways: list[Gateway] = []
        self._listeners: list[GatewayListener] = []
        self._classes: list[GatewayClass] = []
        self._unseen: list[UnseenPart] = []

    def observe(self, sighting: Sighting) -> None:
        """One Gateway with its listeners, or one class."""
        spec = section(sighting.object, "spec")
        if sighting.kind == CLASS:
            said = (text(spec, "controllerName"), self._cluster.basis, sighting.refs)
            self._classes.append(GatewayClass(self._cluster.name, sighting.name, surrogate(sighting), *said))
            return
        self._gateways.append(self._gateway(sighting, spec))
        listeners = sections(spec, "listeners")
        if listeners is None:
            part = UnseenPart("gateway_listeners", sighting.kind, sighting.namespace, surrogate(sighting))
            self._unseen.append(part)
        self._listeners.extend(self._listener(sighting, each) for each in listeners or ())

    def rows(self) -> dict[str, list[Any]]:
        """Gateways, listeners and classes."""
        return {
            "gateways": self._gateways, "gateway_listeners": self._listeners, "gateway_classes": self._classes,
        }  # fmt: skip

    def unseen(self) -> list[UnseenPart]:
        """Listeners that could not be read."""
        return self._unseen

    def _gateway(self, sighting: Sighting, spec: Section | None) -> Gateway:
        status = section(sighting.object, "status") if self._cluster.basis == "running" else None
        conditions = sections(status, "conditions")
        return Gateway(
            cluster=self._cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            gateway_key=surrogate(sighting),
            has_class_name=is_set(spec, "gatewayClassName"),
            class_name=text(spec, "gatewayClassName"),
            is_internal=_is_internal(sighting.object, spec),
            has_status=None if conditions is None else True,
            is_programmed=holds(conditions, "Programmed"),
            basis=self._cluster.basis,
            evidence_refs=sighting.refs,
        )

    def _listener(self, sighting: Sighting, written: Section | None) -> GatewayListener:
        protocol, tls = text(written, "protocol"), section(written, "tls")
        certificates, mode = sections(tls, "certificateRefs"), text(tls, "mode", default="Terminate")
        routes = section(section(written, "allowedRoutes"), "namespaces")
        unread = certificates is None or mode is None
        return GatewayListener(
            cluster=self._cluster.name,
            namespace=sighting.namespace,
            gateway_key=surrogate(sighting),
            listener=text(written, "name") or "?",
            port=whole_number(written, "port"),
            protocol=protocol,
            is_encrypted=None if protocol is None else protocol in _ENCRYPTED,
            is_plain_http=None if protocol is None else protocol == "HTTP",
            host=text(written, "hostname", default="*"),
            has_certificate=None if unread else bool(certificates) or mode == "Passthrough" or is_set(tls, "options"),
            admits_routes_from=text(routes, "from", default="Same"),
            namespace_selector=requirements(section(routes, "selector")),
            basis=self._cluster.basis,
            evidence_refs=sighting.refs,
        )


def holds(conditions: list[Section | None] | None, wanted: str) -> bool | None:
    """Whether a condition is True; one that nobody reported does not hold, Unknown is not known."""
    if conditions is None or None in conditions:
        return None
    said = {text(each, "type"): text(each, "status") for each in conditions}
    return {"True": True, "False": False}.get(said[wanted] or "") if wanted in said else False


def _is_internal(gateway: Section, spec: Section | None) -> bool | None:
    """By the annotations that its infrastructure hands on to the load balancer, or by its own."""
    infrastructure = section(spec, "infrastructure")
    if infrastructure is None:
        return None
    handed = {"metadata": {"annotations": infrastructure.get("annotations")}, "spec": {}}
    own = service_is_internal({"metadata": gateway.get("metadata"), "spec": {}})
    asked = service_is_internal(handed)
    return True if own or asked else None if own is None or asked is None else False


BUILDERS = (Gateways,)

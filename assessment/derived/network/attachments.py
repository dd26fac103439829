"""Which Services stand behind a Gateway, by the routes that attach to it and that it admits.

A Gateway admits routes of its own namespace unless its listeners say otherwise; a backend in another namespace needs a
ReferenceGrant there. Sources: Gateway API documentation, "Cross namespace routing", ReferenceGrant; Istio
documentation, "Virtual Service": gateways and destination hosts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from assessment.derived.network.namespace_labels import NamespaceLabels
from assessment.derived.unseen import Unseen
from collectors.tables.as_written import both, either


class Attachments:
    """Routes and the gateways they attach to, ready to be asked."""

    def __init__(self, tables: Mapping[str, list[Any]], unseen: Unseen) -> None:
        self._labels = NamespaceLabels(tables, unseen)
        self._parents = _index(tables["gateway_route_parents"], "parent_namespace", "parent_name")
        self._backends = _index(tables["gateway_route_backends"], "route_key")
        self._listeners = _index(tables["gateway_listeners"], "gateway_key")
        self._grants = _index(tables["reference_grants"], "namespace", "from_namespace")
        self._virtual: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for row in tables["mesh_virtual_services"]:
            for gateway in row.gateways or ():
                self._virtual[row.cluster, gateway].append(row)

    def behind_gateway(self, gateway: Any) -> Iterator[str]:
        """Services, as namespace/name, that a route surely or perhaps leads to through this Gateway."""
        yield from (name for name, _ in self.routes_of(gateway))

    def routes_of(self, gateway: Any) -> list[tuple[str, bool | None]]:
        """Services behind the Gateway, and whether they surely are."""
        found: dict[str, bool | None] = {}
        for parent in self._parents.get((gateway.cluster, gateway.namespace, gateway.name), ()):
            admitted = self._admits(gateway, parent)
            if not parent.is_gateway or admitted is False:
                continue
            for backend in self._backends.get((gateway.cluster, parent.route_key), ()):
                leads = both(admitted, backend.is_service, self._granted(backend))
                if leads is not False and backend.service_name:
                    name = f"{backend.backend_namespace or '?'}/{backend.service_name}"
                    found[name] = either(found.get(name, False), leads)
        return list(found.items())

    def behind_mesh_gateway(self, gateway: Any) -> set[str]:
        """Services, as namespace/name, that a VirtualService on this Gateway sends requests to."""
        attached = self._virtual.get((gateway.cluster, f"{gateway.namespace or ''}/{gateway.name}"), ())
        return {_service(host, row.namespace) for row in attached for host in row.destinations or ()}

    def _admits(self, gateway: Any, parent: Any) -> bool | None:
        answers: list[bool | None] = []
        for listener in self._listeners.get((gateway.cluster, gateway.gateway_key), ()):
            named = parent.has_section and None not in (parent.section_name, listener.listener)
            if named and parent.section_name != listener.listener:
                continue
            answers.append(self._admitted_by(listener, parent))
        return either(*answers)

    def _admitted_by(self, listener: Any, parent: Any) -> bool | None:
        match listener.admits_routes_from:
            case "All":
                return True
            case "Same":
                known = None not in (listener.namespace, parent.namespace)
                return bool(listener.namespace == parent.namespace) if known else None
            case "Selector":
                return self._labels.meets(parent.cluster, parent.namespace, listener.namespace_selector)
            case "None":
                return False
        return None

    def _granted(self, backend: Any) -> bool | None:
        if backend.is_elsewhere is not True:
            return None if backend.is_elsewhere is None else True
        grants = self._grants.get((backend.cluster, backend.backend_namespace, backend.namespace), ())
        return either(*(
            both(
                grant.is_about_services,
                None if grant.from_kind is None else grant.from_kind == backend.route_kind,
                not grant.has_name or (None if grant.to_name is None else grant.to_name == backend.service_name),
            )
            for grant in grants
        ))  # fmt: skip


def _index(rows: list[Any], *columns: str) -> dict[tuple[Any, ...], list[Any]]:
    found: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for row in rows:
        found[(row.cluster, *(getattr(row, column) for column in columns))].append(row)
    return found


def _service(host: str, namespace: str | None) -> str:
    """A short name means the VirtualService's own namespace; name.namespace.svc... means another."""
    name, dot, rest = host.partition(".")
    return f"{rest.partition('.')[0]}/{name}" if dot else f"{namespace or '?'}/{name}"

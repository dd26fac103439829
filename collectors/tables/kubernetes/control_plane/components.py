"""Components of the control plane where the cluster shows them: static pods, or workloads of its own namespace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.kubernetes.kinds import group_of, name_of
from collectors.tables.as_written import section, text
from collectors.tables.control_plane import find
from collectors.tables.control_plane.find import Component, Place, components, template_of
from collectors.tables.identity import surrogate
from collectors.tables.kubernetes.control_plane import kube_proxy
from collectors.tables.kubernetes.control_plane.api_server import KINDS, SUBJECT, api_server
from collectors.tables.kubernetes.control_plane.controllers import controller_manager, scheduler
from collectors.tables.kubernetes.control_plane.etcd import etcd
from collectors.tables.pod_specs.owners import NODE, POD, controller
from collectors.tables.schema import ClusterContext, Column, Sighting, UnseenPart, table

_OWN_NAMESPACES = (None, "", "kube-system")
_OWN_PREFIX = "openshift-"


@table("control_plane_components", grain="one container that runs a component", kinds=KINDS, subject=SUBJECT)
class ControlPlaneComponent(NamedTuple):
    """A component that runs as a pod. One that is a process of the machine, or the provider's, has no row."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    api_group: Annotated[str, Column("API group of the object; empty for the core group.")]
    kind: Annotated[str, Column("Kind of the object, such as Pod for a static pod.")]
    name: Annotated[str, Column("Name of the object.")]
    container: Annotated[str, Column("Name of the container.")]
    component_id: Annotated[str, Column("Surrogate key.", identity=True)]
    component: Annotated[str, Column("The program: kube-apiserver, etcd, kube-proxy and so on.")]
    image: Annotated[str | None, Column("Image as written.")]
    is_static: Annotated[bool, Column("Whether a node starts it from a file.")]
    is_readable: Annotated[bool, Column("Whether its command line could be read.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


_ROWS: dict[str, tuple[str, Callable[[ClusterContext, Sighting, Component, Place], Any]]] = {
    find.API_SERVER: ("api_server_settings", api_server),
    find.CONTROLLER_MANAGER: ("controller_manager_settings", controller_manager),
    find.SCHEDULER: ("scheduler_settings", scheduler),
    find.ETCD: ("etcd_settings", etcd),
}


class _Found(NamedTuple):
    sighting: Sighting
    component: Component
    place: Place
    is_static: bool
    config_map: str | None


class ControlPlane:
    """Finds components and fills the table of each."""

    reads: ClassVar[tuple[str, ...]] = (*KINDS, "ConfigMap")

    def __init__(self, cluster: ClusterContext) -> None:
        self._cluster = cluster
        self._found: list[_Found] = []
        self._files: dict[tuple[str | None, str | None], Sighting] = {}

    def observe(self, sighting: Sighting) -> None:
        """Keep what runs a component; a pod that a controller made says nothing that its template does not."""
        if sighting.kind == "ConfigMap":
            if sighting.name in kube_proxy.NAMES and sighting.namespace in _OWN_NAMESPACES:
                self._files[sighting.namespace, sighting.name] = sighting
        else:
            self._found.extend(_components(sighting))

    def rows(self) -> dict[str, list[Any]]:
        """The table of components, and the settings of each kind of them."""
        tables: dict[str, list[Any]] = {"control_plane_components": [], "kube_proxy_settings": self._proxies()}
        for name, _ in _ROWS.values():
            tables[name] = []
        for found in self._found:
            tables["control_plane_components"].append(self._component(found))
            fill = _ROWS.get(found.component.component)
            if fill is not None:
                tables[fill[0]].append(fill[1](self._cluster, found.sighting, found.component, found.place))
        return tables

    def unseen(self) -> list[UnseenPart]:
        """Nothing: a component that is not shown may not be there."""
        return []

    def _component(self, found: _Found) -> ControlPlaneComponent:
        return ControlPlaneComponent(
            self._cluster.name,
            found.sighting.namespace,
            *found.place,
            component=found.component.component,
            image=found.component.image,
            is_static=found.is_static,
            is_readable=found.component.line.readable,
            basis=self._cluster.basis,
            evidence_refs=found.sighting.refs,
        )

    def _proxies(self) -> list[kube_proxy.KubeProxySettings]:
        """A workload that reads its settings from a ConfigMap that was seen is judged by that ConfigMap."""
        rows = [
            kube_proxy.of_workload(self._cluster, each.sighting, each.component, each.place)
            for each in self._found
            if each.component.component == find.PROXY
            and not (each.component.line.names("config") and (each.sighting.namespace, each.config_map) in self._files)
        ]
        return rows + [kube_proxy.of_config_map(self._cluster, each) for each in self._files.values()]


def _components(sighting: Sighting) -> Iterator[_Found]:
    metadata = section(sighting.object, "metadata")
    owner = controller(metadata) if sighting.kind == POD else None
    if owner is not None and owner.kind != NODE:
        return
    template = template_of(sighting.kind, sighting.object)
    labels = section(section(template, "metadata"), "labels")
    spec = section(template, "spec")
    for found in components(spec, labels, sighting.name):
        if found.component == find.KUBELET or not _is_own(sighting, found, text(labels, "tier")):
            continue
        place = Place(
            group_of(sighting.kind), name_of(sighting.kind), sighting.name, found.container,
            f"{surrogate(sighting)}/{found.container}",
        )  # fmt: skip
        yield _Found(sighting, found, place, owner is not None, kube_proxy.config_map_of(spec))


def _is_own(sighting: Sighting, found: Component, tier: str | None) -> bool:
    """Whether it serves the cluster that shows it.

    What hosts control planes of tenants does so by controllers in namespaces of theirs, also on EKS and AKS, where
    the cluster's own control plane shows no pod. And etcd is a database for whoever wants one.
    """
    space = sighting.namespace
    if space in _OWN_NAMESPACES or space.startswith(_OWN_PREFIX):
        return True
    return sighting.kind == POD and (found.component != find.ETCD or tier == "control-plane")


BUILDERS = (ControlPlane,)

"""What ServiceMonitors and PodMonitors select.

Source: Prometheus operator, API reference of NamespaceSelector: `any`, else the namespaces that it names, else that of
the monitor itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from assessment.derived.selected_pods import SelectedPods
from collectors.tables.schema import ClusterContext, Column, table
from collectors.tables.selectors import labels_of, matches


@table(
    "monitored_services",
    grain="one ServiceMonitor and one Service that it selects",
    derived_from=("monitors", "services"),
    part="service_name",
)
class MonitoredService(NamedTuple):
    """A Service under a ServiceMonitor."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    service_namespace: Annotated[str | None, Column("Namespace of the Service, which may be any.")]
    monitor_key: Annotated[str, Column("Surrogate key of the monitor.", owner="monitors")]
    service_key: Annotated[str, Column("Surrogate key of the Service.", owner="services")]
    matches: Annotated[bool | None, Column("Whether the monitor selects it; NULL when not decidable.")]
    service_name: Annotated[str | None, Column("Name of the Service.")]
    evidence_refs: Annotated[list[str], Column("Evidence of the Service.")]


@table(
    "monitored_workloads",
    grain="one PodMonitor and one workload whose pods it selects",
    derived_from=("monitors", "workloads"),
    part="workload_name",
)
class MonitoredWorkload(NamedTuple):
    """A workload under a PodMonitor."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    workload_namespace: Annotated[str | None, Column("Namespace of the workload, which may be any.")]
    monitor_key: Annotated[str, Column("Surrogate key of the monitor.", owner="monitors")]
    workload_id: Annotated[str, Column("Surrogate key of the workload.", owner="workloads")]
    matches: Annotated[bool | None, Column("Whether the monitor selects its pods; NULL when not decidable.")]
    workload_name: Annotated[str | None, Column("Name of the workload.")]
    evidence_refs: Annotated[list[str], Column("Evidence of the workload.")]


class _Services:
    """Services of every cluster by namespace and by each of their labels."""

    def __init__(self, services: Iterable[Any]) -> None:
        self._all: dict[tuple[str, str | None], list[Any]] = {}
        self._labelled: dict[tuple[str, str | None, str], list[Any]] = {}
        self._namespaces: dict[str, list[str | None]] = {}
        for service in services:
            place = (service.cluster, service.namespace)
            if place not in self._all:
                self._namespaces.setdefault(service.cluster, []).append(service.namespace)
            self._all.setdefault(place, []).append(service)
            for label in ["?"] if service.labels is None else service.labels:
                self._labelled.setdefault((*place, label), []).append(service)

    def namespaces(self, cluster: str) -> Sequence[str | None]:
        """The namespaces that have Services."""
        return self._namespaces.get(cluster, ())

    def of(
        self, cluster: str, namespace: str | None, selector: Sequence[str] | None
    ) -> Iterator[tuple[Any, bool | None]]:
        """Each Service of a namespace that the selector picks, or may pick."""
        place = (cluster, namespace)
        wanted = [each for each in selector or () if "=" in each]
        found = self._all.get(place, ())
        if wanted:
            rarest = min((self._labelled.get((*place, each), []) for each in wanted), key=len)
            found = [*rarest, *self._labelled.get((*place, "?"), ())]
        for service in found:
            hit = matches(selector, labels_of(service.labels))
            if hit is not False:
                yield service, hit


def services(tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext]) -> list[MonitoredService]:
    """Every pair that matches or may match."""
    known = _Services(tables["services"])
    edges = []
    for monitor in tables["monitors"]:
        if monitor.kind == "ServiceMonitor":
            for namespace, certain in _places(monitor, known.namespaces(monitor.cluster)):
                for service, hit in known.of(monitor.cluster, namespace, monitor.selector):
                    edges.append(_edge(MonitoredService, monitor, service, service.service_key, hit and certain))
    return edges


def workloads(tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext]) -> list[MonitoredWorkload]:
    """Every pair that matches or may match."""
    monitors = [monitor for monitor in tables["monitors"] if monitor.kind == "PodMonitor"]
    known = SelectedPods(tables["workloads"]) if monitors else None
    namespaces: dict[str, list[str | None]] = {}
    for workload in tables["workloads"] if monitors else ():
        namespaces.setdefault(workload.cluster, []).append(workload.namespace)
    of_cluster = {cluster: list(dict.fromkeys(found)) for cluster, found in namespaces.items()}
    edges = []
    for monitor in monitors:
        picked: dict[str, tuple[Any, bool | None]] = {}
        for namespace, certain in _places(monitor, of_cluster.get(monitor.cluster, ())):
            for workload, hit in known.of(monitor.cluster, namespace, monitor.selector) if known else ():
                before = picked.get(workload.workload_id, (workload, None))[1]
                picked[workload.workload_id] = (workload, before or (hit and certain))
        edges += [_edge(MonitoredWorkload, monitor, found, key, hit) for key, (found, hit) in picked.items()]
    return edges


def _places(monitor: Any, existing: Sequence[str | None]) -> Iterator[tuple[str | None, bool | None]]:
    """The namespaces where it looks, true; where it may look, None. An unstated namespace may be any of them."""
    named, own = monitor.watched_namespaces, monitor.namespace
    for namespace in existing:
        if monitor.watches_every_namespace:
            yield namespace, True
        elif monitor.watches_every_namespace is None or named is None:
            yield namespace, None
        elif named:
            if namespace is None or namespace in named:
                yield namespace, None if namespace is None else True
        elif namespace is None or own is None:
            yield namespace, None
        elif namespace == own:
            yield namespace, True


def _edge(row: Any, monitor: Any, other: Any, key: str, hit: bool | None) -> Any:
    return row(monitor.cluster, other.namespace, monitor.monitor_key, key, hit or None, other.name, other.evidence_refs)


DERIVED = {"monitored_services": services, "monitored_workloads": workloads}

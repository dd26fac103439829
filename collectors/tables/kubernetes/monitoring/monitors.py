"""ServiceMonitors and PodMonitors: what Prometheus is told to watch.

Source: Prometheus operator, API reference of ServiceMonitor, PodMonitor and NamespaceSelector.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.kubernetes.kinds import group_of, name_of
from collectors.tables.as_written import Section, both, either, flag, pairs, section, sections, texts
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Relation, Sighting, Subject, table
from collectors.tables.selectors import matches, requirements

GROUP = "monitoring.coreos.com"
_API_SERVER = {"component": "apiserver", "provider": "kubernetes"}
_KINDS = (f"{GROUP}/ServiceMonitor", f"{GROUP}/PodMonitor")


@table(
    "monitors",
    grain="one ServiceMonitor or PodMonitor",
    kinds=_KINDS,
    relations=(
        Relation(
            "services", "monitored_services", (("monitor_key", "monitor_key"),), "Services that it selects.",
            when="kind = 'ServiceMonitor'",
        ),
        Relation(
            "workloads", "monitored_workloads", (("monitor_key", "monitor_key"),), "Workloads whose pods it selects.",
            when="kind = 'PodMonitor'",
        ),
    ),
    subject=Subject("api_group", "kind", "namespace", "name"),
)  # fmt: skip
class Monitor(NamedTuple):
    """A ServiceMonitor or PodMonitor."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    api_group: Annotated[str | None, Column("API group.")]
    kind: Annotated[str | None, Column("ServiceMonitor or PodMonitor.")]
    name: Annotated[str, Column("Name of the monitor.")]
    monitor_key: Annotated[str, Column("Surrogate key.", identity=True)]
    labels: Annotated[list[str] | None, Column("Its own labels as key=value, by which Prometheus selects it.")]
    selector: Annotated[list[str] | None, Column("Requirements on the labels of what it watches; empty means all.")]
    watches_every_namespace: Annotated[bool | None, Column("Whether it looks in all namespaces.")]
    watched_namespaces: Annotated[list[str] | None, Column("Namespaces that it names, sorted; empty means its own.")]
    is_for_the_cluster_itself: Annotated[
        bool | None,
        Column("Whether it watches what every cluster brings along: Services of kube-system, or the API server's own."),
    ]
    endpoint_count: Annotated[int | None, Column("Ports that it scrapes.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class Monitors(OneRowPerObject):
    """One row per ServiceMonitor or PodMonitor."""

    reads = _KINDS
    fills = "monitors"

    def row(self, sighting: Sighting) -> Monitor:
        """An empty selector, and one that is not written, selects everything in its namespaces."""
        spec = section(sighting.object, "spec")
        places = section(spec, "namespaceSelector")
        named = texts(places, "matchNames")
        scraped = sections(spec, "endpoints" if name_of(sighting.kind) == "ServiceMonitor" else "podMetricsEndpoints")
        return Monitor(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            api_group=group_of(sighting.kind),
            kind=name_of(sighting.kind),
            name=sighting.name,
            monitor_key=surrogate(sighting),
            labels=pairs(section(sighting.object, "metadata"), "labels"),
            selector=requirements(section(spec, "selector")),
            watches_every_namespace=flag(places, "any", default=False),
            watched_namespaces=None if named is None else sorted(set(named)),
            is_for_the_cluster_itself=_is_for_the_cluster(requirements(section(spec, "selector")), places, named),
            endpoint_count=None if scraped is None else len(scraped),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _is_for_the_cluster(selector: list[str] | None, places: Section | None, named: list[str] | None) -> bool | None:
    """Source: Kubernetes, pkg/controlplane: the API server makes the Service kubernetes with these labels itself."""
    everywhere = flag(places, "any", default=False)
    if named is None or everywhere is None:
        return None
    of_server = both(everywhere or "default" in named, matches(selector, _API_SERVER) if selector != [] else False)
    return either("kube-system" in named, of_server)


BUILDERS = (Monitors,)

"""kube-proxy: where it shows its metrics, by its command line or by the ConfigMap that holds its configuration."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from collectors.tables.as_written import Section, section, sections, text
from collectors.tables.control_plane.addresses import host_of_bind, is_loopback
from collectors.tables.control_plane.find import Component, Place
from collectors.tables.control_plane.written_file import yaml_of
from collectors.tables.identity import surrogate
from collectors.tables.kubernetes.control_plane.api_server import KINDS, SUBJECT
from collectors.tables.schema import ClusterContext, Column, Sighting, table

NAMES = ("kube-proxy", "kube-proxy-config")
_KEYS = ("config.conf", "config", "config.yaml")
_DEFAULT = "127.0.0.1:10249"


@table("kube_proxy_settings", grain="one place where kube-proxy is set up", kinds=KINDS, subject=SUBJECT)
class KubeProxySettings(NamedTuple):
    """A ConfigMap that holds its configuration, or a workload that runs it by flags or by a file that was not seen."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    api_group: Annotated[str, Column("API group of the object; empty for the core group.")]
    kind: Annotated[str, Column("Kind of the object, such as DaemonSet.")]
    name: Annotated[str, Column("Name of the object.")]
    container: Annotated[str | None, Column("Name of the container; NULL for a ConfigMap.")]
    component_id: Annotated[str, Column("Surrogate key.", identity=True)]
    metrics_on_loopback: Annotated[
        bool | None, Column("Whether only its own machine reaches its metrics; true when unset.")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


def of_config_map(cluster: ClusterContext, sighting: Sighting) -> KubeProxySettings:
    """Source: KubeProxyConfiguration v1alpha1, metricsBindAddress."""
    data = section(sighting.object, "data")
    key = next((key for key in _KEYS if data and key in data), None)
    read: Any = yaml_of(text(data, key)) if key else None
    return KubeProxySettings(
        cluster.name,
        sighting.namespace,
        "",
        "ConfigMap",
        sighting.name,
        None,
        surrogate(sighting),
        metrics_on_loopback=_on_loopback(text(read, "metricsBindAddress", "")) if isinstance(read, dict) else None,
        basis=cluster.basis,
        evidence_refs=sighting.refs,
    )


def of_workload(cluster: ClusterContext, sighting: Sighting, found: Component, place: Place) -> KubeProxySettings:
    """Beside --config the flag counts for nothing, and the file was not seen."""
    line = found.line
    in_file = line.names("config")
    return KubeProxySettings(
        cluster.name,
        sighting.namespace,
        *place,
        metrics_on_loopback=_on_loopback(line.text("metrics-bind-address", "")) if in_file is False else None,
        basis=cluster.basis,
        evidence_refs=sighting.refs,
    )


def config_map_of(pod: Section | None) -> str | None:
    """The ConfigMap that a pod of kube-proxy mounts its configuration from."""
    for volume in sections(pod, "volumes") or ():
        name = text(section(volume, "configMap"), "name")
        if name in NAMES:
            return name
    return None


def _on_loopback(address: str | None) -> bool | None:
    return None if address is None else is_loopback(host_of_bind(address or _DEFAULT))

"""Nodes: the machines that pods run on, as the cluster describes them."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.tables.as_written import Section, flag, pairs, section, sections, text
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.reading import minor_version
from collectors.tables.schema import Column, Relation, Sighting, Subject, table

_CONTROL_PLANE = ("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master")


@table(
    "nodes",
    grain="one Node",
    kinds=("Node",),
    namespaced=False,
    relations=(
        Relation("cluster", "clusters", (), "Its cluster.", minimum=1, maximum=1),
        Relation("kubelet", "kubelets", (("name", "name"),), "Its kubelet.", minimum=1, maximum=1),
        Relation("usage", "node_usage", (("name", "name"),), "What it uses.", maximum=1),
    ),
    subject=Subject(None, None, None, "name", fixed_kind="Node"),
)
class Node(NamedTuple):
    """A Node."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Name of the node.", identity=True)]
    labels: Annotated[list[str] | None, Column("Labels as key=value.")]
    is_control_plane: Annotated[bool | None, Column("Whether a role label marks it as control plane.")]
    is_ready: Annotated[bool | None, Column("Whether its Ready condition is true; NULL when not reported.")]
    is_cordoned: Annotated[bool | None, Column("Whether it takes no new pods.")]
    is_windows: Annotated[bool | None, Column("Whether its operating system is Windows.")]
    is_virtual: Annotated[bool | None, Column("Whether it is no machine: virtual kubelet, Fargate or KWOK.")]
    kubelet_version: Annotated[str | None, Column("Version of its kubelet, as reported.")]
    kubelet_minor: Annotated[int | None, Column("Minor version of its kubelet.")]
    container_runtime: Annotated[str | None, Column("Container runtime and version.")]
    os_image: Annotated[str | None, Column("Operating system image.")]
    kernel_version: Annotated[str | None, Column("Kernel version.")]
    architecture: Annotated[str | None, Column("Processor architecture.")]
    zone: Annotated[str | None, Column("Zone, from its topology label.")]
    instance_type: Annotated[str | None, Column("Machine type, from its label.")]
    provider: Annotated[str | None, Column("Provider of the machine, from providerID: aws, azure, gce.")]
    external_addresses: Annotated[list[str] | None, Column("Addresses reachable from outside.")]
    taints: Annotated[list[str] | None, Column("Taints as key=value:effect.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class Nodes(OneRowPerObject):
    """One row per Node."""

    reads = ("Node",)
    fills = "nodes"

    def row(self, sighting: Sighting) -> Node:
        """The node as its labels, spec and status describe it."""
        metadata = section(sighting.object, "metadata")
        labels = section(metadata, "labels")
        spec = section(sighting.object, "spec")
        status = section(sighting.object, "status")
        machine = section(status, "nodeInfo")
        system = text(machine, "operatingSystem") or text(labels, "kubernetes.io/os")
        kubelet = text(machine, "kubeletVersion")
        return Node(
            cluster=self.cluster.name,
            name=sighting.name,
            labels=pairs(metadata, "labels"),
            is_control_plane=None if labels is None else any(role in labels for role in _CONTROL_PLANE),
            is_ready=_is_ready(status),
            is_cordoned=flag(spec, "unschedulable", default=False),
            is_windows=None if system is None else system == "windows",
            is_virtual=_is_virtual(metadata, labels),
            kubelet_version=kubelet,
            kubelet_minor=minor_version(kubelet),
            container_runtime=text(machine, "containerRuntimeVersion"),
            os_image=text(machine, "osImage"),
            kernel_version=text(machine, "kernelVersion"),
            architecture=text(machine, "architecture") or text(labels, "kubernetes.io/arch"),
            zone=text(labels, "topology.kubernetes.io/zone"),
            instance_type=text(labels, "node.kubernetes.io/instance-type"),
            provider=_provider(spec),
            external_addresses=_external(status),
            taints=_taints(spec),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _is_ready(status: Section | None) -> bool | None:
    for condition in sections(status, "conditions") or ():
        if text(condition, "type") == "Ready":
            return {"True": True, "False": False, "Unknown": False}.get(text(condition, "status") or "")
    return None


def _is_virtual(metadata: Section | None, labels: Section | None) -> bool | None:
    if metadata is None or labels is None:
        return None
    kwok = "kwok.x-k8s.io/node" in (section(metadata, "annotations") or {})
    fargate = labels.get("eks.amazonaws.com/compute-type") == "fargate"
    return kwok or fargate or labels.get("type") in ("virtual-kubelet", "kwok")


def _provider(spec: Section | None) -> str | None:
    named, separator, _ = (text(spec, "providerID") or "").partition("://")
    return named if separator else None


def _external(status: Section | None) -> list[str] | None:
    found = sections(status, "addresses")
    if found is None:
        return None
    kinds = ("ExternalIP", "ExternalDNS")
    outside = [text(each, "address") for each in found if text(each, "type") in kinds]
    return None if None in outside else sorted(each for each in outside if each)


def _taints(spec: Section | None) -> list[str] | None:
    found = sections(spec, "taints")
    if found is None or any(text(each, "key") is None for each in found):
        return None
    parts = [(text(each, "key"), text(each, "value", ""), text(each, "effect", "")) for each in found]
    return sorted(f"{key}={value}:{effect}" for key, value, effect in parts)


BUILDERS = (Nodes,)

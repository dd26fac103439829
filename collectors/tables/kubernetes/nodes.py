"""Nodes: the machines that pods run on, as the cluster describes them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, NamedTuple

from collectors.tables.as_written import Section, flag, instant, is_set, pairs, section, sections, text
from collectors.tables.node_lifecycles import is_os_supported, is_runtime_supported, runtime_serves
from collectors.tables.node_status import (
    amount_of,
    condition,
    cordoned,
    is_leaving_soon,
    just_joined,
    names_public_address,
    problems_of,
    takes_pods,
    zone_of,
)
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.reading import minor_version
from collectors.tables.schema import Column, Relation, Sighting, Subject, table

_MANAGED = ("eks.amazonaws.com/", "kubernetes.azure.com/", "cloud.google.com/gke-")
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
        Relation("agents", "node_agents", (("name", "node_name"),), "Jobs that every node needs, done or not."),
        Relation(
            "load", "node_capacity", (("name", "node_name"),), "What its pods ask of it.", minimum=1, maximum=1
        ),
    ),
    subject=Subject(None, None, None, "name", fixed_kind="Node"),
)
class Node(NamedTuple):
    """A Node."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Name of the node.")]
    labels: Annotated[list[str] | None, Column("Labels as key=value.")]
    is_control_plane: Annotated[bool | None, Column("Whether a role label marks it as control plane.")]
    is_ready: Annotated[bool | None, Column("Whether its Ready condition is true; NULL when not reported.")]
    has_created_at: Annotated[bool, Column("Whether the cluster says when it was created.")]
    created_at: Annotated[datetime | None, Column("Creation, UTC.", guard="has_created_at")]
    is_new: Annotated[bool | None, Column("Whether it was created in the last ten minutes.")]
    has_memory_pressure: Annotated[bool | None, Column("Whether it reports too little memory.")]
    has_disk_pressure: Annotated[bool | None, Column("Whether it reports too little disk.")]
    has_pid_pressure: Annotated[bool | None, Column("Whether it reports too many processes.")]
    is_network_unavailable: Annotated[
        bool | None, Column("Whether its network is reported as not set up; false where nobody reports on it.")
    ]
    other_problems: Annotated[
        list[str] | None,
        Column("Conditions beyond those of the kubelet by which a problem detector reports a fault, sorted."),
    ]
    has_other_problem: Annotated[bool | None, Column("Whether there is one of these.")]
    has_problem_detector: Annotated[
        bool | None, Column("Whether conditions beyond those of the kubelet are reported at all.")
    ]
    is_cordoned: Annotated[bool | None, Column("Whether it takes no new pods.")]
    has_cordoned_at: Annotated[bool | None, Column("Whether the taint of the cordon says since when.")]
    cordoned_at: Annotated[
        datetime | None, Column("When it stopped taking new pods, UTC.", guard="has_cordoned_at")
    ]
    is_leaving: Annotated[
        bool | None, Column("Whether its deletion was asked for, or an autoscaler has marked it for removal.")
    ]
    takes_any_pod: Annotated[
        bool | None,
        Column("Whether it is a Ready worker that takes pods without special tolerations: not cordoned, not tainted."),
    ]
    is_windows: Annotated[bool | None, Column("Whether its operating system is Windows.")]
    is_virtual: Annotated[bool | None, Column("Whether it is no machine: virtual kubelet, Fargate or KWOK.")]
    kubelet_version: Annotated[str | None, Column("Version of its kubelet, as reported.")]
    kubelet_minor: Annotated[int | None, Column("Minor version of its kubelet.")]
    container_runtime: Annotated[str | None, Column("Container runtime and version.")]
    is_runtime_supported: Annotated[
        bool | None, Column("Whether its container runtime is still mended; NULL when no fresh calendar knows it.")
    ]
    runtime_serves_next_minor: Annotated[
        bool | None, Column("Whether the kubelet of the cluster's next minor version works with its container runtime.")
    ]
    is_os_supported: Annotated[
        bool | None, Column("Whether its operating system is still mended; NULL when no fresh calendar knows it.")
    ]
    os_image: Annotated[str | None, Column("Operating system image.")]
    kernel_version: Annotated[str | None, Column("Kernel version.")]
    architecture: Annotated[str | None, Column("Processor architecture.")]
    has_zone: Annotated[bool | None, Column("Whether it is in a zone; Azure calls no zone 0.")]
    zone: Annotated[str | None, Column("Zone, from its topology label.", guard="has_zone")]
    instance_type: Annotated[str | None, Column("Machine type, from its label.")]
    is_in_cloud: Annotated[bool | None, Column("Whether its providerID names a machine of AWS, Azure or Google.")]
    provider: Annotated[str | None, Column("Provider of the machine, from providerID: aws, azure, gce.")]
    is_of_managed_service: Annotated[
        bool | None, Column("Whether labels show EKS, AKS or GKE, which keep a calendar of their own.")
    ]
    external_addresses: Annotated[list[str] | None, Column("Addresses reachable from outside.")]
    has_public_address: Annotated[
        bool | None, Column("Whether it names an address that the internet routes; of its internal ones IPv4 only.")
    ]
    taints: Annotated[list[str] | None, Column("Taints as key=value:effect.")]
    allocatable_cpu_millicores: Annotated[int | None, Column("Processor time that pods may request.")]
    allocatable_memory_bytes: Annotated[int | None, Column("Memory that pods may request.")]
    allocatable_storage_bytes: Annotated[int | None, Column("Local storage that pods may request.")]
    allocatable_pods: Annotated[int | None, Column("Pods that it takes at most.")]
    capacity_cpu_millicores: Annotated[int | None, Column("Processor time of the machine.")]
    capacity_memory_bytes: Annotated[int | None, Column("Memory of the machine.")]
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
        runtime, image = text(machine, "containerRuntimeVersion"), text(machine, "osImage")
        minor, as_of = self.cluster.kubernetes_minor, self.cluster.as_of
        is_ready = condition(status, "Ready", absent=None, unknown=False)
        is_cordoned = flag(spec, "unschedulable", default=False)
        is_virtual, taints, is_leaving = _is_virtual(metadata, labels), _taints(spec), is_leaving_soon(metadata, spec)
        allocatable, capacity = section(status, "allocatable"), section(status, "capacity")
        problems = problems_of(status)
        zone = zone_of(labels)
        return Node(
            cluster=self.cluster.name,
            name=sighting.name,
            labels=pairs(metadata, "labels"),
            is_control_plane=None if labels is None else any(role in labels for role in _CONTROL_PLANE),
            is_ready=is_ready,
            has_created_at=is_set(metadata, "creationTimestamp"),
            created_at=instant(metadata, "creationTimestamp"),
            is_new=just_joined(metadata, as_of),
            has_memory_pressure=condition(status, "MemoryPressure", absent=None),
            has_disk_pressure=condition(status, "DiskPressure", absent=None),
            has_pid_pressure=condition(status, "PIDPressure", absent=None),
            is_network_unavailable=condition(status, "NetworkUnavailable", absent=False),
            other_problems=None if problems is None else sorted(name for name, holds in problems.items() if holds),
            has_other_problem=None if problems is None else any(problems.values()),
            has_problem_detector=None if problems is None else bool(problems),
            is_cordoned=is_cordoned,
            has_cordoned_at=cordoned(spec)[0],
            cordoned_at=cordoned(spec)[1],
            is_leaving=is_leaving,
            takes_any_pod=takes_pods(is_ready, is_cordoned, is_virtual, is_leaving, taints),
            is_windows=None if system is None else system == "windows",
            is_virtual=is_virtual,
            kubelet_version=kubelet,
            kubelet_minor=minor_version(kubelet),
            container_runtime=runtime,
            is_runtime_supported=is_runtime_supported(runtime, as_of),
            runtime_serves_next_minor=runtime_serves(runtime, None if minor is None else minor + 1),
            is_os_supported=is_os_supported(image, as_of),
            os_image=image,
            kernel_version=text(machine, "kernelVersion"),
            architecture=text(machine, "architecture") or text(labels, "kubernetes.io/arch"),
            has_zone=zone[0],
            zone=zone[1],
            instance_type=text(labels, "node.kubernetes.io/instance-type"),
            is_in_cloud=_is_in_cloud(spec),
            provider=_provider(spec),
            is_of_managed_service=None if labels is None else any(str(key).startswith(_MANAGED) for key in labels),
            external_addresses=_external(status),
            has_public_address=names_public_address(status),
            taints=taints,
            allocatable_cpu_millicores=amount_of(allocatable, "cpu", 1000),
            allocatable_memory_bytes=amount_of(allocatable, "memory"),
            allocatable_storage_bytes=amount_of(allocatable, "ephemeral-storage"),
            allocatable_pods=amount_of(allocatable, "pods"),
            capacity_cpu_millicores=amount_of(capacity, "cpu", 1000),
            capacity_memory_bytes=amount_of(capacity, "memory"),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _is_virtual(metadata: Section | None, labels: Section | None) -> bool | None:
    if metadata is None or labels is None:
        return None
    kwok = "kwok.x-k8s.io/node" in (section(metadata, "annotations") or {})
    fargate = labels.get("eks.amazonaws.com/compute-type") == "fargate"
    return kwok or fargate or labels.get("type") in ("virtual-kubelet", "kwok")


def _is_in_cloud(spec: Section | None) -> bool | None:
    named = text(spec, "providerID", default="")
    return None if named is None else named.startswith(("aws://", "azure://", "gce://"))


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

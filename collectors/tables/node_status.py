"""What a Node's spec and status say of its health, its room and its place."""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import ip_address

from collectors.tables.as_written import Section, both, either, instant, is_set, opposite, sections, text
from collectors.tables.pod_specs.resources import quantity

# Taints of nodes that whoever scales the cluster is about to remove: Cluster Autoscaler, Karpenter 1.x and before.
_LEAVING = ("ToBeDeletedByClusterAutoscaler", "karpenter.sh/disrupted", "karpenter.sh/disruption")
_UNSCHEDULABLE = "node.kubernetes.io/unschedulable"
_NO_FAULT = frozenset({
    "Ready", "MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable", "OutOfDisk",
    "EtcdIsVoter",  # of k3s and RKE2
})  # fmt: skip
_JOINING = timedelta(minutes=10)


def condition(
    status: Section | None, kind: str, *, absent: bool | None, unknown: bool | None = None
) -> bool | None:
    """Source: Kubernetes documentation, "Node Status", conditions. A node without any condition says nothing."""
    found = sections(status, "conditions")
    for condition in found or ():
        if text(condition, "type") == kind:
            return {"True": True, "False": False, "Unknown": unknown}.get(text(condition, "status") or "")
    return absent if found and None not in found else None


def problems_of(status: Section | None) -> dict[str, bool] | None:
    """What others than the kubelet report of the node, and whether it is a fault: KernelDeadlock, or KernelReady false.

    Source: node-problem-detector; Amazon EKS User Guide, "Node monitoring agent".
    """
    found = sections(status, "conditions")
    if not found or any(text(each, "type") is None for each in found):
        return None
    told = {text(each, "type", "") or "": text(each, "status") for each in found}
    others = {name: said for name, said in told.items() if name not in _NO_FAULT}
    return {name: said == ("False" if name.endswith("Ready") else "True") for name, said in others.items()}


def cordoned(spec: Section | None) -> tuple[bool | None, datetime | None]:
    """Since when: the node lifecycle controller dates the taint that goes with a cordon."""
    found = sections(spec, "taints")
    if found is None or None in found:
        return None, None
    dated = [each for each in found if text(each, "key") == _UNSCHEDULABLE and is_set(each, "timeAdded")]
    return bool(dated), instant(dated[0], "timeAdded") if dated else None


def is_leaving_soon(metadata: Section | None, spec: Section | None) -> bool | None:
    """Whether its deletion was asked for, or an autoscaler marked it for removal."""
    taints = sections(spec, "taints")
    marked = None if taints is None else either(*(_is_one_of(text(each, "key"), _LEAVING) for each in taints))
    return either(None if metadata is None else metadata.get("deletionTimestamp") is not None, marked)


def _is_one_of(key: str | None, names: tuple[str, ...]) -> bool | None:
    return None if key is None else key in names


def takes_pods(
    is_ready: bool | None, is_cordoned: bool | None, is_virtual: bool | None, is_leaving: bool | None,
    taints: list[str] | None,
) -> bool | None:  # fmt: skip
    """A taint with the effect PreferNoSchedule keeps nobody away. A control plane node without taints is a worker."""
    is_tainted = None if taints is None else any(not each.endswith(":PreferNoSchedule") for each in taints)
    return both(is_ready, opposite(either(is_tainted, is_cordoned, is_virtual, is_leaving)))


def zone_of(labels: Section | None) -> tuple[bool | None, str | None]:
    """Source: Azure documentation, "Availability zones in AKS": a node outside zones carries the zone 0, or one named
    after the region with -0 ("westeurope-0")."""
    named = text(labels, "topology.kubernetes.io/zone", "")
    if named is None:
        return None, None
    is_zone = named not in ("", "0") and not named.endswith("-0")
    return is_zone, named if is_zone else None


def amount_of(parent: Section | None, name: str, units: int = 1) -> int | None:
    """An amount of a resource in whole units; None when it is not given or not readable."""
    return None if parent is None else quantity(parent.get(name), units)


def names_public_address(status: Section | None) -> bool | None:
    """An internal IPv6 address is routed everywhere and reachable from nowhere, as clouds set it up."""
    found = sections(status, "addresses")
    return None if found is None else either(*(_is_public(text(each, "type"), text(each, "address")) for each in found))


def _is_public(kind: str | None, address: str | None) -> bool | None:
    if kind not in ("ExternalIP", "InternalIP"):
        return None if kind is None else False
    try:
        read = ip_address(address or "")
    except ValueError:
        return None
    return read.is_global and (kind == "ExternalIP" or read.version == 4)


def just_joined(metadata: Section | None, as_of: datetime | None) -> bool | None:
    """Whether it was created so short ago that it may still be joining."""
    if not is_set(metadata, "creationTimestamp"):
        return False
    created = instant(metadata, "creationTimestamp")
    return None if created is None or as_of is None else as_of - created < _JOINING

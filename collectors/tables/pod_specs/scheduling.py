"""What the scheduler and whoever drains a node read of a pod: requests, tolerations, local data, and pleas to stay."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from collectors.tables.as_written import Section, either, section, sections, text
from collectors.tables.pod_specs.containers import every_container
from collectors.tables.pod_specs.resources import quantity

Values = dict[str, Any]
# A volume of these kinds lives and dies with its node. Source: Cluster Autoscaler FAQ, "pods with local storage".
_LOCAL = ("emptyDir", "hostPath")
_STAY = {
    "cluster-autoscaler.kubernetes.io/safe-to-evict": "false",
    "karpenter.sh/do-not-disrupt": "true",
    "karpenter.sh/do-not-evict": "true",
}
ANY_TAINT = "*"


def scheduling_values(pod: Section) -> Values:
    """The columns of a pod's row that say where it can go."""
    spec = section(pod, "spec")
    return {
        "requested_cpu_millicores": _requested(spec, "cpu", 1000),
        "requested_memory_bytes": _requested(spec, "memory", 1),
        "tolerated_taint_keys": _tolerated(spec),
        "has_local_storage": _has_local_storage(spec),
        "asks_not_to_be_moved": _asks_to_stay(section(section(pod, "metadata"), "annotations")),
    }


def _requested(spec: Section | None, name: str, units: int) -> int | None:
    """Source: Kubernetes documentation, "Sidecar Containers", resource sharing within containers: the sum of main
    containers and sidecars, or the largest init container with the sidecars started before it, and the overhead."""
    running = starting = sidecars = 0
    for container in every_container(spec):
        asked = 0 if container.container_type == "ephemeral" else _asked(container.spec, name, units)
        if asked is None:
            return None
        if container.container_type == "init":
            starting = max(starting, asked + sidecars)
            continue
        running += asked
        sidecars += asked if container.container_type == "sidecar" else 0
    own, overhead = section(section(spec, "resources"), "requests"), _amount(section(spec, "overhead"), name, units)
    if own is None or overhead is None:
        return None
    whole = max(running, starting) if own.get(name) is None else _amount(own, name, units)
    return None if whole is None else whole + overhead


def _asked(container: Section | None, name: str, units: int) -> int | None:
    """A request that is not written equals the limit; without either nothing is asked for."""
    resources = section(container, "resources")
    for which in ("requests", "limits"):
        amounts = section(resources, which)
        if amounts is None:
            return None
        if amounts.get(name) is not None:
            return _amount(amounts, name, units)
    return 0


def _amount(amounts: Section | None, name: str, units: int) -> int | None:
    if amounts is None:
        return None
    value = amounts.get(name)
    if value is None:
        return 0
    return _parsed(value, units) if isinstance(value, str | int | float) else None


@lru_cache(maxsize=4096)
def _parsed(value: str | int | float, units: int) -> int | None:
    return quantity(value, units)


def _tolerated(spec: Section | None) -> list[str] | None:
    """Keys of the taints it tolerates; `*` where it tolerates every taint."""
    found = sections(spec, "tolerations")
    if found is None or None in found:
        return None
    keys = [text(each, "key", ANY_TAINT) or ANY_TAINT for each in found]
    return sorted(set(keys))


def _has_local_storage(spec: Section | None) -> bool | None:
    volumes = sections(spec, "volumes")
    if volumes is None or None in volumes:
        return None
    return any(each is not None and any(each.get(kind) is not None for kind in _LOCAL) for each in volumes)


def _asks_to_stay(annotations: Section | None) -> bool | None:
    if annotations is None:
        return None
    said = {name: text(annotations, name, "") for name in _STAY}
    return either(*(None if said[name] is None else said[name] == value for name, value in _STAY.items()))

"""Whether what runs on a node is still mended by its makers, from `data/lifecycles/nodes.yaml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

import yaml

from collectors.resources import data
from collectors.tables.lifecycles import calendar, still_known

_CRI_O = re.compile(r"cri-o://1\.(\d{1,3})\.")
_CONTAINERD_1 = "containerd://1."
# Kubernetes CHANGELOG of 1.35: the last release that works with containerd 1.x.
LAST_MINOR_WITH_CONTAINERD_1 = 35


@dataclass(frozen=True, slots=True)
class _Ending:
    begins: str
    ends: datetime
    checked_on: date


def is_os_supported(image: str | None, as_of: datetime | None) -> bool | None:
    """Whether the maker of this operating system still mends it; None when no calendar that is fresh knows it."""
    return _is_supported(_endings("operating_systems", "image"), image, as_of)


def is_runtime_supported(runtime: str | None, as_of: datetime | None) -> bool | None:
    """Whether this container runtime is still mended. CRI-O keeps the calendar of the Kubernetes minor it is named
    after. Source: CRI-O, README, "Compatibility matrix"."""
    minor = _CRI_O.match(runtime or "")
    if minor is None or as_of is None:
        return _is_supported(_endings("runtimes", "runtime"), runtime, as_of)
    ends = calendar("kubernetes").support_of(int(minor.group(1)), as_of).standard_ends
    return None if ends is None else as_of < ends


def runtime_serves(runtime: str | None, minor: int | None) -> bool | None:
    """Whether a kubelet of this minor version works with this runtime."""
    if runtime is None:
        return None
    if runtime.startswith("docker://"):
        return minor is not None and minor < 24
    if not runtime.startswith(_CONTAINERD_1):
        return True
    return None if minor is None else minor <= LAST_MINOR_WITH_CONTAINERD_1


def _is_supported(endings: tuple[_Ending, ...], said: str | None, as_of: datetime | None) -> bool | None:
    if said is None or as_of is None:
        return None
    for each in endings:
        goes_on = each.begins[-1].isdigit() and said[len(each.begins) :][:1].isdigit()
        if said.startswith(each.begins) and not goes_on:
            ends = still_known(each.ends, each.checked_on, as_of)
            return None if ends is None else as_of < ends
    return None


@cache
def _endings(what: str, begins: str) -> tuple[_Ending, ...]:
    """The calendar, longest beginnings first."""
    written: dict[str, Any] = yaml.safe_load(data("lifecycles", "nodes.yaml").read_text())
    found = [
        _Ending(each[begins], _midnight(each["support_ends"]), each.get("checked_on", written["checked_on"]))
        for each in written[what]
    ]
    return tuple(sorted(found, key=lambda each: -len(each.begins)))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)

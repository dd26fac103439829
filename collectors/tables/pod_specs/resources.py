"""Quantities, and the requests and limits that apply to a container.

Source: Kubernetes API conventions on quantities; "Resource Management for Pods and Containers" (a request that
is not written equals the limit; pod-level resources bound all containers of the pod; zero means none).
"""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, Decimal
from typing import Any

from collectors.tables.as_written import Section, section
from collectors.tables.pod_specs.settings import Setting

_QUANTITY = re.compile(
    r"([+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30}))(?:([eE][+-]?\d{1,2})|([numkMGTPE]|[KMGTPE]i))?", re.ASCII
)
_SUFFIXES = {
    "n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"), "k": Decimal(10) ** 3, "M": Decimal(10) ** 6,
    "G": Decimal(10) ** 9, "T": Decimal(10) ** 12, "P": Decimal(10) ** 15, "E": Decimal(10) ** 18,
    "Ki": Decimal(2) ** 10, "Mi": Decimal(2) ** 20, "Gi": Decimal(2) ** 30, "Ti": Decimal(2) ** 40,
    "Pi": Decimal(2) ** 50, "Ei": Decimal(2) ** 60,
}  # fmt: skip
_LARGEST = 2**63 - 1
POD_LEVEL_BY_GATE, POD_LEVEL_BY_DEFAULT = 32, 34


def quantity(value: Any, units: int = 1) -> int | None:
    """A quantity in `1/units` (1000 for millicores), rounded up; None when it is not a quantity that fits."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    match = _QUANTITY.fullmatch(str(value))
    if match is None:
        return None
    number, exponent, suffix = match.groups()
    amount = Decimal(number + (exponent or "")) * _SUFFIXES.get(suffix or "", Decimal(1)) * units
    whole = int(amount.to_integral_value(ROUND_CEILING))
    return whole if 0 <= whole <= _LARGEST else None


def request(container: Section | None, pod: Section | None, name: str, units: int) -> Setting[int]:
    """The effective request: its own, else its limit, else the pod's request or limit."""
    return _first(
        [(_amounts(holder, "requests"), _amounts(holder, "limits")) for holder in (container, pod)],
        name,
        units,
    )


def limit(container: Section | None, pod: Section | None, name: str, units: int) -> Setting[int]:
    """The effective limit: its own, else the pod's, which bounds every container of it."""
    return _first([(_amounts(holder, "limits"),) for holder in (container, pod)], name, units)


def of_pod(pod: Section | None, minor: int | None) -> Section | None:
    """The pod's own resources as the server of this minor heeds them: {} where it drops the field, None where a
    feature gate decides.

    Source: Kubernetes documentation, "Assign Pod-level CPU and memory resources": alpha 1.32, on by default 1.34.
    """
    if not pod or pod.get("resources") is None or minor is None or minor >= POD_LEVEL_BY_DEFAULT:
        return pod
    return None if minor >= POD_LEVEL_BY_GATE else {}


def _amounts(holder: Section | None, which: str) -> Section | None:
    return section(section(holder, "resources"), which)


def _first(holders: list[tuple[Section | None, ...]], name: str, units: int) -> Setting[int]:
    """The first written amount; a written zero ends the search within its holder."""
    for amounts in holders:
        for place in amounts:
            if place is None:
                return None, None
            if place.get(name) is None:
                continue
            found = quantity(place[name], units)
            if found is None:
                return None, None
            if found > 0:
                return True, found
            break
    return False, None

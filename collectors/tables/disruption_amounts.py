"""minAvailable and maxUnavailable of a PodDisruptionBudget: a count or a percentage, and the room they leave.

Percentages of minAvailable and of maxUnavailable are both rounded up. Source: Kubernetes documentation,
"Specifying a Disruption Budget for your Application", rounding logic when specifying percentages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from collectors.tables.as_written import Section, is_set

_PERCENT = re.compile(r"(\d{1,3})%")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount as written: a count, a percentage, not set at all, or not readable (set, and neither)."""

    is_set: bool
    count: int | None
    percent: int | None

    @property
    def may_be_count(self) -> bool:
        """Whether it is a count, or cannot be read."""
        return self.is_set and self.percent is None

    @property
    def may_be_percent(self) -> bool:
        """Whether it is a percentage, or cannot be read."""
        return self.is_set and self.count is None

    @property
    def is_full(self) -> bool | None:
        """Whether it is 100% or more; False when not set."""
        if not self.is_set or self.count is not None:
            return False
        return None if self.percent is None else self.percent >= 100

    @property
    def is_zero(self) -> bool | None:
        """Whether it is 0 or 0%; False when not set."""
        if not self.is_set or self.count is not None:
            return self.count == 0
        return None if self.percent is None else self.percent == 0

    def of(self, pods: int) -> int | None:
        """The amount for so many pods, percentages rounded up; None when not readable."""
        if self.count is not None:
            return self.count
        return None if self.percent is None else -(-self.percent * pods // 100)


def amount(parent: Section | None, name: str) -> Amount:
    """The amount under `name`."""
    value = None if parent is None else parent.get(name)
    found = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31
    return Amount(is_set(parent, name), value if is_count else None, int(found.group(1)) if found else None)


def leaves_room(least: Amount, most: Amount, pods: int) -> bool | None:
    """Whether of so many healthy pods one may be evicted; None when an amount is not readable."""
    staying = least.of(pods) if least.is_set else 0
    going = most.of(pods) if most.is_set else pods
    if staying is None or going is None:
        return None
    return staying < pods and going > 0


def replicas_needed(least: Amount, most: Amount) -> int | None:
    """The fewest healthy pods of which one may be evicted; None when none is enough or it is not readable."""
    if most.is_set and most.is_zero is not False:
        return None
    if not least.is_set:
        return 1
    if least.count is not None:
        return least.count + 1
    if least.percent is None or least.percent >= 100:
        return None
    return -(-100 // (100 - least.percent))

"""Durations as Go writes them: "4h0m0s", "1m30s", "20.5s"."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, Decimal
from typing import Any

_PART = re.compile(r"(\d{1,18}(?:\.\d{0,18})?|\.\d{1,18})(h|ms|us|µs|μs|ns|m|s)", re.ASCII)
_WHOLE = re.compile(rf"[+]?(?:(?:{_PART.pattern})+|0)", re.ASCII)
_SECONDS = {
    "h": Decimal(3600), "m": Decimal(60), "s": Decimal(1), "ms": Decimal("1e-3"),
    "us": Decimal("1e-6"), "µs": Decimal("1e-6"), "μs": Decimal("1e-6"), "ns": Decimal("1e-9"),
}  # fmt: skip
_LARGEST = 2**63 - 1


def whole_seconds(value: Any) -> int | None:
    """A duration in seconds, rounded up; None when it is no duration that fits."""
    if not isinstance(value, str) or len(value) > 100 or not _WHOLE.fullmatch(value):
        return None
    total = sum((Decimal(number) * _SECONDS[unit] for number, unit in _PART.findall(value)), Decimal(0))
    seconds = int(total.to_integral_value(ROUND_CEILING))
    return seconds if seconds <= _LARGEST else None

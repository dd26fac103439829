"""The day that a node image was built, from its version.

AKSUbuntu-2204gen2containerd-202511.07.0      2025-11-07
AKSUbuntu:1604:2020.03.11                     2020-03-11
AKSWindows-2022-containerd-20348.4294.251016  2025-10-16
"""

from __future__ import annotations

import re
from datetime import datetime

_FORMS = (
    re.compile(r"AKS[\w-]+-(?P<year>20\d\d)(?P<month>\d\d)\.(?P<day>\d\d)\.\d{1,3}"),
    re.compile(r"AKS\w+:\w+:(?P<year>20\d\d)\.(?P<month>\d\d)\.(?P<day>\d\d)"),
    re.compile(r"AKSWindows-[\w-]+-\d+\.\d+\.(?P<year>\d\d)(?P<month>\d\d)(?P<day>\d\d)"),
)


def built_at(version: str | None) -> datetime | None:
    """Midnight UTC of that day; None for a version that does not say it."""
    for form in _FORMS:
        found = form.fullmatch(version or "")
        if found:
            year, month, day = (int(found[part]) for part in ("year", "month", "day"))
            try:
                return datetime(year if year > 99 else 2000 + year, month, day)
            except ValueError:
                return None
    return None

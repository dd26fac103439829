"""Read fields of a Kubernetes object as written.

A field that is absent or null takes its default; a value of the wrong type, or a redacted one, is not known
(None). A parent may itself be None (not known): then nothing in it is known either.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

Section = dict[str, Any]

REDACTED = "~redacted:"
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def section(parent: Section | None, name: str) -> Section | None:
    """The mapping under `name`: {} when it is absent or null, None when it is not known."""
    if parent is None:
        return None
    value = parent.get(name)
    if value is None:
        return {}
    return value if isinstance(value, dict) else None


def required(parent: Section | None, name: str) -> Section | None:
    """The mapping under `name` of an object that cannot exist without it: None when it is absent or not known."""
    return section(parent, name) or None


def items(parent: Section | None, name: str) -> list[Any] | None:
    """The list under `name`: [] when it is absent or null, None when it is not known."""
    if parent is None:
        return None
    value = parent.get(name)
    if value is None:
        return []
    return value if isinstance(value, list) else None


def sections(parent: Section | None, name: str) -> list[Section | None] | None:
    """The mappings in the list under `name`; an element that is no mapping is None."""
    found = items(parent, name)
    return None if found is None else [each if isinstance(each, dict) else None for each in found]


def is_set(parent: Section | None, name: str) -> bool:
    """Whether the field was given at all; true when that is not known, so that its guard does not pass."""
    return parent is None or parent.get(name) is not None


def text(parent: Section | None, name: str, default: str | None = None) -> str | None:
    """Text under `name`; the default when it is absent."""
    if parent is None:
        return None
    value = parent.get(name)
    if value is None:
        return default
    return value if isinstance(value, str) and not value.startswith(REDACTED) else None


def flag(parent: Section | None, name: str, default: bool | None = None) -> bool | None:
    """A boolean under `name`; the default when it is absent."""
    if parent is None:
        return None
    value = parent.get(name)
    if value is None:
        return default
    return value if isinstance(value, bool) else None


def whole_number(parent: Section | None, name: str, default: int | None = None) -> int | None:
    """A whole number under `name`; the default when it is absent."""
    if parent is None:
        return None
    value = parent.get(name)
    if value is None:
        return default
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 else None


def texts(parent: Section | None, name: str) -> list[str] | None:
    """The list of texts under `name`: [] when absent, None unless every element is text."""
    found = items(parent, name)
    if found is None or not all(isinstance(each, str) and not each.startswith(REDACTED) for each in found):
        return None
    return found


def pairs(parent: Section | None, name: str) -> list[str] | None:
    """A mapping of texts (labels, a selector) as sorted "key=value": [] when absent, None when not known."""
    found = section(parent, name)
    if found is None:
        return None
    read = {str(key): "" if value is None else value for key, value in found.items()}
    if not all(isinstance(value, str) and not value.startswith(REDACTED) for value in read.values()):
        return None
    return sorted(f"{key}={value}" for key, value in read.items())


def instant(parent: Section | None, name: str) -> datetime | None:
    """An RFC 3339 instant under `name`, in UTC without zone; None when absent or not known."""
    value = text(parent, name)
    if value is None or not _INSTANT.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value.replace("Z", "+00:00")).astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


def either(*values: bool | None) -> bool | None:
    """The three-valued OR."""
    if any(value is True for value in values):
        return True
    return None if any(value is None for value in values) else False


def both(*values: bool | None) -> bool | None:
    """The three-valued AND."""
    if any(value is False for value in values):
        return False
    return None if any(value is None for value in values) else True


def opposite(value: bool | None) -> bool | None:
    """The three-valued NOT."""
    return None if value is None else not value

"""A setting that may be unset, set, or not readable; and how a container inherits one from its pod."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from collectors.tables.as_written import Section

Value = TypeVar("Value")
Setting = tuple[bool | None, Value | None]
"""(whether it is set, its value): (False, None) unset, (True, None) set to something unreadable, (None, None)
when not even that can be read."""


def setting(parent: Section | None, name: str, read: Callable[[Section | None, str], Value | None]) -> Setting[Value]:
    """The field under `name`; null counts as unset, as everywhere in the Kubernetes API."""
    if parent is None:
        return None, None
    if parent.get(name) is None:
        return False, None
    return True, read(parent, name)


def inherited(own: Setting[Value], pod: Setting[Value]) -> Setting[Value]:
    """The container's value wins; the pod's holds only where the container is silent."""
    return pod if own[0] is False else own


def any_true(values: list[bool | None]) -> bool | None:
    """Three-valued: true if one is, false if all are."""
    if True in values:
        return True
    return None if None in values else False

"""Whether the API server takes the ports of a container as written.

Source: API reference of ContainerPort: the number is required and lies between 1 and 65535; a name has at most 15
lower-case letters, digits and dashes, with a letter among them, and is unique.
"""

from __future__ import annotations

import re

from collectors.tables.as_written import Section, both, sections, text, whole_number

_NAME = re.compile(r"(?=[a-z0-9-]{1,15}\Z)(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)


def are_accepted(container: Section | None) -> bool | None:
    """Whether every port has a number, and every name is a name of its own."""
    ports = sections(container, "ports")
    if ports is None:
        return None
    names = [text(port, "name", "") for port in ports]
    known = [name for name in names if name]
    unique = False if len(set(known)) < len(known) else None if None in names else True
    return both(unique, *(_is_number(port) for port in ports), *(_is_name(name) for name in names))


def _is_number(port: Section | None) -> bool | None:
    if port is None:
        return None
    if port.get("containerPort") is None:
        return False
    number = whole_number(port, "containerPort")
    return None if number is None else 0 < number < 65536


def _is_name(name: str | None) -> bool | None:
    return None if name is None else name == "" or _NAME.fullmatch(name) is not None

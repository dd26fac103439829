"""The containers of a pod spec, of every type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from collectors.tables.as_written import Section, sections, text

_LISTS = (("containers", "main"), ("initContainers", "init"), ("ephemeralContainers", "ephemeral"))


class ContainerSpec(NamedTuple):
    """One container as written; `spec` is None when it cannot be read."""

    container_type: str
    spec: Section | None


def every_container(spec: Section | None) -> Iterator[ContainerSpec]:
    """Main, init, sidecar and ephemeral containers; a list that cannot be read yields one unreadable container."""
    for name, container_type in _LISTS:
        listed = sections(spec, name)
        for each in [None] if listed is None else listed:
            yield ContainerSpec(_type(container_type, each), each)


def _type(container_type: str, spec: Section | None) -> str:
    """An init container with restartPolicy Always is a sidecar. Source: "Sidecar Containers"."""
    if container_type == "init" and text(spec, "restartPolicy") == "Always":
        return "sidecar"
    return container_type

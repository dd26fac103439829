"""The dumps that we know by the names of their folders and files, one module each."""

from __future__ import annotations

from collections.abc import Callable, Collection

from collectors.kubernetes.dumps import cluster_info_dump, must_gather, support_bundle
from collectors.kubernetes.dumps.place import Layout

_KNOWN: tuple[Callable[[Collection[str]], Layout | None], ...] = (
    cluster_info_dump.layout_of,
    must_gather.layout_of,
    support_bundle.layout_of,
)


def layouts_of(paths: Collection[str]) -> tuple[Layout, ...]:
    """Every dump that we recognise among the paths of a source; there may be several side by side."""
    return tuple(layout for known in _KNOWN if (layout := known(paths)) is not None)

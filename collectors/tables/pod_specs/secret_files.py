"""Secrets among volumes, and to whom their files are open."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.tables.as_written import Section, section, sections, whole_number
from collectors.tables.pod_specs.settings import any_true

_OTHERS_MAY_READ, _OTHERS_MAY_MORE = 0o644, 0o003


def holds_secret(volume: Section, volume_type: str) -> bool | None:
    """Whether a source of a volume brings a Secret."""
    if volume_type != "projected":
        return volume_type == "secret"
    sources = sections(section(volume, "projected"), "sources")
    if sources is None:
        return None
    return any_true([None if source is None else source.get("secret") is not None for source in sources])


def opens_secret_files(volume: Section, volume_type: str) -> bool | None:
    """Whether a mode lets everyone in the container write or run a Secret's file; 0644 is the default.

    Source: API reference, SecretVolumeSource (defaultMode, items) and ProjectedVolumeSource.
    """
    if holds_secret(volume, volume_type) is not True:
        return holds_secret(volume, volume_type)
    modes = [whole_number(each, name, _OTHERS_MAY_READ) for each, name in _places(volume, volume_type)]
    return any_true([None if mode is None else bool(mode & _OTHERS_MAY_MORE) for mode in modes])


def _places(volume: Section, volume_type: str) -> Iterator[tuple[Section | None, str]]:
    outer = section(volume, volume_type)
    yield outer, "defaultMode"
    if volume_type == "secret":
        yield from _items(outer)
        return
    for source in sections(outer, "sources") or [None]:
        yield from _items(section(source, "secret"))


def _items(secret: Section | None) -> Iterator[tuple[Section | None, str]]:
    found = sections(secret, "items")
    for each in [None] if found is None else found:
        yield each, "mode"

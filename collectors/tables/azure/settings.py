"""Read fields of a resource as Azure answers them.

The REST API keeps most fields under `properties`; the Azure command line lifts them out and spells some of them
differently (`enableRbac` for `enableRBAC`). Both are read here by one spelling: small letters, nothing lifted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from collectors.tables import as_written
from collectors.tables.as_written import Section
from collectors.tables.schema import Sighting

_DEEPEST = 100
_CONTRADICTION = object()
"""Stands where one field was given twice with different values: of no type, so that nothing is read from it."""


class Settings:
    """A section of a resource. A default counts only where the whole resource was answered: in an extract, a
    field that is not there may have been left out by whoever made the extract."""

    __slots__ = ("_section", "_whole")

    def __init__(self, section: Section | None, whole: bool) -> None:
        self._section = section
        self._whole = whole

    def part(self, name: str) -> Settings:
        """The section under `name`; an empty one where there is none."""
        return Settings(as_written.section(self._section, name), self._whole)

    def is_given(self, *names: str) -> bool | None:
        """Whether any of these fields was given; None where that is not known."""
        if self._section is None:
            return None
        given = any(self._section.get(name) not in (None, "", [], {}) for name in names)
        return True if given else False if self._whole else None

    def flag(self, name: str, default: bool | None = None) -> bool | None:
        """A boolean; `default` is what the API documents, or None where it documents none."""
        return as_written.flag(self._section, name, default if self._whole else None)

    def text(self, name: str, default: str | None = None) -> str | None:
        """Text, with the documented default."""
        return as_written.text(self._section, name, default if self._whole else None)

    def number(self, name: str) -> int | None:
        """A whole number."""
        return as_written.whole_number(self._section, name)

    def texts(self, name: str) -> list[str] | None:
        """A list of texts: empty when the whole resource was answered without it."""
        if not self._whole and self.is_given(name) is None:
            return None
        return as_written.texts(self._section, name)

    def pairs(self, name: str) -> list[str] | None:
        """A mapping of texts as sorted "key=value"."""
        if not self._whole and self.is_given(name) is None:
            return None
        return as_written.pairs(self._section, name)

    def parts(self, name: str) -> list[Settings] | None:
        """The sections in a list."""
        if not self._whole and self.is_given(name) is None:
            return None
        found = as_written.sections(self._section, name)
        return None if found is None else [Settings(each, self._whole) for each in found]


def resource(answered: Section, *, always: str) -> tuple[Settings, Settings]:
    """What stands beside `properties` (id, name, sku, ...), and the properties themselves.

    `always` is a property that Azure puts into every whole answer about such a resource.
    """
    folded = _folded(answered, 0)
    beside: Section = folded if isinstance(folded, dict) else {}
    inner = beside.get("properties", beside)
    properties: Section | None = inner if isinstance(inner, dict) else None
    whole = properties is not None and properties.get(always) is not None
    return Settings(beside, whole), Settings(properties, whole)


def entries(sighting: Sighting) -> Iterator[tuple[str, Section, list[str]]]:
    """(name, resource, references) of each resource of a list, or of the one resource that was answered.

    One whose name cannot be read is named after its place, so that it stays a resource of its own.
    """
    held = sighting.object.get("value")
    if not isinstance(held, list):
        yield _name(sighting.object) or sighting.name or "?", sighting.object, sighting.refs
        return
    for position, each in enumerate(held):
        one = each if isinstance(each, dict) else {}
        yield _name(one) or f"?{position}", one, [f"{ref}value/{position}" for ref in sighting.refs]


def _name(answered: Section) -> str | None:
    return as_written.text(answered, "name") or None


def _folded(node: Any, depth: int) -> Any:
    """The same with every key in small letters."""
    if depth > _DEEPEST:
        return _CONTRADICTION
    if isinstance(node, list):
        return [_folded(each, depth + 1) for each in node]
    if not isinstance(node, dict):
        return node
    folded: Section = {}
    for key, value in node.items():
        name, read = str(key).lower(), _folded(value, depth + 1)
        folded[name] = _CONTRADICTION if name in folded and folded[name] != read else read
    return folded

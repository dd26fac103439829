"""Single keys of ConfigMaps and Secrets that a pod spec names, in variables and in the items of volumes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from collectors.tables.as_written import Section, both, flag, section, sections, text
from collectors.tables.pod_specs.containers import every_container
from collectors.tables.pod_specs.forms import Form
from collectors.tables.pod_specs.references import PUBLISHED
from collectors.tables.pod_specs.volumes import is_token_volume

Values = dict[str, Any]
_IN_ENVIRONMENT = (("ConfigMap", "configMapKeyRef"), ("Secret", "secretKeyRef"))
_IN_VOLUMES = (("ConfigMap", "configMap", "name"), ("Secret", "secret", "secretName"))
_PROJECTED = (("ConfigMap", "configMap", "name"), ("Secret", "secret", "name"))


def config_key_references(form: Form, minor: int | None) -> list[tuple[str, Values]]:
    """One part per key, whatever the number of places that name it; optional if every place says so."""
    grouped: dict[str, Values] = {}
    for each in (*_from_containers(form.spec), *_from_volumes(form.spec)):
        if each["referenced_name"] == PUBLISHED:
            continue
        called = f"{each['referenced_kind']}/{each['referenced_name']}/{each['key']}"
        known = grouped.setdefault(called, each)
        known["is_optional"] = both(known["is_optional"], each["is_optional"])
    return list(grouped.items())


def _key(kind: str, name: str | None, key: str | None, is_optional: bool | None) -> Values:
    label = None if name is None or key is None else f"{name}/{key}"
    return {"name": label, "referenced_kind": kind, "referenced_name": name, "key": key, "is_optional": is_optional}


def _from_containers(spec: Section | None) -> Iterator[Values]:
    for container in every_container(spec):
        variables = sections(container.spec, "env")
        for variable in [None] if variables is None else variables:
            source = section(variable, "valueFrom")
            for kind, field in _IN_ENVIRONMENT:
                if source is None or source.get(field) is not None:
                    held = section(source, field)
                    yield _key(kind, text(held, "name"), text(held, "key"), flag(held, "optional", False))


def _from_volumes(spec: Section | None) -> Iterator[Values]:
    volumes = sections(spec, "volumes")
    for volume in [None] if volumes is None else volumes:
        if volume is not None and is_token_volume(volume):
            continue
        yield from _items(volume, _IN_VOLUMES)
        sources = sections(section(volume, "projected"), "sources")
        for source in [None] if sources is None else sources:
            yield from _items(source, _PROJECTED)


def _items(parent: Section | None, fields: tuple[tuple[str, str, str], ...]) -> Iterator[Values]:
    for kind, field, name in fields:
        held = section(parent, field)
        listed = sections(held, "items")
        for item in [None] if listed is None else listed:
            yield _key(kind, text(held, name), text(item, "key"), flag(held, "optional", False))

"""The ConfigMaps and Secrets that a pod spec names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from collectors.tables.as_written import Section, flag, section, sections, text
from collectors.tables.pod_specs.containers import every_container
from collectors.tables.pod_specs.volumes import is_token_volume

# Every namespace gets this ConfigMap from its cluster, so no reference to it can dangle.
PUBLISHED = "kube-root-ca.crt"
# Where a volume source names a Secret: (the section, the field, whether the field is a reference {name}).
_SECRET_FIELDS = (("secretRef", True), ("nodePublishSecretRef", True), ("secretName", False))


class Reference(NamedTuple):
    """One place of a pod spec that names a ConfigMap or Secret; None where that cannot be read."""

    kind: str | None
    name: str | None
    is_optional: bool | None
    used_as: str


def references(spec: Section | None) -> list[Reference]:
    """Every reference, in reading order."""
    found = [*_from_containers(spec), *_from_volumes(spec), *_pull_secrets(spec)]
    return [each for each in found if (each.kind, each.name) != ("ConfigMap", PUBLISHED)]


def _unknown(used_as: str) -> Reference:
    return Reference(None, None, None, used_as)


def _from_containers(spec: Section | None) -> Iterator[Reference]:
    for container in every_container(spec):
        variables, sources = sections(container.spec, "env"), sections(container.spec, "envFrom")
        for variable in [None] if variables is None else variables:
            yield from _pair(section(variable, "valueFrom"), "configMapKeyRef", "secretKeyRef")
        for source in [None] if sources is None else sources:
            yield from _pair(source, "configMapRef", "secretRef")


def _pair(parent: Section | None, config_map: str, secret: str) -> Iterator[Reference]:
    if parent is None:
        yield _unknown("environment")
        return
    for kind, field in (("ConfigMap", config_map), ("Secret", secret)):
        yield from _named(parent, field, kind, "environment")


def _named(parent: Section, field: str, kind: str, used_as: str, name: str = "name") -> Iterator[Reference]:
    if parent.get(field) is not None:
        held = section(parent, field)
        yield Reference(kind, text(held, name), flag(held, "optional", False), used_as)


def _from_volumes(spec: Section | None) -> Iterator[Reference]:
    volumes = sections(spec, "volumes")
    for volume in [None] if volumes is None else volumes:
        if volume is None:
            yield _unknown("volume")
        elif not is_token_volume(volume):
            yield from _from_volume(volume)


def _from_volume(volume: Section) -> Iterator[Reference]:
    yield from _named(volume, "configMap", "ConfigMap", "volume")
    yield from _named(volume, "secret", "Secret", "volume", "secretName")
    projected = sections(section(volume, "projected"), "sources")
    for source in [None] if projected is None else projected:
        if source is None:
            yield _unknown("volume")
            continue
        yield from _named(source, "configMap", "ConfigMap", "volume")
        yield from _named(source, "secret", "Secret", "volume")
    for driver, held in volume.items():
        if driver not in ("configMap", "secret", "projected") and isinstance(held, dict):
            yield from _driver_secret(held)


def _driver_secret(source: Section) -> Iterator[Reference]:
    for field, is_reference in _SECRET_FIELDS:
        if source.get(field) is not None:
            named = text(section(source, field), "name") if is_reference else text(source, field)
            yield Reference("Secret", named, False, "volume")


def _pull_secrets(spec: Section | None) -> Iterator[Reference]:
    """A pod starts without its pull secret wherever the image needs none, so these are optional."""
    named = sections(spec, "imagePullSecrets")
    for each in [None] if named is None else named:
        yield (_unknown("image-pull") if each is None else Reference("Secret", text(each, "name"), True, "image-pull"))

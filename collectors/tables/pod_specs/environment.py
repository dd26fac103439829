"""Environment variables: literals, credentials among them, and Secrets passed on."""

from __future__ import annotations

from typing import NamedTuple

from collectors.tables.as_written import Section, section, sections, text
from collectors.tables.pod_specs.credentials import is_credential
from collectors.tables.pod_specs.settings import any_true


class Environment(NamedTuple):
    """What a container's env and envFrom say."""

    literal_env_count: int | None
    holds_credential: bool | None
    credential_names: list[str] | None
    takes_secret: bool | None
    has_duplicate_names: bool | None


def environment(container: Section | None) -> Environment:
    """Read env and envFrom of a container."""
    variables, sources = sections(container, "env"), sections(container, "envFrom")
    literals = None if variables is None else [each for each in variables if _is_literal(each) is not False]
    secrets = None if variables is None else any_true([_from_secret(each) for each in variables])
    whole = None if sources is None else any_true([_is_written(each, "secretRef") for each in sources])
    takes = any_true([secrets, whole])
    repeats = _repeats(variables)
    if literals is None or any(_is_literal(each) is None for each in literals):
        return Environment(None, _credentials(literals), None, takes, repeats)
    held = _credentials(literals)
    return Environment(len(literals), held, _names(literals) if held is not None else None, takes, repeats)


def _repeats(variables: list[Section | None] | None) -> bool | None:
    """Whether a name is given twice; the later one wins. Source: API reference of Container, env."""
    if variables is None:
        return None
    names = [text(each, "name") for each in variables]
    known = [name for name in names if name is not None]
    return True if len(set(known)) < len(known) else None if None in names else False


def _credentials(literals: list[Section | None] | None) -> bool | None:
    if literals is None:
        return None
    return any_true([None if each is None else is_credential(each.get("value")) for each in literals])


def _names(literals: list[Section | None]) -> list[str] | None:
    names = [text(each, "name") for each in literals if each is not None and is_credential(each.get("value"))]
    known = {name for name in names if name is not None}
    return sorted(known) if None not in names else None


def _is_literal(variable: Section | None) -> bool | None:
    """Whether the value is written in the spec; an empty one is nothing."""
    if variable is None:
        return None
    return variable.get("value") not in (None, "")


def _from_secret(variable: Section | None) -> bool | None:
    return _is_written(section(variable, "valueFrom"), "secretKeyRef")


def _is_written(parent: Section | None, name: str) -> bool | None:
    return None if parent is None else parent.get(name) is not None

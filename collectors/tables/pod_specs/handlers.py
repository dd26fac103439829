"""Probes and lifecycle hooks: which exist, whom they call, and what they carry."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.tables.as_written import Section, items, section, sections, text
from collectors.tables.pod_specs.credentials import any_credential
from collectors.tables.pod_specs.settings import any_true

_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_HOOKS = ("postStart", "preStop")


def has_probe(container: Section | None, name: str) -> bool | None:
    """Whether a probe is set. An empty one ({}) is rejected by the API, so it counts as none."""
    probe = section(container, name)
    return None if probe is None else probe != {}


def names_host(container: Section | None) -> bool | None:
    """Whether any HTTP or TCP handler names a host, so that the kubelet calls something other than the pod."""
    return any_true([_names_host(handler) for handler in _handlers(container)])


def _names_host(handler: Section | None) -> bool | None:
    found: list[bool | None] = []
    for action in ("httpGet", "tcpSocket"):
        called = section(handler, action)
        if called is None:
            return None
        host = called.get("host")
        found.append(bool(host) if host is None or isinstance(host, str) else None)
    return any_true(found)


def holds_credential(container: Section | None) -> bool | None:
    """Whether command, arguments, probe commands, hooks or their headers hold a credential."""
    found = [any_credential(items(container, name)) for name in ("command", "args")]
    for handler in _handlers(container):
        found.append(any_credential(items(section(handler, "exec"), "command")))
        headers = sections(section(handler, "httpGet"), "httpHeaders")
        values = None if headers is None else [text_or_marker(header) for header in headers]
        found.append(any_credential(values))
    return any_true(found)


def calls_sudo(container: Section | None) -> bool | None:
    """Whether a word of command or arguments is sudo. Redaction keeps that word: what it replaced is another."""
    return any_true([_is_sudo(word) for name in ("command", "args") for word in _words(container, name)])


def _words(container: Section | None, name: str) -> list[object]:
    listed = items(container, name)
    return [None] if listed is None else listed


def _is_sudo(word: object) -> bool | None:
    if isinstance(word, str):
        return word == "sudo" or (word.startswith("/") and word.endswith("/sudo"))
    return None if word is None or isinstance(word, dict | list) else False


def text_or_marker(header: Section | None) -> object:
    """The value of a header, redacted or not; a value that is not there is empty."""
    return None if header is None else header.get("value", "")


def _handlers(container: Section | None) -> Iterator[Section | None]:
    for name in _PROBES:
        yield section(container, name)
    lifecycle = section(container, "lifecycle")
    for name in _HOOKS:
        yield section(lifecycle, name)


def port_name(port: Section | None) -> str | None:
    """Name of a container port, None when it has none."""
    return text(port, "name") or None

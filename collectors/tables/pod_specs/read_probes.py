"""Probes as rows' worth of values: how they ask, of which port, and after how long they act.

Source: Kubernetes documentation, "Configure Liveness, Readiness and Startup Probes"; API reference of Probe.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from collectors.tables.as_written import Section, both, either, section, sections, text, whole_number
from collectors.tables.pod_specs.containers import every_container
from collectors.tables.pod_specs.forms import Form
from collectors.tables.pod_specs.handlers import has_probe

Values = dict[str, Any]
TYPES = ("liveness", "readiness", "startup")
HANDLERS = ("httpGet", "tcpSocket", "grpc", "exec")
_OTHER_DEFAULTS = {"httpGet": {"scheme": "HTTP", "path": "/"}, "grpc": {"service": ""}}


def probes_of(form: Form, minor: int | None) -> list[tuple[str, Values]]:
    """One part per probe of each container."""
    return [
        part
        for container in every_container(form.spec)
        if container.container_type != "ephemeral"
        for part in _of(container.spec)
    ]


def _of(container: Section | None) -> Iterator[tuple[str, Values]]:
    name = text(container, "name")
    for probe_type in TYPES:
        if has_probe(container, f"{probe_type}Probe") is False:
            continue
        values = _probe(container, probe_type)
        yield f"{name}/{probe_type}", {
            "name": None if name is None else f"{name}/{probe_type}",
            "container_name": name,
            "probe_type": probe_type,
            **values,
        }


def _probe(container: Section | None, probe_type: str) -> Values:
    probe, readiness = section(container, f"{probe_type}Probe"), section(container, "readinessProbe")
    handler = _handler(probe)
    seconds = _seconds_to_failure(probe)
    repeats = _asks_the_same(probe, readiness) if probe_type == "liveness" else False
    patience = _seconds_to_failure(readiness)
    earlier = None if seconds is None or patience is None else seconds <= patience
    return {
        "handler": handler,
        "port_is_declared": _port_is_declared(container, probe, handler),
        "names_its_port": _names_its_port(probe, handler),
        "repeats_readiness": repeats,
        "is_as_impatient_as_readiness": both(has_probe(container, "readinessProbe"), earlier),
        "initial_delay_seconds": whole_number(probe, "initialDelaySeconds", 0),
        "period_seconds": whole_number(probe, "periodSeconds", 10),
        "timeout_seconds": whole_number(probe, "timeoutSeconds", 1),
        "failure_threshold": whole_number(probe, "failureThreshold", 3),
        "seconds_to_failure": seconds,
        "has_startup_probe": has_probe(container, "startupProbe"),
    }


def _handler(probe: Section | None) -> str | None:
    """The one handler that is written; None where none, or more than one, can be read."""
    written = [name for name in HANDLERS if probe is not None and probe.get(name) is not None]
    return written[0] if len(written) == 1 else None


def _seconds_to_failure(probe: Section | None) -> int | None:
    period, threshold = whole_number(probe, "periodSeconds", 10), whole_number(probe, "failureThreshold", 3)
    if period is None or threshold is None or not (0 <= period < 2**31 and 0 <= threshold < 2**31):
        return None
    return period * threshold


def _asks_the_same(probe: Section | None, readiness: Section | None) -> bool | None:
    if probe is None or readiness is None:
        return None
    if not readiness:
        return False
    own, other = _handler(probe), _handler(readiness)
    if own is None or other is None:
        return None
    if own != other:
        return False
    asked, also = section(probe, own), section(readiness, own)
    defaults = _OTHER_DEFAULTS.get(own, {})
    return None if asked is None or also is None else {**defaults, **asked} == {**defaults, **also}


def _port_is_declared(container: Section | None, probe: Section | None, handler: str | None) -> bool | None:
    """A port by name must stand among those of the container; a text that is no name there is read as a number."""
    if handler is None or handler == "exec":
        return None if handler is None else True
    called, ports = section(probe, handler), sections(container, "ports")
    port = None if called is None else called.get("port")
    if ports is None or isinstance(port, bool) or not isinstance(port, str | int):
        return None
    return either(*(_is(port, each) for each in ports))


def _names_its_port(probe: Section | None, handler: str | None) -> bool | None:
    """Source: API reference of HTTPGetAction and TCPSocketAction (port by name) and of GRPCAction (number only)."""
    if handler is None or handler in ("exec", "grpc"):
        return None if handler is None else True
    called = section(probe, handler)
    port = None if called is None else called.get("port")
    if isinstance(port, bool) or not isinstance(port, str | int):
        return None
    return isinstance(port, str) and not port.isdecimal()


def _is(port: str | int, declared: Section | None) -> bool | None:
    protocol, number, name = text(declared, "protocol", "TCP"), whole_number(declared, "containerPort"), None
    if isinstance(port, str):
        name = text(declared, "name", "")
    is_digits = isinstance(port, str) and port.isascii() and port.isdigit() and len(port) < 6
    meant = int(port) if is_digits or isinstance(port, int) else None
    by_name = False if isinstance(port, int) else None if name is None else name == port
    by_number = False if meant is None else None if number is None else number == meant
    return both(None if protocol is None else protocol == "TCP", either(by_name, by_number))

"""The pod-level settings of a form, and what it declares beside containers, as rows' worth of values."""

from __future__ import annotations

from typing import Any

from collectors.tables.as_written import (
    Section,
    both,
    flag,
    opposite,
    section,
    sections,
    text,
    whole_number,
)
from collectors.tables.pod_specs import placing, security
from collectors.tables.pod_specs.containers import every_container
from collectors.tables.pod_specs.forms import Form
from collectors.tables.pod_specs.references import Reference, references
from collectors.tables.pod_specs.settings import setting
from collectors.tables.pod_specs.volumes import sysctl_names, volume_sources

Values = dict[str, Any]
Part = tuple[str, Values]
"""A natural key, never an index, and the values of one row."""


def pod_specs(form: Form, minor: int | None) -> list[Part]:
    """The one row of pod-level settings of a form."""
    return [("", _settings(form.spec) | _context(form, minor))]


def _settings(spec: Section | None) -> Values:
    automount = setting(spec, "automountServiceAccountToken", flag)
    return {
        "is_windows": security.is_windows(spec),
        "is_windows_to_admission": placing.is_windows_to_admission(spec),
        "uses_host_network": flag(spec, "hostNetwork", False),
        "uses_host_pid": flag(spec, "hostPID", False),
        "uses_host_ipc": flag(spec, "hostIPC", False),
        "shares_process_namespace": flag(spec, "shareProcessNamespace", False),
        "uses_user_namespace": opposite(flag(spec, "hostUsers", True)),
        "service_account_name": service_account(spec),
        "has_declared_automount": automount[0],
        "declared_automount": automount[1],
    } | placing.placing(spec)


def service_account(spec: Section | None) -> str | None:
    """serviceAccountName, else its old alias serviceAccount, else default."""
    name = text(spec, "serviceAccountName", "")
    if name == "":
        name = text(spec, "serviceAccount", "")
    return "default" if name == "" else name


def _context(form: Form, minor: int | None) -> Values:
    context = section(form.spec, "securityContext")
    set_here: dict[str, tuple[bool | None, object]] = {
        "declared_run_as_non_root": setting(context, "runAsNonRoot", flag),
        "declared_run_as_user": setting(context, "runAsUser", whole_number),
        "declared_seccomp_type": security.seccomp(context, form.annotations, None, minor),
        "declared_app_armor_type": security.app_armor(context, form.annotations, None),
        "declared_se_linux_type": security.se_linux_type(context),
        "fs_group": setting(context, "fsGroup", whole_number),
    }
    values: Values = {}
    for name, (found, value) in set_here.items():
        values |= {f"has_{name}": found, name: value}
    process = security.host_process(context)
    return values | {
        "sets_se_linux_user_or_role": security.sets_se_linux_user_or_role(context),
        "is_host_process": False if process[0] is False else process[1],
        "has_windows_options": security.has_windows_options(context),
    }


def volumes(form: Form, minor: int | None) -> list[Part]:
    """One part per source of each volume."""
    return [
        (f"{each.name}/{each.volume_type}", each._asdict()) for each in volume_sources(form.spec, form.claim_templates)
    ]


def sysctls(form: Form, minor: int | None) -> list[Part]:
    """One part per kernel parameter."""
    return [(str(name), {"name": name}) for name in sysctl_names(form.spec)]


def container_ports(form: Form, minor: int | None) -> list[Part]:
    """One part per container port, with the hostPort that the API server fills in under hostNetwork."""
    host_network = flag(form.spec, "hostNetwork", False)
    parts: list[Part] = []
    for container in every_container(form.spec):
        ports = sections(container.spec, "ports")
        name = text(container.spec, "name")
        parts.extend(_port(name, port, host_network) for port in ([None] if ports is None else ports))
    return parts


def _port(container: str | None, port: Section | None, host_network: bool | None) -> Part:
    number, written = whole_number(port, "containerPort"), whole_number(port, "hostPort", 0)
    host = number if host_network and written == 0 else written
    named = text(port, "name", "")
    called = named or number
    name = None if container is None or called is None else f"{container}/{called}"
    values = {
        "container_name": container,
        "name": name,
        "has_port_name": None if named is None else named != "",
        "port_name": named or None,
        "container_port": number,
        "protocol": text(port, "protocol", "TCP"),
        "has_host_port": None if host is None else host != 0,
        "host_port": host or None,
        "writes_host_port": None if written is None else written != 0,
        "uses_host_network": host_network,
    }
    return f"{container}/{called}/{values['protocol']}", values


def stored_port(values: dict[str, Any]) -> dict[str, Any]:
    """A port as an API server stores it: where hostPort came from, it does not tell."""
    return {**values, "writes_host_port": values["has_host_port"]}


def config_references(form: Form, minor: int | None) -> list[Part]:
    """One part per ConfigMap or Secret, whatever the number of places that name it."""
    grouped: dict[tuple[str | None, str | None], list[Reference]] = {}
    for each in references(form.spec):
        grouped.setdefault((each.kind, each.name), []).append(each)
    return [
        (
            f"{kind}/{name}",
            {
                "referenced_kind": kind,
                "referenced_name": name,
                "is_optional": both(*(each.is_optional for each in named)),
                "used_as": sorted({each.used_as for each in named}),
            },
        )
        for (kind, name), named in grouped.items()
    ]

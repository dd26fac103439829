"""One container as a row's worth of values, after inheritance from its pod."""

from __future__ import annotations

from typing import Any, NamedTuple

from collectors.tables.as_written import Section, both, flag, opposite, section, text, whole_number
from collectors.tables.pod_specs import handlers, images, own_ports, resources, security
from collectors.tables.pod_specs.containers import ContainerSpec, every_container
from collectors.tables.pod_specs.environment import environment
from collectors.tables.pod_specs.forms import Form
from collectors.tables.pod_specs.settings import Setting, any_true, inherited, setting

Values = dict[str, Any]


class PodContext(NamedTuple):
    """What a container inherits: the form of its pod, the pod's security context, the server's minor."""

    form: Form
    context: Section | None
    minor: int | None


def containers_of(form: Form, minor: int | None) -> list[tuple[str, Values]]:
    """Name and values of every container of a form."""
    pod = PodContext(form, section(form.spec, "securityContext"), minor)
    return [_container(container, pod) for container in every_container(form.spec)]


def _container(container: ContainerSpec, pod: PodContext) -> tuple[str, Values]:
    spec = container.spec
    own = section(spec, "securityContext")
    name = text(spec, "name")
    values = {
        "name": name,
        "container_type": container.container_type,
        "is_ephemeral": container.container_type == "ephemeral",
        "serves": container.container_type in ("main", "sidecar"),
        "uses_user_namespace": opposite(flag(pod.form.spec, "hostUsers", True)),
    }
    values |= _rights(own) | _identity(own, pod) | _profiles(own, name, pod) | _image(spec)
    values |= _probes(spec) | _resources(spec, resources.of_pod(pod.form.spec, pod.minor)) | _environment(spec)
    return f"{container.container_type}/{name}", values


def _pair(name: str, found: tuple[bool | None, object]) -> Values:
    return {f"has_{name}": found[0], name: found[1]}


def _rights(own: Section | None) -> Values:
    privileged = flag(own, "privileged", False)
    added, dropped = security.capabilities(own, "add"), security.capabilities(own, "drop")
    return {
        "is_privileged": privileged,
        "allows_privilege_escalation": security.allows_escalation(own, privileged, added),
        "has_read_only_root_filesystem": flag(own, "readOnlyRootFilesystem", False),
        "proc_mount": text(own, "procMount", "Default"),
        "added_capabilities": added,
        "dropped_capabilities": dropped,
        "drops_all_capabilities": security.drops_all(own),
        "drops_some_capability": None if dropped is None else bool(dropped),
        "adds_capability_beyond_baseline": _adds_beyond(added, security.BASELINE_CAPABILITIES),
        "adds_capability": _adds_beyond(added, frozenset()),
        "adds_capability_beyond_net_bind_service": _adds_beyond(added, frozenset({"NET_BIND_SERVICE"})),
        "drops_all_to_the_letter": security.drops_all_to_the_letter(own),
        "misspells_added_capability": security.misspells_added(own),
    }


def _adds_beyond(added: list[str] | None, allowed: frozenset[str]) -> bool | None:
    return None if added is None else not allowed.issuperset(added)


def _identity(own: Section | None, pod: PodContext) -> Values:
    non_root = inherited(setting(own, "runAsNonRoot", flag), setting(pod.context, "runAsNonRoot", flag))
    user = inherited(setting(own, "runAsUser", whole_number), setting(pod.context, "runAsUser", whole_number))
    group = inherited(setting(own, "runAsGroup", whole_number), setting(pod.context, "runAsGroup", whole_number))
    return _pair("run_as_non_root", non_root) | _pair("run_as_user", user) | _pair("run_as_group", group)


def _profiles(own: Section | None, name: str | None, pod: PodContext) -> Values:
    annotations = pod.form.annotations
    seccomp = security.seccomp(own, annotations, name or "", pod.minor)
    pod_seccomp = security.seccomp(pod.context, annotations, None, pod.minor)
    armor = security.app_armor(own, annotations, name or "")
    pod_armor = security.app_armor(pod.context, annotations, None)
    process = inherited(security.host_process(own), security.host_process(pod.context))
    administrator = inherited(security.is_administrator(own), security.is_administrator(pod.context))
    return {
        "states_linux_confinement": _confined(own, pod, inherited(seccomp, pod_seccomp), inherited(armor, pod_armor)),
        "is_windows_administrator": False if administrator[0] is False else administrator[1],
        **_pair("declared_seccomp_type", seccomp),
        **_pair("effective_seccomp_type", inherited(seccomp, pod_seccomp)),
        **_pair("declared_app_armor_type", armor),
        **_pair("effective_app_armor_type", inherited(armor, pod_armor)),
        **_pair("declared_se_linux_type", security.se_linux_type(own)),
        "sets_se_linux_user_or_role": security.sets_se_linux_user_or_role(own),
        "is_host_process": False if process[0] is False else process[1],
        "has_windows_options": any_true([security.has_windows_options(own), security.has_windows_options(pod.context)]),
    }


def _confined(own: Section | None, pod: PodContext, seccomp: Setting[str], armor: Setting[str]) -> bool | None:
    """Whether one of seccomp, AppArmor and SELinux is stated, or some capability dropped and not all added."""
    added, dropped = security.capabilities(own, "add"), security.capabilities(own, "drop")
    drops = None if dropped is None else bool(dropped)
    return any_true([
        _is_profile(seccomp),
        _is_profile(armor),
        any_true([security.has_se_linux_options(own), security.has_se_linux_options(pod.context)]),
        both(drops, None if added is None else "ALL" not in added),
    ])  # fmt: skip


def _is_profile(found: Setting[str]) -> bool | None:
    is_set, profile = found
    return is_set if not is_set else None if profile is None else profile in ("RuntimeDefault", "Localhost")


def _image(spec: Section | None) -> Values:
    written = text(spec, "image") or None
    image = images.parse(written)
    declared = text(spec, "imagePullPolicy", "")
    return {
        "image": written,
        "image_registry": image.registry if image else None,
        "image_repository": image.repository if image else None,
        "image_places": images.places(image) if image else None,
        "has_image_tag": None if image is None else image.tag is not None,
        "image_tag": image.tag if image else None,
        "has_image_digest": None if image is None else image.digest is not None,
        "image_digest": image.digest if image else None,
        "image_pull_policy": images.default_pull_policy(image) if declared == "" else declared,
    }


def _probes(spec: Section | None) -> Values:
    return {
        "has_readiness_probe": handlers.has_probe(spec, "readinessProbe"),
        "has_liveness_probe": handlers.has_probe(spec, "livenessProbe"),
        "has_startup_probe": handlers.has_probe(spec, "startupProbe"),
        "keeps_input_open": any_true([flag(spec, "stdin", False), flag(spec, "tty", False)]),
        "has_valid_ports": own_ports.are_accepted(spec),
        "names_handler_host": handlers.names_host(spec),
    }


def _resources(spec: Section | None, pod: Section | None) -> Values:
    values: Values = {}
    measured = (("cpu", "millicores", 1000), ("memory", "bytes", 1), ("ephemeral-storage", "bytes", 1))
    for name, unit, per_unit in measured:
        holder = {} if name == "ephemeral-storage" else pod  # "Pod-level resources": CPU, memory and huge pages only
        for bound, read in (("request", resources.request), ("limit", resources.limit)):
            found, amount = read(spec, holder, name, per_unit)
            column = f"{name.replace('-', '_')}_{bound}"
            values[f"has_{column}"] = found
            values[f"{column}_{unit}"] = amount
    return values


def _environment(spec: Section | None) -> Values:
    found = environment(spec)
    return {
        "literal_env_count": found.literal_env_count,
        "holds_credential_in_environment": found.holds_credential,
        "credential_env_names": found.credential_names,
        "has_duplicate_env_names": found.has_duplicate_names,
        "takes_secret_from_environment": found.takes_secret,
        "calls_sudo": handlers.calls_sudo(spec),
        "holds_credential_in_arguments": handlers.holds_credential(spec),
        "sets_security_context": security.sets_anything(spec),
    }

"""The security context: what a container or a pod sets, and what applies after inheritance.

Inheritance is per sub-field and exists only for runAsUser, runAsGroup, runAsNonRoot, seccompProfile,
appArmorProfile, seLinuxOptions and windowsOptions. Source: Kubernetes API reference, PodSecurityContext and
SecurityContext; Pod Security Standards.
"""

from __future__ import annotations

from collectors.tables.as_written import Section, either, flag, section, text, texts
from collectors.tables.pod_specs.settings import Setting, setting

BASELINE_CAPABILITIES = frozenset(
    [
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    ]
)
LAST_MINOR_WITH_SECCOMP_ANNOTATIONS = 26
_ADMINISTRATORS = ("containeradministrator", "system", "administrator")
_SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod"
_SECCOMP_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/"
_APP_ARMOR_CONTAINER = "container.apparmor.security.beta.kubernetes.io/"
_OLD_PROFILES = {
    "runtime/default": "RuntimeDefault",
    "docker/default": "RuntimeDefault",
    "unconfined": "Unconfined",
}


def profile(context: Section | None, name: str) -> Setting[str]:
    """The type of `seccompProfile` or `appArmorProfile`; a profile without a type is set to nothing valid."""
    if context is None:
        return None, None
    if context.get(name) is None:
        return False, None
    return True, text(section(context, name), "type", "")


def seccomp(
    context: Section | None, annotations: Section | None, container: str | None, minor: int | None
) -> Setting[str]:
    """The seccomp type set here, by field; by annotation only on servers that still read it (up to 1.26).

    `container` is None for the pod's own setting. Source: Kubernetes documentation, "Restrict a Container's
    Syscalls with seccomp": annotations stopped working with 1.27.
    """
    own = profile(context, "seccompProfile")
    if own[0] is not False or minor is None or minor > LAST_MINOR_WITH_SECCOMP_ANNOTATIONS:
        return own
    return _annotated(annotations, _SECCOMP_POD if container is None else _SECCOMP_CONTAINER + container)


def app_armor(context: Section | None, annotations: Section | None, container: str | None) -> Setting[str]:
    """The AppArmor type set here, by field or by the container's annotation; Unconfined wins over the other."""
    own = profile(context, "appArmorProfile")
    old: Setting[str] = (False, None)
    if container is not None:
        old = _annotated(annotations, _APP_ARMOR_CONTAINER + container)
    if old[1] == "Unconfined" or own[0] is False:
        return old
    return own


def _annotated(annotations: Section | None, key: str) -> Setting[str]:
    found, value = setting(annotations, key, text)
    if value is None:
        return found, None
    if value == "":
        return False, None
    return True, "Localhost" if value.startswith("localhost/") else _OLD_PROFILES.get(value, value)


def se_linux_type(context: Section | None) -> Setting[str]:
    """The SELinux type set here; an empty type is none."""
    found, value = setting(section(context, "seLinuxOptions"), "type", text)
    return (False, None) if value == "" else (found, value)


def sets_se_linux_user_or_role(context: Section | None) -> bool | None:
    """Whether an SELinux user or role is set here."""
    options = section(context, "seLinuxOptions")
    return either(*(_is_filled(options, name) for name in ("user", "role")))


def _is_filled(parent: Section | None, name: str) -> bool | None:
    if parent is None:
        return None
    value = parent.get(name)
    return bool(value) if value is None or isinstance(value, str) else None


def host_process(context: Section | None) -> Setting[bool]:
    """windowsOptions.hostProcess set here."""
    return setting(section(context, "windowsOptions"), "hostProcess", flag)


def has_windows_options(context: Section | None) -> bool | None:
    """Whether windowsOptions is written here."""
    return None if context is None else context.get("windowsOptions") is not None


def capabilities(context: Section | None, which: str) -> list[str] | None:
    """Names under `add` or `drop`: upper case, without CAP_, sorted. None when not readable."""
    names = texts(section(context, "capabilities"), which)
    return None if names is None else sorted({name.upper().removeprefix("CAP_") for name in names})


def drops_all(context: Section | None) -> bool | None:
    """Whether ALL is dropped. CAP_ALL is no capability, so it drops nothing."""
    names = texts(section(context, "capabilities"), "drop")
    return None if names is None else any(name.upper() == "ALL" for name in names)


def drops_all_to_the_letter(context: Section | None) -> bool | None:
    """Whether ALL is dropped as Pod Security admission compares it: in upper case."""
    names = texts(section(context, "capabilities"), "drop")
    return None if names is None else "ALL" in names


def misspells_added(context: Section | None) -> bool | None:
    """Whether an added capability differs from the canonical names that admission compares with."""
    names = texts(section(context, "capabilities"), "add")
    return None if names is None else any(name != name.upper().removeprefix("CAP_") for name in names)


def sets_anything(parent: Section | None) -> bool | None:
    """Whether a securityContext is there and says something."""
    context = section(parent, "securityContext")
    return None if context is None else any(value is not None for value in context.values())


def has_se_linux_options(context: Section | None) -> bool | None:
    """Whether SELinux options are set here; empty ones set nothing."""
    options = section(context, "seLinuxOptions")
    return None if options is None else any(value not in (None, "") for value in options.values())


def is_administrator(context: Section | None) -> Setting[bool]:
    """Whether windowsOptions.runAsUserName set here is an administrator. Source: "Configure RunAsUserName"."""
    found, name = setting(section(context, "windowsOptions"), "runAsUserName", text)
    return (found, None) if name is None else (True, name.rpartition("\\")[2].lower() in _ADMINISTRATORS)


def allows_escalation(context: Section | None, privileged: bool | None, added: list[str] | None) -> bool | None:
    """Effective allowPrivilegeEscalation: unset means true, and privileged or SYS_ADMIN (one of ALL) force it.

    Source: Kubernetes documentation, "Configure a Security Context for a Pod or Container".
    """
    administers = None if added is None else not {"SYS_ADMIN", "ALL"}.isdisjoint(added)
    return either(flag(context, "allowPrivilegeEscalation", True), privileged, administers)


def is_windows(spec: Section | None) -> bool | None:
    """Whether a pod is for Windows: spec.os.name, else the node selector, else Linux."""
    name = text(section(spec, "os"), "name", "")
    if name == "":
        name = text(section(spec, "nodeSelector"), "kubernetes.io/os", "linux")
    return None if name is None else name.lower() == "windows"

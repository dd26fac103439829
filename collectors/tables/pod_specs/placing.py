"""What a pod spec says of names, places, groups, runtimes and tokens."""

from __future__ import annotations

from typing import Any

from collectors.tables.as_written import Section, both, either, items, section, sections, text, whole_number
from collectors.tables.pod_specs import security
from collectors.tables.pod_specs.names import names
from collectors.tables.pod_specs.settings import setting
from collectors.tables.pod_specs.volumes import is_token_volume

_CONTROL_PLANE = ("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master")
_DEFAULT_TOKEN_SECONDS = 3600


def is_windows_to_admission(spec: Section | None) -> bool | None:
    """Whether spec.os.name says windows. Source: Pod Security Standards, which heed nothing else since 1.25."""
    name = text(section(spec, "os"), "name", "")
    return None if name is None else name == "windows"


def placing(spec: Section | None) -> dict[str, Any]:
    """Columns of pod_specs."""
    runtime, token = setting(spec, "runtimeClassName", text), _longest_token(spec)
    return {
        "uses_old_account_field": _uses_old_account_field(spec),
        "has_root_group": _has_root_group(section(spec, "securityContext")),
        "sets_security_context": security.sets_anything(spec),
        "names_pull_secret": _is_filled(spec, "imagePullSecrets"),
        "has_host_aliases": _is_filled(spec, "hostAliases"),
        "replaces_name_servers": _replaces_name_servers(spec),
        **names(spec),
        "tolerates_control_plane": _tolerates_control_plane(spec),
        "has_runtime_class": runtime[0],
        "runtime_class_name": runtime[1],
        "has_projected_token": token[0],
        "longest_token_seconds": token[1],
    }


def _is_filled(parent: Section | None, name: str) -> bool | None:
    found = items(parent, name)
    return None if found is None else bool(found)


def _uses_old_account_field(spec: Section | None) -> bool | None:
    """serviceAccount without serviceAccountName; the API server itself writes both. Source: API reference, PodSpec."""
    old, new = text(spec, "serviceAccount", ""), text(spec, "serviceAccountName", "")
    return both(None if old is None else old != "", None if new is None else new == "")


def _has_root_group(context: Section | None) -> bool | None:
    group, more = whole_number(context, "fsGroup", -1), items(context, "supplementalGroups")
    return either(None if group is None else group == 0, None if more is None else either(*map(_is_root, more), False))


def _is_root(value: object) -> bool | None:
    return value == 0 if isinstance(value, int) and not isinstance(value, bool) else None


def _replaces_name_servers(spec: Section | None) -> bool | None:
    """Source: Kubernetes documentation, "DNS for Services and Pods", Pod's DNS Policy and DNS Config."""
    policy = text(spec, "dnsPolicy", "ClusterFirst")
    return either(None if policy is None else policy == "None", _is_filled(section(spec, "dnsConfig"), "nameservers"))


def _tolerates_control_plane(spec: Section | None) -> bool | None:
    """A toleration with no key and operator Exists tolerates every taint. Source: "Taints and Tolerations"."""
    found = sections(spec, "tolerations")
    return None if found is None else either(*map(_tolerates, found), False)


def _tolerates(toleration: Section | None) -> bool | None:
    key, operator = text(toleration, "key", ""), text(toleration, "operator", "Equal")
    if key is None or operator is None:
        return None
    return key in _CONTROL_PLANE or (key == "" and operator == "Exists")


def _longest_token(spec: Section | None) -> tuple[bool | None, int | None]:
    """Lives of the tokens that projected volumes ask for; what admission adds to every pod is not asked for.

    Source: API reference, ServiceAccountTokenProjection.
    """
    volumes = sections(spec, "volumes")
    if volumes is None:
        return None, None
    lives: list[int | None] = []
    for volume in volumes:
        if is_token_volume(volume):
            continue
        sources = sections(section(volume, "projected"), "sources")
        for source in [None] if sources is None else sources:
            if source is None:
                return None, None
            if source.get("serviceAccountToken") is not None:
                token = section(source, "serviceAccountToken")
                lives.append(whole_number(token, "expirationSeconds", _DEFAULT_TOKEN_SECONDS))
    known = [life for life in lives if life is not None]
    return bool(lives), max(known) if lives and len(known) == len(lives) else None

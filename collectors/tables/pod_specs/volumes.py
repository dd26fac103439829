"""Volumes: their sources, and how containers mount them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from collectors.tables.as_written import Section, both, flag, section, sections, text
from collectors.tables.pod_specs.containers import every_container
from collectors.tables.pod_specs.host_paths import exposes_runtime_socket, is_sensitive, normalise
from collectors.tables.pod_specs.secret_files import holds_secret, opens_secret_files
from collectors.tables.pod_specs.settings import any_true

_MountTest = Callable[[Section | None], bool | None]
TOKEN_VOLUME = "kube-api-access-"  # noqa: S105 - the name that admission gives the volume, not a token


class VolumeSource(NamedTuple):
    """One source of one volume; a volume with no source is an emptyDir, one with several (invalid) has a row each."""

    name: str | None
    volume_type: str | None
    has_host_path: bool | None
    host_path: str | None
    is_sensitive_host_path: bool | None
    exposes_runtime_socket: bool | None
    has_writable_mount: bool | None
    has_bidirectional_mount: bool | None
    has_shallow_read_only_mount: bool | None
    has_sub_path_mount: bool | None
    is_unbounded_scratch: bool | None
    holds_secret: bool | None
    opens_secret_files: bool | None
    has_claim: bool | None
    claim_name: str | None
    is_claim_template: bool | None


_NOTHING_KNOWN = VolumeSource(*[None] * len(VolumeSource._fields))
_TEMPLATE = "volumeClaimTemplate"
_ORDINAL = re.compile(r"-\d+$")


def volume_sources(spec: Section | None, claim_templates: list[Section | None] | None) -> list[VolumeSource]:
    """Every volume source of a pod spec; `claim_templates` are a StatefulSet's volumeClaimTemplates."""
    volumes = sections(spec, "volumes")
    if volumes is None or claim_templates is None:
        return [_NOTHING_KNOWN]
    claimed: list[Section | None] = [
        None if template is None else _claimed(text(section(template, "metadata"), "name"))
        for template in claim_templates
    ]
    if not volumes and not claimed:
        return []
    mounts = _mounts(spec)
    return [
        found for volume in (*volumes, *claimed) if not is_token_volume(volume) for found in _sources(volume, mounts)
    ]


def _claimed(name: str | None) -> Section:
    return {"name": name, "persistentVolumeClaim": {_TEMPLATE: True, "claimName": name}}


def is_token_volume(volume: Section | None) -> bool:
    """Whether this is the token volume that admission adds to every pod that mounts its token, and nothing else."""
    name = text(volume, "name")
    if volume is None or name is None or not name.startswith(TOKEN_VOLUME) or not section(volume, "projected"):
        return False
    return {key for key, value in volume.items() if value is not None} == {"name", "projected"}


def _sources(volume: Section | None, mounts: dict[str, list[Section | None]] | None) -> list[VolumeSource]:
    if volume is None:
        return [_NOTHING_KNOWN]
    name = text(volume, "name")
    types = [key for key, value in volume.items() if key != "name" and value is not None] or ["emptyDir"]
    mounted = None if mounts is None or name is None else mounts.get(name, [])
    return [_source(volume, name, volume_type, mounted) for volume_type in sorted(types)]


def _source(volume: Section, name: str | None, volume_type: str, mounted: list[Section | None] | None) -> VolumeSource:
    is_host = volume_type == "hostPath"
    path = normalise(text(section(volume, "hostPath"), "path")) if is_host else None
    return VolumeSource(
        name,
        volume_type,
        is_host,
        path,
        is_sensitive(path) if is_host else False,
        exposes_runtime_socket(path) if is_host else False,
        _any_mount(mounted, _is_writable),
        _any_mount(mounted, _is_bidirectional),
        _any_mount(mounted, _is_shallow),
        _any_mount(mounted, _has_sub_path),
        _is_unbounded(volume) if volume_type == "emptyDir" else False,
        holds_secret(volume, volume_type),
        opens_secret_files(volume, volume_type),
        volume_type == "persistentVolumeClaim",
        *_claim(volume, name),
    )


def _claim(volume: Section, name: str | None) -> tuple[str | None, bool | None]:
    """The claim's name, and whether a StatefulSet's template made it: volume-pod-ordinal, which reads as the volume.

    Source: Kubernetes documentation, "StatefulSets", Stable Storage.
    """
    source = section(volume, "persistentVolumeClaim")
    claimed = text(source, "claimName")
    if source is None or _TEMPLATE in source:
        return claimed, None if source is None else True
    if name is not None and claimed is not None and claimed.startswith(f"{name}-") and _ORDINAL.search(claimed):
        return name, True
    return claimed, False


def _is_unbounded(volume: Section) -> bool | None:
    """Unset means no limit, and so does zero (API reference of EmptyDirVolumeSource)."""
    scratch = section(volume, "emptyDir")
    return None if scratch is None else scratch.get("sizeLimit") in (None, 0, "0")


def _any_mount(mounted: list[Section | None] | None, asks: _MountTest) -> bool | None:
    return None if mounted is None else any_true([asks(mount) for mount in mounted])


def _is_writable(mount: Section | None) -> bool | None:
    read_only = flag(mount, "readOnly", False)
    return None if read_only is None else not read_only


def _is_bidirectional(mount: Section | None) -> bool | None:
    propagation = text(mount, "mountPropagation", "")
    return None if propagation is None else propagation == "Bidirectional"


def _is_shallow(mount: Section | None) -> bool | None:
    """A read-only mount without recursiveReadOnly, which only a mount without propagation may have.

    Source: Kubernetes documentation, "Volumes: Recursive read-only mounts".
    """
    recursive, propagation = text(mount, "recursiveReadOnly", "Disabled"), text(mount, "mountPropagation", "None")
    return both(
        flag(mount, "readOnly", False),
        None if recursive is None else recursive == "Disabled",
        None if propagation is None else propagation == "None",
    )


def _has_sub_path(mount: Section | None) -> bool | None:
    paths = [text(mount, name, "") for name in ("subPath", "subPathExpr")]
    return any_true([None if path is None else path != "" for path in paths])


def _mounts(spec: Section | None) -> dict[str, list[Section | None]] | None:
    """Mounts of all containers by volume name; None when some mount cannot be told from another."""
    found: dict[str, list[Section | None]] = {}
    for container in every_container(spec):
        mounts = sections(container.spec, "volumeMounts")
        if mounts is None:
            return None
        for mount in mounts:
            name = text(mount, "name")
            if name is None:
                return None
            found.setdefault(name, []).append(mount)
    return found


def sysctl_names(spec: Section | None) -> list[str | None]:
    """Kernel parameters asked for, with dots; None for one that cannot be read."""
    found = sections(section(spec, "securityContext"), "sysctls")
    if found is None:
        return [None]
    return [_dotted(text(each, "name")) for each in found]


def _dotted(name: str | None) -> str | None:
    """net/ipv4/tcp_syncookies as net.ipv4.tcp_syncookies: whichever separator comes first is the separator."""
    if name is None or not name:
        return None
    if name.find("/") == -1 or -1 < name.find(".") < name.find("/"):
        return name
    return name.translate(str.maketrans("./", "/."))

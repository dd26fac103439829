"""Which Pod Security controls the parts of a workload violate, for any version of the standard.

Source: the checks of the Pod Security admission library up to 1.37, as Kubernetes documents them in "Pod Security
Standards". Every answer is three-valued: true where a part proves it, NULL where one cannot be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from collectors.tables.as_written import both, either, opposite

STEPS = (24, 25, 27, 29, 31, 32, 34, 35, 37)
"""Minors at which some control of the standard changes; the first stands for itself, 1.23 and older are not kept."""
_PROFILES = ("RuntimeDefault", "Localhost")
_SE_LINUX_TYPES = ("container_t", "container_init_t", "container_kvm_t")
_ENGINE_TYPE, _ENGINE_TYPE_SINCE = "container_engine_t", 31
_WINDOWS_SINCE, _HOSTS_SINCE, _USER_NAMESPACES_SINCE = 25, 34, 35
_SYSCTLS: Mapping[str, int] = {
    "kernel.shm_rmid_forced": 0,
    "net.ipv4.ip_local_port_range": 0,
    "net.ipv4.tcp_syncookies": 0,
    "net.ipv4.ping_group_range": 0,
    "net.ipv4.ip_unprivileged_port_start": 0,
    "net.ipv4.ip_local_reserved_ports": 27,
    "net.ipv4.tcp_keepalive_time": 29,
    "net.ipv4.tcp_fin_timeout": 29,
    "net.ipv4.tcp_keepalive_intvl": 29,
    "net.ipv4.tcp_keepalive_probes": 29,
    "net.ipv4.tcp_rmem": 32,
    "net.ipv4.tcp_wmem": 32,
    "net.ipv4.tcp_slow_start_after_idle": 37,
    "net.ipv4.tcp_notsent_lowat": 37,
}
_NEVER = 1000
_VOLUMES = frozenset(
    (
        "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected",
        "secret",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parts:
    """The rows of one workload, in every form that its pods take; `hidden` says that more may exist unseen."""

    containers: Sequence[Any]
    pod_specs: Sequence[Any]
    volumes: Sequence[Any]
    sysctls: Sequence[Any]
    ports: Sequence[Any]
    hidden: bool


class Violations:
    """What one workload violates, asked version by version."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        unseen = None if parts.hidden or not parts.containers or not parts.pod_specs else False
        self._baseline = either(unseen, _any(_container_baseline, parts.containers), _baseline_beside(parts))
        self._engine_type = _any(_is_engine_type, (*parts.containers, *parts.pod_specs))
        self._hosts = _any(lambda row: row.names_handler_host, parts.containers)
        self._unmasked = _any(_is_unmasked, parts.containers)
        self._unmasked_on_host = _any(lambda row: both(_is_unmasked(row), _on_host(row)), parts.containers)
        self._sysctls = [_safe_since(row.name) for row in parts.sysctls]
        self._outside = _any(_is_outside, parts.volumes)
        self._linux = _any(_container_linux, parts.containers)
        self._root = _any(_may_be_root, parts.containers), _any(_pod_may_be_root, parts.pod_specs)
        self._root_on_host = (
            _any(lambda row: both(_may_be_root(row), _on_host(row)), parts.containers),
            _any(lambda row: both(_pod_may_be_root(row), _on_host(row)), parts.pod_specs),
        )
        self._windows = _agreed(row.is_windows_to_admission for row in parts.pod_specs)

    def of_baseline(self, minor: int) -> bool | None:
        """Whether some control of the baseline level of this minor is violated."""
        return either(
            self._baseline,
            self._engine_type if minor < _ENGINE_TYPE_SINCE else False,
            self._hosts if minor >= _HOSTS_SINCE else False,
            self._unmasked_on_host if minor >= _USER_NAMESPACES_SINCE else self._unmasked,
            *(None if since is None else since > minor for since in self._sysctls),
        )

    def of_restricted(self, minor: int) -> bool | None:
        """Whether some control of the restricted level of this minor is violated, baseline's among them."""
        relaxed = minor >= _USER_NAMESPACES_SINCE
        linux = both(self._linux, opposite(self._windows)) if minor >= _WINDOWS_SINCE else self._linux
        root = self._root_on_host if relaxed else self._root
        return either(self.of_baseline(minor), self._outside, linux, *root, self._unmasked if relaxed else False)


def _any(asks: Callable[[Any], bool | None], rows: Iterable[Any]) -> bool | None:
    return either(*map(asks, rows))


def _agreed(values: Iterable[bool | None]) -> bool | None:
    found = set(values)
    return found.pop() if len(found) == 1 else None


def _is(value: Any, wanted: Callable[[Any], bool]) -> bool | None:
    return None if value is None else wanted(value)


def _profile_is_bad(found: bool | None, profile: str | None) -> bool | None:
    return both(found, _is(profile, lambda value: value not in _PROFILES))


def _setters_are_bad(row: Any) -> bool | None:
    """Profiles and SELinux options, which admission judges in every place that sets them."""
    se_linux = _is(row.declared_se_linux_type, lambda value: value not in (*_SE_LINUX_TYPES, _ENGINE_TYPE))
    return either(
        _profile_is_bad(row.has_declared_seccomp_type, row.declared_seccomp_type),
        _profile_is_bad(row.has_declared_app_armor_type, row.declared_app_armor_type),
        both(row.has_declared_se_linux_type, se_linux),
        row.sets_se_linux_user_or_role,
        row.is_host_process,
    )


def _is_engine_type(row: Any) -> bool | None:
    return both(row.has_declared_se_linux_type, _is(row.declared_se_linux_type, lambda value: value == _ENGINE_TYPE))


def _container_baseline(row: Any) -> bool | None:
    misspelt = row.misspells_added_capability
    return either(row.is_privileged, row.adds_capability_beyond_baseline, misspelt, _setters_are_bad(row))


def _baseline_beside(parts: Parts) -> bool | None:
    return either(
        *(
            either(row.uses_host_network, row.uses_host_pid, row.uses_host_ipc, _setters_are_bad(row))
            for row in parts.pod_specs
        ),
        *(row.has_host_path for row in parts.volumes),
        *(row.has_host_port for row in parts.ports),
    )


def _safe_since(name: str | None) -> int | None:
    return None if name is None else _SYSCTLS.get(name, _NEVER)


def _is_unmasked(row: Any) -> bool | None:
    return _is(row.proc_mount, lambda value: value != "Default")


def _on_host(row: Any) -> bool | None:
    return opposite(row.uses_user_namespace)


def _container_linux(row: Any) -> bool | None:
    """Controls that Windows pods are spared since 1.25."""
    filtered = both(row.has_effective_seccomp_type, _is(row.effective_seccomp_type, lambda value: value in _PROFILES))
    bounded = both(row.drops_all_to_the_letter, opposite(row.adds_capability_beyond_net_bind_service))
    return either(row.allows_privilege_escalation, opposite(filtered), opposite(bounded))


def _is_outside(row: Any) -> bool | None:
    return _is(row.volume_type, lambda value: value not in _VOLUMES)


def _may_be_root(row: Any) -> bool | None:
    required = both(row.has_run_as_non_root, row.run_as_non_root)
    return either(opposite(required), both(row.has_run_as_user, _is(row.run_as_user, lambda value: value == 0)))


def _pod_may_be_root(row: Any) -> bool | None:
    refused = both(row.has_declared_run_as_non_root, opposite(row.declared_run_as_non_root))
    user = _is(row.declared_run_as_user, lambda value: value == 0)
    return either(refused, both(row.has_declared_run_as_user, user))

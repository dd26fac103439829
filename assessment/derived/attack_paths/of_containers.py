"""What whoever breaks into a container can do to its node, and as whom the container speaks.

Root in a user namespace is nobody on the node: capabilities and an unmasked /proc lead nowhere there, sockets and
directories of the node still do. Source: Kubernetes documentation, "User Namespaces", "Linux kernel security
constraints", "Volumes" (hostPath).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from assessment.derived.attack_paths import steps
from assessment.derived.attack_paths.steps import Step, Steps
from assessment.derived.parts_of_workloads import by_workload
from assessment.derived.token_mounts import TokenMounts
from assessment.derived.unseen import Unseen
from collectors.tables.as_written import both, either, opposite

_PARTS = ("containers", "pod_specs", "volumes")
_CAPABILITIES: Mapping[str, frozenset[str]] = {
    "sys_admin": frozenset({"SYS_ADMIN", "ALL"}),
    "sys_module": frozenset({"SYS_MODULE", "ALL"}),
    "dac_read_search": frozenset({"DAC_READ_SEARCH", "ALL"}),
    "raw_disk": frozenset({"SYS_RAWIO", "MKNOD", "ALL"}),
    "bpf": frozenset({"BPF", "PERFMON", "ALL"}),
}
_CREDENTIAL_FOLDERS = ("/", "/var", "/var/lib", "/var/lib/kubelet", "/var/lib/kubelet/pods")


class OfContainers:
    """Steps out of pods, ready to be asked workload by workload."""

    def __init__(self, tables: Mapping[str, list[Any]], unseen: Unseen) -> None:
        self._unseen = unseen
        self._tokens = TokenMounts(tables["service_accounts"], unseen)
        self._parts = {name: by_workload(tables[name]) for name in (*_PARTS, "workload_claims")}
        self._placed: dict[tuple[str, str | None], dict[str, None]] = defaultdict(dict)
        self._lost: set[tuple[str, str | None]] = set()
        for pod in tables["pods"]:
            key = (pod.cluster, pod.workload_id)
            if pod.node_name:
                self._placed[key][pod.node_name] = None
            elif pod.has_node is not False:
                self._lost.add(key)

    def nodes_of(self, workload: Any) -> list[str]:
        """The nodes that its pods were placed on."""
        return list(self._placed.get((workload.cluster, workload.workload_id), ()))

    def steps(self, workload: Any) -> Steps:
        """Every step that starts in its pods."""
        source = steps.workload(workload.workload_id)
        escapes = self._escapes(workload)
        yield from self._to_nodes(workload, source, escapes)
        yield self._to_account(workload, source)
        if self._hidden(workload):
            yield Step("unseen", source, steps.UNSEEN, None, "parts of it were not seen")

    def _to_nodes(self, workload: Any, source: str, escapes: dict[str, tuple[bool | None, str, list[str]]]) -> Steps:
        names = self.nodes_of(workload)
        for family, (holds, because, refs) in escapes.items():
            if family == "host_path_read":
                yield from (Step(family, source, steps.tokens_on(name), holds, because, refs) for name in names)
            else:
                yield Step(family, source, steps.A_NODE, holds, because, refs)
                yield from (Step(family, source, steps.node(name), holds, because, refs) for name in names)
        if escapes and (not names or (workload.cluster, workload.workload_id) in self._lost):
            yield Step("unseen", source, steps.UNSEEN, None, "the node that it runs on was not seen")

    def _to_account(self, workload: Any, source: str) -> Step:
        mounts = self._tokens.of(workload)
        named = steps.account(workload.namespace, workload.service_account_name)
        if workload.namespace is None or workload.service_account_name is None:
            named, mounts = steps.UNSEEN, None if mounts is not False else False
        because = "no token is mounted" if mounts is False else "its token is mounted"
        return Step("runs_as", source, named, mounts, because, workload.evidence_refs)

    def _hidden(self, workload: Any) -> bool:
        return any(
            self._unseen.near(workload.cluster, name, workload.namespace, "Pod")
            or self._unseen.parts(workload.cluster, name, workload.workload_id)
            for name in _PARTS
        )

    def _escapes(self, workload: Any) -> dict[str, tuple[bool | None, str, list[str]]]:
        """family -> whether it holds, why, where that is said; families that certainly do not hold are left out."""
        found: dict[str, tuple[bool | None, str, list[str]]] = {}

        def add(family: str, holds: bool | None, because: str, refs: list[str]) -> None:
            known = found.get(family)
            if holds is not False and (known is None or (known[0] is None and holds)):
                found[family] = (holds, because, refs)

        key = (workload.cluster, workload.workload_id)
        for container in self._parts["containers"].get(key, ()):
            for family, holds in _of_container(container, workload).items():
                add(family, holds, f"container {container.name or '?'}", container.evidence_refs)
        for volume in self._parts["volumes"].get(key, ()):
            for family, holds in _of_volume(volume).items():
                add(family, holds, f"volume {volume.name or '?'}", volume.evidence_refs)
        for claim in self._parts["workload_claims"].get(key, ()):
            because = f"claim {claim.claim_name or '?'}"
            add("host_path_claim", True if claim.has_host_path else _perhaps(claim.has_host_path), because,
                claim.evidence_refs)  # fmt: skip
        return found


def _of_container(container: Any, workload: Any) -> dict[str, bool | None]:
    as_root = opposite(container.uses_user_namespace)
    privileged = both(container.is_privileged, as_root)
    adds = container.added_capabilities

    def holds(*names: str) -> bool | None:
        return None if adds is None else not frozenset(names).isdisjoint(adds)

    found: dict[str, bool | None] = {
        "privileged": privileged,
        "host_process": container.is_host_process,
        "host_pid_admin": both(workload.uses_host_pid, container.is_privileged),
        "sys_ptrace": both(workload.uses_host_pid, holds("SYS_PTRACE", "ALL"), as_root),
        "proc_unmasked": both(None if container.proc_mount is None else container.proc_mount == "Unmasked", as_root),
    }
    for family, names in _CAPABILITIES.items():
        found[family] = both(holds(*names), as_root)
    return found


def _of_volume(volume: Any) -> dict[str, bool | None]:
    writes = both(volume.has_host_path, volume.is_sensitive_host_path, volume.has_writable_mount)
    path = volume.host_path
    reads = None if volume.has_host_path and path is None else bool(path) and path.rstrip("/") in _READS
    return {
        "runtime_socket": volume.exposes_runtime_socket,
        "host_path_write": writes,
        "host_path_read": both(volume.has_host_path, reads),
        "mount_propagation": both(volume.has_host_path, volume.has_bidirectional_mount),
    }


_READS = frozenset(path.rstrip("/") for path in _CREDENTIAL_FOLDERS)


def _perhaps(holds: bool | None) -> bool | None:
    """A claim whose volume is decided later is no way in today."""
    return either(holds)

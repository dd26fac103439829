"""Which controls a policy is about: by the fields that it names, or by the well-known name of its kind.

A control is one thing that a cluster can refuse of a pod. Those of the Pod Security Standards stand in the level that
first refuses them. Source: Kubernetes documentation, "Pod Security Standards"; the Gatekeeper and Kyverno libraries.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

BASELINE = (
    "privileged containers", "host processes", "host memory", "host network", "host paths", "host ports",
    "added capabilities", "kernel parameters", "SELinux options", "AppArmor profiles", "unmasked proc",
    "Windows host processes", "seccomp off",
)  # fmt: skip
RESTRICTED = (
    *BASELINE, "volume types", "privilege escalation", "root users", "seccomp unset", "undropped capabilities",
)  # fmt: skip
OTHERS = ("image registries", "image signatures", "image tags", "missing requests and limits", "writable root")
CONTROLS = (*RESTRICTED, *OTHERS)

_FIELDS: Mapping[str, str] = {
    "privileged containers": r"\bprivileged\b",
    "host processes": r"\bhostPID\b",
    "host memory": r"\bhostIPC\b",
    "host network": r"\bhostNetwork\b",
    "host paths": r"\bhostPath\b",
    "host ports": r"\bhostPort\b",
    "added capabilities": r"\bcapabilities\b(?s:.){0,400}\badd\b",
    "undropped capabilities": r"\bcapabilities\b(?s:.){0,400}\bdrop\b",
    "kernel parameters": r"\bsysctls\b",
    "SELinux options": r"\bseLinuxOptions\b",
    "AppArmor profiles": r"(?i)apparmor",
    "unmasked proc": r"\bprocMount\b",
    "Windows host processes": r"\bhostProcess\b",
    "seccomp off": r"(?i)\bseccomp",
    "seccomp unset": r"(?i)\bseccomp",
    "privilege escalation": r"\ballowPrivilegeEscalation\b",
    "root users": r"\brunAsNonRoot\b",
    "image registries": (
        r"\b(repos|registries|allowedRegistries|allowedRepositories)\b|image\W.{0,80}(startsWith|[a-z0-9-]+\.[a-z]{2,}/)"
    ),
    "image tags": r":latest",
    "missing requests and limits": r"\bresources\b(?s:.){0,400}\b(limits|requests)\b",
    "writable root": r"\breadOnlyRootFilesystem\b",
}  # fmt: skip
_READ = {control: re.compile(pattern) for control, pattern in _FIELDS.items()}

_GATEKEEPER: Mapping[str, tuple[str, ...]] = {
    "K8sPSPPrivilegedContainer": ("privileged containers",),
    "K8sPSPHostNamespace": ("host processes", "host memory"),
    "K8sPSPHostNetworkingPorts": ("host network", "host ports"),
    "K8sPSPHostFilesystem": ("host paths",),
    "K8sPSPVolumeTypes": ("volume types", "host paths"),
    "K8sPSPCapabilities": ("added capabilities", "undropped capabilities"),
    "K8sPSPForbiddenSysctls": ("kernel parameters",),
    "K8sPSPSELinuxV2": ("SELinux options",),
    "K8sPSPAppArmor": ("AppArmor profiles",),
    "K8sPSPProcMount": ("unmasked proc",),
    "K8sPSPSeccomp": ("seccomp off", "seccomp unset"),
    "K8sPSPSeccompV2": ("seccomp off", "seccomp unset"),
    "K8sPSPAllowPrivilegeEscalationContainer": ("privilege escalation",),
    "K8sPSPAllowedUsers": ("root users",),
    "K8sPSPReadOnlyRootFilesystem": ("writable root",),
    "K8sAllowedRepos": ("image registries",),
    "K8sAllowedReposv2": ("image registries",),
    "K8sDisallowedTags": ("image tags",),
    "K8sImageDigests": ("image tags",),
    "K8sContainerLimits": ("missing requests and limits",),
    "K8sContainerRequests": ("missing requests and limits",),
    "K8sRequiredResources": ("missing requests and limits",),
    "K8sAzureV2NoPrivilege": ("privileged containers",),
    "K8sAzureV3NoPrivilege": ("privileged containers",),
    "K8sAzureV2ContainerAllowedImages": ("image registries",),
    "K8sAzureV3HostFilesystem": ("host paths",),
    "K8sAzureV3HostNetworkingPorts": ("host network", "host ports"),
    "K8sAzureV2BlockHostNamespace": ("host processes", "host memory"),
    "K8sAzureV3NoPrivilegeEscalation": ("privilege escalation",),
    "RatifyVerification": ("image signatures",),
}
_ABOUT_OTHER_THINGS = frozenset({
    "K8sRequiredLabels", "K8sRequiredAnnotations", "K8sHttpsOnly", "K8sBlockNodePort", "K8sBlockLoadBalancer",
    "K8sUniqueIngressHost", "K8sReplicaLimits", "K8sExternalIPs", "K8sBlockWildcardIngress", "K8sStorageClass",
    "K8sUniqueServiceSelector", "K8sPodDisruptionBudget", "K8sHorizontalPodAutoscaler", "K8sRequiredProbes",
    "K8sDisallowAnonymous", "K8sBlockEndpointEditDefaultRole", "K8sRestrictRoleBindings",
})  # fmt: skip


def of_gatekeeper(kind: str) -> list[str] | None:
    """What a constraint of this kind is about; None for a kind that a client made up."""
    known = _GATEKEEPER.get(kind)
    if known is None:
        return [] if kind in _ABOUT_OTHER_THINGS else None
    return sorted(known)


def of_level(level: str | None) -> list[str] | None:
    """What a level of the Pod Security Standards refuses."""
    found = {"privileged": (), "baseline": BASELINE, "restricted": RESTRICTED}.get(level or "")
    return None if found is None else sorted(found)


def named_in(contents: Any) -> list[str]:
    """What the fields that stand anywhere in a rule are about; an empty list when none is recognised."""
    text = "\n".join(_words(contents))
    return sorted(control for control, pattern in _READ.items() if pattern.search(text))


def _words(contents: Any) -> Iterable[str]:
    if isinstance(contents, dict):
        for key, value in contents.items():
            yield str(key).strip("=()^<+X")
            yield from _words(value)
    elif isinstance(contents, list):
        for each in contents:
            yield from _words(each)
    elif isinstance(contents, str):
        yield contents

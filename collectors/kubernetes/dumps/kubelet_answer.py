"""What a kubelet answers to `/pods` and `/runningpods`: the pods of one node, as typed lists without a resourceVersion.

The API server never leaves the resourceVersion of a list out, so that its absence tells a kubelet's answer, which
proves its pods and nothing else: not even the other pods of its node's namespaces. `/runningpods` is made from what
the container runtime knows; of a pod's specification it has names and images only, and who read the rest as unset
would find settings that nobody made.

Source: Kubernetes, pkg/kubelet/server and pkg/kubelet/container (`Pod.ToAPIPod`), pkg/kubelet/types (annotations).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collectors.kubernetes.parts import Listed

_SET_BY_THE_KUBELET = ("kubernetes.io/config.seen", "kubernetes.io/config.source")
ONLY_WHAT_RUNS = "is what a container runtime knows of a pod, not the pod"


def is_of_a_kubelet(listed: Listed) -> bool:
    """Whether a list that was read to its end may be one node's answer."""
    return listed.kind is not None and not listed.resource_version


def was_seen_by_a_kubelet(metadata: Mapping[str, Any]) -> bool:
    """Whether a kubelet has this pod: a static one has no resourceVersion."""
    annotations = metadata.get("annotations")
    return isinstance(annotations, dict) and any(name in annotations for name in _SET_BY_THE_KUBELET)


def tells_only_what_runs(listed: Listed, item: Mapping[str, Any]) -> bool:
    """Whether this item of a list is from `/runningpods`: it has a uid, which no manifest needs, and little else."""
    metadata = item.get("metadata")
    if listed.kind != "Pod" or listed.resource_version or not isinstance(metadata, dict):
        return False
    return bool(metadata.get("uid")) and not metadata.get("resourceVersion") and not was_seen_by_a_kubelet(metadata)

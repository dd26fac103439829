"""The examples of a check as Kubernetes objects: a small valid Deployment with the author's patches."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from assessment.checks.load import Check, Example

AS_OF = "2026-11-21 00:00:00"
"""The instant that examples are judged as of."""
NAMESPACE = "shop"
NAME = "web"

_CONTAINER: dict[str, Any] = {"name": "main", "image": "registry.example/web:1.0"}
_API_VERSIONS = {
    "Pod": "v1", "ReplicationController": "v1", "Job": "batch/v1", "CronJob": "batch/v1",
}  # fmt: skip


def objects(example: Example) -> list[dict[str, Any]]:
    """The objects of an example: the patched workload, unless only `objects` or `answers` are given."""
    patched = any(
        patch is not None
        for patch in (
            example.container, example.init_container, example.ephemeral_container,
            example.pod, example.pod_metadata, example.workload,
        )
    )  # fmt: skip
    if (example.objects or example.answers) and not patched:
        return copy.deepcopy(example.objects)
    return [_workload(example), *copy.deepcopy(example.objects)]


def judged_by(example: Example, subjects: Mapping[tuple[str, str], str]) -> str:
    """The verdict that the example is about: of its named subject, else the worst of all subjects.

    `subjects` maps (kind, name) to a verdict; a check that judged nothing is "out of scope".
    """
    if example.subject:
        kind, _, name = example.subject.rpartition("/")
        return subjects.get((kind, name), "out of scope")
    for verdict in ("fail", "unknown", "pass"):
        if verdict in subjects.values():
            return verdict
    return "out of scope"


def merged(base: Any, patch: Any) -> Any:
    """JSON merge patch (RFC 7386): mappings merge, null removes, everything else replaces."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    result = dict(base) if isinstance(base, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def title_of(check: Check, number: int) -> str:
    """The name of an example as a cluster: "pod_security.privileged#2"."""
    return f"{check.check_id}#{number + 1}"


def _workload(example: Example) -> dict[str, Any]:
    pod = merged({"containers": [merged(_CONTAINER, example.container or {})]}, _without_containers(example.pod))
    if example.pod and "containers" in example.pod:
        pod["containers"] = copy.deepcopy(example.pod["containers"])
    if example.init_container is not None:
        pod.setdefault("initContainers", []).append(merged(_CONTAINER | {"name": "init"}, example.init_container))
    if example.ephemeral_container is not None:
        debug = merged(_CONTAINER | {"name": "debug"}, example.ephemeral_container)
        pod.setdefault("ephemeralContainers", []).append(debug)
    metadata = merged({"labels": {"app": NAME}}, example.pod_metadata or {})
    return _wrapped(example, metadata, pod)


def _without_containers(patch: dict[str, Any] | None) -> dict[str, Any]:
    return {key: value for key, value in (patch or {}).items() if key != "containers"}


def _wrapped(example: Example, metadata: dict[str, Any], pod: dict[str, Any]) -> dict[str, Any]:
    named = {"name": NAME, "namespace": NAMESPACE}
    head = {"apiVersion": _API_VERSIONS.get(example.kind, "apps/v1"), "kind": example.kind}
    if example.kind == "Pod":
        return head | {"metadata": merged(metadata, named), "spec": merged(pod, example.workload or {})}
    template = {"metadata": metadata, "spec": pod}
    if example.kind == "CronJob":
        spec: dict[str, Any] = {"schedule": "0 3 * * *", "jobTemplate": {"spec": {"template": template}}}
    elif example.kind == "Job":
        spec = {"template": template}
    else:
        spec = {"selector": {"matchLabels": {"app": NAME}}, "template": template}
    return head | {"metadata": dict(named), "spec": merged(spec, example.workload or {})}

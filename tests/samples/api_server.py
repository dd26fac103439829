"""What an API server and its controllers add to what people apply, as far as benchmarks of any size need it.

Everything follows from names, so the same declarations give the same bytes. The sample clinic is not made with this:
real servers recorded it.
"""

from __future__ import annotations

import copy
import hashlib
import json
import uuid
from typing import Any

Object = dict[str, Any]

CREATED = "2026-03-09T08:12:00Z"
STARTED = "2026-11-17T05:40:00Z"
NODES = ("node-a", "node-b", "node-c")
_FAMILY = uuid.UUID("5f0c7f5e-2b1c-4c57-9a55-0d6c11c11c00")
_POD_DEFAULTS = {
    "dnsPolicy": "ClusterFirst",
    "restartPolicy": "Always",
    "schedulerName": "default-scheduler",
    "securityContext": {},
    "terminationGracePeriodSeconds": 30,
}
_PROBE_DEFAULTS = {"failureThreshold": 3, "periodSeconds": 10, "successThreshold": 1, "timeoutSeconds": 1}


def stored(thing: Object, *, created: str = CREATED, applied: bool = False) -> Object:
    """The object with the metadata that a server keeps: uid, resourceVersion, creation time."""
    thing = copy.deepcopy(thing)
    metadata = thing["metadata"]
    if applied:
        text = json.dumps(thing, separators=(",", ":")) + "\n"
        metadata.setdefault("annotations", {})["kubectl.kubernetes.io/last-applied-configuration"] = text
    name = f"{thing['kind']}/{metadata.get('namespace', '')}/{metadata['name']}"
    metadata["uid"] = str(uuid.uuid5(_FAMILY, name))
    metadata["resourceVersion"] = str(4_000_000 + int(digest(name, 6), 16) % 900_000)
    metadata["creationTimestamp"] = created
    if thing["kind"] in ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "NetworkPolicy", "CronJob"):
        metadata["generation"] = 1
    template = template_of(thing)
    if template and "spec" in template:
        default_pod(template["spec"])
    return thing


def digest(text: str, length: int) -> str:
    """The first hexadecimal digits of a hash of the text."""
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def template_of(workload: Object) -> Object | None:
    """The pod template of a workload, or None."""
    spec = workload.get("spec", {})
    template: Object | None = spec.get("jobTemplate", {}).get("spec", spec).get("template")
    return template


def default_pod(spec: Object) -> None:
    """Fill in what the API server defaults in a pod's specification."""
    for key, value in _POD_DEFAULTS.items():
        spec.setdefault(key, copy.deepcopy(value))
    if "serviceAccountName" in spec:
        spec["serviceAccount"] = spec["serviceAccountName"]
    for container in [*spec.get("initContainers", []), *spec["containers"]]:
        latest = ":" not in container["image"] or container["image"].endswith(":latest")
        container.setdefault("imagePullPolicy", "Always" if latest else "IfNotPresent")
        container.setdefault("resources", {})
        container.setdefault("terminationMessagePath", "/dev/termination-log")
        container.setdefault("terminationMessagePolicy", "File")
        for port in container.get("ports", []):
            port.setdefault("protocol", "TCP")
        for probe in ("livenessProbe", "readinessProbe"):
            if probe in container:
                container[probe] = _PROBE_DEFAULTS | container[probe]


def owned(owner: Object, kind: str, name: str, api_version: str, labels: dict[str, str]) -> Object:
    """An object that a controller made for its owner."""
    reference = {
        "apiVersion": owner["apiVersion"], "kind": owner["kind"], "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"], "controller": True, "blockOwnerDeletion": True,
    }
    metadata: Object = {"name": name, "labels": labels, "ownerReferences": [reference]}
    if "namespace" in owner["metadata"]:
        metadata["namespace"] = owner["metadata"]["namespace"]
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata}


def pod(owner: Object, name: str, node: str, *, finished: bool = False) -> Object:
    """One pod of a workload, scheduled and running, or finished."""
    template = copy.deepcopy(template_of(owner))
    assert template is not None
    made = owned(owner, "Pod", name, "v1", template["metadata"].get("labels", {}))
    spec = made["spec"] = template["spec"] | {"nodeName": node, "enableServiceLinks": True, "priority": 0}
    spec.setdefault("serviceAccountName", "default")
    spec["serviceAccount"] = spec["serviceAccountName"]
    spec["preemptionPolicy"] = "PreemptLowerPriority"
    if spec.get("automountServiceAccountToken", True):
        _mount_token(spec, digest(name, 5))
    made["status"] = _status(spec, name, finished)
    return stored(made, created=STARTED)


def _mount_token(spec: Object, suffix: str) -> None:
    volume = f"kube-api-access-{suffix}"
    sources = [
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"configMap": {"items": [{"key": "ca.crt", "path": "ca.crt"}], "name": "kube-root-ca.crt"}},
        {"downwardAPI": {"items": [{"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"},
                                    "path": "namespace"}]}},
    ]
    spec["volumes"] = [*spec.get("volumes", []),
                       {"name": volume, "projected": {"defaultMode": 420, "sources": sources}}]
    mount = {"mountPath": "/var/run/secrets/kubernetes.io/serviceaccount", "name": volume, "readOnly": True}
    for container in spec["containers"]:
        container["volumeMounts"] = [*container.get("volumeMounts", []), mount]


def _status(spec: Object, name: str, finished: bool) -> Object:
    number = NODES.index(spec["nodeName"])
    ended = {"exitCode": 0, "reason": "Completed", "startedAt": STARTED, "finishedAt": STARTED}
    running = {"running": {"startedAt": STARTED}}
    address = f"10.244.{1 + number}.{10 + int(digest(name, 4), 16) % 200}"
    return {
        "phase": "Succeeded" if finished else "Running",
        "hostIP": f"10.20.{number}.11",
        "podIP": f"10.20.{number}.11" if spec.get("hostNetwork") else address,
        "qosClass": _quality(spec["containers"]),
        "startTime": STARTED,
        "conditions": [{"type": kind, "status": "True", "lastProbeTime": None, "lastTransitionTime": STARTED}
                       for kind in ("PodScheduled", "Initialized")]
        + [{"type": "Ready", "status": "False" if finished else "True", "lastProbeTime": None,
            "lastTransitionTime": STARTED}],
        "containerStatuses": [
            {"name": container["name"], "image": container["image"], "ready": not finished,
             "state": {"terminated": ended} if finished else running, "lastState": {},
             "started": not finished, "restartCount": 0,
             "imageID": f"{container['image'].split(':')[0]}@sha256:{digest(container['image'], 64)}",
             "containerID": f"containerd://{digest(name + container['name'], 64)}"}
            for container in spec["containers"]
        ],
    }


def _quality(containers: list[Object]) -> str:
    resources = [container["resources"] for container in containers]
    if not any(resources):
        return "BestEffort"
    whole = all(each.get("limits") and each.get("limits") == each.get("requests") for each in resources)
    return "Guaranteed" if whole else "Burstable"

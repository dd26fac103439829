"""Write data/samples/clinic/cluster: one file a kind, as kubectl with a partial account saves it.

Run as `python -m tests.samples.make_clinic`. What is missing is so on purpose: Secrets were not asked for,
RoleBindings were forbidden (kubectl then prints an empty List, and the refusal on stderr).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from collectors import resources
from tests.samples import api_server
from tests.samples.api_server import NODES, Object
from tests.samples.clinic import workloads
from tests.samples.clinic_around import surroundings

FORBIDDEN = ('Error from server (Forbidden): rolebindings.rbac.authorization.k8s.io is forbidden: '
             'User "surveyor" cannot list resource "rolebindings" in API group "rbac.authorization.k8s.io" '
             'at the cluster scope\n')
VERSION = {"major": "1", "minor": "35", "gitVersion": "v1.35.0-eks-0a1b2c3", "gitTreeState": "clean",
           "platform": "linux/amd64", "goVersion": "go1.25.3", "compiler": "gc",
           "buildDate": "2025-12-17T00:00:00Z"}
PLURALS = {"NetworkPolicy": "networkpolicies", "Ingress": "ingresses", "StorageClass": "storageclasses",
           "PriorityClass": "priorityclasses"}


def files() -> dict[str, str]:
    """The files by name."""
    by_kind: dict[str, list[Object]] = {}
    for each in _objects():
        by_kind.setdefault(each["kind"], []).append(each)
    saved = {f"{_plural(kind)}.json": _text(_list(found)) for kind, found in sorted(by_kind.items())}
    saved["rolebindings.json"], saved["rolebindings.err"] = _text(_list([])), FORBIDDEN
    empty = {"kind": "ReplicationControllerList", "apiVersion": "v1", "items": [],
             "metadata": {"resourceVersion": "4981022"}}
    saved["replicationcontrollers.json"] = _text(empty)
    versions = {"clientVersion": VERSION, "kustomizeVersion": "v5.7.1", "serverVersion": VERSION}
    saved["version.json"] = _text(versions)
    return saved


def write(folder: Path) -> None:
    """Write the files into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files().items():
        (folder / name).write_text(text, encoding="utf-8")


def _objects() -> Iterator[Object]:
    for each in surroundings():
        yield api_server.stored(each, applied=each["metadata"]["name"] == "portal-settings")
    for each in workloads():
        made = api_server.stored(each, applied=each["kind"] == "Deployment")
        made["status"] = _standing(made)
        yield made
        yield from _made_for(made)


def _standing(made: Object) -> Object:
    if made["kind"] == "CronJob":
        return {"lastScheduleTime": "2026-11-20T06:15:00Z", "lastSuccessfulTime": "2026-11-20T06:15:44Z"}
    if made["kind"] == "DaemonSet":
        count = len(NODES)
        return {"currentNumberScheduled": count, "desiredNumberScheduled": count, "numberAvailable": count,
                "numberMisscheduled": 0, "numberReady": count, "observedGeneration": 1}
    count = made["spec"]["replicas"]
    return {"replicas": count, "readyReplicas": count, "availableReplicas": count, "updatedReplicas": count,
            "observedGeneration": 1}


def _made_for(owner: Object) -> Iterator[Object]:
    name, kind = owner["metadata"]["name"], owner["kind"]
    if kind == "Deployment":
        replica_set = api_server.replica_set(owner)
        yield replica_set
        for number in range(owner["spec"]["replicas"]):
            suffix = api_server.digest(f"{name}{number}", 5)
            yield api_server.pod(replica_set, f"{replica_set['metadata']['name']}-{suffix}", _worker(number))
    elif kind == "StatefulSet":
        for number in range(owner["spec"]["replicas"]):
            pod = api_server.pod(owner, f"{name}-{number}", _worker(number))
            for claim in owner["spec"]["volumeClaimTemplates"]:
                template = claim["metadata"]["name"]
                bound = {"persistentVolumeClaim": {"claimName": f"{template}-{name}-{number}"}}
                pod["spec"].setdefault("volumes", []).append({"name": template} | bound)
            yield pod
    elif kind == "DaemonSet":
        for node in NODES:
            yield api_server.pod(owner, f"{name}-{api_server.digest(name + node, 5)}", node)
    else:
        job = _job(owner)
        yield job
        yield api_server.pod(job, f"{job['metadata']['name']}-x7k2p", "node-b", finished=True)


def _worker(number: int) -> str:
    return NODES[number % 3]


def _job(cron_job: Object) -> Object:
    name = f"{cron_job['metadata']['name']}-29394615"
    job = api_server.owned(cron_job, "Job", name, "batch/v1", {})
    template = json.loads(json.dumps(cron_job["spec"]["jobTemplate"]["spec"]["template"]))
    template["metadata"]["labels"]["batch.kubernetes.io/job-name"] = name
    job["spec"] = {"backoffLimit": 6, "completions": 1, "parallelism": 1, "suspend": False,
                   "template": template,
                   "selector": {"matchLabels": {"batch.kubernetes.io/job-name": name}}}
    job["status"] = {"succeeded": 1, "startTime": "2026-11-20T06:15:00Z",
                     "completionTime": "2026-11-20T06:15:44Z",
                     "conditions": [{"type": "Complete", "status": "True"}]}
    return api_server.stored(job, created="2026-11-20T06:15:00Z")


def _plural(kind: str) -> str:
    return PLURALS.get(kind, kind.lower() + "s")


def _list(items: list[Object]) -> Object:
    items = sorted(items, key=lambda each: (each["metadata"].get("namespace", ""), each["metadata"]["name"]))
    return {"apiVersion": "v1", "items": items, "kind": "List", "metadata": {"resourceVersion": ""}}


def _text(value: Object) -> str:
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    write(resources.data("samples", "clinic", "cluster"))

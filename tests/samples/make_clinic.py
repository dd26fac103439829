"""Write data/samples/clinic: clusters as kubectl with a partial account saves them, clouds, answers of people.

Run as `python -m tests.samples.make_clinic`. What is missing is so on purpose: Secrets were not asked for, and
some lists were forbidden (kubectl then prints an empty List, and the refusal on stderr).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from collectors import resources
from tests.samples import api_server, clinic, clinic_around, clouds, harbour, interviews
from tests.samples.api_server import NODES, Object

BUILT = {"major": "1", "gitTreeState": "clean", "platform": "linux/amd64", "goVersion": "go1.25.3",
         "compiler": "gc", "buildDate": "2025-12-17T00:00:00Z"}
PLURALS = {"NetworkPolicy": "networkpolicies", "Ingress": "ingresses", "StorageClass": "storageclasses",
           "PriorityClass": "priorityclasses"}


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster of the clinic: what is in it, its version, and which lists were refused."""

    workloads: Callable[[], Iterator[Object]]
    surroundings: Callable[[], Iterator[Object]]
    version: str
    refused: Mapping[str, str]


CLUSTERS = {
    "lakeside": Cluster(clinic.workloads, clinic_around.surroundings, "v1.35.0-eks-0a1b2c3",
                        {"rolebindings": "rolebindings.rbac.authorization.k8s.io"}),
    "harbour": Cluster(harbour.workloads, harbour.surroundings, "v1.32.7", harbour.REFUSED),
}


def files(name: str) -> dict[str, str]:
    """The files of a cluster by name."""
    cluster = CLUSTERS[name]
    by_kind: dict[str, list[Object]] = {}
    for each in _objects(cluster):
        by_kind.setdefault(each["kind"], []).append(each)
    saved = {f"{_plural(kind)}.json": _text(_list(found)) for kind, found in sorted(by_kind.items())}
    for plural, resource in cluster.refused.items():
        saved[f"{plural}.json"], saved[f"{plural}.err"] = _text(_list([])), _forbidden(resource)
    for kind in ("ReplicationController", "NetworkPolicy", "Ingress", "DaemonSet", "CronJob", "Job"):
        saved.setdefault(f"{_plural(kind)}.json", _text(_none_of(kind)))
    version = BUILT | {"minor": cluster.version.split(".")[1], "gitVersion": cluster.version}
    versions = {"clientVersion": version, "kustomizeVersion": "v5.7.1", "serverVersion": version}
    saved["version.json"] = _text(versions)
    return {file: harbour.renamed(text) for file, text in saved.items()} if name == "harbour" else saved


def everything() -> dict[str, str]:
    """All files of the sample that this script writes, by their place in it."""
    found = {f"clusters/{name}/{file}": text for name in CLUSTERS for file, text in files(name).items()}
    told = {f"clouds/{file}": body for file, body in (clouds.aws() | clouds.azure()).items()}
    found |= {f"questionnaire/{file}": text for file, text in interviews.files().items()}
    return found | {place: body if isinstance(body, str) else _text(body) for place, body in told.items()}


def write(folder: Path) -> None:
    """Write them below `folder`."""
    for place, text in everything().items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(text, encoding="utf-8")


def _forbidden(resource: str) -> str:
    plural, _, group = resource.partition(".")
    return (f'Error from server (Forbidden): {resource} is forbidden: User "surveyor" cannot list resource '
            f'"{plural}" in API group "{group}" at the cluster scope\n')


def _none_of(kind: str) -> Object:
    """An empty list that says of what: the API server's own answer to a raw request."""
    version = {"NetworkPolicy": "networking.k8s.io/v1", "Ingress": "networking.k8s.io/v1", "DaemonSet": "apps/v1",
               "CronJob": "batch/v1", "Job": "batch/v1"}.get(kind, "v1")
    return {"kind": f"{kind}List", "apiVersion": version, "items": [], "metadata": {"resourceVersion": "4981022"}}


def _objects(cluster: Cluster) -> Iterator[Object]:
    for each in cluster.surroundings():
        yield api_server.stored(each, applied=each["metadata"]["name"] == "portal-settings")
    for each in cluster.workloads():
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
    write(resources.data("samples", "clinic"))

"""One measurement, in a process of its own; the last line on stdout is its figures as JSON."""

from __future__ import annotations

import gzip
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any


def floor(path: str) -> dict[str, float]:
    """Unpack and parse, nothing else."""
    import orjson

    started = time.perf_counter()
    orjson.loads(gzip.decompress(Path(path).read_bytes()))
    return {"seconds": time.perf_counter() - started}


def survey(path: str, workspace: str) -> dict[str, float]:
    """Collect and assess, from the saved cluster to results/. Loading our own modules counts."""
    started = time.perf_counter()
    from assessment import pipeline

    made = pipeline.init(Path(workspace), "Benchmark")
    pipeline.collect(made, source=Path(path), cluster="benchmark", whole=True)
    collected = time.perf_counter()
    stages = Stages()
    pipeline.assess(made, progress=stages)
    ended = time.perf_counter()
    items = made.result("evidence_items")
    return {"seconds": ended - started, "collect": collected - started, "assess": ended - collected,
            "objects": float(items["objects"].sum()), "findings": float(len(made.result("findings")))} | stages.took()


class Stages:
    """Listens to the progress of `assess` and notes how long each stage takes."""

    def __init__(self) -> None:
        self._began: list[tuple[str, float]] = []

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        if not self._began or self._began[-1][0] != stage:
            self._began.append((stage, time.perf_counter()))

    def took(self) -> dict[str, float]:
        """Seconds by stage, the last one (writing) to now."""
        ends = [moment for _, moment in self._began[1:]] + [time.perf_counter()]
        return {stage: end - began for (stage, began), end in zip(self._began, ends, strict=True)}


def live(kubeconfig: str, folder: str) -> dict[str, float]:
    """Collect a running cluster into evidence: discovery, every list, redaction, the disk."""
    from datetime import UTC, datetime

    from collectors.evidence.store import Evidence
    from collectors.kubernetes.live import collect, connect

    run = Evidence(Path(folder)).new_run(datetime.now(UTC))
    connection = connect(Path(kubeconfig))
    started = time.perf_counter()
    found = collect(run, connection, cluster="benchmark")
    return {"seconds": time.perf_counter() - started, "objects": found.objects, "lists": found.lists}


def bare(kubeconfig: str, folder: str) -> dict[str, float]:
    """The same lists through the official client's transport, each page parsed and dropped."""
    import orjson
    from kubernetes import config

    from collectors.evidence.store import Evidence

    evidence = Evidence(Path(folder))
    newest = evidence.newest()
    assert newest is not None
    paths = [item.request.split()[1].split("?")[0] for item in newest.items() if item.method == "list"]
    client = config.new_client_from_config(kubeconfig, persist_config=False)
    started, size = time.perf_counter(), 0
    for path in paths:
        token: str | None = ""
        while token is not None:
            query = [("limit", 500)] + ([("continue", token)] if token else [])
            sent = client.param_serialize("GET", path, query_params=query, auth_settings=["BearerToken"])
            body = client.call_api(*sent).read()
            size += len(body)
            token = orjson.loads(body)["metadata"].get("continue") or None
    return {"seconds": time.perf_counter() - started, "megabytes": size / 1e6}


def estate(workspace: str) -> dict[str, float]:
    """Collect every cluster that engagement.yaml names."""
    from assessment.pipeline import collect_named
    from assessment.workspace import Workspace

    started = time.perf_counter()
    found = collect_named(Workspace(Path(workspace))).clusters
    silent = sum(bool(answered.unreachable) for answered in found)
    return {"seconds": time.perf_counter() - started, "clusters": len(found), "silent": silent}


def worlds(count: str) -> dict[str, float]:
    """Judge one-object worlds at once: the first time, and again when everything is loaded."""
    import assessment

    made = {f"world-{number}": [_deployment(number)] for number in range(int(count))}
    times = []
    for _ in range(2):
        started, before = time.perf_counter(), time.process_time()
        found = assessment.judge_many(made, kubernetes_version="1.35")
        times.append((time.perf_counter() - started, time.process_time() - before))
    assert found["cluster"].nunique() == int(count)
    return {"first": times[0][0], "warm": times[1][0], "warm_cpu": times[1][1]}


def generate(path: str) -> dict[str, float]:
    """Write a List of 20 DaemonSets on 100 nodes with 2,000 pods."""
    from tests.samples import api_server, clinic

    items: list[dict[str, Any]] = []
    for number in range(20):
        container = clinic.container("agent", f"registry.example/agent:{number}", 8080, resources=clinic.MODEST)
        owner = api_server.stored(clinic.workload("DaemonSet", f"team-{number % 5}", f"agent-{number}", [container]))
        items.append(owner)
        for node in range(100):
            place = api_server.NODES[node % len(api_server.NODES)]
            pod = api_server.pod(owner, f"agent-{number}-{node:03}", place)
            pod["spec"]["nodeName"] = f"node-{node}"
            items.append(pod)
    whole = {"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": items}
    Path(path).write_bytes(gzip.compress(json.dumps(whole).encode(), mtime=0))
    return {}


def large(path: str) -> dict[str, float]:
    """Write the made-up estate of 25,000 pods."""
    from benchmarks import large_estate

    large_estate.write(Path(path))
    return {"megabytes": Path(path).stat().st_size / 1e6}


def _deployment(number: int) -> dict[str, Any]:
    labels = {"app": f"web-{number}"}
    container = {"name": "web", "image": f"registry.example/web:1.{number}",
                 "securityContext": {"privileged": number % 3 == 0}}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"replicas": 1 + number % 3, "selector": {"matchLabels": labels}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "spec": spec,
            "metadata": {"name": f"web-{number}", "namespace": "shop"}}


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    tasks = (floor, survey, worlds, generate, large, live, bare, estate)
    figures = next(task for task in tasks if task.__name__ == sys.argv[1])(*sys.argv[2:])
    used = resource.getrusage(resource.RUSAGE_SELF)
    figures |= {"peak_kb": used.ru_maxrss, "cpu": used.ru_utime + used.ru_stime}
    print(json.dumps(figures))

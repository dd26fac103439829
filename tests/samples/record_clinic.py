"""Have real API servers store the clinic's two clusters, and save what they answer to the assessor's kubectl.

Run as `python -m tests.samples.record_clinic`; it takes two minutes and the programs of `tests/control_plane`. Every
file is the answer to `kubectl get --raw`, laid out one value a line: ids, defaults, managed fields, and what
controllers made. A refusal is what kubectl said. Newer servers emulate the versions that the clinic runs. Not theirs:

- the clock: all times are moved back by the same whole minutes, so that the clinic was surveyed on its day;
- the build that `version.json` names, which is the provider's;
- what a cloud's own programs write (`hands_of_the_cloud`), and metrics that an autoscaler reads.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from collectors import resources
from collectors.kubernetes.kinds import KnownKind
from collectors.kubernetes.surveyed import SURVEYED
from tests.control_plane import metrics_server
from tests.control_plane.server import ControlPlane
from tests.samples import hands_of_the_cloud
from tests.samples.clinic import Object
from tests.samples.clock import Clock, minute_of
from tests.samples.clusters import ASSESSOR, CLUSTERS, Cluster
from tests.samples.emulated_version import emulated

_VERSIONS = {"autoscaling": "v2"}
_FIRST = ("Namespace", "StorageClass", "ServiceAccount", "LimitRange", "ResourceQuota", "Node")
_OF_OUR_BUILD = ("buildDate", "emulation", "gitCommit", "gitTreeState", "minCompatibility")
_EVERY_MINUTE = "* * * * *"


def record(name: str, folder: Path) -> dict[str, str]:
    """The files of one cluster by name."""
    cluster = CLUSTERS[name]
    with emulated(folder / name, cluster.minor, cluster.emulated, cluster.addresses) as plane:
        _settle(plane, cluster)
        clock = Clock(_minute_of_the_job(plane))
        hands_of_the_cloud.name_containers(plane)
        saved = dict(_answers(plane, cluster))
    return {file: clock.moved(text) for file, text in saved.items()}


def declared(cluster: Cluster) -> list[Object]:
    """All that people and their clouds declare in a cluster, in an order in which a server takes it."""
    around = [*cluster.surroundings(), *cluster.access()]
    first = [each for each in around if each["kind"] in _FIRST]
    return [*first, *(each for each in around if each not in first), *cluster.workloads()]


def _settle(plane: ControlPlane, cluster: Cluster) -> None:
    """Until the world stands still: every pod runs, every claim is bound, the job of the day is done."""
    everything = declared(cluster)
    by_hand = [each for each in everything if _is_applied_by_hand(each)]
    jobs = [each for each in everything if each["kind"] == "CronJob"]
    others = [each for each in everything if each not in by_hand and each not in jobs]
    plane.apply([each for each in others if each["kind"] == "Namespace"])
    plane.wait("the accounts", lambda: _have_accounts(plane))
    plane.apply(others)
    _kubectl_apply(plane, by_hand)
    hands_of_the_cloud.give_addresses(plane, everything)
    _apply(plane, [each | {"spec": each["spec"] | {"schedule": _EVERY_MINUTE}} for each in jobs])
    wanted = sum(each["spec"].get("replicas", 0) for each in cluster.workloads())
    plane.wait("the pods", lambda: _runs(plane, wanted))
    plane.wait("the jobs", lambda: all("lastSuccessfulTime" in each["status"] for each in _of(plane, "CronJob")))
    _apply(plane, jobs)
    _autoscale(plane)
    plane.stop_controllers()
    for kind in ("apiservices/v1beta1.metrics.k8s.io", "services/metrics-server", "endpointslices/metrics-server"):
        plane.kubectl("delete", "--namespace=kube-system", "--ignore-not-found", kind)


def _apply(plane: ControlPlane, objects: list[Object]) -> None:
    if objects:
        plane.apply(objects)


def _is_applied_by_hand(each: Object) -> bool:
    """What people apply with kubectl alone, which writes down beside it what it was given."""
    return bool(each["kind"] == "Deployment" or each["metadata"]["name"] == "portal-settings")


def _kubectl_apply(plane: ControlPlane, objects: list[Object]) -> None:
    told = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    plane.kubectl("apply", "--validate=false", "-f", "-", input=told)


def _have_accounts(plane: ControlPlane) -> bool:
    """What a pod needs of its namespace, which a controller makes."""
    found = [each["metadata"]["namespace"] for each in _of(plane, "ServiceAccount")
             if each["metadata"]["name"] == "default"]  # fmt: skip
    return len(found) == len(_of(plane, "Namespace"))


def _runs(plane: ControlPlane, wanted: int) -> bool:
    hands_of_the_cloud.provide_volumes(plane)
    pods = [each for each in _of(plane, "Pod") if each["status"].get("phase") == "Running"]
    daemons = [each["status"] for each in _of(plane, "DaemonSet")]
    ready = sum(each["status"].get("readyReplicas", 0) for kind in ("Deployment", "StatefulSet")
                for each in _of(plane, kind))  # fmt: skip
    nodes = len(_of(plane, "Node"))
    return ready == wanted and len(pods) >= wanted and all(each.get("numberReady") == nodes for each in daemons)


def _autoscale(plane: ControlPlane) -> None:
    """Let autoscalers measure once, where there are any."""
    if not _of(plane, "HorizontalPodAutoscaler"):
        return
    with metrics_server.serving(plane) as served:
        if not served:
            raise SystemExit("this machine has no address on which metrics could be served: nothing was recorded")
        plane.wait("the autoscalers", lambda: all(map(_measures, _of(plane, "HorizontalPodAutoscaler"))))


def _measures(autoscaler: Object) -> bool:
    told = {each["type"]: each["status"] for each in autoscaler["status"].get("conditions") or ()}
    return told.get("ScalingActive") == "True"


def _minute_of_the_job(plane: ControlPlane) -> int:
    """The minute, since the epoch, of the job that a schedule started; of the last object where there is none."""
    jobs = [each["metadata"]["creationTimestamp"] for each in _of(plane, "Job")]
    pods = [each["metadata"]["creationTimestamp"] for each in _of(plane, "Pod")]
    return minute_of(max(jobs or pods))


def _answers(plane: ControlPlane, cluster: Cluster) -> Iterator[tuple[str, str]]:
    plane.kubeconfig(ASSESSOR, ("assessors",))
    for listed in cluster.lists():
        try:
            answer = plane.kubectl("get", "--raw", _path(listed), user=ASSESSOR)
        except AssertionError as refused:
            yield f"{listed.plural}.err", str(refused).partition(": ")[2]
        else:
            yield f"{listed.plural}.json", _text(json.loads(answer))
    yield "version.json", _text(_version(plane, cluster))


def _version(plane: ControlPlane, cluster: Cluster) -> Object:
    """The server's own words, with the build of the provider."""
    told: Object = json.loads(plane.kubectl("version", "-o", "json", user=ASSESSOR))
    for words in (told["clientVersion"], told["serverVersion"]):
        for key in [key for key in words if key.startswith(_OF_OUR_BUILD)]:
            del words[key]
    told["serverVersion"] |= {"gitVersion": cluster.version, "minor": cluster.emulated.partition(".")[2]}
    return told


def _of(plane: ControlPlane, kind: str) -> list[Object]:
    listed = next(each for name, each in SURVEYED.items() if name.rpartition("/")[2] == kind)
    found: list[Object] = plane.ask(_path(listed))["items"]
    return found


def _path(listed: KnownKind) -> str:
    base = f"/apis/{listed.group}/{_VERSIONS.get(listed.group, 'v1')}" if listed.group else "/api/v1"
    return f"{base}/{listed.plural}"


def _text(value: Object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def write(sample: Path) -> None:
    """Record both clusters, then replace what was recorded before."""
    with tempfile.TemporaryDirectory() as folder:
        recorded = {name: record(name, Path(folder)) for name in CLUSTERS}
    for name, files in recorded.items():
        shutil.rmtree(sample / "clusters" / name, ignore_errors=True)
        (sample / "clusters" / name).mkdir(parents=True)
        for file, text in files.items():
            (sample / "clusters" / name / file).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(resources.data("samples", "clinic"))

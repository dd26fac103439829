"""Our judgement of what runs beside the labels of Popeye's own test objects, and beside objects of real clusters."""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import cache
from typing import Any

import orjson
import pytest
import yaml

from assessment.checks.load import library
from assessment.derived.run import all_tables
from assessment.judging_in_memory import World, judge_in_memory
from tests.inputs import inputs

POPEYE, REAL = "health-popeye", "health-troubleshoot"
# The concepts that are compared: what Popeye's code says of an object, and the check that asks the same.
ASKED = {
    ("pod", "POP-204"): "health.pods_are_ready",
    ("pod", "POP-206"): "reliability.disruption_budget",
    ("pod", "POP-207"): "health.no_failed_pods",
    ("pod", "POP-208"): "reliability.owned_by_a_controller",
    ("dp", "POP-501"): "health.replicas_are_available",
    ("sts", "POP-501"): "health.replicas_are_available",
    ("rs", "POP-1120"): "health.replicas_are_available",
    ("cronjob", "POP-1500"): "jobs.not_suspended",
    ("cronjob", "POP-1502"): "health.schedules_succeed",
}
# Not compared: POP-503, POP-505 and POP-109 ask for figures of use; POP-1501 objects to a CronJob that rests between
# two runs; POP-500 to a workload scaled to zero; codes of images, probes, resources, accounts and policies are
# compared in the other tests of agreement.
TESTS = {
    "pod": "TestPodLint", "dp": "TestDPLint", "sts": "TestSTSLint", "rs": "TestRSLint", "cronjob": "TestCronJobLint",
}  # fmt: skip
KINDS = {"pod": "Pod", "dp": "Deployment", "sts": "StatefulSet", "rs": "ReplicaSet", "cronjob": "CronJob"}
# Object and code -> the place of the Kubernetes documentation that decides for us, and what it says there.
DECIDED = {
    ("pod/p2", "POP-206"): "Disruptions: a budget limits the pods of a replicated application; one pod alone is none.",
    ("pod/p2", "POP-207"): "Pod phase: a pod has one of five phases; this object has no status, so it is not known.",
    ("pod/p3", "POP-204"): "Pod conditions: without the condition Ready, which is False here, a pod gets no requests.",
    ("cronjob/cj2", "POP-1502"): "CronJob, schedule suspension: no Job is started while suspend is true.",
}
Key = tuple[str, str]
WRITTEN = "2023-02-06 16:00:00"  # minutes after the last run that the objects report


def documents(*parts: str) -> list[dict[str, Any]]:
    text = inputs(*parts).read_text(encoding="utf-8")
    read = [each for each in yaml.safe_load_all(text) if each]
    plain = orjson.loads(orjson.dumps(read, default=str))
    return [each for document in plain for each in (document.get("items") or [document])]


@cache
def labelled() -> dict[str, dict[Key, bool]]:
    """Object and code -> whether Popeye objects, by linter."""
    found: dict[str, dict[Key, bool]] = defaultdict(dict)
    with inputs(POPEYE, "expected.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            linter = row["linter"]
            if row["go_test"] == TESTS.get(linter):
                for about, code in ASKED:
                    if about == linter:
                        key = (row["object"].rpartition("/")[2], code)
                        found[linter][key] = found[linter].get(key, False) or row["code"] == code
    return found


@cache
def files() -> dict[str, list[str]]:
    with inputs(POPEYE, "expected.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["linter"]: row["loaded_files"].split()
            for row in csv.DictReader(file)
            if row["go_test"] == TESTS.get(row["linter"])
        }


def judged(
    worlds: dict[str, list[dict[str, Any]]], asked: set[str], as_of: str = "2026-11-21 00:00:00"
) -> dict[tuple[str, str, str, str], str]:
    checks = [check for check in library(all_tables()) if check.check_id in asked]
    given = {name: World(objects, running=True) for name, objects in worlds.items()}
    found = judge_in_memory(given, checks=checks, as_of=as_of)
    return {
        (row["cluster"], row["subject_kind"], row["subject_name"], row["check_id"]): row["verdict"]
        for row in found.findings.to_pylist()
    }


@cache
def ours() -> dict[tuple[str, str, str, str], str]:
    worlds = {}
    for linter, loaded in files().items():
        shown = [name for name in loaded if not name.startswith("mx/")]
        worlds[linter] = [each for name in shown for each in documents(POPEYE, "testdata", *name.split("/"))]
    return judged(worlds, set(ASKED.values()), WRITTEN)


def disagreements() -> dict[tuple[str, str], str]:
    """Object and code -> what we say where Popeye says otherwise."""
    found = {}
    for linter, labels in labelled().items():
        for (name, code), objects in labels.items():
            verdict = ours().get((linter, KINDS[linter], name, ASKED[linter, code]), "out of scope")
            if (verdict == "fail") != objects:
                found[f"{linter}/{name}", code] = verdict
    return found


def test_every_concept_that_is_compared_is_labelled() -> None:
    assert {(linter, code) for linter, labels in labelled().items() for _, code in labels} == set(ASKED)


def test_each_disagreement_with_the_linter_is_decided_by_the_documentation() -> None:
    assert set(disagreements()) == set(DECIDED)


def agreement(*, apart_from_decided: bool) -> float:
    """The macro-average over concepts, in percent."""
    shares = []
    for linter, code in ASKED:
        objects = [name for name, labelled_code in labelled()[linter] if labelled_code == code]
        places = [(f"{linter}/{name}", code) for name in objects]
        kept = [place for place in places if not (apart_from_decided and place in DECIDED)]
        shares.append(sum(place not in disagreements() for place in kept) / len(kept))
    return 100 * sum(shares) / len(shares)


def test_agreement_is_nearly_whole_apart_from_what_the_documentation_decides(
    capsys: pytest.CaptureFixture[str],
) -> None:
    as_labelled, decided = agreement(apart_from_decided=False), agreement(apart_from_decided=True)
    with capsys.disabled():
        print(f"\nhealth: {len(ASKED)} concepts, macro-average {as_labelled:.1f} % as labelled, {decided:.1f} % after")
    assert decided >= 98


def real(folder: str, name: str, kind: str, version: str) -> list[dict[str, Any]]:
    """Objects of a list that the API server answered with, which leaves out what each element is."""
    read = orjson.loads(inputs(REAL, folder, f"{name}.json").read_bytes())
    listed = read if isinstance(read, list) else read.get("items") or ([read] if "metadata" in read else [])
    return [each | {"kind": kind, "apiVersion": version} for each in listed]


POD_CHECKS = {
    "health.no_crash_loops", "health.images_can_be_had", "health.containers_can_be_started", "health.pods_find_a_node",
    "health.pods_are_ready", "health.no_failed_pods", "health.no_evicted_pods",
}  # fmt: skip
PODS = {
    "default": set(),
    "other": set(),
    "message-pod-crashloop-backoff": {"health.no_crash_loops", "health.pods_are_ready"},
    "message-pod-init-crashloop-backoff": {"health.containers_can_be_started", "health.pods_are_ready"},
    "message-image-pull-fail": {"health.images_can_be_had", "health.pods_are_ready"},
    "message-container-creating-failed-mount": {"health.pods_are_ready"},
    "message-pending-node-affinity": {"health.pods_find_a_node"},
    "message-pending-pod-resources": {"health.pods_find_a_node"},
}
# default-unhealthy and other-unhealthy hold a phase CrashLoopBackOff, which no API server gives: "Pod phase" knows
# Pending, Running, Succeeded, Failed and Unknown.


@cache
def pods_of_real_clusters() -> dict[tuple[str, str, str, str], str]:
    return judged({name: real("pods", name, "Pod", "v1") for name in PODS}, POD_CHECKS)


@pytest.mark.parametrize("name", sorted(PODS))
def test_the_fault_that_a_file_is_named_after_is_found_and_no_other(name: str) -> None:
    verdicts = {key[3]: verdict for key, verdict in pods_of_real_clusters().items() if key[0] == name}
    assert {check for check, verdict in verdicts.items() if verdict == "fail"} == PODS[name]


CONTROLLERS = (
    ("deployments", "Deployment", ("default", "kube-system", "monitoring")),
    ("statefulsets", "StatefulSet", ("default", "monitoring")),
    ("replicasets", "ReplicaSet", ("default", "rook-ceph")),
)


@pytest.mark.parametrize(("folder", "kind", "names"), CONTROLLERS, ids=[each[0] for each in CONTROLLERS])
def test_controllers_of_real_clusters_lack_the_pods_that_their_status_lacks(
    folder: str, kind: str, names: tuple[str, ...]
) -> None:
    counted = "readyReplicas" if kind == "StatefulSet" else "availableReplicas"
    shown = {name: real(folder, name, kind, "apps/v1") for name in names}
    lacking = {
        (name, each["metadata"]["name"])
        for name, listed in shown.items()
        for each in listed
        if each["status"].get(counted, 0) < each["spec"].get("replicas", 1)
    }
    found = judged(shown, {"health.replicas_are_available"})
    assert {(key[0], key[2]) for key, verdict in found.items() if verdict == "fail"} == lacking
    assert "unknown" not in found.values()


def test_jobs_of_real_clusters_failed_where_they_say_so() -> None:
    found = judged({"test": real("jobs", "test", "Job", "batch/v1")}, {"health.jobs_succeed"}, "2021-10-06 00:00:00")
    assert {key[2]: verdict for key, verdict in found.items()} == {
        "pre-install-job": "pass",
        "post-install-job": "fail",
    }


def test_a_container_that_was_killed_for_memory_is_found() -> None:
    pods = {"oom": real("pods", "message-oomkill-pod", "Pod", "v1")}
    found = judged(pods, {"health.no_memory_kills", "health.no_failed_pods"}, "2023-07-12 00:00:00")
    assert {key[3]: verdict for key, verdict in found.items()} == {"health.no_memory_kills": "fail"}

"""Objects that no API server would take, or that lack what they cannot exist without, pass nothing."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from assessment.checks.load import library
from assessment.derived.run import all_tables
from assessment.judging_in_memory import World, judge_in_memory
from tests.tables.pods_of import deployment

CHECKS = library(all_tables())
DIGIT = "\N{ARABIC-INDIC DIGIT ONE}"
SOCKET = "//./pipe/docker_engine"


def verdicts(*objects: dict[str, Any], check: str, version: str | None = None) -> dict[str, str]:
    """Verdict by the name of the subject; of two subjects of one name, both in reading order."""
    asked = [each for each in CHECKS if each.check_id == check]
    rows = judge_in_memory({"cluster": World(objects, version)}, checks=asked).findings.to_pylist()
    return {f"{row['subject_name']}{number}": row["verdict"] for number, row in enumerate(rows)}


def of(spec: dict[str, Any], check: str, version: str | None = None) -> str:
    return verdicts(deployment(spec), check=check, version=version)["web0"]


def one(**container: Any) -> dict[str, Any]:
    return {"containers": [{"name": "main", "image": "registry.example/web:1.0", **container}]}


@pytest.mark.parametrize("check", ["pod_security.host_pid", "pod_security.host_path_volumes",
                                   "pod_security.sysctls", "identity.service_account_exists"])  # fmt: skip
@pytest.mark.parametrize("spec", [None, {}, {"replicas": 3}, {"template": None}, {"template": {"metadata": {}}}])
def test_a_workload_without_a_template_passes_nothing(check: str, spec: dict[str, Any] | None) -> None:
    assert verdicts({**deployment(), "spec": spec}, check=check) == {"web0": "unknown"}


def test_a_pod_without_a_spec_passes_nothing() -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "shop"}}
    assert verdicts(pod, check="pod_security.host_pid") == {"web0": "unknown"}


@pytest.mark.parametrize("name", ["evil", "web"])
def test_a_uid_copied_along_hides_no_manifest(name: str) -> None:
    good, bad = deployment(), deployment(one(securityContext={"privileged": True}))
    bad["metadata"]["name"] = name
    for each, version in ((good, "10"), (bad, "9")):
        each["metadata"] |= {"uid": "5f2b", "resourceVersion": version}
    found = verdicts(good, bad, check="pod_security.privileged")
    assert sorted(found.values()) == ["fail", "pass"]
    assert verdicts(good, deepcopy(good), check="pod_security.privileged") == {"web0": "pass"}


def test_a_volume_named_like_the_token_hides_no_other_source() -> None:
    for projected in ({"sources": []}, "x"):
        volume = {"name": "kube-api-access-abcde", "hostPath": {"path": "/"}, "projected": projected}
        assert of({**one(), "volumes": [volume]}, "pod_security.host_path_volumes") == "fail"


def test_a_named_pipe_written_with_slashes_is_a_pipe() -> None:
    spec = {**one(), "volumes": [{"name": "pipe", "hostPath": {"path": SOCKET}}]}
    assert of(spec, "filesystem.no_runtime_socket") == "fail"


@pytest.mark.parametrize("amount", [DIGIT, " 1Gi", "1Gi\n", "1Gb", "0x10"])
def test_what_is_no_quantity_bounds_nothing(amount: str) -> None:
    assert of(one(resources={"limits": {"memory": amount}}), "resources.memory_limit") == "unknown"


@pytest.mark.parametrize(
    ("version", "verdict"),
    [("1.28", "fail"), ("1.32", "unknown"), ("1.34", "pass"), (None, "pass")],
)
def test_resources_of_the_pod_count_where_the_server_heeds_them(version: str | None, verdict: str) -> None:
    spec = {**one(), "resources": {"limits": {"memory": "1Gi"}}}
    assert of(spec, "resources.memory_limit", version) == verdict


@pytest.mark.parametrize("digest", ["md5:" + "a" * 32, "sha256:" + "a" * 40, "sha256:" + "A" * 64])
def test_a_digest_that_no_runtime_verifies_pins_nothing(digest: str) -> None:
    assert of(one(image=f"nginx@{digest}"), "images.pinned_by_digest") == "unknown"


def test_all_capabilities_include_the_one_that_allows_escalation() -> None:
    context = {"allowPrivilegeEscalation": False, "capabilities": {"add": ["all"]}}
    assert of(one(securityContext=context), "pod_security.privilege_escalation") == "fail"


@pytest.mark.parametrize(
    ("order", "verdict"),
    [((False, None), "unknown"), ((None, False), "unknown"), ((None, True), "fail")],
)
def test_of_two_manifests_of_one_account_only_what_both_say_is_decided(
    order: tuple[bool | None, ...], verdict: str
) -> None:
    """docs/decisions/0010: which of the two is applied is not known."""
    accounts = [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "till", "namespace": "shop"},
         "automountServiceAccountToken": automount}
        for automount in order
    ]  # fmt: skip
    workload = deployment({**one(), "serviceAccountName": "till"})
    assert verdicts(workload, *accounts, check="identity.token_not_mounted_by_default") == {"web0": verdict}

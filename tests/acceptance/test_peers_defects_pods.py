"""Defects of peers in judging pods, as fixtures: what each must say of the case that a peer gets wrong.

The numbers are those of the list of peers' defects in the notes on security checks (section 15).
"""

from __future__ import annotations

from typing import Any

import pytest

import assessment

Objects = list[dict[str, Any]]


def pod(spec: dict[str, Any] | None = None, **container: Any) -> Objects:
    main = {"name": "main", "image": "registry.example/web:1.0", **container}
    whole = {"containers": [main], **(spec or {})}
    return [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "shop"}, "spec": whole}]


def claim(source: dict[str, Any]) -> Objects:
    """A pod whose claim is bound to a volume with this source."""
    volume = {"name": "data", "persistentVolumeClaim": {"claimName": "data"}}
    disk = {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "disk"}, "spec": source}
    data = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data", "namespace": "shop"},
            "spec": {"volumeName": "disk"}}  # fmt: skip
    return [*pod({"volumes": [volume]}), disk, data]


def variable(name: str, **value: Any) -> Objects:
    return pod(env=[{"name": name, **value}])


def node_path(path: str) -> Objects:
    return pod({"volumes": [{"name": "node", "hostPath": {"path": path}}]})


def user(pod_context: dict[str, Any], **context: Any) -> Objects:
    return pod({"securityContext": pod_context}, **({"securityContext": context} if context else {}))


PRIVILEGED = {"name": "other", "image": "registry.example/tool:1.0", "securityContext": {"privileged": True}}
FILTERED = {"seccompProfile": {"type": "RuntimeDefault"}}
CASES: tuple[tuple[str, Objects, str, str], ...] = (
    ("1 secret by key", variable("DB", valueFrom={"secretKeyRef": {"name": "db", "key": "p"}}),
     "credentials.secrets_not_in_environment", "fail"),
    ("1 whole secret", pod(envFrom=[{"secretRef": {"name": "db"}}]), "credentials.secrets_not_in_environment", "fail"),
    ("8 silence on escalation", pod(), "pod_security.privilege_escalation", "fail"),
    ("9 no security context", pod(), "pod_security.net_raw_dropped", "fail"),
    ("9 no capabilities", pod(securityContext={"runAsUser": 1}), "pod_security.net_raw_dropped", "fail"),
    ("10 privileged init", pod({"initContainers": [PRIVILEGED]}), "pod_security.privileged", "fail"),
    ("10 privileged debug", pod({"ephemeralContainers": [PRIVILEGED]}), "pod_security.privileged", "fail"),
    ("16 one word", pod(image="nginx"), "images.approved_registry", "fail"),
    ("16 only ends alike", pod(image="evil-gcr.io/x"), "images.approved_registry", "fail"),
    ("17 reference", variable("GITLAB_PRIVATE_TOKEN", value="$(GITLAB_PRIVATE_TOKEN)"),
     "credentials.no_literal_in_environment", "pass"),
    ("17 literal", variable("DB_PASSWORD", value="hunter2-and-more"), "credentials.no_literal_in_environment", "fail"),
    ("18 /run", node_path("/run"), "filesystem.no_runtime_socket", "fail"),
    ("18 /var/run", node_path("/var/run"), "filesystem.no_runtime_socket", "fail"),
    ("18 behind a claim", claim({"hostPath": {"path": "/"}}), "filesystem.no_host_path_behind_claims", "fail"),
    ("18 driver behind a claim", claim({"csi": {"driver": "d", "volumeHandle": "v"}}),
     "filesystem.no_host_path_behind_claims", "pass"),
    ("23 filter of the pod", user(FILTERED), "pod_security.seccomp_required", "pass"),
    ("23 user of the pod", user({"runAsNonRoot": True}), "pod_security.run_as_non_root", "pass"),
    ("23 number of the pod", user({"runAsUser": 1000}), "pod_security.starts_without_root", "pass"),
    ("23 container overrides", user({"runAsNonRoot": True}, runAsNonRoot=False),
     "pod_security.run_as_non_root", "fail"),
    ("23 and starts as root", user({"runAsNonRoot": True}, runAsNonRoot=False),
     "pod_security.starts_without_root", "fail"),
)  # fmt: skip


@pytest.fixture(scope="module")
def verdicts() -> dict[tuple[str, str], str]:
    findings = assessment.judge_many({name: objects for name, objects, _, _ in CASES})
    of_pods = findings[findings["subject_name"] == "web"]
    keys = zip(of_pods["cluster"], of_pods["check_id"], strict=True)
    return dict(zip(keys, of_pods["verdict"], strict=True))


@pytest.mark.parametrize(("name", "check", "expected"), [(name, check, said) for name, _, check, said in CASES])
def test_what_a_peer_gets_wrong_is_judged_right(
    verdicts: dict[tuple[str, str], str], name: str, check: str, expected: str
) -> None:
    assert verdicts[name, check] == expected

"""Control planes as they are found: saved from kubeadm-like clusters, and in the forms that tools write them.

The labelled cases of prowler-kubernetes that the project may see are about pods and roles; none is about a control
plane. So the verdicts on real ones are held here, each looked at beside the reference of its component.
"""

from __future__ import annotations

from typing import Any

import orjson
import pytest
import yaml

import assessment
from tests.inputs import inputs

TOPICS = ("control_plane.", "etcd.", "kubelet.")
MINORS = ("1.31", "1.33", "1.35")
# What kubeadm and minikube leave as it comes, and the API reference calls open.
LEFT_OPEN = {
    "control_plane.always_pull_images", "control_plane.anonymous_requests_refused",
    "control_plane.api_server_profiling_off", "control_plane.audit_log_age", "control_plane.audit_log_files",
    "control_plane.audit_log_size", "control_plane.audit_log_written", "control_plane.audit_policy",
    "control_plane.controller_manager_profiling_off", "control_plane.encryption_configuration",
    "control_plane.event_rate_limit", "control_plane.finished_pods_cleared",
    "control_plane.kubelet_certificates_verified", "control_plane.scheduler_profiling_off",
    "control_plane.service_external_ips_denied", "control_plane.short_lived_tokens",
}  # fmt: skip


def verdicts(worlds: dict[str, list[Any]], **said: Any) -> dict[str, dict[str, set[str]]]:
    """cluster -> check -> verdicts on what was seen; a verdict on a gap names the cluster and is left out."""
    found: dict[str, dict[str, set[str]]] = {name: {} for name in worlds}
    rows = assessment.judge_many(worlds, **said)
    for row in rows[rows["check_id"].str.startswith(TOPICS)].to_dict("records"):
        if row["subject_kind"] not in ("Cluster", "Namespace"):
            found[row["cluster"]].setdefault(row["check_id"], set()).add(row["verdict"])
    return found


def saved(minor: str) -> list[Any]:
    listed = yaml.safe_load(inputs("live-clusters", f"minikube-{minor}-nri", "pods.yaml").read_text(encoding="utf-8"))
    return [{"apiVersion": "v1", "kind": "Pod"} | pod for pod in listed["items"]]


def test_a_kubeadm_control_plane_is_judged_by_what_its_static_pods_say() -> None:
    for minor, found in verdicts({minor: saved(minor) for minor in MINORS}).items():
        assert len(found) > 50, minor
        assert {name for name, seen in found.items() if seen == {"fail"}} == LEFT_OPEN, minor
        assert {name for name, seen in found.items() if seen != {"pass"}} == LEFT_OPEN, minor


def test_a_cluster_whose_control_plane_is_no_pod_is_not_judged_by_it() -> None:
    folder = inputs("live-clusters", "real-1.36", "lists")
    objects = [
        item for path in sorted(folder.glob("*.json")) if path.stem.startswith(("pods", "deployments", "daemonsets"))
        for item in orjson.loads(path.read_bytes())["items"]
    ]  # fmt: skip
    assert len(objects) > 50
    assert verdicts({"real": objects}) == {"real": {}}


def pod(container: dict[str, Any], **metadata: Any) -> Any:
    spec = {"containers": [{"image": "busybox", "name": "main"} | container]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "one", "namespace": "kube-system"} | metadata,
            "spec": spec}  # fmt: skip


FLAGS = ["--anonymous-auth=false", "--authorization-mode=Node,RBAC"]
FORMS = {
    "command": pod({"command": ["kube-apiserver", *FLAGS]}),
    "path": pod({"command": ["/usr/local/bin/kube-apiserver"], "args": FLAGS}),
    "wrapper": pod({"command": ["/go-runner", "--log-file=/var/log/a.log"], "args": ["/kube-apiserver", *FLAGS]}),
    "hyperkube": pod({"command": ["/hyperkube", "kube-apiserver", *FLAGS]}),
    "image": pod({"image": "registry.k8s.io/kube-apiserver-arm64:v1.36.0", "args": FLAGS}),
    "container": pod({"name": "kube-apiserver", "command": FLAGS}),
    "label": pod({"args": FLAGS}, labels={"component": "kube-apiserver", "tier": "control-plane"}),
    "two words": pod({"command": ["kube-apiserver", FLAGS[0], "--authorization-mode", "Node,RBAC"]}),
    "underscores": pod({"command": ["kube-apiserver", "--anonymous_auth=false", FLAGS[1]]}),
    "the last one counts": pod({"command": ["kube-apiserver", "--anonymous-auth=true", *FLAGS]}),
}


def test_an_api_server_is_known_in_every_form_that_tools_write_it() -> None:
    for form, found in verdicts({form: [made] for form, made in FORMS.items()}).items():
        names = ("anonymous_requests_refused", "node_authorization", "no_always_allow")
        assert [found[f"control_plane.{name}"] for name in names] == [{"pass"}] * 3, form
        assert found["control_plane.node_restriction"] == {"fail"}, form


def test_what_only_resembles_a_component_is_left_alone() -> None:
    worlds = {
        "a tool for it": [pod({"command": ["kube-bench", "kube-apiserver"]}, labels={"component": "kube-apiserver"})],
        "a database of its own": [pod({"command": ["etcd"]}, namespace="shop")],
        "a sidecar": [pod({"command": ["/healthz-proxy"]}, name="kube-apiserver-one")],
        "a tenant's": [{
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "kube-apiserver", "namespace": "tenant"},
            "spec": {"template": {"spec": {"containers": [{"name": "a", "command": ["kube-apiserver"]}]}}},
        }],
    }  # fmt: skip
    assert verdicts(worlds) == {name: {} for name in worlds}


@pytest.mark.parametrize("written", [7, "kube-apiserver", [["kube-apiserver"]], [None, "--profiling"], {"a": "b"}])
def test_a_command_that_cannot_be_read_never_passes(written: Any) -> None:
    broken = {"name": "kube-apiserver", "image": "registry.k8s.io/kube-apiserver:v1", "command": written}
    found = verdicts({"one": [pod(broken)]})["one"]
    assert "pass" not in {verdict for seen in found.values() for verdict in seen}


def test_kubelet_settings_are_read_where_kubeadm_keeps_them_and_from_flags() -> None:
    config = yaml.safe_dump({"kind": "KubeletConfiguration", "authentication": {"anonymous": {"enabled": True}},
                             "readOnlyPort": 10255, "rotateCertificates": True})  # fmt: skip
    kept = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "kubelet-config", "namespace": "kube-system"},
            "data": {"kubelet": config}}  # fmt: skip
    bare = pod({"command": ["kubelet", "--anonymous-auth=false"]})
    with_file = pod({"command": ["kubelet", "--config=/var/lib/kubelet/config.yaml", "--read-only-port=0"]})
    found = verdicts({"kept": [kept], "bare": [bare], "with a file": [with_file]})
    names = ("refuses_anonymous", "asks_the_api_server", "read_only_port_closed", "rotates_certificates")
    assert [found["kept"][f"kubelet.{name}"] for name in names] == [{"fail"}, {"pass"}, {"fail"}, {"pass"}]
    assert [found["bare"][f"kubelet.{name}"] for name in names] == [{"pass"}, {"fail"}, {"fail"}, {"fail"}]
    unknown = {"unknown"}
    assert [found["with a file"][f"kubelet.{name}"] for name in names] == [unknown, unknown, {"pass"}, unknown]

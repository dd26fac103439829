"""API servers, what they serve, old interfaces, usage and kubelets as rows.

Shapes: NodeMetrics and PodMetrics of k8s.io/metrics/pkg/apis/metrics/v1beta1 as metrics-server answers with them;
`kubeletconfig` of /configz as the kubelet serialises KubeletConfiguration v1beta1, zero values left out; the rest as
the live collector writes it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from collectors.tables.durations import whole_seconds
from collectors.tables.kubernetes.api_servers import ApiServers, DeprecatedRequests, ServedResources
from collectors.tables.kubernetes.events import Events
from collectors.tables.kubernetes.kubelets import Kubelets
from collectors.tables.kubernetes.usage import NodeUsages, PodUsages
from collectors.tables.schema import ClusterContext
from tests.tables.rows_of import RUNNING, build

CONFIGZ = {
    "enableServer": True, "syncFrequency": "1m0s", "fileCheckFrequency": "20s", "address": "0.0.0.0", "port": 10250,
    "tlsCertFile": "/var/lib/kubelet/pki/kubelet.crt", "tlsPrivateKeyFile": "/var/lib/kubelet/pki/kubelet.key",
    "rotateCertificates": True, "serverTLSBootstrap": True,
    "authentication": {
        "x509": {"clientCAFile": "/etc/kubernetes/pki/ca.crt"}, "webhook": {"enabled": True, "cacheTTL": "2m0s"},
        "anonymous": {"enabled": False},
    },
    "authorization": {"mode": "Webhook", "webhook": {"cacheAuthorizedTTL": "5m0s", "cacheUnauthorizedTTL": "30s"}},
    "eventRecordQPS": 50, "eventBurst": 100, "streamingConnectionIdleTimeout": "4h0m0s", "maxPods": 110,
    "imageGCHighThresholdPercent": 85, "imageGCLowThresholdPercent": 80, "podPidsLimit": -1, "seccompDefault": False,
    "evictionHard": {"memory.available": "100Mi", "nodefs.available": "10%"}, "makeIPTablesUtilChains": True,
    "featureGates": {"RotateKubeletServerCertificate": True},
}  # fmt: skip


def said(form: str, name: str, /, **spec: Any) -> dict[str, Any]:
    return {"apiVersion": "survey/v1", "kind": form, "metadata": {"name": name}, "spec": spec}


def kubelet(**config: Any) -> Any:
    return build(Kubelets, said("Kubelet", "node-1", **config), cluster=RUNNING)["kubelets"][0]


def api_server(*answers: dict[str, Any]) -> Any:
    return build(ApiServers, *answers, cluster=RUNNING)["api_servers"][0]


def deprecated(removed: Any, minor: int | None = 31) -> Any:
    cluster = ClusterContext("c", "running", minor, whole=False)
    spec = {"group": "extensions", "version": "v1beta1", "resource": "ingresses", "subresource": ""}
    obj = said("DeprecatedRequest", "ingresses.v1beta1.extensions", **spec, removedRelease=removed)
    return build(DeprecatedRequests, obj, cluster=cluster)["deprecated_api_requests"][0]


def event(**fields: Any) -> Any:
    obj = {"apiVersion": "v1", "kind": "Event", "metadata": {"name": "web.1", "namespace": "shop"}, **fields}
    return build(Events, obj, cluster=RUNNING)["events"][0]


def test_the_answers_of_an_api_server_are_one_row() -> None:
    version = said("ApiServer", "version", gitVersion="v1.34.2-eks-3cfe0ce", platform="linux/amd64", minor="34+")
    row = api_server(version, said("ApiServer", "readyz", ready=False, failing=["poststarthook/x", "etcd"]))
    assert (row.kubernetes_minor, row.patch, row.platform, row.distribution) == (34, 2, "linux/amd64", "eks")
    assert (row.is_ready, row.failing_checks, len(row.evidence_refs)) == (False, ["etcd", "poststarthook/x"], 2)


def test_what_an_api_server_was_not_asked_is_not_known_and_no_answer_is_no_row() -> None:
    assert api_server(said("ApiServer", "readyz", ready=True)).version is None
    row = api_server(said("ApiServer", "version", gitVersion="v1.36.3"))
    assert (row.is_ready, row.failing_checks, row.distribution) == (None, None, None)
    assert build(ApiServers, cluster=RUNNING)["api_servers"] == []


@pytest.mark.parametrize(
    ("version", "distribution", "patch"),
    [
        ("v1.33.4-gke.1172000", "gke", 4), ("v1.32.6+k3s1", "k3s", 6), ("v1.31.9+rke2r1", "rke2", 9),
        ("v1.33.5", None, 5), ("v1.33", None, None), ("v2.1.0", None, None),
    ],
)  # fmt: skip
def test_the_maker_of_a_distribution_is_known_by_its_suffix(
    version: str, distribution: str | None, patch: int | None
) -> None:
    row = api_server(said("ApiServer", "version", gitVersion=version))
    assert (row.distribution, row.patch) == (distribution, patch)


def test_a_kind_that_is_served_says_whether_a_survey_reads_it() -> None:
    spec = {"group": "apps", "version": "v1", "kind": "apps/Deployment", "plural": "deployments", "namespaced": True}
    lease = spec | {"kind": "coordination.k8s.io/Lease", "plural": "leases"}
    rows = build(
        ServedResources,
        said("ServedResource", "deployments.apps", **spec, verbs=["list", "get"]),
        said("ServedResource", "leases.coordination.k8s.io", **lease),
        cluster=RUNNING,
    )["served_resources"]
    assert [(row.served_kind, row.is_surveyed) for row in rows] == [
        ("apps/Deployment", True), ("coordination.k8s.io/Lease", False),
    ]  # fmt: skip
    assert (rows[0].verbs, rows[0].is_namespaced, rows[0].plural) == (["get", "list"], True, "deployments")


@pytest.mark.parametrize(
    ("removed", "minor", "gone"),
    [("1.32", 31, True), ("1.33", 31, False), ("1.22", 31, True), ("", 31, False), ("1.32", None, None),
     ("soon", 31, None), (7, 31, None)],
)  # fmt: skip
def test_an_old_interface_is_held_against_the_next_minor(removed: Any, minor: int | None, gone: bool | None) -> None:
    assert deprecated(removed, minor).is_gone_in_next_minor is gone


def test_usage_is_in_whole_units() -> None:
    metadata = {"name": "node-1", "creationTimestamp": "2026-11-21T10:00:05Z"}
    measured = {"timestamp": "2026-11-21T10:00:00Z", "window": "20.054s", "metadata": metadata}
    node = {"apiVersion": "metrics.k8s.io/v1beta1", "kind": "NodeMetrics", **measured}
    row = build(NodeUsages, node | {"usage": {"cpu": "183045231n", "memory": "1764224Ki"}}, cluster=RUNNING)
    assert row["node_usage"][0][3:7] == (184, 1764224 * 1024, 21, datetime(2026, 11, 21, 10))


def test_a_pod_uses_what_all_its_containers_use_or_nobody_knows() -> None:
    containers = [{"name": "web", "usage": {"cpu": "1500u", "memory": "8Mi"}}, {"name": "log", "usage": {"cpu": "0"}}]
    pod = {
        "apiVersion": "metrics.k8s.io/v1beta1", "kind": "PodMetrics", "window": "15s", "containers": containers,
        "metadata": {"name": "web-1", "namespace": "shop"}, "timestamp": "2026-11-21T10:00:00Z",
    }  # fmt: skip
    (row,) = build(PodUsages, pod, cluster=RUNNING)["pod_usage"]
    assert (row.cpu_millicores, row.memory_bytes, row.container_count, row.window_seconds) == (2, None, 2, 15)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("4h0m0s", 14400), ("15s", 15), ("1m30.2s", 91), ("100ms", 1), ("0s", 0), ("0", 0), ("", None), ("15", None),
     (15, None), ("h", None), ("1h" * 80, None)],
)  # fmt: skip
def test_durations_are_read_as_go_writes_them(written: Any, seconds: int | None) -> None:
    assert whole_seconds(written) == seconds


def test_a_kubelet_is_read_as_it_answers() -> None:
    row = kubelet(**CONFIGZ)
    assert (row.name, row.allows_anonymous, row.authenticates_by_webhook, row.has_client_ca) == (
        "node-1", False, True, True,
    )  # fmt: skip
    assert (row.authorization_mode, row.read_only_port, row.rotates_certificates) == ("Webhook", 0, True)
    assert (row.has_server_certificate, row.tls_min_version, row.tls_cipher_suites) == (True, "VersionTLS12", [])
    assert (row.streaming_idle_timeout_seconds, row.pod_pids_limit, row.seccomp_default) == (14400, -1, False)
    assert row.eviction_hard == ["memory.available=100Mi", "nodefs.available=10%"]
    assert (row.feature_gates, row.event_records_per_second) == (["RotateKubeletServerCertificate"], 50)


def test_what_a_kubelet_leaves_out_has_its_default() -> None:
    row = kubelet(port=10250)
    assert (row.allows_anonymous, row.authorization_mode, row.read_only_port) == (False, "Webhook", 0)
    assert (row.rotates_certificates, row.seccomp_default, row.protects_kernel_defaults) == (False, False, False)
    assert (row.keeps_iptables_chains, row.pod_pids_limit, row.max_pods, row.eviction_hard) == (True, -1, 110, [])


@pytest.mark.parametrize("config", [{}, None, "x"])
def test_of_a_kubelet_that_says_nothing_nothing_is_known(config: Any) -> None:
    (row,) = build(Kubelets, said("Kubelet", "node-1") | {"spec": config}, cluster=RUNNING)["kubelets"]
    known = ("cluster", "api_group", "kind", "name", "kubelet_key", "shows_command_line", "basis", "evidence_refs")
    assert {value for name, value in row._asdict().items() if name not in known} == {None}


def test_an_event_of_the_old_form_counts_itself() -> None:
    row = event(
        type="Warning", reason="FailedScheduling", count=7, source={"component": "default-scheduler"},
        involvedObject={"kind": "Pod", "apiVersion": "v1", "name": "web-1"}, lastTimestamp="2026-11-21T10:00:00Z",
    )  # fmt: skip
    assert (row.is_warning, row.reason, row.occurrences, row.reported_by) == (
        True, "FailedScheduling", 7, "default-scheduler",
    )  # fmt: skip
    assert (row.about_kind, row.about_name, row.last_seen_at) == ("Pod", "web-1", datetime(2026, 11, 21, 10))


def test_an_event_of_the_new_form_has_a_series_or_happened_once() -> None:
    about = {"kind": "Deployment", "apiVersion": "apps/v1", "name": "web"}
    series = {"count": 3, "lastObservedTime": "2026-11-21T10:00:00.123456Z"}
    row = event(regarding=about, series=series, reportingController="deployment-controller", type="Normal")
    assert (row.about_kind, row.occurrences, row.reported_by, row.is_warning) == (
        "apps/Deployment", 3, "deployment-controller", False,
    )  # fmt: skip
    assert event(regarding=about).occurrences == 1
    assert event(count="many").occurrences is None

"""Images, quantities, probes, environment, paths and references as rows show them."""

from __future__ import annotations

from typing import Any

import pytest

from collectors.evidence.redact import redact
from collectors.tables.kubernetes.workloads import Workloads
from collectors.tables.pod_specs import host_paths, images
from collectors.tables.pod_specs.resources import quantity
from tests.tables.pods_of import Object, container, deployment
from tests.tables.rows_of import build

DIGEST = "sha256:45b23dee08af5e43a7fea6c4cf9c25ccf269ee113168c19722f87876677c5cb2"


@pytest.mark.parametrize(
    ("reference", "parts"),
    [
        ("nginx", ("docker.io", "library/nginx", None, None)),
        ("bitnami/redis:7", ("docker.io", "bitnami/redis", "7", None)),
        ("localhost/web", ("localhost", "web", None, None)),
        ("registry.example:5000/a/b", ("registry.example:5000", "a/b", None, None)),
        ("registry.example:5000/a/b:1.0", ("registry.example:5000", "a/b", "1.0", None)),
        (f"quay.io/a/b:1@{DIGEST}", ("quay.io", "a/b", "1", DIGEST)),
        ("index.docker.io/nginx", ("docker.io", "library/nginx", None, None)),
        ("evil-gcr.io/x", ("evil-gcr.io", "x", None, None)),
    ],
)
def test_an_image_has_registry_repository_tag_and_digest(reference: str, parts: tuple[str, ...]) -> None:
    assert images.parse(reference) == parts


@pytest.mark.parametrize(
    "reference", ["", None, "${IMAGE}", "{{ .Values.image }}", "a b", "web:", "web@sha256:12", "a" * 2000]
)
def test_what_is_no_image_has_no_parts(reference: str | None) -> None:
    assert images.parse(reference) is None


def test_an_unset_pull_policy_depends_on_the_tag() -> None:
    wanted = {
        "web": "Always",
        "web:latest": "Always",
        "web:1": "IfNotPresent",
        f"web@{DIGEST}": "IfNotPresent",
        "": None,
    }
    assert {name: container({"image": name}).image_pull_policy for name in wanted} == wanted


@pytest.mark.parametrize(
    ("written", "units", "amount"),
    [
        ("100m", 1000, 100), ("0.5", 1000, 500), (2, 1000, 2000), (0.1, 1000, 100), ("1e3", 1, 1000), ("1E", 1, 10**18),
        ("128Mi", 1, 128 * 2**20), ("1.5Gi", 1, 3 * 2**29), ("100m", 1, 1), (".5Ki", 1, 512), ("0", 1, 0),
        ("lots", 1, None), ("-1", 1, None), ("1e99", 1, None), ("9Ei", 1, None),
        (True, 1, None), ({}, 1, None), ("1 Gi", 1, None),
    ],
)  # fmt: skip
def test_a_quantity_is_a_whole_number_rounded_up(written: Any, units: int, amount: int | None) -> None:
    assert quantity(written, units) == amount


def resources(own: Object | None = None, pod: Object | None = None) -> tuple[Any, ...]:
    row = container({"resources": own or {}}, {"resources": pod or {}})
    return row.has_memory_request, row.memory_request_bytes, row.has_memory_limit, row.memory_limit_bytes


def test_a_missing_request_equals_the_limit_and_zero_is_none() -> None:
    assert resources({"limits": {"memory": "1Ki"}}) == (True, 1024, True, 1024)
    assert resources({"limits": {"memory": "1Ki"}, "requests": {"memory": 0}}) == (False, None, True, 1024)
    assert resources({"limits": {"memory": "0"}}) == (False, None, False, None)
    assert resources() == (False, None, False, None)


def test_resources_of_the_pod_bound_each_of_its_containers() -> None:
    assert resources(None, {"limits": {"memory": "2Ki"}}) == (True, 2048, True, 2048)
    assert resources({"requests": {"memory": "1Ki"}}, {"limits": {"memory": "2Ki"}}) == (True, 1024, True, 2048)


def test_a_quantity_that_cannot_be_read_is_neither_set_nor_unset() -> None:
    assert resources({"limits": {"memory": "lots"}}) == (None, None, None, None)
    assert resources({"limits": "lots"}) == (None, None, None, None)


@pytest.mark.parametrize(
    ("path", "sensitive", "socket"),
    [
        ("/", True, True), ("/etc", True, False), ("/etc/kubernetes/pki", True, False), ("/var", True, True),
        ("/var/run/", True, True), ("/var/run/docker.sock", True, True), ("/run/containerd", True, True),
        ("/var/lib/kubelet/pods", True, False), ("/var/lib/kubelet", True, True), ("/run/x", False, False),
        ("/var/lib/../lib//etcd/", True, False),
        ("/usr/share/zoneinfo", False, False), ("/etc/ssl/certs", False, False), ("/srv/../etc/shadow", True, False),
        ("/rooted", False, False), ("/.hidden", False, False), ("..", True, True), ("C:\\", True, True),
        ("C:\\ProgramData\\Docker\\x", True, False), ("\\\\.\\pipe\\docker_engine", True, True),
        ("/.aws/credentials/", True, False), ("/data/.kube", True, False), ("/data/.awsome", False, False),
        ("/gcloud/application_default_credentials.json", True, False),
    ],
)  # fmt: skip
def test_a_path_of_the_node_is_judged_after_normalising(path: str, sensitive: bool, socket: bool) -> None:
    clean = host_paths.normalise(path)
    assert (host_paths.is_sensitive(clean), host_paths.exposes_runtime_socket(clean)) == (sensitive, socket)


def test_a_missing_path_is_not_known() -> None:
    (volume,) = build(Workloads, deployment({"volumes": [{"name": "x", "hostPath": {}}]}))["volumes"]
    assert (volume.has_host_path, volume.host_path, volume.is_sensitive_host_path) == (True, None, None)


def test_a_volume_with_two_sources_is_judged_by_both() -> None:
    both = {"name": "x", "emptyDir": {}, "hostPath": {"path": "/etc"}}
    rows = build(Workloads, deployment({"volumes": [both]}))["volumes"]
    assert [row.volume_type for row in rows] == ["emptyDir", "hostPath"]


def test_a_mount_is_writable_unless_it_says_otherwise() -> None:
    def writable(*mounts: Object) -> object:
        spec = {"volumes": [{"name": "v"}], "containers": [{"name": "main", "volumeMounts": list(mounts)}]}
        return build(Workloads, deployment(spec))["volumes"][0].has_writable_mount

    assert writable() is False
    assert writable({"name": "v"}) is True and writable({"name": "v", "readOnly": True}) is False
    assert writable({"name": "v", "readOnly": True}, {"name": "v"}) is True
    assert writable({"name": 5}) is None and writable({"name": "v", "readOnly": "yes"}) is None
    assert writable({"name": "other"}) is False


@pytest.mark.parametrize(
    ("volume", "unbounded"),
    [
        ({}, True), ({"emptyDir": {}}, True), ({"emptyDir": {"sizeLimit": "0"}}, True),
        ({"emptyDir": {"sizeLimit": "1Gi"}}, False), ({"configMap": {"name": "x"}}, False), ({"emptyDir": 5}, None),
    ],
)  # fmt: skip
def test_a_scratch_volume_is_bounded_by_its_size_limit_alone(volume: Object, unbounded: bool | None) -> None:
    (row,) = build(Workloads, deployment({"volumes": [{"name": "v", **volume}]}))["volumes"]
    assert row.is_unbounded_scratch is unbounded


@pytest.mark.parametrize(
    ("probe", "named"),
    [
        ({"httpGet": {"port": "http"}}, True), ({"httpGet": {"port": 80}}, False),
        ({"tcpSocket": {"port": "80"}}, False),
        ({"exec": {"command": ["x"]}}, True), ({"grpc": {"port": 80}}, True), ({"httpGet": {}}, None), ({"x": 1}, None),
    ],
)  # fmt: skip
def test_a_probe_names_its_port_unless_it_writes_a_number(probe: Object, named: bool | None) -> None:
    (row,) = build(Workloads, _with({"livenessProbe": probe}))["probes"]
    assert row.names_its_port is named


def redacted(obj: Object) -> Any:
    redact(obj, b"key")
    return build(Workloads, obj)["containers"][0]


def _with(values: Object) -> Object:
    return deployment({"containers": [{"name": "main", **values}]})


def test_credentials_are_seen_through_redaction() -> None:
    env = [{"name": "DB_PASSWORD", "value": "hunter2-and-more"}, {"name": "LEVEL", "value": "debug"}, {"name": "EMPTY"}]
    row = redacted(_with({"env": env}))
    assert (row.literal_env_count, row.holds_credential_in_environment, row.credential_env_names) == (
        2,
        True,
        ["DB_PASSWORD"],
    )
    assert redacted(_with({"env": env[1:]})).holds_credential_in_environment is False
    assert redacted(_with({"args": ["--password=hunter2-and-more"]})).holds_credential_in_arguments is True
    assert redacted(_with({"args": ["--port=80"], "command": ["/bin/web"]})).holds_credential_in_arguments is False
    probe = {
        "httpGet": {"port": 80, "httpHeaders": [{"name": "Authorization", "value": "Bearer 8f3a9c1d77e04b52a6c0"}]}
    }
    assert redacted(_with({"livenessProbe": probe})).holds_credential_in_arguments is True


def test_secrets_in_the_environment_are_seen_one_by_one_and_whole() -> None:
    key = {"name": "A", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}
    assert container({"env": [key]}).takes_secret_from_environment is True
    assert container({"envFrom": [{"secretRef": {"name": "db"}}]}).takes_secret_from_environment is True
    assert container({"envFrom": [{"configMapRef": {"name": "c"}}]}).takes_secret_from_environment is False
    assert container({"envFrom": [None]}).takes_secret_from_environment is None


def test_a_handler_that_names_a_host_is_seen_wherever_it_stands() -> None:
    calls = {"httpGet": {"port": 80, "host": "10.0.0.1"}}
    assert container({"startupProbe": calls}).names_handler_host is True
    assert container({"lifecycle": {"postStart": {"tcpSocket": {"port": 80, "host": "h"}}}}).names_handler_host is True
    assert container({"livenessProbe": {"httpGet": {"port": 80, "host": ""}}}).names_handler_host is False
    assert container({"livenessProbe": "x"}).names_handler_host is None
    assert container({"livenessProbe": {}}).has_liveness_probe is False


def references(spec: Object) -> list[tuple[Any, ...]]:
    rows = build(Workloads, deployment(spec))["config_references"]
    return [(row.referenced_kind, row.referenced_name, row.is_optional, row.used_as) for row in rows]


def test_every_place_that_names_a_config_map_or_secret_is_found() -> None:
    spec = {
        "containers": [{"name": "main", "envFrom": [{"configMapRef": {"name": "a", "optional": True}}]}],
        "initContainers": [{"name": "i", "env": [{"name": "X", "valueFrom": {"configMapKeyRef": {"name": "a"}}}]}],
        "volumes": [
            {"name": "s", "secret": {"secretName": "b"}},
            {
                "name": "p",
                "projected": {"sources": [{"configMap": {"name": "kube-root-ca.crt"}}, {"secret": {"name": "c"}}]},
            },
            {"name": "n", "csi": {"driver": "d", "nodePublishSecretRef": {"name": "e"}}},
        ],
        "imagePullSecrets": [{"name": "f"}],
    }
    assert references(spec) == [
        ("ConfigMap", "a", False, ["environment"]),
        ("Secret", "b", False, ["volume"]),
        ("Secret", "c", False, ["volume"]),
        ("Secret", "e", False, ["volume"]),
        ("Secret", "f", True, ["image-pull"]),
    ]


def test_kernel_parameters_are_named_with_dots() -> None:
    names = ["net/ipv4/tcp_syncookies", "net.ipv4.conf.eth0/1.x", "kernel.msgmax"]
    context = {"sysctls": [{"name": name} for name in names] + [{}]}
    rows = build(Workloads, deployment({"securityContext": context}))["sysctls"]
    assert [row.name for row in rows] == ["net.ipv4.tcp_syncookies", "net.ipv4.conf.eth0/1.x", "kernel.msgmax", None]


@pytest.mark.parametrize(
    ("command", "arguments", "calls"),
    [
        (["sudo", "web"], None, True), (["/entry.sh"], ["/usr/bin/sudo", "-E"], True), (None, None, False),
        (["web", "pseudo", "--file=/etc/sudoers"], [80], False), ("sudo", None, None), ([{}], None, None),
    ],
)  # fmt: skip
def test_sudo_is_a_word_of_a_command_that_redaction_keeps(command: Any, arguments: Any, calls: bool | None) -> None:
    written = {"kind": "Pod", "spec": {"containers": [{"name": "web", "command": command, "args": arguments}]}}
    redact(written, b"k" * 32)
    assert container(written["spec"]["containers"][0]).calls_sudo is calls

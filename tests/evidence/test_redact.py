"""What redaction takes out, what it leaves, and the shape it keeps."""

from __future__ import annotations

import copy
from typing import Any

import orjson
import pytest

from collectors.evidence.redact import marker, redact

KEY = b"a key of this test"


def a_pod(**container: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"containers": [{"name": "web", "image": "registry.example.com/web:1.2", **container}]},
    }


def container_of(pod: dict[str, Any]) -> dict[str, Any]:
    return pod["spec"]["containers"][0]


def shape(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: shape(value) for key, value in node.items()}
    return [shape(value) for value in node] if isinstance(node, list) else None


def test_a_marker_says_why_what_kind_and_how_long():
    pod = a_pod(env=[{"name": "DB_PASSWORD", "value": "hunter2"}, {"name": "COPY", "value": "hunter2"}])
    assert redact(pod, KEY) == {"literal": 2}
    one, two = (marker(variable["value"]) for variable in container_of(pod)["env"])
    assert (one.why, one.class_, one.length, one.is_credential) == ("literal", "password-name", 7, True)
    assert (two.class_, two.is_credential) == ("none", False)
    assert one.mac == two.mac


def test_the_hash_depends_on_the_key_of_the_collection():
    pods = [a_pod(env=[{"name": "A", "value": "x"}]) for _ in range(2)]
    for pod, key in zip(pods, (b"one", b"two"), strict=True):
        redact(pod, key)
    assert pods[0] != pods[1]


def test_what_is_no_marker_is_not_read_as_one():
    for text in ("", "plain", "~redacted:", "~redacted:literal:none:length=x:mac=00000000", "a ~redacted:b"):
        assert marker(text) is None


def test_every_literal_environment_value_goes_and_references_stay():
    env = [
        {"name": "PORT", "value": "8080"},
        {"name": "NUMBER", "value": 8080},
        {"name": "SWITCH", "value": True},
        {"name": "EMPTY", "value": ""},
        {"name": "NOTHING", "value": None},
        {"name": "REFERENCE", "value": "$(OTHER)"},
        {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "db-password", "key": "token"}}},
    ]
    pod = a_pod(env=copy.deepcopy(env), envFrom=[{"secretRef": {"name": "db-password"}}])
    redact(pod, KEY)
    found = container_of(pod)["env"]
    assert [marker(variable["value"]).class_ for variable in found[:4]] == ["none"] * 4
    assert marker(found[1]["value"]).length == 4
    assert found[4] == env[4]
    assert marker(found[5]["value"]).class_ == "template-reference"
    assert found[6] == env[6]
    assert container_of(pod)["envFrom"] == [{"secretRef": {"name": "db-password"}}]


@pytest.mark.parametrize(
    "argument",
    [
        "-c",
        "-exc",
        "--verbose",
        "--v=2",
        "--port=8080",
        "--leader-elect=true",
        "--timeout=5m",
        "--memory=512Mi",
        "--config=/etc/app/config.yaml",
        "--authorization-mode=Node,RBAC",
        "--tls-min-version=VersionTLS12",
        "--service-cluster-ip-range=10.96.0.0/12",
        "--etcd-servers=https://127.0.0.1:2379",
        "--token-auth-file=/etc/kubernetes/tokens.csv",
        "--anonymous-auth=false",
        "--enable-admission-plugins=NodeRestriction,PodSecurity",
        "--bind-address=::",
        "--secure-listen-address=:8443",
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        "--use-service-account-credentials=true",
        "--prometheus-url=http://prometheus-k8s.monitoring.svc:9090/",
        "sh",
        "run",
        "kube-apiserver",
        "/bin/sh",
        "80",
        "1.5",
        "spark-master:8080",
        "--tls-private-key-file=/var/lib/kubelet/pki/kubelet.key",
    ],
)
def test_plainly_harmless_arguments_stay(argument):
    pod = a_pod(args=[argument], command=[argument])
    redact(pod, KEY)
    assert container_of(pod)["args"] == container_of(pod)["command"] == [argument]


@pytest.mark.parametrize(
    ("argument", "left", "class_"),
    [
        ("--password=hunter", "--password=", "password-name"),
        ("--password=true", "--password=true", None),
        ("--colour=Canary7f3a9c", "--colour=", "none"),
        ("-phunter", "", "none"),
        ("canarybird", "", "none"),
        ("7f3a9c", "", "none"),
        ("deadbeef", "", "none"),
        ("/run/7f3a9c1b", "", "none"),
        ("https://example.com/7f3a9c1b", "", "none"),
        ("--db=postgres://app:hunter2@db/app", "--db=", "url-userinfo"),
        ("curl -H 'Authorization: Bearer 0123456789' http://api", "", "authorization-header"),
        ("echo hello", "", "none"),
        ("--model=$(MODEL)", "--model=", "template-reference"),
    ],
)
def test_other_arguments_go_and_a_plain_flag_keeps_its_name(argument, left, class_):
    pod = a_pod(args=[argument])
    redact(pod, KEY)
    [found] = container_of(pod)["args"]
    assert found.startswith(left)
    mark = marker(found)
    assert (mark.class_ if mark else None) == class_


def test_what_follows_a_flag_is_named_by_it():
    pod = a_pod(args=["--password", "sleep", "--level", "info", "-u", "admin:sesame"])
    redact(pod, KEY)
    args = container_of(pod)["args"]
    assert marker(args[1]).class_ == "password-name"
    assert args[2:5] == ["--level", "info", "-u"]
    assert marker(args[5])


def test_a_setting_of_a_component_stays_as_a_word_of_its_own_but_nothing_that_could_be_a_credential():
    kept = ["--authorization-mode", "Node,RBAC", "--tls-cipher-suites", "TLS_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384"]
    gone = ["--feature-gates", "AKIAIOSFODNN7EXAMPLE", "--token", "12345", "--colour", "Node,RBAC"]
    pod = a_pod(args=[*kept, *gone])
    redact(pod, KEY)
    args = container_of(pod)["args"]
    assert args[:4] == kept
    assert all(marker(word) for word in args[5::2])


def test_probes_hooks_and_headers_are_arguments_too():
    command = {"exec": {"command": ["sh", "-c", "echo Canary7f3a9c"]}}
    headers = [{"name": "Authorization", "value": "abc"}, {"name": "X-Mode", "value": "true"}]
    pod = a_pod(
        livenessProbe=copy.deepcopy(command),
        lifecycle={"preStop": copy.deepcopy(command)},
        readinessProbe={"httpGet": {"path": "/health?token=Canary7f3a9c", "httpHeaders": headers}},
    )
    redact(pod, KEY)
    assert "Canary" not in str(pod)
    assert headers[1]["value"] == "true"


def test_secrets_lose_every_value_and_keep_every_key():
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "db"},
        "type": "Opaque",
        "data": {"password": "aHVudGVyMg==", "on": "dHJ1ZQ==", "none": None},
        "stringData": {"user": "app"},
    }
    assert redact(secret, KEY) == {"secret-data": 3}
    assert set(secret["data"]) == {"password", "on", "none"}
    assert marker(secret["stringData"]["user"]).why == "secret-data"


@pytest.mark.parametrize("kind", ["Secret", "secret", None])
def test_a_secret_is_found_in_lists_templates_and_without_its_kind(kind):
    secret = {"apiVersion": "v1", "metadata": {"name": "db"}, "data": {"a": "Q2FuYXJ5"}}
    if kind:
        secret["kind"] = kind
    alone = copy.deepcopy(secret)
    redact(alone, KEY)
    assert marker(alone["data"]["a"])
    listed = {"apiVersion": "v1", "kind": "SecretList", "items": [copy.deepcopy(secret)]}
    redact(listed, KEY)
    assert marker(listed["items"][0]["data"]["a"])
    if kind == "Secret":
        template = {"apiVersion": "template.openshift.io/v1", "kind": "Template", "objects": [copy.deepcopy(secret)]}
        redact(template, KEY)
        assert marker(template["objects"][0]["data"]["a"])


def test_last_applied_and_revision_data_go_whole():
    text = '{"kind":"Secret","data":{"a":"Q2FuYXJ5"}}'
    pod = a_pod()
    pod["metadata"]["annotations"] = {"kubectl.kubernetes.io/last-applied-configuration": text}
    redact(pod, KEY)
    [left] = pod["metadata"]["annotations"].values()
    assert (marker(left).why, marker(left).length) == ("annotation", len(text))
    revision = {"apiVersion": "apps/v1", "kind": "ControllerRevision", "data": {"spec": {"a": "Canary"}}, "revision": 3}
    redact(revision, KEY)
    assert marker(revision["data"]).why == "configuration"
    assert revision["revision"] == 3


def test_annotations_that_set_something_up_stay_in_their_shape_only():
    stays = {
        "prometheus.io/scrape": "true",
        "deployment.kubernetes.io/revision": "3",
        "container.apparmor.security.beta.kubernetes.io/web": "runtime/default",
        "eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/web",
        "kubernetes.io/config.mirror": "07bd11a0a13dfe5450a17a39eb8e32d2",
        "cluster-autoscaler.kubernetes.io/safe-to-evict": "false",
    }
    goes = {
        "note": "Canary7f3a9c",
        "checksum/config": "07bd11a0a13dfe5450a17a39eb8e32d2",
        "eks.amazonaws.com/role-arn-copy": "arn:aws:iam::123456789012:role/web",
        "nginx.ingress.kubernetes.io/configuration-snippet": "proxy_set_header Authorization abc;",
        "api-token": "1234",
    }
    pod = a_pod()
    pod["metadata"]["annotations"] = {**stays, **goes}
    redact(pod, KEY)
    found = pod["metadata"]["annotations"]
    assert {name: found[name] for name in stays} == stays
    assert all(marker(found[name]) for name in goes)
    assert marker(found["api-token"]).is_credential


def test_configuration_keeps_short_harmless_values_and_what_sets_the_cluster_up():
    maps = "- rolearn: arn:aws:iam::123456789012:role/nodes\n  groups:\n  - system:nodes\n"
    config = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "aws-auth", "namespace": "kube-system"},
        "data": {"mapRoles": maps, "level": "info", "port": 80, "word": "Canary7f3a9c", "db_password": "true"},
        "binaryData": {"blob": "Q2FuYXJ5"},
    }
    redact(config, KEY)
    assert (config["data"]["mapRoles"], config["data"]["level"], config["data"]["port"]) == (maps, "info", 80)
    assert marker(config["data"]["word"]).why == "configuration"
    assert not marker(config["data"]["db_password"]).is_credential
    assert marker(config["binaryData"]["blob"])


def test_a_custom_resource_loses_what_its_names_or_shapes_betray():
    resource = {
        "apiVersion": "example.com/v1",
        "kind": "Database",
        "metadata": {"name": "db"},
        "spec": {
            "password": "Canary",
            "adminToken": 12345678,
            "tokenTTL": 30,
            "url": "postgres://app:hunter2@db/app",
            "replicas": 3,
            "storage": {"size": "10Gi"},
            "parameters": [{"name": "colour", "value": "Canary7f3a9c"}, {"name": "level", "value": "info"}],
            "template": {"spec": {"containers": [{"env": [{"name": "A", "value": "Canary7f3a9c"}]}]}},
            "steps": [{"script": "echo Canary7f3a9c", "extraArgs": ["Canary7f3a9c"]}],
        },
    }
    before = copy.deepcopy(resource)
    redact(resource, KEY)
    spec = resource["spec"]
    assert "Canary" not in str(resource)
    assert "hunter2" not in str(resource)
    assert marker(spec["adminToken"]).is_credential
    assert (spec["tokenTTL"], spec["replicas"], spec["storage"]) == (30, 3, {"size": "10Gi"})
    assert spec["parameters"][1] == {"name": "level", "value": "info"}
    assert shape(resource) == shape(before)


def test_a_resource_definition_keeps_its_schema():
    properties = {"env": {"type": "array", "items": {"type": "string"}}, "password": {"type": "string"}}
    schema = {"openAPIV3Schema": {"type": "object", "properties": properties}}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "databases.example.com", "annotations": {"note": "Canary7f3a9c"}},
        "spec": {"versions": [{"name": "v1", "schema": copy.deepcopy(schema)}]},
    }
    redact(definition, KEY)
    assert definition["spec"]["versions"][0]["schema"] == schema
    assert marker(definition["metadata"]["annotations"]["note"])


def test_messages_of_statuses_and_events_go():
    pod = a_pod()
    pod["status"] = {"containerStatuses": [{"state": {"terminated": {"message": "Canary7f3a9c", "reason": "Error"}}}]}
    redact(pod, KEY)
    ended = pod["status"]["containerStatuses"][0]["state"]["terminated"]
    assert marker(ended["message"])
    assert ended["reason"] == "Error"
    event = {"apiVersion": "v1", "kind": "Event", "message": "Back-off Canary7f3a9c", "reason": "BackOff"}
    redact(event, KEY)
    assert marker(event["message"])


def test_text_that_pretends_to_be_a_marker_is_marked_again():
    fake = "~redacted:literal:none:length=3:mac=00000000"
    pod = a_pod(args=[fake], env=[{"name": "PASSWORD", "value": fake}], workingDir=fake)
    pod["metadata"]["annotations"] = {"note": fake}
    redact(pod, KEY)
    assert fake not in str(pod)
    assert marker(container_of(pod)["env"][0]["value"]).is_credential


def test_an_anchor_that_brings_the_same_node_twice_is_marked_once():
    env = [{"name": "PASSWORD", "value": "hunter2"}]
    pod = a_pod(env=env)
    pod["spec"]["containers"].append({"name": "two", "env": env})
    assert redact(pod, KEY) == {"literal": 1}
    assert marker(env[0]["value"]).class_ == "password-name"


def test_malformed_objects_lose_their_values_too():
    pod = a_pod(env={"A": "Canary7f3a9c"}, args="run Canary7f3a9c", command=[["Canary7f3a9c"], {"a": 1}, None])
    pod[8080] = {"password": "x"}
    redact(pod, KEY)
    assert "Canary" not in str(pod)
    for data in ("Canary7f3a9c", ["Canary7f3a9c"], {"a": {"b": "Canary7f3a9c"}}):
        for kind in ("Secret", "ConfigMap"):
            broken = {"apiVersion": "v1", "kind": kind, "data": data}
            redact(broken, KEY)
            assert "Canary" not in str(broken)


def test_names_images_references_and_numbers_are_left_alone():
    pod = a_pod(
        resources={"limits": {"cpu": "1"}},
        securityContext={"runAsUser": 0},
        volumeMounts=[{"name": "token", "mountPath": "/var/run/secrets/tokens"}],
        ports=[{"containerPort": 80}],
    )
    pod["spec"]["volumes"] = [
        {"name": "token", "projected": {"sources": [{"serviceAccountToken": {"path": "token", "audience": "vault"}}]}},
        {"name": "db", "secret": {"secretName": "db-password", "items": [{"key": "password", "path": "pw"}]}},
        {"name": "host", "hostPath": {"path": "/var/lib/docker"}},
    ]
    pod["spec"]["imagePullSecrets"] = [{"name": "registry-token"}]
    pod["spec"]["automountServiceAccountToken"] = False
    before = copy.deepcopy(pod)
    assert redact(pod, KEY) == {}
    assert pod == before


@pytest.mark.parametrize("levels", [100, 900])
def test_an_object_that_nests_without_end_is_cut_off(levels):
    for wrap in (lambda node: {"a": node}, lambda node: [node], lambda node: {"args": [node]}):
        node: Any = {"password": "Canary7f3a9c"}
        for _ in range(levels):
            node = wrap(node)
        resource = {"apiVersion": "example.com/v1", "kind": "Deep", "spec": {"a": node}}
        redact(resource, KEY)
        assert b"Canary" not in orjson.dumps(resource)

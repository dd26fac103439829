"""A cluster with a canary in every place where people put secrets, as its API server takes them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.acceptance.planted import Canaries, in_base64
from tests.control_plane.certificates import Authority, certificate_request
from tests.control_plane.server import ControlPlane

Object = dict[str, Any]

NAMESPACE = "shop"
_RBAC = "rbac.authorization.k8s.io"


def applied_by_people(canaries: Canaries) -> list[Object]:
    """What people apply with kubectl, which keeps a copy of all of it in an annotation."""
    return [
        *_workloads(canaries), *_configuration(canaries), *_network(canaries), *_of_the_cluster(canaries),
        *_of_products(canaries),
    ]  # fmt: skip


def _object(api: str, kind: str, name: str, namespace: str | None = NAMESPACE, /, **parts: Any) -> Object:
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {}) | parts.pop("metadata", {})
    return {"apiVersion": api, "kind": kind, "metadata": metadata, **parts}


def pod_spec(canaries: Canaries) -> Object:
    def command(place: str) -> list[str]:
        named = [f"--password={canaries.words(place)}", "--token", canaries.password(place)]
        return ["sh", "-c", f"serve {canaries.words(place)}", *canaries.all(place), *named]

    def headers(place: str) -> Object:
        said = [{"name": "Authorization", "value": canaries.words(place)}]
        said += [{"name": "X-Any", "value": canaries.key_id(place)}]
        return {"httpGet": {"path": f"/live?token={canaries.password(place)}", "port": 80, "httpHeaders": said}}

    env = [{"name": f"V{number}", "value": value} for number, value in enumerate(canaries.all("env"))]
    env += [{"name": "DB_PASSWORD", "value": canaries.words("env by name")}]
    first = {"name": "first", "image": "shop.example/a:1", "command": command("command of an init container"),
             "env": [{"name": "A", "value": canaries.words("env of an init container")}]}  # fmt: skip
    main = {
        "name": "a", "image": "shop.example/a:1", "env": env, "args": command("args"), "command": command("command"),
        "livenessProbe": headers("headers of a probe"),
        "readinessProbe": {"exec": {"command": command("the command of a probe")}},
        "lifecycle": {"preStop": {"exec": {"command": command("the command of a hook")}},
                      "postStart": headers("headers of a hook")},
    }  # fmt: skip
    return {"containers": [main], "initContainers": [first], "hostAliases": [{"ip": "192.0.2.1", "hostnames": ["db"]}]}


def _template(canaries: Canaries, labels: Object) -> Object:
    annotations = canaries.map("annotations of a pod template")
    return {"metadata": {"annotations": annotations, "labels": labels}, "spec": pod_spec(canaries)}


def _workloads(canaries: Canaries) -> Iterator[Object]:
    labels = {"app": "a"}
    selected = {"selector": {"matchLabels": labels}, "template": _template(canaries, labels)}
    yield _object("apps/v1", "Deployment", "a", metadata={"annotations": canaries.map("annotations")}, spec=selected)
    yield _object("apps/v1", "DaemonSet", "a", spec=selected)
    yield _object("apps/v1", "StatefulSet", "a", spec=selected | {"serviceName": "a"})
    once = {"template": _template(canaries, {}) | {"spec": pod_spec(canaries) | {"restartPolicy": "Never"}}}
    yield _object("batch/v1", "CronJob", "a", spec={"schedule": "0 3 * * *", "jobTemplate": {"spec": once}})
    yield _object("batch/v1", "Job", "a", spec=once)
    yield _object("v1", "ReplicationController", "a",
                  spec={"selector": labels, "template": _template(canaries, labels)})  # fmt: skip
    yield _object("v1", "Pod", "bare", spec=pod_spec(canaries))


def _configuration(canaries: Canaries) -> Iterator[Object]:
    binary = {f"binary-{key}": in_base64(value) for key, value in canaries.map("binaryData of a ConfigMap").items()}
    yield _object("v1", "ConfigMap", "a", data=canaries.map("data of a ConfigMap"), binaryData=binary)
    hidden = {key: in_base64(value) for key, value in canaries.map("data of a Secret").items()}
    noted = {"annotations": canaries.map("annotations of a Secret")}
    yield _object("v1", "Secret", "a", metadata=noted, data=hidden, stringData={
        f"string-{key}": value for key, value in canaries.map("stringData of a Secret").items()})  # fmt: skip
    pair = Authority("a").server("192.0.2.7")
    files = {"tls.crt": pair.certificate, "tls.key": pair.key}
    yield _object("v1", "Secret", "tls", type="kubernetes.io/tls",
                  data={name: in_base64(content.decode()) for name, content in files.items()})  # fmt: skip
    login = {"auths": {"shop.example": {"auth": canaries.packed("a login for images")}}}
    yield _object("v1", "Secret", "images", type="kubernetes.io/dockerconfigjson",
                  data={".dockerconfigjson": in_base64(json.dumps(login))})  # fmt: skip
    canaries.planted |= dict.fromkeys(pair.key.decode().splitlines()[1:3], "a private key")


def _network(canaries: Canaries) -> Iterator[Object]:
    snippet = f"proxy_set_header Authorization 'Bearer {canaries.words('a snippet of an Ingress')}';"
    backend = {"service": {"name": "a", "port": {"number": 80}}}
    yield _object("networking.k8s.io/v1", "Ingress", "a",
                  metadata={"annotations": {"nginx.ingress.kubernetes.io/configuration-snippet": snippet,
                                            **canaries.map("annotations of an Ingress")}},
                  spec={"rules": [{"host": "shop.example", "http": {"paths": [
                      {"path": f"/hooks/{canaries.key_id('a path of an Ingress')}", "pathType": "Prefix",
                       "backend": backend}]}}]})  # fmt: skip
    yield _object("v1", "Service", "a", metadata={"annotations": canaries.map("annotations of a Service")},
                  spec={"ports": [{"port": 80}]})  # fmt: skip


def _of_the_cluster(canaries: Canaries) -> Iterator[Object]:
    kind = "admissionregistration.k8s.io/v1"
    yield _object("v1", "Node", "labelled", None, metadata={"annotations": canaries.map("annotations of a Node")})
    yield _object("storage.k8s.io/v1", "StorageClass", "a", None, provisioner="shop.example/disks", parameters={
        "secretKey": canaries.words("parameters of a StorageClass"),
        "restuserkey": canaries.packed("parameters of a StorageClass")})  # fmt: skip
    options = ["hard", f"username=shop,password={canaries.words('the options of a mount')}"]
    yield _object("v1", "PersistentVolume", "a", None, spec={
        "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteMany"], "mountOptions": options,
        "nfs": {"server": "files.example", "path": "/shop"}})  # fmt: skip
    yield _object("certificates.k8s.io/v1", "CertificateSigningRequest", "a", None, spec={
        "request": in_base64(certificate_request("ann").decode()), "signerName": "shop.example/people",
        "usages": ["client auth"]}, metadata={"annotations": canaries.map("annotations of a request")})  # fmt: skip
    yield _object(f"{_RBAC}/v1", "ClusterRole", "a", None, rules=[],
                  metadata={"annotations": canaries.map("annotations of a role")})  # fmt: skip
    yield _object(kind, "ValidatingWebhookConfiguration", "a", None,
                  metadata={"annotations": canaries.map("annotations of a webhook")},
                  webhooks=[_hook(canaries)])  # fmt: skip
    yield _object("apiregistration.k8s.io/v1", "APIService", "v1.nothing.example", None, spec={
        "group": "nothing.example", "version": "v1", "groupPriorityMinimum": 1, "versionPriority": 1,
        "service": {"name": "a", "namespace": NAMESPACE}, "insecureSkipTLSVerify": True},
        metadata={"annotations": canaries.map("annotations of an APIService")})  # fmt: skip


def _hook(canaries: Canaries) -> Object:
    """A webhook whose address carries what lets one in: a server takes no user, query or fragment there."""
    place = "the address of a webhook"
    word = canaries.packed("not planted").translate(str.maketrans("+/", "Aa", "="))
    canaries.planted[word] = place
    url = f"https://hooks.example/services/{canaries.key_id(place)}/{word}"
    return {
        "name": "a.shop.example", "sideEffects": "None", "admissionReviewVersions": ["v1"], "failurePolicy": "Ignore",
        "clientConfig": {"url": url},
        "rules": [{"apiGroups": ["nothing.example"], "apiVersions": ["v1"], "operations": ["CREATE"],
                   "resources": ["nothings"]}],
    }  # fmt: skip


def _of_products(canaries: Canaries) -> Iterator[Object]:
    helm = {"parameters": [{"name": "database.password", "value": canaries.words("a parameter of Helm")},
                           {"name": "note", "value": canaries.key_id("another parameter of Helm")}],
            "values": f"database:\n  password: {canaries.words('values of Helm in one text')}\n",
            "valuesObject": {"db": {"password": canaries.words("values of Helm")}}}  # fmt: skip
    secret = canaries.words("the address of a repository").lower()
    source = {"repoURL": f"https://deploy:{secret}@git.example/shop.git", "helm": helm}
    canaries.planted[secret] = "the address of a repository"
    yield _object("argoproj.io/v1alpha1", "Application", "a", spec={"source": source, "project": "default"})
    yield _object("helm.toolkit.fluxcd.io/v2", "HelmRelease", "a",
                  spec={"values": {"auth": {"password": canaries.words("values of Flux")}}})  # fmt: skip
    yield _object("external-secrets.io/v1", "SecretStore", "a", spec={"provider": {"vault": {
        "auth": {"userPass": {"password": canaries.words("a SecretStore")}}}}})  # fmt: skip
    yield _object("velero.io/v1", "BackupStorageLocation", "a", spec={
        "config": {"secretAccessKey": canaries.words("the configuration of Velero"),
                   "resourceGroupKey": canaries.key_id("Velero")}})  # fmt: skip
    yield _object("keda.sh/v1alpha1", "ScaledObject", "a", spec={"triggers": [{"type": "redis", "metadata": {
        "password": canaries.words("a trigger of KEDA"), "address": canaries.key_id_in_address("KEDA")}}]})  # fmt: skip
    yield _object("monitoring.coreos.com/v1", "ServiceMonitor", "a", spec={"endpoints": [{
        "bearerToken": canaries.words("a ServiceMonitor")}]})  # fmt: skip
    yield _object("cert-manager.io/v1", "Issuer", "a", spec={"acme": {"externalAccountBinding": {
        "keySecret": canaries.words("an Issuer")}}})  # fmt: skip
    call = {"service": {"headers": [{"key": "Authorization", "value": canaries.words("a policy of Kyverno")}]}}
    yield _object("kyverno.io/v1", "ClusterPolicy", "a", None,
                  spec={"rules": [{"name": "r", "context": [{"name": "c", "apiCall": call}]}]})  # fmt: skip
    yield _object("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "a",
                  spec={"postBuild": {"substitute": canaries.map("what Flux puts in")}})  # fmt: skip
    script = f"#!/bin/sh\nexport TOKEN={canaries.words('what a node runs at first')}\n"
    yield _object("karpenter.k8s.aws/v1", "EC2NodeClass", "a", None, spec={"userData": script})
    header = {"key": "request.headers[x-token]", "values": [canaries.words("a header that lets one in")]}
    yield _object("security.istio.io/v1", "AuthorizationPolicy", "a", spec={"rules": [{"when": [header]}]})
    labels = {"app": "rollout"}
    yield _object("argoproj.io/v1alpha1", "Rollout", "a", spec={
        "replicas": 0, "selector": {"matchLabels": labels}, "template": _template(canaries, labels)})  # fmt: skip


def said_by_the_world(plane: ControlPlane, canaries: Canaries) -> None:
    """What controllers and kubelets write: events, the status of a pod, conditions, annotations of nodes."""
    about = {"apiVersion": "v1", "kind": "Pod", "namespace": NAMESPACE, "name": "bare"}
    for number, text in enumerate(canaries.all("the message of an Event")):
        event = _object("v1", "Event", f"bare.{number}", involvedObject=about, reason="Failed", type="Warning",
                        message=text, source={"component": "kubelet"})  # fmt: skip
        plane.ask(f"/api/v1/namespaces/{NAMESPACE}/events", event)
    failed = {"terminated": {"exitCode": 1, "reason": "Error", "message": canaries.sentence("why a container ended")}}
    waiting = {"waiting": {"reason": "CrashLoopBackOff", "message": canaries.password("why a container waits")}}
    status = {"phase": "Running", "message": canaries.sentence("the message of a pod"),
              "conditions": [{"type": "Ready", "status": "False", "message": canaries.sentence("a condition")}],
              "containerStatuses": [{"name": "a", "image": "a", "imageID": "", "ready": False, "restartCount": 2,
                                     "lastState": failed, "state": waiting}]}  # fmt: skip
    plane.kubectl("patch", "pod", "bare", "-n", NAMESPACE, "--subresource=status", "--type=merge", "-p",
                  json.dumps({"status": status}))  # fmt: skip
    condition = {"type": "Available", "status": "False", "reason": "X", "message": canaries.sentence("of a Deployment"),
                 "lastUpdateTime": None, "lastTransitionTime": None}  # fmt: skip
    plane.kubectl("patch", "deployment", "a", "-n", NAMESPACE, "--subresource=status", "--type=merge", "-p",
                  json.dumps({"status": {"conditions": [condition]}}))  # fmt: skip

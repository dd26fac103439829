"""Kubelets that answer /configz, and ask the API server who calls and whether RBAC lets them, as real ones do."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.control_plane.server import ControlPlane
from tests.control_plane.small_servers import Answer, json_over_tls, own_address

# What a kubelet of kubeadm answers, as far as anybody reads it.
CONFIGURATION: dict[str, Any] = {
    "enableServer": True, "syncFrequency": "1m0s", "fileCheckFrequency": "20s", "address": "0.0.0.0", "port": 10250,
    "rotateCertificates": True, "serverTLSBootstrap": True, "tlsMinVersion": "VersionTLS12",
    "authentication": {"x509": {"clientCAFile": "/etc/kubernetes/pki/ca.crt"},
                       "webhook": {"enabled": True, "cacheTTL": "2m0s"}, "anonymous": {"enabled": False}},
    "authorization": {"mode": "Webhook", "webhook": {"cacheAuthorizedTTL": "5m0s", "cacheUnauthorizedTTL": "30s"}},
    "eventRecordQPS": 50, "streamingConnectionIdleTimeout": "4h0m0s", "makeIPTablesUtilChains": True,
    "imageGCHighThresholdPercent": 85, "imageGCLowThresholdPercent": 80, "maxPods": 110, "podPidsLimit": -1,
    "evictionHard": {"imagefs.available": "15%", "memory.available": "100Mi", "nodefs.available": "10%",
                     "nodefs.inodesFree": "5%"},
    "containerLogMaxSize": "10Mi", "containerLogMaxFiles": 5, "failSwapOn": True, "cgroupDriver": "systemd",
}  # fmt: skip
_ALLOWED_BY = ("configz", "proxy")  # the finer permission, and the one that opens everything


@contextmanager
def serving(plane: ControlPlane) -> Iterator[str]:
    """The address of the one kubelet that every node of the cluster says is its own."""
    address = own_address() or "127.0.0.1"

    def answer(path: str, headers: Mapping[str, str]) -> Answer:
        return _answer(plane, path, headers.get("Authorization") or "")

    with json_over_tls(plane, address, "kubelet", answer) as port:
        reached = {
            "addresses": [{"type": "InternalIP", "address": address}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": port}},
        }
        for node in plane.ask("/api/v1/nodes")["items"]:
            plane.kubectl("patch", "node", node["metadata"]["name"], "--subresource=status", "--type=merge",
                          "--patch", json.dumps({"status": reached}))  # fmt: skip
        yield f"https://{address}:{port}"


def _answer(plane: ControlPlane, path: str, authorization: str) -> Answer:
    token = authorization.removeprefix("Bearer ")
    review = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": token or "none"}}
    found = plane.ask("/apis/authentication.k8s.io/v1/tokenreviews", review)["status"]
    if not found.get("authenticated"):
        return 401, "Unauthorized"
    if not any(_may(plane, found["user"], part) for part in _ALLOWED_BY):
        return 403, f"Forbidden (user={found['user']['username']}, verb=get, resource=nodes, subresource(s)=[configz])"
    return (200, {"kubeletconfig": CONFIGURATION}) if path == "/configz" else (404, "404 page not found")


def _may(plane: ControlPlane, user: dict[str, Any], subresource: str) -> bool:
    asked = {"verb": "get", "resource": "nodes", "subresource": subresource}
    review = {
        "apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
        "spec": {"user": user["username"], "groups": user.get("groups", []), "resourceAttributes": asked},
    }  # fmt: skip
    return bool(plane.ask("/apis/authorization.k8s.io/v1/subjectaccessreviews", review)["status"]["allowed"])

"""An aggregated API server of ours that serves metrics.k8s.io as metrics-server does, behind the real API server.

The API server never proxies to a loopback address, so it listens on another address of the machine; where there is
none, `serving` serves nothing.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from tests.control_plane.server import ControlPlane
from tests.control_plane.small_servers import Answer, json_over_tls, own_address
from tests.samples.clinic import thing

Object = dict[str, Any]

GROUP, VERSION = "metrics.k8s.io", "v1beta1"
_BASE = f"/apis/{GROUP}/{VERSION}"


@contextmanager
def serving(plane: ControlPlane) -> Iterator[bool]:
    """metrics.k8s.io is served until the block ends; False where this machine has no address for it."""
    address = own_address()
    if not address:
        yield False
        return
    metrics = _Metrics(plane)
    with json_over_tls(plane, address, "metrics", lambda path, _: metrics.answer(path)) as port:
        plane.apply(_registration(address, port))
        plane.wait("the metrics", lambda: _available(plane))
        yield True


class _Metrics:
    """What each path answers, measured on the objects that the API server has now."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane, self._when = plane, datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def answer(self, path: str) -> Answer:
        found = self._found(path)
        return (404, {"kind": "Status", "code": 404}) if found is None else (200, found)

    def _found(self, path: str) -> Object | None:
        parts = path.partition("?")[0].removeprefix(_BASE).strip("/").split("/")
        if not path.startswith(_BASE):
            return None
        if parts == [""]:
            return _RESOURCES
        if parts == ["nodes"]:
            return self._list("Node", [self._node(each) for each in self._plane.ask("/api/v1/nodes")["items"]])
        if parts == ["pods"] or (len(parts) == 3 and parts[::2] == ["namespaces", "pods"]):
            where = f"/namespaces/{parts[1]}" if len(parts) == 3 else ""
            running = self._plane.ask(f"/api/v1{where}/pods?fieldSelector=status.phase=Running")["items"]
            return self._list("Pod", [self._pod(each) for each in running])
        return None

    def _list(self, kind: str, items: list[Object]) -> Object:
        return {"kind": f"{kind}MetricsList", "apiVersion": f"{GROUP}/{VERSION}", "metadata": {}, "items": items}

    def _node(self, node: Object) -> Object:
        return self._measured(node) | {"usage": _usage(node["metadata"]["name"], 400)}

    def _pod(self, pod: Object) -> Object:
        named = [each["name"] for each in pod["spec"]["containers"]]
        return self._measured(pod) | {"containers": [{"name": each, "usage": _usage(each, 20)} for each in named]}

    def _measured(self, obj: Object) -> Object:
        told = {key: obj["metadata"][key] for key in ("name", "namespace", "labels") if key in obj["metadata"]}
        return {"metadata": told | {"creationTimestamp": self._when}, "timestamp": self._when, "window": "20.05s"}


_RESOURCES: Object = {
    "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": f"{GROUP}/{VERSION}",
    "resources": [
        {"name": name, "singularName": "", "namespaced": name == "pods", "kind": kind, "verbs": ["get", "list"]}
        for name, kind in (("nodes", "NodeMetrics"), ("pods", "PodMetrics"))
    ],
}  # fmt: skip


def _usage(name: str, size: int) -> dict[str, str]:
    """Always the same for one name."""
    noise = zlib.crc32(name.encode()) % 1000
    return {"cpu": f"{size * 1_000_000 + noise}n", "memory": f"{size * 2048 + noise}Ki"}


def _registration(address: str, port: int) -> list[Object]:
    named = {"namespace": "kube-system", "name": "metrics-server"}
    labels = {"kubernetes.io/service-name": "metrics-server"}
    return [
        thing("v1", "Service", **named, spec={"ports": [{"name": "https", "port": 443, "targetPort": port}]}),
        thing("discovery.k8s.io/v1", "EndpointSlice", **named, labels=labels, addressType="IPv4",
              endpoints=[{"addresses": [address]}], ports=[{"name": "https", "port": port, "protocol": "TCP"}]),
        thing("apiregistration.k8s.io/v1", "APIService", None, f"{VERSION}.{GROUP}", spec={
            "group": GROUP, "version": VERSION, "service": named | {"port": 443}, "insecureSkipTLSVerify": True,
            "groupPriorityMinimum": 100, "versionPriority": 100}),
    ]  # fmt: skip


def _available(plane: ControlPlane) -> bool:
    registered = plane.ask(f"/apis/apiregistration.k8s.io/v1/apiservices/{VERSION}.{GROUP}")
    told = {each["type"]: each["status"] for each in registered["status"].get("conditions") or []}
    return told.get("Available") == "True"

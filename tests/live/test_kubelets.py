"""Kubelets are asked for their settings themselves, and only where the cluster's own authority vouches for them."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme
import yaml

from collectors.kubernetes.live import Connection, connect
from collectors.kubernetes.live.kubelets import kubelet_of, read_kubelets

# The shape of a kubelet's /configz: KubeletConfiguration v1beta1 under `kubeletconfig` (Kubernetes documentation).
KEY = b"k" * 32
SETTINGS = {"kubeletconfig": {"authentication": {"anonymous": {"enabled": False}}, "readOnlyPort": 0}}


@dataclass
class FakeKubelet:
    port: int = 0
    status: int = 200
    body: bytes = json.dumps(SETTINGS).encode()
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@contextmanager
def kubelet(authority: trustme.CA, name: str = "127.0.0.1") -> Iterator[FakeKubelet]:
    told = FakeKubelet()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked.append((self.command, self.path, self.headers.get("Authorization")))
            self.send_response(told.status)
            self.send_header("Content-Length", str(len(told.body)))
            self.end_headers()
            self.wfile.write(told.body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    told.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()


def connection(folder: Path, authority: trustme.CA, **cluster: Any) -> Connection:
    ca = folder / "ca.crt"
    authority.cert_pem.write_to_path(str(ca))
    config = {
        "apiVersion": "v1", "kind": "Config", "current-context": "test",
        "clusters": [{"name": "test", "cluster": {"server": "https://127.0.0.1:1", "certificate-authority": str(ca)}
                      | cluster}],
        "users": [{"name": "reader", "user": {"token": "not-a-real-token"}}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "reader"}}],
    }  # fmt: skip
    path = folder / "kubeconfig"
    path.write_text(yaml.safe_dump(config))
    return connect(path)


def node(name: str, address: str | None, port: int = 10250) -> dict[str, Any]:
    addresses = [{"type": "Hostname", "address": name}]
    addresses += [{"type": "InternalIP", "address": address}] if address else []
    return {"metadata": {"name": name},
            "status": {"addresses": addresses, "daemonEndpoints": {"kubeletEndpoint": {"Port": port}}}}  # fmt: skip


def test_the_settings_of_every_kubelet_that_answers_are_kept(tmp_path: Path, authority: trustme.CA) -> None:
    with kubelet(authority) as told:
        objects, short = read_kubelets(connection(tmp_path, authority), [node("a", "127.0.0.1", told.port)], KEY)
    assert short == ""
    assert [(one["kind"], one["metadata"]["name"], one["spec"]) for one in objects] == [
        ("Kubelet", "a", SETTINGS["kubeletconfig"])
    ]
    assert told.asked == [("GET", "/configz", "Bearer not-a-real-token")]


def test_nothing_is_sent_to_a_kubelet_that_another_authority_vouches_for(tmp_path: Path, authority: trustme.CA) -> None:
    with kubelet(trustme.CA()) as told:
        objects, short = read_kubelets(connection(tmp_path, authority), [node("a", "127.0.0.1", told.port)], KEY)
    assert objects == []
    assert short.startswith("1 of 1 kubelets: a: ")
    assert "SSLError" in short
    assert told.asked == []


def test_nothing_is_sent_to_a_certificate_that_names_another_address(tmp_path: Path, authority: trustme.CA) -> None:
    with kubelet(authority, name="10.0.0.9") as told:
        _, short = read_kubelets(connection(tmp_path, authority), [node("a", "127.0.0.1", told.port)], KEY)
    assert "SSLError" in short
    assert told.asked == []


def test_kubelets_are_not_asked_where_the_kubeconfig_verifies_nobody(tmp_path: Path, authority: trustme.CA) -> None:
    with kubelet(authority) as told:
        open_to_all = connection(tmp_path, authority, **{"insecure-skip-tls-verify": True})
        _, short = read_kubelets(open_to_all, [node("a", "127.0.0.1", told.port)], KEY)
    assert "names no authority that could vouch for kubelets" in short
    assert told.asked == []


def test_a_kubelet_that_refuses_and_a_node_without_an_address_are_said_by_name(
    tmp_path: Path, authority: trustme.CA
) -> None:
    with kubelet(authority) as told:
        told.status, told.body = 403, b"Forbidden (user=reader, verb=get, resource=nodes, subresource=configz)"
        nodes = [node("a", "127.0.0.1", told.port), node("b", None)]
        objects, short = read_kubelets(connection(tmp_path, authority), nodes, KEY)
    assert objects == []
    assert short == "2 of 2 kubelets: a: forbidden (403); b: the node has no internal address"


def test_an_answer_that_is_no_kubelets_is_not_kept(tmp_path: Path, authority: trustme.CA) -> None:
    with kubelet(authority) as told:
        told.body = b'{"kubeletconfig": ["odd"]}'
        _, short = read_kubelets(connection(tmp_path, authority), [node("a", "127.0.0.1", told.port)], KEY)
    assert short == "1 of 1 kubelets: a: the answer is not that of a kubelet"


@pytest.mark.parametrize("port", ["10250", 0, 70000, None])
def test_a_port_that_is_none_means_the_one_that_kubelets_have(port: Any) -> None:
    assert kubelet_of(node("a", "10.0.0.1", port)).port == 10250


def test_an_address_that_is_a_name_is_not_followed() -> None:
    assert kubelet_of(node("a", "metadata.internal")).address is None

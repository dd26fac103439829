"""Servers of ours that stand beside a control plane and answer JSON over TLS."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.control_plane.server import ControlPlane

Answer = tuple[int, Any]
Answering = Callable[[str, Mapping[str, str]], Answer]
"""path and headers -> status and body"""


@contextmanager
def json_over_tls(plane: ControlPlane, address: str, name: str, answering: Answering) -> Iterator[int]:
    """The port at this address where `answering` answers; the cluster's authority signs for it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answering(self.path, self.headers)  # type: ignore[arg-type]  # a message is a mapping
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer((address, 0), Handler)
    server.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*plane.authority.server(address).written(plane.folder / "pki", name))
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def own_address() -> str:
    """An IPv4 address of this machine that is not a loopback; "" where there is none. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(("192.0.2.1", 9))
        except OSError:
            return ""
        address = str(asking.getsockname()[0])
    return "" if address.startswith(("127.", "0.")) else address

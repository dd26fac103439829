"""Stands between a client and an API server, keeps note of every request, and does to the answers what it is told."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from re import fullmatch
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import yaml

from tests.control_plane.certificates import Authority
from tests.control_plane.server import ControlPlane

JSON = "application/json"


@dataclass(frozen=True)
class Asked:
    """A request as it came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: list[tuple[str, str]]

    @property
    def token(self) -> str:
        return "".join(self.said("Authorization")).removeprefix("Bearer ")

    def said(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]


@dataclass
class Response:
    """An answer on its way through; what is to be sent in place of the server's."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": JSON})

    @property
    def parsed(self) -> Any:
        return json.loads(self.body)

    def with_body(self, body: Any) -> Response:
        return Response(self.status, json.dumps(body).encode(), dict(self.headers))


class Exchange:
    """One request and the ways to answer it. `real()` asks the server behind."""

    def __init__(self, asked: Asked, handler: BaseHTTPRequestHandler, real: Callable[[], Response]) -> None:
        self.asked, self.real, self._handler = asked, real, handler

    def send(self, response: Response) -> None:
        self.head(response, {"Content-Length": str(len(response.body))})
        self.write(response.body)

    def head(self, response: Response, framing: dict[str, str]) -> None:
        handler = self._handler
        handler.send_response_only(response.status)
        for name, value in (response.headers | framing).items():
            handler.send_header(name, value)
        handler.end_headers()

    def write(self, body: bytes) -> None:
        self._handler.wfile.write(body)
        self._handler.wfile.flush()

    def hang_up(self) -> None:
        """Say good-bye properly, whatever was promised."""
        self._handler.close_connection = True

    def reset(self) -> None:
        """As when a router forgets about a connection: no good-bye, of TLS or of TCP."""
        self.hang_up()
        plain = socket.socket(fileno=self._handler.connection.detach())
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        plain.close()
        # What the handler still wants to say goes nowhere.
        self._handler.wfile = _Nowhere()  # type: ignore[assignment]


class _Nowhere:
    closed = False

    def write(self, _: bytes) -> None:
        """Nobody listens."""

    def flush(self) -> None:
        """Nobody listens."""

    def close(self) -> None:
        """Nothing is open."""


Action = Callable[[Exchange], None]


@dataclass
class Rule:
    """What happens to requests whose path is this (a pattern), of these numbers among them (from 1; none: to all)."""

    path: str
    do: Action
    numbers: Iterable[int] | None = None
    goes_on: bool | None = None
    token: str = ""
    seen: int = 0

    def holds(self, asked: Asked) -> bool:
        if fullmatch(self.path, asked.path) is None or self.goes_on not in (None, "continue" in asked.query):
            return False
        if self.token and asked.token != self.token:
            return False
        self.seen += 1
        return self.numbers is None or self.seen in self.numbers


class FaultProxy:
    """A running proxy. `rules` may be changed at any time; the first that holds acts, else the answer goes through.

    `stands_for`: a token that a client sends -> the one that the server behind knows. `drops`: headers that it
    does not pass on.
    """

    def __init__(
        self, plane: ControlPlane, folder: Path, rules: Iterable[Rule] = (), *, limit: int | None = None
    ) -> None:
        self.rules, self.limit = list(rules), limit
        self.stands_for: dict[str, str] = {}
        self.drops: tuple[str, ...] = ()
        self.asked: list[Asked] = []
        self.at_once = self.most_at_once = 0
        self._plane, self._folder, self._mutex = plane, folder, threading.Lock()
        authority = Authority("fault-proxy")
        folder.mkdir(parents=True, exist_ok=True)
        self.ca = folder / "ca.crt"
        self.ca.write_bytes(authority.certificate)
        self._server = _server(self, authority.server("127.0.0.1").written(folder, "proxy"))
        self.port = self._server.server_address[1]

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def kubeconfig(self, user: dict[str, Any], **cluster: Any) -> Path:
        """A kubeconfig whose API server is this proxy."""
        said = {"server": self.url, "certificate-authority": str(self.ca)} | cluster
        path = self._folder / "kubeconfig.yaml"
        path.write_text(yaml.safe_dump({
            "apiVersion": "v1", "kind": "Config", "current-context": "proxied",
            "clusters": [{"name": "proxied", "cluster": said}], "users": [{"name": "somebody", "user": user}],
            "contexts": [{"name": "proxied", "context": {"cluster": "proxied", "user": "somebody"}}],
        }))  # fmt: skip
        return path

    def requests(self, path: str = ".*") -> list[Asked]:
        """What was asked for below this pattern."""
        with self._mutex:
            return [asked for asked in self.asked if fullmatch(path, asked.path)]

    def handle(self, handler: BaseHTTPRequestHandler, upstream: http.client.HTTPSConnection) -> None:
        url = urlsplit(handler.path)
        asked = Asked(handler.command, url.path, dict(parse_qsl(url.query, keep_blank_values=True)),
                      handler.headers.items())  # fmt: skip
        sent = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        with self._mutex:
            self.asked.append(asked)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            rule = next((rule for rule in self.rules if rule.holds(asked)), None)
        exchange = Exchange(asked, handler, lambda: self._real(asked, sent, upstream))
        try:
            (rule.do if rule else lambda one: one.send(one.real()))(exchange)
        finally:
            with self._mutex:
                self.at_once -= 1

    def connect(self) -> http.client.HTTPSConnection:
        context = ssl.create_default_context(cafile=str(self._plane.ca))
        return http.client.HTTPSConnection(self._plane.host, self._plane.port, context=context)

    def _real(self, asked: Asked, sent: bytes, upstream: http.client.HTTPSConnection) -> Response:
        query = asked.query | ({"limit": str(self.limit)} if self.limit and "limit" in asked.query else {})
        target = asked.path + ("?" + urlencode(query) if query else "")
        headers = {
            key: value
            for key, value in asked.headers
            if key.lower() not in ("host", "content-length") and key not in self.drops
        }
        if asked.token in self.stands_for:
            headers["Authorization"] = f"Bearer {self.stands_for[asked.token]}"
        upstream.request(asked.method, target, sent or None, headers)
        got = upstream.getresponse()
        kept = {name: value for name, value in got.getheaders() if name.lower() in _PASSED_ON}
        return Response(got.status, got.read(), kept)

    def serve(self) -> None:
        self._server.serve_forever(poll_interval=0.02)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


_PASSED_ON = ("content-type", "date", "audit-id", "retry-after", "www-authenticate")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    context: ssl.SSLContext

    def finish_request(self, request: Any, client_address: Any) -> None:
        # In the thread of the connection, so that nobody waits for somebody else's handshake.
        with suppress(OSError), self.context.wrap_socket(request, server_side=True) as secured:
            super().finish_request(secured, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients hang up as they like."""


def _server(proxy: FaultProxy, pair: tuple[Path, Path]) -> _Server:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            self.upstream = proxy.connect()

        def finish(self) -> None:
            self.upstream.close()
            with suppress(OSError, ValueError):
                super().finish()

        def do_GET(self) -> None:
            proxy.handle(self, self.upstream)

        do_POST = do_PUT = do_DELETE = do_PATCH = do_GET

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = _Server(("127.0.0.1", 0), Handler)
    server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.context.load_cert_chain(*pair)
    return server


@contextmanager
def between(plane: ControlPlane, folder: Path, *rules: Rule, limit: int | None = None) -> Iterator[FaultProxy]:
    """A proxy in front of this control plane. `limit` makes every page of a list that short."""
    proxy = FaultProxy(plane, folder, rules, limit=limit)
    thread = threading.Thread(target=proxy.serve, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.stop()
        thread.join()

"""An Azure Resource Manager of ours: HTTPS on this machine, answering what a test tells it to."""

from __future__ import annotations

import base64
import json
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import trustme

OBJECT_ID = "11112222-3333-4444-5555-666677778888"
DATE = "Sat, 21 Nov 2026 12:00:00 GMT"


@dataclass(frozen=True, slots=True)
class Response:
    """What the endpoint sends. `cut` bytes of a promised body never arrive."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    cut: int = 0


def error(status: int, code: str, message: str = "", **headers: str) -> Response:
    """An error body as Resource Manager writes it."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, {"error": {"code": code, "message": message}}, named)


def not_authorized(action: str, scope: str) -> Response:
    """403 AuthorizationFailed, in Resource Manager's own words."""
    message = (
        f"The client '{OBJECT_ID}' with object id '{OBJECT_ID}' does not have authorization to perform action "
        f"'{action}' over scope '{scope}' or the scope is invalid. If access was recently granted, please refresh "
        "your credentials."
    )
    return error(403, "AuthorizationFailed", message)


class Arm:
    """Answers by path, in any case of letters. A list of responses is given one by one, the last one for ever."""

    def __init__(self) -> None:
        self.responses: dict[str, list[Response]] = {}
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.url = ""

    def answer(self, path: str, *responses: Response | dict[str, Any]) -> None:
        """Say what comes at this path and query (`$skiptoken=2` alone names a page)."""
        given = [each if isinstance(each, Response) else Response(body=each) for each in responses]
        self.responses[path.lower()] = given

    def paths(self) -> list[str]:
        """The paths that were asked, in order."""
        return [urlsplit(target).path for _, target, _ in self.asked]

    def of(self, target: str) -> Response:
        """What to send for this target."""
        parts = urlsplit(target)
        page = next((each for each in parts.query.split("&") if "skiptoken" in each), "")
        found = self.responses.get((f"{parts.path}?{page}" if page else parts.path).lower())
        if not found:
            return error(404, "ResourceNotFound", f"The Resource '{parts.path}' was not found.")
        return found.pop(0) if len(found) > 1 else found[0]


@contextmanager
def endpoint(folder: Path) -> Iterator[tuple[Arm, Path]]:
    """A running endpoint, and the file of the certificate authority that vouches for it."""
    authority = trustme.CA()
    authority_file = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(authority_file))
    arm = Arm()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(arm))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    arm.url = f"https://localhost:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield arm, authority_file
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(arm: Arm) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            arm.asked.append((self.command, self.path, dict(self.headers)))
            response = arm.of(self.path)
            body = response.raw if response.raw is not None else json.dumps(response.body).encode()
            self.send_response_only(response.status)
            self.send_header("Date", DATE)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body) + response.cut))
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = bool(response.cut)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = _any

        def log_message(self, *arguments: Any) -> None:
            """Tests read what was asked from the endpoint."""

    return Handler


class Credential:
    """Hands out a token that names an object, as Entra ID does."""

    def __init__(self, claims: Mapping[str, Any] | None = None) -> None:
        self.token = ".".join(_part(each) for each in ({"alg": "none"}, claims or {"oid": OBJECT_ID}, {"s": 1}))

    def get_token(self, *scopes: str, **_: Any) -> Any:
        from azure.core.credentials import AccessToken

        return AccessToken(self.token, 4_000_000_000)


class NoCredential:
    """Nobody is signed in."""

    def get_token(self, *scopes: str, **_: Any) -> Any:
        from azure.core.exceptions import ClientAuthenticationError

        raise ClientAuthenticationError("secret words of the sign-in")


def _part(claims: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")

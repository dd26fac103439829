"""What may happen to an answer on its way: one action for each kind of trouble."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.live.fault_proxy import JSON, Action, Exchange, Response


def refuse(status: int, reason: str, message: str, *, retry_after: str = "", token: str = "") -> Action:
    """The Status that an API server sends with a refusal."""
    body = {"kind": "Status", "apiVersion": "v1", "metadata": {"continue": token} if token else {},
            "status": "Failure", "message": message, "reason": reason, "code": status}  # fmt: skip

    def act(exchange: Exchange) -> None:
        wait = {"Retry-After": retry_after} if retry_after else {}
        exchange.send(Response(status, json.dumps(body).encode(), {"Content-Type": JSON} | wait))

    return act


UNAUTHENTICATED = refuse(401, "Unauthorized", "Unauthorized")
NOT_SERVED = refuse(404, "NotFound", "the server could not find the requested resource")
TOO_OLD = "The provided continue parameter is too old to display a consistent list result."


def gone(token: str) -> Action:
    """An expired continue token, with a fresh one beside it, as etcd's compaction makes a real server answer."""
    return refuse(410, "Expired", TOO_OLD, token=token)


def answer(body: bytes | Any, status: int = 200, content_type: str = JSON, **headers: str) -> Action:
    """Anything else, in place of what the server says."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    said = {"Content-Type": content_type} | {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda exchange: exchange.send(Response(status, content, said))


LOGIN = b"<!doctype html><html><title>Sign in</title><form action=/login><input type=password></form></html>"
LOGIN_PAGE = answer(LOGIN, content_type="text/html; charset=utf-8")
TO_LOGIN = answer(LOGIN, 302, "text/html", Location="https://login.invalid/")


def changed(change: Callable[[Any], Any]) -> Action:
    """The server's own answer, with its JSON changed (in place, or to what is returned)."""

    def act(exchange: Exchange) -> None:
        real = exchange.real()
        body = real.parsed
        told = change(body)
        exchange.send(real.with_body(body if told is None else told))

    return act


def headed(**headers: str) -> Action:
    """The server's own answer with other headers."""

    def act(exchange: Exchange) -> None:
        real = exchange.real()
        real.headers |= {name.replace("_", "-"): value for name, value in headers.items()}
        exchange.send(real)

    return act


def reset(where: str) -> Action:
    """The connection breaks: before the answer, after its headers, or in the middle of its body."""

    def act(exchange: Exchange) -> None:
        if where != "before":
            real = exchange.real()
            exchange.head(real, {"Content-Length": str(len(real.body))})
            exchange.write(real.body[: len(real.body) // 2] if where == "body" else b"")
        exchange.reset()

    return act


def cut(framing: str) -> Action:
    """Half of the body, and what is said of its length: the "right" length of the half, the "wrong" one of the
    whole, "chunked" without the last chunk, or "nothing" but the end of the connection."""

    def act(exchange: Exchange) -> None:
        real = exchange.real()
        half = real.body[: len(real.body) // 2]
        if framing == "chunked":
            exchange.head(real, {"Transfer-Encoding": "chunked"})
            exchange.write(b"%x\r\n%b\r\n" % (len(half), half))
        elif framing == "nothing":
            exchange.head(real, {"Connection": "close"})
            exchange.write(half)
        else:
            exchange.head(real, {"Content-Length": str(len(half if framing == "right" else real.body))})
            exchange.write(half)
        if framing != "right":
            exchange.hang_up()

    return act


def drip(heard: Callable[[], Any], pieces: int = 1 << 30) -> Action:
    """One byte at a time, for ever or `pieces` times; `heard` is called after each."""

    def act(exchange: Exchange) -> None:
        exchange.head(Response(200, b""), {"Content-Length": str(1 << 40)})
        for _ in range(pieces):
            heard()
            exchange.write(b" ")
        exchange.hang_up()

    return act

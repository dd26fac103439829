"""What came back for one request: an outcome whatever the world did, and the body where there is one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

from collectors.kubernetes.refusals import QUOTES

UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, NOT_ALLOWED, GONE, TOO_MANY = 401, 403, 404, 405, 410, 429
_LONGEST_REASON = 300
_LONGEST_MESSAGE = 4000
_SECONDS = re.compile("[0-9]{1,5}")
# Spaces, and what is not seen: a terminal and a page would obey it.
_SEPARATORS = re.compile("[\\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")


@dataclass(frozen=True, slots=True)
class Answer:
    """One response. `status` is 0 where nothing answered; `body` is parsed JSON, None where there is none.

    `nobody_there` says that no connection came about at all, or that nothing came within its time.
    `outcome` and `reason` are those of an evidence item; `wait` is what Retry-After asks for, in seconds;
    `server_date` is the server's own Date as RFC 3339 in UTC; `audit_id` names the request in its audit log.
    """

    status: int
    outcome: str = "complete"
    reason: str = ""
    body: Any = None
    text: bytes = b""
    server_date: str | None = None
    audit_id: str = ""
    wait: float | None = None
    retriable: bool = False
    nobody_there: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether the request was answered as it should be."""
        return self.outcome == "complete"


def no_answer(reason: str, *, retriable: bool = False, nobody_there: bool = False) -> Answer:
    """Nothing, or nothing whole, came back."""
    return Answer(0, "failed", reason, retriable=retriable, nobody_there=nobody_there)


def not_of_an_api_server(status: int, reason: str, headers: Any) -> Answer:
    """Somebody answered, but not in the words of an API server: it proves nothing about the cluster."""
    return Answer(status, "failed", reason, server_date=date_of(headers), audit_id=audit_id_of(headers))


def is_web_page(headers: Any) -> bool:
    """Whether this is a page for people: a login page of a proxy, never an answer of an API server."""
    return str(headers.get("Content-Type") or "").partition(";")[0].strip().lower() in _WEB_PAGES


def refusal(status: int, body: Any, headers: Any) -> Answer:
    """An answer that is no success, told by its status."""
    if 300 <= status < 400:
        return not_of_an_api_server(status, f"sent elsewhere ({status}), where nobody follows", headers)
    if is_web_page(headers) and status not in (TOO_MANY, *_SERVER_TROUBLE):
        return not_of_an_api_server(status, f"{A_WEB_PAGE} ({status})", headers)
    message = body.get("message") if isinstance(body, dict) else None
    said = f": {plain(message)}" if isinstance(message, str) and message else ""
    outcome, words = _MEANING.get(status, ("failed", "was not answered"))
    return Answer(
        status,
        outcome,
        f"{words} ({status}){said}",
        body,
        server_date=date_of(headers),
        audit_id=audit_id_of(headers),
        wait=_wait_of(headers),
        retriable=status == TOO_MANY or status in _SERVER_TROUBLE,
    )


_SERVER_TROUBLE = range(500, 600)
_WEB_PAGES = ("text/html", "application/xhtml+xml")
A_WEB_PAGE = "a page for people answered, not the API server: something stands between, and may want a login"


_MEANING = {
    UNAUTHENTICATED: ("denied", "the API server does not know who asks"),
    FORBIDDEN: ("denied", "forbidden"),
    NOT_FOUND: ("absent", "not served"),
    NOT_ALLOWED: ("absent", "cannot be listed"),
    GONE: ("failed", "the list expired while it was read"),
    TOO_MANY: ("failed", "the API server has too much to do"),
}


def plain(message: str) -> str:
    """A server's words on one line, without anything that it may have quoted, of bounded length."""
    return QUOTES.sub(r"\1...", _SEPARATORS.sub(" ", message[:_LONGEST_MESSAGE]).strip())[:_LONGEST_REASON]


def date_of(headers: Any) -> str | None:
    """The Date header as RFC 3339, None when there is none to read."""
    try:
        when = parsedate_to_datetime(headers["Date"])
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def audit_id_of(headers: Any) -> str:
    """The Audit-Id header: the server's own name of the request."""
    return str(headers.get("Audit-Id") or "")[:64]


def _wait_of(headers: Any) -> float | None:
    asked = str(headers.get("Retry-After") or "")
    return float(asked) if _SECONDS.fullmatch(asked) else None

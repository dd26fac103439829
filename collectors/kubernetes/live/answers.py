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
_SEPARATORS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Answer:
    """One response. `status` is 0 where nothing answered; `body` is parsed JSON, None where there is none.

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

    @property
    def is_complete(self) -> bool:
        """Whether the request was answered as it should be."""
        return self.outcome == "complete"


def no_answer(reason: str, *, retriable: bool = False) -> Answer:
    """Nothing, or nothing whole, came back."""
    return Answer(0, "failed", reason, retriable=retriable)


def refusal(status: int, body: Any, headers: Any) -> Answer:
    """An answer that is no success, told by its status."""
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
        retriable=status == TOO_MANY or status >= 500,
    )


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
    return QUOTES.sub(r"\1...", _SEPARATORS.sub(" ", message).strip())[:_LONGEST_REASON]


def date_of(headers: Any) -> str | None:
    """The Date header as RFC 3339, None when there is none to read."""
    try:
        when = parsedate_to_datetime(headers["Date"])
    except (KeyError, TypeError, ValueError):
        return None
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def audit_id_of(headers: Any) -> str:
    """The Audit-Id header: the server's own name of the request."""
    return str(headers.get("Audit-Id") or "")[:64]


def _wait_of(headers: Any) -> float | None:
    asked = str(headers.get("Retry-After") or "")
    return float(asked) if asked.isdigit() and len(asked) < 6 else None

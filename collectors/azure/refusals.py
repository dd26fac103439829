"""What a response that is no answer means: refused, not there, or failed, and which permission is missing."""

from __future__ import annotations

import re
from typing import Any

import orjson

from collectors.azure.operations import Operation

_ACTION = re.compile(r"perform action '([A-Za-z0-9./*_-]{3,200})'")
_SCOPE = re.compile(r"over scope '(/[^']{1,500})'")
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.]{1,80}")

Refusal = tuple[str, str, str]
"""outcome, reason, and the missing permission (empty where none would help)"""


def of_status(operation: Operation, status: int, content: bytes) -> Refusal:
    """What a status other than 200 means. The server's own sentence is not kept: it may quote anything."""
    code, message = _error_in(content)
    named = f"{status} {code}" if code else str(status)
    if status in (401, 403):
        missing = action_in(message) or operation.action
        scope = _SCOPE.search(message)
        over = f" over {scope[1]}" if scope else ""
        if status == 401:
            return "denied", f"{operation.name}: refused ({named}), the sign-in was not accepted", missing
        return "denied", f"{operation.name}: refused ({named}), {missing} is not allowed{over}", missing
    if status == 404:
        return "absent", f"{operation.name}: there is no such resource ({named})", ""
    if status == 429:
        return "failed", f"{operation.name}: Azure answered too many requests ({named}) until the last attempt", ""
    return "failed", f"{operation.name}: Azure answered {named}", ""


def action_in(message: str) -> str:
    """The permission that an AuthorizationFailed message says is missing; "" when it names none."""
    found = _ACTION.search(message)
    return found[1] if found else ""


def _error_in(content: bytes) -> tuple[str, str]:
    """Code and message of an error body of Resource Manager, each "" when it has none."""
    try:
        body: Any = orjson.loads(content)
    except orjson.JSONDecodeError:
        return "", ""
    error = body.get("error", body) if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return "", ""
    code, message = error.get("code"), error.get("message")
    named = code if isinstance(code, str) and _CODE.fullmatch(code) else ""
    return named, message if isinstance(message, str) else ""

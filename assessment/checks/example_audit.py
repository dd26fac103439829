"""The examples of a check over audit tables: a few events, counted as a real log is, become answers.

    audit: {events: [{user: {username: kim}, verb: get, objectRef: {resource: pods, subresource: exec}}]}

Each event is a patch of a small valid one. The control plane's own list of Secrets stands before them, as in every
log that records reads. `category` is one of Azure's, `not_read` counts torn records.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from collectors.audit_logs.bodies import Log
from collectors.audit_logs.event import converted
from collectors.audit_logs.one_file import ReadFile

_AT = "2026-11-20T10:00:00.000000Z"
_EVENT: dict[str, Any] = {
    "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "stage": "ResponseComplete",
    "requestURI": "/api/v1/namespaces/shop/pods", "verb": "get",
    "user": {"username": "kim", "groups": ["system:authenticated"]},
    "objectRef": {"resource": "pods", "namespace": "shop", "name": "web"},
    "responseStatus": {"code": 200}, "requestReceivedTimestamp": _AT, "stageTimestamp": _AT,
}  # fmt: skip
_OWN_LIST: dict[str, Any] = {
    "verb": "list", "requestURI": "/api/v1/secrets", "objectRef": {"resource": "secrets", "namespace": "", "name": ""},
    "user": {"username": "system:kube-controller-manager"},
}  # fmt: skip


class ExampleAudit(BaseModel):
    """A small audit log."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    events: list[dict[str, Any]] = Field(default_factory=list)
    reads: bool = True
    category: Literal["", "kube-audit", "kube-audit-admin"] = ""
    not_read: int = 0


def with_audit_log(written: Any) -> Any:
    """An example as its author wrote it, with the answers that its `audit` comes to."""
    if not isinstance(written, dict) or "audit" not in written:
        return written
    log = _log(ExampleAudit.model_validate(written["audit"]))
    answers = [
        {
            "kind": body.kind,
            "name": "audit log",
            "body": body.said,
            "outcome": "partial" if body.reason else "complete",
        }
        for body in log.bodies()
    ]
    rest = {name: value for name, value in written.items() if name != "audit"}
    return rest | {"answers": [*written.get("answers", []), *answers]}


def _log(audit: ExampleAudit) -> Log:
    log = Log(files=[ReadFile("audit.log", not_read=audit.not_read)])
    for patch in [_OWN_LIST, *audit.events] if audit.reads else audit.events:
        log.counting.add(converted(_patched(patch)))
    if audit.category:
        log.forms.categories.add(audit.category)
    return log


def _patched(patch: dict[str, Any]) -> dict[str, Any]:
    """The base event with these fields; null takes one out."""
    found = dict(_EVENT)
    for name, value in patch.items():
        held = found.get(name)
        found[name] = held | value if isinstance(held, dict) and isinstance(value, dict) else value
    return {name: value for name, value in found.items() if value is not None}

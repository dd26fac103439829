"""Small audit logs, in every form that they are exported in."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from collectors.audit_logs import Collected, collect
from collectors.evidence.item import Item
from collectors.evidence.store import Evidence, Run
from collectors.tables.build import Tables, build

NOW = datetime(2026, 11, 21, tzinfo=UTC)
Event = dict[str, Any]


def event(user: str = "kim", verb: str = "get", resource: str = "pods", **more: Any) -> Event:
    """One event of level Metadata; `more` replaces fields, `about` fields of the object, `code` the answer."""
    about = {"resource": resource, "namespace": "shop", "name": "web"} | more.pop("about", {})
    at = more.pop("at", "2026-11-20T10:00:00.000000Z")
    return {
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "auditID": "1-2-3",
        "stage": "ResponseComplete", "requestURI": f"/api/v1/namespaces/shop/{resource}/web", "verb": verb,
        "user": {"username": user, "groups": ["system:authenticated"], "extra": {"a": ["b"]}},
        "sourceIPs": ["10.0.0.1"], "userAgent": "kubectl/v1.36", "objectRef": about,
        "responseStatus": {"metadata": {}, "code": more.pop("code", 200)},
        "requestReceivedTimestamp": at, "stageTimestamp": at,
        "annotations": {"authorization.k8s.io/decision": "allow", "authorization.k8s.io/reason": 'by "view"'},
    } | more  # fmt: skip


LOG = (
    event("system:kube-controller-manager", "list", "secrets"),
    event("kim", "get", "secrets", about={"name": "till"}),
    event("kim", "create", about={"subresource": "exec"}, code=101),
    event("lea", "patch", "rolebindings", about={"apiGroup": "rbac.authorization.k8s.io", "name": "team"}),
    event("system:anonymous", "get", objectRef=None, requestURI="/version?token=x"),
    event("mo", "list", code=403),
)


def line(held: Mapping[str, Any]) -> str:
    return json.dumps(held, separators=(",", ":"))


def lines(events: Iterable[Event]) -> bytes:
    return "".join(f"{line(each)}\n" for each in events).encode()


def filtered(events: Iterable[Event], **beside: Any) -> bytes:
    """What `aws logs filter-log-events` prints, four spaces deep."""
    messages = [_cloud_watch(each) for each in events]
    return json.dumps({"events": messages, "searchedLogStreams": []} | beside, indent=4).encode()


def subscription(events: Iterable[Event]) -> bytes:
    """Records of a subscription, one after another without an end of line."""
    head = {"messageType": "DATA_MESSAGE", "owner": "1", "logGroup": "/aws/eks/shop/cluster", "logStream": "x"}
    return b"".join(line(head | {"logEvents": [_cloud_watch(each)]}).encode() for each in events)


def insights(events: Iterable[Event], status: str = "Complete") -> bytes:
    """What `aws logs get-query-results` prints."""
    rows = [[{"field": "@timestamp", "value": "x"}, {"field": "@message", "value": line(each)}] for each in events]
    return json.dumps({"results": rows, "statistics": {"recordsMatched": 6.0}, "status": status}).encode()


def exported_to_s3(events: Iterable[Event]) -> bytes:
    text = "".join(f"2026-11-20T10:00:00.123Z {line(each)}\n" for each in events)
    return gzip.compress(text.encode())


def console_csv(events: Iterable[Event]) -> bytes:
    return table([{"@timestamp": "2026-11-20 10:00:00.000", "@message": line(each)} for each in events])


def storage_account(events: Iterable[Event], category: str = "kube-audit") -> bytes:
    return lines(
        {"time": "2026-11-20T10:00:00Z", "category": category, "operationName": "x", "resourceId": "/SUBSCRIPTIONS/X",
         "properties": {"log": line(each), "stream": "stdout", "pod": "kube-apiserver-1"}}
        for each in events
    )  # fmt: skip


def azure_diagnostics(events: Iterable[Event], category: str = "kube-audit") -> bytes:
    """What `az monitor log-analytics query -o json` prints of the shared table."""
    rows = [{"Category": category, "TimeGenerated": "2026-11-20T10:00:00Z", "log_s": line(each)} for each in events]
    return json.dumps(rows, indent=2).encode()


def aks_audit(events: Iterable[Event], name: str = "AKSAudit") -> list[dict[str, Any]]:
    """Rows of the tables of AKS."""
    return [
        {
            "TenantId": "t", "TimeGenerated": "2026-11-20T10:00:00Z", "Level": each["level"], "AuditId": "1",
            "Stage": each["stage"], "RequestUri": each["requestURI"], "Verb": each["verb"],
            "User": line(each["user"]), "ObjectRef": line(each["objectRef"]) if each["objectRef"] else "",
            "ResponseStatus": line(each["responseStatus"]), "RequestObject": '{"password": "hunter2"}',
            "RequestReceivedTime": each["requestReceivedTimestamp"], "StageReceivedTime": each["stageTimestamp"],
            "Type": name,
        }
        for each in events
    ]  # fmt: skip


def aks_json(events: Iterable[Event]) -> bytes:
    return json.dumps(aks_audit(events)).encode()


def aks_csv(events: Iterable[Event]) -> bytes:
    return b"\xef\xbb\xbf" + table(aks_audit(events))


def aks_api(events: Iterable[Event]) -> bytes:
    """What the API of Log Analytics answers: columns, then rows."""
    rows = aks_audit(events)
    columns = [{"name": name, "type": "string"} for name in rows[0]]
    answer = {"tables": [{"name": "PrimaryResult", "columns": columns, "rows": [list(row.values()) for row in rows]}]}
    return json.dumps(answer).encode()


def webhook(events: Iterable[Event]) -> bytes:
    """A batch as a webhook sends it: the elements of a list do not repeat their kind."""
    bare = [{name: value for name, value in each.items() if name not in ("kind", "apiVersion")} for each in events]
    return json.dumps({"kind": "EventList", "apiVersion": "audit.k8s.io/v1", "metadata": {}, "items": bare}).encode()


def pretty(events: Iterable[Event]) -> bytes:
    return "\n".join(json.dumps(each, indent=2) for each in events).encode()


FORMS: dict[str, Callable[[Iterable[Event]], bytes]] = {
    "lines": lines, "gzip": lambda events: gzip.compress(lines(events)), "CloudWatch events": filtered,
    "CloudWatch subscription": subscription, "CloudWatch Insights": insights, "CloudWatch in S3": exported_to_s3,
    "CloudWatch CSV": console_csv, "Azure storage": storage_account, "AzureDiagnostics": azure_diagnostics,
    "AKSAudit JSON": aks_json, "AKSAudit CSV": aks_csv, "AKSAudit API": aks_api, "webhook": webhook, "jq": pretty,
}  # fmt: skip


def table(rows: list[dict[str, Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


class Survey:
    """A log collected into a run of its own."""

    def __init__(self, folder: Path, *, cluster: str = "shop") -> None:
        self.folder = folder
        self.cluster = cluster
        self.run: Run = Evidence(folder / "evidence").new_run(NOW)

    def collect(self, path: Path, **options: Any) -> Collected:
        return collect(self.run, path, cluster=self.cluster, now=lambda: NOW, **options)

    def of(self, body: bytes, name: str = "audit.log") -> Collected:
        """Collect a log of one file."""
        path = self.folder / name
        path.write_bytes(body)
        return self.collect(path)

    def item(self, kind: str) -> Item:
        return next(item for item in self.run.items() if item.parameters["kind"] == kind)

    def told(self, kind: str) -> Any:
        return json.loads(self.run.read(self.item(kind)))

    def rows(self, kind: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.told(kind)["rows"]
        return found

    def tables(self) -> Tables:
        return build(self.run.items(), self.run)


def _cloud_watch(each: Event) -> dict[str, Any]:
    return {"logStreamName": "kube-apiserver-audit-1", "timestamp": 1, "message": line(each), "eventId": "1"}

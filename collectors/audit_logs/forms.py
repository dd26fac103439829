"""Finds audit events in what logs are exported as: records of CloudWatch, of Azure, lists, and plain events.

A record is told by its own fields, never by the name of a file, so that mixed folders are read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from collectors.audit_logs.documents import Beside
from collectors.audit_logs.event import API_GROUP, Event, converted, decode

OTHER, UNREADABLE = "other", "unreadable"
"""Instead of an event: something else than an audit event, or what cannot be read."""

Found = Event | str
AUDIT, ADMIN = "kube-audit", "kube-audit-admin"
_INSIGHTS_LIMIT = 10_000
_COLUMNS = {
    "level": "level", "stage": "stage", "verb": "verb", "requesturi": "requestURI", "user": "user",
    "objectref": "objectRef", "responsestatus": "responseStatus", "impersonateduser": "impersonatedUser",
    "requestreceivedtime": "requestReceivedTimestamp", "stagereceivedtime": "stageTimestamp",
}  # fmt: skip
_TABLES = {"aksaudit": AUDIT, "aksauditadmin": ADMIN}
_HELD = ("user", "objectRef", "responseStatus", "impersonatedUser")
_ARRAYS = ("logevents", "events", "records", "results", "value")


@dataclass(slots=True)
class Forms:
    """What was learnt of a log from the records around its events.

    `categories` are those of Azure that were seen. `cut` says why an export is not whole.
    """

    categories: set[str] = field(default_factory=set)
    cut: list[str] = field(default_factory=list)
    _columns: list[str] = field(default_factory=list)
    _results: int = 0

    def events(self, record: Any) -> Iterator[Found]:
        """The events in one parsed record."""
        if isinstance(record, Beside):
            self._learn_columns(record)
            self._learn_cut(record)
        elif isinstance(record, list):
            yield from self._row(record)
        elif isinstance(record, dict):
            yield from self._record(record)
        elif isinstance(record, str):
            yield self.message(record)
        else:
            yield UNREADABLE

    def message(self, text: Any) -> Found:
        """The event in the text of a log record; text that is no JSON is of another component."""
        if isinstance(text, dict):
            return _event(text)
        if not isinstance(text, str):
            return UNREADABLE
        if not text.lstrip().startswith("{"):
            return OTHER
        try:
            event = decode(text)
        except (msgspec.DecodeError, UnicodeEncodeError):
            return UNREADABLE
        return event if event.is_one else OTHER

    def _record(self, record: dict[str, Any]) -> Iterator[Found]:
        if str(record.get("apiVersion", "")).startswith(API_GROUP):
            yield from _of_the_api(record)
            return
        low = {str(name).lower(): value for name, value in record.items()}
        inner = next((low[name] for name in _ARRAYS if isinstance(low.get(name), list)), None)
        if inner is not None:
            self._learn_columns(record)
            for each in inner:
                yield from self.events(each)
            self._learn_cut(record)
        elif "verb" in low and "stage" in low:
            yield self._columns_of_azure(low)
        elif "@message" in low or "message" in low:
            yield self.message(low.get("@message", low.get("message")))
        elif "log_s" in low or "properties" in low or "category" in low:
            yield self._of_azure(low)
        else:
            yield OTHER

    def _of_azure(self, low: Mapping[str, Any]) -> Found:
        """A record of diagnostic settings, in a storage account or in the table AzureDiagnostics."""
        category = str(low.get("category", "")).lower()
        if category not in (AUDIT, ADMIN, ""):
            return OTHER
        properties = low.get("properties", low)
        if isinstance(properties, str):
            try:
                properties = json.loads(properties)
            except (ValueError, RecursionError):
                return UNREADABLE
        if not isinstance(properties, dict):
            return UNREADABLE
        held = {str(name).lower(): value for name, value in properties.items()}
        found = self.message(held.get("log", held.get("log_s")))
        if isinstance(found, Event) and category:
            self.categories.add(category)
        return found

    def _columns_of_azure(self, low: Mapping[str, Any]) -> Found:
        """A row of the tables AKSAudit and AKSAuditAdmin: an event, column by column."""
        held: dict[str, Any] = {"apiVersion": f"{API_GROUP}/v1", "kind": "Event"}
        for column, name in _COLUMNS.items():
            value = low.get(column)
            if name in _HELD and isinstance(value, str):
                try:
                    value = json.loads(value) if value.strip() else None
                except (ValueError, RecursionError):
                    return UNREADABLE
            if value is not None:
                held[name] = value
        table = str(low.get("type", "")).lower()
        if table in _TABLES:
            self.categories.add(_TABLES[table])
        return _event(held)

    def _row(self, row: list[Any]) -> Iterator[Found]:
        """A row of Logs Insights, which names its fields, or of a table whose columns stood before it."""
        if self._columns:
            yield from self._record(dict(zip(self._columns, row, strict=False)))
            return
        fields = {each.get("field"): each.get("value") for each in row if isinstance(each, dict)}
        self._results += 1
        yield self.message(fields["@message"]) if "@message" in fields else UNREADABLE

    def _learn_columns(self, beside: Mapping[str, Any]) -> None:
        """The columns of a table of Log Analytics, which stand before its rows."""
        tables = beside.get("tables")
        if isinstance(tables, list) and tables and isinstance(tables[-1], dict):
            columns = tables[-1].get("columns")
            held = columns if isinstance(columns, list) else []
            self._columns = [str(each.get("name")) for each in held if isinstance(each, dict)]

    def _learn_cut(self, beside: Mapping[str, Any]) -> None:
        """Whether records were left behind, from what stands around those that came."""
        if beside.get("nextToken"):
            self._note_cut("an export ends with a token for more pages")
        if beside.get("error"):
            self._note_cut("an export ends with an error")
        if self._results and beside.get("status", "Complete") != "Complete":
            self._note_cut("a query had not ended when its results were saved")
        if self._results >= _INSIGHTS_LIMIT:
            self._note_cut(f"a query gave {_INSIGHTS_LIMIT:,} results, the most that Logs Insights returns")
        if "status" in beside or "statistics" in beside:
            self._results = 0

    def _note_cut(self, why: str) -> None:
        if why not in self.cut:
            self.cut.append(why)


def _of_the_api(record: dict[str, Any]) -> Iterator[Found]:
    """An event, or the list in which a webhook sends them."""
    held = record.get("items")
    if record.get("kind") == "Event":
        yield _event(record)
    elif record.get("kind") == "EventList" and isinstance(held, list):
        of = {"apiVersion": record["apiVersion"], "kind": "Event"}
        yield from (_event(each | of) if isinstance(each, dict) else UNREADABLE for each in held)
    else:
        yield OTHER


def _event(held: dict[str, Any]) -> Found:
    try:
        event = converted(held)
    except msgspec.ValidationError:
        return UNREADABLE
    return event if event.is_one else OTHER

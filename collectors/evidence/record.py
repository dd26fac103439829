"""What a run says of itself: its name, its start, and the instant that it speaks for."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from pathlib import Path

import orjson

from collectors.evidence.trouble import CorruptEvidence, Problem

FILE = "run.json"


@dataclasses.dataclass(frozen=True, slots=True)
class RunRecord:
    """`as_of` is what everything dated is measured from; both instants are RFC 3339 text in UTC."""

    name: str
    started_at: str
    as_of: str


def instant(text: str) -> str:
    """RFC 3339 text in UTC, to the second, of an instant or a date. Raises ValueError otherwise."""
    when = datetime.fromisoformat(text)
    when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def read(path: Path) -> RunRecord:
    """The record of the run in this folder. Raises CorruptEvidence when it cannot be read."""
    try:
        values = orjson.loads((path / FILE).read_bytes())
        return RunRecord(str(values["name"]), instant(values["started_at"]), instant(values["as_of"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorruptEvidence([Problem(None, FILE, None, f"cannot be read ({error})")]) from error


def bytes_of(record: RunRecord) -> bytes:
    """The record as it is stored."""
    return orjson.dumps(record, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)

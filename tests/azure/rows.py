"""The rows of the tables, from evidence in a run."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from collectors.evidence.store import Run
from collectors.tables.build import Tables, build

AS_OF = datetime(2026, 11, 21, 12)


def tables_of(run: Run, as_of: datetime | None = AS_OF) -> Tables:
    """All tables of a run."""
    return build(run.items(), run, as_of=as_of)


def said(row: Any) -> dict[str, Any]:
    """A row without where it was seen."""
    return {name: value for name, value in row._asdict().items() if name != "evidence_refs"}

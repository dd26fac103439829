"""Which sources were asked in a run, told from its index."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """A source as it was asked in this run. `finished` is false while it runs, and after it was killed."""

    key: str
    description: dict[str, Any]
    finished: bool
    items: int


def sources_of(entries: Iterable[dict[str, Any]]) -> list[Source]:
    """Every source that was begun, in order."""
    found: dict[str, Source] = {}
    for entry in entries:
        key = str(entry.get("source_key"))
        if entry["entry"] == "source-begun":
            found.setdefault(key, Source(key, entry["description"], False, 0))
        elif entry["entry"] == "source-ended" and key in found:
            found[key] = dataclasses.replace(found[key], finished=True)
        elif entry["entry"] == "item" and key in found:
            found[key] = dataclasses.replace(found[key], items=found[key].items + 1)
    return list(found.values())


def already_collected(run: str, source: Source) -> str:
    """Why a source is not asked again, and what to do instead."""
    if source.finished:
        return f"{source.key} was already collected in run {run}; `collect --new` opens another run"
    return (
        f"{source.key} was begun in run {run} and not finished ({source.items} items are stored);"
        " `collect --resume` continues it, `collect --new` opens another run"
    )

"""Judge worlds that never touch a disk: objects as declared, and answers as clouds and people give them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from assessment.checks.example_answers import Answered
from assessment.checks.expression import Constants
from assessment.checks.lists_read import tables_read
from assessment.checks.load import Check
from assessment.checks.load import carried as carried_checks
from assessment.checks.run import Judged, Put, judge
from assessment.derived.run import all_tables, derive
from collectors.evidence.item import Item, as_item
from collectors.kubernetes.offline import in_memory
from collectors.tables.build import build
from collectors.tables.database import base_inputs


class _Memory:
    """Bodies of items that were never written."""

    def __init__(self) -> None:
        self._lines: dict[str, list[bytes]] = {}

    def hold(self, evidence_id: str, objects: Iterable[tuple[str, dict[str, Any]]]) -> None:
        self._lines[evidence_id] = [orjson.dumps({"place": place, "object": held}) for place, held in objects]

    def hold_answer(self, evidence_id: str, body: dict[str, Any] | None) -> None:
        self._lines[evidence_id] = [] if body is None else [orjson.dumps(body)]

    def open(self, item: Item) -> Iterable[bytes]:
        return self._lines[item.evidence_id]


def judge_in_memory(
    worlds: Mapping[str, Iterable[dict[str, Any]]], *, kubernetes_version: str | None, whole: bool,
    running: bool = False, checks: Sequence[Check] | None = None, answers: Mapping[str, Answered] | None = None,
    as_of: str = "1970-01-01 00:00:00", put: Put | None = None,
) -> Judged:  # fmt: skip
    """Judge worlds of declared or `running` objects, or of what clouds and people `answers`, that touch no disk.

    `put` says which checks are put to which world; without it, all to all.
    """
    declared = all_tables()
    memory = _Memory()
    items: list[Item] = []
    for name, objects in worlds.items():
        placing = in_memory(
            objects, cluster=name, whole=whole, kubernetes_version=kubernetes_version, running=running
        )
        for draft, placed in placing:
            item = as_item(draft, f"E-{len(items) + 1:06d}", 0, "in memory")
            memory.hold(item.evidence_id, placed)
            items.append(item)
    for answered in (answers or {}).values():
        for draft, body in answered:
            item = as_item(draft, f"E-{len(items) + 1:06d}", 0, None if body is None else "in memory")
            memory.hold_answer(item.evidence_id, body)
            items.append(item)
    used = carried_checks(tuple(declared.values())) if checks is None else checks
    needed = tables_read(used, declared)
    tables = build(items, memory, as_of=datetime.fromisoformat(as_of), wanted=_wanted(used, put))
    derive(tables, needed)
    return judge("in memory", tables, declared, used, Constants(as_of, {}), put)


def _wanted(checks: Sequence[Check], put: Put | None) -> Callable[[str], Collection[str]]:
    """World -> the base tables behind what is put to it."""
    declared = all_tables()

    def bases(read: Iterable[Check]) -> frozenset[str]:
        names = tables_read(list(read), declared)
        return frozenset(base for name in names for base in base_inputs(declared[name], declared))

    if put is None:
        of_all = bases(checks)
        return lambda _: of_all
    of_check = {check.check_id: bases([check]) for check in checks}
    return lambda world: frozenset[str]().union(*(of_check[check_id] for check_id in put[world]))

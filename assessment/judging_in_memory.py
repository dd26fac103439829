"""Judge worlds that never touch a disk: objects as declared, and answers as clouds and people give them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from assessment.checks.example_answers import Answered
from assessment.checks.expression import Constants
from assessment.checks.lists_read import base_tables_read, tables_read
from assessment.checks.load import Check
from assessment.checks.load import carried as carried_checks
from assessment.checks.run import Judged, Put, judge
from assessment.derived.run import all_tables, derive
from collectors.evidence.item import Item, ItemDraft, as_item
from collectors.kubernetes.offline import in_memory
from collectors.tables.build import build


class _Memory:
    """Bodies of items that were never written."""

    def __init__(self) -> None:
        self.lines: dict[str, list[bytes]] = {}

    def open(self, item: Item) -> Iterable[bytes]:
        return self.lines[item.evidence_id]


@dataclass(frozen=True, slots=True)
class World:
    """One cluster: its objects, declared or as a `running` API server gives them, and what clouds and people answered.

    `whole` says that the objects are everything the cluster has.
    """

    objects: Iterable[dict[str, Any]] = ()
    kubernetes_version: str | None = None
    whole: bool = True
    running: bool = False
    answers: Answered | None = None

    def items(self, name: str) -> Iterator[tuple[ItemDraft, list[bytes], bool]]:
        """The evidence that this cluster would be: each item, the lines of its body, and whether it has one."""
        if self.answers is not None:
            for draft, body in self.answers:
                yield draft, [] if body is None else [orjson.dumps(body)], body is not None
            return
        placing = in_memory(
            self.objects, cluster=name, whole=self.whole, kubernetes_version=self.kubernetes_version,
            running=self.running,
        )  # fmt: skip
        for draft, placed in placing:
            yield draft, [orjson.dumps({"place": place, "object": held}) for place, held in placed], True


def judge_in_memory(
    worlds: Mapping[str, World], *, checks: Sequence[Check] | None = None, as_of: str = "1970-01-01 00:00:00",
    put: Put | None = None,
) -> Judged:  # fmt: skip
    """Judge worlds that touch no disk. `put` says which checks are put to which world; without it, all to all."""
    declared = all_tables()
    memory = _Memory()
    items: list[Item] = []
    for name, world in worlds.items():
        for draft, lines, has_body in world.items(name):
            item = as_item(draft, f"E-{len(items) + 1:06d}", 0, "in memory" if has_body else None)
            memory.lines[item.evidence_id] = lines
            items.append(item)
    used = carried_checks(tuple(declared.values())) if checks is None else checks
    needed = tables_read(used, declared)
    tables = build(items, memory, as_of=datetime.fromisoformat(as_of), wanted=_wanted(used, put))
    derive(tables, needed)
    return judge("in memory", tables, declared, used, Constants(as_of, {}), put)


def _wanted(checks: Sequence[Check], put: Put | None) -> Callable[[str], Collection[str]]:
    """World -> the base tables behind what is put to it."""
    declared = all_tables()
    if put is None:
        of_all = base_tables_read(checks, declared)
        return lambda _: of_all
    of_check = {check.check_id: base_tables_read([check], declared) for check in checks}
    return lambda world: frozenset[str]().union(*(of_check[check_id] for check_id in put[world]))

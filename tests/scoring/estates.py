"""Small estates for scoring, through the real tables and checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from assessment.checks.load import Check, library
from assessment.checks.run import Judged, judge
from assessment.derived.run import all_tables
from assessment.scoring.health import Count, Health, OpenRisk, Weighed, health
from assessment.scoring.risks import risks_of
from collectors.evidence.item import Item, as_item
from collectors.kubernetes.offline import in_memory
from collectors.people.engagement import Engagement
from collectors.tables.build import Tables
from collectors.tables.database import arrow
from tests.checks.example_worlds import AS_OF, Stored, tables_of

CHECKS = library(all_tables())


def evidence(*objects: Mapping[str, Any], cluster: str = "c", whole: bool = True) -> Stored:
    """What a folder of these objects gives."""
    items: list[Item] = []
    bodies: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    placed = in_memory([dict(each) for each in objects], cluster=cluster, whole=whole, kubernetes_version="1.34")
    for draft, held in placed:
        item = as_item(draft, f"{cluster}-{len(items)}", 0, "in memory")
        items.append(item)
        bodies[item.evidence_id] = held
    return Stored(items, bodies)


class Scored:
    """Some clusters, judged and scored together."""

    def __init__(
        self, worlds: Iterable[Stored], engagement: Engagement | None = None, checks: list[Check] | None = None
    ) -> None:
        used = CHECKS if checks is None else checks
        self.tables: Tables = tables_of(worlds)
        self.judged: Judged = judge("test", self.tables, all_tables(), used, AS_OF)
        columns = {name: arrow(table, self.tables.rows.get(name, [])) for name, table in all_tables().items()}
        said = engagement or Engagement(client="Acme")
        scored = risks_of(self.judged.findings, used, said, columns, self.tables.clusters)
        self.risks: pa.Table = scored[0]
        self.members: pa.Table = scored[1]
        self.rows: dict[tuple[str, str], dict[str, Any]] = {
            (row["cluster"], row["check_id"]): row for row in self.risks.to_pylist()
        }
        weighed = [
            Weighed(one.check_id, one.written.dimension, one.written.layer, one.written.impact, one.written.likelihood)
            for one in used
        ]
        risks = [OpenRisk(row["check_id"], row["cluster"], row["lower"], row["upper"]) for row in self.rows.values()]
        counts = [Count(*row) for row in self.judged.counts]
        self.health: dict[tuple[Any, Any, Any], Health] = {
            (row.cluster, row.dimension, row.layer): row
            for row in health(weighed, counts, risks, sorted(self.tables.clusters))
        }

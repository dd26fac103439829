"""Where things stand: how much of each family of tables was seen, and how the requirements stand now and later."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict

from assessment.frameworks.load import on_request
from assessment.reports.framework_words import words_of
from assessment.reports.harmless import harmless
from assessment.reports.reading import Results
from assessment.reports.wording import TRIED
from collectors.tables.families import family_of_table

FAMILY_WORDS = {
    "kubernetes": "Kubernetes", "audit": "audit log", "aws": "AWS", "azure": "Azure", "people": "people",
}  # fmt: skip
DERIVED, OTHER = "worked out", "other evidence"


@dataclasses.dataclass(frozen=True, slots=True)
class SeenOfFamily:
    """One family of tables in one cluster, in lists: seen to the end, in part, not at all. `unseen_tables`: which."""

    cluster: str
    family: str
    complete: int
    partial: int
    unseen: int
    unseen_tables: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class FrameworkStatuses:
    """How many requirements of a framework have each status, now and once the plan of four quarters is done.

    `rows` are all its rows; only those of the level `requirement` count.
    """

    framework: str
    total: int
    rows: int
    now: tuple[tuple[str, int], ...]
    expected: tuple[tuple[str, int], ...]


def seen_by_family(results: Results) -> tuple[SeenOfFamily, ...]:
    """By cluster and family. A gap without a table is of evidence that fed none."""
    counts: Counter[tuple[str, str, str]] = Counter()
    missing: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in results.rows('SELECT cluster, "table", state, count(*) AS lists FROM coverage GROUP BY ALL'):
        counts[row["cluster"] or "", _family(row["table"]), row["state"]] += row["lists"]
    for row in results.rows('SELECT cluster, "table", count(*) AS gaps FROM gaps GROUP BY ALL'):
        key = row["cluster"] or "", _family(row["table"])
        counts[*key, "unseen"] += row["gaps"]
        missing[key].add(row["table"] or "no table of its own")
    order = [*FAMILY_WORDS.values(), DERIVED, OTHER]
    keys = sorted({(cluster, family) for cluster, family, _ in counts}, key=lambda key: (key[0], order.index(key[1])))
    return tuple(
        SeenOfFamily(
            harmless(cluster), family, counts[cluster, family, "complete"], counts[cluster, family, "partial"],
            counts[cluster, family, "unseen"], tuple(harmless(name) for name in sorted(missing[cluster, family])),
        )
        for cluster, family in keys
    )  # fmt: skip


def statuses(results: Results) -> tuple[FrameworkStatuses, ...]:
    """By framework. The last planned move of a requirement says what is expected of it."""
    expected = {
        (row["framework"], row["requirement_id"]): row["status_expected"]
        for row in results.rows("SELECT * FROM requirement_moves WHERE quarter IS NOT NULL ORDER BY quarter")
    }
    rows = results.rows("SELECT framework, requirement_id, level, status FROM requirements ORDER BY file_row_number")
    found = []
    for framework in dict.fromkeys(row["framework"] for row in rows if row["framework"] not in on_request()):
        mine = [row for row in rows if row["framework"] == framework]
        counted = [row for row in mine if row["level"] == "requirement"]
        now = Counter(row["status"] for row in counted)
        later = Counter(expected.get((framework, row["requirement_id"]), row["status"]) for row in counted)
        words = [*TRIED, *sorted({*now, *later} - set(TRIED))]
        name = harmless(words_of(framework, framework).short)
        found.append(FrameworkStatuses(
            name, len(counted), len(mine), tuple((word, now[word]) for word in words),
            tuple((word, later[word]) for word in words),
        ))  # fmt: skip
    return tuple(found)


def _family(table: str | None) -> str:
    if table is None:
        return OTHER
    family = family_of_table(table)
    return DERIVED if family is None else FAMILY_WORDS[family]

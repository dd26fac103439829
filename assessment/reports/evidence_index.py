"""The evidence index: what was asked, by whom, when, and the hash of what came back."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import orjson

from assessment.reports.parts import Listing
from assessment.reports.reading import Results
from assessment.reports.seen import EvidenceGroup, EvidenceItem
from assessment.reports.wording import window

ITEMS_SHOWN = 200
DIGEST_FILE = "evidence-digest.txt"

Row = dict[str, Any]

_CHOSEN = """
    WITH cited AS (
        SELECT DISTINCT split_part(unnest(evidence_refs), '#', 1) AS evidence_id
        FROM findings WHERE verdict <> 'pass')
    SELECT * FROM evidence_items ORDER BY evidence_id IN (SELECT evidence_id FROM cited) DESC, evidence_id
    LIMIT {limit}
"""


def evidence_index(results: Results) -> tuple[Listing[EvidenceGroup], dict[str, str]]:
    """The printed index and where each item stands in it (evidence id -> anchor).

    Items that failures and unknowns cite come first when there are too many to print. `total` counts items.
    """
    total = results.number("SELECT count(*) FROM evidence_items")
    rows = sorted(results.rows(_CHOSEN.format(limit=ITEMS_SHOWN)), key=lambda row: row["evidence_id"])
    anchors = {row["evidence_id"]: f"evidence-{place}" for place, row in enumerate(rows, 1)}
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        names = ("source", "cluster", "principal", "method", "collection_mode")
        groups[tuple(str(row[name] or "") for name in names)].append(row)
    return Listing(tuple(_group(key, mine, anchors) for key, mine in sorted(groups.items())), total), anchors


def digest_file(results: Results) -> bytes:
    """One line for each stored item, `<sha256>  <evidence id>`; its own SHA-256 stands for all evidence."""
    rows = results.rows("SELECT sha256, evidence_id FROM evidence_items WHERE sha256 IS NOT NULL ORDER BY evidence_id")
    return "".join(f"{row['sha256']}  {row['evidence_id']}\n" for row in rows).encode()


def _group(key: tuple[str, ...], rows: list[Row], anchors: dict[str, str]) -> EvidenceGroup:
    source, cluster, principal, method, mode = key
    first = min((row["started_at"] for row in rows if row["started_at"]), default=None)
    last = max((row["ended_at"] for row in rows if row["ended_at"]), default=None)
    items = tuple(_item(row, anchors[row["evidence_id"]]) for row in rows)
    return EvidenceGroup(source, cluster, principal, method, mode, _shared(rows), window(first, last), items)


def _shared(rows: list[Row]) -> str:
    """The parameters that all of them were asked with; each item's own stand in evidence_items.csv."""
    told = [_parameters(row["parameters"]) for row in rows]
    alike = {name: value for name, value in told[0].items() if all(one.get(name) == value for one in told)}
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in sorted(alike.items()))


def _parameters(text: str | None) -> dict[str, str]:
    try:
        found = orjson.loads(text or "{}")
    except orjson.JSONDecodeError:
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def _item(row: Row, anchor: str) -> EvidenceItem:
    return EvidenceItem(
        row["evidence_id"],
        anchor,
        row["request"] or "",
        row["outcome"] or "",
        row["reason"] or "",
        window(row["started_at"], row["ended_at"]),
        row["documents"],
        row["redactions"] or 0,
        row["size_bytes"],
        row["sha256"],
    )

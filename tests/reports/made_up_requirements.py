"""Requirements of an estate that does not exist, as frameworks judge them."""

from __future__ import annotations

import csv
import random
from pathlib import Path
from typing import Any

STATUSES = (
    "contradicted",
    "supported",
    "partly supported",
    "not assessed",
    "documents needed",
    "inherited",
    "not applicable",
)


def framework_rows() -> list[dict[str, str]]:
    """Every row of the HIPAA Security Rule: id, parent, obligation, title."""
    with Path(__file__).with_name("requirements.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def requirements_and_mappings(
    catalogue: list[dict[str, Any]], populations: list[dict[str, Any]], chance: random.Random
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Every row of the framework with a status, and what each check adds to it."""
    rows, mapped = [], []
    source = framework_rows()
    parents = {row["parent"] for row in source}
    sections = {row["id"] for row in source if row["id"] in parents and not row["parent"]}
    for number, row in enumerate(source):
        size = {2: 24, 40: 12}.get(number, 2 + number % 3) if number % 5 == 0 or number in (2, 40) else 0
        mine = chance.sample(catalogue, min(size, len(catalogue)))
        counts = [_count(check["check_id"], populations) for check in mine]
        mapped += [
            {
                "framework": "hipaa",
                "requirement_id": row["id"],
                "check_id": check["check_id"],
                "shows": "Shows whether a workload can take more rights than it was given.",
                **count,
            }
            for check, count in zip(mine, counts, strict=True)
        ]
        level = (
            "section"
            if row["id"] in sections
            else ("requirement" if not row["parent"] or row["parent"] in sections else "sub-requirement")
        )
        rows.append(_requirement(number, row, level, mine, counts))
    return rows, mapped


def _count(check_id: str, populations: list[dict[str, Any]]) -> dict[str, int]:
    mine = [row for row in populations if row["check_id"] == check_id]
    return {name: sum(row[name] for row in mine) for name in ("passed", "failed", "unknown", "out_of_scope", "unseen")}


def _requirement(
    number: int, row: dict[str, str], level: str, checks: list[dict[str, Any]], counts: list[dict[str, int]]
) -> dict[str, Any]:
    status = STATUSES[number % 7] if checks else ("documents needed", "partly supported")[number % 2]
    items = [
        "The written policy with the date of its last review, from the security official.",
        "The list of people with this right and who approved each, from the owner of the platform.",
    ]
    on_file = [f"{items[0]} On file: Security policy (2026-09-01; R. Okafor, security official)."] if number % 2 else []
    return {
        "framework": "hipaa",
        "framework_version": "45 CFR Part 164 Subpart C",
        "requirement_id": row["id"],
        "parent": row["parent"] or None,
        "level": level,
        "title": row["title"],
        "obligation": row["obligation"],
        "status": status,
        "bearer": "customer",
        "status_reason": "2 mapped checks have failures on subjects in scope."
        if checks
        else "No check is mapped to it; what is needed is a document.",
        "scope": "ephi",
        "passed": sum(count["passed"] for count in counts),
        "failed": sum(count["failed"] for count in counts),
        "unknown": sum(count["unknown"] for count in counts),
        "by_hand_open": len(items) - len(on_file),
        "by_hand": items,
        "by_hand_on_file": on_file,
        "signatures": ["R. Okafor, security official, 2026-10-30"] if number % 6 == 0 else [],
        "blind_to": ["Systems outside the collected clusters."] if number % 4 == 0 else [],
        "checks": [check["check_id"] for check in checks],
    }

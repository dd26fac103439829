"""From result tables to what the plan weighs: risks under the root-cause rule, findings with their places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from assessment.roadmap.work import TENTH, Finding, Risk

REST_OF_A_ROOT_CAUSE = Decimal("0.25")
_HUNDRED_THOUSANDTH = Decimal("0.00001")

Results = Mapping[str, pa.Table]


def risks_of(results: Results) -> list[Risk]:
    """All risks by id, each with the points that count towards the estate's sum."""
    rows = _rows(results, "risks")
    counted = _counted(rows, "points")
    upper = _counted(rows, "points_upper")
    return [
        Risk(
            risk_id=row["risk_id"], check_id=row["check_id"], cluster=row["cluster"], score=row["score"] or 0,
            dimension=row["dimension"], remedy=row["remedy"], points=points(row["points"]),
            points_upper=points(row["points_upper"]), counted=counted[row["risk_id"]],
            counted_upper=max(upper[row["risk_id"]], counted[row["risk_id"]]), failing=row["failing"] or 0,
            unknown=row["unknown"] or 0,
        )
        for row in sorted(rows, key=lambda row: str(row["risk_id"]))
    ]  # fmt: skip


def findings_of(results: Results) -> list[Finding]:
    """Findings that fail or are unknown, by fingerprint. Passes are left in Arrow: they are most of the rows."""
    if "findings" not in results:
        return []
    table = results["findings"]
    table = table.filter(pc.is_in(table["verdict"], pa.array(["fail", "unknown"])))
    worth = {row["fingerprint"]: row["member_points"] for row in _rows(results, "risk_members")}
    found = [_finding(row, worth) for row in table.to_pylist()]
    return sorted(found, key=lambda one: (one.fingerprint, one.check_id, one.cluster))


def points(value: float | Decimal | None) -> Decimal:
    """Risk points as a decimal in tenths, as they were before a table made doubles of them."""
    return Decimal(str(value or 0)).quantize(TENTH, ROUND_HALF_EVEN)


def _finding(row: Mapping[str, Any], worth: Mapping[str, float | None]) -> Finding:
    is_namespace = row["subject_kind"] == "Namespace"
    place = row["subject_namespace"] or (row["subject_name"] if is_namespace else "")
    named = (row.get("subject_group"), row["subject_kind"], row["subject_namespace"], row["subject_name"])
    return Finding(
        fingerprint=row["fingerprint"], check_id=row["check_id"], cluster=row["cluster"], namespace=place or "",
        subject="/".join(part or "" for part in named), verdict=row["verdict"],
        points=Decimal(str(worth.get(row["fingerprint"]) or 0)).quantize(_HUNDRED_THOUSANDTH, ROUND_HALF_EVEN),
    )  # fmt: skip


def _counted(rows: Iterable[Mapping[str, Any]], column: str) -> dict[str, Decimal]:
    """The greatest risk of each root cause in a cluster whole, the rest a quarter; ties go to the first id."""
    causes: dict[tuple[str, str], list[tuple[Decimal, str]]] = defaultdict(list)
    for row in rows:
        cause = row["root_cause"] or row["risk_id"]
        causes[row["cluster"], cause].append((-points(row[column]), row["risk_id"]))
    found: dict[str, Decimal] = {}
    for members in causes.values():
        for at, (negative, risk_id) in enumerate(sorted(members)):
            found[risk_id] = -negative * (REST_OF_A_ROOT_CAUSE if at else 1)
    return found


def _rows(results: Results, name: str) -> list[dict[str, Any]]:
    return list(results[name].to_pylist()) if name in results else []

"""Results of a planned estate that does not exist: the tables of the contract, written as the pipeline writes them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from assessment.exceptions import EXCEPTIONS
from assessment.recording import as_columns, columns
from assessment.roadmap.tables import MOVES, PACKAGES, PLAN, QUARTERS_TABLE, ROADMAP
from assessment.scoring.risks import RISKS
from assessment.workspace import Workspace
from tests.reports import made_up_results

HEALTH = columns(
    "cluster, dimension, layer, lower double, best_estimate double, upper double, coverage double, grade, foundation,"
    " foundation_why"
)
QUESTIONS = columns("question_id, dimension, question, ask, state, day_due")
START = date(2026, 12, 1)
REMEDIES = (
    "isolate-namespaces", "repair-backups", "rotate-credentials", "upgrade-kubernetes", "add-budgets", "pin-images",
    "drop-privileges", "set-requests", "write-runbooks", "test-restores", "restrict-access", "encrypt-secrets",
)  # fmt: skip
QUARTER_OF = (1, 1, 1, 2, 1, 2, 2, 3, 3, 4, 3, None)
LATE = (
    "upgrade-kubernetes after pin-images cannot finish by the end of quarter 2: together they need 19 platform days"
    " and 16 are free until then."
)
SCENARIOS = ("x1", "x0.75", "x1.25", "x1.5", "x2", "x3")


def make(
    path: Path, *, name: str = "", rate: int | None = 900, packages: int = 12, feasible: bool = True,
    empty_quarter: int | None = None, client: str | None = None,
) -> Workspace:  # fmt: skip
    """Write results and tables below `path`. `name` goes into every text that comes from outside."""
    folder = Workspace(path)
    made_up_results.make(path, checks=12, findings=220, items=10, gaps=12, clusters=2, hostile=bool(name))
    folder.tables.mkdir()
    checks = [row["check_id"] for row in pq.read_table(folder.results / "checks.parquet").to_pylist()]
    rows = [_package(at, checks, rate, name) for at in range(packages)]
    quarters = [None if QUARTER_OF[at] == empty_quarter else QUARTER_OF[at] for at in range(packages)]
    tables = {
        "risks": as_columns([_risk(at, check, name) for at, check in enumerate(checks)], RISKS),
        "packages": as_columns(rows, PACKAGES),
        "plan": as_columns([_planned(row, quarter) for row, quarter in zip(rows, quarters, strict=True)], PLAN),
        "quarters": as_columns(_quarters(rows, quarters, rate, feasible), QUARTERS_TABLE),
        "requirement_moves": as_columns(_moves(folder, rows, quarters), MOVES),
        "health": as_columns(_health(), HEALTH),
        "exceptions": as_columns(_exceptions(name), EXCEPTIONS),
        "open_questions": as_columns([_question(at) for at in range(3)], QUESTIONS),
        "roadmap": as_columns([_summary(rows, quarters)], ROADMAP),
    }
    if client is not None:
        runs = pq.read_table(folder.results / "runs.parquet").to_pylist()
        tables["runs"] = pa.Table.from_pylist([row | {"client": client} for row in runs])
    for table, found in tables.items():
        pq.write_table(found, folder.results / f"{table}.parquet")
    return folder


def _points(at: int) -> Decimal:
    return Decimal(120 - 9 * at)


def _risk(at: int, check: str, name: str) -> dict[str, Any]:
    score = max(15, 88 - 6 * at)
    return dict.fromkeys(RISKS) | {
        "risk_id": f"{check}@prod-eu-1", "check_id": check, "cluster": "prod-eu-1", "title": f"Title of {check} {name}",
        "layer": "container", "dimension": "security", "score": score, "lower": score - 8, "upper": min(100, score + 7),
        "band": "high", "points": _points(at), "points_lower": _points(at) - 5, "points_upper": _points(at) + 9,
        "failing": 9 - at // 2, "unknown": at % 3, "remedy": REMEDIES[at % len(REMEDIES)],
        "evidence_grade": "ABC"[at % 3], "why": f"It can be broken into. {name}", "fingerprints": [],
    }  # fmt: skip


def _package(at: int, checks: list[str], rate: int | None, name: str) -> dict[str, Any]:
    remedy, days = REMEDIES[at], Decimal(2 + 3 * (at % 5)) / 2
    return dict.fromkeys(PACKAGES) | {
        "package_id": remedy, "remedy": remedy, "title": f"Do the work of {remedy} {name}".strip(),
        "outcome": f"Nobody walks from one service to the next any more ({at}). {name}",
        "if_not": f"An intruder may reach the records of patients ({at}). {name}",
        "owner_role": f"Platform lead {name}".strip(), "unit": "namespace", "units": at + 1, "effort_days": days,
        "effort_low": days / 2, "effort_likely": days, "effort_high": days * 2, "size": "M", "confidence": "medium",
        "skills": [f"application={days / 2}", f"platform={days / 2}"], "elapsed_days": 10, "risk_reduced": _points(at),
        "risk_reduced_upper": _points(at) + 8, "score": max(15, 88 - 6 * at), "quadrant": "Do now",
        "depends_on": [REMEDIES[at - 1]] if at in (3, 9) else [], "requirements_moved": [],
        "checks": [checks[at % len(checks)]], "clusters": ["prod-eu-1"], "risks": [], "dimensions": ["security"],
        "due": "2027-05-28" if remedy == "upgrade-kubernetes" else None, "must": "false",
        "kind": "find-out" if at == 8 else "fix", "findings": 9 - at // 2, "unknowns": at % 2,
        "cost": None if rate is None else days * rate, "currency": None if rate is None else "EUR",
        "steps": [f"Step {step} of {remedy}. {name}" for step in (1, 2, 3)], "done_when": ["Somebody tried it."],
        "stop_conditions": ["A service stops answering."],
    }  # fmt: skip


def _planned(row: dict[str, Any], quarter: int | None) -> dict[str, Any]:
    blank = dict.fromkeys(PLAN) | {"package_id": row["package_id"], "depends_on": row["depends_on"]}
    if quarter is None:
        return blank | {"why": "Later: what stands in the year removes more, sooner."}
    first = START + timedelta(90 * (quarter - 1))
    return blank | {
        "quarter": quarter, "start_day": 60 * (quarter - 1) + 1, "finish_day": 60 * (quarter - 1) + 30,
        "start_date": first.isoformat(), "finish_date": (first + timedelta(44)).isoformat(),
        "why": f"Quarter {quarter}: it removes {row['risk_reduced']} risk points; isolate-namespaces comes first.",
        "why_not_earlier": "No room.",
    }  # fmt: skip


def _quarters(
    rows: list[dict[str, Any]], quarters: list[int | None], rate: int | None, feasible: bool
) -> list[dict[str, Any]]:
    whole = Decimal(1000)
    floor = whole - sum((row["risk_reduced"] for row in rows), Decimal(0))
    found = []
    for scenario in SCENARIOS:
        sooner = scenario in ("x1.5", "x2", "x3")
        placed = [1 if sooner else quarter for quarter in quarters]
        holds = feasible and scenario != "x0.75"
        for number in range(5):
            mine = [row for row, quarter in zip(rows, placed, strict=True) if quarter == number]
            done = sum(
                (row["risk_reduced"] for row, q in zip(rows, placed, strict=True) if q and q <= number), Decimal(0)
            )
            days = sum((row["effort_days"] for row in mine), Decimal(0))
            found.append(
                dict.fromkeys(QUARTERS_TABLE)
                | {
                    "scenario": scenario, "quarter": number, "residual": whole - done,
                    "residual_upper": whole + 150 - done,
                    "floor": floor, "effort_days": days, "used": [f"application={days / 2}", f"platform={days / 2}"],
                    "capacity": ["application=16.0", "platform=22.0"] if number else [],
                    "cost": None if rate is None else days * rate, "packages": [row["package_id"] for row in mine],
                    "feasible": "true" if holds else "false",
                    "note": None if holds else LATE,
                }
            )  # fmt: skip
    return found


def _moves(folder: Workspace, rows: list[dict[str, Any]], quarters: list[int | None]) -> list[dict[str, Any]]:
    requirements = pq.read_table(folder.results / "requirements.parquet").to_pylist()
    held = [row for row in requirements if row["level"] == "requirement" and row["status"] == "contradicted"]
    return [
        {
            "framework": row["framework"], "requirement_id": row["requirement_id"], "package_id": work["package_id"],
            "quarter": quarter, "finish_date": None if quarter is None else "2027-02-01",
            "status_now": row["status"],
            "status_expected": "partly supported", "why": "The last failing check is mended",
        }
        for row, work, quarter in zip(held, rows, quarters, strict=False)
    ]  # fmt: skip


def _health() -> list[dict[str, Any]]:
    named = [
        ("dimension", name) for name in ("architecture", "applications", "scalability", "storage-backup", "cicd",
                                         "disaster-recovery", "monitoring-health", "security")
    ] + [("layer", name) for name in ("cloud", "cluster", "container", "code")]  # fmt: skip
    return [
        dict.fromkeys(HEALTH)
        | {
            kind: name, "lower": Decimal(30 + at), "best_estimate": Decimal(45 + at), "upper": Decimal(70 + at),
            "coverage": Decimal("0.75"), "grade": "F, up to C if what was not seen is sound",
            "foundation": "F" if kind == "layer" else None,
            "foundation_why": "the cloud layer has F" if kind == "layer" else None,
        }
        for at, (kind, name) in enumerate(named)
    ]  # fmt: skip


def _exceptions(name: str) -> list[dict[str, Any]]:
    return [
        {
            "number": number, "check_id": "pods.check_01", "framework": None, "requirement_id": None,
            "subjects": "prod-eu-1",
            "reason": f"The vendor fixes it in spring. {name}", "owner": "Records team",
            "approver": f"A. Tanabe {name}",
            "compensating_control": "Watched by hand every day.", "until": until, "state": state,
            "matched": 3, "note": None,
        }
        for number, (until, state) in enumerate((("2027-03-01", "live"), ("2026-06-01", "expired")), 1)
    ]  # fmt: skip


def _question(at: int) -> dict[str, Any]:
    return {
        "question_id": f"store.question-{at}", "dimension": "storage-backup", "question": "Who restored last?",
        "ask": "Head of operations", "state": "open", "day_due": "2026-12-04",
    }  # fmt: skip


def _summary(rows: list[dict[str, Any]], quarters: list[int | None]) -> dict[str, Any]:
    days = sum((row["effort_days"] for row, quarter in zip(rows, quarters, strict=True) if quarter), Decimal(0))
    return dict.fromkeys(ROADMAP) | {
        "start_date": START.isoformat(), "capacity_assumed": "false", "effort_days": days,
        "effort_p80": days * Decimal("1.2"), "notes": [],
    }  # fmt: skip

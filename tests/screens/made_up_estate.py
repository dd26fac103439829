"""An estate that does not exist, from findings to the plan, as the pipeline writes it; its names are hostile.

Built on the made-up results of the evidence pack: what stands here is risks, packages, plan and the rest.
"""

from __future__ import annotations

import dataclasses
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from assessment.recording import as_columns, columns
from tests.reports import made_up_results
from tests.reports.made_up_results import HOSTILE

RISKS = columns(
    "risk_id, check_id, cluster, title, layer, dimension, score int, lower int, upper int, band, points double,"
    " points_lower double, points_upper double, failing int, unknown int, applicable int, likelihood int, impact int,"
    " environment, remedy, root_cause, evidence_grade, exposure, privilege, data_class, tier, why, fingerprints list,"
    " working"
)
MEMBERS = columns(
    "fingerprint, risk_id, verdict, base_likelihood double, base_impact double, factors, member_points double,"
    " member_lower double, member_upper double"
)
PACKAGES = columns(
    "package_id, remedy, title, outcome, owner_role, unit, units int, effort_days double, effort_low double,"
    " effort_likely double, effort_high double, size, confidence, skills list, elapsed_days int, risk_reduced double,"
    " risk_reduced_upper double, score int, quadrant, depends_on list, requirements_moved list, checks list,"
    " clusters list, risks list, dimensions list, due, must, kind, findings int, unknowns int, cost double, currency,"
    " steps list, done_when list"
)
PLAN = columns(
    "package_id, quarter int, start_day int, finish_day int, start_date, finish_date, why, why_not_earlier,"
    " depends_on list"
)
QUARTERS = columns(
    "scenario, quarter int, residual double, residual_upper double, floor double, effort_days double, used list,"
    " capacity list, cost double, packages list, feasible, note"
)
MOVES = columns(
    "framework, requirement_id, package_id, quarter int, finish_date, status_now, status_expected, why"
)
HEALTH = columns(
    "cluster, dimension, layer, lower double, best_estimate double, upper double, coverage double, grade, foundation,"
    " foundation_why"
)
EXCEPTIONS = columns(
    "number int, check_id, framework, requirement_id, subjects, reason, owner, approver, compensating_control, until,"
    " state, matched int, note"
)
DIMENSIONS = ("applications", "architecture", "cicd", "disaster-recovery", "monitoring-health", "scalability",
              "security", "storage-backup")  # fmt: skip
BANDS = ((80, "very-high"), (60, "high"), (40, "moderate"), (20, "low"), (0, "very-low"))
FIRST_DAY = date(2026, 11, 4)
CLOSING_SCRIPT = "</script><script>window.hostile=1</script><!--<script>"
SEPARATED = "line\u2028separator \u202eevil\u202c"
LINK = "<a href='https://evil.example/'>click</a> %{y} $\\sqrt{x}$ {{ 7*7 }}"
HOSTILE_TITLES = (CLOSING_SCRIPT, SEPARATED, LINK, *HOSTILE)

Row = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Estate:
    """A workspace as these reports see it."""

    path: Path

    @property
    def results(self) -> Path:
        return self.path / "results"

    @property
    def tables(self) -> Path:
        return self.path / "tables"

    @property
    def reports(self) -> Path:
        return self.path / "reports"

    def rows(self, name: str) -> list[Row]:
        """A result as dictionaries."""
        return pq.read_table(self.results / f"{name}.parquet").to_pylist()

    def rewrite(self, name: str, change: Callable[[int, Row], Row]) -> None:
        """Write a result anew, each row as `change` makes it from its number and itself."""
        file = self.results / f"{name}.parquet"
        table = pq.read_table(file)
        rows = [change(number, row) for number, row in enumerate(table.to_pylist())]
        pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), file)


def make(
    path: Path, *, findings: int = 500, checks: int = 40, packages: int = 23, hostile: bool = True, seed: int = 7
) -> Estate:
    """Write every result and the answers below `path`. The same arguments give the same files."""
    made_up_results.make(path, checks=checks, findings=findings, hostile=hostile, seed=seed)
    estate, chance = Estate(path), random.Random(seed)
    risks, members = _risks(estate, chance)
    work = _packages(risks, packages, chance, hostile)
    plan = _plan(work)
    estate.tables.mkdir()
    pq.write_table(pa.Table.from_pylist(_answers(hostile)), estate.tables / "answers.parquet")
    found = {
        "risks": (risks, RISKS), "risk_members": (members, MEMBERS), "packages": (work, PACKAGES),
        "plan": (plan, PLAN), "quarters": (_quarters(work, plan), QUARTERS),
        "requirement_moves": (_moves(estate, plan), MOVES), "health": (_health(chance), HEALTH),
        "exceptions": (_exceptions(hostile), EXCEPTIONS),
        "exception_matches": ([{"number": 1, "fingerprint": members[0]["fingerprint"]}],
                              columns("number int, fingerprint")),
        "roadmap": ([{"proven": "false", "dates_hold": "true", "capacity_assumed": "true",
                      "notes": ["package-04 comes first."]}],
                    columns("start_date, proven, dates_hold, capacity_assumed, notes list")),
        "open_questions": (_open_questions(), columns("question_id, dimension, question, ask, state, day_due int")),
    }  # fmt: skip
    for name, (rows, kinds) in found.items():
        full = ({**dict.fromkeys(kinds), **row} for row in rows)
        pq.write_table(as_columns(full, kinds), estate.results / f"{name}.parquet")
    return estate


def _risks(estate: Estate, chance: random.Random) -> tuple[list[Row], list[Row]]:
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in estate.rows("findings"):
        if row["verdict"] != "pass":
            groups[row["check_id"], row["cluster"]].append(row)
    risks, members = [], []
    for number, ((check, cluster), alike) in enumerate(sorted(groups.items())):
        failing = sum(row["verdict"] == "fail" for row in alike)
        score = chance.randrange(5, 96) if failing else 0
        points = round(score**2 / 100, 1)
        upper = max(score, min(100, score + chance.randrange(25)))
        risks.append({
            "risk_id": f"{check}@{cluster}", "check_id": check, "cluster": cluster,
            "title": "No container may gain more privileges than its parent", "layer": "container",
            "dimension": DIMENSIONS[number % 8], "score": score, "lower": max(0, score - 8), "upper": upper,
            "band": next(name for floor, name in BANDS if score >= floor), "points": points,
            "points_lower": points / 2, "points_upper": points * 1.5 + 1, "failing": failing,
            "unknown": len(alike) - failing, "applicable": len(alike) + 20, "likelihood": 3, "impact": 4,
            "environment": "production", "remedy": "harden-security-context", "evidence_grade": "A",
            "exposure": "reachable from the internet", "privilege": "not privileged", "data_class": "regulated",
            "tier": "tier-1", "why": "A process can become root.", "working": "{}",
            "fingerprints": sorted({row["fingerprint"] for row in alike}),
        })  # fmt: skip
        members += [
            {"fingerprint": row["fingerprint"], "risk_id": f"{check}@{cluster}", "verdict": row["verdict"],
             "base_likelihood": 0.45, "base_impact": 0.52, "factors": "{}",
             "member_points": points if row["verdict"] == "fail" else None, "member_lower": 0.0,
             "member_upper": points * 1.5 + 1}
            for row in alike
        ]  # fmt: skip
    return risks, members


def _packages(risks: Sequence[Row], number: int, chance: random.Random, hostile: bool) -> list[Row]:
    found = []
    for place in range(number):
        mine = risks[place::number] if place < len(risks) else []
        score = max((risk["score"] for risk in mine), default=0)
        days = round(chance.choice((0.4, 0.9, 2.1, 3.7, 5.0, 8.0, 13.5, 20.1)), 1)
        quadrant = {(True, False): "Do now", (True, True): "Plan and fund", (False, False): "Batch",
                    (False, True): "Park or accept"}[score >= 60, days > 5]  # fmt: skip
        odd = hostile and place % 2 == 0
        title = HOSTILE_TITLES[place // 2 % len(HOSTILE_TITLES)] if odd else f"Tidy up part {place} of the estate"
        found.append({
            "package_id": f"package-{place:02}", "remedy": "harden-security-context", "title": title,
            "outcome": "A broken-into container stays a container.", "owner_role": "Platform lead",
            "unit": "workload", "units": 12, "effort_days": days, "effort_low": days * 0.7,
            "effort_likely": days * 0.95, "effort_high": days * 1.8, "size": "M", "confidence": "medium",
            "skills": [f"platform={days / 2}", f"application={days / 2}"], "elapsed_days": 10,
            "risk_reduced": 0.0 if place == 6 else round(sum(risk["points"] for risk in mine) * 0.9, 1),
            "risk_reduced_upper": round(sum(risk["points_upper"] for risk in mine), 1), "score": score,
            "quadrant": quadrant, "depends_on": [f"package-{place - 1:02}"] if place % 5 == 3 else [],
            "requirements_moved": ["hipaa 164.312(a)(1): contradicted to partly supported"] if place % 3 == 0 else [],
            "checks": sorted({risk["check_id"] for risk in mine}),
            "clusters": sorted({risk["cluster"] for risk in mine}), "risks": [risk["risk_id"] for risk in mine],
            "dimensions": ["security"], "due": "2027-03-31" if place == 4 else None,
            "must": "true" if place == 4 else "false", "kind": "find-out" if place % 7 == 6 else "fix",
            "findings": sum(risk["failing"] for risk in mine), "unknowns": sum(risk["unknown"] for risk in mine),
            "cost": days * 900, "currency": "EUR", "steps": ["List them.", "Change them.", "Check again."],
            "done_when": ["The checks are green."],
        })  # fmt: skip
    return found


def _quarter(place: int) -> int | None:
    return None if place % 6 == 5 else 1 + place % 4


def _plan(work: Sequence[Row]) -> list[Row]:
    rows = []
    for place, package in enumerate(work):
        quarter = _quarter(place)
        start = None if quarter is None else 60 * (quarter - 1) + 1
        days = None if start is None else FIRST_DAY + timedelta(days=start * 7 // 5)
        rows.append({
            "package_id": package["package_id"], "quarter": quarter, "start_day": start,
            "finish_day": start and start + 9, "start_date": days and days.isoformat(),
            "finish_date": days and (days + timedelta(days=13)).isoformat(),
            "why": "It removes the most for the days that it takes.",
            "why_not_earlier": "The platform team has no days left in the quarter before.",
            "depends_on": package["depends_on"],
        })  # fmt: skip
    return rows


def _quarters(work: Sequence[Row], plan: Sequence[Row]) -> list[Row]:
    total = sum(package["risk_reduced"] for package in work) + 40
    rows = []
    for scenario in ("x1", "x0.75", "x1.25", "x1.5", "x2", "x3"):
        factor = float(scenario[1:])
        left = total
        for quarter in range(5):
            mine = [row["package_id"] for row in plan if quarter and _moved(row["quarter"], factor) == quarter]
            chosen = [package for package in work if package["package_id"] in mine]
            left -= sum(package["risk_reduced"] for package in chosen)
            feasible = not (scenario == "x0.75" and quarter)
            rows.append({
                "scenario": scenario, "quarter": quarter, "residual": round(left, 1),
                "residual_upper": round(left * 1.4, 1), "floor": 40.0,
                "effort_days": round(sum(package["effort_days"] for package in chosen), 1),
                "used": ["platform=12.5"] if quarter else [], "capacity": [f"platform={24 * factor}"],
                "cost": sum(package["cost"] for package in chosen), "packages": mine,
                "feasible": str(feasible).lower(),
                "note": "" if feasible else "The date of package-04 cannot hold.",
            })  # fmt: skip
    return rows


def _moved(quarter: int | None, factor: float) -> int | None:
    if quarter is None:
        return 4 if factor >= 2 else None
    return max(1, quarter - 1) if factor >= 2 else quarter


def _moves(estate: Estate, plan: Sequence[Row]) -> list[Row]:
    contradicted = [row for row in estate.rows("requirements") if row["status"] == "contradicted"]
    placed = [row for row in plan if row["quarter"]]
    return [
        {"framework": row["framework"], "requirement_id": row["requirement_id"],
         "package_id": planned["package_id"], "quarter": planned["quarter"], "finish_date": planned["finish_date"],
         "status_now": "contradicted", "status_expected": "partly supported", "why": "its failures are mended"}
        for row, planned in zip(contradicted, placed, strict=False)
    ]  # fmt: skip


def _health(chance: random.Random) -> list[Row]:
    rows: list[Row] = []
    for cluster in (None, "prod-eu-1", "prod-eu-2", "prod-eu-3"):
        for dimension, layer in [(name, None) for name in DIMENSIONS] + [
            (None, name) for name in ("cloud", "cluster", "container", "code")
        ]:
            lower = round(chance.uniform(20, 90), 1)
            upper = round(min(100.0, lower + chance.uniform(0, 30)), 1)
            rows.append({
                "cluster": cluster, "dimension": dimension, "layer": layer, "lower": lower,
                "best_estimate": round((lower + upper) / 2, 1), "upper": upper, "coverage": 0.8,
                "grade": "D, up to B if what was not seen is sound",
                "foundation": "E" if layer in ("code", "container") else None,
                "foundation_why": "the cluster layer has E" if layer in ("code", "container") else "",
            })  # fmt: skip
    return rows


def _exceptions(hostile: bool) -> list[Row]:
    base = {"check_id": "pods.check_00", "subjects": "prod-eu-1/team-1/Deployment/*", "owner": "R. Okafor",
            "approver": "CISO", "compensating_control": "Egress is blocked.", "matched": 1, "note": ""}  # fmt: skip
    reason = made_up_results.FORMULA if hostile else "Vendor image."
    return [
        {"number": 1, **base, "reason": reason, "until": "2027-01-31", "state": "live"},
        {"number": 2, **base, "reason": "@SUM(A1)", "until": "2025-01-31", "state": "expired"},
    ]


def _answers(hostile: bool) -> list[Row]:
    return [
        {"cluster": "answers", "name": f"security.q{number}", "question_id": f"security.q{number}",
         "dimension": "security", "layer": "cluster",
         "question": f"-2+3 Who may reach the API {number}?" if hostile else "Who may reach the API?",
         "choice": "everybody" if number % 2 else None, "standing": "unsound" if number % 2 else None,
         "answered_at": datetime(2026, 10, 30) if number % 2 else None, "answered_by_role": "Platform lead",
         "attachments": 1, "signed": True, "evidence_refs": ["E-000003#/answers"]}
        for number in range(6)
    ]  # fmt: skip


def _open_questions() -> list[Row]:
    return [
        {"question_id": f"security.q{number}", "dimension": "security", "question": "Who may reach the API?",
         "ask": "Platform lead", "state": "overdue", "day_due": 2 + number}
        for number in (0, 2, 4)
    ]  # fmt: skip

"""Made-up result tables for the roadmap: risks with their findings, checks and gaps, a few lines each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from assessment.recording import as_columns, columns
from assessment.roadmap.remedy import Remedy
from assessment.scoring.risks import RISK_MEMBERS, RISKS

FINDINGS = columns(
    "check_id, cluster, subject_group, subject_kind, subject_namespace, subject_name, verdict, basis, fingerprint"
)
CHECKS = columns("check_id, title, why, remedy, fix, judges")
GAPS = columns("cluster, table, kind, closed_by")
CLUSTERS = columns("cluster, managed, kubernetes_minor int")


@dataclass(frozen=True)
class Weakness:
    """One risk: a check in a cluster that fails in these namespaces, one workload each, and is unknown in others."""

    check: str
    cluster: str = "shop"
    remedy: str = "fix-it"
    points: float = 20.0
    score: int = 55
    failing: tuple[str, ...] = ("a",)
    unknown: tuple[str, ...] = ()
    upper: float | None = None
    cause: str | None = None
    judges: str = "workloads"

    @property
    def risk_id(self) -> str:
        return f"{self.check}@{self.cluster}"


def results(*weaknesses: Weakness, gaps: Iterable[Mapping[str, str]] = (), clusters: Any = ()) -> dict[str, pa.Table]:
    """The result tables that these weaknesses would leave."""
    findings = [row for one in weaknesses for row in _findings(one)]
    checks = {one.check: one for one in weaknesses}
    return {
        "risks": as_columns(map(_risk, weaknesses), RISKS),
        "risk_members": as_columns(
            (
                dict.fromkeys(RISK_MEMBERS) | {"fingerprint": row["fingerprint"], "member_points": 5.0}
                for row in findings
            ),
            RISK_MEMBERS,
        ),
        "findings": as_columns(findings, FINDINGS),
        "checks": as_columns(
            (
                {"check_id": name, "title": f"{name} holds", "why": "Because.", "remedy": one.remedy, "fix": "fix it",
                 "judges": one.judges}
                for name, one in sorted(checks.items())
            ),
            CHECKS,
        ),
        "gaps": as_columns(({"kind": "Pod", **gap} for gap in gaps), GAPS),
        "clusters": as_columns(clusters, CLUSTERS),
    }  # fmt: skip


def remedy(name: str = "fix-it", **changes: Any) -> Remedy:
    """A plain remedy: one day, half a day for each namespace, all platform."""
    told: dict[str, Any] = {
        "id": name, "title": f"Do {name}", "outcome": "Done.", "if_not": "Not done.", "owner_role": "Platform lead",
        "unit": "namespace", "counted_by": "namespace",
        "effort": {"base_days": "1", "per_unit_days": "0.5", "confidence": "high"}, "skills": {"platform": "100"},
        "elapsed_days": "10", "efficacy_percent": "100", "steps": ["Begin."], "done_when": ["Done."],
    }  # fmt: skip
    return Remedy.model_validate(told | changes)


def _risk(one: Weakness) -> dict[str, Any]:
    return dict.fromkeys(RISKS) | {
        "risk_id": one.risk_id, "check_id": one.check, "cluster": one.cluster, "title": one.check,
        "dimension": "security", "score": one.score if one.failing else 0,
        "points": one.points if one.failing else 0.0, "points_upper": one.points if one.upper is None else one.upper,
        "failing": len(one.failing), "unknown": len(one.unknown), "remedy": one.remedy, "root_cause": one.cause,
        "fingerprints": [],
    }  # fmt: skip


def _findings(one: Weakness) -> Iterable[dict[str, Any]]:
    for verdict, namespaces in (("fail", one.failing), ("unknown", one.unknown)):
        for namespace in namespaces:
            yield {
                "check_id": one.check, "cluster": one.cluster, "subject_group": "apps", "subject_kind": "Deployment",
                "subject_namespace": namespace, "subject_name": "web", "verdict": verdict, "basis": "running",
                "fingerprint": f"{one.risk_id}/{namespace}",
            }  # fmt: skip

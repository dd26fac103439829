"""Results of an estate that does not exist, written as the pipeline writes them."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from assessment.workspace import Workspace
from tests.reports.made_up_evidence import RUN, cluster, coverage, gap, item
from tests.reports.made_up_requirements import requirements_and_mappings

MARKUP = "<script>alert(1)</script><img src=http://evil.example/x.png>"
FORMULA = '=HYPERLINK("http://evil.example","x")'
RIGHT_TO_LEFT = "abc\u202egnp.exe"
EMOJI = "rocket-\U0001f680"
LONG = "n" * 150 + "-" + "m" * 149
HOSTILE = (MARKUP, FORMULA, RIGHT_TO_LEFT, EMOJI, LONG, "{{ 7*7 }}", "nul\x00byte", "&#x202e;entity", "שלום")

SUBJECT = ("subject_group", "subject_kind", "subject_namespace", "subject_name", "subject_part")
TITLES = (
    "No container may gain more privileges than its parent",
    "Containers run as a user other than root",
    "No container is privileged",
    "No pod shares the network of its node",
    "Volumes are of harmless types only",
    "Every container drops all capabilities",
    "The seccomp profile is set",
    "No credential stands in plain sight",
    "Tokens are not mounted where nothing uses them",
    "Every container declares a memory limit",
    "Every workload has a readiness probe",
    "Pods that no policy selects are refused",
)


def make(
    path: Path,
    *,
    checks: int = 40,
    findings: int = 500,
    items: int = 60,
    gaps: int = 90,
    clusters: int = 3,
    hostile: bool = True,
    seed: int = 7,
) -> Workspace:
    """Write every result below `path`/results. The same arguments give the same files."""
    folder = Workspace(path)
    folder.results.mkdir(parents=True)
    chance = random.Random(seed)
    names = [f"prod-eu-{number}" for number in range(1, clusters + 1)]
    catalogue = [_check(number) for number in range(checks)]
    evidence = [item(number, names[number % clusters]) for number in range(1, items + 1)]
    missing = [gap(number, names[number % clusters]) for number in range(gaps)]
    judged = [_finding(number, catalogue, names, items, chance, hostile) for number in range(findings)]
    judged.sort(key=lambda row: (row["check_id"], row["cluster"], str(row["subject_name"]), row["fingerprint"]))
    left_out = [_left_out(number, catalogue, names, items) for number in range(checks * 3)]
    populations = _populations(judged, left_out, catalogue, names, chance)
    requirements, mapped = requirements_and_mappings(catalogue, populations, chance)
    tables = {
        "runs": [
            {
                "run": RUN,
                "as_of": "2026-11-03T08:20:31Z",
                "started_at": "2026-11-03T08:15:00Z",
                "client": "Aurora Health Partners",
                "kubesurvey_version": "0.1.0",
            }
        ],
        "checks": catalogue,
        "evidence_items": evidence,
        "gaps": missing,
        "findings": judged,
        "out_of_scope": left_out,
        "populations": populations,
        "requirements": requirements,
        "requirement_checks": mapped,
        "coverage": coverage(names),
        "clusters": [cluster(name) for name in names],
    }
    for name, rows in tables.items():
        pq.write_table(pa.Table.from_pylist(rows), folder.results / f"{name}.parquet")
    return folder


def _check(number: int) -> dict[str, Any]:
    title = TITLES[number % len(TITLES)] + ("" if number < len(TITLES) else f" ({number})")
    rule = "every(containers, not effective_allow_privilege_escalation and has_memory_limit)"
    sql = " AND ".join(
        f'coalesce(bool_and("r{n}"."effective_allow_privilege_escalation" IS NOT DISTINCT FROM false), true)'
        for n in range(1 + number % 9)
    )
    return {
        "check_id": f"pods.check_{number:02}",
        "title": title,
        "layer": "container",
        "dimension": "security",
        "why": "A process in the container can become root through a setuid binary, and from there reach the node.",
        "judges": "workloads",
        "within": "not is_windows",
        "rule": rule,
        "impact": 4,
        "likelihood": 3,
        "sql": f"SELECT {sql} AS verdict FROM workloads",
        "remedy": "harden-security-context",
        "examples": 5,
        "fix": "spec.template.spec.containers[*].securityContext.allowPrivilegeEscalation = false",
    }


def _subject(number: int, hostile: bool) -> dict[str, Any]:
    odd = hostile and number % 7 == 0
    name = HOSTILE[number // 7 % len(HOSTILE)] if odd else f"service-{number % 60}"
    namespace = "a-hostile-team" if odd else f"team-{number % 11}"
    return {
        "subject_group": "apps",
        "subject_kind": "Deployment",
        "subject_namespace": namespace,
        "subject_name": name,
        "subject_part": "app" if number % 2 else None,
    }


def _finding(
    number: int, catalogue: list[dict[str, Any]], clusters: list[str], items: int, chance: random.Random, hostile: bool
) -> dict[str, Any]:
    check = catalogue[min(int(chance.expovariate(0.15)), len(catalogue) - 1)]
    verdict = chance.choices(("pass", "fail", "unknown"), (6, 3, 1))[0]
    if hostile and number % 7 == 0:
        check, verdict = catalogue[number % len(catalogue)], "fail"
    reasons = {
        "pass": "every related row satisfies the rule",
        "fail": "allowPrivilegeEscalation is not set, and unset means true",
        "unknown": "pods of the namespace were not seen",
    }
    return {
        "run": RUN,
        "check_id": check["check_id"],
        "cluster": clusters[number % len(clusters)],
        **_subject(number, hostile),
        "verdict": verdict,
        "reason": reasons[verdict],
        "witnesses": ["app", "sidecar"] if verdict == "fail" else [],
        "layer": "container",
        "dimension": "security",
        "basis": "running",
        "evidence_refs": [f"E-{1 + number % items:06}#/items/{number}"],
        "fingerprint": hashlib.sha256(f"{number}".encode()).hexdigest()[:16],
        "gaps": [number % 9] if verdict == "unknown" else [],
    }


def _left_out(number: int, catalogue: list[dict[str, Any]], clusters: list[str], items: int) -> dict[str, Any]:
    return {
        "check_id": catalogue[number % len(catalogue)]["check_id"],
        "cluster": clusters[number % len(clusters)],
        **_subject(number, False),
        "reason": "within is false: not is_windows",
        "evidence_refs": [f"E-{1 + number % items:06}#/items/{number}"],
    }


def _populations(
    judged: list[dict[str, Any]],
    left_out: list[dict[str, Any]],
    catalogue: list[dict[str, Any]],
    clusters: list[str],
    chance: random.Random,
) -> list[dict[str, Any]]:
    rows = []
    for check in catalogue:
        for named in clusters:
            mine = [
                row["verdict"] for row in judged if row["check_id"] == check["check_id"] and row["cluster"] == named
            ]
            out = sum(row["check_id"] == check["check_id"] and row["cluster"] == named for row in left_out)
            rows.append(
                {
                    "check_id": check["check_id"],
                    "cluster": named,
                    "judged": len(mine),
                    "passed": mine.count("pass"),
                    "failed": mine.count("fail"),
                    "unknown": mine.count("unknown"),
                    "out_of_scope": out,
                    "unseen": chance.randrange(3),
                }
            )
    return rows

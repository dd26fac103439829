"""From findings to every carried framework: what counts within its scope, and the status of each requirement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from assessment.checks.load import Check
from assessment.checks.run import Judged
from assessment.frameworks.judge import CheckCounts, judge
from assessment.frameworks.load import carried, load
from assessment.recording import as_columns, columns
from collectors.people.engagement import Engagement

REQUIREMENTS = columns(
    "framework, framework_version, requirement_id, parent, level, title, obligation, status, status_reason, bearer,"
    " scope, passed int, failed int, unknown int, by_hand_open int, by_hand list, by_hand_on_file list,"
    " signatures list, blind_to list, checks list"
)
REQUIREMENT_CHECKS = columns(
    "framework, requirement_id, check_id, shows, passed int, failed int, unknown int, out_of_scope int, unseen int"
)


def requirements_of(
    judged: Judged, checks: Sequence[Check], engagement: Engagement, clusters: Sequence[str],
    columns_of: Mapping[str, pa.Table], as_of: str,
) -> dict[str, pa.Table]:  # fmt: skip
    """Results `requirements` and `requirement_checks` of every carried framework.

    `columns_of` holds the rows of each table (labels are read from them), `as_of` the instant of the run.
    """
    counts = _check_counts(judged)
    rows: list[Any] = []
    mapped: list[Any] = []
    for name in carried():
        framework = load(name, checks=[check.check_id for check in checks])
        result = judge(framework, counts, engagement, clusters)
        rows.extend(result.requirements)
        mapped.extend(result.checks)
    return {
        "requirements": as_columns(rows, REQUIREMENTS),
        "requirement_checks": as_columns(mapped, REQUIREMENT_CHECKS),
    }


def _check_counts(judged: Judged) -> list[CheckCounts]:
    grouped = judged.findings.select(["check_id", "verdict", "basis"]).group_by(["check_id", "verdict", "basis"])
    found: Counter[tuple[str, str, str]] = Counter()
    for row in grouped.aggregate([("basis", "count")]).to_pylist():
        found[(row["check_id"], row["verdict"], row["basis"])] += row["basis_count"]
    summed = judged.populations.group_by("check_id").aggregate(
        [(name, "sum") for name in ("failed", "unknown", "out_of_scope", "unseen")]
    )
    return [
        CheckCounts(
            row["check_id"], found[(row["check_id"], "pass", "running")], found[(row["check_id"], "pass", "declared")],
            row["failed_sum"], row["unknown_sum"], row["out_of_scope_sum"], row["unseen_sum"],
        )
        for row in summed.sort_by("check_id").to_pylist()
    ]  # fmt: skip

"""From findings to every carried framework: what counts within its scope, and the status of each requirement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import pyarrow as pa

from assessment.checks.load import Check
from assessment.checks.run import Judged
from assessment.derived.network.reach import Reach as Network
from assessment.frameworks.counting import counts_within, scope_rows, subject_rows
from assessment.frameworks.estate import Estate
from assessment.frameworks.judge import CheckCounts, judge
from assessment.frameworks.leaks.find import leaks
from assessment.frameworks.leaks.leak import LEAKS
from assessment.frameworks.load import Framework, carried, load
from assessment.frameworks.scope import Reach, reach
from assessment.recording import as_columns, columns
from collectors.people import ANSWERS
from collectors.people.engagement import Engagement
from collectors.tables.build import Tables

REQUIREMENTS = columns(
    "framework, framework_version, requirement_id, parent, level, title, obligation, status, status_reason, bearer,"
    " scope, passed int, failed int, unknown int, by_hand_open int, by_hand list, by_hand_on_file list,"
    " signatures list, blind_to list, checks list"
)
REQUIREMENT_CHECKS = columns(
    "framework, requirement_id, check_id, shows, passed int, failed int, unknown int, out_of_scope int, unseen int,"
    " outside int, unplaced int"
)
SCOPES = columns(
    "framework, scope, holds, cluster, namespace, subjects_in int, subjects_out int, subjects_unknown int, basis"
)
SCOPE_CHECKS = columns(
    "scope, check_id, passed int, failed int, unknown int, out_of_scope int, unseen int, outside int, unplaced int"
)
SCOPE_SUBJECTS = columns(
    "scope, cluster, subject_group, subject_kind, subject_namespace, subject_name, in_scope, basis"
)


def requirements_of(
    judged: Judged, checks: Sequence[Check], engagement: Engagement, tables: Tables,
    columns_of: Mapping[str, pa.Table], as_of: str, network: Network | None = None,
) -> dict[str, pa.Table]:  # fmt: skip
    """Results `requirements`, `requirement_checks`, `scopes`, `scope_checks`, `scope_subjects` and `leaks` of every
    carried framework.

    `tables` says what was not seen; `columns_of` holds the rows of each table, whose labels decide who is in
    scope; `as_of` is the instant of the run; `network` knows who may connect to whom.
    """
    frameworks = [load(name, checks=[check.check_id for check in checks]) for name in carried()]
    estate = Estate(judged, tables, columns_of)
    scoped = _Scoped()
    for name in sorted({row.scope for framework in frameworks for row in framework.requirements}):
        reached = reach(name, engagement, tables.clusters, columns_of)
        scoped.add(name, reached, estate, frameworks)
        scoped.leaks += leaks(reached, estate, columns_of, network)
    clusters = [name for name in tables.clusters if name != ANSWERS]
    found = [judge(each, scoped.counts, engagement, clusters, date.fromisoformat(as_of[:10])) for each in frameworks]
    return {
        "requirements": as_columns([row for one in found for row in one.requirements], REQUIREMENTS),
        "requirement_checks": as_columns([row for one in found for row in one.checks], REQUIREMENT_CHECKS),
        "scopes": as_columns(scoped.scopes, SCOPES),
        "scope_checks": as_columns(_by_scope(scoped.counts), SCOPE_CHECKS),
        "scope_subjects": as_columns(scoped.subjects, SCOPE_SUBJECTS),
        "leaks": as_columns(scoped.leaks, LEAKS),
    }


def _by_scope(counts: Mapping[str, Sequence[CheckCounts]]) -> Iterator[dict[str, Any]]:
    """What every check found in each scope, also the checks that no framework maps."""
    for scope, found in counts.items():
        for one in found:
            yield asdict(one) | {"scope": scope, "passed": one.passed_running + one.passed_declared}


class _Scoped:
    """What each scope holds, scope by scope."""

    def __init__(self) -> None:
        self.counts: dict[str, list[CheckCounts]] = {}
        self.scopes: list[dict[str, Any]] = []
        self.subjects: list[dict[str, Any]] = []
        self.leaks: list[dict[str, Any]] = []

    def add(self, name: str, reached: Reach, estate: Estate, frameworks: Sequence[Framework]) -> None:
        estate.choose(reached)
        self.counts[name] = counts_within(estate)
        self.subjects += subject_rows(reached, estate)
        for framework in frameworks:
            if any(row.scope == name for row in framework.requirements):
                self.scopes += scope_rows(framework.id, reached, estate)

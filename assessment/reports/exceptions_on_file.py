"""Exceptions as an auditor reads them: beside the results, never in them."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from assessment.reports.parts import CheckSheet, Link
from assessment.reports.reading import Results

STATES = ("live", "expired", "unused", "invalid")


@dataclasses.dataclass(frozen=True, slots=True)
class OnFile:
    """One entry of exceptions.yaml. `matched` counts the open findings that it names; `about` leads to the check
    or requirement."""

    number: int
    anchor: str
    about: Link
    subjects: str
    reason: str
    owner: str
    approver: str
    compensating_control: str
    until: str
    state: str
    matched: int
    note: str

    @property
    def link(self) -> Link:
        """Where it stands in the list, and in what state."""
        return Link(f"{self.number} ({self.state})", self.anchor)


def exceptions(
    results: Results, framework: str, requirements: Mapping[str, Link], checks: Mapping[str, CheckSheet]
) -> tuple[OnFile, ...]:
    """All entries but those about requirements of other frameworks, by state and then by number."""
    if not results.has("exceptions"):
        return ()
    rows = results.rows(
        "SELECT * FROM exceptions WHERE framework IS NULL OR framework = ? ORDER BY number", [framework]
    )
    found = [_on_file(row, requirements, checks) for row in rows]
    order = {state: place for place, state in enumerate(STATES)}
    return tuple(sorted(found, key=lambda one: (order.get(one.state, len(order)), one.number)))


def _on_file(row: dict[str, Any], requirements: Mapping[str, Link], checks: Mapping[str, CheckSheet]) -> OnFile:
    requirement, check = row["requirement_id"] or "", row["check_id"] or ""
    about = requirements.get(requirement) or Link(requirement or check or "nothing", None)
    if check in checks and checks[check].requirements:
        about = Link(check, checks[check].anchor)
    texts = ("subjects", "reason", "owner", "approver", "compensating_control", "until", "state", "note")
    said = {name: str(row[name]) if row[name] is not None else "" for name in texts}
    return OnFile(row["number"], f"exception-{row['number']}", about, matched=row["matched"] or 0, **said)


def by_fingerprint(results: Results) -> dict[str, tuple[int, ...]]:
    """Which exceptions name a finding."""
    if not results.has("exception_matches"):
        return {}
    found: dict[str, list[int]] = defaultdict(list)
    for row in results.rows("SELECT fingerprint, number FROM exception_matches ORDER BY number"):
        found[row["fingerprint"]].append(row["number"])
    return {fingerprint: tuple(numbers) for fingerprint, numbers in found.items()}


def of_requirement(on_file: Sequence[OnFile], requirement: str, checks: Sequence[CheckSheet]) -> tuple[Link, ...]:
    """Those about the requirement itself or about a check that bears on it."""
    names = {requirement} | {check.check_id for check in checks}
    return tuple(one.link for one in sorted(on_file, key=lambda one: one.number) if one.about.text in names)

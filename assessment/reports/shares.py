"""Who answers for what: rows that a provider bears in whole or in part, and the report that speaks for it."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Sequence

from assessment.reports.parts import Link, RequirementSheet

REPORT = "Provider report on file: "
_SHARES = {
    "provider": ("the whole of it, as its report describes", "holds the report and performs what it leaves to users"),
    "shared": ("what it runs: premises, hosts, control plane", "what the client sets, deploys and operates on it"),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Share:
    """One row of the responsibility table; `reports` is empty where none is on file."""

    requirement: Link
    title: str
    reports: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Shared:
    """Requirements that are borne alike, and what each side does for them."""

    bearer: str
    provider: str
    customer: str
    rows: tuple[Share, ...]

    @property
    def total(self) -> int:
        """How many requirements."""
        return len(self.rows)


def shares(sheets: Sequence[RequirementSheet]) -> tuple[Shared, ...]:
    """Every requirement that is not the client's alone, by bearer, in the order of the framework."""
    gathered: dict[str, list[RequirementSheet]] = defaultdict(list)
    for sheet in sheets:
        if sheet.counted and sheet.bearer not in ("customer", ""):
            gathered[sheet.bearer].append(sheet)
    unclear = ("depends on the cluster", "depends on the cluster")
    return tuple(
        Shared(bearer, *_SHARES.get(bearer, unclear), tuple(map(_share, rows)))
        for bearer, rows in sorted(gathered.items())
    )


def _share(sheet: RequirementSheet) -> Share:
    reports = tuple(
        paper.on_file.removeprefix(REPORT)
        for paper in sheet.by_hand
        if not paper.asks and paper.on_file.startswith(REPORT)
    )
    return Share(Link(sheet.requirement_id, sheet.anchor), sheet.title, reports)

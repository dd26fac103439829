"""Requirements with their status, their checks and what people must show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from assessment.reports.exceptions_on_file import OnFile, of_requirement
from assessment.reports.parts import ByHand, CheckSheet, Counts, Link, MappedCheck, RequirementSheet
from assessment.reports.reading import Results
from assessment.reports.wording import status

# Statuses that need no answer to what is asked for by hand.
NOT_ASKED = ("inherited", "not applicable")

Row = dict[str, Any]


def requirement_links(results: Results, framework: str) -> dict[str, Link]:
    """Where the sheet of each requirement stands, by requirement id, in the order of the framework."""
    rows = results.rows(
        "SELECT requirement_id FROM requirements WHERE framework = ? ORDER BY file_row_number", [framework]
    )
    return {
        row["requirement_id"]: Link(row["requirement_id"], f"requirement-{place}") for place, row in enumerate(rows, 1)
    }


def requirement_sheets(
    results: Results,
    framework: str,
    links: Mapping[str, Link],
    checks: Mapping[str, CheckSheet],
    on_file: Sequence[OnFile] = (),
) -> tuple[RequirementSheet, ...]:
    """Every row of the framework in its own order, sections included."""
    mapped: dict[str, list[MappedCheck]] = defaultdict(list)
    for row in results.rows(
        "SELECT * FROM requirement_checks WHERE framework = ? ORDER BY file_row_number", [framework]
    ):
        if row["check_id"] in checks:
            mapped[row["requirement_id"]].append(_mapped(row, checks[row["check_id"]]))
    rows = results.rows("SELECT * FROM requirements WHERE framework = ? ORDER BY file_row_number", [framework])
    return tuple(_sheet(row, links[row["requirement_id"]], mapped[row["requirement_id"]], on_file) for row in rows)


def _sheet(row: Row, link: Link, checks: Sequence[MappedCheck], on_file: Sequence[OnFile]) -> RequirementSheet:
    counts = Counts(row["passed"] or 0, row["failed"] or 0, row["unknown"] or 0)
    return RequirementSheet(
        requirement_id=row["requirement_id"],
        anchor=link.anchor or "",
        parent=row["parent"] or "",
        level=row["level"],
        title=row["title"],
        obligation=row["obligation"] or "",
        status=status(row["status"]),
        status_reason=row["status_reason"] or "",
        bearer=row["bearer"] or "",
        scope=row["scope"] or "",
        counts=counts,
        checks=tuple(checks),
        by_hand=_by_hand(row),
        by_hand_open=row["by_hand_open"] or 0,
        signatures=tuple(row.get("signatures") or ()),
        blind_to=tuple(row["blind_to"] or ()),
        exceptions=of_requirement(on_file, row["requirement_id"], [check.sheet for check in checks]),
    )


def _mapped(row: Row, sheet: CheckSheet) -> MappedCheck:
    names = ("passed", "failed", "unknown", "out_of_scope", "unseen", "outside", "unplaced")
    return MappedCheck(sheet, row["shows"] or "", Counts(**{name: row.get(name) or 0 for name in names}))


def _by_hand(row: Row) -> tuple[ByHand, ...]:
    """What is asked for beside what was handed in; a paper that answers no question stands by itself."""
    asked, on_file = list(row["by_hand"] or ()), list(row["by_hand_on_file"] or ())
    answers: dict[str, list[str]] = {item: [] for item in asked}
    loose: list[str] = []
    for paper in on_file:
        owner = next((item for item in asked if paper.startswith(item)), None)
        if owner is None:
            loose.append(paper)
        else:
            answers[owner].append(paper.removeprefix(owner).lstrip(" :;,–-") or "on file")
    unanswered = "not asked" if row["status"] in NOT_ASKED else "open"
    found = [ByHand(item, "on file" if answers[item] else unanswered, "; ".join(answers[item])) for item in asked]
    return tuple(found + [ByHand("", "on file", paper) for paper in loose])

"""What the plan would move: requirement by requirement, the package, the quarter and the status expected then."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from assessment.reports.parts import Link, Listing, Status
from assessment.reports.reading import Results
from assessment.reports.wording import status

MOVES_SHOWN = 120
NOT_MORE = "Not more than partly"


@dataclasses.dataclass(frozen=True, slots=True)
class Move:
    """One requirement that a package of work moves. `quarter` 0 means later than the four planned ones; `stays_open`
    says what keeps it from standing higher."""

    requirement: Link
    package: str
    quarter: int
    finish: str
    now: Status
    expected: Status
    stays_open: str


def moves(results: Results, framework: str, requirements: Mapping[str, Link]) -> Listing[Move]:
    """In the order of the plan; empty where no plan was made."""
    if not results.has("requirement_moves"):
        return Listing()
    titled = results.has("packages")
    title = "coalesce(p.title, m.package_id)" if titled else "m.package_id"
    join = "LEFT JOIN packages p USING (package_id)" if titled else ""
    rows = results.rows(
        f"SELECT m.*, {title} AS package FROM requirement_moves m {join} WHERE framework = ?"
        " ORDER BY quarter NULLS LAST, finish_date NULLS LAST, requirement_id, package_id",
        [framework],
    )
    found = [
        Move(
            requirements.get(row["requirement_id"], Link(row["requirement_id"], None)),
            row["package"] or "", row["quarter"] or 0, str(row["finish_date"] or ""), status(row["status_now"]),
            status(row["status_expected"]), _stays_open(row["why"] or ""),
        )
        for row in rows
    ]  # fmt: skip
    return Listing(tuple(found[:MOVES_SHOWN]), len(found))


def _stays_open(why: str) -> str:
    """The end of a status reason that names what is lacking; the rest stands on the sheet."""
    at = why.find(NOT_MORE)
    return why[at:] if at >= 0 else ""

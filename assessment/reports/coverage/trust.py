"""From results to trust pages: what guards each component, what would notice an attack on it, what is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assessment.frameworks.components import Component, components
from assessment.reports.coverage.grids import Found
from assessment.reports.coverage.parts import CheckLine, Grid, HiddenTable, OpenCheck, Threat, TrustPage
from assessment.reports.parts import Listing
from assessment.reports.reading import Results

SUBJECTS_SHOWN = 3
TABLES_SHOWN = 5


def trust_pages(results: Results, found: Found, grids: Sequence[Grid]) -> tuple[TrustPage, ...]:
    """Every component. `results` must know `found_within`, the findings of the scope that `found` counts."""
    carried = components()
    named = sorted({check for one in carried for check in (*one.prevents, *one.notices)})
    subjects = _subjects(results, named)
    judges = {row["check_id"]: row["judges"] for row in results.rows("SELECT check_id, judges FROM checks")}
    hidden = _hidden(results)
    threats = {(grid.framework, cell.requirement_id): Threat(grid.title, cell) for grid in grids for cell in grid.cells}
    return tuple(_page(one, found, subjects, threats, _of(one, judges, hidden)) for one in carried)


def _page(
    one: Component,
    found: Found,
    subjects: Mapping[tuple[str, str], Listing[str]],
    threats: Mapping[tuple[str, str], Threat],
    hidden: Listing[HiddenTable],
) -> TrustPage:
    prevents = tuple(found.line(check) for check in one.prevents)
    notices = tuple(found.line(check) for check in one.notices)

    def still(state: str, verdict: str) -> tuple[OpenCheck, ...]:
        lines: tuple[CheckLine, ...] = (*prevents, *notices)
        none: Listing[str] = Listing()
        return tuple(
            OpenCheck(line, subjects.get((line.check_id, verdict), none)) for line in lines if line.state == state
        )

    return TrustPage(
        id=one.id,
        title=one.title,
        guards=one.guards,
        threats=tuple(threats[named] for named in one.threats if named in threats),
        prevents=prevents,
        notices=notices,
        failing=still("fails", "fail"),
        unknown=(*still("unknown", "unknown"), *still("not run", "unknown")),
        by_hand=one.by_hand,
        gaps=hidden,
        blind_to=one.blind_to,
    )


def _subjects(results: Results, checks: Sequence[str]) -> dict[tuple[str, str], Listing[str]]:
    """(check, verdict) -> the first subjects in the scope, and how many there are."""
    rows = results.rows(
        f"""SELECT check_id, verdict, list(named ORDER BY named)[1:{SUBJECTS_SHOWN}] AS shown, count(*) AS total
            FROM (SELECT check_id, verdict, concat_ws('/', cluster, subject_namespace, subject_kind, subject_name)
                      || CASE WHEN subject_part <> '' THEN ' [' || subject_part || ']' ELSE '' END AS named
                  FROM found_within WHERE verdict <> 'pass' AND list_contains(?::VARCHAR[], check_id))
            GROUP BY check_id, verdict""",
        [list(checks)],
    )
    return {(row["check_id"], row["verdict"]): Listing(tuple(row["shown"]), row["total"]) for row in rows}


def _hidden(results: Results) -> dict[str, HiddenTable]:
    """Tables of which something was not seen."""
    rows: list[dict[str, Any]] = results.rows(
        'SELECT "table", count(*) AS number, min(closed_by) AS closed_by FROM gaps GROUP BY "table"'
    )
    return {row["table"]: HiddenTable(row["table"], row["number"], row["closed_by"] or "") for row in rows}


def _of(one: Component, judges: Mapping[str, str], hidden: Mapping[str, HiddenTable]) -> Listing[HiddenTable]:
    """What of it checks of this component would have judged, the most gaps first."""
    tables = {judges[check] for check in (*one.prevents, *one.notices) if check in judges}
    met = sorted((hidden[table] for table in tables if table in hidden), key=lambda each: (-each.gaps, each.table))
    return Listing(tuple(met[:TABLES_SHOWN]), len(met))

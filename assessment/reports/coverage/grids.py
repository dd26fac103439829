"""From results to heat maps: every framework that comes on request, requirement by requirement."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from assessment.frameworks.load import Evidence, Framework, carried, load
from assessment.reports.coverage.parts import Cell, CheckLine, Column, Grid
from assessment.reports.parts import Counts, StatusCount
from assessment.reports.reading import Results
from assessment.reports.wording import TRIED, status

Row = dict[str, Any]
_COUNTED = tuple(field.name for field in dataclasses.fields(Counts))


class Found:
    """What every check found in one scope, and what it is called."""

    def __init__(self, results: Results, scope: str) -> None:
        self._titles = {row["check_id"]: row["title"] for row in results.rows("SELECT check_id, title FROM checks")}
        rows = results.rows("SELECT * FROM scope_checks WHERE scope = ?", [scope])
        self._counts = {row["check_id"]: Counts(**{name: row[name] or 0 for name in _COUNTED}) for row in rows}

    def line(self, check_id: str, shows: str = "") -> CheckLine:
        """One check; one that this run does not know was not run."""
        counts = self._counts.get(check_id)
        title = self._titles.get(check_id) or check_id
        return CheckLine(check_id, title, shows, counts or Counts(), counts is not None)

    def lines(self, named: Sequence[Evidence]) -> tuple[CheckLine, ...]:
        """The checks of one requirement."""
        return tuple(self.line(one.check, one.shows) for one in named)


def grids(results: Results, found: Found) -> tuple[Grid, ...]:
    """A heat map for every assessed framework that is good practice and no duty; matrices of threats first."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in results.rows("SELECT * FROM requirements ORDER BY file_row_number"):
        rows[row["framework"]].append(row)
    wanted = [load(name) for name in carried() if name in rows and load(name).on_request]
    wanted.sort(key=lambda framework: (not framework.tactics, framework.title))
    return tuple(_grid(framework, rows[framework.id], found) for framework in wanted)


def _grid(framework: Framework, rows: Sequence[Row], found: Found) -> Grid:
    cells = _cells(framework, rows, found)
    counted = Counter(cell.status.word for cell in cells.values())
    return Grid(
        framework=framework.id,
        title=framework.title,
        version=framework.version,
        source=framework.source,
        limits=framework.limits,
        is_matrix=bool(framework.tactics),
        columns=_tactics(framework, cells) if framework.tactics else _sections(framework, cells),
        cells=tuple(cells.values()),
        statuses=tuple(StatusCount(status(word), counted.pop(word, 0)) for word in TRIED)
        + tuple(StatusCount(status(word), count) for word, count in sorted(counted.items())),
    )


def _cells(framework: Framework, rows: Sequence[Row], found: Found) -> dict[str, Cell]:
    """Requirements by id, in the order of the framework. What the run did not judge is not drawn as judged."""
    judged = {row["requirement_id"]: row for row in rows}
    names = {tactic.id: tactic.name for tactic in framework.tactics}
    cells = {}
    for place, one in enumerate(framework.requirements):
        if one.level != "requirement":
            continue
        row = judged.get(one.id, {})
        cells[one.id] = Cell(
            requirement_id=one.id,
            anchor=f"{framework.id}-{place}",
            title=one.title,
            status=status(row.get("status") or "not assessed"),
            reason=row.get("status_reason") or "This run did not judge it.",
            counts=Counts(row.get("passed") or 0, row.get("failed") or 0, row.get("unknown") or 0),
            prevents=found.lines(one.evidence),
            notices=found.lines(one.notices),
            asked=one.by_hand,
            by_hand_open=row.get("by_hand_open") or 0,
            blind_to=one.blind_to,
            tactics=tuple(names[tactic] for tactic in one.tactics),
        )
    return cells


def _tactics(framework: Framework, cells: Mapping[str, Cell]) -> tuple[Column, ...]:
    placed = {one.id: one.tactics for one in framework.requirements}
    return tuple(
        Column(tactic.id, tactic.name, tuple(cell for name, cell in cells.items() if tactic.id in placed[name]))
        for tactic in framework.tactics
    )


def _sections(framework: Framework, cells: Mapping[str, Cell]) -> tuple[Column, ...]:
    """Every section with the requirements directly or by others below it, and no section between."""
    sections = {one.id: one for one in framework.requirements if one.level == "section"}
    below: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells.values():
        above = next((name for name in framework.lineage(cell.requirement_id) if name in sections), "")
        below[above].append(cell)
    named = {name: section.title for name, section in sections.items()} | {"": "Without a section"}
    return tuple(Column(name, title, tuple(below[name])) for name, title in named.items() if name in below)

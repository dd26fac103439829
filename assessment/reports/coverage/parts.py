"""What stands on the coverage pages: frozen values that templates only arrange. All counts name their whole."""

from __future__ import annotations

import dataclasses
from itertools import zip_longest

from assessment.reports.parts import Counts, Listing, Status, StatusCount

ROW_OF_CELLS = 6
"""How many requirements of a section stand side by side."""


@dataclasses.dataclass(frozen=True, slots=True)
class CheckLine:
    """One check as a row or a component uses it. `shows` is empty where its title says enough."""

    check_id: str
    title: str
    shows: str
    counts: Counts
    was_run: bool = True

    @property
    def state(self) -> str:
        """The worst that it found: fails, unknown, passes, or nothing to judge."""
        if not self.was_run:
            return "not run"
        if self.counts.failed:
            return "fails"
        if self.counts.unknown or self.counts.unseen:
            return "unknown"
        return "passes" if self.counts.passed else "nothing to judge"

    @property
    def style(self) -> str:
        """The style of the state."""
        return self.state.replace(" ", "-")


@dataclasses.dataclass(frozen=True, slots=True)
class Cell:
    """One requirement or technique: its status, what bears on it, and what stays open."""

    requirement_id: str
    anchor: str
    title: str
    status: Status
    reason: str
    counts: Counts
    prevents: tuple[CheckLine, ...]
    notices: tuple[CheckLine, ...]
    asked: tuple[str, ...]
    by_hand_open: int
    blind_to: tuple[str, ...]
    tactics: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """The count beside the colour."""
        if not self.prevents:
            return "no check"
        return f"{self.counts.passed:,} of {self.counts.judged:,} pass" if self.counts.judged else "nothing judged"

    @property
    def noticed(self) -> str:
        """How many of the checks pass that stand for somebody noticing; nothing where there is none."""
        passing = sum(line.state == "passes" for line in self.notices)
        return f"{passing} of {len(self.notices)} would notice" if self.notices else ""


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """A tactic of a matrix, or a section of a list, with its cells."""

    id: str
    name: str
    cells: tuple[Cell, ...]

    @property
    def told(self) -> str:
        """What of it is contradicted."""
        return f"{sum(cell.status.word == 'contradicted' for cell in self.cells)} of {len(self.cells)} contradicted"

    @property
    def rows(self) -> tuple[tuple[Cell | None, ...], ...]:
        """Its cells side by side, the last row filled with nothing."""
        starts = range(0, len(self.cells), ROW_OF_CELLS)
        rows = [self.cells[start : start + ROW_OF_CELLS] for start in starts]
        return tuple(row + (None,) * (ROW_OF_CELLS - len(row)) for row in rows)


@dataclasses.dataclass(frozen=True, slots=True)
class Grid:
    """One framework as a heat map. `cells` are its requirements, each once; in `columns` one may stand twice."""

    framework: str
    title: str
    version: str
    source: str
    limits: tuple[str, ...]
    is_matrix: bool
    columns: tuple[Column, ...]
    cells: tuple[Cell, ...]
    statuses: tuple[StatusCount, ...]

    @property
    def noun(self) -> str:
        """What a cell is."""
        return "technique" if self.is_matrix else "row"

    @property
    def placements(self) -> int:
        """How many cells are drawn."""
        return sum(len(column.cells) for column in self.columns)

    @property
    def with_checks(self) -> int:
        """How many requirements any check bears on."""
        return sum(bool(cell.prevents) for cell in self.cells)

    @property
    def with_notices(self) -> int:
        """How many techniques any check would notice."""
        return sum(bool(cell.notices) for cell in self.cells)

    @property
    def rows(self) -> tuple[tuple[Cell | None, ...], ...]:
        """A matrix read line by line: a cell of each tactic, or nothing where a tactic has no more."""
        return tuple(zip_longest(*(column.cells for column in self.columns)))


@dataclasses.dataclass(frozen=True, slots=True)
class Threat:
    """A technique that is aimed at a component."""

    framework: str
    cell: Cell


@dataclasses.dataclass(frozen=True, slots=True)
class OpenCheck:
    """A check of the component that fails or is unknown, with the first subjects of it."""

    line: CheckLine
    subjects: Listing[str]


@dataclasses.dataclass(frozen=True, slots=True)
class HiddenTable:
    """A table that checks of the component judge, and of which something was not seen."""

    table: str
    gaps: int
    closed_by: str


@dataclasses.dataclass(frozen=True, slots=True)
class TrustPage:
    """One component: threat, what prevents it, what would notice it, what is open."""

    id: str
    title: str
    guards: str
    threats: tuple[Threat, ...]
    prevents: tuple[CheckLine, ...]
    notices: tuple[CheckLine, ...]
    failing: tuple[OpenCheck, ...]
    unknown: tuple[OpenCheck, ...]
    by_hand: tuple[str, ...]
    gaps: Listing[HiddenTable]
    blind_to: tuple[str, ...]

    @property
    def told(self) -> str:
        """How its checks stand, each number with its whole."""
        return f"What prevents: {tally(self.prevents)} What would notice: {tally(self.notices)}"

    @property
    def checks(self) -> int:
        """How many checks guard it in either way."""
        return len(self.prevents) + len(self.notices)


@dataclasses.dataclass(frozen=True, slots=True)
class Coverage:
    """Everything on the pages. `holds` says what the scope holds in which all of it is counted."""

    client: str
    run: str
    as_of: str
    tool_version: str
    clusters: tuple[str, ...]
    holds: str
    grids: tuple[Grid, ...]
    components: tuple[TrustPage, ...]


def tally(lines: tuple[CheckLine, ...]) -> str:
    """Of 12 checks 5 pass, 3 fail, 2 unknown, 2 with nothing to judge."""
    counted = [(state, sum(line.state == state for line in lines)) for state in _SAID]
    told = [_SAID[state].format(count) for state, count in counted if count]
    return f"Of {len(lines)} checks {', '.join(told)}."


_SAID = {
    "passes": "{} pass",
    "fails": "{} fail",
    "unknown": "{} unknown",
    "nothing to judge": "{} with nothing to judge",
    "not run": "{} not run",
}

"""The roadmap of one framework: what moves each requirement, when, and what people still have to show.

`road_of` is for every report that prints the same table; `roadmap_page/lines.html.j2` draws it.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from assessment.reports import wording as packs
from assessment.reports.leadership.parts import Package
from assessment.reports.leadership.work import as_date
from assessment.reports.parts import Listing, Status
from assessment.reports.reading import Results

REASON_LENGTH = 220
ASKED_SHOWN = 2


@dataclasses.dataclass(frozen=True, slots=True)
class RoadLine:
    """One requirement with the packages that move it; `by_hand` is what people still have to show."""

    requirement_id: str
    title: str
    today: Status
    expected: Status
    packages: tuple[Package, ...]
    quarter: int | None
    finish: date | None
    why: str
    by_hand: Listing[str]


@dataclasses.dataclass(frozen=True, slots=True)
class Unmoved:
    """Requirements of one status that no package moves."""

    status: Status
    ids: tuple[str, ...]
    by_hand_open: int


@dataclasses.dataclass(frozen=True, slots=True)
class Road:
    """The whole framework: `lines` and `unmoved` together hold every requirement once."""

    framework: str
    title: str
    version: str
    total: int
    lines: tuple[RoadLine, ...]
    unmoved: tuple[Unmoved, ...]

    @property
    def changing(self) -> int:
        """Requirements whose status is expected to become another."""
        return sum(line.today != line.expected for line in self.lines)

    @property
    def changing_within(self) -> int:
        """Those of them that change within the four quarters."""
        return sum(line.today != line.expected and line.quarter is not None for line in self.lines)


def road_of(results: Results, framework: str, title: str, packages: Sequence[Package]) -> Road:
    """Every requirement of a framework, moved or not; sections and parts of requirements stand apart."""
    rows = results.rows(
        "SELECT * FROM requirements WHERE framework = ? AND level = 'requirement' ORDER BY file_row_number", [framework]
    )
    moves: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in results.rows(
        "SELECT * FROM requirement_moves WHERE framework = ? ORDER BY file_row_number", [framework]
    ):
        moves[row["requirement_id"]].append(row)
    by_id = {package.package_id: package for package in packages}
    lines = tuple(_line(row, moves[row["requirement_id"]], by_id) for row in rows if moves.get(row["requirement_id"]))
    rest: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        if not moves.get(row["requirement_id"]):
            rest[row["status"]].append(row)
    known = [status.word for status in packs.STATUSES]
    return Road(
        framework=framework,
        title=title,
        version=str(rows[0]["framework_version"] or "") if rows else "",
        total=len(rows),
        lines=lines,
        unmoved=tuple(
            Unmoved(
                packs.status(word),
                tuple(row["requirement_id"] for row in rest[word]),
                sum(row["by_hand_open"] or 0 for row in rest[word]),
            )
            for word in [*known, *sorted(set(rest) - set(known))]
            if rest.get(word)
        ),
    )


def _line(row: Mapping[str, Any], moves: Sequence[Mapping[str, Any]], packages: Mapping[str, Package]) -> RoadLine:
    """The last package to finish decides what is expected; one without a quarter leaves it open."""
    last = max(moves, key=lambda move: (move["quarter"] or 9, str(move["finish_date"] or ""), move["package_id"]))
    moving = sorted(
        {packages[move["package_id"]] for move in moves if move["package_id"] in packages},
        key=lambda package: package.number,
    )
    asked = _open(row)
    return RoadLine(
        requirement_id=row["requirement_id"],
        title=row["title"],
        today=packs.status(row["status"]),
        expected=packs.status(last["status_expected"] or row["status"]),
        packages=tuple(moving),
        quarter=last["quarter"],
        finish=as_date(last["finish_date"]),
        why=packs.shortened(last["why"] or "", REASON_LENGTH),
        by_hand=Listing(tuple(asked[:ASKED_SHOWN]), row["by_hand_open"] or 0),
    )


def _open(row: Mapping[str, Any]) -> list[str]:
    """What was asked for and is not on file, as far as the file says which."""
    on_file = list(row["by_hand_on_file"] or ())
    asked = [item for item in row["by_hand"] or () if not any(paper.startswith(item) for paper in on_file)]
    return asked[: row["by_hand_open"] or 0]

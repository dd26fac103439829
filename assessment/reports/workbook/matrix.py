"""The scorecard as a grid: rows are bands of the score, columns are sizes of the effort."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter.worksheet import Worksheet

from assessment.reports.reading import Results
from assessment.reports.workbook.cells import COLOURS, WORD, Cells

HIGH_SCORE, MANY_DAYS = 60, 5
BANDS = ((80, "very high, 80 to 100"), (60, "high, 60 to 79"), (40, "moderate, 40 to 59"), (20, "low, 20 to 39"),
         (0, "very low, below 20"))  # fmt: skip
SIZES = ((0.5, "XS, up to 0.5 days"), (2, "S, up to 2"), (5, "M, up to 5"), (15, "L, up to 15"),
         (float("inf"), "XL, more than 15"))  # fmt: skip
QUADRANTS = {(True, False): "Do now", (True, True): "Plan and fund", (False, False): "Batch",
             (False, True): "Park or accept"}  # fmt: skip
HEADER: dict[str, Any] = {
    "bold": True, "font_color": "#FFFFFF", "bg_color": "#14375E", "valign": "vcenter", "align": "center",
}  # fmt: skip

Row = Mapping[str, Any]


def matrix(page: Worksheet, cells: Cells, results: Results) -> None:
    """Fill the sheet: the grid of package numbers, then the packages of each quadrant."""
    rows = results.rows("SELECT * FROM packages JOIN numbered USING (package_id) ORDER BY number")
    page.set_column(0, 0, 24)
    page.set_column(1, len(SIZES), 30)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.freeze_panes(2, 1)
    cells.text(page, 0, 0, f"Score by effort: {len(rows):,} packages, each in one cell.", text_wrap=False, italic=True)
    cells.text(page, 1, 0, "score / person-days", **HEADER)
    for column, (_, name) in enumerate(SIZES, 1):
        cells.text(page, 1, column, name, **HEADER)
    _grid(page, cells, rows)
    _quadrants(page, cells, rows, 3 + len(BANDS))


def place(score: int, days: float) -> tuple[int, int]:
    """Row and column of the grid, from the top left."""
    row = next(number for number, (floor, _) in enumerate(BANDS) if score >= floor)
    return row, next(number for number, (most, _) in enumerate(SIZES) if days <= most)


def _grid(page: Worksheet, cells: Cells, rows: Sequence[Row]) -> None:
    inside: dict[tuple[int, int], list[str]] = defaultdict(list)
    for row in rows:
        inside[place(row["score"] or 0, row["effort_days"] or 0)].append(f"#{row['number']} {row['package_id']}")
    for number, (floor, name) in enumerate(BANDS):
        cells.text(page, 2 + number, 0, name, **HEADER)
        for column, (most, _) in enumerate(SIZES):
            colour = COLOURS[QUADRANTS[floor >= HIGH_SCORE, most > MANY_DAYS]]
            cells.text(page, 2 + number, 1 + column, inside[number, column], bg_color=colour, border=1,
                       border_color="#FFFFFF")  # fmt: skip


def _quadrants(page: Worksheet, cells: Cells, rows: Sequence[Row], first: int) -> None:
    for number, header in enumerate(("Quadrant", "When", "Packages")):
        cells.text(page, first, number, header, **HEADER)
    for number, ((high, many), name) in enumerate(QUADRANTS.items(), first + 1):
        cells.text(page, number, 0, name, WORD, bold=True)
        score = f"score {HIGH_SCORE} or more" if high else f"score below {HIGH_SCORE}"
        days = f"more than {MANY_DAYS} person-days" if many else f"{MANY_DAYS} person-days or fewer"
        cells.text(page, number, 1, f"{score}, {days}")
        mine = [f"#{row['number']} {row['title']}" for row in rows if row["quadrant"] == name]
        cells.text(page, number, 2, mine or "none")

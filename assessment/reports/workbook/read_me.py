"""The first sheet: what this is, of which run, what each sheet holds, and what is left out."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from xlsxwriter.worksheet import Worksheet

from assessment.reports.decisions import caveats
from assessment.reports.reading import Results
from assessment.reports.wording import TRIED, status
from assessment.reports.workbook.cells import INSTANT, TEXT, Cells

TITLE: dict[str, Any] = {"bold": True, "font_size": 16, "font_color": "#14375E", "text_wrap": False}
HEADING: dict[str, Any] = {"bold": True, "font_size": 12, "font_color": "#14375E", "text_wrap": False}

LEGEND = (
    ("pass / fail / unknown", "What could not be seen is never a pass: a pass that something unseen could change is "
     "unknown. A fail stands on what was seen."),
    ("Score", "0 to 100, in bands of 20. It is that of the failing subjects; `at the most` counts what is unknown as "
     "failing and every open circumstance at its worst."),
    ("Risk points", "Expected loss in hundredths of the worst credible one in twelve months. Points add up, scores "
     "do not."),
    ("Effort", "Person-days. The planning number is the mean of low, likely and high."),
    ("Quadrants", "Fixed lines at a score of 60 and at 5 person-days: Do now, Plan and fund, Batch, Park or accept."),
    ("Health", "0 to 100. The grade is that of the lower bound, so more evidence can only better it."),
    ("#", "The number of a package; the same in every report of this run."),
)  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class Shown:
    """A list of the workbook: what its rows are, how many are there of how many."""

    name: str
    says: str
    rows: int
    total: int
    rest: str

    @property
    def counted(self) -> str:
        """All 12 rows; 100 of 412 shown, the rest in findings.csv."""
        if self.rows == self.total:
            return f"{self.total:,} {'row' if self.total == 1 else 'rows'}."
        return f"{self.rows:,} of {self.total:,} shown, the rest in {self.rest}."


def read_me(
    page: Worksheet, cells: Cells, run: Mapping[str, Any], results: Results, lists: Sequence[Shown]
) -> None:
    """Fill the sheet. It is written last, when it is known what had to be cut."""
    page.set_column(0, 0, 30)
    page.set_column(1, 1, 100)
    page.hide_gridlines(2)
    cells.text(page, 0, 0, "kubesurvey workbook", **TITLE)
    for number, (name, value, kind) in enumerate(_lines(run, results, lists, cells), 2):
        if kind is None:
            cells.text(page, number, 0, name, **HEADING)
        else:
            cells.text(page, number, 0, name, bold=True)
            cells.put(page, number, 1, value, kind)
    page.set_paper(9)
    page.fit_to_pages(1, 0)


Line = tuple[str, Any, str | None]
"""Name, value, kind of the value; no kind makes a heading."""


def _lines(run: Mapping[str, Any], results: Results, lists: Sequence[Shown], cells: Cells) -> Iterator[Line]:
    yield "Client", run["client"], TEXT
    yield "Run", run["run"], TEXT
    yield "As of (UTC)", run["as_of"], INSTANT
    yield "kubesurvey", run["kubesurvey_version"], TEXT
    yield "Clusters", [row["cluster"] for row in results.rows("SELECT cluster FROM clusters ORDER BY cluster")], TEXT
    for text in caveats(results):
        yield "The plan", text, TEXT
    yield "", None, TEXT
    yield "Sheets", None, None
    for shown in lists:
        yield shown.name, f"{shown.says} {shown.counted}", TEXT
    yield "Matrix", "Packages by score and effort, as on the scorecard.", TEXT
    yield "", None, TEXT
    yield "What is left out", None, None
    yield from _left_out(results, lists, cells)
    yield "", None, TEXT
    yield "How to read it", None, None
    for name, says in LEGEND:
        yield name, says, TEXT
    for word in TRIED:
        yield f"Status: {word}", status(word).when, TEXT


def _left_out(results: Results, lists: Sequence[Shown], cells: Cells) -> Iterator[Line]:
    passes = results.number("SELECT count(*) FROM findings WHERE verdict = 'pass'")
    yield "Passes", f"{passes:,} passes are not listed here; findings.csv holds them.", TEXT
    outside = results.number("SELECT count(*) FROM out_of_scope")
    yield "Out of scope", f"{outside:,} subjects that a check leaves out; out_of_scope.csv holds them.", TEXT
    gaps = results.number("SELECT count(*) FROM gaps")
    yield "Not seen", f"{gaps:,} lists or answers were not seen; the sheet Gaps says what would close each.", TEXT
    for shown in lists:
        if shown.rows < shown.total:
            yield shown.name, shown.counted, TEXT
    if cells.cut:
        yield "Cut texts", f"{cells.cut:,} texts were longer than a cell holds; each says so at its end.", TEXT
    yield "Secret values", "Never read into the evidence; what looked like one was redacted before it was stored.", TEXT

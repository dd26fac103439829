"""The workbook: what a consultant filters, sorts and takes along. The same results give the same bytes."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from assessment.reports.decisions import opened
from assessment.reports.documents import put
from assessment.reports.reading import Assessed, Results
from assessment.reports.workbook import evidence_sheets as evidence
from assessment.reports.workbook import work_sheets as work
from assessment.reports.workbook.cells import Cells
from assessment.reports.workbook.listing import Sheet
from assessment.reports.workbook.matrix import matrix
from assessment.reports.workbook.read_me import Shown, read_me

NAME = "workbook.xlsx"
MANY_ROWS = 20_000
"""From here on rows go to the disk as they are written; what is read back is the same."""
HEADER_ROW = 1
HEADER: dict[str, Any] = {"bold": True, "font_color": "#FFFFFF", "bg_color": "#14375E", "valign": "vcenter"}

BEFORE_MATRIX = (work.REGISTER, evidence.FINDINGS, work.PACKAGES, work.PLAN)
AFTER_MATRIX = (
    work.SCENARIOS, work.HEALTH, evidence.REQUIREMENTS, evidence.EVIDENCE, evidence.GAPS, evidence.EXCEPTIONS,
    evidence.ANSWERS, evidence.OPEN_QUESTIONS,
)  # fmt: skip


def write(workspace: Assessed, *, most_rows: int | None = None, many_rows: int = MANY_ROWS) -> Path:
    """Write the workbook into the reports of the workspace. Raises ResultsMissing where there is no plan yet.

    `most_rows`: the most that any list shows, below the bounds that the lists have of their own.
    """
    results = opened(workspace)
    try:
        return put(_bytes(results, most_rows, many_rows), workspace.reports / NAME)
    finally:
        results.close()


def _bytes(results: Results, most_rows: int | None, many_rows: int) -> bytes:
    body = io.BytesIO()
    before, after = (tuple(sheet.at_most(most_rows) for sheet in lists) for lists in (BEFORE_MATRIX, AFTER_MATRIX))
    counts = {sheet.name: results.number(sheet.counting) for sheet in (*before, *after)}
    book = Workbook(body, {
        "constant_memory": sum(counts.values()) > many_rows, "strings_to_formulas": False, "strings_to_urls": False,
        "strings_to_numbers": False, "remove_timezone": True,
    })  # fmt: skip
    run = results.rows("SELECT * FROM runs")[0]
    book.set_properties({"title": "kubesurvey workbook", "created": _as_of(run["as_of"])})
    cells = Cells(book)
    front = book.add_worksheet("Read me")
    shown = [_listed(book, cells, results, sheet, counts[sheet.name]) for sheet in before]
    matrix(book.add_worksheet("Matrix"), cells, results)
    shown += [_listed(book, cells, results, sheet, counts[sheet.name]) for sheet in after]
    read_me(front, cells, run, results, shown)
    book.close()
    return body.getvalue()


def _listed(book: Workbook, cells: Cells, results: Results, sheet: Sheet, total: int) -> Shown:
    page = book.add_worksheet(sheet.name)
    rows = min(total, sheet.most)
    shown = Shown(sheet.name, sheet.says, rows, total, sheet.rest)
    last = len(sheet.columns) - 1
    page.set_row(HEADER_ROW, 30)
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width)
    cells.text(page, 0, 0, f"{sheet.says} {shown.counted}", text_wrap=False, italic=True)
    for place, column in enumerate(sheet.columns):
        cells.text(page, HEADER_ROW, place, column.header, **HEADER)
    for number, row in enumerate(results.rows(sheet.sql), HEADER_ROW + 1):
        for place, column in enumerate(sheet.columns):
            cells.put(page, number, place, row[str(place)], column.kind)
    _for_reading(page, HEADER_ROW + max(rows, 1), last)
    return shown


def _for_reading(page: Worksheet, last_row: int, last_column: int) -> None:
    page.freeze_panes(HEADER_ROW + 1, 1)
    page.autofilter(HEADER_ROW, 0, last_row, last_column)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(HEADER_ROW)


def _as_of(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC).replace(tzinfo=None)

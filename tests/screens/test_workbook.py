"""The workbook, read back as a spreadsheet reads it."""

from __future__ import annotations

import re
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from xlsxwriter.workbook import Workbook as Book

from assessment.reports import workbook
from assessment.reports.reading import ResultsMissing
from assessment.reports.workbook.cells import MOST_UNITS, Cells, fitted
from assessment.reports.workbook.matrix import place
from tests.reports.made_up_results import FORMULA, LONG, MARKUP, RIGHT_TO_LEFT
from tests.screens.made_up_estate import Estate, make

SHEETS = ["Read me", "Register", "Findings", "Packages", "Plan", "Matrix", "Capacity", "Health", "Requirements",
          "Evidence index", "Gaps", "Exceptions", "Answers", "Open questions"]  # fmt: skip


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Estate:
    return make(tmp_path_factory.mktemp("estate") / "client")


@pytest.fixture(scope="module")
def written(estate: Estate) -> Workbook:
    return load_workbook(workbook.write(estate))


def _cells(read: Workbook) -> list[Any]:
    return [cell for sheet in read for row in sheet.iter_rows() for cell in row if cell.value is not None]


def _rows(read: Workbook, name: str) -> list[dict[str, Any]]:
    """Rows below the header, by header."""
    lines = read[name].iter_rows(min_row=2, values_only=True)
    header = next(lines)
    return [dict(zip(header, line, strict=True)) for line in lines]


def _parts(file: Path) -> dict[str, str]:
    with zipfile.ZipFile(file) as parts:
        return {name: parts.read(name).decode() for name in parts.namelist()}


def test_it_has_the_sheets_that_were_promised_in_that_order(written: Workbook) -> None:
    assert written.sheetnames == SHEETS


def test_every_list_can_be_filtered_and_keeps_its_header_in_sight(written: Workbook) -> None:
    for name in SHEETS[1:]:
        assert written[name].freeze_panes == "B3"
        assert name == "Matrix" or written[name].auto_filter.ref.startswith("A2:")


def test_no_cell_is_a_formula_or_a_link_whatever_the_names_are(estate: Estate, written: Workbook) -> None:
    assert {cell.data_type for cell in _cells(written)} <= {"s", "n", "d"}
    assert [cell.value for cell in _cells(written) if cell.hyperlink] == []
    parts = _parts(estate.reports / "workbook.xlsx")
    sheets = "".join(text for name, text in parts.items() if "/worksheets/" in name)
    assert not re.search(r"<f[ >]", sheets) and "<hyperlink" not in sheets
    assert not [name for name in parts if "external" in name.lower()]


def test_what_a_spreadsheet_would_take_for_a_formula_stays_text_even_when_somebody_edits_the_cell(
    written: Workbook,
) -> None:
    taken = [cell for cell in _cells(written) if str(cell.value).startswith(("=", "+", "-", "@"))
             and not isinstance(cell.value, int | float)]
    assert {FORMULA, "@SUM(A1)"} <= {cell.value for cell in taken}
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in taken)


def test_hostile_names_stand_there_as_text_with_what_acts_shown(written: Workbook) -> None:
    names = {row["Name"] for row in _rows(written, "Findings")}
    assert {MARKUP, LONG, "{{ 7*7 }}", "nul[U+0000]byte", "שלום"} <= names
    assert RIGHT_TO_LEFT not in names and "abc[U+202E]gnp.exe" in names


def test_numbers_are_numbers_and_days_are_days(written: Workbook) -> None:
    for row in _rows(written, "Register"):
        assert isinstance(row["Score (0-100)"], int) and isinstance(row["Risk points"], int | float)
    planned = [row for row in _rows(written, "Plan") if row["Quarter"] != "later"]
    assert planned and all(isinstance(row["Start"], datetime) for row in planned)
    assert all(isinstance(row["Started (UTC)"], datetime) for row in _rows(written, "Evidence index"))
    assert {type(row["Answered on"]) for row in _rows(written, "Answers")} == {datetime, type(None)}


def test_every_risk_package_requirement_item_and_gap_is_there_once(estate: Estate, written: Workbook) -> None:
    for sheet, header, name, key in (
        ("Register", "Risk", "risks", "risk_id"),
        ("Packages", "Package", "packages", "package_id"),
        ("Plan", "Package", "plan", "package_id"),
        ("Requirements", "Requirement", "requirements", "requirement_id"),
        ("Evidence index", "Evidence", "evidence_items", "evidence_id"),
        ("Gaps", "Gap", "gaps", "gap"),
    ):
        assert sorted(row[header] for row in _rows(written, sheet)) == sorted(row[key] for row in estate.rows(name))


def test_findings_are_the_fails_and_the_unknowns_each_with_its_points_and_packages(
    estate: Estate, written: Workbook
) -> None:
    rows = _rows(written, "Findings")
    expected = [row for row in estate.rows("findings") if row["verdict"] != "pass"]
    assert sorted(row["Fingerprint"] for row in rows) == sorted(row["fingerprint"] for row in expected)
    assert [row["Verdict"] for row in rows] == sorted(row["Verdict"] for row in rows)
    assert all(row["Points of this member"] is not None for row in rows if row["Verdict"] == "fail")
    excepted = estate.rows("exception_matches")[0]["fingerprint"]
    assert next(row["Exceptions"] for row in rows if row["Fingerprint"] == excepted) == "1 live"


def test_the_matrix_shows_each_package_in_exactly_one_cell(estate: Estate, written: Workbook) -> None:
    grid = [cell.value or "" for row in written["Matrix"]["B3:F7"] for cell in row]
    shown = [line.partition(" ")[2] for text in grid for line in text.splitlines()]
    assert sorted(shown) == sorted(row["package_id"] for row in estate.rows("packages"))


@pytest.mark.parametrize(
    ("score", "days", "expected"), [(100, 0.5, (0, 0)), (80, 0.6, (0, 1)), (60, 5.0, (1, 2)), (59, 5.1, (2, 3)),
                                    (0, 15.1, (4, 4))]
)  # fmt: skip
def test_a_package_on_a_line_of_the_matrix_belongs_where_the_quadrants_say(
    score: int, days: float, expected: tuple[int, int]
) -> None:
    assert place(score, days) == expected


def test_the_first_sheet_says_what_this_is_and_what_is_left_out(estate: Estate, written: Workbook) -> None:
    lines = dict(written["Read me"].iter_rows(min_row=3, max_col=2, values_only=True))
    assert lines["Client"] == "Aurora Health Partners"
    assert lines["As of (UTC)"] == datetime(2026, 11, 3, 8, 20, 31)
    passes = sum(row["verdict"] == "pass" for row in estate.rows("findings"))
    assert lines["Passes"].startswith(f"{passes:,} passes")
    assert f"{len(estate.rows('packages'))} rows" in lines["Packages"]
    first = list(written["Read me"].iter_rows(max_col=2, values_only=True))
    assert ("The plan", "The capacity of the team is assumed: engagement.yaml does not name it.") in first


def test_the_same_results_give_the_same_bytes(estate: Estate) -> None:
    assert workbook.write(estate).read_bytes() == workbook.write(estate).read_bytes()


def test_more_findings_than_a_sheet_takes_are_counted_and_the_rest_is_named(tmp_path: Path) -> None:
    estate = make(tmp_path / "client")
    read = load_workbook(workbook.write(estate, most_rows=10))
    total = sum(row["verdict"] != "pass" for row in estate.rows("findings"))
    said = f"10 of {total} shown, the rest in findings.csv."
    assert read["Findings"]["A1"].value.endswith(said) and len(_rows(read, "Findings")) == 10
    lines = list(read["Read me"].iter_rows(max_col=2, values_only=True))
    assert ("Findings", said) in lines


def test_many_rows_go_to_the_disk_as_they_are_written_and_read_the_same(estate: Estate, written: Workbook) -> None:
    file = workbook.write(estate, many_rows=0)
    assert "inlineStr" in "".join(_parts(file).values())
    assert file.read_bytes() == workbook.write(estate, many_rows=0).read_bytes()
    again = load_workbook(file)
    for name in SHEETS:
        ours, theirs = (list(read[name].iter_rows(values_only=True)) for read in (written, again))
        assert ours == theirs, name


def test_a_text_longer_than_a_cell_is_cut_says_so_and_is_counted(tmp_path: Path) -> None:
    estate = make(tmp_path / "client", hostile=False)
    estate.rewrite("risks", lambda number, row: row if number else row | {"why": "é\U0001f680" * 20_000})
    read = load_workbook(workbook.write(estate))
    longest = max((str(cell.value) for cell in _cells(read)), key=len)
    assert longest.endswith("[cut: 40,000 characters, more than a cell holds]")
    assert len(longest.encode("utf-16-le")) // 2 <= MOST_UNITS
    lines = dict(read["Read me"].iter_rows(max_col=2, values_only=True))
    assert lines["Cut texts"].startswith("1 texts")


def test_a_text_that_just_fits_is_left_alone() -> None:
    assert fitted("x" * MOST_UNITS) == "x" * MOST_UNITS
    assert fitted("\U0001f680" * 16_384) != "\U0001f680" * 16_384


@pytest.mark.parametrize("text", ["a\x0bb", "a\ud800b", "a\ufffeb", " lead", "tab\tin", "cr\r\nlf", "_x0041_"])
@pytest.mark.parametrize("to_disk", [False, True])
def test_characters_that_xml_forbids_neither_break_the_file_nor_vanish(
    tmp_path: Path, text: str, to_disk: bool
) -> None:
    if to_disk and text == "_x0041_":
        pytest.skip("the reader of these tests does not undo this escape in inline strings; spreadsheets do")
    file = tmp_path / "one.xlsx"
    made = Book(file, {"constant_memory": to_disk, "strings_to_formulas": False})
    Cells(made).put(made.add_worksheet("One"), 0, 0, text)
    made.close()
    expected = {"a\x0bb": "a[U+000B]b", "a\ud800b": "a[U+D800]b", "a\ufffeb": "a[U+FFFE]b", "cr\r\nlf": "cr\nlf"}
    assert load_workbook(file)["One"]["A1"].value == expected.get(text, text)


def test_a_day_that_is_none_stays_the_text_that_somebody_wrote(tmp_path: Path) -> None:
    estate = make(tmp_path / "client")
    estate.rewrite("exceptions", lambda number, row: row | {"until": "=next year"})
    assert _rows(load_workbook(workbook.write(estate)), "Exceptions")[0]["Until"] == "=next year"


def test_results_without_scores_are_refused_with_what_makes_them(tmp_path: Path) -> None:
    estate = make(tmp_path / "client")
    (estate.results / "risks.parquet").unlink()
    with pytest.raises(ResultsMissing, match=r"no risks: run `kubesurvey assess` again"):
        workbook.write(estate)


def test_results_that_only_some_workspaces_have_leave_their_sheets_empty(tmp_path: Path) -> None:
    estate = make(tmp_path / "client")
    for name in ("exceptions", "exception_matches", "open_questions", "roadmap"):
        (estate.results / f"{name}.parquet").unlink()
    (estate.tables / "answers.parquet").unlink()
    read = load_workbook(workbook.write(estate))
    assert [_rows(read, name) for name in ("Exceptions", "Answers", "Open questions")] == [[], [], []]
    assert read["Exceptions"]["A1"].value.endswith("0 rows.")

from __future__ import annotations

import csv
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assessment.reports.export import FORMULA, TWINS, export
from assessment.reports.reading import Results
from assessment.workspace import Workspace
from tests.reports.made_up_results import make


@pytest.fixture(scope="module")
def exported(estate: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported")
    export(estate.results, folder)
    return folder


def cells(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def present(estate: Workspace) -> list[tuple[str, str]]:
    """Some results come with some workspaces only."""
    return [(name, says) for name, says in TWINS if (estate.results / f"{name}.parquet").is_file()]


def test_every_row_of_every_result_is_in_its_file(estate: Workspace, exported: Path) -> None:
    for name, _ in present(estate):
        rows = cells(exported / f"{name}.csv")
        assert len(rows) - 1 == pq.read_metadata(estate.results / f"{name}.parquet").num_rows
        assert {len(row) for row in rows} == {len(rows[0])}


def test_no_cell_is_a_formula(estate: Workspace, exported: Path) -> None:
    found = [cell for name, _ in present(estate) for row in cells(exported / f"{name}.csv") for cell in row]
    assert not [cell for cell in found if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert [cell for cell in found if cell.startswith("'=HYPERLINK")]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_what_a_spreadsheet_would_run_is_made_text(start: str, tmp_path: Path) -> None:
    folder = make(tmp_path, checks=1, findings=2, items=1, gaps=1)
    named = f'{start}1,"quoted"\nnext line'
    table = pa.table({"reason": [named, "plain"], "evidence_refs": [[named], ["a", "b"]]})
    pq.write_table(table, folder.results / "out_of_scope.parquet")
    export(folder.results, tmp_path / "reports")
    rows = cells(tmp_path / "reports" / "out_of_scope.csv")
    assert rows[1:] == [["'" + named, "'" + named], ["plain", "a; b"]]
    assert FORMULA


def test_a_name_comes_back_from_the_file_as_it_was(estate: Workspace, exported: Path) -> None:
    names = pq.read_table(estate.results / "findings.parquet").column("subject_name").to_pylist()
    rows = cells(exported / "findings.csv")
    place = rows[0].index("subject_name")
    assert [row[place].removeprefix("'") for row in rows[1:]] == names


def test_lines_end_the_same_way_on_every_machine(exported: Path) -> None:
    body = (exported / "populations.csv").read_bytes()
    assert b"\r\n" not in body
    assert io.BytesIO(body).readline().startswith(b"check_id,cluster,judged")


def test_a_quote_in_a_path_is_part_of_the_path(tmp_path: Path) -> None:
    folder = make(tmp_path / "it's here", checks=1, findings=2, items=1, gaps=1)
    results = Results(folder.results)
    assert results.number("SELECT count(*) FROM findings") == 2
    results.close()

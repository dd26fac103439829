"""The notebooks, run as a consultant runs them: on a surveyed workspace, without a network."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from assessment.workspace import Workspace
from collectors import resources

NAMES = ("01-coverage-and-findings", "02-risk-and-effort", "03-roadmap-and-what-if")
LONGEST = 30
# Any address is out of reach for what a notebook runs; the kernel itself talks to this machine only.
NO_NETWORK = """
import socket
def _refused(*_, **__):
    raise OSError("a notebook asked for the network")
socket.getaddrinfo = socket.create_connection = _refused
"""


def _book(name: str) -> nbformat.NotebookNode:
    return nbformat.read(resources.notebooks(f"{name}.ipynb"), as_version=4)


def test_these_are_all_the_notebooks_there_are() -> None:
    assert sorted(path.stem for path in resources.notebooks().glob("*.ipynb")) == list(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_kept_without_outputs_and_with_nothing_of_the_machine(name: str) -> None:
    book = _book(name)
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    assert dict(book.metadata) == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert [cell.id for cell in book.cells] == [f"cell-{number:02}" for number in range(len(book.cells))]
    assert {key for cell in book.cells for key in cell.metadata} <= {"tags"}
    nbformat.validate(book)


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_short_and_has_no_logic_of_its_own(name: str) -> None:
    code = [cell.source for cell in _book(name).cells if cell.cell_type == "code"]
    assert max(source.count("\n") + 1 for source in code) <= LONGEST
    assert not any(re.search(r"^\s*(def|class|for .*\bif|while)\b", source, re.MULTILINE) for source in code)


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_where_the_workspace_is_named_once(name: str) -> None:
    first = next(cell for cell in _book(name).cells if cell.cell_type == "code")
    assert first.metadata.tags == ["parameters"]
    assert 'os.environ.get("KUBESURVEY_WORKSPACE", "demo")' in first.source


@pytest.fixture(scope="module")
def run(surveyed: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[nbformat.NotebookNode]]:
    """Runs a notebook far away from the checkout and gives its outputs; an error in a cell raises."""
    done: dict[str, list[nbformat.NotebookNode]] = {}

    def outputs(name: str) -> list[nbformat.NotebookNode]:
        if name not in done:
            book = _book(name)
            book.cells.insert(0, nbformat.v4.new_code_cell(NO_NETWORK))
            place = {"metadata": {"path": str(tmp_path_factory.mktemp("elsewhere"))}}
            known = os.environ | {"KUBESURVEY_WORKSPACE": str(surveyed.path)}
            NotebookClient(book, timeout=300, kernel_name="python3", resources=place).execute(env=known)
            done[name] = [output for cell in book.cells for output in cell.get("outputs", [])]
        return done[name]

    return outputs


def _printed(outputs: list[nbformat.NotebookNode]) -> str:
    return "".join(output.text for output in outputs if output.output_type == "stream" and output.name == "stdout")


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_warns_of_nothing_and_draws_without_an_address(
    run: Callable[[str], list[nbformat.NotebookNode]], name: str
) -> None:
    outputs = run(name)
    assert [output.text for output in outputs if output.output_type == "stream" and output.name == "stderr"] == []
    drawn = [output.data for output in outputs if "data" in output]
    assert any("application/vnd.plotly.v1+json" in data for data in drawn)
    pages = [str(data.get("text/html", "")) for data in drawn]
    assert not [page for page in pages if re.search(r"<(script|link|img)[^>]+(src|href)=[\"']?(https?:)?//", page)]


def test_the_first_prints_the_verdicts_and_gaps_of_the_results(
    run: Callable[[str], list[nbformat.NotebookNode]], surveyed: Workspace
) -> None:
    text, verdicts = _printed(run(NAMES[0])), surveyed.result("findings")["verdict"].value_counts()
    assert f"{len(surveyed.result('gaps'))} gaps" in text
    for verdict in ("pass", "fail", "unknown"):
        assert f"{verdicts[verdict]} {verdict}\n" in text


def test_the_second_prints_the_risks_and_the_points_of_the_results(
    run: Callable[[str], list[nbformat.NotebookNode]], surveyed: Workspace
) -> None:
    text, risks, packages = _printed(run(NAMES[1])), surveyed.result("risks"), surveyed.result("packages")
    assert f"{len(risks)} risks, {(risks['score'] >= 60).sum()} of them high or very high" in text
    assert f"{len(packages)} packages remove {packages['risk_reduced'].sum():.1f} risk points" in text


def test_the_third_prints_what_the_plan_leaves_and_moves(
    run: Callable[[str], list[nbformat.NotebookNode]], surveyed: Workspace
) -> None:
    text, plan, quarters = _printed(run(NAMES[2])), surveyed.result("plan"), surveyed.result("quarters")
    left = quarters[quarters["scenario"] == "x1"].set_index("quarter")["residual"]
    assert f"{plan['quarter'].notna().sum()} of {len(plan)} packages fit into four quarters" in text
    assert f"{left[0]:.1f} risk points today, {left[4]:.1f} after the plan" in text
    assert f"{len(surveyed.result('requirement_moves'))} requirements move" in text


def test_the_readme_names_each_notebook(root: Path) -> None:
    readme = (root / "notebooks" / "README.md").read_text()
    assert all(f"`{name}.ipynb`" in readme for name in NAMES)

"""threat-coverage.html and .pdf: every cell counted once, nothing hostile acts, four things told of each component."""

from __future__ import annotations

import io
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html as parser
from pypdf import PdfReader

from assessment import pipeline
from assessment.frameworks.components import components
from assessment.frameworks.load import load, on_request
from assessment.reporting import make
from assessment.reports.coverage import page
from assessment.reports.coverage.parts import CheckLine, Coverage
from assessment.reports.parts import Counts
from assessment.reports.reading import ResultsMissing
from assessment.workspace import Workspace
from tests.frameworks.scoped_worlds import cluster_binding, deployment, namespace
from tests.reports.made_up_results import make as made_up

MARKUP = "<script>alert(1)</script>"
TURNED = "abc\u202egnp"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A cluster whose client and workloads have hostile names."""
    path = tmp_path_factory.mktemp("coverage") / "workspace"
    pod = {"hostNetwork": True, "hostPID": True}
    root = deployment(MARKUP, "web")
    root["spec"]["template"]["spec"] |= pod
    objects = [namespace("web"), root, deployment(TURNED, "web"), cluster_binding("admins")]
    source = path.parent / "cluster"
    source.mkdir()
    (source / "all.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))
    made = pipeline.init(path, f"Acme {MARKUP}")
    pipeline.collect(made, source=source, cluster="prod", whole=True)
    pipeline.assess(made)
    return made


@pytest.fixture(scope="module")
def found(workspace: Workspace) -> Coverage:
    return page.gather(workspace)


@pytest.fixture(scope="module")
def screen(found: Coverage) -> str:
    return page.screen(found)


@pytest.fixture(scope="module")
def pages(workspace: Workspace) -> list[str]:
    """The text of every page of the PDF, without white space."""
    html, pdf = make(workspace, "threat-coverage")
    assert (html.name, pdf.name) == ("threat-coverage.html", "threat-coverage.pdf")
    reader = PdfReader(io.BytesIO(pdf.read_bytes()))
    return ["".join(one.extract_text().split()) for one in reader.pages]


def test_every_list_of_good_practice_is_drawn_and_its_cells_sum_to_its_requirements(found: Coverage) -> None:
    assert {grid.framework for grid in found.grids} == on_request()
    for grid in found.grids:
        requirements = [row for row in load(grid.framework).requirements if row.level == "requirement"]
        assert [cell.requirement_id for cell in grid.cells] == [row.id for row in requirements]
        assert sum(entry.count for entry in grid.statuses) == len(requirements)
        assert grid.with_checks == sum(bool(row.evidence) for row in requirements)
        drawn = Counter(cell.requirement_id for column in grid.columns for cell in column.cells)
        assert drawn == {row.id: len(row.tactics) or 1 for row in requirements}
        assert sum(cell is not None for row in grid.rows for cell in row) == grid.placements


def test_statuses_and_counts_are_those_of_the_results(workspace: Workspace, found: Coverage) -> None:
    rows = workspace.result("requirements")
    rows = rows[rows["level"] == "requirement"]
    said = {(row.framework, row.requirement_id): (row.status, row.passed, row.failed) for row in rows.itertuples()}
    for grid in found.grids:
        for cell in grid.cells:
            told = (cell.status.word, cell.counts.passed, cell.counts.failed)
            assert told == said[grid.framework, cell.requirement_id]
    escape = next(cell for grid in found.grids for cell in grid.cells if cell.requirement_id == "T1611")
    assert escape.status.word == "contradicted"
    assert "pod_security.host_pid" in {line.check_id for line in escape.prevents if line.state == "fails"}


def test_what_would_notice_a_technique_changes_no_status(found: Coverage) -> None:
    for grid in found.grids:
        for cell in grid.cells:
            failed = sum(line.counts.failed for line in cell.prevents)
            assert cell.counts.failed == failed
            assert (cell.status.word == "contradicted") == bool(failed), cell.requirement_id


def test_the_letter_and_the_count_of_every_cell_stand_in_words(found: Coverage, screen: str) -> None:
    cells = parser.fromstring(screen).xpath("//td[starts-with(@class, 'cell')]")
    assert len(cells) == sum(grid.placements for grid in found.grids)
    for cell in cells:
        assert cell.xpath("./span[@class='letter']")[0].text_content() in set("CSPINDX")
        assert cell.xpath("./span[@class='count']")[0].text_content()


def test_the_page_runs_no_script_asks_no_network_and_every_link_leads_somewhere(screen: str) -> None:
    tree = parser.fromstring(screen)
    assert not tree.xpath("//script | //img | //link | //iframe | //form")
    assert "default-src 'none'" in tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    anchors = tree.xpath("//@id")
    assert len(anchors) == len(set(anchors))
    assert {link.removeprefix("#") for link in tree.xpath("//a/@href")} <= set(anchors)


def test_hostile_names_are_shown_and_never_act(found: Coverage, screen: str, pages: list[str]) -> None:
    named = [name for one in found.components for check in one.failing for name in check.subjects.shown]
    assert any(MARKUP in name for name in named)
    assert MARKUP not in screen
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in screen
    assert "\u202e" not in screen and "\u202e" not in page.paper(found)
    assert "<script>alert(1)</script>" in "".join(pages)


def test_every_component_tells_threat_prevention_notice_and_what_is_open(found: Coverage, screen: str) -> None:
    tree = parser.fromstring(screen)
    assert [one.id for one in found.components] == [one.id for one in components()]
    for carried, one in zip(components(), found.components, strict=True):
        assert [threat.cell.requirement_id for threat in one.threats] == [technique for _, technique in carried.threats]
        lines = (*one.prevents, *one.notices)
        assert [line.check_id for line in lines] == [*carried.prevents, *carried.notices]
        assert {check.line.check_id for check in one.failing} == {each.check_id for each in lines if each.counts.failed}
        section = tree.xpath(f"//section[@id='trust-{one.id}']")[0]
        headings = [heading.text_content() for heading in section.xpath(".//h3")]
        assert headings == ["Threat", "What prevents it", "What would notice it", "What is open"]
        assert f"Checks that fail: {len(one.failing)} of {len(lines)}" in section.text_content()
        assert all(item in section.text_content() for item in (*one.by_hand, *one.blind_to))


def test_the_pdf_has_pages_for_every_list_and_component_with_the_same_counts(
    found: Coverage, pages: list[str]
) -> None:
    text = "".join(pages)
    for grid in found.grids:
        assert f"{grid.with_checks}of{len(grid.cells)}{grid.noun}s" in text, grid.framework
        assert "".join(grid.source.split())[:60] in text
        assert all(cell.requirement_id in text for cell in grid.cells)
    for one in found.components:
        assert "".join(one.told.split()) in text, one.id
    assert "compliant" not in text.lower() and "certified" not in text.lower()


def test_a_check_that_this_run_did_not_know_is_said_not_to_have_run() -> None:
    line = CheckLine("a.b", "A", "", Counts(passed=3))
    assert (line.state, replace(line, was_run=False).state) == ("passes", "not run")
    assert replace(line, counts=Counts(passed=3, unseen=1)).state == "unknown"
    assert replace(line, counts=Counts(out_of_scope=3)).state == "nothing to judge"


def test_results_of_an_older_version_are_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ResultsMissing, match="kubesurvey assess"):
        page.gather(made_up(tmp_path / "old", checks=2, findings=4, items=2, gaps=1))

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from assessment.reports.export import export
from assessment.reports.facts import ReportFacts
from assessment.reports.fonts import FONTS, SCHEME, PackagedFonts, RefusedAddress
from assessment.reports.pdf import html
from assessment.workspace import Workspace
from tests.reports.made_up_evidence import RUN
from tests.reports.made_up_results import EMOJI, FORMULA, LONG, MARKUP, RIGHT_TO_LEFT


def squeezed(text: str) -> str:
    return "".join(text.split())


def titles(outline: list[Any]) -> list[str]:
    return [title for entry in outline for title in (titles(entry) if isinstance(entry, list) else [str(entry.title)])]


def test_every_requirement_stands_exactly_once_in_the_matrix(pages: list[str], pack_facts: ReportFacts) -> None:
    first = next(n for n, page in enumerate(pages) if n > 2 and "Matrixofrequirements" in page)
    last = next(n for n, page in enumerate(pages) if n > first and "Requirementsheets" in page)
    matrix = "".join(pages[first:last])
    for sheet in pack_facts.requirements:
        assert matrix.count(squeezed(sheet.requirement_id + sheet.title)) == 1


def test_every_requirement_has_a_sheet_with_a_place_for_the_conclusion(
    pages: list[str], pack_facts: ReportFacts
) -> None:
    text = "".join(pages)
    assert text.count("Conclusionoftheassessor") == len(pack_facts.requirements)


def test_bookmarks_lead_to_every_chapter_requirement_and_check(reader: PdfReader, pack_facts: ReportFacts) -> None:
    found = {squeezed(title) for title in titles(reader.outline)}
    for chapter in (
        "The answer",
        "Scope",
        "Method",
        "Completeness",
        "Matrix of requirements",
        "Evidence index",
        "How to verify by hand",
        "Check catalogue and check sheets",
    ):
        assert squeezed(chapter) in found
    assert {squeezed(f"{sheet.requirement_id} {sheet.title}") for sheet in pack_facts.requirements} <= found
    assert {squeezed(check.title) for check in pack_facts.checks} <= found


def test_every_page_says_that_the_copy_is_not_sealed_and_which_it_is(pages: list[str]) -> None:
    for place, page in enumerate(pages, 1):
        assert "Workingcopy,notsealed" in page
        assert f"Page{place}of{len(pages)}" in page
        assert squeezed(RUN) in page


def test_a_sealed_workspace_shows_the_hash_of_its_manifest_instead(pack_facts: ReportFacts) -> None:
    sealed = html(dataclasses.replace(pack_facts, manifest_sha256="ab" * 32))
    assert "Working copy, not sealed" not in sealed
    assert "manifest abababababab" in sealed


def test_the_answer_counts_every_requirement(pages: list[str], pack_facts: ReportFacts) -> None:
    answer = next(page for n, page in enumerate(pages) if n > 2 and "Theanswer" in page)
    assert "54requirementsoftheHIPAASecurityRule" in answer
    for entry in pack_facts.statuses:
        assert squeezed(f"{entry.status.word} {entry.count}") in answer


@pytest.mark.parametrize("name", [MARKUP, FORMULA, LONG])
def test_a_hostile_name_is_printed_in_full_and_does_nothing(pages: list[str], name: str) -> None:
    assert squeezed(name) in "".join(pages)


def test_marks_that_turn_the_direction_of_reading_are_shown_and_not_obeyed(pages: list[str]) -> None:
    text = "".join(pages)
    assert RIGHT_TO_LEFT.replace("\u202e", "[U+202E]") in text
    assert "\u202e" not in text
    assert EMOJI.replace("\U0001f680", "[U+1F680]") in text


def test_markup_from_outside_is_escaped(pack_facts: ReportFacts) -> None:
    text = html(pack_facts)
    assert "<script" not in text
    assert "evil.example/x.png&gt;" in text
    assert "{{ 7*7 }}" in text


@pytest.mark.parametrize(
    "address",
    [
        "http://evil.example/x.png",
        "https://evil.example/",
        "file:///etc/passwd",
        "data:text/plain,x",
        SCHEME + "other",
        "relative.png",
    ],
)
def test_nothing_but_packaged_fonts_is_ever_read(address: str) -> None:
    with pytest.raises(RefusedAddress):
        PackagedFonts().fetch(address)


def test_an_address_in_a_report_stops_it(pack_facts: ReportFacts) -> None:
    from weasyprint import HTML

    page = HTML(string=f"<p>{pack_facts.client}<img src='http://evil.example/x.png'>", url_fetcher=PackagedFonts())
    with pytest.raises(RefusedAddress):
        page.write_pdf()


def test_every_font_of_the_document_is_a_packaged_one(reader: PdfReader) -> None:
    names = {
        str(font.get_object()["/BaseFont"]) for page in reader.pages for font in page["/Resources"]["/Font"].values()
    }  # type: ignore[index]
    assert 0 < len(names) <= len(FONTS)
    assert all("+Survey-" in name for name in names)


def test_machine_twins_are_attached_and_are_the_exported_files(
    reader: PdfReader, estate: Workspace, pages: list[str], tmp_path: Path
) -> None:
    export(estate.results, tmp_path)
    attached = {name: files[0] for name, files in reader.attachments.items()}
    assert set(attached) == {
        "findings.csv",
        "requirements.csv",
        "gaps.csv",
        "evidence_items.csv",
        "requirement_checks.csv",
        "checks.csv",
        "evidence-digest.txt",
    }
    for name, body in attached.items():
        assert body == (tmp_path / name).read_bytes()
        assert hashlib.sha256(body).hexdigest() in "".join(pages)


def test_attachments_are_dated_as_of_the_run_and_related_as_data(pack: Path) -> None:
    from pikepdf import Pdf

    with Pdf.open(pack) as pdf:
        for name in pdf.attachments:
            described = pdf.attachments[name].obj
            assert described.AFRelationship == "/Data"
            assert str(described.EF.F.Params.CreationDate).startswith("D:20261103082031")


def test_the_document_declares_both_standards_and_is_tagged(reader: PdfReader) -> None:
    catalog = reader.trailer["/Root"]
    metadata = catalog["/Metadata"].get_object().get_data()
    assert b"pdfuaid:part" in metadata
    assert b"pdfaExtension:schemas" in metadata
    assert b'pdfaid:part="3"' in metadata or b"<pdfaid:part>3" in metadata
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "en"


def test_headings_skip_no_level_and_rows_are_of_one_length(pack_facts: ReportFacts) -> None:
    from lxml import html as parser

    tree = parser.fromstring(html(pack_facts))
    level = 0
    for heading in tree.iter("h1", "h2", "h3", "h4"):
        assert int(heading.tag[1]) <= level + 1
        level = int(heading.tag[1])
    for table in tree.iter("table"):
        assert len({len(row) for row in table.iter("tr")}) == 1
    assert all(not len(link) for link in tree.iter("a"))
    anchors = {node.get("id") for node in tree.iter() if node.get("id")}
    assert {link.get("href")[1:] for link in tree.iter("a")} <= anchors


def test_a_pack_is_written_whole(pack: Path) -> None:
    assert [file.name for file in pack.parent.iterdir()] == ["evidence-pack-hipaa.pdf"]

"""Hostile text from people, objects and clouds through the whole pipeline: shown, never obeyed, never lost."""

from __future__ import annotations

import csv
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pypdf
import pytest
import tinyhtml5

from assessment.reports.characters import visible
from assessment.reports.harmless import harmless
from assessment.workspace import Workspace
from tests.acceptance.hostile import LONG, TEXTS, survey
from tests.acceptance.running import MAIN, python, succeed

REPORTS = ("tables", "workbook", "summary", "leadership", "evidence-pack-hipaa")
# From here on, whoever opens a connection or asks for a name ends the process.
NO_NETWORK = """
import os, sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "urllib.Request"):
        sys.stderr.write(f"{event} {arguments}")
        os._exit(9)
sys.addaudithook(refuse)
"""
MAKE = """
from pathlib import Path
from assessment.reporting import make
from assessment.workspace import Workspace
for name in sys.argv[2:]:
    make(Workspace(Path(sys.argv[1])), name)
"""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
NUMBER = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")
ADDRESS = re.compile(r"\s*([a-z]+:)?//", re.IGNORECASE)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = survey(tmp_path_factory.mktemp("hostile"))
    said = succeed("assess", workspace.path, before=NO_NETWORK)
    assert_printable(said)
    made = python(NO_NETWORK + MAKE, workspace.path, *REPORTS)
    assert made.returncode == 0, made.stderr
    return workspace


def assert_printable(said: str) -> None:
    """Nothing but line breaks acts on a terminal."""
    acting = {character for character in said if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co")}
    assert acting <= {"\n"}


def cells(file: Path) -> Iterator[str]:
    csv.field_size_limit(1 << 30)
    with file.open(newline="", encoding="utf-8-sig") as lines:
        for row in csv.reader(lines):
            yield from row


def test_no_cell_of_a_csv_file_is_a_formula_and_all_texts_are_there(hostile: Workspace) -> None:
    held = {file.name: list(cells(file)) for file in sorted(hostile.reports.glob("*.csv"))}
    wrong = [
        (name, cell[:60])
        for name, found in held.items()
        for cell in found
        if cell.startswith(FORMULA) and not NUMBER.fullmatch(cell)
    ]
    assert not wrong
    named = set(held["findings.csv"])
    for text in TEXTS:
        assert text in named or f"'{text}" in named, text


def test_the_workbook_holds_no_formula_and_no_link_and_loses_no_cell(hostile: Workspace) -> None:
    file = hostile.reports / "workbook.xlsx"
    with zipfile.ZipFile(file) as parts:
        for name in parts.namelist():
            said = parts.read(name).decode("utf-8", "replace")
            assert not re.search(r"<f[ >/]", said), name
            assert not name.endswith(".rels") or "evil.example" not in said, name
    book = openpyxl.load_workbook(file, read_only=True)
    rows = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}
    texts = {cell for found in rows.values() for row in found for cell in row if isinstance(cell, str)}
    for text in TEXTS:
        assert any(harmless(text) in cell for cell in texts), text
    assert harmless(LONG) in texts
    listed = [row for row in rows["Findings"] if sum(cell is not None for cell in row) > 5]
    shown = sum(hostile.result("findings")["verdict"] != "pass")
    assert len(listed) in (len(hostile.result("findings")) + 1, shown + 1)


def test_the_summary_loads_nothing_and_runs_nothing_of_theirs(hostile: Workspace) -> None:
    text = (hostile.reports / "summary.html").read_text(encoding="utf-8")
    library = re.compile(r"(<script>).{1000000,}?(?=</script>)", re.DOTALL)
    assert len(library.findall(text)) == 1
    page = tinyhtml5.parse(library.sub(r"\1", text))
    for element in page.iter():
        if not isinstance(element.tag, str):
            continue
        for name, value in element.attrib.items():
            assert not str(name).lower().startswith("on"), (element.tag, name)
            assert name not in ("src", "href", "action", "data", "srcset", "poster") or not ADDRESS.match(value), value
    tags = [element.tag.rpartition("}")[2] for element in page.iter() if isinstance(element.tag, str)]
    assert not {"img", "iframe", "object", "embed", "link", "base", "form", "svg"} & set(tags)
    scripts = [element.text or "" for element in page.iter() if str(element.tag).endswith("}script")]
    assert not [script for script in scripts if script.startswith("window.pwned")]
    shown = "".join(page.itertext())
    assert "<script>window.pwned=1</script>" in shown
    assert "{{7*7}}" in shown
    assert not set("\u202e\u2066\u200b") & set(text)


@pytest.mark.parametrize("name", ["evidence-pack-hipaa.pdf", "executive-roadmap.pdf"])
def test_pdfs_show_the_texts_whole_and_lead_nowhere(hostile: Workspace, name: str) -> None:
    pages = pypdf.PdfReader(hostile.reports / name).pages
    shown = "".join("".join(page.extract_text().split()) for page in pages)
    for text in TEXTS:
        assert "".join(visible(text).split()) in shown, text
    assert not set("\u202e\u2066\u200b\ufeff") & set(shown)


def test_no_pdf_has_a_link_to_the_outside_or_an_action(hostile: Workspace) -> None:
    found = sorted(hostile.reports.glob("*.pdf"))
    assert len(found) == 9
    assert not [(file.name, link) for file in found for link in addresses(file)]


def addresses(file: Path) -> Iterator[str]:
    for page in pypdf.PdfReader(file).pages:
        for note in page.get("/Annots") or []:
            action = note.get_object().get("/A")
            if action is not None and action.get_object().get("/S") != "/GoTo":
                yield str(action.get_object())


@pytest.mark.parametrize("command", ["status", "explain", "checks"])
def test_the_terminal_shows_no_character_that_acts(hostile: Workspace, command: str) -> None:
    findings = hostile.result("findings")
    marked = findings[findings["subject_name"].str.startswith("\u202e") & (findings["verdict"] == "fail")]
    arguments = {
        "status": ("status", hostile.path),
        "explain": ("explain", hostile.path, marked["fingerprint"].iloc[0]),
        "checks": ("checks", "show", "pod_security.privileged"),
    }[command]
    assert_printable(succeed(*arguments))


@pytest.mark.parametrize("character", ["\x00", "\x1b[31m", "\x9b31m"])
def test_control_characters_in_what_people_write_are_refused_or_shown(tmp_path: Path, character: str) -> None:
    """Whatever becomes of them, the message is one line a problem and does nothing to a terminal."""
    folder = tmp_path / "acme"
    succeed("init", folder)
    escaped = "".join(f"\\x{ord(each):02x}" if not each.isprintable() else each for each in character)
    file = folder / "engagement.yaml"
    lines = [line for line in file.read_text().splitlines() if not line.startswith("client:")]
    file.write_text("\n".join([f'client: "A{escaped}cme"', *lines]))
    done = python(MAIN, "status", folder)
    assert done.returncode in (0, 2)
    assert "Traceback" not in done.stderr
    assert_printable(done.stdout + done.stderr)

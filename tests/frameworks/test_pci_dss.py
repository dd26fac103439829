"""PCI DSS is carried whole, and each row is of use to an auditor."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from assessment.checks.load import LIBRARY
from assessment.frameworks.load import Framework, Requirement, load

ROWS = Path("../shared/reference/frameworks/pci_dss_4_0_1.csv")

REQUIREMENTS = {
    "1": 19, "2": 11, "3": 29, "4": 6, "5": 13, "6": 19, "7": 12,
    "8": 29, "9": 27, "10": 27, "11": 21, "12": 37, "A1": 7,
}  # fmt: skip
"""How many rows of each chapter are counted."""

SECTIONS = {"1": 5, "2": 3, "3": 7, "4": 2, "5": 4, "6": 5, "7": 3, "8": 6, "9": 5, "10": 7, "11": 6, "12": 10, "A1": 2}

SHORTEST_ITEM = 40
LONGEST_TITLE = 90


@pytest.fixture(scope="module")
def pci_dss() -> Framework:
    return load("pci_dss")


def chapter(row: Requirement) -> str:
    return row.id.split(".", maxsplit=1)[0]


def counted(framework: Framework) -> list[Requirement]:
    return [row for row in framework.requirements if row.level == "requirement"]


def repeated(texts: Iterable[str]) -> list[str]:
    return [text for text, times in Counter(texts).items() if times > 1]


def test_every_row_of_the_inventory_is_present_exactly_once_with_its_parent(pci_dss: Framework) -> None:
    if not ROWS.exists():
        pytest.skip(f"the inventory {ROWS} is not here")
    with ROWS.open(encoding="utf-8", newline="") as file:
        inventory = [(row["id"], row["parent"] or None) for row in csv.DictReader(file)]
    assert [(row.id, row.parent) for row in pci_dss.requirements] == inventory


def test_the_rows_add_up_to_the_published_counts(pci_dss: Framework) -> None:
    assert Counter(row.level for row in pci_dss.requirements) == {"section": 78, "requirement": 257}
    assert Counter(map(chapter, counted(pci_dss))) == REQUIREMENTS
    sections = [row for row in pci_dss.requirements if row.level == "section" and row.parent is not None]
    assert Counter(map(chapter, sections)) == SECTIONS
    main_body = [row.id.count(".") for row in counted(pci_dss) if chapter(row) != "A1"]
    assert Counter(main_body) == {2: 205, 3: 44, 4: 1}


def test_chapters_and_sections_are_roll_ups_and_everything_deeper_counts(pci_dss: Framework) -> None:
    for row in pci_dss.requirements:
        assert row.level == ("section" if row.id.count(".") < 2 else "requirement"), row.id


def test_the_parent_of_a_row_is_its_id_without_the_last_number(pci_dss: Framework) -> None:
    for row in pci_dss.requirements:
        assert row.parent == (row.id.rpartition(".")[0] or None), row.id


def test_everything_is_required_and_judged_in_the_cardholder_data_environment(pci_dss: Framework) -> None:
    assert {row.obligation for row in pci_dss.requirements} == {"required"}
    assert {row.scope for row in pci_dss.requirements} == {"cde"}


def test_every_requirement_says_what_to_ask_for(pci_dss: Framework) -> None:
    assert [row.id for row in counted(pci_dss) if not row.by_hand] == []
    items = [item for row in pci_dss.requirements for item in row.by_hand]
    assert [item for item in items if not item.endswith(".") or len(item) < SHORTEST_ITEM] == []


def test_no_text_serves_two_rows(pci_dss: Framework) -> None:
    assert repeated(item for row in pci_dss.requirements for item in row.by_hand) == []
    assert repeated(item for row in pci_dss.requirements for item in row.blind_to) == []
    assert repeated(one.shows for row in pci_dss.requirements for one in row.evidence) == []
    assert repeated(row.title for row in pci_dss.requirements) == []


def test_texts_are_whole_sentences_and_titles_fit_a_line(pci_dss: Framework) -> None:
    sentences = [item for row in pci_dss.requirements for item in row.blind_to]
    sentences += [one.shows for row in pci_dss.requirements for one in row.evidence]
    assert [text for text in sentences if not text.endswith(".")] == []
    assert [row.id for row in pci_dss.requirements if len(row.title) > LONGEST_TITLE] == []


def test_every_mapped_check_exists(pci_dss: Framework) -> None:
    known = {".".join(path.relative_to(LIBRARY).with_suffix("").parts) for path in LIBRARY.rglob("*.yaml")}
    assert sorted(pci_dss.checks() - known) == []


def test_policies_duties_and_people_are_asked_for_and_never_observed(pci_dss: Framework) -> None:
    """x.1 is governance in every chapter; wireless, media and training leave no trace in a cluster."""
    by_hand_only = {"1.3.3", "2.3.1", "3.3.1", "4.2.2", "5.4.1", "6.2.2", "7.2.3"}
    for row in counted(pci_dss):
        if row.parent in {f"{number}.1" for number in range(1, 12)} or row.id in by_hand_only:
            assert all(one.check.startswith("answers.") for one in row.evidence), row.id


def test_rows_for_service_providers_only_say_so_in_their_title(pci_dss: Framework) -> None:
    if not ROWS.exists():
        pytest.skip(f"the inventory {ROWS} is not here")
    marked = [row.id for row in counted(pci_dss) if row.title.endswith("service providers)")]
    with ROWS.open(encoding="utf-8", newline="") as file:
        inventory = [row["id"] for row in csv.DictReader(file) if row["applies_to"] == "service_provider"]
    assert marked == [one for one in inventory if one.count(".") > 1]


def test_no_row_claims_more_than_evidence_can_carry(pci_dss: Framework) -> None:
    text = " ".join([*pci_dss.limits, *map(str, pci_dss.requirements)]).lower()
    assert "compliant" not in text
    assert "certified" not in text

"""Every criterion of SOC 2 is carried, and each row is of use to an auditor."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from assessment.frameworks.load import Framework, load

ROWS = Path("../shared/reference/frameworks/soc2_tsc.csv")


@pytest.fixture(scope="module")
def soc2() -> Framework:
    return load("soc2")


def test_every_criterion_of_the_inventory_is_a_requirement_exactly_once_and_in_its_order(soc2: Framework) -> None:
    if not ROWS.exists():
        pytest.skip(f"the inventory {ROWS} is not here")
    with ROWS.open(encoding="utf-8", newline="") as file:
        inventory = [row["id"] for row in csv.DictReader(file)]
    assert [row.id for row in soc2.requirements if row.level == "requirement"] == inventory


def test_criteria_count_and_their_groups_stand_apart(soc2: Framework) -> None:
    assert Counter(row.level for row in soc2.requirements) == {"section": 20, "requirement": 61}
    for row in soc2.requirements:
        assert row.parent == (None if row.level == "section" else row.id.partition(".")[0])


def test_the_scope_is_what_the_engagement_calls_in_scope(soc2: Framework) -> None:
    assert {row.scope for row in soc2.requirements} == {"in_scope"}


def test_every_criterion_says_in_words_of_its_own_what_to_ask_for_and_what_stays_unseen(soc2: Framework) -> None:
    criteria = [row for row in soc2.requirements if row.level == "requirement"]
    assert [row.id for row in criteria if not (row.by_hand and row.blind_to)] == []
    told = [item for row in soc2.requirements for item in (*row.by_hand, *row.blind_to)]
    assert [item for item, times in Counter(told).items() if times > 1] == []
    assert [item for item in told if not item.endswith(".") or len(item) < 30] == []


def test_most_criteria_ask_for_a_population_or_record_of_the_period(soc2: Framework) -> None:
    criteria = [row for row in soc2.requirements if row.level == "requirement"]
    of_the_period = [row for row in criteria if "the period" in " ".join(row.by_hand)]
    assert len(of_the_period) > 0.75 * len(criteria)


def test_only_premises_are_wholly_the_providers(soc2: Framework) -> None:
    assert [row.id for row in soc2.requirements if row.bearer.managed == "provider"] == ["CC6.4"]


def test_what_a_check_shows_is_a_sentence_written_for_the_row(soc2: Framework) -> None:
    shown = Counter(one.shows for row in soc2.requirements for one in row.evidence)
    assert [shows for shows, times in shown.items() if times > 1 or not shows.endswith(".")] == []


def test_no_row_claims_more_than_evidence_can_carry(soc2: Framework) -> None:
    text = " ".join(str(row) for row in soc2.requirements).lower()
    assert "compliant" not in text
    assert "certified" not in text

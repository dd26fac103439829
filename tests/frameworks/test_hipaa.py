"""The HIPAA Security Rule is carried whole, and each row is of use to an auditor."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from assessment.frameworks.load import Framework, load

ROWS = Path("../shared/reference/frameworks/hipaa_security_rule.csv")


@pytest.fixture(scope="module")
def hipaa() -> Framework:
    return load("hipaa")


def test_every_row_of_the_inventory_is_present_exactly_once_with_its_parent_and_obligation(
    hipaa: Framework,
) -> None:
    if not ROWS.exists():
        pytest.skip(f"the inventory {ROWS} is not here")
    with ROWS.open(encoding="utf-8", newline="") as file:
        inventory = [(row["id"], row["parent"] or None, row["obligation"]) for row in csv.DictReader(file)]
    assert [(row.id, row.parent, row.obligation) for row in hipaa.requirements] == inventory


def test_the_rows_add_up_to_the_published_counts(hipaa: Framework) -> None:
    assert Counter(row.level for row in hipaa.requirements) == {
        "section": 15, "requirement": 54, "sub-requirement": 3,
    }  # fmt: skip
    safeguards = ("164.308", "164.310", "164.312")
    specifications = [
        row.obligation for row in hipaa.requirements
        if row.id.startswith(safeguards) and row.parent is not None and row.id != "164.308(b)(2)"
    ]  # fmt: skip
    assert Counter(specifications) == {"required": 14, "addressable": 22}


def test_a_standard_is_a_section_exactly_if_it_has_specifications(hipaa: Framework) -> None:
    for row in hipaa.requirements:
        if row.parent is None:
            assert (row.level == "section") == bool(hipaa.children(row.id)), row.id


def test_every_row_says_what_to_ask_for_in_words_of_its_own(hipaa: Framework) -> None:
    items = [item for row in hipaa.requirements for item in row.by_hand]
    assert all(row.by_hand for row in hipaa.requirements)
    assert [item for item, times in Counter(items).items() if times > 1] == []
    assert [item for item in items if not item.endswith(".") or len(item) < 40] == []


def test_every_row_says_in_words_of_its_own_what_stays_unseen(hipaa: Framework) -> None:
    told = [item for row in hipaa.requirements for item in row.blind_to]
    assert [row.id for row in hipaa.requirements if row.level != "section" and not row.blind_to] == []
    assert [item for item, times in Counter(told).items() if times > 1 or not item.endswith(".")] == []


def test_what_clouds_say_of_clusters_bears_on_encryption_records_and_identity(hipaa: Framework) -> None:
    mapped = {row.id: {one.check for one in row.evidence} for row in hipaa.requirements}
    assert {"eks.secrets_encrypted", "aks.secrets_encrypted"} <= mapped["164.312(a)(2)(iv)"]
    assert {"eks.audit_log", "aks.audit_log"} <= mapped["164.312(b)"]
    assert "aks.entra_sign_in" in mapped["164.312(d)"]


def test_every_addressable_row_asks_for_its_decision_record(hipaa: Framework) -> None:
    addressable = [row for row in hipaa.requirements if row.obligation == "addressable"]
    assert [row.id for row in addressable if "decision record" not in " ".join(row.by_hand)] == []


def test_the_data_centre_of_a_managed_cluster_is_the_providers_to_protect(hipaa: Framework) -> None:
    for row in hipaa.requirements:
        if row.id.startswith("164.310(a)"):
            assert (row.bearer.managed, row.bearer.self_managed) == ("provider", "customer"), row.id


def test_what_a_check_shows_is_a_sentence_written_for_the_row(hipaa: Framework) -> None:
    shown = [(one.check, one.shows) for row in hipaa.requirements for one in row.evidence]
    assert [check for (check, shows), times in Counter(shown).items() if times > 1 or not shows.endswith(".")] == []


def test_no_row_claims_more_than_evidence_can_carry() -> None:
    text = " ".join(str(row) for row in load("hipaa").requirements).lower()
    assert "compliant" not in text
    assert "certified" not in text

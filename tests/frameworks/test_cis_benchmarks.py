"""The CIS benchmarks are carried whole, in words of our own."""

from __future__ import annotations

import csv
from collections import Counter

import pytest

from assessment.frameworks.load import load, on_request
from tests.inputs import shared

COUNTED = {"cis_kubernetes": 131, "cis_eks": 50, "cis_aks": 51}


@pytest.mark.parametrize("name", COUNTED)
def test_every_row_of_the_inventory_is_there_once_and_in_order(name: str) -> None:
    with shared("reference", "frameworks", f"{name}.csv").open(encoding="utf-8", newline="") as file:
        inventory = list(csv.DictReader(file))
    rows = [row for row in load(name).requirements if row.level == "requirement"]
    assert [row.id for row in rows] == [row["id"] for row in inventory]
    borne = {row["id"] for row in inventory if row["managed_cluster_owner"] == "provider_managed"}
    assert {row.id for row in rows if row.bearer.managed == "provider"} == borne
    verified = name == "cis_kubernetes"
    assert [row.obligation for row in rows] == [
        f"level {row['level']}" if verified else "recommended" for row in inventory
    ]


@pytest.mark.parametrize(("name", "count"), COUNTED.items())
def test_the_rows_add_up_and_come_on_request(name: str, count: int) -> None:
    assert sum(row.level == "requirement" for row in load(name).requirements) == count
    assert name in on_request()


@pytest.mark.parametrize("name", COUNTED)
def test_no_sentence_stands_twice_and_every_row_says_what_to_ask_for_and_what_stays_unseen(name: str) -> None:
    rows = [row for row in load(name).requirements if row.level == "requirement"]
    assert [row.id for row in rows if not (row.by_hand and row.blind_to)] == []
    told = [text for row in rows for text in (*row.by_hand, *row.blind_to, *(one.shows for one in row.evidence))]
    assert [text for text, times in Counter(told).items() if times > 1 or not text.endswith(".")] == []


def test_no_file_of_a_machine_is_said_to_be_seen() -> None:
    for name, section in (("cis_kubernetes", ("1.1.", "4.1.")), ("cis_eks", ("3.1.",)), ("cis_aks", ("3.1.",))):
        assert [row.id for row in load(name).requirements if row.id.startswith(section) and row.evidence] == []

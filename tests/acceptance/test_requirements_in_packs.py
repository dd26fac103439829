"""Every requirement stands once in the results and once in the matrix of its PDF, and the counts printed add up."""

from __future__ import annotations

import re
from collections import Counter

import pandas
import pytest

from assessment.frameworks.load import load
from assessment.reports.wording import TRIED
from assessment.workspace import Workspace
from tests.acceptance.packs import Pack

COUNTED = {"hipaa": 54, "pci_dss": 257, "soc2": 61}
WHOLE = ("supported", "inherited")


@pytest.fixture(scope="module", params=COUNTED)
def framework(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def requirements(clinic: Workspace, framework: str) -> pandas.DataFrame:
    found = clinic.result("requirements")
    return found[found["framework"] == framework]


@pytest.fixture(scope="module")
def pack(packs: dict[str, Pack], framework: str) -> Pack:
    return packs[framework]


def test_results_hold_every_row_of_the_framework_once(requirements: pandas.DataFrame, framework: str) -> None:
    assert Counter(requirements["requirement_id"]) == Counter(row.id for row in load(framework).requirements)
    assert requirements["requirement_id"].is_unique
    assert (requirements["level"] == "requirement").sum() == COUNTED[framework]


def test_the_matrix_of_the_pdf_shows_every_row_once_with_its_status(requirements: pandas.DataFrame, pack: Pack) -> None:
    matrix = pack.chapter("Matrix of requirements")
    rows = dict(zip(requirements["requirement_id"], zip(requirements["title"], requirements["status"], strict=True),
                    strict=True))  # fmt: skip
    starts: dict[str, list[int]] = {}
    for name, (title, _) in rows.items():
        first = re.compile(rf"^{re.escape(name)} {re.escape(title.split()[0])}", re.MULTILINE)
        starts[name] = [match.start() for match in first.finditer(matrix)]
    assert {name: len(found) for name, found in starts.items() if len(found) != 1} == {}
    ends = sorted(found[0] for found in starts.values())
    for name, (_, status) in rows.items():
        begin = starts[name][0]
        end = next((each for each in ends if each > begin), len(matrix))
        assert status in " ".join(matrix[begin:end].split()), name


def test_the_printed_counts_of_statuses_sum_to_the_total(
    requirements: pandas.DataFrame, pack: Pack, framework: str
) -> None:
    answer = pack.chapter("The answer")
    printed = {word: int(re.search(rf"{word} (\d+) \d+ %", answer)[1]) for word in TRIED}  # type: ignore[index]
    assert sum(printed.values()) == COUNTED[framework]
    counted = requirements[requirements["level"] == "requirement"]["status"].value_counts().to_dict()
    assert {word: number for word, number in printed.items() if number} == counted
    assert f"{COUNTED[framework]} of {COUNTED[framework]}" in answer


def test_nothing_open_stands_better_than_partly_supported(clinic: Workspace, requirements: pandas.DataFrame) -> None:
    whole = requirements[requirements["status"].isin(WHOLE)]
    assert (whole["unknown"] + whole["failed"] + whole["by_hand_open"]).sum() == 0
    checks = clinic.result("requirement_checks")
    of_whole = checks[checks["framework"].isin(whole["framework"])
                      & checks["requirement_id"].isin(whole["requirement_id"])]  # fmt: skip
    assert (of_whole["unseen"] + of_whole["unknown"] + of_whole["failed"]).sum() == 0

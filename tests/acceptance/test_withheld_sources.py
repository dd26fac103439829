"""Whole sources taken away from the sample estate: sheets of answers, a cluster, a cloud. Requirements follow."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.estate import AWS, AZURE, Object, collected, judged, rows

SUBJECT = (
    "cluster", "check_id", "subject_group", "subject_kind", "subject_namespace", "subject_name", "subject_part",
)  # fmt: skip
ESTATE = ("findings", "out_of_scope", "populations", "health", "risks", "requirements", "open_questions", "gaps")
# What a requirement may become where less was seen. A failure that nobody saw contradicts nothing.
MAY_BECOME = {
    "contradicted": {"partly supported", "not assessed", "documents needed"},
    "supported": {"partly supported", "not assessed", "documents needed"},
    "inherited": {"partly supported", "not assessed", "documents needed"},
    "partly supported": {"not assessed", "documents needed"},
    "not assessed": {"documents needed"},
    "documents needed": set(),
    "not applicable": set(),
}  # fmt: skip
Found = dict[str, list[Object]]


def half_of_the_sheets(sources: Path) -> None:
    for sheet in sorted((sources / "questionnaire").glob("*.yaml"))[::2]:
        sheet.unlink()


def the_other_sheets_and_azure(sources: Path) -> None:
    for sheet in sorted((sources / "questionnaire").glob("*.yaml"))[1::2]:
        sheet.unlink()
    shutil.rmtree(sources / AZURE)


def a_cluster_and_aws(sources: Path) -> None:
    shutil.rmtree(sources / "clusters" / "lakeside")
    shutil.rmtree(sources / AWS)


WITHHELD = (half_of_the_sheets, the_other_sheets_and_azure, a_cluster_and_aws)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Found:
    results = judged(collected(tmp_path_factory.mktemp("whole")))
    return {name: rows(results, name) for name in ESTATE}


@pytest.fixture(scope="module", params=WITHHELD, ids=lambda change: change.__name__)
def left(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Found:
    results = judged(collected(tmp_path_factory.mktemp("left"), request.param))
    return {name: rows(results, name) for name in ESTATE}


def keyed(found: list[Object], *names: str) -> dict[tuple[Any, ...], Object]:
    return {tuple(row[name] for name in names): row for row in found}


def test_verdicts_stay_or_become_unknown_and_what_is_gone_leaves_a_trace(whole: Found, left: Found) -> None:
    before, after = (keyed(found["findings"], *SUBJECT) for found in (whole, left))
    moved = {subject: row["verdict"] for subject, row in after.items()
             if row["verdict"] != (before[subject]["verdict"] if subject in before else None)}  # fmt: skip
    assert set(moved.values()) == {"unknown"}
    traces = {(row["cluster"], row["check_id"]) for row in left["populations"] if row["unknown"] or row["unseen"]}
    assert {subject[:2] for subject in before.keys() - after.keys()} <= traces
    judged_once = keyed(whole["out_of_scope"], *SUBJECT)
    assert keyed(left["out_of_scope"], *SUBJECT).keys() <= judged_once.keys()


def test_the_bounds_of_health_and_risk_only_move_apart(whole: Found, left: Found) -> None:
    for name, keys in (("health", ("cluster", "dimension", "layer")), ("risks", ("risk_id",))):
        before, after = (keyed(found[name], *keys) for found in (whole, left))
        assert before.keys() <= after.keys()
        wrong = [
            (place, row["lower"], row["upper"], after[place]["lower"], after[place]["upper"])
            for place, row in before.items()
            if after[place]["lower"] > row["lower"] or after[place]["upper"] < row["upper"]
        ]
        assert not wrong
        assert name == "health" or not any(after[place]["lower"] for place in after.keys() - before.keys())


def test_no_requirement_stands_better(whole: Found, left: Found) -> None:
    before, after = (keyed(found["requirements"], "framework", "requirement_id") for found in (whole, left))
    assert before.keys() == after.keys()
    changed = {place: (row["status"], after[place]["status"]) for place, row in before.items()
               if row["status"] != after[place]["status"]}  # fmt: skip
    wrong = {place: change for place, change in changed.items() if change[1] not in MAY_BECOME[change[0]]}
    assert changed
    assert not wrong


def test_what_would_close_it_is_said(whole: Found, left: Found) -> None:
    place = ("cluster", "table", "kind", "namespace")
    before, after = ({tuple(gap[part] for part in place) for gap in found["gaps"]} for found in (whole, left))
    assert after - before or len(left["open_questions"]) - len(whole["open_questions"]) > 10
    assert all(gap["closed_by"] for gap in left["gaps"])
    assert all(question["ask"] for question in left["open_questions"])

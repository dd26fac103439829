"""Every idea of the inventory is a check, part of one, or left out for a reason."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from assessment.checks.inventory import ideas
from assessment.checks.load import library
from assessment.derived.run import all_tables
from collectors.problems import InvalidFile
from tests.inputs import shared

KNOWN = [check.check_id for check in library(all_tables())]


def test_every_idea_names_checks_that_exist_or_a_reason() -> None:
    assert ideas(KNOWN)


def test_every_idea_of_the_reference_is_decided_and_no_other() -> None:
    written: set[str] = set()
    for name in ("checks_security.csv", "checks_health.csv"):
        with shared("reference", name).open(encoding="utf-8", newline="") as file:
            written |= {row["id"] for row in csv.DictReader(file)}
    decided = {each.idea for each in ideas(KNOWN)}
    assert sorted(written - decided) == []
    assert sorted(decided - written) == []


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "one: {checks: [pod_security.priviledged]}\ntwo: {}\nthree: {left_out: x, checks: [a]}\nfour: {leftout: x}\n"
    )
    (tmp_path / "b.yaml").write_text("one: {left_out: never}\n")
    with pytest.raises(InvalidFile) as refused:
        ideas(KNOWN, tmp_path)
    said = {(problem.field, problem.nearest) for problem in refused.value.problems}
    assert ("one", "pod_security.privileged") in said
    assert {field for field, _ in said} == {"one", "two", "three", "four"}

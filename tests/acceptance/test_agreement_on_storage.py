"""Our judgement of volumes and claims beside the labels of Popeye's own test objects."""

from __future__ import annotations

import csv
from typing import Any

import pytest
import yaml

import assessment
from tests.inputs import inputs

FOLDER = "health-popeye"
# What Popeye's code says of an object -> the check that asks the same.
ASKED = {
    "POP-1000": "storage.volumes_serve_a_claim",
    "POP-1001": "storage.volumes_serve_a_claim",
    "POP-1002": "storage.volumes_have_not_failed",
    "POP-1003": "storage.claims_are_bound",
    "POP-1004": "storage.claims_are_not_lost",
    "POP-400": "storage.claims_are_used",
}
LINTERS = {"pv": ("POP-1000", "POP-1001", "POP-1002"), "pvc": ("POP-1003", "POP-1004", "POP-400")}


def labelled() -> dict[tuple[str, str, str], bool]:
    """(linter, object, check) -> whether Popeye objects to it."""
    found: dict[tuple[str, str, str], bool] = {}
    with inputs(FOLDER, "expected.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = row["object"].rpartition("/")[2]
            for code in LINTERS.get(row["linter"], ()):
                key = (row["linter"], name, ASKED[code])
                found[key] = found.get(key, False) or row["code"] == code
    return found


def objects_of(linter: str) -> list[dict[str, Any]]:
    """The objects that the linter was shown, with pods that mount some of the claims."""
    shown: list[dict[str, Any]] = []
    for kind in (linter, "pod"):
        path = inputs(FOLDER, "testdata", "core", kind, "1.yaml")
        for document in yaml.load_all(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader):
            shown.extend(document.get("items") or [document])
    return shown


@pytest.mark.parametrize("linter", list(LINTERS))
def test_volumes_and_claims_are_judged_as_their_makers_label_them(linter: str) -> None:
    findings = assessment.judge_many({linter: objects_of(linter)})
    verdicts = {
        (linter, row.subject_name, row.check_id): row.verdict
        for row in findings[findings["check_id"].isin(ASKED.values())].itertuples()
    }
    wrong = []
    for key, objects in labelled().items():
        if key[0] == linter:
            verdict = verdicts.get(key, "out of scope")
            if (verdict == "fail") != objects or verdict == "unknown":
                wrong.append(f"{key}: {'fail' if objects else 'pass'} expected, {verdict} said")
    assert not wrong, "\n".join(wrong)

"""Credential classes agree with the objects that other tools label, where Kubernetes practice supports them.

The labels are in give_map.csv: concepts credentialsInEnv and credentialsInConfigMap. A literal value under a
name such as SECRET_BLAH counts: whoever can read the Deployment reads it. A value taken from a Secret does not.
"""

from __future__ import annotations

import csv
from typing import Any

import pytest
import yaml

from collectors.evidence.redact import marker, redact
from tests.inputs import ROOT as INPUTS

MAP = INPUTS / "give_map.csv"


def cases() -> list[Any]:
    if not MAP.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason="../shared/inputs/give_map.csv is not here"))]
    with MAP.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["concept"].startswith("credentialsIn")]
    return [pytest.param(row, id=f"{row['case_path']}:{row['kind']}/{row['name']}") for row in rows]


def strings(node: Any) -> list[str]:
    if isinstance(node, dict):
        return [text for value in node.values() for text in strings(value)]
    if isinstance(node, list):
        return [text for value in node for text in strings(value)]
    return [node] if isinstance(node, str) else []


@pytest.mark.parametrize("case", cases())
def test_the_class_agrees_with_the_label(case):
    documents = yaml.safe_load_all((INPUTS / case["source"] / case["case_path"]).read_text(encoding="utf-8"))
    [labelled] = [
        document
        for document in documents
        if document and (document["kind"], document["metadata"]["name"]) == (case["kind"], case["name"])
    ]
    redact(labelled, b"key")
    found = [mark for mark in map(marker, strings(labelled)) if mark and mark.is_credential]
    assert bool(found) == (case["expected"] == "fail")

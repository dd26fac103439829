"""Workbook and page of the sample clinic, surveyed for real: they say what the results say."""

from __future__ import annotations

import re

import pytest
from openpyxl import load_workbook

from assessment.reports import summary, workbook
from assessment.workspace import Workspace


@pytest.fixture(scope="module")
def page(surveyed: Workspace) -> str:
    return summary.write(surveyed).read_text()


def test_the_register_holds_each_risk_with_its_score_and_bounds(surveyed: Workspace) -> None:
    lines = load_workbook(workbook.write(surveyed), read_only=True)["Register"].iter_rows(min_row=2, values_only=True)
    header = next(lines)
    shown = {row[0]: row for row in lines}
    columns = [header.index(name) for name in ("Score (0-100)", "Score at the least", "Score at the most")]
    risks = surveyed.result("risks")
    assert len(shown) == len(risks)
    for risk in risks.to_dict("records"):
        assert [shown[risk["risk_id"]][place] for place in columns] == [risk["score"], risk["lower"], risk["upper"]]


def test_the_first_sheet_names_client_and_run(surveyed: Workspace) -> None:
    front = load_workbook(workbook.write(surveyed), read_only=True)["Read me"]
    lines = list(front.iter_rows(max_col=2, values_only=True))
    run = surveyed.result("runs").iloc[0]
    assert ("Client", run["client"]) in lines and ("Run", run["run"]) in lines


def test_the_page_has_a_row_for_each_package_and_each_finding(surveyed: Workspace, page: str) -> None:
    assert len(re.findall(r'<tr id="package-\d+"', page)) == len(surveyed.result("packages"))
    open_ones = (surveyed.result("findings")["verdict"] != "pass").sum()
    assert page.count("<tr data-verdict=") == min(open_ones, 1_000)


def test_every_cluster_family_and_framework_of_the_sample_is_on_the_page(page: str) -> None:
    for text in ("Kubernetes", "AWS", "Azure", "people", "HIPAA", "PCI DSS", "SOC 2", "lakeside", "harbour"):
        assert f">{text}" in page


def test_both_give_the_same_bytes_twice(surveyed: Workspace, page: str) -> None:
    assert summary.write(surveyed).read_text() == page
    assert workbook.write(surveyed).read_bytes() == workbook.write(surveyed).read_bytes()

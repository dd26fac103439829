"""`kubesurvey explain`: from a finding to the multiplication, which is computed again while it is printed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from assessment.derived.run import all_tables
from assessment.explanation import explain
from assessment.recording import as_columns, columns, write_folder
from assessment.scoring.multiplication import DoesNotAddUp
from assessment.scoring.risks import RISKS
from assessment.workspace import NotThere, Workspace
from collectors.tables.database import arrow
from tests.derived.test_workload_exposure import policy, web
from tests.scoring.estates import Scored, evidence
from tests.scoring.test_risks import CHECK, PUBLIC, SAID, USED, scored, workloads
from tests.scoring.test_withheld import in_namespace

CHECKS = columns("check_id, title, why, rule")
PACKAGES = columns(
    "package_id, title, units int, unit, effort_days double, effort_low double, effort_high double, risks list"
)
PLAN = columns("package_id, quarter int")
EXCEPTIONS = columns("number int, state, until, reason, approver")


def written(folder: Path, found: Scored, **more: pa.Table) -> Workspace:
    workspace = Workspace(folder)
    checks = [
        {"check_id": one.check_id, "title": one.written.title, "why": one.written.why, "rule": one.written.passes_when}
        for one in USED
    ]
    results = {
        "findings": found.judged.findings, "risks": found.risks, "risk_members": found.members,
        "checks": as_columns(checks, CHECKS),
    }  # fmt: skip
    write_folder(workspace.results, results | more)
    exposure = all_tables()["workload_exposure"]
    rows = found.tables.rows["workload_exposure"]
    write_folder(workspace.tables, {"workload_exposure": arrow(exposure, rows)})
    return workspace


@pytest.fixture(scope="module")
def estate() -> Scored:
    return scored(*workloads(3, 5), PUBLIC, in_namespace(policy(), "shop"), said=SAID)


@pytest.fixture
def workspace(tmp_path: Path, estate: Scored) -> Workspace:
    return written(tmp_path, estate)


def told(workspace: Workspace, asked: str) -> str:
    return "\n".join(explain(workspace, asked))


def a_finding(estate: Scored, name: str) -> dict[str, Any]:
    rows = estate.judged.findings.to_pylist()
    return next(row for row in rows if (row["check_id"], row["subject_name"]) == (CHECK, name))


def test_a_finding_is_found_by_fingerprint_its_beginning_its_subject_and_its_risk(
    workspace: Workspace, estate: Scored
) -> None:
    fingerprint = a_finding(estate, "bad-1")["fingerprint"]
    whole = told(workspace, fingerprint)
    assert whole == told(workspace, fingerprint[:12].upper()) == told(workspace, f"{CHECK} c/shop/bad-1")
    assert f"Risk {CHECK}@c" in told(workspace, f"{CHECK}@c")


def test_the_multiplication_stands_line_by_line_with_where_each_factor_was_read(workspace: Workspace) -> None:
    lines = told(workspace, f"{CHECK} c/shop/bad-1").splitlines()
    text = "\n".join(line.strip() for line in lines)
    for wanted in (
        "Chance of a loss within twelve months: likelihood 4 stands for 0.80", "odds 0.80 / (1 - 0.80) = 4",
        "Share of the worst credible loss: impact 4 stands for 0.52", "production [engagement.yaml: clusters]",
        "3 fail, 0 open, 5 pass", "As far as is known:", "At the least:", "At the most:", "Work package: none yet",
        "Exception: none",
    ):  # fmt: skip
        assert wanted in text, wanted
    assert any("exposure" in line and "workload_exposure: c-" in line for line in lines)


def test_the_numbers_printed_are_the_numbers_stored(workspace: Workspace, estate: Scored) -> None:
    row = estate.rows["c", CHECK]
    text = told(workspace, row["risk_id"])
    for points, score in (("points", "score"), ("points_lower", "lower"), ("points_upper", "upper")):
        assert f"= {row[points]} risk points; score S = {row[score]} of 100" in text


def test_every_risk_of_the_estate_can_be_explained(workspace: Workspace, estate: Scored) -> None:
    for row in estate.risks.to_pylist():
        assert row["risk_id"] in told(workspace, row["risk_id"])


def test_a_stored_number_that_its_working_does_not_lead_to_is_refused(tmp_path: Path, estate: Scored) -> None:
    rows = estate.risks.to_pylist()
    for row in rows:
        row["points"] += 1
    workspace = written(tmp_path, estate, risks=as_columns(rows, RISKS))
    with pytest.raises(DoesNotAddUp, match="the points of this risk"):
        told(workspace, f"{CHECK}@c")


def test_a_stored_factor_that_was_changed_is_refused(tmp_path: Path, estate: Scored) -> None:
    rows = estate.members.to_pylist()
    for row in rows:
        changed = json.loads(row["factors"])
        changed["factors"][5]["estimate"] = "0.5"
        row["factors"] = json.dumps(changed)
    workspace = written(tmp_path, estate, risk_members=pa.Table.from_pylist(rows, schema=estate.members.schema))
    with pytest.raises(DoesNotAddUp, match="the points of this subject"):
        told(workspace, f"{CHECK}@c")


def test_a_finding_that_passes_has_no_risk_of_its_own(workspace: Workspace, tmp_path: Path) -> None:
    assert "This subject passes." in told(workspace, f"{CHECK} c/shop/good-1")
    sound = written(tmp_path / "sound", scored(*workloads(0, 1)))
    assert "Risk: none" in told(sound, f"{CHECK} c/shop/good-0")


def test_what_is_open_is_explained_up_to_its_upper_bound(tmp_path: Path) -> None:
    open_one = web(container={"securityContext": {"allowPrivilegeEscalation": "~redacted:x"}})
    workspace = written(tmp_path, Scored([evidence(open_one)], checks=USED))
    assert "nothing fails for certain" in told(workspace, f"{CHECK} c/shop/web")


def test_work_packages_and_exceptions_are_named(tmp_path: Path, estate: Scored) -> None:
    fingerprint = a_finding(estate, "bad-1")["fingerprint"]
    package = {"package_id": "P1", "title": "Harden", "units": 3, "unit": "workload", "effort_days": 2.5,
               "effort_low": 1.0, "effort_high": 4.0, "risks": [f"{CHECK}@c"]}  # fmt: skip
    exception = {"number": 1, "state": "live", "until": "2027-01-31", "reason": "vendor image", "approver": "A. Chief"}
    workspace = written(
        tmp_path, estate,
        packages=as_columns([package], PACKAGES), plan=as_columns([{"package_id": "P1", "quarter": 2}], PLAN),
        exceptions=as_columns([exception], EXCEPTIONS),
        exception_matches=as_columns([{"number": 1, "fingerprint": fingerprint}], columns("number int, fingerprint")),
    )  # fmt: skip
    text = told(workspace, fingerprint)
    assert "Work package P1: Harden; 2.5 person-days (1 to 4), 3 x workload, quarter 2" in text
    assert "Exception 1, live, until 2027-01-31: vendor image (approved by A. Chief)" in text


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("nothing", "names no finding: give a fingerprint"),
        ("ffff", "names no finding of the newest"),
        ("no.such_check@c", "names no finding of the newest"),
        (f"{CHECK} c/shop/none", "names no finding of the newest"),
    ],
)
def test_what_names_nothing_is_refused_with_what_would(workspace: Workspace, asked: str, says: str) -> None:
    with pytest.raises(NotThere, match=says):
        told(workspace, asked)


def test_the_beginning_of_several_fingerprints_lists_them(tmp_path: Path, estate: Scored) -> None:
    rows = estate.judged.findings.to_pylist()
    for number, row in enumerate(rows):
        row["fingerprint"] = f"abcd{number:060x}"
    findings = pa.Table.from_pylist(rows, schema=estate.judged.findings.schema)
    workspace = written(tmp_path, estate, findings=findings)
    with pytest.raises(NotThere, match=r"may mean any of 16 findings:(.|\n)*and 8 more"):
        told(workspace, "abcd")


def test_a_workspace_that_was_not_assessed_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotThere, match="kubesurvey assess"):
        told(Workspace(tmp_path), "abcdef")

"""`kubesurvey demo`: the whole way on the sample, honest about what it did not see."""

from __future__ import annotations

from pathlib import Path

import pandas

import assessment
from assessment.collection import silent
from assessment.demonstration import survey
from tests.command_line.calling import Said, contents, say

Demonstration = tuple[Path, Said]


def test_it_ends_with_verdicts_gaps_and_the_paths_of_what_it_wrote(demonstration: Demonstration) -> None:
    folder, said = demonstration
    assert said.code == 0, said.err
    assert "Verdicts" in said.out and "what would close them" in said.out
    paths = [Path(line) for line in said.out.splitlines() if line.startswith(str(folder))]
    assert {path.suffix for path in paths} >= {".pdf", ".csv", ".parquet"}
    assert all(path.is_file() for path in paths)


def test_piped_it_shows_no_progress_and_no_colour(demonstration: Demonstration) -> None:
    assert demonstration[1].err == ""
    assert "\x1b" not in demonstration[1].out


def test_a_forbidden_list_and_a_kind_that_was_not_asked_for_are_gaps(demonstration: Demonstration) -> None:
    gaps = assessment.open(demonstration[0]).result("gaps")
    assert {"rbac.authorization.k8s.io/RoleBinding", "Secret"} <= set(gaps["kind"].dropna())


def test_every_verdict_occurs_and_the_numbers_on_screen_are_those_of_the_results(
    demonstration: Demonstration,
) -> None:
    folder, said = demonstration
    findings = assessment.open(folder).result("findings")
    assert set(findings["verdict"]) == {"pass", "fail", "unknown"}
    shown = next(line.split() for line in said.out.splitlines() if line.startswith(" all"))
    counts = findings["verdict"].value_counts()
    assert [int(word.replace(",", "")) for word in shown[1:4]] == [
        counts["pass"], counts["fail"], counts["unknown"]]


def test_good_practice_in_the_clinic_passes_and_bad_practice_fails(demonstration: Demonstration) -> None:
    findings = assessment.open(demonstration[0]).result("findings")

    def verdicts(check: str, name: str) -> set[str]:
        return _verdicts(findings, check, name)

    assert verdicts("pod_security.privileged", "web") == {"pass"}
    assert verdicts("pod_security.privileged", "fax-gateway") == {"fail"}
    assert verdicts("pod_security.host_pid", "node-exporter") == {"fail"}


def test_no_secret_of_the_clinic_reaches_the_disk(demonstration: Demonstration) -> None:
    for name, found in contents(demonstration[0]).items():
        assert b"not-a-real" not in found, name


def test_a_second_demonstration_replaces_the_first(clinic: Path) -> None:
    (clinic / "reports" / "left-over.txt").write_text("old")
    survey(clinic, silent)
    assert not (clinic / "reports").exists()
    assert len(assessment.open(clinic).result("findings"))


def test_every_report_of_every_reader_is_there(demonstration: Demonstration) -> None:
    found = {path.name for path in (demonstration[0] / "reports").iterdir()}
    assert {f"evidence-pack-{name}.pdf" for name in ("hipaa", "pci_dss", "soc2")} <= found
    assert {f"90-day-plan-{number}.pdf" for number in range(1, 5)} <= found
    assert {"executive-roadmap.pdf", "workbook.xlsx", "summary.html", "findings.csv", "packages.csv"} <= found
    assert {"threat-coverage.html", "threat-coverage.pdf"} <= found


def test_it_ends_with_the_worst_risks_and_the_plan(demonstration: Demonstration) -> None:
    out = demonstration[1].out
    assert "Worst risks: 5 of" in out and "The plan:" in out and " later " in out


def test_all_eight_dimensions_hold_good_and_bad(demonstration: Demonstration) -> None:
    findings = assessment.open(demonstration[0]).result("findings")
    verdicts = findings.groupby("dimension")["verdict"].agg(set)
    assert len(verdicts) == 8
    assert all({"pass", "fail", "unknown"} <= found for found in verdicts)


def test_both_clouds_answer_and_what_they_refuse_names_the_permission(demonstration: Demonstration) -> None:
    gaps = assessment.open(demonstration[0]).result("gaps")
    closing = " ".join(gaps["closed_by"].dropna())
    assert "eks:ListAddons" in closing and "Microsoft.Insights/diagnosticSettings/read" in closing


def test_a_folder_that_is_not_a_demonstration_is_left_alone(empty: Path) -> None:
    before = contents(empty)
    said = say("demo", empty)
    assert said.code == 2 and "nothing was written" in said.err
    assert contents(empty) == before


def _verdicts(findings: pandas.DataFrame, check: str, name: str) -> set[str]:
    rows = findings[(findings["check_id"] == check) & (findings["subject_name"] == name)]
    return set(rows["verdict"])

"""A requirement's status is the first of the table that holds, and says why."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date

import pytest

from assessment.frameworks.judge import CheckCounts
from assessment.frameworks.judge import judge as judge_framework
from tests.frameworks.toy import (
    AS_OF,
    AWS,
    EKS,
    EVERYTHING,
    PASSING,
    TOY,
    engagement,
    judge,
    judged,
    on_file,
    signature,
)

A, B, C, D = PASSING
NOT_APPLICABLE = {"framework": "toy", "reason": "No such thing here.", "approver": "Counsel"}


def test_supported_when_running_evidence_passed_papers_are_on_file_and_a_person_signed() -> None:
    row = judged(*PASSING, **EVERYTHING)["1.1"]
    assert row.status == "supported"
    assert row.status_reason == (
        "8 of 8 judgements by 2 mapped checks passed; left out: nothing. "
        "On file: 1 of 1 asked for by hand; signed by Jane, official, 2026-11-20, for all of 1."
    )
    assert row.by_hand_on_file == ["The paper for 1.1. On file: Paper 1.1 (2026-01-02; Jane, official)."]


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        (replace(A, unknown=1), "1 judgement is unknown"),
        (replace(A, unseen=2), "2 gaps hide subjects"),
        (CheckCounts("a", passed_declared=4), "no check passed on running evidence"),
    ],
)
def test_one_open_end_of_the_evidence_leaves_it_partly_supported(counts: CheckCounts, told: str) -> None:
    other = replace(B, passed_running=0) if counts.passed_declared else B
    row = judged(counts, other, **EVERYTHING)["1.1"]
    assert row.status == "partly supported"
    assert row.status_reason.endswith(f"Not more than partly, because {told}.")


def test_a_mapped_check_that_was_not_run_leaves_it_partly_supported() -> None:
    row = judged(A, **EVERYTHING)["1.1"]
    assert row.status == "partly supported"
    assert "left out: 1 check not run (b)" in row.status_reason


def test_without_the_papers_or_the_signature_it_is_partly_supported() -> None:
    unsigned = judged(*PASSING, by_hand=EVERYTHING["by_hand"])["1.1"]
    assert (unsigned.status, unsigned.by_hand_open) == ("partly supported", 0)
    assert unsigned.status_reason.endswith("because nobody has signed.")
    without_papers = judged(*PASSING, signatures=EVERYTHING["signatures"])["1.1"]
    assert (without_papers.status, without_papers.by_hand_open) == ("partly supported", 1)
    assert without_papers.status_reason.endswith("because 1 item asked for by hand is open.")


def test_subjects_out_of_scope_do_not_weaken_but_are_told() -> None:
    row = judged(replace(A, out_of_scope=3), B, **EVERYTHING)["1.1"]
    assert row.status == "supported"
    assert "left out: 3 subjects that the checks do not concern." in row.status_reason


def test_one_failure_contradicts_whatever_is_on_file() -> None:
    row = judged(replace(A, failed=2, unknown=1), replace(B, failed=5), **EVERYTHING)["1.1"]
    assert (row.status, row.passed, row.failed, row.unknown) == ("contradicted", 8, 7, 1)
    assert "8 of 16 judgements by 2 mapped checks passed; 7 failed: b (5), a (2); 1 unknown" in row.status_reason


def test_documents_alone_are_partly_supported_even_when_signed() -> None:
    row = judged(**EVERYTHING)["1.2"]
    assert row.status == "partly supported"
    assert "No check can observe this." in row.status_reason
    assert row.status_reason.endswith("because documents alone show no more.")


def test_without_anything_a_mapped_requirement_is_not_assessed_and_the_rest_needs_documents() -> None:
    rows = judged(CheckCounts("a", unknown=3), CheckCounts("b"))
    assert rows["1.1"].status == "not assessed"
    assert rows["1.1"].status_reason.startswith("0 of 3 judgements by 2 mapped checks passed; 3 unknown")
    assert rows["1.2"].status == "documents needed"


def test_a_signature_alone_is_no_evidence() -> None:
    rows = judged(signatures=[signature("1")])
    assert (rows["1.1"].status, rows["1.2"].status) == ("not assessed", "documents needed")


def test_not_applicable_needs_a_decision_and_shows_what_was_seen_all_the_same() -> None:
    row = judged(replace(A, failed=1), B, not_applicable=[NOT_APPLICABLE | {"requirement": "1.1"}])["1.1"]
    assert (row.status, row.failed, row.by_hand_open) == ("not applicable", 1, 0)
    assert row.status_reason.startswith("Decided not to apply (Counsel): No such thing here. 8 of 9 judgements")


def test_a_section_that_does_not_apply_takes_all_below_with_it() -> None:
    rows = judged(not_applicable=[NOT_APPLICABLE | {"requirement": "1", "date": "2026-02-03"}])
    assert {rows[one].status for one in ("1", "1.1", "1.2")} == {"not applicable"}
    assert "with all of 1 (Counsel, 2026-02-03)" in rows["1.2"].status_reason


def test_inherited_when_the_provider_bears_it_and_its_report_is_on_file() -> None:
    row = judged(clusters=EKS, provider_reports=[AWS])["2.1"]
    assert (row.status, row.bearer, row.by_hand_open) == ("inherited", "provider", 0)
    assert row.status_reason == (
        "The provider bears it for every cluster assessed. "
        "Provider report on file: SOC 2 Type 2 (aws, 2025-10-01 to 2026-09-30)."
    )


@pytest.mark.parametrize(
    ("clusters", "report", "told"),
    [
        (EKS, None, "No report of the provider is on file for prod."),
        (EKS, AWS | {"provider": "azure"}, "No report of the provider is on file for prod."),
        (EKS, AWS | {"frameworks": ["pci_dss"]}, "No report of the provider is on file for prod."),
        (EKS, AWS | {"covers": ["1"]}, "No report of the provider is on file for prod."),
        ({}, AWS, "Engagement.yaml does not say who manages prod."),
        ({"prod": {"managed": "self"}}, AWS, "nobody has signed."),
    ],
)
def test_not_inherited_without_the_report_of_the_right_provider(
    clusters: dict[str, object], report: dict[str, object] | None, told: str
) -> None:
    row = judged(clusters=clusters, provider_reports=[report] if report else [])["2.1"]
    assert row.status == "documents needed"
    assert row.status_reason.endswith(told)


def test_an_estate_of_several_kinds_inherits_only_if_every_cluster_does() -> None:
    clusters = {"prod": {"managed": "eks"}, "lab": {"managed": "self"}, "new": {}}
    row = judged(clusters=clusters, provider_reports=[AWS], assessed=("prod", "lab", "new"))["2.1"]
    assert row.status == "partly supported"
    assert row.bearer == "customer for lab; not known for new; provider for prod"
    azure = AWS | {"provider": "Microsoft", "covers": ["2"]}
    both = judged(
        clusters={"prod": {"managed": "eks"}, "west": {"managed": "AKS"}},
        provider_reports=[AWS, azure],
        assessed=("prod", "west"),
    )
    assert both["2.1"].status == "inherited"


def test_a_failure_contradicts_even_what_the_provider_bears() -> None:
    assert judged(replace(C, failed=1), clusters=EKS, provider_reports=[AWS])["2.2"].status == "contradicted"


def test_a_document_answers_an_item_by_its_number_or_its_text() -> None:
    by_text = judged(by_hand=[on_file("1.2", "The paper for 1.2.")])["1.2"]
    assert by_text == judged(by_hand=[on_file("1.2", 1)])["1.2"]
    assert judged(by_hand=[on_file("1.2", 2)])["1.2"].by_hand_open == 1


def test_a_section_stands_where_the_worst_below_it_stands_and_says_so() -> None:
    rows = judged(*PASSING, by_hand=[on_file("1.1")], signatures=[signature("1")])
    assert (rows["1.1"].status, rows["1.2"].status) == ("supported", "documents needed")
    assert rows["1"].status == "documents needed"
    assert rows["1"].status_reason.startswith(
        "Roll-up of 2 rows below, not counted itself. documents needed: 1.2; supported: 1.1. Of its own: 4 of 4"
    )


def test_a_section_counts_only_the_checks_mapped_to_itself() -> None:
    rows = judged(*PASSING)
    assert (rows["1"].passed, rows["1.1"].passed, rows["2"].passed) == (4, 8, 0)


def test_a_check_that_fails_for_a_section_contradicts_the_section_alone() -> None:
    rows = judged(A, B, C, replace(D, failed=1))
    assert (rows["1"].status, rows["1.1"].status) == ("contradicted", "partly supported")


def test_a_section_whose_own_papers_are_open_is_partly_supported_at_best() -> None:
    inherited = judged(*PASSING, provider_reports=[AWS | {"covers": ["2.1", "2.2"]}], clusters=EKS)
    assert (inherited["2.1"].status, inherited["2"].status) == ("inherited", "partly supported")
    on_paper = judged(
        *PASSING, provider_reports=[AWS | {"covers": ["2.1", "2.2"]}], clusters=EKS, by_hand=[on_file("2")]
    )
    assert on_paper["2"].status == "inherited"


def test_nothing_stands_whole_above_an_open_sub_requirement() -> None:
    rows = judged(*PASSING, signatures=[signature("3")])
    assert (rows["3"].status, rows["3.1"].status) == ("partly supported", "documents needed")
    assert rows["3"].status_reason.endswith("It stands no higher because of 3.1 below it.")
    decided = judged(*PASSING, signatures=[signature("3")], not_applicable=[NOT_APPLICABLE | {"requirement": "3.1"}])
    assert decided["3"].status == "supported"


def test_each_mapped_check_has_a_row_of_its_own() -> None:
    found = judge([replace(A, passed_declared=1, failed=2, out_of_scope=3)], engagement(), ["prod"]).checks
    assert [(one.requirement_id, one.check_id) for one in found] == [
        ("1", "d"), ("1.1", "a"), ("1.1", "b"), ("2.2", "c"), ("3", "a"),
    ]  # fmt: skip
    assert asdict(found[1]) == {
        "framework": "toy", "requirement_id": "1.1", "check_id": "a", "shows": "a is so.",
        "passed": 5, "failed": 2, "unknown": 0, "out_of_scope": 3, "unseen": 0, "outside": 0, "unplaced": 0,
    }  # fmt: skip


def test_the_order_of_counts_and_clusters_changes_nothing() -> None:
    forward = judge(PASSING, engagement(clusters=EKS), ["prod", "lab"])
    assert forward == judge(PASSING[::-1], engagement(clusters=EKS), ["lab", "prod", "prod"])


def test_subjects_outside_the_scope_of_the_framework_are_told_and_weigh_nothing() -> None:
    row = judged(replace(A, outside=5), B, **EVERYTHING)["1.1"]
    assert row.status == "supported"
    assert "left out: 5 judgements on subjects outside the scope of the framework." in row.status_reason


def test_a_failure_that_may_be_out_of_scope_contradicts_nothing_and_lets_nothing_stand_better() -> None:
    may_be = replace(A, unknown=2, unplaced=2, failed_unplaced=1)
    row = judged(may_be, B, **EVERYTHING)["1.1"]
    assert (row.status, row.passed, row.failed, row.unknown) == ("not assessed", 8, 0, 2)
    assert "2 unknown, 2 of them because their scope is not known" in row.status_reason
    told = "1 failure is on a subject that may or may not be in scope; in scope, one would contradict."
    assert row.status_reason.endswith(told)
    provider = replace(C, unknown=1, unplaced=1, failed_unplaced=1)
    assert judged(provider, clusters=EKS, provider_reports=[AWS])["2.2"].status == "not assessed"


def test_a_row_counts_what_lies_in_its_own_scope() -> None:
    cde = replace(TOY, requirements=tuple(replace(one, scope="cde") for one in TOY.requirements))
    found = judge_framework(cde, {"ephi": PASSING, "cde": [replace(A, failed=1), B]}, engagement(), ["prod"], AS_OF)
    rows = {one.requirement_id: one for one in found.requirements}
    assert (rows["1.1"].status, rows["1.1"].scope, rows["2.2"].status) == ("contradicted", "cde", "not assessed")


@pytest.mark.parametrize(
    ("as_of", "status"),
    [
        ("2025-09-30", "documents needed"),
        ("2025-10-01", "inherited"),
        ("2026-12-30", "inherited"),
        ("2026-12-31", "documents needed"),
    ],
)
def test_a_providers_report_speaks_for_its_period_and_three_months_after_it(as_of: str, status: str) -> None:
    said = engagement(clusters=EKS, provider_reports=[AWS])
    found = judge([], said, ["prod"], date.fromisoformat(as_of)).requirements
    row = next(one for one in found if one.requirement_id == "2.1")
    assert row.status == status
    if status != "inherited":
        assert "Nothing is inherited from SOC 2 Type 2 (aws, 2025-10-01 to 2026-09-30): it " in row.status_reason

"""Which requirement each package moves: the judge is asked again with the package's failures as passes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from assessment.frameworks.run import REQUIREMENT_CHECKS, REQUIREMENTS, SCOPE_SUBJECTS
from assessment.recording import as_columns, columns
from assessment.roadmap.moves import Move, moves_of
from tests.frameworks.toy import AS_OF, TOY, engagement, on_file, signature

FINDINGS = columns(
    "check_id, cluster, subject_group, subject_kind, subject_namespace, subject_name, verdict, basis, fingerprint"
)
Verdicts = Mapping[str, str]
"""`check/subject` -> verdict; the key is the fingerprint."""


def _results(
    verdicts: Verdicts, basis: str = "running", members: Mapping[str, str] | None = None
) -> dict[str, pa.Table]:
    checks = sorted({name.partition("/")[0] for name in verdicts})
    none = dict.fromkeys(("passed", "failed", "unknown", "out_of_scope", "unseen", "outside", "unplaced"), 0)
    requirement = {"framework": "toy", "requirement_id": "1.1", "scope": "ephi", "level": "requirement"}
    return {
        "findings": as_columns((_finding(name, verdict, basis) for name, verdict in verdicts.items()), FINDINGS),
        "requirements": as_columns([dict.fromkeys(REQUIREMENTS) | requirement], REQUIREMENTS),
        "requirement_checks": as_columns(
            (
                dict.fromkeys(REQUIREMENT_CHECKS) | none
                | {"framework": "toy", "requirement_id": "1.1", "check_id": check, "failed": 1}
                for check in checks
            ),
            REQUIREMENT_CHECKS,
        ),
        "scope_subjects": as_columns(
            (
                dict.fromkeys(SCOPE_SUBJECTS)
                | {"scope": "ephi", "cluster": "prod", "subject_group": "apps", "subject_kind": "Deployment",
                   "subject_namespace": "shop", "subject_name": name, "in_scope": answer}
                for name, answer in (members or {}).items()
            ),
            SCOPE_SUBJECTS,
        ),
        "clusters": pa.table({"cluster": ["prod", "answers"]}),
    }  # fmt: skip


def _finding(name: str, verdict: str, basis: str) -> dict[str, Any]:
    check, _, subject = name.partition("/")
    return {
        "check_id": check, "cluster": "prod", "subject_group": "apps", "subject_kind": "Deployment",
        "subject_namespace": "shop", "subject_name": subject, "verdict": verdict, "basis": basis, "fingerprint": name,
    }  # fmt: skip


def _moves(
    verdicts: Verdicts, order: Sequence[str], fixed_by: Mapping[str, str], said: Mapping[str, Any] | None = None,
    **more: Any,
) -> list[Move]:  # fmt: skip
    return moves_of(_results(verdicts, **more), engagement(**(said or {})), AS_OF, order, fixed_by, read=lambda _: TOY)


def _told(moves: Sequence[Move]) -> list[tuple[str, str, str, str]]:
    return [(one.requirement_id, one.package_id, one.status_now, one.status_expected) for one in moves]


FAILING = {"a/x": "fail", "a/y": "pass", "b/x": "fail"}
BY = {"a/x": "fix-a", "b/x": "fix-b"}


def test_the_last_package_that_turns_the_mapped_checks_green_moves_the_requirement() -> None:
    assert _told(_moves(FAILING, ["fix-a", "fix-b"], BY)) == [
        ("3", "fix-a", "contradicted", "partly supported"), ("1.1", "fix-b", "contradicted", "partly supported"),
    ]  # fmt: skip
    other_way = _told(_moves(FAILING, ["fix-b", "fix-a"], BY))
    assert other_way == [
        ("1.1", "fix-a", "contradicted", "partly supported"), ("3", "fix-a", "contradicted", "partly supported"),
    ]  # fmt: skip


def test_a_package_that_repairs_only_a_part_moves_nothing() -> None:
    assert _moves({"a/x": "fail", "a/y": "fail"}, ["half"], {"a/x": "half"}) == []


def test_open_papers_and_missing_signatures_keep_it_at_partly_supported() -> None:
    one_by_hand = {"by_hand": [on_file("1.1")]}
    assert _told(_moves(FAILING, ["fix-a", "fix-b"], BY, one_by_hand))[-1][3] == "partly supported"
    signed = one_by_hand | {"signatures": [signature("1.1")]}
    moves = _moves(FAILING, ["fix-a", "fix-b"], BY, signed)
    assert _told(moves)[-1] == ("1.1", "fix-b", "contradicted", "supported")


def test_declared_evidence_and_what_is_unknown_keep_it_at_partly_supported() -> None:
    signed = {"by_hand": [on_file("1.1")], "signatures": [signature("1.1")]}
    declared = _moves(FAILING, ["fix-a", "fix-b"], BY, signed, basis="declared")
    assert _told(declared)[-1][3] == "partly supported"
    unknown = _moves(FAILING | {"a/z": "unknown"}, ["fix-a", "fix-b"], BY, signed)
    assert _told(unknown)[-1][3] == "partly supported"
    assert "1 judgement is unknown" in unknown[-1].why


def test_only_failures_inside_the_scope_hold_a_requirement() -> None:
    verdicts = {"a/x": "fail", "a/y": "fail", "b/y": "pass"}
    by = {"a/x": "fix-x", "a/y": "fix-y"}
    members = {"x": "no", "y": "yes"}
    assert _told(_moves(verdicts, ["fix-x", "fix-y"], by, members=members))[0][:2] == ("1.1", "fix-y")


def test_a_failure_whose_scope_nobody_knows_leaves_it_no_better_than_partly_supported() -> None:
    verdicts = {"a/x": "fail", "a/y": "pass", "b/y": "pass"}
    signed = {"by_hand": [on_file("1.1")], "signatures": [signature("1.1")]}
    moves = _moves(verdicts, ["fix-x"], {"a/x": "fix-x"}, signed, members={"x": "not known", "y": "yes"})
    assert ("1.1", "fix-x", "not assessed", "partly supported") in _told(moves)


def test_sections_are_roll_ups_and_never_move() -> None:
    assert _moves({"d/x": "fail"}, ["fix-d"], {"d/x": "fix-d"}) == []


def test_without_requirements_nothing_moves() -> None:
    assert moves_of({}, engagement(), AS_OF, ["fix-a"], BY) == []

"""Exceptions stand beside the results: live, expired, unused or invalid, and never a change of a verdict."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from assessment.exceptions import exceptions_of
from collectors.people import exceptions
from collectors.people.exceptions import WrittenException
from collectors.problems import InvalidFile

AS_OF = date(2026, 11, 21)
CHECKS = ("images.pinned_by_digest", "network.ingress_isolated")
GOOD: dict[str, Any] = {
    "check": "images.pinned_by_digest", "subjects": ("prod/pay/Deployment/web",), "reason": "r", "owner": "Team",
    "approver": "Jane", "compensating_control": "c", "until": "2027-01-31",
}  # fmt: skip


def finding(name: str, verdict: str = "fail", **other: Any) -> dict[str, Any]:
    row = {
        "check_id": "images.pinned_by_digest", "cluster": "prod", "subject_namespace": "pay",
        "subject_kind": "Deployment", "subject_name": name, "verdict": verdict,
    } | other  # fmt: skip
    return row | {"fingerprint": f"{row['check_id']}/{row['cluster']}/{row['subject_namespace']}/{name}"}


FINDINGS = pa.Table.from_pylist([
    finding("web"), finding("api"), finding("job", "unknown"), finding("old", "pass"),
    finding("web", cluster="arn:aws:eks/prod"), finding("flow", check_id="network.ingress_isolated"),
    finding("admin", subject_namespace=None, subject_kind="ClusterRole"),
])  # fmt: skip
REQUIREMENTS = pa.Table.from_pylist([
    {"framework": "pci_dss", "requirement_id": "1", "parent": None, "checks": []},
    {"framework": "pci_dss", "requirement_id": "1.3.1", "parent": "1", "checks": ["network.ingress_isolated"]},
    {"framework": "pci_dss", "requirement_id": "12.1", "parent": None, "checks": []},
])  # fmt: skip


def judged(**changes: Any) -> tuple[dict[str, Any], list[str]]:
    """The row of one exception, and the names of the findings that it matches."""
    written = WrittenException.model_validate(GOOD | changes)
    found = exceptions_of(FINDINGS, REQUIREMENTS, [written], AS_OF, checks=CHECKS)
    prints = [row["fingerprint"] for row in found["exception_matches"].to_pylist()]
    return found["exceptions"].to_pylist()[0], prints


def test_an_exception_from_before_a_check_had_its_name_holds_on() -> None:
    written = WrittenException.model_validate(GOOD | {"check": "images.by_digest"})
    became = {"images.by_digest": frozenset({"images.pinned_by_digest"})}
    found = exceptions_of(FINDINGS, REQUIREMENTS, [written], AS_OF, checks=CHECKS, formerly=became)
    assert found["exceptions"].to_pylist()[0]["state"] == "live"


def test_a_live_exception_names_what_it_is_about() -> None:
    row, prints = judged()
    assert (row["number"], row["state"], row["matched"], row["note"]) == (1, "live", 1, "")
    assert prints == ["images.pinned_by_digest/prod/pay/web"]


@pytest.mark.parametrize(
    ("subjects", "names"),
    [
        (("prod/pay/Deployment/*",), ["api", "job", "web"]),
        (("prod/*/*/*",), ["admin", "api", "job", "web"]),
        (("prod//ClusterRole/admin",), ["admin"]),
        (("*/pay/Deployment/web",), ["web", "web"]),
        (("arn:aws:eks/prod/pay/Deployment/web",), ["web"]),
        (("prod/pay/Deployment/web", "prod/pay/Deployment/api"), ["api", "web"]),
    ],
)
def test_a_star_stands_for_a_whole_part(subjects: tuple[str, ...], names: list[str]) -> None:
    row, prints = judged(subjects=subjects)
    assert sorted(each.rpartition("/")[2] for each in prints) == names
    assert row["matched"] == len(names)


def test_a_requirement_stands_for_its_checks_and_a_section_for_all_below_it() -> None:
    for requirement in ("1.3.1", "1"):
        row, prints = judged(check=None, framework="pci_dss", requirement=requirement, subjects=("*/*/*/*",))
        assert (row["state"], row["requirement_id"], len(prints)) == ("live", requirement, 1)


@pytest.mark.parametrize(
    ("changes", "state", "note"),
    [
        ({"until": "2026-11-21"}, "live", ""),
        ({"compensating_control": None}, "live", "No compensating control is named."),
        ({"until": "2026-11-20"}, "expired", "Ended on 2026-11-20. Findings still open: 1."),
        ({"subjects": ("prod/pay/Deployment/old",)}, "unused", "Everything that it names passes. It can be taken out."),
        ({"subjects": ("prod/pay/Deployment/gone",)}, "unused",
         "No finding is what it names. It can be taken out."),
        ({"check": "images.pined_by_digest"}, "invalid",
         "'images.pined_by_digest' is not a known check. Did you mean 'images.pinned_by_digest'?"),
        ({"check": None, "framework": "pci", "requirement": "1"}, "invalid",
         "'pci' is not a known framework. Did you mean 'pci_dss'?"),
        ({"check": None, "framework": "pci_dss", "requirement": "9.9"}, "invalid",
         "'9.9' is not a known requirement of pci_dss."),
        ({"check": None, "framework": "pci_dss"}, "invalid", "requirement is missing."),
        ({"check": None}, "invalid", "It must be about a check, or about a requirement of a framework."),
        ({"framework": "pci_dss", "requirement": "1"}, "invalid",
         "It must be about a check, or about a requirement of a framework."),
        ({"approver": " team "}, "invalid", "The owner approves the exception; that takes somebody else."),
        ({"until": None}, "invalid", "until is missing."),
        ({"until": "next year"}, "invalid", "until must be a date such as 2027-06-30, not 'next year'."),
        ({"subjects": ()}, "invalid", "No subjects are named; */*/*/* would mean all of them."),
        ({"subjects": ("prod/pay/Deployment/we*",)}, "invalid",
         "'prod/pay/Deployment/we*' is not cluster/namespace/kind/name with '*' for whole parts only."),
        ({"subjects": ("prod/pay",)}, "invalid",
         "'prod/pay' is not cluster/namespace/kind/name with '*' for whole parts only."),
        ({"reason": None, "owner": None}, "invalid", "reason is missing. owner is missing."),
    ],
)  # fmt: skip
def test_each_state_says_why(changes: dict[str, Any], state: str, note: str) -> None:
    row, prints = judged(**changes)
    assert (row["state"], row["note"]) == (state, note)
    assert (state in ("live", "expired")) == bool(prints)


def test_an_invalid_one_matches_nothing_and_does_not_hide_the_others() -> None:
    written = [WrittenException.model_validate(GOOD | changes) for changes in ({"until": None}, {}, {})]
    found = exceptions_of(FINDINGS, REQUIREMENTS, written, AS_OF, checks=CHECKS)
    assert [row["state"] for row in found["exceptions"].to_pylist()] == ["invalid", "live", "live"]
    assert [row["number"] for row in found["exception_matches"].to_pylist()] == [2, 3]


def test_the_file_may_be_missing_and_its_template_excepts_nothing(tmp_path: Path) -> None:
    path = tmp_path / "exceptions.yaml"
    assert exceptions.read(path) == ()
    path.write_text(exceptions.template())
    assert exceptions.read(path) == ()


def test_the_examples_of_the_template_are_valid_but_for_the_names_of_a_client(tmp_path: Path) -> None:
    path = tmp_path / "exceptions.yaml"
    path.write_text(exceptions.template().replace("\n#  ", "\n  "))
    written = exceptions.read(path)
    known = ("reliability.more_than_one_replica",)
    found = exceptions_of(FINDINGS, REQUIREMENTS, written, AS_OF, checks=known)["exceptions"].to_pylist()
    assert [row["state"] for row in found] == ["unused", "unused"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("exceptions: [{chek: a}]", "exceptions[1].chek: is not a known key. Did you mean 'check'?"),
        ("exception: []", "exception: is not a known key. Did you mean 'exceptions'?"),
        ("exceptions: {}", "exceptions: must be a list"),
        ("exceptions: [&a {check: x}, *a]", "the alias *a is not followed here"),
    ],
)
def test_a_key_that_nobody_knows_is_refused(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "exceptions.yaml"
    path.write_text(text)
    with pytest.raises(InvalidFile) as caught:
        exceptions.read(path)
    assert told in str(caught.value)


def test_hostile_text_stays_plain_text() -> None:
    said = "=cmd|' /C calc'!A0 <b> \u202e" + "x" * 300
    row, _ = judged(reason=said, owner=said, until=said)
    assert (row["reason"], row["owner"], row["state"]) == (said, said, "invalid")

"""A small framework, and the papers that a survey may have on file for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from assessment.frameworks.judge import CheckCounts, Judged, RequirementRow
from assessment.frameworks.judge import judge as judge_framework
from assessment.frameworks.load import Bearer, Evidence, Framework, Requirement
from collectors.people.engagement import Engagement

CUSTOMER = Bearer("customer", "customer")
BY_SITE = Bearer("provider", "customer")
AS_OF = date(2026, 11, 21)
EKS = {"prod": {"managed": "eks"}}
SIGNED = {"framework": "toy", "signed_by": "Jane", "role": "official", "date": "2026-11-20"}
AWS = {
    "provider": "AWS",
    "title": "SOC 2 Type 2",
    "period": {"from": "2025-10-01", "to": "2026-09-30"},
    "frameworks": ["toy"],
}


def row(requirement_id: str, **said: Any) -> Requirement:
    """A requirement of the customer's that asks for one document and to which no check is mapped."""
    facts: dict[str, Any] = {
        "id": requirement_id, "parent": None, "level": "requirement", "title": f"Title of {requirement_id}",
        "obligation": "required", "bearer": CUSTOMER, "scope": "ephi", "evidence": (),
        "by_hand": (f"The paper for {requirement_id}.",), "blind_to": (),
    } | said  # fmt: skip
    return Requirement(**facts)


def mapped(*checks: str) -> tuple[Evidence, ...]:
    return tuple(Evidence(check, f"{check} is so.") for check in checks)


TOY = Framework(
    id="toy", title="Toy", version="1", date="2026-11-21", source="made up", limits=(),
    requirements=(
        row("1", level="section", by_hand=(), evidence=mapped("d")),
        row("1.1", parent="1", evidence=mapped("a", "b")),
        row("1.2", parent="1"),
        row("2", level="section"),
        row("2.1", parent="2", bearer=BY_SITE),
        row("2.2", parent="2", bearer=BY_SITE, evidence=mapped("c")),
        row("3", evidence=mapped("a"), by_hand=()),
        row("3.1", parent="3", level="sub-requirement"),
    ),
)  # fmt: skip


def on_file(requirement: str, item: int | str = 1) -> dict[str, Any]:
    return {
        "framework": "toy", "requirement": requirement, "item": item, "title": f"Paper {requirement}",
        "date": date(2026, 1, 2).isoformat(), "signed_by": "Jane", "role": "official",
    }  # fmt: skip


def signature(requirement: str) -> dict[str, Any]:
    return SIGNED | {"requirement": requirement}


def engagement(**said: Any) -> Engagement:
    return Engagement.model_validate({"client": "Acme"} | said)


def judge(counts: Iterable[CheckCounts], said: Engagement, assessed: Iterable[str], as_of: date = AS_OF) -> Judged:
    """The toy framework, everything of it in one scope."""
    return judge_framework(TOY, {"ephi": counts}, said, assessed, as_of)


def judged(*counts: CheckCounts, assessed: tuple[str, ...] = ("prod",), **said: Any) -> dict[str, RequirementRow]:
    return {one.requirement_id: one for one in judge(counts, engagement(**said), assessed).requirements}


PASSING = tuple(CheckCounts(check, passed_running=4) for check in "abcd")
EVERYTHING: dict[str, Any] = {
    "by_hand": [on_file(one) for one in ("1.1", "1.2", "2", "2.1", "2.2", "3.1")],
    "signatures": [signature(one) for one in ("1", "2", "3")],
}

"""The examples of a check whose table a cloud or a person fills: answers as they would be kept as evidence."""

from __future__ import annotations

from typing import Any

from assessment.checks.load import Example, ExampleAnswer
from collectors.evidence.item import WHOLE_CLUSTER, Claim, ItemDraft
from collectors.tables.answers_given import MEDIA_TYPE
from collectors.tables.families import PEOPLE, family_of_kind, tables_of

Answered = list[tuple[ItemDraft, dict[str, Any] | None]]
_NO_TIME = "1970-01-01T00:00:00Z"


def answered(example: Example, *, cluster: str) -> Answered:
    """The items of an example and their bodies: first what was seen to its end, then answer by answer.

    With `whole`, every kind of the families that answer was listed to its end, but for those refused.
    """
    refused = {each.kind for each in example.answers if each.outcome != "complete"}
    families = {_family(each) for each in example.answers}
    found: Answered = []
    for family in sorted(families):
        kinds = sorted({kind for table in tables_of(family).values() for kind in table.kinds} - refused)
        claims = tuple(Claim(kind, WHOLE_CLUSTER, True) for kind in kinds) if example.whole else ()
        found.append((_draft(family, cluster, {}, claims), None))
    return found + [(_answer(each, cluster), each.body) for each in example.answers]


def _family(answer: ExampleAnswer) -> str:
    family = family_of_kind(answer.kind)
    if family is None:
        raise ValueError(f"no table is filled by {answer.kind!r}")
    return family


def _answer(answer: ExampleAnswer, cluster: str) -> ItemDraft:
    said = {"kind": answer.kind, "name": answer.name}
    return _draft(_family(answer), cluster, said, (), answer.outcome)


def _draft(
    family: str, cluster: str, said: dict[str, str], claims: tuple[Claim, ...], outcome: str = "complete"
) -> ItemDraft:
    return ItemDraft(
        source=family, cluster=cluster, request="example",
        parameters={"family": family, "basis": "declared" if family == PEOPLE else "running", "whole": "true"} | said,
        principal="whoever made the example", method="examine", collection_mode="upload",
        started_at=_NO_TIME, ended_at=_NO_TIME, claims=claims, media_type=MEDIA_TYPE,
        outcome=outcome, reason="" if outcome == "complete" else "refused in this example",
    )  # fmt: skip

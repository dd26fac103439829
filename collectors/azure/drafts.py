"""What the evidence says of one answer of Azure: what it claims, what it leaves open, and what would close that."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from collectors.azure.answers import Answer, Place, Transport
from collectors.azure.operations import GET_CLUSTER, Operation
from collectors.evidence.item import WHOLE_CLUSTER, Claim, ItemDraft, Redaction

SOURCE = "azure"
MEDIA_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Question:
    """One call about one cluster. `cluster` is our name for it, None where the call is about a subscription."""

    operation: Operation
    place: Place
    cluster: str | None

    def parameters(self) -> dict[str, str]:
        """What every answer to it says of how it was asked."""
        said = {"family": "azure", "basis": "running", "operation": self.operation.name, **self.place}
        return said | ({"kind": self.operation.kind} if self.operation.kind else {})


def checked(question: Question, answer: Answer) -> Answer:
    """The answer itself, or a failed one where its body is not what this call answers with."""
    if answer.outcome != "complete":
        return answer
    operation, wrong = question.operation, ""
    if operation.is_list:
        wrong = "" if _is_list_of_objects(answer.body) else "the answer is not a list"
    elif not isinstance(answer.body, dict):
        wrong = "the answer is not one resource"
    elif operation is GET_CLUSTER and not _is_about(answer.body, question.place):
        wrong = "the answer is about another resource"
    if not wrong:
        return answer
    reason = f"{operation.name}: {wrong}"
    return Answer(answer.request, None, True, "failed", reason, server_date=answer.server_date)


def draft_of(
    question: Question, answer: Answer, earlier: int, asked: Transport, times: tuple[str, str], replaced: Counter[str]
) -> ItemDraft:
    """The item of one answer. `earlier` pages of the same list came before it.

    A list is claimed whole by its last page. One that breaks off after some pages is claimed in part.
    """
    kind = question.operation.kind
    claims: tuple[Claim, ...] = ()
    if kind and answer.outcome == "complete" and answer.ends:
        claims = (Claim(kind, WHOLE_CLUSTER, True),)
    elif kind and answer.outcome != "complete" and earlier:
        claims = (Claim(kind, WHOLE_CLUSTER, False, answer.reason),)
    parameters = question.parameters() | ({"end": "true"} if answer.ends else {})
    if answer.outcome != "complete":
        parameters["closed_by"] = closed_by(question, answer)
    return ItemDraft(
        source=SOURCE,
        cluster=_cluster(question, answer),
        request=answer.request,
        parameters=parameters,
        principal=asked.principal,
        method="examine",
        collection_mode=asked.collection_mode,
        started_at=times[0],
        ended_at=times[1],
        server_date=answer.server_date,
        outcome=answer.outcome,
        reason=answer.reason,
        claims=claims,
        redactions=tuple(Redaction(rule, replaced[rule]) for rule in sorted(replaced)),
        media_type=MEDIA_TYPE,
    )


def closed_by(question: Question, answer: Answer) -> str:
    """What a person can do so that this is seen."""
    if answer.missing:
        scope = f"/subscriptions/{question.place['subscription']}"
        group = question.place.get("resource_group")
        return f"Azure permission {answer.missing} on {scope}" + (f"/resourceGroups/{group}" if group else "")
    if answer.outcome == "absent":
        command = question.operation.command.format_map({"id": "the cluster's resource id", **question.place})
        return f"the cluster's subscription, resource group and name in engagement.yaml, or the answer of: {command}"
    return f"an answer to: {question.operation.name}"


def _cluster(question: Question, answer: Answer) -> str | None:
    """Where Azure would not list a subscription, its clusters are unseen together, under a name of their own.

    A list that was merely not saved hides nothing: the folder holds the clusters that were asked about.
    """
    if question.cluster is None and answer.outcome in ("denied", "failed"):
        return f"azure-{question.place['subscription']}"
    return question.cluster


def _is_list_of_objects(body: Any) -> bool:
    held = body.get("value") if isinstance(body, dict) else body
    return isinstance(held, list) and all(isinstance(each, dict) for each in held)


def _is_about(body: dict[str, Any], place: Place) -> bool:
    """Whether a managed cluster is the one asked for, as far as it says which it is."""
    said = body.get("id")
    if isinstance(said, str):
        wanted = f"/subscriptions/{place['subscription']}/resourcegroups/{place['resource_group']}/"
        ending = f"/managedclusters/{place['name']}"
        return said.lower().startswith(wanted.lower()) and said.lower().endswith(ending.lower())
    name = body.get("name")
    return name is None or (isinstance(name, str) and name.lower() == place["name"].lower())

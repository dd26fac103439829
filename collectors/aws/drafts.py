"""What the evidence says of one answer of AWS, and of the end of a list."""

from __future__ import annotations

from dataclasses import dataclass

from collectors.aws.answers import Answer, Request
from collectors.evidence.item import Claim, ItemDraft, Redaction

SOURCE = "aws"
MEDIA_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Asked:
    """What every item of a source says of who asked, and how."""

    account: str
    region: str
    principal: str
    collection_mode: str

    def parameters(self) -> dict[str, str]:
        """What every item says of where it was asked."""
        return {"family": SOURCE, "basis": "running", "account": self.account, "region": self.region}


@dataclass(frozen=True, slots=True)
class About:
    """What an answer is evidence of: the cluster by the name that we use, and what of it.

    An answer without a name is a list, which shows nothing by itself. `refused_as` is the cluster that a gap
    belongs to where the answer would have belonged to none.
    """

    cluster: str | None
    kind: str = ""
    name: str = ""
    refused_as: str | None = None


def answer_draft(
    asked: Asked, request: Request, about: About, answer: Answer, times: tuple[str, str],
    claims: tuple[Claim, ...], redactions: tuple[Redaction, ...],
) -> ItemDraft:  # fmt: skip
    """One answer as evidence. What is not there any more hides nothing, so that it names no kind."""
    said = {"operation": request.operation.action, **request.parameters}
    shows = answer.outcome == "complete" and bool(about.name)
    hides = answer.outcome != "complete" and not answer.is_gone
    more = {
        "page": str(request.page) if request.page > 1 else "",
        "kind": about.kind if shows or hides else "",
        "name": about.name,
        "closed_by": answer.closed_by,
        "error": answer.error,
    }
    said |= {key: value for key, value in more.items() if value}
    return ItemDraft(
        source=SOURCE, cluster=about.cluster or (about.refused_as if hides else None), request=request.text,
        parameters=said | asked.parameters(), principal=asked.principal, method="examine",
        collection_mode=asked.collection_mode, started_at=times[0], ended_at=times[1],
        server_date=answer.server_date, outcome=answer.outcome, reason=answer.reason, claims=claims,
        redactions=redactions, media_type=MEDIA_TYPE,
    )  # fmt: skip


def end_draft(asked: Asked, cluster: str, request: str, claim: Claim, at: str) -> ItemDraft:
    """The item without a body that says how much of a kind was seen."""
    return ItemDraft(
        source=SOURCE, cluster=cluster, request=request, parameters=asked.parameters(), principal=asked.principal,
        method="examine", collection_mode=asked.collection_mode, started_at=at, ended_at=at,
        outcome="complete" if claim.complete else "partial", reason=claim.reason, claims=(claim,),
        media_type=MEDIA_TYPE,
    )  # fmt: skip

"""What the evidence says of one question to a live API server."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import orjson

from collectors.evidence.item import WHOLE_CLUSTER, Claim, Documents, ItemDraft
from collectors.kubernetes.live.answers import FORBIDDEN, UNAUTHENTICATED, Answer
from collectors.kubernetes.live.discovery import Served
from collectors.kubernetes.live.pages import PAGE, Listing
from collectors.kubernetes.reading import line_of
from collectors.kubernetes.surveyed import LIVE

ASK_AGAIN = "an API server that answers: kubesurvey collect --resume, or --new"
SIGN_IN = "credentials that the API server accepts, then kubesurvey collect --resume"


@dataclass(frozen=True, slots=True)
class Asking:
    """What is the same for all questions to one cluster."""

    cluster: str
    principal: str
    version: str | None = None

    def parameters(self) -> dict[str, str]:
        """What an item says of how it was asked."""
        said = {"basis": "running", "whole": "false"}
        return said | ({"kubernetes_version": self.version} if self.version else {})


def list_request(served: Served, namespace: str | None = None) -> str:
    """The first request of a list, as it is sent, without the host."""
    return f"GET {served.path(namespace)}?limit={PAGE}"


def list_draft(
    asking: Asking, served: Served, namespace: str | None, listing: Listing, started_at: str, ended_at: str
) -> ItemDraft:
    """One list, all pages of it."""
    about = {"kind": served.kind, "pages": str(listing.pages)} | ({"namespace": namespace} if namespace else {})
    if listing.pages:
        ids = [each for each in (listing.audit_ids[0], listing.audit_ids[-1]) if each]
        about |= {"resource_version": listing.versions[0], "consistency": listing.consistency,
                  "audit_ids": " ".join(dict.fromkeys(ids))}  # fmt: skip
    claims: tuple[Claim, ...] = ()
    if listing.outcome in ("complete", "partial"):
        claims = (Claim(served.kind, namespace or WHOLE_CLUSTER, listing.is_complete, listing.reason),)
    return ItemDraft(
        source=LIVE,
        cluster=asking.cluster,
        request=list_request(served, namespace),
        parameters=asking.parameters() | about | how_it_ended(listing.outcome, listing.status),
        principal=asking.principal,
        method="list",
        collection_mode="online_read_only",
        started_at=started_at,
        ended_at=ended_at,
        server_date=listing.server_date,
        outcome=listing.outcome,
        reason=listing.reason,
        claims=claims,
        redactions=listing.redactions,
        documents=listing.documents,
    )


def page_draft(
    asking: Asking, request: str, kind: str, answer: Answer, claims: tuple[Claim, ...], started_at: str, ended_at: str,
    objects: int = 0, *, short: str = "",
) -> ItemDraft:  # fmt: skip
    """One page about the server itself. `short` says what of it is missing although it was answered."""
    audit_id = {"audit_ids": answer.audit_id} if answer.audit_id else {}
    return ItemDraft(
        source=LIVE,
        cluster=asking.cluster,
        request=request,
        parameters=asking.parameters() | {"kind": kind} | audit_id | how_it_ended(answer.outcome, answer.status),
        principal=asking.principal,
        method="get",
        collection_mode="online_read_only",
        started_at=started_at,
        ended_at=ended_at,
        server_date=answer.server_date,
        outcome="partial" if short and answer.is_complete else answer.outcome,
        reason=short if answer.is_complete else answer.reason,
        claims=claims,
        documents=Documents(objects, 0, 0, 0),
    )


def how_it_ended(outcome: str, status: int) -> dict[str, str]:
    """The status, where something was refused or failed, and what helps where no rule of RBAC does."""
    if outcome == "complete":
        return {}
    said = {"status": str(status)} if status else {}
    if status == UNAUTHENTICATED:
        return said | {"closed_by": SIGN_IN}
    return said if (status, outcome) == (FORBIDDEN, "denied") else said | {"closed_by": ASK_AGAIN}


def closed_by(draft: ItemDraft, remedy: str) -> ItemDraft:
    """The same, saying what would close the gap that it leaves."""
    return replace(draft, parameters=draft.parameters | {"closed_by": remedy})


def of_everything(draft: ItemDraft) -> ItemDraft:
    """The only answer of a cluster that cannot be asked: what it says holds for every kind."""
    return replace(draft, parameters=draft.parameters | {"kinds": "*"})


def body_of(objects: Iterable[dict[str, Any]]) -> bytes | None:
    """Objects as a stored body; None for no objects."""
    return b"".join(line_of(f"/{index}", obj) for index, obj in enumerate(objects)) or None


def objects_in(body: bytes) -> list[dict[str, Any]]:
    """The objects of a stored body."""
    return [orjson.loads(line)["object"] for line in body.splitlines() if line]

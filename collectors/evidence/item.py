"""What one answer is: what was asked, by whom, when, what came back, and what it may claim."""

from __future__ import annotations

import dataclasses
from typing import Any

OUTCOMES = ("complete", "partial", "denied", "absent", "failed")
WHOLE_CLUSTER = "*"


@dataclasses.dataclass(frozen=True, slots=True)
class Claim:
    """What a source may say about a kind in a namespace.

    `kind` is "group/Kind" ("Pod", "apps/Deployment") or "*"; `namespace` "*" is every namespace, and is
    what cluster-scoped kinds use. `complete` means that the list was seen to its end; not complete means
    that some of it was seen, or that something stands in the way, which `reason` names.
    """

    kind: str
    namespace: str
    complete: bool
    reason: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Redaction:
    """How many values one rule replaced before anything was written."""

    rule: str
    count: int


@dataclasses.dataclass(frozen=True, slots=True)
class Documents:
    """Where every document of a body went; the four counts add up to the documents read."""

    objects: int
    repeats: int
    not_kubernetes: int
    gaps: int


@dataclasses.dataclass(frozen=True, slots=True)
class ItemDraft:
    """Everything about an answer except what the store adds.

    `request` is the request as sent, or the path of a file inside what was collected. Instants are RFC 3339
    text in UTC; `server_date` is the server's own Date header. `outcome` is one of OUTCOMES, with `reason`
    saying why when it is not "complete".
    """

    source: str
    cluster: str | None
    request: str
    parameters: dict[str, str]
    principal: str
    method: str
    collection_mode: str
    started_at: str
    ended_at: str
    server_date: str | None = None
    outcome: str = "complete"
    reason: str = ""
    claims: tuple[Claim, ...] = ()
    redactions: tuple[Redaction, ...] = ()
    documents: Documents | None = None
    media_type: str = "application/x-ndjson"


@dataclasses.dataclass(frozen=True, slots=True)
class Item(ItemDraft):
    """An answer as stored.

    `evidence_id` counts within its run. `size` and `sha256` are those of the redacted, uncompressed bytes;
    an item without a body has size 0 and no sha256.
    """

    evidence_id: str = ""
    size: int = 0
    sha256: str | None = None


def as_item(draft: ItemDraft, evidence_id: str, size: int, sha256: str | None) -> Item:
    """The draft with what the store knows about its body."""
    fields = {field.name: getattr(draft, field.name) for field in dataclasses.fields(ItemDraft)}
    return Item(**fields, evidence_id=evidence_id, size=size, sha256=sha256)


def from_record(record: dict[str, Any]) -> Item:
    """An item as the index holds it; keys that later versions add are left aside.

    Raises KeyError or TypeError when the record is not that of an item.
    """
    known = {field.name for field in dataclasses.fields(Item)}
    values = {name: value for name, value in record.items() if name in known}
    values["claims"] = tuple(Claim(**claim) for claim in record["claims"])
    values["redactions"] = tuple(Redaction(**redaction) for redaction in record["redactions"])
    documents = record["documents"]
    values["documents"] = None if documents is None else Documents(**documents)
    return Item(**values)

"""Objects that are handed over in memory take the road that files take, save for the disk."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from collectors.evidence.item import WHOLE_CLUSTER, Claim, Documents, ItemDraft
from collectors.evidence.redact import redact
from collectors.kubernetes.kinds import NOT_STORED
from collectors.kubernetes.parts import Foreign, Found, Unread
from collectors.kubernetes.reading import Seen, redactions_of
from collectors.kubernetes.recognise import plain, sort

Placed = list[tuple[str, dict[str, Any]]]
_PATH = "objects"
_NO_TIME = "1970-01-01T00:00:00Z"  # memory has no time of its own


def in_memory(
    objects: Iterable[Mapping[str, Any]],
    *,
    cluster: str,
    whole: bool,
    kubernetes_version: str | None = None,
    running: bool = False,
) -> list[tuple[ItemDraft, Placed]]:
    """The item that `objects` would be as manifests, with its redacted objects and their places.

    The place of object N is "/items/N". The objects given are never changed; `running` says that an API server
    answered with them. Raises TypeError for what JSON cannot carry, with its position; what is no object in the
    sense of Kubernetes is a gap.
    """
    placed, documents, redacted, gaps = _read(objects, os.urandom(32))
    trouble = "; ".join(gaps)
    claimed = (WHOLE_CLUSTER, *(NOT_STORED if running else ()))
    said = {"basis": "running" if running else "declared", "whole": "true" if whole else "false"}
    draft = ItemDraft(
        source="manifests",
        cluster=cluster,
        request=_PATH,
        parameters=said | ({"kubernetes_version": kubernetes_version} if kubernetes_version else {}),
        principal="whoever made the objects",
        method="examine",
        collection_mode="upload",
        started_at=_NO_TIME,
        ended_at=_NO_TIME,
        outcome="partial" if gaps else "complete",
        reason=trouble,
        claims=tuple(Claim(kind, WHOLE_CLUSTER, not gaps, trouble) for kind in claimed) if whole or gaps else (),
        redactions=redactions_of(redacted),
        documents=documents,
    )
    return [(draft, placed)]


def _read(objects: Iterable[Mapping[str, Any]], key: bytes) -> tuple[Placed, Documents, Counter[str], list[str]]:
    placed: Placed = []
    gaps: list[str] = []
    seen = Seen()
    repeats = foreign = 0
    redacted: Counter[str] = Counter()
    for position, given in enumerate(objects):
        for part in sort(_copy(given, position), "", f"/items/{position}", 1):
            if isinstance(part, Found):
                repeats += seen.is_repeat(part)
                redacted += redact(part.object, key)
                placed.append((part.place, part.object))
            elif isinstance(part, Unread):
                gaps.append(f"object {position} {part.reason}")
            elif isinstance(part, Foreign):
                foreign += 1
    return placed, Documents(len(placed) - repeats, repeats, foreign, len(gaps)), redacted, gaps


def _copy(given: Mapping[str, Any], position: int) -> Any:
    try:
        return plain(given)
    except (TypeError, orjson.JSONEncodeError) as error:
        raise TypeError(f"object {position} is not made of JSON values: {error}") from None

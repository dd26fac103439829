"""The answers of one cluster on their way into a run: each question once, whatever was asked before a cut."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from collectors.evidence.clock import written
from collectors.evidence.item import Claim, Item, ItemDraft
from collectors.evidence.store import Run
from collectors.kubernetes.live.answers import FORBIDDEN, UNAUTHENTICATED, Answer
from collectors.kubernetes.live.drafts import Asking, body_of, objects_in, page_draft


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer that is not stored yet."""

    draft: ItemDraft
    body: Iterable[bytes] | bytes | None


class Recorder:
    """What is stored of one source. `asking` learns the version of the cluster as soon as that is known."""

    def __init__(self, run: Run, source: str, asking: Asking, now: Callable[[], datetime]) -> None:
        self._run = run
        self._source = source
        self._now = now
        self.asking = asking
        self.items: dict[str, Item] = {item.request: item for item in run.answered(source) if _stands(item)}

    def once(self, request: str, ask: Callable[[str, str], Asked]) -> Item:
        """The stored answer to a question; asked (with the request and the time) only where there is none."""
        if request not in self.items:
            self.add(ask(request, self.time()))
        return self.items[request]

    def add(self, asked: Asked) -> Item:
        """Store an answer."""
        item = self._run.add(asked.draft, asked.body, source=self._source)
        self.items[item.request] = item
        return item

    def page(
        self, request: str, kind: str, answer: Answer, claims: tuple[Claim, ...], started: str,
        objects: list[dict[str, Any]], short: str = "",
    ) -> Asked:  # fmt: skip
        """A page about the server itself, in the form of objects."""
        ended, count = self.time(), len(objects)
        draft = page_draft(self.asking, request, kind, answer, claims, started, ended, count, short=short)
        return Asked(draft, body_of(objects))

    def objects(self, item: Item) -> list[dict[str, Any]]:
        """The stored objects of an item: of one asked now and of one asked before a cut alike."""
        return objects_in(self._run.read(item))

    def time(self) -> str:
        """Now, as RFC 3339 text in UTC."""
        return instant(self._now)


def instant(now: Callable[[], datetime]) -> str:
    """What the clock says, as RFC 3339 text in UTC."""
    return written(now())


def is_forbidden(item: Item) -> bool:
    """Whether the account may not have this."""
    return item.outcome == "denied" and item.parameters.get("status") == str(FORBIDDEN)


def is_of_nobody(item: Item) -> bool:
    """Whether the server did not know who asks."""
    return item.parameters.get("status") == str(UNAUTHENTICATED)


def _stands(item: Item) -> bool:
    """Whether a stored answer need not be asked for again."""
    return item.outcome == "complete" or (item.outcome in ("denied", "absent") and not is_of_nobody(item))

"""Ask, redact, store: each answer of AWS once, and on resuming only what is missing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from collectors.aws.answers import NOT_FOUND, Answer, Ask, Request
from collectors.aws.drafts import SOURCE, About, Asked, answer_draft, end_draft
from collectors.aws.operations import Operation
from collectors.aws.redaction import redacted
from collectors.evidence.clock import written
from collectors.evidence.item import WHOLE_CLUSTER, Claim, Item
from collectors.evidence.store import Run

MOST_PAGES = 1000


@dataclass(frozen=True, slots=True)
class Gap:
    """One call that did not give what it was asked for."""

    cluster: str | None
    operation: str
    outcome: str
    reason: str

    def __str__(self) -> str:
        return f"{self.cluster or 'the account'}: {self.reason}"


class Recorder:
    """The way of every answer into a run. `gaps` are the calls that were not answered as they should be."""

    def __init__(self, run: Run, ask: Ask, account: str, region: str, now: Callable[[], datetime]) -> None:
        self.items = 0
        self.gaps: list[Gap] = []
        self._run = run
        self._ask = ask
        self._account = account
        self._region = region
        self._asked = Asked(account, region, ask.unknown_principal, ask.collection_mode)
        self._now = now
        self._key = os.urandom(32)  # of this collection only: markers of two collections cannot be compared
        self._stored: dict[tuple[str | None, str], Item] = {}

    def begin(self, identity: Answer) -> None:
        """Take up where a broken-off collection stopped, as the caller that AWS named."""
        told = (identity.body or {}).get("Arn")
        if isinstance(told, str):
            self._asked = replace(self._asked, principal=told)
        for item in self._run.items():
            here = (item.parameters.get("account"), item.parameters.get("region"))
            if item.source == SOURCE and here == (self._account, self._region):
                self._stored[item.cluster, item.request] = item

    def request(
        self, operation: Operation, parameters: Mapping[str, str], page: int = 1, token: str | None = None
    ) -> Request:
        """A question to the account and region of this source."""
        return Request(operation, self._account, self._region, dict(parameters), page, token)

    def one(
        self, request: Request, about: About, claims: tuple[Claim, ...] = (), *,
        given: Answer | None = None, missing: str = "",
    ) -> Answer:  # fmt: skip
        """Ask, unless it is stored already; store; return the answer as it is stored.

        `given` was answered before. `missing` makes a gap of what AWS does not know: it says what would close it.
        """
        stored = self._stored.get((about.cluster or about.refused_as, request.text))
        stored = stored or self._stored.get((about.cluster, request.text))
        if stored is not None:
            return self._remembered(request, stored)
        started = self._text()
        answer = given or self._ask(request)
        if answer.is_gone and missing:
            answer = replace(answer, is_gone=False, closed_by=missing)
        return self._store(request, about, answer, claims, started)

    def pages(self, operation: Operation, of: Mapping[str, str], about: About, missing: str = "") -> Iterator[Answer]:
        """Every page of a list, until the last, one that was refused, or one too many."""
        token: str | None = None
        for page in range(1, MOST_PAGES + 1):
            answer = self.one(self.request(operation, of, page, token), about, missing=missing)
            yield answer
            token = answer.token
            if token is None:
                return
        reason = f"{operation.action} went on after {MOST_PAGES} pages"
        endless = Answer(None, "failed", reason, "an answer that comes to an end")
        yield self.one(self.request(operation, of, MOST_PAGES + 1), about, given=endless)

    def end(self, cluster: str, kind: str, short: str, why: str = "") -> None:
        """Say how much of a kind was seen: all of it, unless `short` says why not."""
        request = f"(end of {kind} of {cluster})"
        if (cluster, request) not in self._stored:
            claim = Claim(kind, WHOLE_CLUSTER, not short, short or why)
            self._run.add(end_draft(self._asked, cluster, request, claim, self._text()), None)
            self.items += 1

    def _store(self, request: Request, about: About, answer: Answer, claims: tuple[Claim, ...], started: str) -> Answer:
        redactions: tuple[Any, ...] = ()
        if answer.body is not None:
            token = _token(answer.body)
            body, redactions = redacted(answer.body, self._key)
            answer = replace(answer, body=body, token=token)
        if answer.outcome != "complete" and not answer.is_gone:
            self.gaps.append(Gap(about.cluster, request.operation.action, answer.outcome, answer.reason))
        kept = claims if answer.outcome == "complete" else ()
        draft = answer_draft(self._asked, request, about, answer, (started, self._text()), kept, redactions)
        self._run.add(draft, None if answer.body is None else orjson.dumps(answer.body))
        self.items += 1
        return answer

    def _remembered(self, request: Request, item: Item) -> Answer:
        """An answer that a broken-off collection stored. Where pages follow, the way to them is asked for anew."""
        said = item.parameters
        body = orjson.loads(self._run.read(item)) if item.sha256 else None
        error = said.get("error", "")
        gone = error in NOT_FOUND and "closed_by" not in said
        closed_by = said.get("closed_by", "")
        answer = Answer(body, item.outcome, item.reason, closed_by, error, item.server_date, gone)
        if not _token(body or {}):
            return answer
        token = _token(self._ask(request).body or {})
        if token is None:
            reason = f"{request.operation.action} could not be continued where it was broken off"
            return replace(answer, outcome="partial", reason=reason, closed_by="collect into a new run")
        return replace(answer, token=token)

    def _text(self) -> str:
        return written(self._now())


def hidden(answer: Answer) -> str:
    """Why an answer does not show what it should; "" when it does, or when nothing is there any more."""
    return "" if answer.outcome == "complete" or answer.is_gone else answer.reason


def _token(body: Mapping[str, Any]) -> str | None:
    token = body.get("nextToken") or body.get("NextToken")
    return token if isinstance(token, str) else None

"""AKS clusters of one Azure subscription, asked call by call and stored answer by answer."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson

from collectors.azure.answers import Answer, Transport
from collectors.azure.drafts import Question, checked, draft_of
from collectors.azure.operations import LIST_CLUSTERS, OF_CLUSTER
from collectors.azure.redaction import without_secrets
from collectors.evidence.clock import utc_now, written
from collectors.evidence.item import Item
from collectors.evidence.store import Run

Progress = Callable[[int, int, str], None]
Clusters = Mapping[tuple[str, str], str]
"""(resource group, name in Azure) -> the name that engagement.yaml gives the cluster"""


@dataclass(frozen=True, slots=True)
class Gap:
    """One call that was not answered to its end. `cluster` is None for the list of the subscription."""

    cluster: str | None
    call: str
    outcome: str
    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True, slots=True)
class Collected:
    """What came of one subscription. `not_named` are clusters there that nobody asked about, as group/name."""

    subscription: str
    source: str
    items: int
    gaps: tuple[Gap, ...]
    not_named: tuple[str, ...]


def source_key(subscription: str) -> str:
    """The key under which a run knows what Azure said of a subscription."""
    return f"azure/{subscription}"


def collect(
    run: Run,
    ask: Transport,
    *,
    subscription: str,
    clusters: Clusters,
    resume: bool = False,
    progress: Progress | None = None,
    now: Callable[[], datetime] = utc_now,
) -> Collected:
    """Store what Azure says of these clusters as evidence.

    `progress` is called with calls done, calls in all, and what is asked next. With `resume`, calls that were
    answered to their end are passed over. Raises SourceAlreadyCollected when the run has this subscription,
    and ValueError when two clusters of Azure have one name of ours.
    """
    if len(set(clusters.values())) < len(clusters):
        raise ValueError("two managed clusters have one name in engagement.yaml")
    return _Collection(run, ask, subscription, clusters, now).all(resume, progress)


class _Collection:
    """One subscription on its way into a run."""

    def __init__(
        self, run: Run, ask: Transport, subscription: str, clusters: Clusters, now: Callable[[], datetime]
    ) -> None:
        self._run = run
        self._ask = ask
        self._subscription = subscription
        self._clusters = clusters
        self._now = now
        self._key = os.urandom(32)  # of this collection only: markers of two collections cannot be compared
        self._items = 0
        self._gaps: list[Gap] = []
        self._found: set[tuple[str, str]] = set()

    def all(self, resume: bool, progress: Progress | None) -> Collected:
        key = source_key(self._subscription)
        named = {"kind": "azure", "subscription": self._subscription}
        self._run.begin_source(key, named | {"clusters": sorted(self._clusters.values())}, resume=resume)
        ended, stored = _ended(self._run.items()), self._run.asked(key)
        questions = list(self._questions())
        for done, question in enumerate(questions):
            if progress:
                about = question.cluster or self._subscription
                progress(done, len(questions), f"{about}: {question.operation.name}")
            if _mark(question.parameters(), question.cluster) not in ended:
                self._one(question, stored)
        self._run.end_source(key)
        asked = {(group.lower(), name.lower()) for group, name in self._clusters}
        rest = sorted(f"{group}/{name}" for group, name in self._found if (group.lower(), name.lower()) not in asked)
        return Collected(self._subscription, key, self._items, tuple(self._gaps), tuple(rest))

    def _questions(self) -> Iterator[Question]:
        subscription = {"subscription": self._subscription}
        yield Question(LIST_CLUSTERS, subscription, None)
        for (group, name), cluster in sorted(self._clusters.items()):
            for operation in OF_CLUSTER:
                yield Question(operation, subscription | {"resource_group": group, "name": name}, cluster)

    def _one(self, question: Question, stored: set[str]) -> None:
        started = self._time()
        for pages, given in enumerate(self._ask.answers(question.operation, question.place)):
            answer = checked(question, given)
            if answer.request not in stored or answer.ends:
                self._store(question, answer, pages, started)
            if answer.outcome != "complete":
                self._gaps.append(Gap(question.cluster, question.operation.name, answer.outcome, answer.reason))
                return
            started = self._time()

    def _store(self, question: Question, answer: Answer, pages: int, started: str) -> None:
        if question.operation is LIST_CLUSTERS:
            self._found.update(_named(answer))
        replaced: Counter[str] = Counter()
        body = None
        if answer.body is not None:
            replaced = without_secrets(answer.body, self._key)
            # Azure's answers are kept as objects: a list that az printed bare gets the name it has in the API.
            body = orjson.dumps({"value": answer.body} if isinstance(answer.body, list) else answer.body)
        times = (started, self._time())
        self._run.add(draft_of(question, answer, pages, self._ask, times, replaced), body)
        self._items += 1

    def _time(self) -> str:
        return written(self._now())


def _ended(items: list[Item]) -> set[tuple[str | None, ...]]:
    """The calls of Azure that this run knows to their end."""
    said = [(item.parameters, item.cluster) for item in items if item.parameters.get("family") == "azure"]
    return {_mark(parameters, cluster) for parameters, cluster in said if parameters.get("end") == "true"}


def _mark(parameters: Mapping[str, str], cluster: str | None) -> tuple[str | None, ...]:
    place = tuple(parameters.get(name) for name in ("operation", "subscription", "resource_group", "name"))
    return (*place, cluster if parameters.get("kind") else None)


def _named(answer: Answer) -> Iterator[tuple[str, str]]:
    """(resource group, name) of every cluster in a list of clusters."""
    body = answer.body.get("value") if isinstance(answer.body, dict) else answer.body
    for each in body or ():
        parts = str(each.get("id", "")).split("/")
        if len(parts) == 9:
            yield parts[4], parts[8]

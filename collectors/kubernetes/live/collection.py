"""A live cluster as evidence: what it serves, then list after list, in the order of what is surveyed.

Lists are read side by side and stored in one order, so that a survey that was cut off and resumed holds the same
items under the same ids as one that was not.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from collectors.evidence.item import WHOLE_CLUSTER, Claim, Item, ItemDraft
from collectors.evidence.store import Run
from collectors.kubernetes.extensions import EVERY_KIND_OF
from collectors.kubernetes.kinds import API_SERVER, DEPRECATED_REQUEST, SERVED_RESOURCE, group_of
from collectors.kubernetes.live.about_the_server import (
    api_server_addresses,
    deprecated_requests,
    readiness_object,
    version_object,
)
from collectors.kubernetes.live.answers import FORBIDDEN, UNAUTHENTICATED, Answer
from collectors.kubernetes.live.connection import Connection
from collectors.kubernetes.live.discovery import CORE, GROUPS, Discovered, Served, discover, read_back
from collectors.kubernetes.live.drafts import Asking, body_of, list_draft, list_request, objects_in, page_draft
from collectors.kubernetes.live.pages import PAGE, Listing, read_list
from collectors.kubernetes.live.rules_review import own_rules, refused_draft, refused_request
from collectors.kubernetes.offline import source_key, utc_now
from collectors.kubernetes.surveyed import SECRETS, SURVEYED

Progress = Callable[[int, int, str], None]
_WORKERS = 4
_AHEAD = 2
_TEXT = "text/plain"


@dataclass(frozen=True, slots=True)
class Collected:
    """What came of one cluster.

    `lists` were read to their end, holding `objects`; `gaps` say what was not, one sentence each. `unreachable`
    says why the cluster could not be asked, or not to the end: then the source is open, and `resume` goes on.
    """

    cluster: str
    source: str
    principal: str
    kubernetes_version: str | None
    items: int
    lists: int
    objects: int
    gaps: tuple[str, ...]
    unreachable: str = ""


def collect(
    run: Run, connection: Connection, *, cluster: str, namespaces: Sequence[str] = (), with_secrets: bool = False,
    resume: bool = False, workers: int = _WORKERS, progress: Progress | None = None,
    now: Callable[[], datetime] = utc_now,
) -> Collected:  # fmt: skip
    """Store what the API server says to this account. `namespaces` are asked where nobody may list them.

    `progress` is called with questions done, questions in all, and the name of the last. Raises
    SourceAlreadyCollected when the run has this cluster.
    """
    key = source_key(cluster)
    description = {"kind": "live", "cluster": cluster, "principal": connection.principal}
    run.begin_source(key, description, resume=resume)
    survey = _Survey(run, connection, cluster, with_secrets, workers, progress, now)
    unreachable = survey.all([*namespaces, *([connection.namespace] if connection.namespace else [])])
    if unreachable:
        run.leave_source(key)
    else:
        run.end_source(key)
    return survey.account(unreachable)


@dataclass(frozen=True, slots=True)
class _Asked:
    """An answer on its way into the run."""

    draft: ItemDraft
    body: Iterable[bytes] | bytes | None


class _Survey:
    """Which question follows which."""

    def __init__(
        self, run: Run, connection: Connection, cluster: str, with_secrets: bool, workers: int,
        progress: Progress | None, now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self._run = run
        self._connection = connection
        self._source = source_key(cluster)
        self._asking = Asking(cluster, connection.principal)
        self._with_secrets = with_secrets
        self._workers = workers
        self._progress = progress
        self._now = now
        self._key = os.urandom(32)  # of this collection only: markers of two collections cannot be compared
        self._items: dict[str, Item] = {item.request: item for item in run.answered(self._source) if _stands(item)}

    def all(self, namespaces: Sequence[str]) -> str:
        """Every question; why the cluster could not be asked (to the end), "" when it was."""
        first = self._version()
        if first.outcome == "failed" and "status" not in first.parameters:
            return first.reason
        if first.parameters.get("status") == str(UNAUTHENTICATED):
            return first.reason
        self._readiness(first)
        plan = self._plan([*self._discovered(CORE), *self._discovered(GROUPS)])
        denied = [served for served, item in self._lists([(served, None) for served in plan]) if _is_denied(item)]
        self._namespace_by_namespace([served for served in denied if served.namespaced], namespaces)
        self._deprecations(plan)
        return self._connection.signed_out or self._connection.lost

    # about the server

    def _version(self) -> Item:
        def ask(request: str, started: str) -> _Asked:
            answer = self._connection.get("/version")
            objects = [version_object(answer.body)] if answer.is_complete else []
            asking = self._asking if not objects else replace(self._asking, version=_version_of(objects[0]))
            return _Asked(page_draft(asking, request, API_SERVER, answer, (), started, self._time(), len(objects)),
                          body_of(objects))  # fmt: skip

        item = self._once("GET /version", ask)
        self._asking = replace(self._asking, version=item.parameters.get("kubernetes_version"))
        return item

    def _readiness(self, version: Item) -> None:
        def ask(request: str, started: str) -> _Asked:
            answer = self._connection.get("/readyz", {"verbose": ""}, accept=_TEXT)
            if answer.status >= 500 and b"[-]" in answer.text:  # it answers, and says that it is not ready
                answer = replace(answer, outcome="complete", reason="")
            objects = [readiness_object(answer.status == 200, answer.text)] if answer.is_complete else []
            seen = answer.is_complete and version.outcome == "complete"
            reason = "" if seen else answer.reason or version.reason
            return self._page(request, API_SERVER, answer, (Claim(API_SERVER, WHOLE_CLUSTER, seen, reason),), started,
                              objects)  # fmt: skip

        self._once("GET /readyz?verbose=", ask)

    def _deprecations(self, plan: Sequence[Served]) -> None:
        """Asked last: whether one API server answered for all is known from the endpoints of `kubernetes`."""
        short = "" if self._api_servers(plan) == 1 else "one of perhaps several API servers answered"

        def ask(request: str, started: str) -> _Asked:
            answer = self._connection.get("/metrics", accept=_TEXT)
            objects = list(deprecated_requests(answer.text)) if answer.is_complete else []
            claims = (Claim(DEPRECATED_REQUEST, WHOLE_CLUSTER, not short, short),) if answer.is_complete else ()
            return self._page(request, DEPRECATED_REQUEST, answer, claims, started, objects, short)

        self._once("GET /metrics", ask)

    def _api_servers(self, plan: Sequence[Served]) -> int | None:
        """How many addresses the service `kubernetes` has; None when nobody could see them."""
        slices = next((served for served in plan if served.kind == "discovery.k8s.io/EndpointSlice"), None)
        item = self._items.get(list_request(slices)) if slices else None
        if item is None or item.outcome != "complete":
            return None
        return api_server_addresses(objects_in(self._run.read(item)))

    # what is served

    def _discovered(self, root: str) -> tuple[Served, ...]:
        def ask(request: str, started: str) -> _Asked:
            found = discover(self._connection, root)
            objects = [served.as_object() for served in found.served]
            claims, short = _claims_of_discovery(root, found)
            return self._page(request, SERVED_RESOURCE, found.answer, claims, started, objects, short)

        item = self._once(f"GET {root}", ask)
        return read_back(objects_in(self._run.read(item)))

    def _plan(self, served: Sequence[Served]) -> list[Served]:
        """What is listed, in the order of what is surveyed: namespaces first, since the others may need them."""
        by_kind = {one.kind: one for one in sorted(served, key=lambda one: one.group == group_of(one.kind))}
        wanted = ["Namespace", *(kind for kind in SURVEYED if kind != "Namespace")]
        if self._with_secrets:
            wanted.append(SECRETS.kind)
        made_up = sorted(kind for kind in by_kind if group_of(kind) in EVERY_KIND_OF and "list" in by_kind[kind].verbs)
        return [by_kind[kind] for kind in [*wanted, *made_up] if kind in by_kind]

    # lists

    def _lists(self, wanted: Sequence[tuple[Served, str | None]]) -> Iterator[tuple[Served, Item]]:
        """Read lists side by side, a few ahead of the one that is stored next."""
        waiting: deque[tuple[Served, str, Future[_Asked] | None]] = deque()
        with ThreadPoolExecutor(self._workers, f"list-{self._asking.cluster[:20]}") as pool:
            for done, (served, namespace) in enumerate(wanted):
                request = list_request(served, namespace)
                coming = None if request in self._items else pool.submit(self._list, served, namespace)
                waiting.append((served, request, coming))
                if len(waiting) > self._workers * _AHEAD:
                    yield self._stored(*waiting.popleft())
                if self._progress:
                    self._progress(done, len(wanted), served.plural)
            while waiting:
                yield self._stored(*waiting.popleft())

    def _list(self, served: Served, namespace: str | None) -> _Asked:
        started = self._time()
        listing: Listing = read_list(self._connection, served, namespace, self._key)
        draft = list_draft(self._asking, served, namespace, listing, started, self._time())
        return _Asked(draft, listing.body or None)

    def _stored(self, served: Served, request: str, coming: Future[_Asked] | None) -> tuple[Served, Item]:
        if coming is not None:
            self._add(coming.result())
        return served, self._items[request]

    def _namespace_by_namespace(self, denied: Sequence[Served], given: Sequence[str]) -> None:
        """Lists that the cluster as a whole refused, asked in each namespace that may allow them.

        A review of one's own rules says which these are: a flood of refused requests would look like an attack.
        """
        if not denied:
            return
        for namespace in self._known_namespaces(given):
            known = self._items.get(refused_request(namespace))
            if known is None:
                rules = own_rules(self._connection, namespace)
                refused = [each for each in denied if not rules.may_list(each.group, each.plural)]
                draft = refused_draft(self._asking, namespace, refused, self._time())
                known = self._add(_Asked(draft, None))
            refused_kinds = set(known.parameters["kinds"].split(","))
            wanted = [each for each in denied if each.kind not in refused_kinds]
            for _ in self._lists([(each, namespace) for each in wanted]):
                pass

    def _known_namespaces(self, given: Sequence[str]) -> list[str]:
        item = self._items.get(f"GET /api/v1/namespaces?limit={PAGE}")
        listed = [obj["metadata"]["name"] for obj in objects_in(self._run.read(item))] if item else []
        return sorted({*listed, *given})

    # keeping

    def _page(
        self, request: str, kind: str, answer: Answer, claims: tuple[Claim, ...], started: str,
        objects: list[dict[str, object]], short: str = "",
    ) -> _Asked:  # fmt: skip
        ended = self._time()
        draft = page_draft(self._asking, request, kind, answer, claims, started, ended, len(objects), short=short)
        return _Asked(draft, body_of(objects))

    def _once(self, request: str, ask: Callable[[str, str], _Asked]) -> Item:
        """The stored answer to a question; asked only where there is none."""
        if request not in self._items:
            self._add(ask(request, self._time()))
        return self._items[request]

    def _add(self, asked: _Asked) -> Item:
        item = self._run.add(asked.draft, asked.body, source=self._source)
        self._items[item.request] = item
        return item

    def _time(self) -> str:
        return self._now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def account(self, unreachable: str) -> Collected:
        """What came of it all."""
        items = list(self._items.values())
        lists = [item for item in items if item.method == "list" and item.outcome == "complete"]
        short = [item for item in items if item.outcome != "complete"]
        return Collected(
            self._asking.cluster, self._source, self._connection.principal, self._asking.version, len(items),
            len(lists), sum(item.documents.objects for item in items if item.documents and item.method == "list"),
            tuple(f"{item.request.removeprefix('GET ')}: {item.reason}" for item in short),
            unreachable,
        )  # fmt: skip


def _stands(item: Item) -> bool:
    """Whether a stored answer need not be asked for again."""
    refused = item.outcome in ("denied", "absent") and item.parameters.get("status") != str(UNAUTHENTICATED)
    return item.outcome == "complete" or refused


def _is_denied(item: Item) -> bool:
    return item.outcome == "denied" and item.parameters.get("status") == str(FORBIDDEN)


def _version_of(obj: dict[str, dict[str, str]]) -> str | None:
    return obj["spec"].get("gitVersion", "").removeprefix("v") or None


def _claims_of_discovery(root: str, found: Discovered) -> tuple[tuple[Claim, ...], str]:
    """Kinds that nobody serves are seen to the end, for there are none; kinds of a silent group are not."""
    if not found.answer.is_complete:
        return (), ""
    short = "; ".join(found.unread.values())
    served = {one.kind for one in found.served}
    claims = [Claim(SERVED_RESOURCE, WHOLE_CLUSTER, not short, short)] if root == GROUPS else []
    for kind in (*SURVEYED, SECRETS.kind):
        if kind in served or (root == CORE) != (group_of(kind) == ""):
            continue
        reason = found.unread.get(group_of(kind), "")
        claims.append(Claim(kind, WHOLE_CLUSTER, not reason, reason))
    return tuple(claims), short

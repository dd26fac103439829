"""Which question follows which: what is served, list after list, then what the cluster refused, namespace by namespace.

Lists are read side by side and stored in one order, so that a survey that was cut off and resumed holds the same
items under the same ids as one that was not.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from collectors.evidence.item import WHOLE_CLUSTER, Claim, Item
from collectors.kubernetes.extensions import EVERY_KIND_OF
from collectors.kubernetes.kinds import API_SERVER, DEPRECATED_REQUEST, KUBELET, SERVED_RESOURCE, group_of
from collectors.kubernetes.live.about_the_server import (
    api_server_addresses,
    are_metrics,
    deprecated_requests,
    is_readiness,
    readiness_object,
    tells_version,
    version_object,
)
from collectors.kubernetes.live.allowed import may_be_listed
from collectors.kubernetes.live.answers import UNAUTHENTICATED, Answer
from collectors.kubernetes.live.connection import Connection
from collectors.kubernetes.live.discovery import CORE, GROUPS, Served, claims_of, discover, of_all_kinds, read_back
from collectors.kubernetes.live.drafts import ASK_AGAIN, closed_by, list_draft, list_request, of_everything
from collectors.kubernetes.live.kubelets import read_kubelets
from collectors.kubernetes.live.pages import PAGE, read_list
from collectors.kubernetes.live.recording import Asked, Recorder, is_forbidden, is_of_nobody
from collectors.kubernetes.live.rules_review import own_rules, refused_draft, refused_request
from collectors.kubernetes.roles import rule_that_opens
from collectors.kubernetes.surveyed import KUBELET_PATH, SECRETS, SURVEYED

Progress = Callable[[int, int, str], None]
_AHEAD = 2
_TEXT = "text/plain"
_SLICES = "discovery.k8s.io/EndpointSlice"
_OF_EVERY_SERVER = "the metrics of each API server behind this address: only who runs them can ask each"
_NOT_ITS_WORDS = "the answer is not in the words of an API server"


class Survey:
    """The questions to one cluster; `progress` is called with lists begun, lists in all, and the name of one."""

    def __init__(
        self, keep: Recorder, connection: Connection, *, with_secrets: bool, kubelets: bool, workers: int,
        progress: Progress | None,
    ) -> None:  # fmt: skip
        self._keep = keep
        self._connection = connection
        self._with_secrets = with_secrets
        self._kubelets = kubelets
        self._workers = workers
        self._progress = progress
        self._key = os.urandom(32)  # of this collection only: markers of two collections cannot be compared

    def all(self, namespaces: Sequence[str]) -> str:
        """Every question; why the cluster could not be asked (to the end), "" when it was."""
        first = self._version()
        if is_of_nobody(first) or (first.outcome == "failed" and "status" not in first.parameters):
            return first.reason
        self._readiness(first)
        core, groups = self._discovered(CORE), self._discovered(GROUPS)
        if core.outcome == groups.outcome == "failed":
            return groups.reason
        plan = self._plan([*read_back(self._keep.objects(core)), *read_back(self._keep.objects(groups))])
        denied = [served for served, item in self._lists([(served, None) for served in plan]) if is_forbidden(item)]
        if self._kubelets:
            self._settings_of_kubelets(plan)
        self._namespace_by_namespace([served for served in denied if served.namespaced], namespaces)
        self._deprecations(plan)
        return self._connection.signed_out or self._connection.lost

    # about the server

    def _version(self) -> Item:
        keep = self._keep

        def ask(request: str, started: str) -> Asked:
            answer = self._connection.get("/version")
            if answer.is_complete and not tells_version(answer.body):
                answer = replace(answer, outcome="failed", reason="the answer is not the version of an API server")
            objects = [version_object(answer.body)] if answer.is_complete else []
            version = objects[0]["spec"].get("gitVersion", "").removeprefix("v") if objects else ""
            keep.asking = replace(keep.asking, version=version or None)
            asked = keep.page(request, API_SERVER, answer, (), started, objects)
            nobody = not answer.is_complete and answer.status in (0, UNAUTHENTICATED)
            return replace(asked, draft=of_everything(asked.draft)) if nobody else asked

        item = keep.once("GET /version", ask)
        keep.asking = replace(keep.asking, version=item.parameters.get("kubernetes_version"))
        return item

    def _readiness(self, version: Item) -> None:
        def ask(request: str, started: str) -> Asked:
            answer = self._connection.get("/readyz", {"verbose": ""}, accept=_TEXT)
            if answer.status >= 500 and b"[-]" in answer.text:  # it answers, and says that it is not ready
                answer = replace(answer, outcome="complete", reason="")
            if answer.is_complete and not is_readiness(answer.text):
                answer = replace(answer, outcome="failed", reason=_NOT_ITS_WORDS)
            objects = [readiness_object(answer.status == 200, answer.text)] if answer.is_complete else []
            short = "" if answer.is_complete and version.outcome == "complete" else answer.reason or version.reason
            seen = answer.is_complete or version.outcome == "complete"
            claims = (Claim(API_SERVER, WHOLE_CLUSTER, not short, short),) if seen else ()
            return self._keep.page(request, API_SERVER, answer, claims, started, objects)

        self._keep.once("GET /readyz?verbose=", ask)

    def _deprecations(self, plan: Sequence[Served]) -> None:
        """Asked last: whether one API server answered for all is known from the endpoints of `kubernetes`."""
        servers = self._api_servers(plan)
        short = "" if servers == 1 else "one of perhaps several API servers answered"
        unseen = _SLICES if any(served.kind == _SLICES for served in plan) else SERVED_RESOURCE
        remedy = rule_that_opens(unseen) if servers is None else _OF_EVERY_SERVER

        def ask(request: str, started: str) -> Asked:
            answer = self._connection.get("/metrics", accept=_TEXT)
            if answer.is_complete and not are_metrics(answer.text):
                answer = replace(answer, outcome="failed", reason=_NOT_ITS_WORDS)
            objects = list(deprecated_requests(answer.text)) if answer.is_complete else []
            claims = (Claim(DEPRECATED_REQUEST, WHOLE_CLUSTER, not short, short),) if answer.is_complete else ()
            asked = self._keep.page(request, DEPRECATED_REQUEST, answer, claims, started, objects, short)
            return replace(asked, draft=closed_by(asked.draft, remedy)) if short and answer.is_complete else asked

        self._keep.once("GET /metrics", ask)

    def _settings_of_kubelets(self, plan: Sequence[Served]) -> None:
        """One item for all nodes: the table of kubelets is whole only where every one of them answered."""
        nodes = next((served for served in plan if served.kind == "Node"), None)
        item = self._keep.items.get(list_request(nodes)) if nodes else None
        if item is None or item.outcome != "complete":
            return

        def ask(request: str, started: str) -> Asked:
            objects, short = read_kubelets(self._connection, self._keep.objects(item), self._key)
            claims = (Claim(KUBELET, WHOLE_CLUSTER, not short, short),)
            asked = self._keep.page(request, KUBELET, Answer(200), claims, started, objects, short)
            remedy = f"a way through to every kubelet, and {rule_that_opens(KUBELET)}"
            return replace(asked, draft=closed_by(asked.draft, remedy)) if short else asked

        self._keep.once(f"GET {KUBELET_PATH} of every kubelet", ask)

    def _api_servers(self, plan: Sequence[Served]) -> int | None:
        """How many addresses the service `kubernetes` has; None when nobody could see them."""
        slices = next((served for served in plan if served.kind == _SLICES), None)
        item = self._keep.items.get(list_request(slices)) if slices else None
        return api_server_addresses(self._keep.objects(item)) if item and item.outcome == "complete" else None

    # what is served

    def _discovered(self, root: str) -> Item:
        def ask(request: str, started: str) -> Asked:
            found = discover(self._connection, root)
            objects = [served.as_object() for served in found.served]
            core = self._keep.items.get(f"GET {CORE}")
            claims, short = claims_of(root, found, core.reason if core and root == GROUPS else "")
            asked = self._keep.page(request, SERVED_RESOURCE, found.answer, claims, started, objects, short)
            if not found.answer.is_complete:
                return replace(asked, draft=of_all_kinds(asked.draft, root))
            refused = core is not None and is_forbidden(core) and not found.unread
            remedy = rule_that_opens(SERVED_RESOURCE) if refused else ASK_AGAIN
            return replace(asked, draft=closed_by(asked.draft, remedy)) if short else asked

        return self._keep.once(f"GET {root}", ask)

    def _plan(self, served: Sequence[Served]) -> list[Served]:
        """What is listed, in the order of what is surveyed: namespaces first, since the others may need them."""
        by_kind = {one.kind: one for one in sorted(served, key=lambda one: one.group == group_of(one.kind))}
        wanted = ["Namespace", *(kind for kind in SURVEYED if kind != "Namespace")]
        if self._with_secrets:
            wanted.append(SECRETS.kind)
        made_up = sorted(kind for kind in by_kind if group_of(kind) in EVERY_KIND_OF and "list" in by_kind[kind].verbs)
        found = [by_kind[kind] for kind in [*wanted, *made_up] if kind in by_kind]
        return [one for one in found if may_be_listed(one.path(), with_secrets=self._with_secrets)]

    # lists

    def _lists(self, wanted: Sequence[tuple[Served, str | None]]) -> Iterator[tuple[Served, Item]]:
        """Read lists side by side, a few ahead of the one that is stored next."""
        waiting: deque[tuple[Served, str, Future[Asked] | None]] = deque()
        with ThreadPoolExecutor(self._workers, f"list-{self._keep.asking.cluster[:20]}") as pool:
            for done, (served, namespace) in enumerate(wanted):
                request = list_request(served, namespace)
                coming = None if request in self._keep.items else pool.submit(self._list, served, namespace)
                waiting.append((served, request, coming))
                if len(waiting) > self._workers * _AHEAD:
                    yield self._stored(*waiting.popleft())
                if self._progress:
                    self._progress(done, len(wanted), served.plural)
            while waiting:
                yield self._stored(*waiting.popleft())

    def _list(self, served: Served, namespace: str | None) -> Asked:
        started = self._keep.time()
        listing = read_list(self._connection, served, namespace, self._key)
        draft = list_draft(self._keep.asking, served, namespace, listing, started, self._keep.time())
        return Asked(draft, listing.body or None)

    def _stored(self, served: Served, request: str, coming: Future[Asked] | None) -> tuple[Served, Item]:
        return served, self._keep.add(coming.result()) if coming else self._keep.items[request]

    # namespaces

    def _namespace_by_namespace(self, denied: Sequence[Served], given: Sequence[str]) -> None:
        """Lists that the cluster as a whole refused, asked in each namespace that may allow them.

        A review of one's own rules says which these are: a flood of refused requests would look like an attack.
        """
        names = {*given, *(name for name, _ in self.namespaces())} if denied else set()
        for namespace in sorted(name for name in names if may_be_listed(f"/api/v1/namespaces/{name}/pods")):
            if self._connection.signed_out or self._connection.lost:
                return
            refused = self._refused_in(namespace, denied)
            wanted = [(each, namespace) for each in denied if each.kind not in refused]
            for _ in self._lists(wanted):
                pass

    def _refused_in(self, namespace: str, denied: Sequence[Served]) -> set[str]:
        def ask(_: str, started: str) -> Asked:
            rules = own_rules(self._connection, namespace)
            refused = [each for each in denied if not rules.may_list(each.group, each.plural)]
            return Asked(refused_draft(self._keep.asking, namespace, refused, started, rules.silent), None)

        item = self._keep.once(refused_request(namespace), ask)
        return set(item.parameters["kinds"].split(","))

    def namespaces(self) -> list[tuple[str, str]]:
        """Name and uid of every namespace that the cluster lists."""
        item = self._keep.items.get(f"GET /api/v1/namespaces?limit={PAGE}")
        found = [obj["metadata"] for obj in self._keep.objects(item)] if item else []
        return [(str(each.get("name")), str(each.get("uid") or "")) for each in found]

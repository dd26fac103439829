"""What an account may see of a cluster, asked of the API server itself before anything is read.

A review of one's own access is the only question that is not a GET. What discovery does not name needs no right.
Where a list of the whole cluster is not allowed, the rules that hold in each known namespace are asked for; where
the server cannot tell all of them (an authorizer that answers by webhook), every kind is asked for by itself.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol, cast

from collectors.kubernetes.extensions import EVERY_KIND_OF
from collectors.kubernetes.kinds import KUBELET, group_of
from collectors.kubernetes.roles import EVERY_RESOURCE, KUBELET_RESOURCE, resource_of
from collectors.kubernetes.surveyed import PATHS, SECRET_KIND, SECRETS, SURVEYED

if TYPE_CHECKING:
    from collectors.kubernetes.live import Answer, Connection

_ACCESS, _RULES = "SelfSubjectAccessReview", "SelfSubjectRulesReview"
_AT_ONCE = 4
_NAMESPACES = "/api/v1/namespaces"
_PAGE = "500"


class Asked(Protocol):
    """A connection as far as this page uses it."""

    @property
    def principal(self) -> str: ...

    @property
    def server(self) -> str: ...

    @property
    def namespace(self) -> str | None: ...

    def get(self, path: str, query: Mapping[str, str] | None = None, *, accept: str = ...) -> Answer:
        """GET a page about the server, or a list."""

    def post_review(self, kind: str, spec: Mapping[str, Any]) -> Answer:
        """Ask what one may do oneself."""


@dataclass(frozen=True, slots=True)
class Sight:
    """Whether a kind can be seen: `everywhere` True, False, or None where nobody can tell; else in `namespaces`.

    `note` says why where it is not True. A kind that the server does not have is seen: there is none.
    """

    kind: str
    everywhere: bool | None
    namespaced: bool = False
    namespaces: frozenset[str] = frozenset()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Access:
    """What an account may see of one cluster.

    `paths` are those outside the API of objects that are refused. `namespaces` are all that are known, which are all
    there are where `knows_namespaces`. `calls`: each kind of request that was made, and how often.
    """

    principal: str
    server: str
    sights: Mapping[str, Sight]
    refused_paths: tuple[str, ...]
    namespaces: tuple[str, ...]
    knows_namespaces: bool
    calls: Mapping[str, int]
    unreachable: str = ""

    def sight(self, kind: str) -> Sight:
        """The sight of any kind; of those that a survey does not ask for, none."""
        if group_of(kind) in EVERY_KIND_OF:
            kind = _made_up(group_of(kind))
        return self.sights.get(kind) or Sight(kind, False, note=f"only {_NOT_ASKED.get(kind, 'where it is asked for')}")


_NOT_ASKED = {SECRET_KIND: "with --with-secrets", KUBELET: "with --kubelets"}
"""Kinds that are asked for only where somebody wants them, and how."""


def look(
    connection: Asked, namespaces: Iterable[str] = (), *, with_secrets: bool = False, kubelets: bool = False
) -> Access:
    """Ask everything. `namespaces` are asked where nobody may list them."""
    asking = _Asking(_Counted(connection))
    unreachable = asking.discover()
    if unreachable:
        return Access(connection.principal, connection.server, {}, tuple(PATHS), (), False, asking.calls, unreachable)
    sights = asking.kinds([*SURVEYED.values(), *([SECRETS] if with_secrets else [])])
    known = asking.namespaces(sights["Namespace"], [*namespaces, *filter(None, [connection.namespace])])
    sights = asking.in_namespaces(sights, known)
    paths = {path: asking.may({"nonResourceAttributes": {"path": path, "verb": "get"}}) for path in PATHS}
    if kubelets:
        sights[KUBELET] = asking.kubelets()
    return Access(
        principal=connection.principal,
        server=connection.server,
        sights=sights | _of_paths(paths),
        refused_paths=tuple(path for path, allowed in paths.items() if allowed is False),
        namespaces=known,
        knows_namespaces=sights["Namespace"].everywhere is True,
        calls=asking.calls,
    )


class _Counted:
    """Passes every request on and counts it by what it asks."""

    def __init__(self, connection: Asked) -> None:
        self._connection = connection
        self._mutex = threading.Lock()
        self.calls: Counter[str] = Counter()

    def get(self, path: str, query: Mapping[str, str] | None = None, *, accept: str = "application/json") -> Answer:
        self._count(f"GET {path}")
        return self._connection.get(path, query, accept=accept)

    def post_review(self, kind: str, spec: Mapping[str, Any]) -> Answer:
        self._count(f"POST {kind}")
        return self._connection.post_review(kind, spec)

    def _count(self, request: str) -> None:
        with self._mutex:
            self.calls[request] += 1


class _Asking:
    """Question after question to one cluster."""

    def __init__(self, counted: _Counted) -> None:
        self._counted = counted
        self._connection = cast("Connection", counted)
        self._served: set[str] = set()
        self._unread: dict[str, str] = {}

    @property
    def calls(self) -> dict[str, int]:
        return dict(sorted(self._counted.calls.items()))

    def discover(self) -> str:
        """Learn what is served; why the cluster could not be asked, "" when it was."""
        from collectors.kubernetes.live.discovery import CORE, GROUPS, discover

        for root in (CORE, GROUPS):
            found = discover(self._connection, root)
            if not found.answer.is_complete and found.answer.status in (0, 401):
                return found.answer.reason
            self._served |= {served.kind for served in found.served}
            self._unread |= found.unread
            if not found.answer.is_complete:
                self._unread[root] = f"discovery: {found.answer.reason}"
        return ""

    def kinds(self, surveyed: Sequence[Any]) -> dict[str, Sight]:
        """May every kind be listed in the whole cluster."""
        wanted = [Sight(known.kind, None, known.namespaced) for known in surveyed]
        wanted += [Sight(_made_up(group), None) for group in EVERY_KIND_OF]
        with ThreadPoolExecutor(_AT_ONCE, "reviews") as pool:
            return {sight.kind: sight for sight in pool.map(self._everywhere, wanted)}

    def _everywhere(self, sight: Sight) -> Sight:
        group = group_of(sight.kind)
        if not self._is_served(sight.kind):
            silent = self._unread.get(group) or self._unread.get("/apis" if group else "/api")
            return replace(sight, everywhere=None, note=silent) if silent else replace(sight, everywhere=True)
        allowed = self._may_list(sight.kind)
        note = {True: "", False: "", None: "the API server did not say whether it may be listed"}[allowed]
        return replace(sight, everywhere=allowed, note=note)

    def _is_served(self, kind: str) -> bool:
        if kind.endswith(f"/{EVERY_RESOURCE}"):
            return any(group_of(served) == group_of(kind) for served in self._served)
        return kind in self._served

    def namespaces(self, sight: Sight, given: Sequence[str]) -> tuple[str, ...]:
        """Every namespace that anybody names: the cluster, where it may be asked, and people."""
        return tuple(sorted({*given, *(self._listed_namespaces() if sight.everywhere else ())}))

    def _listed_namespaces(self) -> Iterator[str]:
        query = {"limit": _PAGE}
        while query:
            answer = self._counted.get(_NAMESPACES, query)
            body = answer.body if answer.is_complete and isinstance(answer.body, dict) else {}
            yield from (str(item["metadata"]["name"]) for item in body.get("items") or ())
            token = (body.get("metadata") or {}).get("continue")
            query = {"limit": _PAGE, "continue": token} if token else {}

    def in_namespaces(self, sights: Mapping[str, Sight], namespaces: Sequence[str]) -> dict[str, Sight]:
        """Where a kind may be listed that may not be listed everywhere."""
        denied = [sight for sight in sights.values() if sight.everywhere is False and sight.namespaced]
        found = dict(sights)
        if not denied:
            return found
        with ThreadPoolExecutor(_AT_ONCE, "reviews") as pool:
            opened = pool.map(lambda namespace: self._open_in(namespace, denied), namespaces)
            for namespace, kinds in zip(namespaces, opened, strict=True):
                for kind in kinds:
                    found[kind] = replace(found[kind], namespaces=found[kind].namespaces | {namespace})
        return found

    def _open_in(self, namespace: str, denied: Sequence[Sight]) -> list[str]:
        from collectors.kubernetes.live.rules_review import own_rules

        rules = own_rules(self._connection, namespace)
        asked = [sight.kind for sight in denied if rules.may_list(group_of(sight.kind), resource_of(sight.kind))]
        if rules.rules is not None:
            return asked
        return [kind for kind in asked if self._may_list(kind, namespace)]  # the review is not all there

    def kubelets(self) -> Sight:
        """May the kubelets be asked for their settings."""
        resource, _, part = KUBELET_RESOURCE.partition("/")
        about = {"verb": "get", "group": "", "resource": resource, "subresource": part}
        return Sight(KUBELET, self.may({"resourceAttributes": about}))

    def _may_list(self, kind: str, namespace: str = "") -> bool | None:
        about = {"verb": "list", "group": group_of(kind), "resource": resource_of(kind)}
        return self.may({"resourceAttributes": about | ({"namespace": namespace} if namespace else {})})

    def may(self, spec: Mapping[str, Any]) -> bool | None:
        """One review; None where the server did not answer it."""
        answer = self._counted.post_review(_ACCESS, spec)
        status = answer.body.get("status") if answer.is_complete and isinstance(answer.body, dict) else None
        allowed = status.get("allowed") if isinstance(status, dict) else None
        if not isinstance(allowed, bool) or (not allowed and status and status.get("evaluationError")):
            return None
        return allowed


def _of_paths(paths: Mapping[str, bool | None]) -> dict[str, Sight]:
    """What is known of the server itself: an answer that needs two pages is seen where both are open."""
    found: dict[str, Sight] = {}
    for path, kind in PATHS.items():
        known = [paths[other] for other, about in PATHS.items() if about == kind]
        everywhere = False if False in known else None if None in known else True
        found[kind] = Sight(kind, everywhere, note="" if everywhere else f"needs {path}")
    return found


def _made_up(group: str) -> str:
    return f"{group}/{EVERY_RESOURCE}"

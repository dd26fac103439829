"""One list, page after page, each redacted as it passes; the next page is fetched while this one is read."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from collectors.evidence.item import Documents, Redaction
from collectors.evidence.redact import redact
from collectors.kubernetes.kinds import KNOWN
from collectors.kubernetes.live.allowed import is_continue_token
from collectors.kubernetes.live.answers import GONE, Answer
from collectors.kubernetes.live.certificates import certificates_of, reduce
from collectors.kubernetes.live.connection import Connection
from collectors.kubernetes.live.discovery import Served
from collectors.kubernetes.parts import Found, Listed, Unread
from collectors.kubernetes.reading import Body, line_of, redactions_of
from collectors.kubernetes.recognise import is_list, list_item, listed_by
from collectors.kubernetes.surveyed import SECRET_KIND

PAGE = 500
_RESTARTS = 3
_NAMED_GAPS = 5
_MOST_PAGES = 4000  # two million objects of one kind: nobody has them, and a server that says so does not end


@dataclass(slots=True)
class Listing:
    """What came of one list."""

    outcome: str = "complete"
    reason: str = ""
    status: int = 0
    pages: int = 0
    restarts: int = 0
    versions: list[str] = field(default_factory=list)
    audit_ids: list[str] = field(default_factory=list)
    server_date: str | None = None
    body: Body = field(default_factory=Body)
    objects: int = 0
    unread: int = 0
    unread_named: list[str] = field(default_factory=list)
    redacted: Counter[str] = field(default_factory=Counter)

    @property
    def is_complete(self) -> bool:
        """Whether the list was read to its end and every object of it."""
        return self.outcome == "complete"

    @property
    def documents(self) -> Documents:
        """Where its objects went."""
        return Documents(self.objects, 0, 0, self.unread)

    @property
    def redactions(self) -> tuple[Redaction, ...]:
        """What was replaced before anything was kept."""
        return redactions_of(self.redacted)

    @property
    def consistency(self) -> str:
        """Whether all pages show the cluster at one moment."""
        moments = len(set(self.versions))
        said = "one moment" if moments <= 1 else f"{moments} moments"
        return f"{said}; started again {self.restarts} times" if self.restarts else said

    def fails(self, answer: Answer) -> None:
        """The rest of the list was not given; what was seen stays."""
        self.status = answer.status
        self.outcome, self.reason = answer.outcome, answer.reason
        if self.pages:
            self.outcome, self.reason = "partial", f"page {self.pages + 1} is missing: {answer.reason}"


def read_list(connection: Connection, served: Served, namespace: str | None, key: bytes) -> Listing:
    """Read a list to its end. One that expires in the middle starts again: its pages would not belong together."""
    for restarts in range(_RESTARTS + 1):
        listing = _Reader(connection, served, namespace, key).read()
        listing.restarts = restarts
        if listing.status != GONE:
            return listing
    return listing


class _Reader:
    """One attempt at one list."""

    def __init__(self, connection: Connection, served: Served, namespace: str | None, key: bytes) -> None:
        self._connection = connection
        self._served = served
        self._namespace = namespace
        self._path = served.path(namespace)
        self._key = key
        self._listing = Listing()
        self._tokens: set[str] = set()
        self._stuck = ""

    def read(self) -> Listing:
        answer = self._page("")
        token = self._token(answer)
        if not token:
            self._take(answer)
            return self._ended()
        with ThreadPoolExecutor(1, "page") as ahead:
            while True:
                coming: Future[Answer] | None = ahead.submit(self._page, token) if token else None
                if not self._take(answer) or coming is None:
                    return self._ended()
                answer = coming.result()
                token = self._token(answer)

    def _page(self, token: str) -> Answer:
        return self._connection.get(self._path, {"limit": str(PAGE)} | ({"continue": token} if token else {}))

    def _token(self, answer: Answer) -> str:
        """Where the list goes on, "" at its end; or `_stuck` says why nobody can go on although there is more."""
        metadata = answer.body.get("metadata") if answer.is_complete and isinstance(answer.body, dict) else None
        said = metadata if isinstance(metadata, dict) else {}
        token, more = said.get("continue"), said.get("remainingItemCount")
        if token in ("", None):
            if isinstance(more, int) and more > 0:
                self._stuck = "the server says that the list goes on, and not where"
        elif not isinstance(token, str) or not is_continue_token(token):
            self._stuck = "the server says in no form of Kubernetes where the list goes on"
        elif token in self._tokens or len(self._tokens) >= _MOST_PAGES:
            self._stuck = "the list does not end: the server leads back to a page that was read, or on for ever"
        else:
            self._tokens.add(token)
            return token
        return ""

    def _take(self, answer: Answer) -> bool:
        """Read one page; False where it is the last that can be read."""
        listing = self._listing
        listing.server_date = answer.server_date or listing.server_date
        if not answer.is_complete:
            listing.fails(answer)
            return False
        listing.status = answer.status
        listing.audit_ids.append(answer.audit_id)
        wrong = self._wrong(answer.body)
        if wrong:
            listing.fails(Answer(0, "failed", wrong))
            return False
        body: dict[str, Any] = answer.body
        listing.pages += 1
        head = listed_by({"apiVersion": self._served.api_version, "kind": self._expected} | _metadata(body))
        listing.versions.append(head.resource_version)
        for index, item in enumerate(body["items"] or ()):
            self._keep(item, head, f"/pages/{listing.pages}/items/{index}")
        return True

    @property
    def _expected(self) -> str:
        return f"{self._served.name}List"

    def _wrong(self, body: Any) -> str:
        """Why this is no page of the list. An empty answer of anybody else would prove that there is nothing."""
        if not isinstance(body, dict) or body.get("apiVersion") != self._served.api_version:
            return f"the answer is not a {self._expected} of {self._served.api_version}"
        kind = body.get("kind")
        may_differ = self._served.kind not in KNOWN  # whoever defines a kind may name its list too
        if kind != self._expected and not (may_differ and isinstance(kind, str) and kind.endswith("List")):
            return f"the answer is not a {self._expected}"
        if not isinstance(body.get("items", ...), list | None) or not isinstance(body.get("metadata"), dict):
            return f"the {self._expected} has no items, or does not say whether it is whole"
        return ""

    def _keep(self, item: Any, head: Listed, place: str) -> None:
        listing = self._listing
        found = self._read(item, head, place)
        if isinstance(found, str):
            self._lose(place, found)
            return
        obj = found.object
        public = certificates_of(obj) if found.kind == SECRET_KIND else []
        if found.kind == SECRET_KIND:
            reduce(obj)
        listing.redacted += redact(obj, self._key)
        if public:
            obj["certificates"] = public
        try:
            line = line_of(found.place, obj)
        except TypeError:
            self._lose(place, "is nested deeper than anybody reads")
            return
        listing.objects += 1
        listing.body.append(line)

    def _read(self, item: Any, head: Listed, place: str) -> Found | str:
        """The object that an item is; a few words where it is none of this list."""
        if not isinstance(item, dict):
            return "is an item that is not a mapping"
        if is_list(item):
            return f"is not a {self._served.name}"
        parts = list(list_item(item, {"apiVersion": self._served.api_version}, head, "", place, 1))
        found = parts[0] if len(parts) == 1 else None
        if isinstance(found, Unread):
            return found.reason
        if not isinstance(found, Found) or found.kind != self._served.kind:
            return f"is not a {self._served.name}"
        metadata = found.object.get("metadata")
        if not isinstance(metadata, dict) or not metadata.get("name"):
            return "has no name"
        namespace = metadata.get("namespace") or None
        if self._served.namespaced and (namespace is None or self._namespace not in (None, namespace)):
            return "is not in the namespace that was asked for"
        return found

    def _lose(self, place: str, reason: str) -> None:
        self._listing.unread += 1
        if self._listing.unread <= _NAMED_GAPS:
            self._listing.unread_named.append(f"{place} {reason}")

    def _ended(self) -> Listing:
        listing = self._listing
        if listing.is_complete and self._stuck:
            listing.fails(Answer(0, "failed", self._stuck))
        elif listing.is_complete and listing.unread:
            named = "; ".join(listing.unread_named)
            listing.outcome, listing.reason = "partial", f"{listing.unread} objects could not be read: {named}"
        return listing


def _metadata(body: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": body.get("metadata")}

"""One list, page after page, each redacted as it passes; the next page is fetched while this one is read."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from collectors.evidence.item import Documents, Redaction
from collectors.evidence.redact import redact
from collectors.kubernetes.live.answers import GONE, Answer
from collectors.kubernetes.live.certificates import certificates_of, reduce
from collectors.kubernetes.live.connection import Connection
from collectors.kubernetes.live.discovery import Served
from collectors.kubernetes.parts import Found, Unread
from collectors.kubernetes.reading import Body, line_of, redactions_of
from collectors.kubernetes.recognise import list_item, listed_by
from collectors.kubernetes.surveyed import SECRET_KIND

PAGE = 500
_RESTARTS = 3
_NAMED_GAPS = 5


@dataclass(slots=True)
class Listing:
    """What came of one list. `names` are those of namespaces, where these were listed."""

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
    unread: list[str] = field(default_factory=list)
    redacted: Counter[str] = field(default_factory=Counter)
    names: list[str] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Whether the list was read to its end and every object of it."""
        return self.outcome == "complete"

    @property
    def documents(self) -> Documents:
        """Where its objects went."""
        return Documents(self.objects, 0, 0, len(self.unread))

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
        self._path = served.path(namespace)
        self._key = key
        self._listing = Listing()

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
        metadata = answer.body.get("metadata") if answer.is_complete and isinstance(answer.body, dict) else None
        token = metadata.get("continue") if isinstance(metadata, dict) else None
        return token if isinstance(token, str) else ""

    def _take(self, answer: Answer) -> bool:
        """Read one page; False where it is the last that can be read."""
        listing = self._listing
        listing.server_date = answer.server_date or listing.server_date
        if not answer.is_complete:
            listing.fails(answer)
            return False
        listing.status = answer.status
        listing.audit_ids.append(answer.audit_id)
        body = answer.body
        if not isinstance(body, dict) or not isinstance(body.get("items", []), list | None):
            listing.fails(Answer(0, "failed", "the answer is not a list"))
            return False
        listing.pages += 1
        head = listed_by({"apiVersion": self._served.api_version, "kind": self._served.name + "List"} | _metadata(body))
        listing.versions.append(head.resource_version)
        for index, item in enumerate(body.get("items") or ()):
            place = f"/pages/{listing.pages}/items/{index}"
            for part in list_item(item, {"apiVersion": self._served.api_version}, head, "", place, 1):
                if isinstance(part, Found):
                    self._keep(part)
                elif isinstance(part, Unread):
                    listing.unread.append(f"{place} {part.reason}")
        return True

    def _keep(self, found: Found) -> None:
        listing, obj = self._listing, found.object
        public = certificates_of(obj) if found.kind == SECRET_KIND else []
        if found.kind == SECRET_KIND:
            reduce(obj)
        listing.redacted += redact(obj, self._key)
        if public:
            obj["certificates"] = public
        listing.objects += 1
        if found.kind == "Namespace":
            listing.names.append(obj["metadata"].get("name") or "")
        listing.body.append(line_of(found.place, obj))

    def _ended(self) -> Listing:
        listing = self._listing
        if listing.is_complete and listing.unread:
            named = "; ".join(listing.unread[:_NAMED_GAPS])
            listing.outcome, listing.reason = "partial", f"{len(listing.unread)} objects could not be read: {named}"
        return listing


def _metadata(body: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": body.get("metadata")}

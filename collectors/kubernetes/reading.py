"""One file of a source, read to its end: what is stored of it, what it proves, where each document went."""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson
import zstandard

from collectors.evidence.item import Claim, Documents, Redaction
from collectors.evidence.redact import redact
from collectors.kubernetes.claims import Ends, ListsOfFile
from collectors.kubernetes.documents import read_documents
from collectors.kubernetes.file_names import is_aside, worth_reading
from collectors.kubernetes.formats import Format
from collectors.kubernetes.own_pages import parts_of_page
from collectors.kubernetes.parts import Foreign, Found, Listed, Part, Unread
from collectors.kubernetes.source_file import SourceFile, Unreadable

_BLOCK_BYTES = 1 << 20
_WHOLE_FILE = "document 1 (line 1)"


@dataclass(frozen=True, slots=True)
class Gap:
    """A document, or a file, that was not read. `line` counts from 1."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.reason}"


class Seen:
    """The objects of one cluster so far, to tell repeats.

    An object is a repeat when one of the same kind, namespace and name was there with the same uid, or with
    the same content where the API server gave no uid. Content is compared by a hash that is never stored.
    """

    def __init__(self) -> None:
        self._known: set[tuple[str, str | None, str | None, str | bytes]] = set()

    def is_repeat(self, found: Found) -> bool:
        """Whether this object was seen before; from now on it was."""
        metadata = found.object.get("metadata") or {}
        uid = metadata.get("uid") or _content(found.object)
        mark = (found.kind, metadata.get("namespace"), metadata.get("name"), uid)
        if mark in self._known:
            return True
        self._known.add(mark)
        return False


def _content(obj: dict[str, Any]) -> bytes:
    text = orjson.dumps(obj, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(text, digest_size=16).digest()


class Body:
    """Lines of a stored body, kept packed until the store asks for them."""

    def __init__(self) -> None:
        self._packed: list[bytes] = []
        self._open: list[bytes] = []
        self._open_bytes = 0

    def __bool__(self) -> bool:
        return bool(self._packed or self._open)

    def append(self, line: bytes) -> None:
        """Add a line with its end."""
        self._open.append(line)
        self._open_bytes += len(line)
        if self._open_bytes >= _BLOCK_BYTES:
            self._packed.append(zstandard.compress(b"".join(self._open), 1))
            self._open = []
            self._open_bytes = 0

    def __iter__(self) -> Iterator[bytes]:
        for block in self._packed:
            yield zstandard.decompress(block)
        yield b"".join(self._open)


@dataclass(slots=True)
class Reading:
    """What one file gave. `body` is NDJSON, a redacted object a line; it is never a secret's value."""

    documents: Documents
    claims: tuple[Claim, ...]
    redactions: tuple[Redaction, ...]
    gaps: list[Gap]
    ends: Ends
    body: Body = field(default_factory=Body)


def read_file(file: SourceFile, form: Format, seen: Seen, *, whole: bool, key: bytes) -> Reading:
    """Read one file of a source of this format, redacting every object as it passes. Only bugs raise."""
    body = Body()
    gaps: list[Gap] = []
    counts: Counter[str] = Counter()
    redacted: Counter[str] = Counter()
    lists = ListsOfFile(file.path, form, whole)
    for part in _parts(file, form):
        if isinstance(part, Found):
            counts["repeats" if seen.is_repeat(part) else "objects"] += 1
            lists.shows(part)
            redacted += redact(part.object, key)
            body.append(line_of(part.place, part.object))
        elif isinstance(part, Listed):
            lists.begins(part)
        elif isinstance(part, Unread):
            lists.loses(part)
            gaps.append(Gap(file.path, part.line, part.reason))
        else:
            counts["not_kubernetes"] += 1
    refusal = form.refusals.get(file.path)
    return Reading(
        documents=Documents(counts["objects"], counts["repeats"], counts["not_kubernetes"], len(gaps)),
        claims=lists.claims(refusal.reason if refusal else ""),
        redactions=redactions_of(redacted),
        gaps=gaps,
        ends=lists.ends(refusal.reason if refusal else ""),
        body=body,
    )


def line_of(place: str, obj: dict[str, Any]) -> bytes:
    """A line of a stored body."""
    return b'{"place":%b,"object":%b}\n' % (orjson.dumps(place), orjson.dumps(obj))


def redactions_of(counted: Counter[str]) -> tuple[Redaction, ...]:
    """The redactions of an item, sorted by rule."""
    return tuple(Redaction(rule, count) for rule, count in sorted(counted.items()))


def added(one: Documents, other: Documents) -> Documents:
    """Both counts together."""
    pairs = zip(dataclasses.astuple(one), dataclasses.astuple(other), strict=True)
    return Documents(*(mine + yours for mine, yours in pairs))


def _parts(file: SourceFile, form: Format) -> Iterator[Part]:
    """Every document of a file; what is no text, and every file that cannot be read, counts as one."""
    try:
        if file.trouble:
            yield Unread(_WHOLE_FILE, 1, file.trouble)
        elif file.path in form.own.pages:
            yield from parts_of_page(file.path, file.read())
        elif form.is_other(file.path) or is_aside(file.path) or not worth_reading(file.path, file.beginning):
            if file.beginning(1):
                yield Foreign(_WHOLE_FILE, 1)
        elif file.path in form.patches:
            yield from _as_patch(file, form.patches[file.path])
        else:
            yield from read_documents(file.read(), file.path)
    except Unreadable as error:
        yield Unread(_WHOLE_FILE, 1, str(error))


def _as_patch(file: SourceFile, named_by: str) -> Iterator[Part]:
    for part in read_documents(file.read(), file.path):
        if isinstance(part, Unread):
            yield part
        elif not isinstance(part, Listed):
            yield Unread(part.place, part.line, f"is a patch that {named_by} applies")

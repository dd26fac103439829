"""The index of a run: a JSON line for each thing that happened, holding the hash of the line before."""

from __future__ import annotations

import dataclasses
import hashlib
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import orjson

from collectors.evidence.disk import Disk
from collectors.evidence.trouble import CorruptEvidence, Problem

FILE = "index.jsonl"
FIRST = hashlib.sha256(b"").hexdigest()
_SEAL = b',"line_sha256":"'


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """The index as found: good entries, the bytes they fill, a torn tail (bytes without an end of line),
    the hash the next line has to hold, and everything that is not as it was written."""

    entries: list[dict[str, Any]]
    size: int
    torn: bytes
    last: str
    problems: list[Problem]
    counts: Counter[str] = dataclasses.field(default_factory=Counter)


def line_of(entry: dict[str, Any], previous: str) -> bytes:
    """An entry as it stands in the file, end of line included."""
    body = orjson.dumps(entry | {"previous": previous})
    return body[:-1] + _SEAL + hashlib.sha256(body).hexdigest().encode() + b'"}\n'


def read(path: Path) -> Reading:
    """Read and check every line; a file that is not there is an empty index."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        content = b""
    whole, _, torn = content.rpartition(b"\n")
    entries: list[dict[str, Any]] = []
    problems: list[Problem] = []
    previous, offset = FIRST, 0
    for number, line in enumerate(whole.split(b"\n") if whole else [], start=1):
        entry, wrong = _checked(line, previous)
        if entry is not None:
            entries.append(entry)
        if wrong:
            problems.append(Problem(None, FILE, offset, f"line {number} {wrong}"))
        previous = hashlib.sha256(line).hexdigest()
        offset += len(line) + 1
    return Reading(entries, offset, torn, previous, problems, Counter(str(entry.get("entry")) for entry in entries))


def _checked(line: bytes, previous: str) -> tuple[dict[str, Any] | None, str]:
    """The entry of a line where it can be read, and what is wrong with the line ("" when nothing is)."""
    try:
        entry = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return None, f"is not JSON ({error})"
    body, found, seal = line.rpartition(_SEAL)
    if not isinstance(entry, dict) or not found:
        return None, "is not an entry of this index"
    if hashlib.sha256(body + b"}").hexdigest().encode() + b'"}' != seal:
        return entry, "was changed after it was written: its own hash differs"
    if entry.get("previous") != previous:
        return entry, "does not follow the line before it: a line was changed, added or taken out"
    return entry, ""


class Index:
    """Appends to the index of one run and remembers what it holds. For several threads of one process."""

    def __init__(self, path: Path, disk: Disk) -> None:
        self._path = path
        self._disk = disk
        self._reading: Reading | None = None
        self._stamp = (0, 0)
        self._mutex = threading.RLock()

    def reading(self) -> Reading:
        """What the file holds now."""
        with self._mutex:
            stamp = self._found()
            if self._reading is None or stamp != self._stamp:
                self._reading, self._stamp = read(self._path), stamp
            return self._reading

    def _found(self) -> tuple[int, int]:
        """Size in bytes and time of the last change, both 0 when there is no file."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return 0, 0
        return found.st_size, found.st_mtime_ns

    def entries(self) -> list[dict[str, Any]]:
        """All entries; raises CorruptEvidence when any line is not as it was written."""
        reading = self.reading()
        if reading.problems:
            raise CorruptEvidence(reading.problems)
        return reading.entries

    def count(self, kind: str) -> int:
        """How many entries of one kind there are; raises as `entries` does."""
        self.entries()
        return self.reading().counts[kind]

    def mend(self) -> None:
        """Take a torn tail off the end, and note that there was one, before anything is added."""
        reading = self.reading()
        if not reading.torn:
            return
        self._disk.truncate(self._path, reading.size)
        self._reading = None
        self.append({"entry": "torn", "bytes": len(reading.torn)})

    def append(self, entry: dict[str, Any]) -> None:
        """Add one entry, in one write."""
        with self._mutex:
            entries = self.entries()
            reading = self.reading()
            counts = reading.counts + Counter([entry["entry"]])
            line = line_of(entry, reading.last)
            self._reading = None
            self._disk.append(self._path, line)
            entries.append(orjson.loads(line))
            last = hashlib.sha256(line[:-1]).hexdigest()
            self._reading = Reading(entries, reading.size + len(line), b"", last, [], counts)
            self._stamp = self._found()

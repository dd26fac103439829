"""Evidence in runs: a run is a snapshot, a folder that is only ever added to."""

from __future__ import annotations

import dataclasses
import fcntl
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from collectors.evidence import record
from collectors.evidence.disk import Disk
from collectors.evidence.index import FILE as INDEX_FILE
from collectors.evidence.index import Index
from collectors.evidence.item import OUTCOMES, Item, ItemDraft, as_item, from_record
from collectors.evidence.objects import PARTIAL, Objects, Stored, lines
from collectors.evidence.sources import Source, already_collected, sources_of
from collectors.evidence.trouble import Problem, RunIsBusy, SourceAlreadyCollected
from collectors.evidence.verify import verify

LOCK_FILE = "lock"


class Run:
    """One snapshot. Reading needs no lock; writing holds one from the first begin_source to the last end_source.

    Several sources may be open at once, each in a thread of its own.
    """

    def __init__(self, path: Path, disk: Disk | None = None) -> None:
        self.path = path
        self.name = path.name
        self._disk = disk or Disk()
        self._index = Index(path / INDEX_FILE, self._disk)
        self._objects = Objects(path / "objects", self._disk)
        self._mutex = threading.RLock()
        self._lock: BinaryIO | None = None
        self._open: list[str] = []
        self._bodies = 0

    # reading

    @property
    def record(self) -> record.RunRecord:
        """The run record. Raises CorruptEvidence when it cannot be read."""
        return record.read(self.path)

    def items(self) -> list[Item]:
        """Every item in the order of the index. Raises CorruptEvidence when the index was changed."""
        return [from_record(entry) for entry in self._index.entries() if entry["entry"] == "item"]

    def read(self, item: Item) -> bytes:
        """The stored body. Raises CorruptEvidence when it is not what was stored."""
        return b"".join(self._chunks(item))

    def open(self, item: Item) -> Iterator[bytes]:
        """The lines of the body, without their ends, holding about a mebibyte of it.

        Raises CorruptEvidence, at the latest after the last line.
        """
        return lines(self._chunks(item))

    def _chunks(self, item: Item) -> Iterator[bytes]:
        return self._objects.chunks(item.evidence_id, item.sha256) if item.sha256 else iter(())

    def sources(self) -> list[Source]:
        """Every source that was begun, in order."""
        return sources_of(self._index.entries())

    def asked(self, key: str) -> set[str]:
        """The requests of this source that are already stored, whatever came of them."""
        return {item.request for item in self.answered(key)}

    def answered(self, key: str) -> list[Item]:
        """The items of this source in the order of the index."""
        entries = self._index.entries()
        return [from_record(entry) for entry in entries if entry["entry"] == "item" and entry["source_key"] == key]

    def torn(self) -> list[str]:
        """What a crash left behind, one sentence each: nothing of it is listed, all of it is a gap."""
        found = []
        reading = self._index.reading()
        if reading.torn:
            found.append(f"{INDEX_FILE}: the last line is torn ({len(reading.torn)} bytes without an end)")
        found += [f"{INDEX_FILE}: a torn line of {size} bytes was taken off" for size in _lost(reading.entries)]
        found += [f"{path.relative_to(self.path).as_posix()}: {wrong}" for path, wrong in self._left_over()]
        for source in self.sources():
            if not source.finished:
                found.append(f"source {source.key}: begun and not finished; {source.items} items are stored")
        return found

    def verify(self) -> list[Problem]:
        """Re-hash everything that the index lists; every problem at once, none when all is as stored."""
        return verify(self._objects)

    # writing

    def set_as_of(self, text: str) -> None:
        """Say what instant the evidence speaks for: an RFC 3339 instant or a date, kept as UTC text."""
        with self._writing():
            changed = dataclasses.replace(self.record, as_of=record.instant(text))
            self._disk.replace(self.path / record.FILE, record.bytes_of(changed))

    def begin_source(self, key: str, description: dict[str, Any], *, resume: bool = False) -> None:
        """Open a source, and keep other processes out until end_source or close.

        Raises SourceAlreadyCollected for a source that was asked in this run, unless `resume` continues an
        unfinished one; RunIsBusy when another process writes here.
        """
        with self._mutex:
            self._take_lock()
            known = {source.key: source for source in self.sources()}.get(key)
            if known and (known.finished or not resume):
                self._let_go()
                raise SourceAlreadyCollected(already_collected(self.name, known))
            if resume and not self._open:
                self._sweep()
            self._open.append(key)
            with self._writing():
                word = "source-resumed" if known else "source-begun"
                self._index.append({"entry": word, "source_key": key, "description": description})

    def _sweep(self) -> None:
        """Take away what a cut left half written: whatever it was, it is asked again."""
        with self._writing():
            left = [path for path, _ in self._left_over()]
            for path in left:
                self._disk.remove(path)
            if left:
                self._index.append({"entry": "swept", "files": [path.name for path in left]})

    def _left_over(self) -> Iterator[tuple[Path, str]]:
        """Bodies that no entry of the index lists, and what is wrong with each."""
        held = {entry["sha256"] for entry in self._index.reading().entries if entry["entry"] == "item"}
        for path in self._objects.present():
            if path.name.endswith(PARTIAL):
                yield path, "a body that was not written to its end"
            elif path.stem not in held:
                yield path, "a body without an index entry"

    def end_source(self, key: str) -> None:
        """Note that the source was asked to its end, and let other processes in."""
        with self._mutex:
            with self._writing():
                self._index.append({"entry": "source-ended", "source_key": key})
            self.leave_source(key)

    def leave_source(self, key: str) -> None:
        """Close a source without saying that it was asked to its end: `resume` may go on with it."""
        with self._mutex:
            self._open.remove(key)
            self._let_go()

    def _let_go(self) -> None:
        if not self._open:
            self.close()

    def add(self, draft: ItemDraft, body: Iterable[bytes] | bytes | None, *, source: str | None = None) -> Item:
        """Store one answer; its body is read once, as a stream. It is listed when this returns.

        `source` is the key of the source that it belongs to; without it, of the one that was begun last.
        """
        if draft.outcome not in OUTCOMES:
            raise ValueError(f"outcome {draft.outcome!r} is none of {', '.join(OUTCOMES)}")
        with self._mutex, self._writing():
            self._bodies += 1
            stored = None if body is None else self._objects.add(f"body-{self._bodies}", body)
            number = 1 + self._index.count("item")
            item = as_item(draft, f"E-{number:06d}", stored.size if stored else 0, stored.sha256 if stored else None)
            self._index.append(self._entry(item, stored, source))
            return item

    def _entry(self, item: Item, stored: Stored | None, source: str | None) -> dict[str, Any]:
        key = source or (self._open[-1] if self._open else None)
        entry = {"entry": "item", "source_key": key, **dataclasses.asdict(item)}
        if stored:
            entry |= {"stored_size": stored.stored_size, "pieces": stored.pieces}
        return entry

    def close(self) -> None:
        """Let other processes write. What was added stays."""
        self._open.clear()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    @contextmanager
    def _writing(self) -> Iterator[None]:
        held = self._lock is not None
        self._take_lock()
        try:
            self._index.mend()
            yield
        except BaseException:
            self.close()
            raise
        if not held:
            self.close()

    def _take_lock(self) -> None:
        if self._lock is not None:
            return
        file = (self.path / LOCK_FILE).open("ab", buffering=0)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            message = f"another process writes to run {self.name}; wait for it, or use `collect --new`"
            raise RunIsBusy(message) from None
        self._lock = file


def _lost(entries: Iterable[dict[str, Any]]) -> list[int]:
    """Sizes of torn lines whose answer nobody asked for again: going on with a source asks for what is not listed."""
    sizes: list[int] = []
    for entry in entries:
        if entry["entry"] == "torn":
            sizes.append(entry["bytes"])
        elif entry["entry"] == "source-resumed":
            sizes.clear()
    return sizes


class Evidence:
    """All runs of a workspace, oldest first."""

    def __init__(self, root: Path, disk: Disk | None = None) -> None:
        self.root = root
        self._disk = disk or Disk()

    def runs(self) -> list[str]:
        """Names of runs; names sort as time does."""
        names = [path.parent.name for path in self.root.glob(f"*/{record.FILE}")]
        return sorted(name for name in names if not name.startswith("."))

    def torn(self) -> list[str]:
        """Runs that were not opened to the end."""
        left = sorted(self.root.glob(f".*{PARTIAL}"))
        return [f"{path.name}: a run that was being opened; nothing was collected into it" for path in left]

    def newest(self) -> Run | None:
        """The run that was started last."""
        names = self.runs()
        return self.run(names[-1]) if names else None

    def run(self, name: str) -> Run:
        """A run by name. Raises KeyError naming those that exist."""
        if name not in self.runs():
            raise KeyError(f"no run {name!r}; there is {', '.join(self.runs()) or 'none'}")
        return Run(self.root / name, self._disk)

    def new_run(self, now: datetime) -> Run:
        """Open a run named from its start; its record says as_of = start until set_as_of."""
        started = now.astimezone(UTC)
        name = free = started.strftime("%Y-%m-%dT%H%M%SZ")
        number = 1
        while (self.root / free).exists():
            number += 1
            free = f"{name}-{number:02d}"
        partial = self.root / f".{free}{PARTIAL}"
        self._disk.make_directory(partial)
        text = started.strftime("%Y-%m-%dT%H:%M:%SZ")
        self._disk.replace(partial / record.FILE, record.bytes_of(record.RunRecord(free, text, text)))
        self._disk.rename(partial, self.root / free)
        return Run(self.root / free, self._disk)

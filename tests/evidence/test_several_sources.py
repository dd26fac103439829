"""Several sources may be written at once, and what a cut left behind goes when they are gone on with."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

import pytest

from collectors.evidence.disk import Disk
from collectors.evidence.index import Index, read
from collectors.evidence.store import Run
from tests.evidence.conftest import a_draft

SOURCES, ITEMS = 12, 40
A_MOMENT = 0.2  # seconds that one thread waits for another, which may have to wait for it


def test_threads_that_write_and_read_at_once_leave_one_chain(run: Run) -> None:
    def source(number: int) -> None:
        key = f"kubernetes/{number}"
        run.begin_source(key, {"cluster": str(number)})
        for item in range(ITEMS):
            run.add(a_draft(f"GET /{number}/{item}"), f"{number}:{item}\n".encode(), source=key)
            assert f"GET /{number}/{item}" in run.asked(key)
        run.end_source(key)

    with ThreadPoolExecutor(SOURCES) as pool:
        list(pool.map(source, range(SOURCES)))
    again = Run(run.path)
    assert again.verify() == []
    assert [item.evidence_id for item in again.items()] == [f"E-{n:06d}" for n in range(1, SOURCES * ITEMS + 1)]
    assert {source.items for source in again.sources()} == {ITEMS}
    assert again.torn() == []


class Watched:
    """The file of an index. Whoever reads it in the `reader` thread holds what it read until a line was added."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.reader = threading.Thread(target=lambda: None)
        self.was_read, self.was_added = threading.Event(), threading.Event()

    def read_bytes(self) -> bytes:
        content = self._path.read_bytes() if self._path.exists() else b""
        if threading.current_thread() is self.reader:
            self.was_read.set()
            self.was_added.wait(A_MOMENT)
        return content

    def stat(self) -> os.stat_result:
        if self.was_added.is_set() and threading.current_thread() is not self.reader:
            self.reader.join(A_MOMENT)
        return self._path.stat()


class ReadMeanwhile(Disk):
    """Adds a line while another thread is in the middle of reading the file."""

    def __init__(self, path: Path, file: Watched) -> None:
        self._path, self._file = path, file
        self.meanwhile: Callable[[], object] | None = None

    def append(self, path: Path, data: bytes) -> None:
        if self.meanwhile:
            self._file.reader = threading.Thread(target=self.meanwhile)
            self._file.reader.start()
            self._file.was_read.wait(A_MOMENT)
        super().append(self._path, data)
        if self.meanwhile:
            self._file.was_added.set()


def test_a_line_that_is_added_while_another_thread_reads_is_the_one_that_the_next_follows(tmp_path: Path) -> None:
    path = tmp_path / "index.jsonl"
    file = Watched(path)
    disk = ReadMeanwhile(path, file)
    index = Index(cast(Path, file), disk)
    index.append({"entry": "first"})
    disk.meanwhile = index.reading
    index.append({"entry": "second"})
    disk.meanwhile = None
    file.reader.join()
    index.append({"entry": "third"})
    assert read(path).problems == []
    assert [entry["entry"] for entry in read(path).entries] == ["first", "second", "third"]


def test_other_processes_stay_out_until_the_last_source_is_closed(run: Run) -> None:
    run.begin_source("kubernetes/a", {})
    run.begin_source("kubernetes/b", {})
    run.end_source("kubernetes/a")
    with pytest.raises(Exception, match="another process writes"):
        Run(run.path).begin_source("kubernetes/c", {})
    run.end_source("kubernetes/b")
    other = Run(run.path)
    other.begin_source("kubernetes/c", {})
    other.end_source("kubernetes/c")


def cut_off(run: Run) -> None:
    """What a kill leaves: a source that is open, half a body, a body that nothing lists, half a line."""
    run.begin_source("kubernetes/a", {})
    run.add(a_draft("GET /whole"), b"whole\n")
    run.close()
    objects = run.path / "objects"
    (objects / "body-2.partial").write_bytes(b"half")
    (objects / "ff").mkdir()
    (objects / "ff" / ("ff" * 32 + ".zst")).write_bytes(b"nobody lists me")
    with (run.path / "index.jsonl").open("ab") as index:
        index.write(b'{"entry":"item","evi')


def test_going_on_with_a_source_takes_away_what_a_cut_left_half_written(run: Run) -> None:
    cut_off(run)
    again = Run(run.path)
    assert len(again.torn()) == 4
    again.begin_source("kubernetes/a", {}, resume=True)
    again.add(a_draft("GET /rest"), b"rest\n")
    again.end_source("kubernetes/a")
    assert again.torn() == []
    assert again.verify() == []
    assert [item.request for item in Run(run.path).items()] == ["GET /whole", "GET /rest"]
    assert not list((run.path / "objects").rglob("*.partial"))


def test_another_source_takes_nothing_away(run: Run) -> None:
    cut_off(run)
    again = Run(run.path)
    again.begin_source("kubernetes/b", {})
    again.end_source("kubernetes/b")
    assert len(again.torn()) == 4

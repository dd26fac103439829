"""Several sources may be written at once, and what a cut left behind goes when they are gone on with."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from collectors.evidence.store import Run
from tests.evidence.conftest import a_draft

SOURCES, ITEMS = 12, 40


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """Threads change as often as the interpreter can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def test_threads_that_write_and_read_at_once_leave_one_chain(run: Run, hasty_threads: None) -> None:
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

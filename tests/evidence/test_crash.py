"""Killed at any act on the disk, a run opens, lists only what is whole, and says what is missing."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from pathlib import Path

import pytest

from collectors.evidence.disk import Disk
from collectors.evidence.store import Evidence, Run
from tests.evidence.conftest import NOON, Died, DyingDisk, a_draft

BODIES = {"pods.json": b"1\n" * 5000, "nodes.json": b"2\n", "same.json": b"2\n"}
FINAL = "(end of source)"


def collect(root: Path, disk: Disk, *, resume: bool = False) -> None:
    """A small collection: a run, a source, three bodies of which two are the same, an item without one."""
    evidence = Evidence(root, disk)
    run = evidence.newest() or evidence.new_run(NOON)
    try:
        run.begin_source("kubernetes:shop", {"path": "dump"}, resume=resume)
        asked = run.asked("kubernetes:shop")
        for request, body in BODIES.items():
            if request not in asked:
                run.add(a_draft(request), iter([body]))
        if FINAL not in asked:
            run.add(a_draft(FINAL), None)
        run.end_source("kubernetes:shop")
        run.set_as_of("2026-11-22")
    finally:
        run.close()


def acts_of_a_whole_collection(root: Path) -> int:
    disk = DyingDisk(10_000)
    collect(root, disk)
    return 10_000 - disk.lives


def assert_everything_listed_is_whole(run: Run) -> None:
    assert run.verify() == []
    for item in run.items():
        assert run.read(item) == BODIES.get(item.request, b"")


def test_killed_at_any_act_the_store_opens_and_names_what_is_missing(tmp_path):
    acts = acts_of_a_whole_collection(tmp_path / "whole")
    assert acts > 40
    for lives in range(acts):
        root = tmp_path / str(lives)
        with pytest.raises(Died):
            collect(root, DyingDisk(lives))
        evidence = Evidence(root)
        run = evidence.newest()
        if run is None:
            assert lives < 10
            assert evidence.runs() == []
            continue
        assert_everything_listed_is_whole(run)
        finished = [source.finished for source in run.sources()]
        if finished != [True]:
            assert run.torn() or not finished, f"nothing is named after {lives} acts"
        assert run.record.as_of in ("2026-11-21T12:00:00Z", "2026-11-22T00:00:00Z")


def test_killed_at_any_act_and_resumed_the_collection_is_whole(tmp_path):
    acts = acts_of_a_whole_collection(tmp_path / "whole")
    for lives in range(acts):
        root = tmp_path / str(lives)
        with pytest.raises(Died):
            collect(root, DyingDisk(lives))
        run = Evidence(root).newest()
        if run is None or not any(source.finished for source in run.sources()):
            collect(root, Disk(), resume=True)
        run = Evidence(root).newest()
        assert run is not None
        assert_everything_listed_is_whole(run)
        assert [item.request for item in run.items()] == [*BODIES, FINAL]
        assert [item.evidence_id for item in run.items()] == [f"E-{n:06d}" for n in range(1, 5)]


def test_killed_at_any_act_of_resuming_the_store_still_opens(tmp_path):
    for first in (14, 20, 26):
        for lives in range(30):
            root = tmp_path / f"{first}-{lives}"
            with pytest.raises(Died):
                collect(root, DyingDisk(first))
            with contextlib.suppress(Died):
                collect(root, DyingDisk(lives), resume=True)
            run = Evidence(root).newest()
            assert run is not None
            assert_everything_listed_is_whole(run)


def test_a_torn_last_line_is_named_then_taken_off_and_remembered(run):
    run.add(a_draft("a"), b"1\n")
    index = run.path / "index.jsonl"
    with index.open("ab") as file:
        file.write(b'{"entry":"item","evid')
    assert run.torn() == ["index.jsonl: the last line is torn (21 bytes without an end)"]
    assert [item.request for item in run.items()] == ["a"]
    run.add(a_draft("b"), b"2\n")
    assert [item.request for item in run.items()] == ["a", "b"]
    assert run.torn() == ["index.jsonl: a torn line of 21 bytes was taken off"]
    assert run.verify() == []


def test_a_body_without_an_index_entry_is_named(run):
    stored = run.path / "objects" / "ab"
    stored.mkdir(parents=True)
    (stored / ("ab" * 32 + ".zst")).write_bytes(b"anything")
    assert run.torn() == [f"objects/ab/{'ab' * 32}.zst: a body without an index entry"]
    assert run.verify() == []


def test_a_second_run_does_not_care_that_the_first_was_killed(tmp_path):
    with pytest.raises(Died):
        collect(tmp_path, DyingDisk(20))
    later = Evidence(tmp_path).new_run(NOON + timedelta(days=1))
    later.add(a_draft("a"), b"1\n")
    assert Evidence(tmp_path).newest().items()[0].request == "a"

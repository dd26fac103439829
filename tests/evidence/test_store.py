"""Runs, items and sources: what is added is kept, in order, once."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tracemalloc
from datetime import timedelta
from pathlib import Path

import pytest

from collectors.evidence.store import Evidence
from collectors.evidence.trouble import RunIsBusy, SourceAlreadyCollected
from tests.evidence.conftest import NOON, Died, a_draft


def test_a_run_is_named_from_its_start_and_the_newest_is_the_last_started(evidence):
    first = evidence.new_run(NOON)
    second = evidence.new_run(NOON)
    third = evidence.new_run(NOON + timedelta(hours=1))
    assert [first.name, second.name, third.name] == evidence.runs()
    assert evidence.newest().name == third.name
    assert first.name == "2026-11-21T120000Z"


def test_a_workspace_without_runs_has_no_newest_one(evidence):
    assert evidence.newest() is None
    with pytest.raises(KeyError, match="there is none"):
        evidence.run("2026-01-01T000000Z")


def test_an_item_comes_back_as_it_was_added(run, evidence):
    draft = a_draft("pods.json", cluster=None, outcome="partial", reason="a page is missing")
    item = run.add(draft, b'{"a":1}\n{"b":2}\n')
    again = evidence.newest().items()
    assert again == [item]
    assert item.evidence_id == "E-000001"
    assert item.size == 16
    assert item.sha256 == hashlib.sha256(b'{"a":1}\n{"b":2}\n').hexdigest()
    assert run.read(item) == b'{"a":1}\n{"b":2}\n'
    assert list(run.open(item)) == [b'{"a":1}', b'{"b":2}']


def test_an_item_without_a_body_is_kept_with_its_outcome(run):
    item = run.add(a_draft("secrets", outcome="denied", reason="forbidden", documents=None), None)
    assert (item.size, item.sha256, run.read(item), list(run.open(item))) == (0, None, b"", [])
    assert run.verify() == []


def test_an_empty_body_is_not_the_same_as_none(run):
    assert run.add(a_draft("empty"), b"").sha256 == hashlib.sha256(b"").hexdigest()


def test_the_same_bytes_are_stored_once(run):
    one, two = (run.add(a_draft(name), b"same\n") for name in ("a", "b"))
    assert one.sha256 == two.sha256
    assert len(list((run.path / "objects").rglob("*.zst"))) == 1
    assert run.torn() == []


def test_an_unknown_outcome_is_refused(run):
    with pytest.raises(ValueError, match="outcome 'fine' is none of complete"):
        run.add(a_draft("a", outcome="fine"), b"")


def test_a_large_body_streams_through_flat_memory(run):
    def chunks():
        for number in range(200_000):
            yield b'{"place":"/items/%d","object":{"kind":"Pod","spec":{"containers":[]}}}\n' % number

    tracemalloc.start()
    item = run.add(a_draft("pods.json"), chunks())
    lines = sum(1 for _ in run.open(item))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert lines == 200_000
    assert peak < 0.8 * item.size


def test_stored_bytes_do_not_depend_on_how_the_body_was_cut(evidence):
    one, two = evidence.new_run(NOON), evidence.new_run(NOON)
    body = b"".join(b"line %d\n" % number for number in range(300_000))
    first = one.add(a_draft("a"), body)
    second = two.add(a_draft("a"), (body[start : start + 777] for start in range(0, len(body), 777)))
    paths = [next((run.path / "objects").rglob("*.zst")) for run in (one, two)]
    assert first == second
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_as_of_is_written_by_whoever_collects_and_kept_in_utc(run, evidence):
    assert run.record.as_of == "2026-11-21T12:00:00Z"
    run.set_as_of("2026-12-01T01:00:00+02:00")
    assert evidence.newest().record.as_of == "2026-11-30T23:00:00Z"
    run.set_as_of("2026-12-31")
    assert evidence.newest().record.as_of == "2026-12-31T00:00:00Z"
    with pytest.raises(ValueError):
        run.set_as_of("last Tuesday")
    assert evidence.newest().record.as_of == "2026-12-31T00:00:00Z"


def test_a_finished_source_is_not_collected_again_in_the_same_run(run):
    run.begin_source("kubernetes:shop", {"path": "dump"})
    run.end_source("kubernetes:shop")
    for resume in (False, True):
        with pytest.raises(SourceAlreadyCollected, match="collect --new"):
            run.begin_source("kubernetes:shop", {"path": "dump"}, resume=resume)
    run.begin_source("kubernetes:bank", {"path": "other"})
    run.end_source("kubernetes:bank")


def test_an_unfinished_source_is_continued_on_request_and_knows_what_it_asked(run, evidence):
    run.begin_source("kubernetes:shop", {"path": "dump"})
    run.add(a_draft("pods.json"), b"1\n")
    run.close()
    later = evidence.newest()
    with pytest.raises(SourceAlreadyCollected, match="collect --resume"):
        later.begin_source("kubernetes:shop", {"path": "dump"})
    later.begin_source("kubernetes:shop", {"path": "dump"}, resume=True)
    assert later.asked("kubernetes:shop") == {"pods.json"}
    later.add(a_draft("nodes.json"), b"2\n")
    later.end_source("kubernetes:shop")
    assert [(source.finished, source.items) for source in later.sources()] == [(True, 2)]
    assert later.torn() == []
    assert later.verify() == []


def test_an_unfinished_source_is_named(run):
    run.begin_source("kubernetes:shop", {"path": "dump"})
    run.close()
    assert run.torn() == ["source kubernetes:shop: begun and not finished; 0 items are stored"]


def test_another_process_that_writes_to_the_same_run_is_refused(run, evidence):
    run.begin_source("kubernetes:shop", {})
    writer = (
        "import sys, pathlib; from collectors.evidence.store import Evidence;"
        "Evidence(pathlib.Path(sys.argv[1])).newest().begin_source('kubernetes:bank', {})"
    )
    command = [sys.executable, "-c", writer, str(evidence.root)]
    root = Path(__file__).resolve().parents[2]
    refused = subprocess.run(command, capture_output=True, text=True, cwd=root)
    assert "another process writes to run 2026-11-21T120000Z" in refused.stderr
    with pytest.raises(RunIsBusy):
        evidence.newest().add(a_draft("a"), b"")
    run.end_source("kubernetes:shop")
    assert subprocess.run(command, capture_output=True, text=True, cwd=root).returncode == 0


def test_readers_see_what_a_writer_added_meanwhile(run, evidence):
    reader = evidence.newest()
    assert reader.items() == []
    run.add(a_draft("a"), b"1\n")
    assert [item.request for item in reader.items()] == ["a"]


def test_a_body_that_fails_half_way_leaves_nothing_listed_and_lets_others_write(run, evidence):
    def broken():
        yield b"half"
        raise RuntimeError("the page tore")

    with pytest.raises(RuntimeError, match="the page tore"):
        run.add(a_draft("a"), broken())
    assert run.items() == []
    assert [item.request for item in [evidence.newest().add(a_draft("b"), b"2\n")]] == ["b"]


def test_each_index_line_holds_the_hash_of_the_line_before(run):
    run.begin_source("k", {})
    run.add(a_draft("a"), b"1\n")
    run.end_source("k")
    lines = (run.path / "index.jsonl").read_bytes().splitlines()
    previous = hashlib.sha256(b"").hexdigest()
    for line in lines:
        assert json.loads(line)["previous"] == previous
        previous = hashlib.sha256(line).hexdigest()


def test_a_run_that_was_not_opened_to_the_end_is_named_and_not_listed(evidence, dying, tmp_path):
    with pytest.raises(Died):
        Evidence(evidence.root, dying(3)).new_run(NOON)
    assert evidence.runs() == []
    assert "a run that was being opened" in evidence.torn()[0]

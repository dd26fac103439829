"""verify re-hashes everything and names every problem at once, with the first byte that differs."""

from __future__ import annotations

import json
import random

import pytest

from collectors.evidence.trouble import CorruptEvidence
from tests.evidence.conftest import a_draft

NOISE = random.Random(7).randbytes(6000)


def body_of(run, item):
    return next(run.path.glob(f"objects/*/{item.sha256}.zst"))


@pytest.mark.parametrize("position", [0, 5, 1023, 1024, 4321, -1])
def test_one_changed_byte_is_named_exactly(run, position):
    item = run.add(a_draft("a"), NOISE)
    path = body_of(run, item)
    content = bytearray(path.read_bytes())
    position %= len(content)
    was = content[position]
    content[position] ^= 0x41
    path.write_bytes(content)
    [problem] = run.verify()
    assert (problem.item, problem.byte) == ("E-000001", position)
    assert problem.message.endswith(f"this byte is {content[position]:#04x} and was {was:#04x}")


def test_a_file_that_was_cut_or_lengthened_is_named_by_its_end(run):
    item = run.add(a_draft("a"), NOISE)
    path = body_of(run, item)
    content = path.read_bytes()
    path.write_bytes(content[:2000])
    assert run.verify()[0].byte == 2000
    path.write_bytes(b"")
    assert run.verify()[0].byte == 0


def test_a_longer_change_is_named_by_the_piece_that_holds_it(run):
    item = run.add(a_draft("a"), NOISE)
    path = body_of(run, item)
    content = bytearray(path.read_bytes())
    content[2100:2300] = bytes(200)
    path.write_bytes(content)
    [problem] = run.verify()
    assert problem.byte == 2048
    assert "within 1024 bytes from here" in problem.message


def test_reading_a_changed_body_raises_and_names_the_item(run):
    item = run.add(a_draft("a"), NOISE)
    path = body_of(run, item)
    path.write_bytes(path.read_bytes()[:-20])
    for read in (run.read, lambda item: list(run.open(item))):
        with pytest.raises(CorruptEvidence, match="E-000001"):
            read(item)


def test_a_missing_body_is_corruption(run):
    item = run.add(a_draft("a"), NOISE)
    body_of(run, item).unlink()
    with pytest.raises(CorruptEvidence, match="the stored body is missing"):
        run.read(item)
    assert "missing" in run.verify()[0].message


def test_a_changed_index_line_is_named_by_line_and_byte(run):
    for name in "abc":
        run.add(a_draft(name), name.encode())
    path = run.path / "index.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    lines[1] = lines[1].replace(b'"complete":true', b'"complete":null', 1)
    path.write_bytes(b"".join(lines))
    problems = run.verify()
    assert [(problem.file, problem.byte) for problem in problems] == [
        ("index.jsonl", len(lines[0])),
        ("index.jsonl", len(lines[0]) + len(lines[1])),
    ]
    assert "line 2 was changed" in problems[0].message
    assert "line 3 does not follow" in problems[1].message
    with pytest.raises(CorruptEvidence):
        run.items()


def test_a_line_that_was_taken_out_is_noticed(run):
    for name in "abc":
        run.add(a_draft(name), name.encode())
    path = run.path / "index.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[2])
    messages = [str(problem) for problem in run.verify()]
    assert any("does not follow the line before it" in message for message in messages)
    assert any("item 2 of the index is numbered E-000003" in message for message in messages)


def test_a_line_that_is_no_entry_is_noticed(run):
    run.add(a_draft("a"), b"1")
    path = run.path / "index.jsonl"
    for wrong in (b"not json\n", b'["a list"]\n'):
        content = path.read_bytes()
        path.write_bytes(content + wrong)
        assert run.verify()[0].byte == len(content)
        path.write_bytes(content)


def test_a_changed_record_is_noticed(run):
    (run.path / "run.json").write_text(json.dumps({"name": run.name, "started_at": "x", "as_of": "y"}))
    with pytest.raises(CorruptEvidence, match=r"run\.json"):
        _ = run.record
    assert run.verify()[0].file == "run.json"


def test_all_problems_are_named_at_once(run):
    items = [run.add(a_draft(name), name.encode() * 50) for name in "abc"]
    for item in items[:2]:
        body_of(run, item).write_bytes(b"nothing like it")
    assert [problem.item for problem in run.verify()] == ["E-000001", "E-000002"]

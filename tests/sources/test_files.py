"""What is read of a folder, and what is refused; nothing is passed over in silence."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import orjson
import pytest

from collectors.evidence.trouble import SourceAlreadyCollected
from collectors.kubernetes.files import InvalidPath, source_files
from collectors.kubernetes.offline import cluster_folders, collect, collect_per_folder, loose_files
from tests.sources.collecting import SMALL, WHEN, archive, gather, new_run, pod, write

POD = orjson.dumps(pod("a"))


def test_a_file_that_grows_out_of_proportion_is_a_gap(tmp_path: Path) -> None:
    write(tmp_path / "in" / "bomb.json.gz", gzip.compress(b" " * (1 << 24)))
    write(tmp_path / "in" / "twice.json.gz", gzip.compress(b" " * (1 << 18)) * 2)
    write(tmp_path / "in" / "good.json.gz", gzip.compress(POD))
    gathered = gather(tmp_path / "in", tmp_path, bounds=SMALL)
    assert [reason.partition(" ")[2][:12] for reason in gathered.reasons] == ["grows to mor", "grows to mor"]
    assert gathered.collected.counts.objects == 1


@pytest.mark.parametrize(
    "content", [b"\x1f\x8bnot gzip", gzip.compress(POD)[:-12], gzip.compress(os.urandom(9000))[:999]],
    ids=["no gzip", "its end is missing", "most of it is missing"],
)
def test_torn_gzip_is_a_gap(content: bytes, tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.json.gz", content)
    (reason,) = gather(tmp_path / "in", tmp_path).reasons
    assert "gzip" in reason


def test_several_gzip_streams_in_a_row_are_one_file(tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.json.gz", gzip.compress(POD[:20]) + gzip.compress(POD[20:]))
    assert gather(tmp_path / "in", tmp_path).collected.counts.objects == 1


def test_folders_named_like_files_are_folders(tmp_path: Path) -> None:
    for folder in ("x.yaml", "y.tar.gz", "z.json.gz", "kustomization.yaml", "a.err"):
        write(tmp_path / "in" / folder / "pod.json", pod(folder))
    assert gather(tmp_path / "in", tmp_path).collected.counts.objects == 5


def test_links_and_pipes_in_a_folder_are_gaps_and_are_never_opened(tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.json", POD)
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "gone.yaml").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "in" / "pipe.yaml")
    assert gather(tmp_path / "in", tmp_path).reasons == [
        "gone.yaml:1 is a link, and links are not followed",
        "loop:1 is a link, and links are not followed",
        "pipe.yaml:1 is not an ordinary file",
    ]


def test_the_path_itself_may_be_a_link(tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.json", POD)
    (tmp_path / "link").symlink_to(tmp_path / "in")
    assert gather(tmp_path / "link", tmp_path).collected.counts.objects == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_a_gap_and_an_unreadable_path_an_error(tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.json", POD).chmod(0)
    write(tmp_path / "in" / "b.json", POD)
    assert gather(tmp_path / "in", tmp_path).reasons == ["a.json:1 cannot be read (Permission denied)"]
    with pytest.raises(InvalidPath):
        source_files(tmp_path / "in" / "a.json")


def test_a_file_that_goes_away_is_a_gap(tmp_path: Path) -> None:
    write(tmp_path / "in" / "b.json", POD)
    gone = write(tmp_path / "in" / "a.json", POD)
    run = new_run(tmp_path)
    seen = []

    def take_away(_done: int, _all: int, path: str) -> None:
        seen.append(path)
        gone.unlink(missing_ok=True)

    collected = collect(run, tmp_path / "in", cluster="one", progress=take_away, now=lambda: WHEN)
    assert seen == ["a.json", "b.json"]
    assert [str(gap) for gap in collected.gaps] == ["a.json:1 cannot be read (No such file or directory)"]


def test_a_path_that_is_not_there_or_holds_nothing_is_an_error_and_nothing_is_written(tmp_path: Path) -> None:
    run = new_run(tmp_path)
    (tmp_path / "empty").mkdir()
    for path in ("nowhere", "empty"):
        with pytest.raises(InvalidPath, match=path):
            collect(run, tmp_path / path, cluster="one")
    assert run.sources() == []


def test_files_that_hold_no_objects_count_once_each_and_empty_ones_not_at_all(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    write(folder / "README.md", b"apiVersion: v1\nkind: Pod\n")
    write(folder / "run.sh", b"#!/bin/sh\n")
    write(folder / "picture.png", b"\x89PNG\0\0")
    write(folder / "values.yaml", b"a: 1\n---\nb: 2\n")
    write(folder / "empty.yaml", b"")
    write(folder / "empty", b"")
    write(folder / "other.zip", b"PK")
    write(folder / ".git" / "config", b"kind: Pod\n")
    write(folder / "saved.txt", POD)
    write(folder / "noname", b"apiVersion: v1\nkind: Pod\nmetadata: {name: b}\n")
    gathered = gather(folder, tmp_path)
    counts = gathered.collected.counts
    assert (counts.objects, counts.not_kubernetes, counts.gaps) == (2, 5, 1)
    assert gathered.items["README.md"].sha256 is None


def test_names_that_cannot_be_printed_are_replaced(tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.json", POD)
    Path(os.fsdecode(os.fsencode(tmp_path / "in") + b"/b\xff\n.json")).write_bytes(POD)
    assert list(gather(tmp_path / "in", tmp_path).items) == ["a.json", "b\ufffd\ufffd.json", "(end of source)"]


def test_files_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b/x.json", "a.json", "b.json", "B.json", "a/z.json"):
        write(tmp_path / "in" / name, pod(name.replace("/", "-")))
    assert list(gather(tmp_path / "in", tmp_path).items) == [
        "B.json", "a.json", "a/z.json", "b.json", "b/x.json", "(end of source)",
    ]  # fmt: skip


def test_every_folder_and_archive_becomes_a_cluster_named_after_it(tmp_path: Path) -> None:
    write(tmp_path / "in" / "prod" / "a.json", POD)
    archive(tmp_path / "in" / "test.tar.gz", {"a.json": POD})
    write(tmp_path / "in" / "loose.yaml", POD)
    run = new_run(tmp_path)
    assert [one.cluster for one in collect_per_folder(run, tmp_path / "in")] == ["prod", "test"]
    assert loose_files(tmp_path / "in") == ["loose.yaml"]
    archive(tmp_path / "in" / "prod.tgz", {"a.json": POD})
    with pytest.raises(InvalidPath, match="both be cluster prod"):
        cluster_folders(tmp_path / "in")


def test_collecting_a_cluster_twice_in_one_run_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.json", POD)
    run = new_run(tmp_path)
    collect(run, tmp_path / "in", cluster="one")
    with pytest.raises(SourceAlreadyCollected):
        collect(run, tmp_path / "in", cluster="one")


def test_a_collection_that_broke_off_goes_on_where_it_stopped_and_still_knows_repeats(tmp_path: Path) -> None:
    for name in ("a.json", "b.json", "c.json"):
        write(tmp_path / "in" / name, POD)
    run = new_run(tmp_path)

    def stop(done: int, _all: int, _path: str) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        collect(run, tmp_path / "in", cluster="one", progress=stop)
    run.close()
    collected = collect(run, tmp_path / "in", cluster="one", resume=True)
    assert [item.request for item in run.items()] == ["a.json", "b.json", "c.json", "(end of source)"]
    assert (collected.counts.objects, collected.counts.repeats) == (1, 2)
    last = run.items()[2].documents
    assert last is not None and last.repeats == 1

"""What is read of a folder or an archive, and what is refused; nothing is passed over in silence."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
from pathlib import Path

import orjson
import pytest

from collectors.evidence.trouble import SourceAlreadyCollected
from collectors.kubernetes.files import InvalidPath, source_files
from collectors.kubernetes.offline import cluster_folders, collect, collect_per_folder
from collectors.kubernetes.source_file import Bounds
from tests.sources.collecting import WHEN, api_list, gather, new_run, pod, write

SMALL = Bounds(file_bytes=1 << 20, archive_bytes=1 << 22, held_bytes=1 << 20, members=50, grows_freely_bytes=1 << 18)


def archive(path: Path, members: dict[str, bytes], *extra: tarfile.TarInfo) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz" if path.name.endswith("gz") else "w") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
        for info in extra:
            tar.addfile(info)
    return path


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = target
    return info


POD = orjson.dumps(pod("a"))


@pytest.mark.parametrize("ending", [".tar", ".tar.gz", ".tgz"])
def test_an_archive_is_read_as_the_folder_that_it_holds(ending: str, tmp_path: Path) -> None:
    path = archive(
        tmp_path / f"in{ending}",
        {"./b/pod.json": POD, "a/list.json.gz": gzip.compress(orjson.dumps(api_list(pod("b")))), "README": b"hello"},
    )
    gathered = gather(path, tmp_path)
    assert list(gathered.items) == ["README", "a/list.json.gz", "b/pod.json", "(end of source)"]
    assert (gathered.collected.counts.objects, gathered.collected.counts.not_kubernetes) == (2, 1)


def test_an_archive_inside_a_folder_is_read_in_its_place(tmp_path: Path) -> None:
    archive(tmp_path / "in" / "x" / "saved.tgz", {"pod.json": POD})
    assert "x/saved.tgz/pod.json" in gather(tmp_path / "in", tmp_path).items


@pytest.mark.parametrize("name", ["/etc/passwd.yaml", "../../up.yaml", "a/../../up.yaml", "..\\up.yaml", "C:\\x.yaml"])
def test_a_member_that_points_outside_is_refused_and_the_rest_is_read(name: str, tmp_path: Path) -> None:
    path = archive(tmp_path / "in.tgz", {name: POD, "good.json": POD})
    gathered = gather(path, tmp_path)
    assert len(gathered.reasons) == 1 and "points outside the archive" in gathered.reasons[0]
    assert gathered.collected.counts.objects == 1
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["evidence", "in.tgz"]


def test_links_devices_and_archives_inside_an_archive_are_refused(tmp_path: Path) -> None:
    path = archive(
        tmp_path / "in.tgz",
        {"good.json": POD, "inner.tar.gz": b"x"},
        special("soft.yaml", tarfile.SYMTYPE, "/etc/passwd"),
        special("hard.yaml", tarfile.LNKTYPE, "good.json"),
        special("device.yaml", tarfile.CHRTYPE),
        special("pipe.yaml", tarfile.FIFOTYPE),
    )
    gathered = gather(path, tmp_path)
    assert gathered.collected.counts.gaps == 5 and gathered.collected.counts.objects == 1


def test_a_member_named_twice_is_not_guessed_at(tmp_path: Path) -> None:
    path = archive(tmp_path / "in.tgz", {"a.json": POD})
    with tarfile.open(tmp_path / "twice.tar", "w") as tar:
        for content in (POD, orjson.dumps(pod("other"))):
            info = tarfile.TarInfo("a.json")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    assert gather(path, tmp_path / "a").collected.counts.objects == 1
    assert gather(tmp_path / "twice.tar", tmp_path / "b").reasons == ["a.json:1 stands in the archive more than once"]


@pytest.mark.parametrize("ending", [".tar", ".tgz"])
@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
def test_a_torn_archive_gives_what_it_still_holds_and_says_so(ending: str, kept: float, tmp_path: Path) -> None:
    members = {f"{number:03}.json": orjson.dumps(pod(f"p{number}")) for number in range(40)}
    members |= {f"{number:03}.bin": os.urandom(3000) for number in range(40)}
    path = archive(tmp_path / f"in{ending}", dict(sorted(members.items())))
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    gathered = gather(path, tmp_path, whole=True)
    assert 0 < gathered.collected.counts.objects < 40
    assert any("cut off or broken" in reason for reason in gathered.reasons)
    assert gathered.claims == {("*", "*", False)}


def test_a_broken_header_in_the_middle_does_not_end_an_archive_in_silence(tmp_path: Path) -> None:
    path = archive(tmp_path / "in.tar", {f"{number}.json": orjson.dumps(pod(f"p{number}")) for number in range(4)})
    content = bytearray(path.read_bytes())
    content[2048:2060] = b"\xff" * 12
    path.write_bytes(bytes(content))
    gathered = gather(path, tmp_path)
    assert gathered.collected.counts.objects == 2
    assert gathered.reasons == ["(rest of the archive):1 the archive is cut off or broken"]


def test_what_is_no_archive_is_an_error_alone_and_a_gap_in_a_folder(tmp_path: Path) -> None:
    write(tmp_path / "in" / "x.tar.gz", b"not an archive")
    with pytest.raises(InvalidPath, match="not a tar archive"):
        source_files(tmp_path / "in" / "x.tar.gz")
    assert "is an archive that cannot be read" in gather(tmp_path / "in", tmp_path).reasons[0]


def test_a_file_that_grows_out_of_proportion_is_a_gap(tmp_path: Path) -> None:
    write(tmp_path / "in" / "bomb.json.gz", gzip.compress(b" " * (1 << 24)))
    write(tmp_path / "in" / "twice.json.gz", gzip.compress(b" " * (1 << 18)) * 2)
    write(tmp_path / "in" / "good.json.gz", gzip.compress(POD))
    gathered = gather(tmp_path / "in", tmp_path, bounds=SMALL)
    assert [reason.partition(" ")[2][:12] for reason in gathered.reasons] == ["grows to mor", "grows to mor"]
    assert gathered.collected.counts.objects == 1


def test_an_archive_that_is_too_much_is_read_to_its_bounds(tmp_path: Path) -> None:
    many = {f"{number:03}.json": orjson.dumps(pod(f"p{number}")) for number in range(60)}
    gathered = gather(archive(tmp_path / "many.tgz", many), tmp_path / "a", bounds=SMALL)
    assert gathered.collected.counts.objects == 50
    large = {f"{number:03}.bin": b"\0" * (1 << 19) for number in range(20)}
    gathered = gather(archive(tmp_path / "large.tgz", {"a.json": POD} | large), tmp_path / "b", bounds=SMALL)
    assert gathered.reasons == ["(rest of the archive):1 the archive holds more than we read"]
    wide = archive(tmp_path / "one.tgz", {"a.json": b" " * (1 << 21), "b.json": POD})
    single = gather(wide, tmp_path / "c", bounds=SMALL)
    assert single.reasons == ["a.json:1 is larger than 1,048,576 bytes"]


def test_a_header_cannot_ask_for_memory(tmp_path: Path) -> None:
    info = tarfile.TarInfo("long")
    info.type = tarfile.GNUTYPE_LONGNAME
    info.size = 1 << 32
    path = archive(tmp_path / "in.tar", {"a.json": POD})
    content = path.read_bytes()[:1024] + info.tobuf(tarfile.GNU_FORMAT) + b"\0" * 1024
    path.write_bytes(content)
    assert gather(path, tmp_path).reasons == ["(rest of the archive):1 the archive is cut off or broken"]


@pytest.mark.parametrize(
    "content", [b"\x1f\x8bnot gzip", gzip.compress(POD)[:-12], gzip.compress(os.urandom(9000))[:999]]
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

"""Hostile, torn and oversized archives: what can be read is read, and nothing leaves its place."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
from pathlib import Path

import orjson
import pytest

from collectors.kubernetes.files import InvalidPath, source_files
from tests.sources.collecting import SMALL, api_list, archive, gather, pod, write

POD = orjson.dumps(pod("a"))


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = target
    return info


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

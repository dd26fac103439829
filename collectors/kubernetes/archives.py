"""Tar archives, read in place: nothing is unpacked to disk, and no member can name anything outside."""

from __future__ import annotations

import gzip
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, cast

import zstandard

from collectors.kubernetes.file_names import SNIFFED_BYTES, worth_reading
from collectors.kubernetes.source_file import Bounds, SourceFile, Unreadable, printable, refused, unpacked

_ENDINGS = (".tar", ".tar.gz", ".tgz")
_HEADER_BYTES = 1 << 20  # the longest name or extended header that we read
_TORN = (tarfile.TarError, EOFError, OSError, zlib.error, ValueError, OverflowError, RecursionError)


def is_archive(name: str) -> bool:
    """Whether a file of this name is opened and its members read."""
    return name.lower().endswith(_ENDINGS)


def archive_files(archive: Path, prefix: str, bounds: Bounds) -> list[SourceFile]:
    """The members of an archive as files, their paths after `prefix`; refused members say why.

    Members wait in memory, compressed. Raises Unreadable when not even the first member can be read.
    """
    found: dict[str, SourceFile] = {}
    try:
        for path, file in _members(archive, prefix, bounds):
            again = path in found
            found[path] = refused(path, "stands in the archive more than once") if again else file
    except _TORN as error:
        if not found:
            raise Unreadable("is not a tar archive that can be read") from error
        path = f"{prefix}(rest of the archive)"
        found[path] = refused(path, "the archive is cut off or broken")
    return list(found.values())


def _members(archive: Path, prefix: str, bounds: Bounds) -> Iterator[tuple[str, SourceFile]]:
    rest = f"{prefix}(rest of the archive)"
    read = held = 0
    with ExitStack() as stack:
        raw = stack.enter_context(archive.open("rb"))
        packed = archive.name.lower().endswith("gz")
        plain = stack.enter_context(gzip.GzipFile(fileobj=raw)) if packed else raw
        forward = _Forward(cast(IO[bytes], plain))
        tar = stack.enter_context(tarfile.open(fileobj=cast(Any, forward), mode="r:"))
        number = 0
        while (member := tar.next()) is not None:
            cast(Any, tar).members.clear()  # a list of everything seen would only grow
            number += 1
            read += member.size
            if number > bounds.members or read > bounds.archive_bytes or held > bounds.held_bytes:
                yield rest, refused(rest, "the archive holds more than we read")
                return
            if member.isdir():
                continue
            path = prefix + printable(member.name.removeprefix("./"))
            trouble = _refusal(member, bounds)
            if trouble:
                yield path, refused(path, trouble)
                continue
            content = _content(tar, member, forward, path, bounds)
            held += len(content)
            yield path, _held(path, content, bounds)
        if forward.last_read.strip(b"\0") or not forward.last_read:  # tarfile ends there without a word
            yield rest, refused(rest, "the archive is cut off or broken")


def _refusal(member: tarfile.TarInfo, bounds: Bounds) -> str:
    parts = member.name.replace("\\", "/").split("/")
    if member.name.startswith(("/", "\\")) or ".." in parts or parts[0].endswith(":"):
        return "has a name that points outside the archive"
    if member.issym() or member.islnk():
        return "is a link, and links are not followed"
    if not member.isreg() or member.issparse():
        return "is not an ordinary file"
    if member.size > bounds.file_bytes:
        return f"is larger than {bounds.file_bytes:,} bytes"
    if is_archive(member.name):
        return "is an archive inside an archive"
    return ""


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo, forward: _Forward, path: str, bounds: Bounds) -> bytes:
    """The bytes of a member, compressed; only the beginning of one that holds no objects."""
    file = tar.extractfile(member)
    if file is None:
        return zstandard.compress(b"")
    forward.longest_read = max(member.size, _HEADER_BYTES)
    beginning = file.read(min(member.size, SNIFFED_BYTES))

    def seen(size: int) -> bytes:
        return unpacked(beginning, bounds, size) if path.lower().endswith(".gz") else beginning[:size]

    whole = beginning + file.read() if worth_reading(path, seen) else beginning
    forward.longest_read = _HEADER_BYTES
    return zstandard.compress(whole, 1)


def _held(path: str, content: bytes, bounds: Bounds) -> SourceFile:
    def get(size: int | None) -> bytes:
        data = zstandard.decompress(content, max_output_size=bounds.file_bytes)
        if path.lower().endswith(".gz"):
            return unpacked(data, bounds, size)
        return data if size is None else data[:size]

    return SourceFile(path, "", get)


class _Forward:
    """A stream as tarfile wants a file: it only ever goes forward, save for the one byte tarfile looks back.

    Going back in gzip would mean to unpack everything again. No read is longer than `longest_read`, so that
    no header can ask for memory.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._at = 0
        self._back = b""
        self.last_read = b""
        self.longest_read = _HEADER_BYTES

    def tell(self) -> int:
        return self._at

    def read(self, size: int) -> bytes:
        if size > self.longest_read:
            raise tarfile.ReadError("a header asks for too much")
        data = self._back[:size]
        self._back = self._back[size:]
        if size > len(data):
            data += self._stream.read(size - len(data))
        self.last_read = data
        self._at += len(data)
        return data

    def seek(self, target: int, _whence: int = 0) -> int:
        if target == self._at - 1 and not self._back and self.last_read:
            self._back = self.last_read[-1:]
            self._at = target
        while self._at < target:
            if not self.read(min(target - self._at, _HEADER_BYTES)):
                break
        if self._at > target:
            raise tarfile.ReadError("a member stands before the one that names it")
        return self._at

"""Bytes of a file as lines: unpacked when they are packed, hashed as they were read, bounded in every way."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

CHUNK_BYTES = 1 << 20
LONGEST_LINE = 16 << 20
_GZIP = b"\x1f\x8b"


class Torn(Exception):  # noqa: N818 - it names a state
    """What follows in a file cannot be read; the text is the reason."""


class FileBytes:
    """One file, read once from beginning to end. `size` and `digest` are those of the bytes as they lie there."""

    def __init__(self, path: Path, progress: Callable[[int], None] | None = None) -> None:
        self._path = path
        self._progress = progress
        self._digest = sha256()
        self.size = 0
        self._raw = self._read()

    @property
    def digest(self) -> str:
        """The sha256 of what was read so far, in hex: of the whole file once `chunks` has ended."""
        return self._digest.hexdigest()

    def chunks(self) -> Iterator[bytes]:
        """The content, unpacked when it is gzip, about a mebibyte at a time. Raises Torn."""
        first = next(self._raw, b"")
        if first.startswith(_GZIP):
            yield from _unpacked(first, self._raw)
        else:
            yield first
            yield from self._raw

    def read_on(self) -> None:
        """Read to the end of a file whose content is of no more use, so that the hash is of all of it."""
        for _ in self._raw:
            pass

    def _read(self) -> Iterator[bytes]:
        try:
            with self._path.open("rb") as file:
                while chunk := file.read(CHUNK_BYTES):
                    self._digest.update(chunk)
                    self.size += len(chunk)
                    if self._progress:
                        self._progress(len(chunk))
                    yield chunk
        except OSError as error:
            raise Torn(f"it could not be read ({error.strerror})") from error


def _unpacked(first: bytes, raw: Iterator[bytes]) -> Iterator[bytes]:
    """gzip streams, one after another; everything is read, so that the hash is of the whole file."""
    stream, packed = zlib.decompressobj(wbits=31), first
    try:
        while True:
            while packed:
                yield stream.decompress(packed, CHUNK_BYTES)
                packed = stream.unconsumed_tail
                if stream.eof and (packed := stream.unused_data.lstrip(b"\0")):
                    stream = zlib.decompressobj(wbits=31)
            packed = next(raw, b"")
            if not packed:
                break
            if stream.eof:
                stream = zlib.decompressobj(wbits=31)
    except zlib.error as error:
        raise Torn("it is gzip that is damaged") from error
    if not stream.eof:
        raise Torn("it is gzip that was cut off")


def lines(chunks: Iterator[bytes]) -> Iterator[bytes | None]:
    """Lines without their ends, blank ones left out; None for one that is longer than any event."""
    rest: list[bytes] = []
    held = 0
    for chunk in chunks:
        head, newline, tail = chunk.rpartition(b"\n")
        if newline:
            first, *others = head.split(b"\n")
            yield from _sound(b"".join([*rest, first]) if held <= LONGEST_LINE else None)
            for line in others:
                yield from _sound(line)
            rest, held = [], 0
        held += len(tail)
        if held <= LONGEST_LINE:
            rest.append(tail)
        else:
            rest = []
    yield from _sound(b"".join(rest) if held <= LONGEST_LINE else None)


def _sound(line: bytes | None) -> Iterator[bytes | None]:
    if line is None or line.strip():
        yield line

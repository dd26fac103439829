"""One file of a source: where it stands, why it is not read, and its bytes, bounded."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass


class Unreadable(Exception):  # noqa: N818 - it names a state
    """One file inside a source cannot be read; the text is the reason."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one source may make us read, in bytes.

    A packed file may become `grows` times its size, or `grows_freely_bytes` whatever its size.
    `held_bytes` is what the members of an archive may take in memory, packed, while they wait their turn.
    """

    file_bytes: int = 1 << 30
    archive_bytes: int = 4 << 30
    held_bytes: int = 256 << 20
    members: int = 200_000
    grows: int = 200
    grows_freely_bytes: int = 64 << 20


BOUNDS = Bounds()


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file. `path` is relative to the source, with `/`; `trouble` is why it is not read ("" when it is).

    `get` gives at most so many unpacked bytes from its beginning (None: all), and raises Unreadable.
    """

    path: str
    trouble: str
    get: Callable[[int | None], bytes]

    def read(self) -> bytes:
        """All of it, unpacked. Raises Unreadable, beyond the bounds as well."""
        return self.get(None)

    def beginning(self, size: int) -> bytes:
        """At most `size` bytes, unpacked. Raises Unreadable."""
        return self.get(size)


def refused(path: str, trouble: str) -> SourceFile:
    """A file that is there and is not read."""

    def get(_size: int | None) -> bytes:
        raise Unreadable(trouble)

    return SourceFile(path, trouble, get)


def unpacked(packed: bytes, bounds: Bounds, size: int | None = None) -> bytes:
    """The content of gzip bytes, or its first `size` bytes. Raises Unreadable when torn or too large."""
    limit = min(bounds.file_bytes, max(bounds.grows_freely_bytes, bounds.grows * len(packed)))
    wanted = limit + 1 if size is None else size
    try:
        stream = zlib.decompressobj(wbits=31)
        content = stream.decompress(packed, wanted)
        if stream.unused_data:  # several gzip streams in a row are one file
            with gzip.GzipFile(fileobj=io.BytesIO(packed)) as file:
                content = file.read(wanted)
        elif size is None and len(content) < wanted and not stream.eof:
            raise Unreadable("is gzip that was cut off")
    except (zlib.error, EOFError, OSError):
        raise Unreadable("is not gzip that can be read") from None
    if size is None and len(content) > limit:
        raise Unreadable(f"grows to more than {limit:,} bytes when it is unpacked")
    return content


def printable(name: str) -> str:
    """A file name as text: bytes that are not text and control characters are replaced."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)

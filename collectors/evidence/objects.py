"""Bodies by the hash of their content: compressed, immutable, each stored once."""

from __future__ import annotations

import dataclasses
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import zstandard

from collectors.evidence.disk import Disk
from collectors.evidence.trouble import CorruptEvidence, Problem

LEVEL = 3
PIECE_BYTES = 1024
CHUNK_BYTES = 1 << 20
PARTIAL = ".partial"


@dataclasses.dataclass(frozen=True, slots=True)
class Stored:
    """A body on the disk. `pieces` holds the CRC-32 of every 1,024 bytes of the compressed file, in hex:
    it says where a damaged file first differs; `sha256` of the content says whether it does."""

    sha256: str
    size: int
    stored_size: int
    pieces: str


class _Pieces:
    """CRC-32 of consecutive pieces of a stream."""

    def __init__(self) -> None:
        self.size = 0
        self._whole: list[str] = []
        self._rest = b""

    def update(self, data: bytes) -> None:
        self.size += len(data)
        data = self._rest + data
        end = len(data) - len(data) % PIECE_BYTES
        for start in range(0, end, PIECE_BYTES):
            self._whole.append(f"{zlib.crc32(data[start : start + PIECE_BYTES]):08x}")
        self._rest = data[end:]

    def text(self) -> str:
        rest = [f"{zlib.crc32(self._rest):08x}"] if self._rest else []
        return "".join(self._whole + rest)


class Objects:
    """The `objects` folder of one run."""

    def __init__(self, root: Path, disk: Disk) -> None:
        self.root = root
        self._disk = disk

    def path(self, sha256: str) -> Path:
        """Where the content with this hash is, or would be."""
        return self.root / sha256[:2] / f"{sha256}.zst"

    def add(self, name: str, body: Iterable[bytes] | bytes) -> Stored:
        """Store a body while holding about one mebibyte of it. `name` labels it until its hash is known."""
        self._disk.make_directory(self.root)
        partial = self.root / (name + PARTIAL)
        digest, pieces, size = hashlib.sha256(), _Pieces(), 0
        packer = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True).compressobj()
        with self._disk.create(partial) as file:
            for chunk in _gathered(body):
                digest.update(chunk)
                size += len(chunk)
                self._emit(file, pieces, packer.compress(chunk))
            self._emit(file, pieces, packer.flush())
            self._disk.sync(file)
        stored = Stored(digest.hexdigest(), size, pieces.size, pieces.text())
        self._keep(partial, self.path(stored.sha256))
        return stored

    def _emit(self, file: BinaryIO, pieces: _Pieces, data: bytes) -> None:
        if data:
            pieces.update(data)
            self._disk.write(file, data)

    def _keep(self, partial: Path, target: Path) -> None:
        if target.exists():
            self._disk.remove(partial)
            return
        self._disk.make_directory(target.parent)
        self._disk.rename(partial, target)
        self._disk.sync_directory(target.parent)

    def chunks(self, item: str, sha256: str) -> Iterator[bytes]:
        """The content, piece by piece. Raises CorruptEvidence at the end when it is not what was stored:
        whoever acts on the bytes before the end acts on bytes nobody has vouched for yet."""
        path, digest, offset = self.path(sha256), hashlib.sha256(), 0
        name = f"objects/{sha256[:2]}/{path.name}"
        try:
            with path.open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as reader:
                while chunk := reader.read(CHUNK_BYTES):
                    digest.update(chunk)
                    offset += len(chunk)
                    yield chunk
        except FileNotFoundError:
            raise CorruptEvidence([Problem(item, name, None, "the stored body is missing")]) from None
        except (zstandard.ZstdError, OSError) as error:
            message = f"cannot be unpacked beyond byte {offset} of its content ({error})"
            raise CorruptEvidence([Problem(item, name, None, message)]) from error
        if digest.hexdigest() != sha256:
            message = "the content does not have the hash that the index holds"
            raise CorruptEvidence([Problem(item, name, None, message)])

    def present(self) -> Iterator[Path]:
        """Every file under the folder, whole or partial, in sorted order."""
        return iter(sorted(path for path in self.root.rglob("*") if path.is_file()))


def _gathered(body: Iterable[bytes] | bytes) -> Iterator[bytes]:
    """The same bytes in chunks of about a mebibyte: many small lines would cost more than their content."""
    if isinstance(body, bytes):
        yield from (body[start : start + CHUNK_BYTES] for start in range(0, len(body), CHUNK_BYTES))
        return
    waiting: list[bytes] = []
    size = 0
    for chunk in body:
        waiting.append(chunk)
        size += len(chunk)
        if size >= CHUNK_BYTES:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


def lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Lines without their ends, from chunks cut anywhere."""
    rest: list[bytes] = []
    for chunk in chunks:
        head, newline, tail = chunk.rpartition(b"\n")
        if newline:
            yield from b"".join([*rest, head]).split(b"\n")
            rest = []
        if tail:
            rest.append(tail)
    if rest:
        yield b"".join(rest)

"""Everything that a file of a workspace says once it is unpacked: what stands in it is found here, or nowhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pikepdf
import pyarrow.parquet as pq
import pypdf
import zstandard


def unpacked(path: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of the file as it is, and of everything in it."""
    yield from parts(path.as_posix(), path.read_bytes())


def parts(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """The bytes, then what they hold: a compressed body, the values of every column, streams, attachments."""
    yield name, data
    if name.endswith(".zst"):
        yield f"{name} unpacked", zstandard.ZstdDecompressor().decompressobj().decompress(data)
    elif name.endswith(".parquet"):
        yield from _columns(name, data)
    elif name.endswith(".pdf"):
        yield from _pdf(name, data)


def _columns(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    table = pq.read_table(BytesIO(data))
    for column in table.column_names:
        values = json.dumps(table[column].to_pylist(), default=str, ensure_ascii=False)
        yield f"{name} column {column}", values.encode()


def _pdf(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Every stream of every object, every string, the text of every page without its spaces, every attachment."""
    with pikepdf.open(BytesIO(data)) as pdf:
        for number, thing in enumerate(pdf.objects):
            yield f"{name} strings of object {number}", "\n".join(_strings(thing)).encode()
            if isinstance(thing, pikepdf.Stream):
                yield f"{name} stream of object {number}", _decoded(thing)
        for title, attachment in pdf.attachments.items():
            yield from parts(f"{name} attachment {title}", attachment.get_file().read_bytes())
    for number, page in enumerate(pypdf.PdfReader(BytesIO(data)).pages, start=1):
        yield f"{name} text of page {number}", "".join(page.extract_text().split()).encode()


def _decoded(stream: pikepdf.Stream) -> bytes:
    try:
        return stream.read_bytes(pikepdf.StreamDecodeLevel.all)
    except pikepdf.PdfError:
        return stream.read_raw_bytes()


def _strings(thing: pikepdf.Object) -> Iterator[str]:
    """Strings in an object itself; what it refers to is another object of the file."""
    if isinstance(thing, pikepdf.String):
        yield str(thing)
    elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream | pikepdf.Array):
        inner = thing if isinstance(thing, pikepdf.Array) else [value for _, value in thing.items()]
        for value in inner:
            if isinstance(value, pikepdf.Object) and not value.is_indirect:
                yield from _strings(value)

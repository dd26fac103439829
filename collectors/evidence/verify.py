"""Re-hash everything that the index lists, and name all that differs at once."""

from __future__ import annotations

import zlib
from typing import Any

from collectors.evidence import index, record
from collectors.evidence.objects import PIECE_BYTES, Objects
from collectors.evidence.trouble import CorruptEvidence, Problem


def verify(objects: Objects) -> list[Problem]:
    """Problems of the run that holds this objects folder: record, index chain, sequence, every body."""
    root = objects.root.parent
    problems: list[Problem] = []
    try:
        record.read(root)
    except CorruptEvidence as corrupt:
        problems += corrupt.problems
    reading = index.read(root / index.FILE)
    problems += reading.problems
    items = [entry for entry in reading.entries if entry.get("entry") == "item"]
    for number, entry in enumerate(items, start=1):
        if entry.get("evidence_id") != f"E-{number:06d}":
            message = f"item {number} of the index is numbered {entry.get('evidence_id')}"
            problems.append(Problem(str(entry.get("evidence_id")), index.FILE, None, message))
        problems += _body_problems(objects, entry)
    return problems


def _body_problems(objects: Objects, entry: dict[str, Any]) -> list[Problem]:
    """What is wrong with the body of one item."""
    sha256, item = entry.get("sha256"), str(entry.get("evidence_id"))
    if sha256 is None:
        return []
    path = objects.path(sha256)
    name = path.relative_to(objects.root.parent).as_posix()
    if not path.is_file():
        return [Problem(item, name, None, "the stored body is missing")]
    byte, how = first_difference(path.read_bytes(), entry)
    try:
        size = sum(len(chunk) for chunk in objects.chunks(item, sha256))
    except CorruptEvidence as corrupt:
        return [Problem(item, name, byte, "; ".join(filter(None, (corrupt.problems[0].message, how))))]
    if how:
        return [Problem(item, name, byte, f"the content is as it was stored, its compressed form is not; {how}")]
    if size != entry.get("size"):
        return [Problem(item, name, None, f"holds {size} bytes, the index says {entry.get('size')}")]
    return []


def first_difference(found: bytes, entry: dict[str, Any]) -> tuple[int | None, str]:
    """Where a compressed body first differs from what was stored, and a clause that says how.

    Exact for a file that was cut, lengthened or changed in one byte; otherwise the start of the
    1,024-byte piece that holds the first difference.
    """
    pieces, size = str(entry.get("pieces", "")), int(entry.get("stored_size", 0))
    for number in range(len(pieces) // 8):
        start = number * PIECE_BYTES
        stored = int(pieces[number * 8 : number * 8 + 8], 16)
        length = min(PIECE_BYTES, size - start)
        piece = found[start : start + length]
        if len(piece) == length and zlib.crc32(piece) == stored:
            continue
        if len(piece) < length:
            return len(found), f"the file ends here, {size - len(found)} bytes are missing"
        return _in_piece(piece, stored, start)
    if len(found) > size:
        return size, f"{len(found) - size} bytes were added"
    return None, ""


def _in_piece(piece: bytes, stored: int, start: int) -> tuple[int, str]:
    """The one byte whose change explains the checksum, or the start of the piece."""
    changed = [
        (position, value) for position in range(len(piece)) for value in _values_that_give(piece, position, stored)
    ]
    if len(changed) == 1:
        position, value = changed[0]
        return start + position, f"this byte is {piece[position]:#04x} and was {value:#04x}"
    return start, f"the first difference is within {len(piece)} bytes from here"


def _values_that_give(piece: bytes, position: int, stored: int) -> list[int]:
    """Other values of one byte with which the piece has the stored checksum. A CRC is linear in the
    difference, so a change of this byte shows the same way whatever stands around it."""
    rest = bytes(len(piece) - position - 1)
    none = zlib.crc32(b"\0" + rest)
    wanted = stored ^ zlib.crc32(piece)
    return [
        piece[position] ^ difference
        for difference in range(1, 256)
        if zlib.crc32(bytes((difference,)) + rest) ^ none == wanted
    ]

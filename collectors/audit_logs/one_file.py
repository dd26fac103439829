"""Read one file of a log: tell its form from its beginning, count its events, and remember what was not read."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import msgspec
import orjson

from collectors.audit_logs.counting import Counting
from collectors.audit_logs.documents import elements, looks_like_one
from collectors.audit_logs.event import Event, decode
from collectors.audit_logs.forms import OTHER, UNREADABLE, Forms, Found
from collectors.audit_logs.reading_lines import LONGEST_LINE, FileBytes, Torn, lines

LINES, DOCUMENTS, TABLE = "lines", "documents", "table"
_BEGINNING = 64 << 10
_STAMPED = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)\s+")
_HEADER = re.compile(r'^\ufeff?(?:"?[@\w \[\]().-]+"?,)+"?[@\w \[\]().-]+"?\r?$')
_KNOWN_COLUMNS = ("@message", "message", "log_s", "requesturi")


@dataclass(slots=True)
class ReadFile:
    """What came of one file. `records` is the sum of events, others and not_read; `trouble` is why its rest was not."""

    name: str
    form: str = ""
    size: int = 0
    sha256: str = ""
    records: int = 0
    events: int = 0
    others: int = 0
    not_read: int = 0
    trouble: str = ""


def read_file(path: Path, name: str, counting: Counting, forms: Forms, progress: Callable[[int], None]) -> ReadFile:
    """Count the events of this file."""
    content = FileBytes(path, progress)
    found = ReadFile(name)
    try:
        for each in _events(content.chunks(), found, forms):
            found.records += 1
            if isinstance(each, Event):
                found.events += 1
                counting.add(each)
            elif each is OTHER:
                found.others += 1
            else:
                found.not_read += 1
    except (Torn, csv.Error) as error:
        found.trouble = str(error)
        content.read_on()
    found.size, found.sha256 = content.size, content.digest
    return found


def _events(chunks: Iterator[bytes], found: ReadFile, forms: Forms) -> Iterator[Found]:
    first = next(chunks, b"")
    while len(first) < _BEGINNING and (more := next(chunks, b"")):
        first += more
    beginning = first[:_BEGINNING].decode("utf-8", "replace")
    whole = chain([first], chunks)
    if _is_table(beginning):
        found.form = TABLE
        return _of_table(whole, forms)
    if looks_like_one(beginning):
        found.form = DOCUMENTS
        return (each for record in elements(whole) for each in forms.events(record))
    found.form = LINES
    return _of_lines(whole, forms)


def _of_lines(chunks: Iterator[bytes], forms: Forms) -> Iterator[Found]:
    """One record a line: an event, or one of the forms that clouds write."""
    for line in lines(chunks):
        if line is None:
            yield UNREADABLE
            continue
        try:
            event = decode(line)
        except msgspec.DecodeError:
            event = None
        if event is not None and event.is_one:
            yield event
        else:
            yield from _other_line(line, forms)


def _other_line(line: bytes, forms: Forms) -> Iterator[Found]:
    stamp = _STAMPED.match(line)
    if stamp:  # CloudWatch exports to S3 a stamp and the message
        yield forms.message(line[stamp.end() :].decode("utf-8", "replace"))
        return
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        yield UNREADABLE
        return
    yield from forms.events(record)


def _is_table(beginning: str) -> bool:
    header = beginning.partition("\n")[0]
    names = [name.strip('"\ufeff\r ').lower() for name in header.split(",")]
    return _HEADER.match(header) is not None and any(name in _KNOWN_COLUMNS for name in names)


def _of_table(chunks: Iterator[bytes], forms: Forms) -> Iterator[Found]:
    """CSV with a header, as the consoles of both clouds write it. Raises csv.Error."""
    csv.field_size_limit(LONGEST_LINE)
    rows = csv.reader(_text_lines(chunks), strict=True)
    names = [name.strip("\ufeff ") for name in next(rows, [])]
    names = [re.sub(r" \[UTC\]$", "", name) for name in names]
    for row in rows:
        if len(row) != len(names):
            yield UNREADABLE
        else:
            yield from forms.events(dict(zip(names, row, strict=True)))


def _text_lines(chunks: Iterator[bytes]) -> Iterator[str]:
    """Lines with their ends: a quoted field may hold some."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    rest = ""
    for chunk in chunks:
        *whole, rest = (rest + decoder.decode(chunk)).split("\n")
        yield from (f"{line}\n" for line in whole)
        if len(rest) > LONGEST_LINE:
            raise Torn("one line is longer than any event can be")
    if rest:
        yield rest

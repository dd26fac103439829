"""JSON files: one value, several in a row, or the beginning of one that was cut off.

A list of the API is split without parsing its items, so that only one of them exists at a time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import orjson

from collectors.kubernetes.parts import Part, Unread
from collectors.kubernetes.recognise import list_item, listed_by, plain, sort

_ITEMS = re.compile(r'"items"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")
_STRING_FIELD = r'"%s"\s*:\s*"([^"\\]{1,253})"'


class _Shape(msgspec.Struct):
    """The top level of a list; everything inside stays text until its turn."""

    items: list[msgspec.Raw] | None
    apiVersion: str  # noqa: N815 - the API's spelling
    kind: str
    metadata: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    spec: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


def parts(text: bytes, path: str) -> Iterator[Part]:
    """The documents of JSON text. `path` is where the file stands in its source.

    Places are "/items/N" in the list of a file that is one list, else "document N (line L)...". A remainder
    that cannot be parsed is one Unread; the items before it are kept.
    """
    try:
        shape = msgspec.json.decode(text, type=_Shape)
    except msgspec.ValidationError:
        yield from _single(text, path)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        yield from _stream(text, path)
    else:
        if shape.kind.endswith("List") and shape.spec is msgspec.UNSET:
            yield from _items(text, shape)
        else:
            yield from _single(text, path)


def _single(text: bytes, path: str) -> Iterator[Part]:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        yield from _stream(text, path)
        return
    yield from sort(value, path, "document 1 (line 1)", 1)


def _items(text: bytes, shape: _Shape) -> Iterator[Part]:
    head: dict[str, Any] = {"apiVersion": shape.apiVersion, "kind": shape.kind}
    if shape.metadata is not msgspec.UNSET:
        head["metadata"] = _loaded(shape.metadata)
    listed = listed_by(head)
    yield listed
    for index, raw in enumerate(shape.items or ()):
        place = f"/items/{index}"
        try:
            value = orjson.loads(memoryview(raw))
        except orjson.JSONDecodeError:
            line = 1 + text.count(b"\n", 0, text.find(bytes(raw)))
            yield Unread(place, line, "is not JSON that can be read", listed)
            continue
        yield from list_item(value, head, listed, "", place, 1)


def _loaded(raw: msgspec.Raw) -> Any:
    try:
        return orjson.loads(memoryview(raw))
    except orjson.JSONDecodeError:
        return None


def _stream(text: bytes, path: str) -> Iterator[Part]:
    """Values in a row (one a line, or as tools print them one after the other), then what cannot be read."""
    lines = [(number, line) for number, line in enumerate(text.split(b"\n"), 1) if line.strip()]
    try:
        values = [(number, orjson.loads(line)) for number, line in lines]
    except orjson.JSONDecodeError:
        # Bytes that are not text become what `plain` refuses: a value is read as it is or not at all.
        yield from _values_in_a_row(text.decode("utf-8", "surrogateescape"), path)
        return
    for count, (number, value) in enumerate(values, 1):
        yield from sort(value, path, f"document {count} (line {number})", number)


def _values_in_a_row(text: str, path: str) -> Iterator[Part]:
    decoder = json.JSONDecoder()
    at = _after(text, 0)
    count = line = 1
    counted = 0
    while at < len(text):
        line += text.count("\n", counted, at)
        counted = at
        place = f"document {count} (line {line})"
        try:
            value, end = decoder.raw_decode(text, at)
            value = plain(value)
        except (ValueError, TypeError, RecursionError):
            yield from _torn(text, at, line, place, path)
            return
        yield from sort(value, path, place, line)
        at = _after(text, end)
        count += 1


def _after(text: str, at: int) -> int:
    match = _BETWEEN.match(text, at)
    return match.end() if match else at


def _torn(text: str, start: int, line: int, place: str, path: str) -> Iterator[Part]:
    """The items of a list that was cut off, up to the one that is not all there."""
    opening = _ITEMS.search(text, start)
    head = text[start : opening.start()] if opening else ""
    fields = {name: re.search(_STRING_FIELD % name, head) for name in ("kind", "apiVersion")}
    named = {name: match.group(1) for name, match in fields.items() if match}
    if opening is None or not named.get("kind", "List").endswith("List"):
        yield Unread(place, line, "is not JSON that can be read to its end")
        return
    list_head: dict[str, Any] = {"kind": "List", "apiVersion": "v1", **named}
    listed = listed_by(list_head, short="the file is cut off or broken")
    yield listed
    at = _after(text, opening.end())
    decoder = json.JSONDecoder()
    index = 0
    while at < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
            value = plain(value)
        except (ValueError, TypeError, RecursionError):
            break
        yield from list_item(value, list_head, listed, path, f"/items/{index}", line)
        at = _after(text, at)
        index += 1
    last = line + text.count("\n", start, at)
    yield Unread(f"/items/{index}", last, "is not JSON that can be read to its end", listed)

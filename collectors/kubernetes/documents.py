"""From the bytes of a file to its documents: each an object, not Kubernetes, or a gap with its line."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from typing import Any

from collectors.kubernetes import json_text, plain_yaml
from collectors.kubernetes.kinds import kind_of
from collectors.kubernetes.parts import Foreign, Listed, Part, Unread
from collectors.kubernetes.recognise import CUT_OFF, LAST_ITEM, is_cut_off, is_list, list_item, listed_by, sort
from collectors.kubernetes.templates import is_template
from collectors.kubernetes.yaml_lists import Apart, list_apart

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read_documents(data: bytes, path: str) -> Iterator[Part]:
    """Every document of a file, in order, each list announced by a Listed before its items.

    `path` is where the file stands in its source; its name tells a values file and a kustomization apart.
    Documents that are null are left out. Nothing that a file can hold raises.
    """
    try:
        text = _utf8(data)
    except UnicodeDecodeError:
        yield Unread("document 1 (line 1)", 1, "is not text in the encoding that it says")
        return
    start = text[:4096].lstrip()[:1]
    if start in (b"{", b"[") and not (_may_be_yaml(path) and b"{{" in text[:4096]):
        parts = json_text.parts(text, path)
        first = next(parts, None)
        torn = isinstance(first, Unread) and first.place == "document 1 (line 1)"
        if not (torn and _may_be_yaml(path)):  # a YAML flow mapping also starts with a brace
            if first is not None:
                yield first
                yield from parts
            return
    yield from _yaml_documents(text, path)


def _may_be_yaml(path: str) -> bool:
    return path.removesuffix(".gz").endswith((".yaml", ".yml"))


def _utf8(data: bytes) -> bytes:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding).encode()
    return data


def _yaml_documents(text: bytes, path: str) -> Iterator[Part]:
    for number, chunk in enumerate(plain_yaml.split(text), 1):
        line = plain_yaml.first_line(chunk)
        at = f"document {number} (line {line})"
        apart = list_apart(chunk)
        if apart is not None and is_list(head := _head(apart.head)):
            yield from _list_in_pieces(head, apart.items, path, at)
        elif apart is not None and is_cut_off(head, _value(next(apart.items))):
            yield from _beginning_of_a_list(list_apart(chunk) or apart, path, at)
        else:
            yield from _yaml_document(chunk, path, at, line)


def _head(chunk: plain_yaml.Chunk) -> dict[str, Any]:
    value = _value(chunk)
    return {**value, "items": []} if isinstance(value, dict) else {}


def _value(chunk: plain_yaml.Chunk) -> Any:
    try:
        return plain_yaml.read(chunk)
    except plain_yaml.UnreadableYaml:
        return None


def _beginning_of_a_list(apart: Apart, path: str, at: str) -> Iterator[Part]:
    """The items of a list that was cut off, up to the last, which may not be all there."""
    listed = listed_by({}, short=CUT_OFF)
    yield listed
    items = list(apart.items)
    yield from _items(listed, {}, items[:-1], path, at)
    yield Unread(f"{at}/items/{len(items) - 1}", items[-1].line, LAST_ITEM, listed)


def _list_in_pieces(head: dict[str, Any], items: Iterator[plain_yaml.Chunk], path: str, at: str) -> Iterator[Part]:
    listed = listed_by(head)
    yield listed
    yield from _items(listed, head, items, path, at)


def _items(
    listed: Listed, head: dict[str, Any], items: Iterable[plain_yaml.Chunk], path: str, at: str
) -> Iterator[Part]:
    for index, chunk in enumerate(items):
        place = f"{at}/items/{index}"
        try:
            values = plain_yaml.read(chunk)
        except plain_yaml.UnreadableYaml as error:
            yield _unread_yaml(chunk, error, place, listed)
            continue
        for value in values or ():
            yield from list_item(value, head, listed, path, place, chunk.line)


def _yaml_document(chunk: plain_yaml.Chunk, path: str, at: str, line: int) -> Iterator[Part]:
    try:
        value = plain_yaml.read(chunk)
    except plain_yaml.UnreadableYaml as error:
        if _is_values_file(path):
            yield Foreign(at, line)
        else:
            yield _unread_yaml(chunk, error, at, None)
        return
    if b"{{" in chunk.text and isinstance(value, dict) and kind_of(value) and is_template(value):
        yield Unread(at, _brace_line(chunk), "is a template that nobody rendered")
        return
    yield from sort(value, path, at, line)


def _unread_yaml(chunk: plain_yaml.Chunk, error: plain_yaml.UnreadableYaml, at: str, listed: Listed | None) -> Unread:
    if b"{{" in chunk.text:
        return Unread(at, _brace_line(chunk), "is a template that nobody rendered", listed)
    return Unread(at, chunk.line + error.line - 1, error.reason, listed)


def _brace_line(chunk: plain_yaml.Chunk) -> int:
    return chunk.line + chunk.text.count(b"\n", 0, chunk.text.find(b"{{"))


def _is_values_file(path: str) -> bool:
    name = posixpath.basename(path)
    return name.startswith(("values", "Chart.")) and name.endswith((".yaml", ".yml"))

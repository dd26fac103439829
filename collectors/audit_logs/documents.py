"""JSON documents too large to be parsed at once: their elements one by one, from text as it comes.

A document is an array, or an object in which one array holds what matters (the events of an export); what stands
around that array is told at the end.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any

from collectors.audit_logs.reading_lines import LONGEST_LINE, Torn

ARRAYS = ("events", "logEvents", "results", "records", "rows", "value", "items")
_HEADER = re.compile(r'"(' + "|".join(ARRAYS) + r')"\s*:\s*\[\s*(?=[\[{"\]])')
_BETWEEN = re.compile(r"[\s,]*")
_SPACE = re.compile(r"\s*")
_decode = json.JSONDecoder().raw_decode


class Beside(dict[str, Any]):
    """What stood beside the array of a document: after its last element, or before its first."""


def looks_like_one(beginning: str) -> bool:
    """Does text that begins like this hold documents and not one event a line?"""
    start = beginning.lstrip("\ufeff \t\r\n")
    first, newline, _ = start.partition("\n")
    if start.startswith("[") or (newline and first.strip() == "{"):
        return True
    if not start.startswith("{"):
        return False
    if re.match(r'\{\s*"tables"\s*:', start):
        return True
    try:
        _, end = _decode(first)
        return first[end:].lstrip()[:1] == "{"
    except (ValueError, RecursionError):
        return _HEADER.search(first[:4096]) is not None


class _Text:
    """Text with a place in it, that grows when more is asked for."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.text = ""
        self.place = 0

    def more(self) -> bool:
        chunk = next(self._chunks, None)
        if chunk is None:
            return False
        if len(self.text) - self.place > LONGEST_LINE:
            raise Torn("one record is longer than any event can be")
        self.text = self.text[self.place :] + self._decoder.decode(chunk)
        self.place = 0
        return True

    def skip(self, pattern: re.Pattern[str]) -> str:
        """Go on to what is neither space nor, for some, a comma: the character that stands there, "" at the end."""
        while True:
            found = pattern.match(self.text, self.place)
            self.place = found.end() if found else self.place
            if self.place < len(self.text):
                return self.text[self.place]
            if not self.more():
                return ""

    def value(self) -> Any:
        """The whole JSON value that stands here. Raises Torn when there is none."""
        while True:
            try:
                found, self.place = _decode(self.text, self.place)
                return found
            except RecursionError as error:
                raise Torn("its JSON is nested deeper than any event is") from error
            except ValueError as error:
                if not self.more():
                    raise Torn("its JSON is cut off or damaged") from error


def elements(chunks: Iterator[bytes]) -> Iterator[Any]:
    """Every element of every document; Beside for what stood around them. Raises Torn."""
    text = _Text(chunks)
    if text.skip(_SPACE) == "\ufeff":
        text.place += 1
    while (letter := text.skip(_BETWEEN)) != "":
        if letter == "[":
            text.place += 1
            yield from _array(text)
        elif letter == "{" and (header := _header(text)) is not None:
            beside, closers = header
            yield beside
            yield from _array(text)
            yield _tail(text)
            for closer in closers:
                text.place += text.skip(_BETWEEN) == closer
        else:
            yield text.value()


def _header(text: _Text) -> tuple[Beside, str] | None:
    """What stands before the array, with the place moved into it, and what closes the document after the object that
    holds it; None when this is a value to be read whole."""
    while len(text.text) - text.place < 4096 and text.more():
        pass
    found = _HEADER.search(text.text, text.place, text.place + (64 << 10))
    if found is None:
        return None
    before = text.text[text.place : found.start()].rstrip().rstrip(",")
    for closers in ("", "]}"):  # tables of Log Analytics stand in an array of their own
        try:
            beside = json.loads(before + "}" + closers)
        except (ValueError, RecursionError):
            continue
        text.place = found.end()
        return Beside(beside), closers
    return None


def _array(text: _Text) -> Iterator[Any]:
    while (letter := text.skip(_BETWEEN)) != "]":
        if letter == "":
            raise Torn("its JSON is cut off")
        yield text.value()
    text.place += 1


def _tail(text: _Text) -> Beside:
    """What stands between the end of the array and the end of the document."""
    if text.skip(_BETWEEN) == "}":
        text.place += 1
        return Beside()
    text.text = "{" + text.text[text.place :]
    text.place = 0
    found = text.value()
    return Beside(found if isinstance(found, dict) else {})

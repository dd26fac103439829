"""YAML as people write it: nothing guessed, nothing said twice, every value with its line.

Every scalar stays the text that was typed: `1.30` is not the number 1.3, `NO` is not false, `010` is not 8.
What a value means is for the model that reads it. A key given twice, an alias, a second document and nesting
beyond reason are refused, since each of them hides something from a reader of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from collectors.problems import InvalidFile, Problem

Place = tuple[str | int, ...]
"""Where a value stands: keys and list positions from the top."""

DEEPEST = 40
LARGEST_BYTES = 8 * 1024 * 1024
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_PREFIX = "tag:yaml.org,2002:"
_PLAIN = ("str", "int", "float", "bool", "null", "timestamp", "map", "seq", "merge", "value")
_PLAIN_TAGS = frozenset(_PREFIX + name for name in _PLAIN)

Value = str | None | list["Value"] | dict[str, "Value"]


class Unquoted(str):
    """A scalar written without quotes: `3` may mean a number, `"3"` is text."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class WrittenYaml:
    """One file as written: its value and the line, from 1, on which each part begins."""

    file: str
    value: Value
    lines: dict[Place, int]

    def line(self, path: Place) -> int | None:
        """The line of this part, or of the nearest part around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)


def read_yaml(path: Path) -> WrittenYaml:
    """The one document of this file; raises `InvalidFile` naming file and line."""
    file = str(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InvalidFile([Problem(file, "", f"cannot be read: {error.strerror or error}.")]) from error
    if len(raw) > LARGEST_BYTES:
        raise InvalidFile([Problem(file, "", f"is larger than {LARGEST_BYTES} bytes; that cannot be right.")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InvalidFile([Problem(file, "", "is not UTF-8 text.", line=line)]) from error
    return parse_yaml(text, file)


def parse_yaml(text: str, file: str) -> WrittenYaml:
    """The one document of this text; `file` is the name that problems carry."""
    try:
        _refuse_hidden_meaning(text, file)
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise InvalidFile([_syntax_problem(error, file)]) from error
    reader = _Reader(file)
    value = None if root is None else reader.value(root, ())
    if reader.problems:
        raise InvalidFile(reader.problems)
    return WrittenYaml(file, value, reader.lines)


def said(path: Place) -> str:
    """A path as a person would say it: `by_hand[2].item`, the list counted from 1 as people count."""
    words = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path)
    return words.removeprefix(".")


def _refuse_hidden_meaning(text: str, file: str) -> None:
    problems = []
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        line = event.start_mark.line + 1 if event.start_mark else None
        if isinstance(event, yaml.AliasEvent):
            message = f"the alias *{event.anchor} is not followed here; write the value out."
            problems.append(Problem(file, "", message, line=line))
        if depth > DEEPEST:
            problems.append(Problem(file, "", f"is nested deeper than {DEEPEST} levels.", line=line))
            break
    if problems:
        raise InvalidFile(problems)


def _syntax_problem(error: yaml.YAMLError, file: str) -> Problem:
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        told = ", ".join(part for part in (error.context, error.problem) if part)
        return Problem(file, "", f"is not valid YAML: {told}.", line=None if mark is None else mark.line + 1)
    return Problem(file, "", f"is not valid YAML: {' '.join(str(error).split())}.")


class _Reader:
    """Turns composed nodes into plain values, remembering lines and everything that is wrong."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Place, int] = {}
        self.problems: list[Problem] = []

    def value(self, node: yaml.Node, path: Place) -> Value:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if node.tag not in _PLAIN_TAGS:
            self._refuse(node, path, f"the tag {node.tag!r} has no meaning here.")
            return None
        if isinstance(node, yaml.MappingNode):
            return dict(self._entries(node, path))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*path, position)) for position, child in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)
        if node.style:
            return str(node.value)
        return None if node.value in _NULL else Unquoted(node.value)

    def _entries(self, node: yaml.MappingNode, path: Place) -> Iterator[tuple[str, Value]]:
        first: dict[str, int] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._refuse(key_node, path, "a key must be plain text.")
                continue
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if key in first:
                message = f"is given twice; the first time on line {first[key]}."
                self.problems.append(Problem(self.file, said((*path, key)), message, line=line))
                continue
            first[key] = line
            self.lines[(*path, key)] = line
            yield key, self.value(value_node, (*path, key))

    def _refuse(self, node: yaml.Node, path: Place, message: str) -> None:
        self.problems.append(Problem(self.file, said(path), message, line=node.start_mark.line + 1))

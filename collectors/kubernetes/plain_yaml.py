"""YAML as Kubernetes reads it: one value at a time, plain JSON types, nothing that grows.

Differences from PyYAML's safe loader, each because kubectl (sigs.k8s.io/yaml) does so: a timestamp is text,
22:22 is text and not a number to base sixty, `=` is text, 0o644 is a number. Aliases are followed only
while the value that they describe stays in proportion to its text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
import yaml

MAX_DEPTH = 500
_ALIASED_NODES_PER_BYTE = 10
_ALIASED_NODES_ALWAYS = 100_000
_BOUNDARY = re.compile(rb"^(?:---(?=[ \t\r\n]|\Z)|\.\.\.(?=[ \t\r\n]|\Z)[^\n]*\n?)", re.MULTILINE)
_DEEP_INDENT = re.compile(rb"^[ \-?:\t]{%d}" % MAX_DEPTH, re.MULTILINE)


class UnreadableYaml(Exception):  # noqa: N818 - it names a state
    """A document that cannot be read. `line` counts from 1 within its text; the reason quotes none of it."""

    def __init__(self, reason: str, line: int = 1) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


@dataclass(frozen=True, slots=True)
class Chunk:
    """The text of one document of a file. `line` is where it starts, from 1."""

    text: bytes
    line: int


class _Loader(yaml.CSafeLoader):
    """CSafeLoader with the plain scalars that Kubernetes knows."""


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag.rpartition(":")[2] not in ("timestamp", "value", "int", "float")
    ]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
_INTEGER = re.compile(r"[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|0|[1-9][0-9_]*)\Z")
_NUMBER = re.compile(
    r"(?:[-+]?(?:[0-9][0-9_]*)?\.?[0-9]+(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*\.|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z"
)
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", _INTEGER, list("-+0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", _NUMBER, list("-+0123456789."))


def _integer(loader: Any, node: yaml.ScalarNode) -> int:
    text = str(loader.construct_scalar(node)).replace("_", "")
    if re.fullmatch(r"[-+]?0[0-7]+", text):
        return int(text, 8)
    return int(text, 0)


def _text(loader: Any, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


_Loader.add_constructor("tag:yaml.org,2002:int", _integer)
_Loader.add_constructor("tag:yaml.org,2002:binary", _text)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _text)


def split(text: bytes) -> Iterator[Chunk]:
    """The documents of a YAML file, cut at `---` and `...` lines; those that say nothing are left out.

    Neither mark can stand at the start of a line inside a value (YAML 1.2, section 9.1.2), so that a broken
    document does not take its neighbours with it.
    """
    start = 0
    line = 1
    for mark in _BOUNDARY.finditer(text):
        end = mark.end() if mark.group().startswith(b".") else mark.start()
        if end <= start:
            continue
        yield from _chunk(text[start:end], line)
        line += text.count(b"\n", start, end)
        start = end
    yield from _chunk(text[start:], line)


def _chunk(text: bytes, line: int) -> Iterator[Chunk]:
    chunk = Chunk(text, line)
    if first_line(chunk):
        yield chunk


def first_line(chunk: Chunk) -> int:
    """The line of the file on which the first word of the document stands; 0 when there is none."""
    start = 0
    line = chunk.line
    while start < len(chunk.text):
        end = chunk.text.find(b"\n", start)
        end = len(chunk.text) if end < 0 else end
        said = chunk.text[start:end].removeprefix(b"---").strip()
        if said and not said.startswith((b"#", b"%")):
            return line
        start = end + 1
        line += 1
    return 0


def read(chunk: Chunk) -> Any:
    """The value of one document in JSON types: text keys, no shared parts. None for a null document.

    Raises UnreadableYaml, for a document that would grow out of proportion as well.
    """
    _refuse_depth(chunk.text)
    loader = _Loader(chunk.text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        if b"*" in chunk.text and b"&" in chunk.text:
            _refuse_growth(node, len(chunk.text))
        value = loader.construct_document(node)
        return orjson.loads(orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS))
    except yaml.MarkedYAMLError as error:
        raise UnreadableYaml(_reason(error), _line_of(error)) from None
    except yaml.YAMLError as error:  # a character that YAML forbids: no mark
        raise UnreadableYaml("holds a character that YAML does not allow") from error
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, OverflowError):
        raise UnreadableYaml("holds a value that JSON cannot carry") from None
    finally:
        loader.dispose()


def _reason(error: yaml.MarkedYAMLError) -> str:
    """What the parser says; never what a constructor says, for it quotes the text."""
    if isinstance(error, yaml.constructor.ConstructorError):
        return "has a tag or key that Kubernetes does not read"
    if isinstance(error, yaml.composer.ComposerError):
        return "uses an alias that is not defined before it, or an anchor twice"
    return f"is not YAML ({error.problem or 'syntax error'})"


def _line_of(error: yaml.MarkedYAMLError) -> int:
    mark = error.problem_mark or error.context_mark
    return 1 if mark is None else int(mark.line) + 1


def _refuse_depth(text: bytes) -> None:
    """The composer is recursive C code: without this a few kilobytes of brackets end the process."""
    if text.count(b"[") + text.count(b"{") < MAX_DEPTH and not _DEEP_INDENT.search(text):
        return
    depth = 0
    loader = _Loader(text)
    try:
        while loader.check_event():
            event = loader.get_event()
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > MAX_DEPTH:
                raise UnreadableYaml(f"is nested more than {MAX_DEPTH} levels deep")
    except yaml.YAMLError:
        return  # the composer says what is wrong and where
    finally:
        loader.dispose()


def _refuse_growth(node: yaml.Node, size: int) -> None:
    """Count the nodes as if every alias were written out; merge keys are aliases too."""
    limit = max(_ALIASED_NODES_ALWAYS, _ALIASED_NODES_PER_BYTE * size)
    if _written_out(node, {}, limit) > limit:
        raise UnreadableYaml("repeats aliases until it would grow out of proportion")


def _written_out(node: yaml.Node, known: dict[int, int], limit: int) -> int:
    if id(node) in known:
        return known[id(node)]
    known[id(node)] = limit + 1  # an alias to what holds it never ends
    total = 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            total += _written_out(key, known, limit) + _written_out(value, known, limit)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            total += _written_out(value, known, limit)
    known[id(node)] = min(total, limit + 1)
    return known[id(node)]

"""What a client's own check may take: rules and files of a size, seconds of the engine, memory beside the tables.

The language has no way out of the engine (no files, no network, no functions but those it names), so what is left
to bound is size and time. Reaching a bound is an error of the run that names the check, never a verdict.
"""

from __future__ import annotations

import re
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import yaml

from assessment.checks.syntax import Term, children
from collectors.problems import InvalidFile, Problem

RULE_LETTERS = 4_000
RULE_DEPTH = 60
FILE_BYTES = 256 * 1024
FILES = 1_000
NODES = 20_000
DEPTH = 40
_BETWEEN_INTERRUPTS = 0.02  # seconds
_WORDS = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Bounds:
    """Seconds that one check may take, and bytes that the engine may use beside the tables it holds."""

    seconds: float = 60
    working_bytes: int = 2 << 30


BOUNDS = Bounds()


@contextmanager
def bounded(connection: duckdb.DuckDBPyConnection, file: Path, bounds: Bounds) -> Iterator[None]:
    """Interrupt the engine when the time of one check is over.

    Raises:
        InvalidFile: the check took too long or too much memory.
    """
    done, late = threading.Event(), threading.Event()
    watch = threading.Thread(target=_watch, args=(connection, bounds.seconds, done, late), daemon=True)
    watch.start()
    try:
        yield
    except duckdb.InterruptException:
        late.set()
    except (duckdb.OutOfMemoryException, MemoryError):
        needs = f"needs more than {bounds.working_bytes >> 20} MiB beside the tables"
        raise _too_expensive(file, needs) from None
    finally:
        done.set()
        watch.join()
    if late.is_set():
        raise _too_expensive(file, f"took more than {bounds.seconds:g} seconds")


def _watch(
    connection: duckdb.DuckDBPyConnection, seconds: float, done: threading.Event, late: threading.Event
) -> None:
    """Wait, then interrupt until the check gives up: an interrupt between two statements would stop neither."""
    if done.wait(seconds):
        return
    late.set()
    while not done.wait(_BETWEEN_INTERRUPTS):
        connection.interrupt()


def _too_expensive(file: Path, what: str) -> InvalidFile:
    advice = "Ask less, or of fewer rows: a quantifier inside another one asks every pair."
    return InvalidFile([Problem(str(file), "passes_when", f"{what}. {advice}")])


def is_too_deep(term: Term) -> bool:
    """Whether a rule has more than `RULE_DEPTH` levels; counted level by level, so that no depth exhausts the stack."""
    depth, level = 0, [term]
    while level and depth <= RULE_DEPTH:
        level = [part for each in level for part in children(each)]
        depth += 1
    return depth > RULE_DEPTH


def refusal_of(path: Path, folder: Path) -> str | None:
    """Why a file of a client's checks folder is not read, or None."""
    inside = path.relative_to(folder).with_suffix("").parts
    if any(part.is_symlink() for part in (path, *path.parents) if part != folder and folder in part.parents):
        return "is a link; a check stands in the workspace itself."
    if not stat.S_ISREG(path.stat().st_mode):
        return "is no ordinary file."
    if path.stat().st_size > FILE_BYTES:
        return f"is larger than {FILE_BYTES >> 10} KiB."
    if not all(_WORDS.fullmatch(part) for part in inside):
        return "makes an id of other than lower-case letters, digits and underscores."
    return None


def parsed(text: bytes) -> object:
    """A small YAML document; aliases may not multiply it.

    Raises:
        yaml.YAMLError: not YAML, or one that unfolds to more than `NODES` nodes.
    """
    if _depth(text) > DEPTH:
        raise yaml.YAMLError(f"nests more than {DEPTH} levels deep")
    tree = yaml.compose(text, Loader=yaml.CSafeLoader)
    if tree is not None and _nodes(tree) > NODES:
        raise yaml.YAMLError(f"holds more than {NODES} values once its aliases are followed")
    try:
        return yaml.load(text, Loader=yaml.CSafeLoader)
    except (RecursionError, ValueError) as error:
        raise yaml.YAMLError(str(error) or "holds itself") from None


def _depth(text: bytes) -> int:
    """The deepest nesting, read event by event, so that no depth can exhaust the stack."""
    deepest = depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if (deepest := max(deepest, depth)) > DEPTH:
            break
    return deepest


def _nodes(tree: yaml.Node) -> int:
    """How many nodes the document has when every alias is a copy; stops counting soon after the bound."""
    waiting, counted = [tree], 0
    while waiting and counted <= NODES:
        node = waiting.pop()
        counted += 1
        if isinstance(node, yaml.MappingNode):
            waiting.extend(part for pair in node.value for part in pair)
        elif isinstance(node, yaml.SequenceNode):
            waiting.extend(node.value)
    return counted

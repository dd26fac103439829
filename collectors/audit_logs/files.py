"""The files of one log, in an order that depends on their names only: a file, or a folder with its rotations."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_NO_LOG = (".md", ".txt", ".yaml", ".yml", ".html", ".pdf", ".png")


class InvalidPath(Exception):  # noqa: N818 - it names a state
    """What was named as an audit log cannot be read at all."""


@dataclass(frozen=True, slots=True)
class LogFile:
    """One file. `trouble` is why it is not read, "" when it is."""

    path: Path
    name: str
    size: int
    trouble: str = ""

    @property
    def may_be_something_else(self) -> bool:
        """Would nobody miss events in a file of this name: a note beside the log, or what CloudWatch leaves there?"""
        name = self.name.rpartition("/")[2].lower()
        return name.startswith(".") or name.endswith(_NO_LOG) or name == "aws-logs-write-test"


def log_files(root: Path) -> list[LogFile]:
    """Every file under a folder, or the one file; links are not followed. Raises InvalidPath."""
    try:
        root = root.resolve(strict=True)
        if root.is_file():
            root.open("rb").close()
            return [LogFile(root, _printable(root.name), root.stat().st_size)]
        if not root.is_dir():
            raise InvalidPath(f"{root} is neither a file nor a folder")
        os.scandir(root).close()
    except (OSError, RuntimeError) as error:
        raise InvalidPath(f"{root} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    found = sorted(_walk(root), key=lambda file: file.name)
    if not found:
        raise InvalidPath(f"{root} holds no file")
    return found


def _walk(root: Path) -> Iterator[LogFile]:
    for folder, below, names in os.walk(root, onerror=None):
        below.sort()
        for name in names:
            path = Path(folder) / name
            status = path.lstat()
            ordinary = stat.S_ISREG(status.st_mode)
            trouble = "" if ordinary else "it is a link, or no ordinary file"
            yield LogFile(path, _printable(path.relative_to(root).as_posix()), status.st_size, trouble)


def _printable(name: str) -> str:
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else "�" for letter in text)

"""Files that people put beside their answers: only plain files of the folder itself are taken."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path, PurePosixPath

from pydantic_core import PydanticCustomError

from collectors.people.credentials import betrayed
from collectors.problems import InvalidFile, Problem, nearest

LARGEST_BYTES = 256 * 1024 * 1024


def inside(folder: Path, name: str) -> str:
    """The name, when it is that of a plain file of this folder; raises what pydantic gathers."""
    wrong, hint = _wrong_with(folder, name)
    if wrong:
        raise PydanticCustomError("attachment", "{wrong}", {"wrong": wrong, "nearest": hint})
    return name


def read(path: Path) -> bytes:
    """The bytes of a file that people gave; raises InvalidFile when they cannot be read or hold a credential.

    Files that are not text are taken as they are.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise InvalidFile([Problem(str(path), "", "is not a plain file.")])
            body = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        linked = "is a link; only files that lie here are taken."
        told = linked if error.errno == errno.ELOOP else f"cannot be read: {error.strerror or error}."
        raise InvalidFile([Problem(str(path), "", told)]) from error
    if len(body) > LARGEST_BYTES:
        raise InvalidFile([Problem(str(path), "", f"is larger than {LARGEST_BYTES} bytes.")])
    found = betrayed(body)
    if found:
        message = f"holds what looks like a credential ({found.kind}); take it out, it must not become evidence."
        raise InvalidFile([Problem(str(path), "", message, line=found.line)])
    return body


def _wrong_with(folder: Path, name: str) -> tuple[str, str | None]:
    parts = PurePosixPath(name).parts
    if name.startswith(("/", "~")) or "\\" in name or ":" in name or ".." in parts:
        return "must be a file inside the questionnaire folder, by its path within it.", None
    if not name.isprintable():
        return "holds characters that no file name should.", None
    try:
        if any((folder / Path(*parts[:depth])).is_symlink() for depth in range(1, len(parts) + 1)):
            return "is a link; only files that lie in the questionnaire folder are taken.", None
        mode = (folder / name).stat().st_mode
    except (OSError, ValueError):
        return "is not there.", nearest(name, _files(folder))
    return ("", None) if stat.S_ISREG(mode) else ("is not a plain file.", None)


def _files(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file()][:1000]

"""The files of a source, in an order that depends on their names only; nothing outside it is touched."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from collectors.kubernetes.archives import archive_files, is_archive
from collectors.kubernetes.source_file import (
    BOUNDS,
    Bounds,
    SourceFile,
    Unreadable,
    printable,
    refused,
    unpacked,
)

_GZIP_HEADER_BYTES = 64 << 10  # more than enough packed bytes to unpack a first one
_OTHER_ARCHIVES = (".zip", ".7z", ".rar", ".bz2", ".xz", ".zst")
_NOT_OF_THE_FOLDER = frozenset({".git"})  # history of the folder, not its content


class InvalidPath(Exception):  # noqa: N818 - it names a state
    """What was named as a source cannot be read at all."""


def source_files(root: Path, bounds: Bounds = BOUNDS) -> list[SourceFile]:
    """Every file under a folder, or the one file or archive that `root` is, sorted by path.

    Links inside a folder are not followed. Raises InvalidPath when `root` itself cannot be read.
    """
    try:
        root = root.resolve(strict=True)
        if root.is_dir():
            os.scandir(root).close()
            files = list(_walk(root, bounds))
        elif is_archive(root.name):
            files = archive_files(root, "", bounds)
        elif root.is_file():
            files = [_file(root, printable(root.name), bounds)]
            files[0].beginning(1)
        else:
            raise InvalidPath(f"{root} is neither a file nor a folder")
    except (OSError, RuntimeError, Unreadable) as error:  # links in a circle: RuntimeError before Python 3.13
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InvalidPath(f"{root} cannot be read: {reason}") from error
    return sorted(files, key=lambda file: file.path)


def _walk(root: Path, bounds: Bounds) -> Iterator[SourceFile]:
    waiting = [(root, "")]
    while waiting:
        folder, prefix = waiting.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError as error:
            yield refused(prefix.rstrip("/"), f"is a folder that cannot be read ({error.strerror})")
            continue
        for entry in entries:
            path = prefix + printable(entry.name)
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in _NOT_OF_THE_FOLDER:
                    waiting.append((Path(entry.path), path + "/"))
            else:
                yield from _entry(entry, path, bounds)


def _entry(entry: os.DirEntry[str], path: str, bounds: Bounds) -> Iterator[SourceFile]:
    if entry.is_symlink():
        yield refused(path, "is a link, and links are not followed")
    elif not entry.is_file(follow_symlinks=False):
        yield refused(path, "is not an ordinary file")
    elif entry.name.lower().endswith(_OTHER_ARCHIVES):
        yield refused(path, "is an archive of a kind that is not opened")
    elif is_archive(entry.name):
        try:
            yield from archive_files(Path(entry.path), path + "/", bounds)
        except (OSError, Unreadable) as error:
            yield refused(path, f"is an archive that cannot be read ({error})")
    else:
        yield _file(Path(entry.path), path, bounds)


def _file(real: Path, path: str, bounds: Bounds) -> SourceFile:
    is_gzip = path.lower().endswith(".gz")

    def get(size: int | None) -> bytes:
        packed_size = size + _GZIP_HEADER_BYTES if is_gzip and size is not None else size
        try:
            packed = _content(real, bounds, packed_size)
        except OSError as error:
            raise Unreadable(f"cannot be read ({error.strerror})") from error
        return unpacked(packed, bounds, size) if is_gzip else packed

    return SourceFile(path, "", get)


def _content(real: Path, bounds: Bounds, size: int | None) -> bytes:
    # No link is followed and no pipe waited for: the name may have changed hands since it was listed.
    handle = os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable("is not an ordinary file")
        if status.st_size > bounds.file_bytes:
            raise Unreadable(f"is larger than {bounds.file_bytes:,} bytes")
        return file.read(bounds.file_bytes if size is None else size)

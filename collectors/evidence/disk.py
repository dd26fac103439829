"""The only way evidence reaches the disk: a few verbs, so that a test can make each of them the last one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO


class Disk:
    """Writes that survive a crash: content is synced before the rename that makes it visible."""

    def make_directory(self, path: Path) -> None:
        """Create a directory and its parents; one that exists is fine."""
        path.mkdir(parents=True, exist_ok=True)

    def create(self, path: Path) -> BinaryIO:
        """Open a new file for writing, unbuffered; an older file of that name is replaced."""
        return path.open("wb", buffering=0)

    def write(self, file: BinaryIO, data: bytes) -> None:
        """Write all of the bytes."""
        view = memoryview(data)
        while view:
            view = view[file.write(view) :]

    def sync(self, file: BinaryIO) -> None:
        """Return when the bytes are on the medium."""
        os.fsync(file.fileno())

    def rename(self, source: Path, target: Path) -> None:
        """Move within one file system; a file at the target is replaced in one step."""
        source.replace(target)

    def append(self, path: Path, line: bytes) -> None:
        """Add bytes at the end in one write, and sync."""
        with path.open("ab", buffering=0) as file:
            self.write(file, line)
            self.sync(file)

    def truncate(self, path: Path, size: int) -> None:
        """Cut a file down to its first `size` bytes, and sync."""
        with path.open("r+b", buffering=0) as file:
            file.truncate(size)
            self.sync(file)

    def remove(self, path: Path) -> None:
        """Delete one file."""
        path.unlink()

    def sync_directory(self, path: Path) -> None:
        """Return when renames and new names in this directory are on the medium."""
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def replace(self, path: Path, data: bytes) -> None:
        """Write a whole file so that a reader sees the old bytes or the new ones, never a mixture."""
        partial = path.with_name(path.name + ".partial")
        with self.create(partial) as file:
            self.write(file, data)
            self.sync(file)
        self.rename(partial, path)
        self.sync_directory(path.parent)

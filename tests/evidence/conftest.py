"""A run to write to, drafts to write, and a disk that can be made to die."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from collectors.evidence.disk import Disk
from collectors.evidence.item import Claim, Documents, ItemDraft, Redaction
from collectors.evidence.store import Evidence, Run

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def a_draft(request: str, **changes: Any) -> ItemDraft:
    draft = ItemDraft(
        source="dump",
        cluster="shop",
        request=request,
        parameters={"basis": "running", "whole": "false"},
        principal="file reader",
        method="examine",
        collection_mode="offline_bundle",
        started_at="2026-11-21T12:00:00Z",
        ended_at="2026-11-21T12:00:01Z",
        claims=(Claim("Pod", "*", True),),
        redactions=(Redaction("literal", 2),),
        documents=Documents(objects=2, repeats=0, not_kubernetes=0, gaps=0),
    )
    return dataclasses.replace(draft, **changes)


class Died(BaseException):
    """The machine went away."""


class DyingDisk(Disk):
    """Lets `lives` acts happen and dies at the next one; a write or an append dies half done."""

    def __init__(self, lives: int) -> None:
        self.lives = lives
        self.dead = False

    def _act(self) -> None:
        if self.lives == 0:
            self.dead = True
        if self.dead:
            raise Died
        self.lives -= 1

    def make_directory(self, path: Path) -> None:
        self._act()
        super().make_directory(path)

    def create(self, path: Path) -> BinaryIO:
        self._act()
        return super().create(path)

    def write(self, file: BinaryIO, data: bytes) -> None:
        if self.lives == 0 and not self.dead:
            super().write(file, data[: len(data) // 2])
        self._act()
        super().write(file, data)

    def sync(self, file: BinaryIO) -> None:
        self._act()
        super().sync(file)

    def rename(self, source: Path, target: Path) -> None:
        self._act()
        super().rename(source, target)

    def truncate(self, path: Path, size: int) -> None:
        self._act()
        super().truncate(path, size)

    def remove(self, path: Path) -> None:
        self._act()
        super().remove(path)

    def sync_directory(self, path: Path) -> None:
        self._act()
        super().sync_directory(path)


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    return Evidence(tmp_path / "evidence")


@pytest.fixture
def run(evidence: Evidence) -> Run:
    return evidence.new_run(NOON)


@pytest.fixture
def draft() -> Callable[..., ItemDraft]:
    return a_draft


@pytest.fixture
def dying() -> type[DyingDisk]:
    return DyingDisk

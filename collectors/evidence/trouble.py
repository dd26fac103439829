"""What can be wrong with evidence: all of it is ours to raise, none of it is the world's."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """One thing that does not match its record.

    `item` is an evidence id, or None for the index and the run record. `file` is relative to the run.
    `byte` is the offset of the first byte that differs in `file`, as near as it can be told.
    """

    item: str | None
    file: str
    byte: int | None
    message: str

    def __str__(self) -> str:
        named = f"{self.item}: " if self.item else ""
        at = f" at byte {self.byte}" if self.byte is not None else ""
        return f"{named}{self.file}{at}: {self.message}"


class CorruptEvidence(Exception):  # noqa: N818 - it names a state, and the name is public
    """Indexed evidence is not what was stored."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class SourceAlreadyCollected(Exception):  # noqa: N818 - it names a state, and the name is public
    """This source was already asked in this run."""


class RunIsBusy(Exception):  # noqa: N818 - it names a state, and the name is public
    """Another process writes to this run."""

"""What is wrong in a file that a person wrote: every problem at once, its place and the nearest right name.

Engagement files, checks and frameworks are written by people. A reader of such a file gathers `Problem`s and
raises one `InvalidFile` at the end; the command line prints it and exits with 2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    `field` is the path inside the file as a person would say it (`clusters.prod.managed`,
    `by_hand[2].item`), empty when the whole file is meant. `nearest` is the right name that was probably
    meant. `line` counts from 1.
    """

    file: str
    field: str
    message: str
    nearest: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}, line {self.line}"
        subject = f"{place}: {self.field}: " if self.field else f"{place}: "
        hint = f" Did you mean {self.nearest!r}?" if self.nearest else ""
        return f"{subject}{self.message}{hint}"


class InvalidFile(Exception):  # noqa: N818 - it is the file that is invalid
    """One or more files that people wrote cannot be used; `problems` holds everything that is wrong."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: list[Problem] = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The member of `words` that `word` was probably meant to be, or None when nothing is close.

    Case, hyphens and underscores do not count. A dotted name is also found by its last part, since
    `privileged` is how people remember `pod_security.privileged`. Ties go to the first in text order.
    """
    candidates = sorted(set(words))
    whole = _closest(word, candidates, lambda name: name, 0.6)
    return whole or _closest(word.rpartition(".")[2], candidates, lambda name: name.rpartition(".")[2], 0.75)


def _closest(word: str, candidates: list[str], part: Callable[[str], str], at_least: float) -> str | None:
    likeness = {name: SequenceMatcher(None, _plain(word), _plain(part(name))).ratio() for name in candidates}
    best = max(candidates, key=lambda name: likeness[name], default=None)
    return best if best is not None and likeness[best] >= at_least else None


def _plain(word: str) -> str:
    return word.strip().lower().replace("-", "_").replace(" ", "_")

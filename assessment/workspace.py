"""A workspace: the folder of one client, from engagement.yaml to the finished reports.

Path arithmetic and reading of Parquet, nothing else: who makes a file decides what stands in it.
"""

from __future__ import annotations

import dataclasses
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas


class NotThere(LookupError):  # noqa: N818 - it is what it says
    """The workspace, or the table or result asked for, does not exist; the text says what would make it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Workspace:
    """The folder of one client. Nothing is read or written until a method is called."""

    path: Path

    @property
    def engagement_file(self) -> Path:
        """What only people know of this client; the one file they write."""
        return self.path / "engagement.yaml"

    @property
    def evidence(self) -> Path:
        """Runs of what was asked and what came back."""
        return self.path / "evidence"

    @property
    def tables(self) -> Path:
        """Tidy data of the newest assessed run, one Parquet file a table."""
        return self.path / "tables"

    @property
    def results(self) -> Path:
        """Results of the newest assessed run, one Parquet file each."""
        return self.path / "results"

    @property
    def history(self) -> Path:
        """Results of every assessed run, one folder a run."""
        return self.path / "history"

    @property
    def reports(self) -> Path:
        """What is handed over."""
        return self.path / "reports"

    @property
    def checks(self) -> Path:
        """The client's own checks."""
        return self.path / "checks"

    @property
    def questionnaire(self) -> Path:
        """What people are asked, a sheet a dimension, and the files that they attach."""
        return self.path / "questionnaire"

    @property
    def exceptions_file(self) -> Path:
        """What was decided to be left as it is, by whom and until when."""
        return self.path / "exceptions.yaml"

    def exists(self) -> bool:
        """True when somebody made a workspace here."""
        return self.engagement_file.is_file() or self.evidence.is_dir()

    def table(self, name: str) -> pandas.DataFrame:
        """The table of that name of the newest assessed run. Raises NotThere."""
        return _read(self.tables, name)

    def result(self, name: str, run: str | None = None) -> pandas.DataFrame:
        """The result of that name, of the newest assessed run or of `run`. Raises NotThere."""
        return _read(self.history / run if run else self.results, name)


def _read(folder: Path, name: str) -> pandas.DataFrame:
    import pandas

    known = sorted(file.stem for file in folder.glob("*.parquet"))
    if name not in known:
        raise NotThere(_absence(folder, name, known))
    return pandas.read_parquet(folder / f"{name}.parquet")


def _absence(folder: Path, name: str, known: list[str]) -> str:
    if not known:
        return f"{folder} holds nothing yet: run `kubesurvey assess {folder.parent}` first"
    nearest = get_close_matches(name, known, 1)
    hint = f", did you mean {nearest[0]!r}?" if nearest else f"; it holds {', '.join(known)}"
    return f"{folder} has no {name!r}{hint}"

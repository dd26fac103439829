"""Results as CSV: what people open in a spreadsheet, and the machine twins inside the evidence pack."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

from assessment.reports.evidence_index import DIGEST_FILE, digest_file
from assessment.reports.reading import Results, quoted

# A cell that starts with one of these is a formula to a spreadsheet; an apostrophe makes it text again.
FORMULA = r"^[=+\-@\t\r]"


@dataclasses.dataclass(frozen=True, slots=True)
class Twin:
    """A CSV file and what it holds. `size` in bytes; `sha256` of the whole file."""

    name: str
    says: str
    rows: int
    size: int
    sha256: str
    body: bytes = dataclasses.field(repr=False)


TWINS = (
    ("findings", "Every verdict on every subject, passes included."),
    ("requirements", "Every requirement of every assessed framework with its status."),
    ("gaps", "Everything that was not seen, with the reason and what would close it."),
    ("evidence_items", "Every piece of evidence with its request, identity, time and hash."),
    ("populations", "How many subjects each check judged, and how."),
    ("out_of_scope", "Every subject that a check left out, with the reason."),
    ("coverage", "Every list that was seen, to its end or in part."),
    ("checks", "Every check with its rule, its SQL and what it is blind to."),
    ("requirement_checks", "What each check adds to each requirement, counted within the scope."),
    ("scope_checks", "What every check found in each scope, also those that no framework maps."),
    ("scopes", "What each scope holds, namespace by namespace, and of how many subjects nobody could tell."),
    ("scope_subjects", "Who is in a scope that is set, who is not, and why."),
    ("leaks", "Who stands outside of a scope and yet reaches, shares with or decides over what stands inside."),
    ("attack_cuts", "The steps of intruders whose loss takes the way to a target from the most workloads."),
    ("risks", "Every risk with its score, its bounds and what it rests on."),
    ("packages", "Every piece of work with its effort, what it removes and how one knows that it is done."),
    ("plan", "The quarter and the days of every package, and why."),
    ("quarters", "What is left, used and spent after each quarter, at each capacity."),
    ("requirement_moves", "Every requirement that a package is expected to move, from what to what."),
    ("exceptions", "Every exception on file with its state."),
    ("exception_matches", "Which findings each exception names, by fingerprint."),
)
"""What some workspaces lack is left out there."""
ATTACHED = ("findings", "requirements", "requirement_checks", "gaps", "evidence_items", "checks", "scope_subjects")


def export(results: Path, folder: Path) -> list[Path]:
    """Write every CSV and the digest file into `folder`, which is made when it is missing.

    The same results give the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    source = Results(results)
    try:
        written = [write(source, name, folder / f"{name}.csv") for name, _ in TWINS if source.has(name)]
        digest = folder / DIGEST_FILE
        digest.write_bytes(digest_file(source))
        return [*written, digest]
    finally:
        source.close()


def write(source: Results, name: str, target: Path) -> Path:
    """One result as UTF-8 CSV in the order of its rows, whole or not at all."""
    partial = target.with_name(target.name + ".partial")
    source.execute(f"COPY ({_select(source, name)}) TO {quoted(str(partial))} (FORMAT csv, HEADER, NULL '')")
    return partial.replace(target)


def twin(source: Results, name: str, folder: Path) -> Twin:
    """The CSV of a result, written into `folder` and read back with its size and hash."""
    body = write(source, name, folder / f"{name}.csv").read_bytes()
    rows = source.number(f'SELECT count(*) FROM "{name}"')
    digest = hashlib.sha256(body).hexdigest()
    return Twin(f"{name}.csv", dict(TWINS)[name], rows, len(body), digest, body)


def _select(source: Results, name: str) -> str:
    cells = ", ".join(f'{_cell(column, kind)} AS "{column}"' for column, kind in source.columns(name))
    return f'SELECT {cells} FROM "{name}" ORDER BY file_row_number'


def _cell(column: str, kind: str) -> str:
    if kind.endswith("[]"):
        return _harmless(f"array_to_string(\"{column}\"::VARCHAR[], '; ')")
    if kind == "VARCHAR":
        return _harmless(f'"{column}"')
    return f'"{column}"'


def _harmless(text: str) -> str:
    return f"CASE WHEN regexp_matches({text}, {quoted(FORMULA)}) THEN '''' || {text} ELSE {text} END"

"""Kubernetes objects from files: folders of manifests, kubectl dumps, support bundles; never from a network."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from collectors.evidence.item import WHOLE_CLUSTER, Claim, Documents, ItemDraft
from collectors.evidence.store import Run
from collectors.kubernetes.archives import is_archive
from collectors.kubernetes.files import InvalidPath, source_files
from collectors.kubernetes.formats import Format, first_look
from collectors.kubernetes.reading import Gap, Reading, Seen, added, read_file
from collectors.kubernetes.source_file import BOUNDS, Bounds, SourceFile

END_OF_SOURCE = "(end of source)"
PRINCIPAL = "whoever made the files"
_NAMED_GAPS = 10

Progress = Callable[[int, int, str], None]


def utc_now() -> datetime:
    """The clock that collecting reads; assessing never does."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Collected:
    """What came of one cluster. `counts` covers every document of every file."""

    cluster: str
    source: str
    basis: str
    kubernetes_version: str | None
    items: int
    counts: Documents
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for, the same for every file of a cluster."""

    cluster: str
    whole: bool
    kubernetes_version: str | None
    form: Format

    @property
    def version(self) -> str | None:
        """The version given, else the one that the server itself wrote into the files."""
        return self.kubernetes_version or self.form.server_version

    def parameters(self) -> dict[str, str]:
        """What an item says of how it was asked."""
        said = {"basis": self.form.basis, "whole": "true" if self.whole else "false"}
        return said | ({"kubernetes_version": self.version} if self.version else {})


def source_key(cluster: str) -> str:
    """The key under which a run knows the Kubernetes source of a cluster: one cluster has one."""
    return f"kubernetes/{cluster}"


def collect(
    run: Run,
    path: Path,
    *,
    cluster: str,
    whole: bool = False,
    kubernetes_version: str | None = None,
    resume: bool = False,
    progress: Progress | None = None,
    bounds: Bounds = BOUNDS,
    now: Callable[[], datetime] = utc_now,
) -> Collected:
    """Store every file of a folder, file or archive as evidence of one cluster.

    `progress` is called with files done, files in all, and the path of the next. Raises InvalidPath before
    anything is written, and SourceAlreadyCollected when the run has this cluster.
    """
    files = source_files(path, bounds)
    if not files:
        raise InvalidPath(f"{path} holds no files")
    asked = Asked(cluster, whole, kubernetes_version, first_look(files))
    return _Collection(run, asked, now).all(files, resume, progress)


def collect_per_folder(
    run: Run,
    path: Path,
    *,
    whole: bool = False,
    kubernetes_version: str | None = None,
    resume: bool = False,
    progress: Progress | None = None,
    bounds: Bounds = BOUNDS,
    now: Callable[[], datetime] = utc_now,
) -> list[Collected]:
    """Every direct subfolder and archive of `path` as a cluster of its own, named after it.

    With `resume`, clusters that are finished in this run are passed over. Raises InvalidPath before anything
    is written when there is no such folder, when two would be one cluster, or when one cannot be read.
    """
    places = cluster_folders(path)
    listed = {name: source_files(place, bounds) for name, place in places.items()}
    finished = {source.key for source in run.sources() if source.finished}
    collected = []
    for name, files in listed.items():
        if resume and source_key(name) in finished:
            continue
        asked = Asked(name, whole, kubernetes_version, first_look(files))
        collected.append(_Collection(run, asked, now).all(files, resume, progress))
    return collected


def refuse_unreadable(path: Path, *, per_folder: bool) -> None:
    """Raise InvalidPath for what `collect` or `collect_per_folder` would refuse, before a run is opened."""
    for place in cluster_folders(path).values() if per_folder else (path,):
        if not source_files(place, BOUNDS):
            raise InvalidPath(f"{place} holds no files")


def cluster_folders(path: Path) -> dict[str, Path]:
    """The clusters that `--cluster-per-folder` sees, by name, sorted. Loose files belong to none of them."""
    try:
        entries = sorted(path.iterdir())
    except OSError as error:
        raise InvalidPath(f"{path} cannot be read: {error.strerror}") from error
    found: dict[str, Path] = {}
    for entry in entries:
        archive = entry.is_file() and is_archive(entry.name)
        if not archive and (not entry.is_dir() or entry.name == ".git"):
            continue
        name = entry.name
        for ending in (".gz", ".tgz", ".tar") if archive else ():
            name = name.removesuffix(ending)
        if name in found:
            raise InvalidPath(f"{found[name]} and {entry} would both be cluster {name}")
        found[name] = entry
    if not found:
        raise InvalidPath(f"{path} holds no folder and no archive that could be a cluster")
    return found


class _Collection:
    """One cluster on its way into a run."""

    def __init__(self, run: Run, asked: Asked, now: Callable[[], datetime]) -> None:
        self._run = run
        self._asked = asked
        self._now = now
        self._seen = Seen()
        self._key = os.urandom(32)  # of this collection only: markers of two collections cannot be compared

    def all(self, files: list[SourceFile], resume: bool, progress: Progress | None) -> Collected:
        key = source_key(self._asked.cluster)
        description = {"kind": self._asked.form.source, "cluster": self._asked.cluster}
        self._run.begin_source(key, description | self._asked.parameters(), resume=resume)
        stored = self._run.asked(key)
        counts = Documents(0, 0, 0, 0)
        gaps: list[Gap] = []
        for done, file in enumerate(files):
            if progress:
                progress(done, len(files), file.path)
            reading = self._file(file, store=file.path not in stored)
            counts = added(counts, reading.documents)
            gaps += reading.gaps
        if END_OF_SOURCE not in stored:
            self._run.add(end_of_source(self._asked, files, gaps, _text(self._now())), None)
        self._run.end_source(key)
        form = self._asked.form
        return Collected(
            self._asked.cluster, form.source, form.basis, self._asked.version, len(files) + 1, counts, tuple(gaps)
        )

    def _file(self, file: SourceFile, store: bool) -> Reading:
        """Read a file. One that an earlier, broken-off collection stored is read again only to know repeats."""
        started = _text(self._now())
        reading = read_file(file, self._asked.form, self._seen, whole=self._asked.whole, key=self._key)
        if store:
            ended = _text(self._now())
            self._run.add(file_draft(self._asked, file.path, reading, started, ended), reading.body or None)
        return reading


def file_draft(asked: Asked, path: str, reading: Reading, started_at: str, ended_at: str) -> ItemDraft:
    """What the evidence says of one file."""
    outcome, reason = _outcome(asked.form, path, reading)
    refusal = asked.form.refusals.get(path)
    kind = {"kind": refusal.kind} if refusal and refusal.kind else {}
    return ItemDraft(
        source=asked.form.source,
        cluster=asked.cluster,
        request=path,
        parameters=asked.parameters() | kind,
        principal=PRINCIPAL,
        method="examine",
        collection_mode="offline_bundle",
        started_at=started_at,
        ended_at=ended_at,
        outcome=outcome,
        reason=reason,
        claims=reading.claims,
        redactions=reading.redactions,
        documents=reading.documents,
    )


def _outcome(form: Format, path: str, reading: Reading) -> tuple[str, str]:
    held = reading.documents.objects + reading.documents.repeats
    refusal = form.refusals.get(path)
    if refusal:
        return ("partial" if held else refusal.outcome), refusal.reason
    if reading.gaps:
        return ("partial" if held else "failed"), _named(reading.gaps)
    short = [claim.reason for claim in reading.claims if not claim.complete]
    return ("partial", short[0]) if short else ("complete", "")


def end_of_source(asked: Asked, files: list[SourceFile], gaps: list[Gap], at: str) -> ItemDraft:
    """The last item of a source: what the files claim together.

    Manifests claim the whole cluster only when somebody said so and every file was read; a dump claims list
    by list, so that its end claims nothing.
    """
    claims: tuple[Claim, ...] = ()
    reason = _named(gaps) if gaps else ""
    if not files:
        reason = "there are no files"
    if asked.form.basis == "declared" and reason:
        claims = (Claim(WHOLE_CLUSTER, WHOLE_CLUSTER, False, reason),)
    elif asked.form.basis == "declared" and asked.whole:
        claims = (Claim(WHOLE_CLUSTER, WHOLE_CLUSTER, True),)
    return ItemDraft(
        source=asked.form.source,
        cluster=asked.cluster,
        request=END_OF_SOURCE,
        parameters=asked.parameters(),
        principal=PRINCIPAL,
        method="examine",
        collection_mode="offline_bundle",
        started_at=at,
        ended_at=at,
        outcome="partial" if reason else "complete",
        reason=reason,
        claims=claims,
    )


def _named(gaps: list[Gap]) -> str:
    named = "; ".join(str(gap) for gap in gaps[:_NAMED_GAPS])
    more = len(gaps) - _NAMED_GAPS
    return f"{named}; and {more} more" if more > 0 else named


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

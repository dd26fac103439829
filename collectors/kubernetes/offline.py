"""Kubernetes objects from files: folders of manifests, kubectl dumps, support bundles."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from collectors.evidence.clock import utc_now, written
from collectors.evidence.item import Documents
from collectors.evidence.store import Run
from collectors.kubernetes.archives import is_archive
from collectors.kubernetes.drafts import END_OF_SOURCE, Asked, end_of_source, file_draft
from collectors.kubernetes.files import InvalidPath, source_files
from collectors.kubernetes.formats import first_look
from collectors.kubernetes.in_memory import in_memory
from collectors.kubernetes.reading import Gap, Reading, Seen, added, read_file
from collectors.kubernetes.source_file import BOUNDS, Bounds, SourceFile
from collectors.kubernetes.whole_dump import WholeDump

__all__ = [
    "END_OF_SOURCE",
    "Collected",
    "Gap",
    "InvalidPath",
    "cluster_folders",
    "collect",
    "collect_per_folder",
    "in_memory",
    "loose_files",
    "refuse_unreadable",
    "source_key",
]

Progress = Callable[[int, int, str], None]


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


def loose_files(path: Path) -> list[str]:
    """The files directly in `path` that `--cluster-per-folder` gives to no cluster, sorted by name."""
    taken = set(cluster_folders(path).values())
    return sorted(entry.name for entry in path.iterdir() if entry not in taken and not entry.is_dir())


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
        together = WholeDump(self._asked.form)
        for done, file in enumerate(files):
            if progress:
                progress(done, len(files), file.path)
            reading = self._file(file, store=file.path not in stored)
            counts = added(counts, reading.documents)
            gaps += reading.gaps
            together.add(reading)
        if END_OF_SOURCE not in stored:
            claims = together.claims() if self._asked.is_whole_dump else ()
            self._run.add(end_of_source(self._asked, len(files), gaps, written(self._now()), claims), None)
        self._run.end_source(key)
        return Collected(
            cluster=self._asked.cluster,
            source=self._asked.form.source,
            basis=self._asked.form.basis,
            kubernetes_version=self._asked.version,
            items=len(files) + 1,
            counts=counts,
            gaps=tuple(gaps),
        )

    def _file(self, file: SourceFile, store: bool) -> Reading:
        """Read a file. One that a broken-off collection stored is read again, only to know repeats."""
        started = written(self._now())
        reading = read_file(file, self._asked.form, self._seen, whole=self._asked.whole, key=self._key)
        if store:
            ended = written(self._now())
            self._run.add(file_draft(self._asked, file.path, reading, started, ended), reading.body or None)
        return reading

"""Read an audit log into a run: every file once, as a stream; then a few answers with counts in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import orjson

from collectors.audit_logs.bodies import Body, Log
from collectors.audit_logs.files import LogFile, log_files
from collectors.audit_logs.one_file import ReadFile, read_file
from collectors.evidence.clock import utc_now, written
from collectors.evidence.item import WHOLE_CLUSTER, Claim, ItemDraft
from collectors.evidence.store import Run

SOURCE, FAMILY = "audit", "audit"
Progress = Callable[[int, int, str], None]
_JSON = "application/json"


class ChangedLog(Exception):  # noqa: N818 - it names a state
    """The log is no longer what an unfinished collection had begun to store."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What came of one log. `first` and `last` are the instants of its events, None when it has none.

    `gaps` say why it does not show all of that time.
    """

    cluster: str
    source: str
    files: int
    events: int
    lines_not_read: int
    first: str | None
    last: str | None
    gaps: tuple[str, ...]


def source_key(cluster: str) -> str:
    """The key under which a run knows the audit log of a cluster."""
    return f"{SOURCE}/{cluster}"


def collect(
    run: Run, path: Path, *, cluster: str, resume: bool = False, progress: Progress | None = None,
    now: Callable[[], datetime] = utc_now,
) -> Collected:  # fmt: skip
    """Store the counts of the log that is this file, or all files of this folder.

    `progress` is called with bytes done, bytes in all, and the name of the file. Raises InvalidPath before anything
    is written, SourceAlreadyCollected when the run has the log of this cluster, and ChangedLog when what an
    unfinished collection stored is not what the log says now.
    """
    files = log_files(path)
    key = source_key(cluster)
    started = written(now())
    run.begin_source(key, {"kind": SOURCE, "cluster": cluster, "files": len(files)}, resume=resume)
    log = read(files, progress)
    known = {item.parameters["kind"]: item.sha256 for item in run.answered(key)}
    for body in log.bodies():
        stored = orjson.dumps(body.said, option=orjson.OPT_SORT_KEYS)
        if body.kind not in known:
            run.add(_draft(cluster, path.name, body, (started, written(now()))), stored, source=key)
        elif known[body.kind] != sha256(stored).hexdigest():
            run.leave_source(key)
            raise ChangedLog(f"{path} is not what it was when it was first read; `collect --new` opens another run")
    run.end_source(key)
    clock = log.counting.clock
    first, last = (f"{at}Z" if at else None for at in (clock.first, clock.last))
    return Collected(cluster, key, len(log.files), log.counting.events, log.not_read, first, last, tuple(log.gaps()))


def read(files: list[LogFile], progress: Progress | None = None) -> Log:
    """Count these files as one log; a file that another repeats byte for byte counts once."""
    log = Log()
    done, total = 0, sum(file.size for file in files)
    hashes = _of_same_size(files)

    def advance(name: str) -> Callable[[int], None]:
        def note(size: int) -> None:
            nonlocal done
            done += size
            if progress:
                progress(done, max(total, done), name)

        return note

    seen: set[str] = set()
    for file in files:
        if file.trouble:
            log.files.append(ReadFile(file.name, trouble=file.trouble))
        elif hashes.get(file.name) in seen:
            log.files.append(ReadFile(file.name, "repeated", file.size, hashes[file.name]))
            continue
        else:
            found = read_file(file.path, file.name, log.counting, log.forms, advance(file.name))
            log.files.append(_judged(file, found))
            seen.add(found.sha256)
        if trouble := log.files[-1].trouble:
            log.troubles.append(f"{file.name}: {trouble}")
    return log


def _judged(file: LogFile, found: ReadFile) -> ReadFile:
    """A file without an event is no log when its name promises none; else something of the log is missing."""
    if found.events or not found.size:
        return found
    if file.may_be_something_else:
        found.form, found.others, found.not_read, found.trouble = "not a log", found.records, 0, ""
    elif not found.others and not found.trouble:
        found.trouble = "no audit event was found in it"
    return found


def _of_same_size(files: list[LogFile]) -> dict[str, str]:
    """Name -> sha256 of the files that may be copies of each other: those of one size."""
    by_size: dict[int, list[LogFile]] = {}
    for file in files:
        if file.size and not file.trouble:
            by_size.setdefault(file.size, []).append(file)
    alike = [file for group in by_size.values() if len(group) > 1 for file in group]
    return {file.name: _hash(file.path) for file in alike}


def _hash(path: Path) -> str:
    digest = sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    except OSError:
        return f"unread {path}"  # its own reading will say why
    return digest.hexdigest()


def _draft(cluster: str, name: str, body: Body, times: tuple[str, str]) -> ItemDraft:
    said = {"family": FAMILY, "basis": "running", "whole": "true", "kind": body.kind, "name": "audit log"}
    if body.closed_by:
        said["closed_by"] = body.closed_by
    return ItemDraft(
        source=SOURCE, cluster=cluster, request=f"{name} ({body.kind})", parameters=said, principal="the assessor",
        method="examine", collection_mode="upload", started_at=times[0], ended_at=times[1],
        outcome="partial" if body.reason else "complete", reason=body.reason,
        claims=(Claim(body.kind, WHOLE_CLUSTER, not body.reason, body.reason),), media_type=_JSON,
    )  # fmt: skip

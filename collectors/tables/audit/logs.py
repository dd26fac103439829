"""The audit log as a whole: the time it covers, and what is missing in it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, NamedTuple

from collectors.audit_logs.bodies import LOG
from collectors.tables.as_written import flag, instant, items, section, text, texts, whole_number
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Relation, Sighting, Subject, table

_LEVELS = ("Metadata", "Request", "RequestResponse")


@table(
    "audit_logs",
    grain="one audit log: what one API server, or several of one cluster, wrote in one period",
    kinds=(LOG,),
    namespaced=False,
    relations=(
        Relation("users", "audit_users", (), "The identities that it shows."),
        Relation("changes", "audit_changes", (), "Changes of rights and policies that it shows."),
        Relation("secret_reads", "audit_secret_reads", (), "Reads of Secrets that it shows."),
        Relation("sessions", "audit_sessions", (), "Sessions in pods and on nodes that it shows."),
        Relation("anonymous_calls", "audit_anonymous_calls", (), "Calls without credentials that it shows."),
        Relation("impersonations", "audit_impersonations", (), "Who acted under another name in it."),
    ),
    subject=Subject(None, None, None, "name", fixed_kind="AuditLog", fixed_group="audit.k8s.io"),
)
class AuditLog(NamedTuple):
    """An audit log. What its rows show is true of the time from its first to its last event, and of no other."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("What findings call it.", identity=True)]
    first_event_at: Annotated[datetime | None, Column("Time of its first event.")]
    last_event_at: Annotated[datetime | None, Column("Time of its last event.")]
    whole_days: Annotated[int | None, Column("Whole days from the first event to the last.")]
    events: Annotated[int | None, Column("Events that were counted; a request leaves one or more.")]
    records_not_read: Annotated[int | None, Column("Records that were torn or are no JSON, and were not counted.")]
    files: Annotated[int | None, Column("Files that it was read from.")]
    was_read_whole: Annotated[
        bool | None, Column("Whether no record, file or page of it was left out, as far as the files themselves tell.")
    ]
    longest_silence_minutes: Annotated[int | None, Column("Longest time without any event, in whole minutes.")]
    silence_began_at: Annotated[datetime | None, Column("When that silence began.")]
    records_reads: Annotated[
        bool | None, Column("Whether get and list are in it; NULL where none is seen and nothing says why.")
    ]
    records_secret_reads: Annotated[
        bool | None, Column("Whether reads of Secrets are in it; NULL where none is seen and nothing says why.")
    ]
    lowest_level: Annotated[
        str | None, Column("Lowest audit level that it shows: Metadata, Request or RequestResponse.")
    ]
    categories: Annotated[list[str] | None, Column("Log categories of Azure that it shows; empty elsewhere.")]
    basis: Annotated[str, Column("running: the API server wrote it.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class AuditLogs(OneRowPerObject):
    """One row per log that was read."""

    reads = (LOG,)
    fills = "audit_logs"

    def row(self, sighting: Sighting) -> AuditLog:
        """The log with its period and its holes."""
        said = sighting.object
        silence, files = section(said, "longest_silence"), items(said, "files")
        levels = section(said, "levels")
        return AuditLog(
            cluster=self.cluster.name,
            name=sighting.name or "audit log",
            first_event_at=instant(said, "first"),
            last_event_at=instant(said, "last"),
            whole_days=whole_number(said, "whole_days"),
            events=whole_number(said, "events"),
            records_not_read=whole_number(said, "records_not_read"),
            files=None if files is None else len(files),
            was_read_whole=flag(said, "was_read_whole"),
            longest_silence_minutes=whole_number(silence, "minutes"),
            silence_began_at=instant(silence, "began") if text(silence, "began") else None,
            records_reads=flag(said, "records_reads"),
            records_secret_reads=flag(said, "records_secret_reads"),
            lowest_level=next((level for level in _LEVELS if level in (levels or {})), None),
            categories=texts(said, "categories"),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


BUILDERS = (AuditLogs,)

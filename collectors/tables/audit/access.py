"""Ways to data while the log ran: Secrets that were read, and sessions in pods and on nodes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, NamedTuple

from collectors.audit_logs.bodies import SECRET_READ, SESSION
from collectors.tables.as_written import Section, flag, text
from collectors.tables.audit.rows_of_counts import RowsOfCounts, listed_as, named, place_of
from collectors.tables.schema import Column, table


@table(
    "audit_secret_reads",
    grain="one identity, verb and Secret; the Secrets that a machine reads in one namespace are together",
    kinds=(SECRET_READ,),
    namespaced=False,
    part="shown_as",
)
class AuditSecretRead(NamedTuple):
    """Reads of Secrets by one identity."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    user: Annotated[str, Column("User name, as the API server authenticated it.")]
    listed_as: Annotated[str | None, Column("The user name in angle brackets, as parameters list it.")]
    is_person: Annotated[bool | None, Column("Whether its name is none of a machine's.")]
    verb: Annotated[str | None, Column("get, list or watch; each of them shows the content.")]
    secret_namespace: Annotated[str | None, Column("Namespace of the Secrets; empty for all namespaces.")]
    secret_name: Annotated[str | None, Column("Name of the Secret; empty for all, and for what machines read.")]
    was_answered: Annotated[
        bool | None, Column("Whether any of these requests succeeded; NULL where the events do not say.")
    ]
    requests: Annotated[int | None, Column("Requests, at the least.")]
    refused: Annotated[int | None, Column("How many of them were refused for want of a right.")]
    first_seen_at: Annotated[datetime | None, Column("Time of the first.")]
    last_seen_at: Annotated[datetime | None, Column("Time of the last.")]
    shown_as: Annotated[str, Column("All of it in one line.")]
    basis: Annotated[str, Column("running: the API server wrote it.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table(
    "audit_sessions",
    grain="one identity, way in and pod or node",
    kinds=(SESSION,),
    namespaced=False,
    part="shown_as",
)
class AuditSession(NamedTuple):
    """Sessions of one identity in one pod, or through the kubelet of one node."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    user: Annotated[str, Column("User name, as the API server authenticated it.")]
    listed_as: Annotated[str | None, Column("The user name in angle brackets, as parameters list it.")]
    is_person: Annotated[bool | None, Column("Whether its name is none of a machine's.")]
    way: Annotated[
        str | None,
        Column("exec, attach, portforward, ephemeralcontainers (a debugging container), or proxy to a node's kubelet."),
    ]
    pod_namespace: Annotated[str | None, Column("Namespace of the pod; empty for a node.")]
    pod_name: Annotated[str | None, Column("Name of the pod or node.")]
    was_answered: Annotated[
        bool | None, Column("Whether any of these sessions was opened; NULL where the events do not say.")
    ]
    requests: Annotated[int | None, Column("Sessions asked for, at the least.")]
    refused: Annotated[int | None, Column("How many of them were refused for want of a right.")]
    first_seen_at: Annotated[datetime | None, Column("Time of the first.")]
    last_seen_at: Annotated[datetime | None, Column("Time of the last.")]
    shown_as: Annotated[str, Column("All of it in one line.")]
    basis: Annotated[str, Column("running: the API server wrote it.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class AuditSecretReads(RowsOfCounts):
    """One row per identity, verb and Secret."""

    reads = (SECRET_READ,)
    fills = "audit_secret_reads"

    def row(self, said: Section | None, refs: list[str]) -> AuditSecretRead:
        """The reads with their counts."""
        user, verb = named(said, "user"), text(said, "verb")
        return AuditSecretRead(
            user=user,
            listed_as=listed_as(user),
            is_person=flag(said, "is_person"),
            verb=verb,
            secret_namespace=text(said, "namespace"),
            secret_name=text(said, "secret"),
            shown_as=f"{user}: {verb} secrets {place_of(said, 'secret')}",
            **self.counted(said, refs),
        )


class AuditSessions(RowsOfCounts):
    """One row per identity, way in and pod or node."""

    reads = (SESSION,)
    fills = "audit_sessions"

    def row(self, said: Section | None, refs: list[str]) -> AuditSession:
        """The sessions with their counts."""
        user, way = named(said, "user"), text(said, "way")
        return AuditSession(
            user=user,
            listed_as=listed_as(user),
            is_person=flag(said, "is_person"),
            way=way,
            pod_namespace=text(said, "namespace"),
            pod_name=text(said, "pod"),
            shown_as=f"{user}: {way} {place_of(said, 'pod')}",
            **self.counted(said, refs),
        )


BUILDERS = (AuditSecretReads, AuditSessions)

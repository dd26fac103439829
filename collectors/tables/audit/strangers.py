"""Calls without a name of one's own while the log ran: anonymous ones, and those under somebody else's name."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, NamedTuple

from collectors.audit_logs.bodies import ANONYMOUS_CALL, IMPERSONATION
from collectors.tables.as_written import Section, flag, text
from collectors.tables.audit.rows_of_counts import RowsOfCounts, listed_as, named
from collectors.tables.schema import Column, table


@table(
    "audit_anonymous_calls",
    grain="one verb and resource or path that was asked without credentials",
    kinds=(ANONYMOUS_CALL,),
    namespaced=False,
    part="shown_as",
)
class AuditAnonymousCall(NamedTuple):
    """Calls of callers who did not sign in."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    verb: Annotated[str | None, Column("Verb of the request.")]
    asked: Annotated[
        str | None,
        Column("Resource, or path when it is a known one: what a stranger types otherwise is not kept."),
    ]
    is_health_or_discovery: Annotated[
        bool | None, Column("Whether it is health, version, discovery or the keys of the token issuer.")
    ]
    was_answered: Annotated[
        bool | None, Column("Whether any of these requests succeeded; NULL where the events do not say.")
    ]
    requests: Annotated[int | None, Column("Requests, at the least.")]
    refused: Annotated[int | None, Column("How many of them were refused.")]
    first_seen_at: Annotated[datetime | None, Column("Time of the first.")]
    last_seen_at: Annotated[datetime | None, Column("Time of the last.")]
    shown_as: Annotated[str, Column("All of it in one line.")]
    basis: Annotated[str, Column("running: the API server wrote it.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table(
    "audit_impersonations",
    grain="one identity and one whose name it took",
    kinds=(IMPERSONATION,),
    namespaced=False,
    part="shown_as",
)
class AuditImpersonation(NamedTuple):
    """Requests of one identity under the name of another."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    user: Annotated[str, Column("User name of whoever signed in.")]
    listed_as: Annotated[str | None, Column("That user name in angle brackets, as parameters list it.")]
    is_person: Annotated[bool | None, Column("Whether its name is none of a machine's.")]
    is_control_plane: Annotated[bool | None, Column("Whether it is a component of the control plane.")]
    impersonated: Annotated[str | None, Column("User name that the request was made under.")]
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


class AuditAnonymousCalls(RowsOfCounts):
    """One row per verb and what was asked."""

    reads = (ANONYMOUS_CALL,)
    fills = "audit_anonymous_calls"

    def row(self, said: Section | None, refs: list[str]) -> AuditAnonymousCall:
        """The calls with their counts."""
        verb, asked, harmless = text(said, "verb"), text(said, "asked"), text(said, "is_harmless")
        return AuditAnonymousCall(
            verb=verb,
            asked=asked,
            is_health_or_discovery=None if harmless is None else harmless == "yes",
            shown_as=f"{verb} {asked}",
            **self.counted(said, refs),
        )


class AuditImpersonations(RowsOfCounts):
    """One row per identity and name taken."""

    reads = (IMPERSONATION,)
    fills = "audit_impersonations"

    def row(self, said: Section | None, refs: list[str]) -> AuditImpersonation:
        """The requests with their counts."""
        user, taken = named(said, "user"), text(said, "impersonated")
        return AuditImpersonation(
            user=user,
            listed_as=listed_as(user),
            is_person=flag(said, "is_person"),
            is_control_plane=flag(said, "is_control_plane"),
            impersonated=taken,
            shown_as=f"{user} as {taken}",
            **self.counted(said, refs),
        )


BUILDERS = (AuditAnonymousCalls, AuditImpersonations)

"""Who changed what decides over rights, admission and networks while the log ran."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, NamedTuple

from collectors.audit_logs.bodies import CHANGE
from collectors.tables.as_written import Section, flag, text
from collectors.tables.audit.rows_of_counts import RowsOfCounts, listed_as, named, place_of
from collectors.tables.schema import Column, table


@table(
    "audit_changes",
    grain="one identity, verb and object of those that decide over rights, admission or networks",
    kinds=(CHANGE,),
    namespaced=False,
    part="shown_as",
)
class AuditChange(NamedTuple):
    """Changes of one object by one identity."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    user: Annotated[str, Column("User name, as the API server authenticated it.")]
    listed_as: Annotated[str | None, Column("The user name in angle brackets, as parameters list it.")]
    is_person: Annotated[bool | None, Column("Whether its name is none of a machine's.")]
    topic: Annotated[
        str | None, Column("rights (roles, bindings, aws-auth), admission (webhooks, policies) or network.")
    ]
    verb: Annotated[str | None, Column("create, update, patch, delete or deletecollection.")]
    resource_group: Annotated[str | None, Column("API group of the object.")]
    resource: Annotated[str | None, Column("Resource, with its subresource.")]
    object_namespace: Annotated[str | None, Column("Namespace of the object; empty for one of the whole cluster.")]
    object_name: Annotated[str | None, Column("Name of the object; empty where the request gives none.")]
    was_answered: Annotated[
        bool | None, Column("Whether any of these requests succeeded; NULL where the events do not say.")
    ]
    requests: Annotated[int | None, Column("Requests, at the least; dry runs are left out.")]
    refused: Annotated[int | None, Column("How many of them were refused for want of a right.")]
    first_seen_at: Annotated[datetime | None, Column("Time of the first.")]
    last_seen_at: Annotated[datetime | None, Column("Time of the last.")]
    shown_as: Annotated[str, Column("All of it in one line.")]
    basis: Annotated[str, Column("running: the API server wrote it.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class AuditChanges(RowsOfCounts):
    """One row per identity, verb and object."""

    reads = (CHANGE,)
    fills = "audit_changes"

    def row(self, said: Section | None, refs: list[str]) -> AuditChange:
        """The changes with their counts."""
        user, verb, resource = named(said, "user"), text(said, "verb"), text(said, "resource")
        return AuditChange(
            user=user,
            listed_as=listed_as(user),
            is_person=flag(said, "is_person"),
            topic=text(said, "topic"),
            verb=verb,
            resource_group=text(said, "group"),
            resource=resource,
            object_namespace=text(said, "namespace"),
            object_name=text(said, "object"),
            shown_as=f"{user}: {verb} {resource} {place_of(said, 'object')}",
            **self.counted(said, refs),
        )


BUILDERS = (AuditChanges,)

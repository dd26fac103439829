"""Who called the API server while the log ran, and in which groups."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, NamedTuple

from collectors.audit_logs.bodies import GROUP, USER
from collectors.tables.as_written import Section, flag, instant, text, whole_number
from collectors.tables.audit.rows_of_counts import RowsOfCounts, listed_as, named
from collectors.tables.schema import Column, Subject, table


@table(
    "audit_users",
    grain="one identity that called the API server",
    kinds=(USER,),
    namespaced=False,
    subject=Subject(None, None, None, "user", fixed_kind="Identity", fixed_group="audit.k8s.io"),
    part="user",
)
class AuditUser(NamedTuple):
    """An identity in the audit log."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    user: Annotated[str, Column("User name, as the API server authenticated it.", identity=True)]
    listed_as: Annotated[str | None, Column("The user name in angle brackets, as parameters list it.")]
    identity_kind: Annotated[
        str | None, Column("person, service account, node, control plane or anonymous, told from the name.")
    ]
    is_person: Annotated[
        bool | None, Column("Whether its name is none of a machine's; what signs in like a person counts as one.")
    ]
    is_control_plane: Annotated[bool | None, Column("Whether it is a component of the control plane.")]
    is_in_masters: Annotated[bool | None, Column("Whether it ever came with the group system:masters.")]
    requests: Annotated[int | None, Column("Requests that it made, at the least.")]
    refused: Annotated[int | None, Column("How many of them were refused for want of a right.")]
    refused_on_worst_day: Annotated[int | None, Column("How many were refused on the day with the most.")]
    first_seen_at: Annotated[datetime | None, Column("Time of its first event in the log.")]
    last_seen_at: Annotated[datetime | None, Column("Time of its last event in the log.")]
    basis: Annotated[str, Column("running: the API server wrote it.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table("audit_groups", grain="one group that an identity came with", kinds=(GROUP,), namespaced=False)
class AuditGroup(NamedTuple):
    """A group in the audit log."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    group_name: Annotated[str, Column("Name of the group.", identity=True)]
    basis: Annotated[str, Column("running: the API server wrote it.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class AuditUsers(RowsOfCounts):
    """One row per identity."""

    reads = (USER,)
    fills = "audit_users"

    def row(self, said: Section | None, refs: list[str]) -> AuditUser:
        """The identity with its counts."""
        return AuditUser(
            cluster=self.cluster.name,
            user=named(said, "user"),
            listed_as=listed_as(named(said, "user")),
            identity_kind=text(said, "kind"),
            is_person=flag(said, "is_person"),
            is_control_plane=flag(said, "is_control_plane"),
            is_in_masters=flag(said, "is_in_masters"),
            requests=whole_number(said, "requests"),
            refused=whole_number(said, "refused"),
            refused_on_worst_day=whole_number(said, "refused_on_worst_day"),
            first_seen_at=instant(said, "first"),
            last_seen_at=instant(said, "last"),
            basis=self.cluster.basis,
            evidence_refs=refs,
        )


class AuditGroups(RowsOfCounts):
    """One row per group."""

    reads = (GROUP,)
    fills = "audit_groups"

    def row(self, said: Section | None, refs: list[str]) -> AuditGroup:
        """The group."""
        return AuditGroup(self.cluster.name, named(said, "group"), self.cluster.basis, refs)


BUILDERS = (AuditUsers, AuditGroups)

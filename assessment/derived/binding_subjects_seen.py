"""Whom bindings name, and whether the audit log ever saw them: who never logs in.

No rule may read this table, because it rests on two families of evidence of which either may be missing; people do,
in a review of access.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, NamedTuple

from assessment.derived.unseen import Unseen
from collectors.audit_logs.identities import kept
from collectors.tables.coverage import Gap
from collectors.tables.schema import ClusterContext, Column, table

_USER, _GROUP = "audit_users", "audit_groups"


@table(
    "binding_subjects_seen",
    grain="one user, group or ServiceAccount that a binding names",
    namespaced=False,
    derived_from=("role_binding_subjects", "audit_logs", _USER, _GROUP),
)
class BindingSubjectSeen(NamedTuple):
    """A subject of bindings, beside the audit log."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    subject: Annotated[str | None, Column("The subject in one line: kind and name.")]
    subject_kind: Annotated[str | None, Column("User, Group or ServiceAccount.")]
    subject_name: Annotated[str | None, Column("Name of the subject.")]
    bindings: Annotated[int, Column("Bindings that are known to name it.")]
    is_builtin: Annotated[bool, Column("Whether only bindings of Kubernetes or its provider name it.")]
    was_seen: Annotated[
        bool | None,
        Column("Whether the log shows a call of it; NULL without a log, and where the log does not show all callers."),
    ]
    last_seen_at: Annotated[datetime | None, Column("Time of its last event; NULL for groups and when never seen.")]
    log_first_event_at: Annotated[
        datetime | None, Column("First event of the log: `was_seen` tells of no earlier time.")
    ]
    log_last_event_at: Annotated[datetime | None, Column("Last event of the log: `was_seen` tells of no later time.")]
    evidence_refs: Annotated[list[str], Column("Evidence of the bindings, and of the calls.")]


class _Log:
    """What the log of one cluster shows of callers."""

    def __init__(self, log: Any, hides: Mapping[str, bool]) -> None:
        self.log = log
        self._hides = hides
        self._seen: dict[tuple[str, str], tuple[datetime | None, list[str]]] = {}

    def note(self, table_name: str, name: str, last: datetime | None, refs: list[str]) -> None:
        self._seen[table_name, name] = (last, refs)

    def of(self, table_name: str, name: str) -> tuple[bool | None, datetime | None, list[str]]:
        """Whether this caller was seen, when last, and the evidence."""
        found = self._seen.get((table_name, kept(name)))
        if found is not None:
            return True, *found
        return None if self._hides[table_name] else False, None, []


def rows(
    tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext], gaps: Iterable[Gap]
) -> list[BindingSubjectSeen]:
    """Every subject once, by cluster and name."""
    logs = _logs(tables, Unseen(gaps))
    grouped: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for grant in tables["role_binding_subjects"]:
        grouped[grant.cluster, grant.subject or ""].append(grant)
    return [_row(grants, logs.get(cluster)) for (cluster, _), grants in sorted(grouped.items())]


def _logs(tables: Mapping[str, list[Any]], unseen: Unseen) -> dict[str, _Log]:
    found: dict[str, _Log] = {}
    for log in tables["audit_logs"]:
        hides = {name: unseen.near(log.cluster, name, None) for name in (_USER, _GROUP)}
        found[log.cluster] = _Log(log, hides)
    for user in tables[_USER]:
        if user.cluster in found:
            found[user.cluster].note(_USER, user.user, user.last_seen_at, user.evidence_refs)
    for group in tables[_GROUP]:
        if group.cluster in found:
            found[group.cluster].note(_GROUP, group.group_name, None, group.evidence_refs)
    return found


def _row(grants: list[Any], log: _Log | None) -> BindingSubjectSeen:
    first = grants[0]
    asked = _caller(first)
    seen, last, refs = log.of(*asked) if log is not None and asked is not None else (None, None, [])
    own = [ref for grant in grants for ref in grant.evidence_refs]
    return BindingSubjectSeen(
        cluster=first.cluster,
        subject=first.subject,
        subject_kind=first.subject_kind,
        subject_name=first.subject_name,
        bindings=len({grant.binding_key for grant in grants}),
        is_builtin=all(grant.is_builtin for grant in grants),
        was_seen=seen,
        last_seen_at=last,
        log_first_event_at=log.log.first_event_at if log else None,
        log_last_event_at=log.log.last_event_at if log else None,
        evidence_refs=list(dict.fromkeys([*own, *refs])),
    )


def _caller(grant: Any) -> tuple[str, str] | None:
    """Under which name the log would show the subject; None where that is not known."""
    if grant.is_service_account:
        namespace, name = grant.service_account_namespace, grant.service_account_name
        return (_USER, f"system:serviceaccount:{namespace}:{name}") if namespace and name else None
    if grant.is_service_account is None or not grant.subject_name or grant.subject_kind not in ("User", "Group"):
        return None
    return (_USER if grant.subject_kind == "User" else _GROUP), grant.subject_name


DERIVED_SEEING_GAPS = {"binding_subjects_seen": rows}

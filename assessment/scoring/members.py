"""Findings that fail or are open, each with its context: as columns, grouped by what risk depends on.

Risk depends on few things: the check, the cluster, the verdict and the context. So members are counted by these
(`situations`) and only the counts become objects; the members themselves stay columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from assessment.checks.load import Check
from assessment.scoring.stated import Place, Stated, written
from collectors.kubernetes.kinds import KNOWN, group_of, name_of
from collectors.people import ANSWERS
from collectors.tables.database import connect

WORKLOAD_TABLES = ("workloads", "pods")
_FINDINGS = (
    "check_id", "cluster", "subject_group", "subject_kind", "subject_namespace", "subject_name", "verdict", "basis",
    "fingerprint", "evidence_refs",
)  # fmt: skip
_READ = {
    "workloads": ("cluster", "namespace", "api_group", "kind", "name", "workload_id", "labels", "pod_labels"),
    "workload_exposure": (
        "cluster", "workload_id", "is_reachable_from_internet", "is_isolated", "is_privileged",
    ),
    "workload_attack_paths": ("cluster", "workload_id", "leads_to_cluster_admin", "leads_to_node"),
    "namespaces": ("cluster", "name", "labels"),
}  # fmt: skip
_AGREED = "case when min(coalesce({0}::int, -1)) = max(coalesce({0}::int, -1)) then bool_or({0}) end as {0}"


@dataclass(frozen=True, slots=True)
class Situation:
    """Members alike: `number` of them, the first by fingerprint being `first`.

    `is_unseen`: they stand for whatever a gap may hide. `leads_on`: breaking in leads to a node or to every right.
    `tier` and `data_class` are possible values, joined.
    """

    situation: int
    check_id: str
    cluster: str
    verdict: str
    grade: str
    is_unseen: bool
    is_workload: bool
    is_reachable: bool | None
    is_isolated: bool | None
    is_privileged: bool | None
    leads_on: bool | None
    tier: str
    data_class: str
    number: int
    first: str
    subject: str


class Members:
    """The members of every risk, loaded once."""

    def __init__(
        self, findings: pa.Table, checks: Iterable[Check], namespaced: Mapping[str, bool],
        columns_of: Mapping[str, pa.Table], stated: Stated,
    ) -> None:  # fmt: skip
        """`namespaced` says of each judged table whether its rows live in namespaces."""
        self._connection = connect()
        self._stated = stated
        self._hold("findings", findings.select(list(_FINDINGS)))
        known = [(one.check_id, one.table in WORKLOAD_TABLES, one.table, namespaced[one.table]) for one in checks]
        self._hold("known_checks", _columns(("check_id", "of_workloads", "judged", "namespaced"), known))
        whole = [(group_of(kind), name_of(kind)) for kind, one in KNOWN.items() if not one.namespaced]
        self._hold("whole_cluster", _columns(("api_group", "kind"), whole))
        for name, columns in _READ.items():
            self._hold(name, columns_of[name].select(list(columns)))
        for statement in (_CARRIERS, _SPACES, _OPEN):
            self._connection.execute(statement)
        self._place()
        self._connection.execute(_PLACED)

    def _hold(self, name: str, rows: pa.Table) -> None:
        self._connection.register("incoming", rows)
        self._connection.execute(f"create table {name} as select * from incoming")
        self._connection.unregister("incoming")

    def _place(self) -> None:
        """Tier and data class of each distinct place; labels part places only if some entry asks for them."""
        labels = "labels, all_labels" if self._stated.reads_labels else "[] as labels, true as all_labels"
        self._connection.execute(
            f"create table spots as select row_number() over () as spot, * from"
            f" (select distinct cluster, place, {labels} from open_findings)"
        )
        spots = self._connection.sql("select spot, cluster, place, labels, all_labels from spots").fetchall()
        rows = [
            (spot, written(self._stated.tier(place)), written(self._stated.data_class(place)))
            for spot, cluster, namespace, carried, complete in spots
            for place in (Place(cluster, namespace, frozenset(carried or ()), complete),)
        ]
        kinds = {"spot": pa.int64(), "tier": pa.string(), "data_class": pa.string()}
        columns = list(zip(*rows, strict=True)) or [() for _ in kinds]
        typed = [pa.array(column, kind) for column, kind in zip(columns, kinds.values(), strict=True)]
        self._hold("stated", pa.table(typed, names=list(kinds)))
        same = " and o.labels = s.labels and o.all_labels = s.all_labels" if self._stated.reads_labels else ""
        self._connection.execute(
            f"create view spotted as select o.*, t.tier, t.data_class from open_findings o join spots s"
            f" on o.cluster = s.cluster and o.place is not distinct from s.place{same} join stated t using (spot)"
        )

    def situations(self) -> Iterator[Situation]:
        """Every situation, in the order of check, cluster and first member."""
        for row in self._connection.sql(_SITUATIONS).fetchall():
            yield Situation(*row)

    def counts(self) -> dict[tuple[str, str], tuple[int, int, int]]:
        """(check, cluster) -> passed, failed, unknown."""
        numbers = ", ".join(f"count(*) filter (where verdict = '{each}')" for each in ("pass", "fail", "unknown"))
        rows = self._connection.sql(f"select check_id, cluster, {numbers} from findings group by all").fetchall()
        return {(check_id, cluster): (passed, failed, unknown) for check_id, cluster, passed, failed, unknown in rows}

    def fingerprints(self) -> dict[tuple[str, str], list[str]]:
        """(check, cluster) -> fingerprints of its members, sorted."""
        rows = self._connection.sql(
            "select check_id, cluster, list_sort(list_distinct(list(fingerprint))) from members group by all"
        ).fetchall()
        return {(check_id, cluster): found for check_id, cluster, found in rows}

    def joined(self, worth: pa.Table) -> pa.Table:
        """A row a member: its risk, its verdict and what `worth` says of its situation."""
        self._hold("worth", worth)
        kept = ", ".join(f"w.{name}" for name in worth.column_names)
        found: pa.Table = self._connection.sql(
            f"select m.fingerprint, m.check_id || '@' || m.cluster as risk_id, m.verdict, {kept}"
            " from members m join worth w using (situation) order by m.check_id, m.cluster, m.fingerprint,"
            " m.verdict, m.situation"
        ).to_arrow_table()
        return found


def _columns(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [() for _ in names]
    return pa.table({name: pa.array(column) for name, column in zip(names, columns, strict=True)})


# Different manifests of one name are different workloads: what they do not agree on is not known of either.
_CARRIERS = f"""create table carriers as
    select w.cluster, nullif(w.namespace, '') as namespace, w.api_group, w.kind, w.name,
        {_AGREED.format("is_reachable_from_internet")}, {_AGREED.format("is_isolated")},
        {_AGREED.format("is_privileged")}, {_AGREED.format("leads_on")},
        case when count(*) > 1 then []
            else list_concat(coalesce(any_value(w.labels), []), coalesce(any_value(w.pod_labels), [])) end as labels,
        count(*) = 1 and bool_and(w.labels is not null and w.pod_labels is not null) as all_labels
    from workloads w left join workload_exposure e using (cluster, workload_id)
    left join (select cluster, workload_id, leads_to_cluster_admin or leads_to_node as leads_on
               from workload_attack_paths) a using (cluster, workload_id)
    group by w.cluster, nullif(w.namespace, ''), w.api_group, w.kind, w.name"""

_SPACES = """create table spaces as
    select cluster, name, case when count(*) = 1 then coalesce(any_value(labels), []) else [] end as labels,
        count(*) = 1 and bool_and(labels is not null) as all_labels
    from namespaces group by cluster, name"""

_OPEN = f"""create table open_findings as
    select f.check_id, f.cluster, f.verdict, f.fingerprint,
        case when f.cluster = '{ANSWERS}' then 'C' when f.basis = 'running' then 'A' else 'B' end as grade,
        f.verdict = 'unknown' and len(f.evidence_refs) = 0 and f.subject_group = ''
            and f.subject_kind in ('Namespace', 'Cluster') and k.judged <> 'clusters' as is_unseen,
        k.of_workloads as is_workload,
        c.is_reachable_from_internet as is_reachable, c.is_isolated, c.is_privileged, c.leads_on,
        concat_ws(' ', f.subject_kind, concat_ws('/', f.subject_namespace, f.subject_name)) as subject,
        case when f.subject_group = '' and f.subject_kind = 'Namespace' then f.subject_name
            when f.subject_namespace is not null then f.subject_namespace
            when not k.namespaced or w.kind is not null then '' end as place,
        list_sort(list_distinct(list_concat(coalesce(c.labels, []), coalesce(s.labels, [])))) as labels,
        coalesce(c.all_labels and s.all_labels, false) as all_labels
    from findings f join known_checks k using (check_id)
    left join carriers c on k.of_workloads and c.cluster = f.cluster and c.kind = f.subject_kind
        and c.name = f.subject_name and c.api_group = f.subject_group
        and c.namespace is not distinct from f.subject_namespace
    left join spaces s on s.cluster = f.cluster and s.name = f.subject_namespace
    left join whole_cluster w on w.api_group = f.subject_group and w.kind = f.subject_kind
    where f.verdict in ('fail', 'unknown')"""

_SAME = (
    "check_id, cluster, verdict, grade, is_unseen, is_workload, is_reachable, is_isolated, is_privileged, leads_on,"
    " tier, data_class"
)
_PLACED = f"""create table members as
    select *, dense_rank() over (order by {_SAME}) as situation from spotted"""
_SITUATIONS = f"""select situation, {_SAME}, count(*), min(fingerprint), arg_min(subject, (fingerprint, subject))
    from members group by situation, {_SAME} order by check_id, cluster, min(fingerprint), situation"""

"""All that decides which subjects are in a scope, loaded once, asked scope by scope."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from assessment.checks.expression import literal
from assessment.checks.run import Judged
from assessment.frameworks.membership import statements
from assessment.frameworks.scope import Reach
from collectors.kubernetes.kinds import KNOWN, group_of, name_of
from collectors.people import ANSWERS
from collectors.tables.build import Tables
from collectors.tables.database import connect

SUBJECT = "cluster, subject_group, subject_kind, subject_namespace, subject_name"
_READ = {
    "workloads": ("cluster", "namespace", "api_group", "kind", "name", "workload_id", "labels", "pod_labels"),
    "namespaces": ("cluster", "name", "labels"),
    "pods": ("cluster", "namespace", "name", "workload_id"),
}
_DECIDES = ("workloads", "namespaces")


class Estate:
    """Findings, subjects and the tables whose labels decide. `choose` answers for one scope at a time."""

    def __init__(self, judged: Judged, tables: Tables, columns_of: Mapping[str, pa.Table]) -> None:
        self._connection = connect()
        self._hold("findings", judged.findings)
        self._hold("left_out", judged.out_of_scope)
        self._hold("populations", judged.populations.select(["check_id"]))
        for name, columns in _READ.items():
            self._hold(name, columns_of[name].select(list(columns)))
        gaps = [(gap.cluster, gap.table, gap.namespace) for gap in tables.gaps if gap.table in _DECIDES]
        self._hold("gaps", _texts(("cluster", "lacks", "namespace"), gaps))
        covered = {(one.cluster,) for one in tables.covered if one.table in _DECIDES}
        self._hold("looked_into", _texts(("cluster",), sorted(covered | {(gap[0],) for gap in gaps})))
        known = [(group_of(kind), name_of(kind)) for kind, known in KNOWN.items() if known.namespaced]
        self._hold("namespaced", _texts(("api_group", "kind"), known))
        for statement in _SUBJECTS:
            self._connection.execute(statement)

    def choose(self, reach: Reach) -> None:
        """Fill the table `members` for this scope: every subject, `in_scope` true, false or NULL, and why."""
        clusters = sorted(reach.clusters)
        answers = pa.array([reach.clusters[name] for name in clusters], pa.bool_())
        self._hold("reached", pa.table({"cluster": pa.array(clusters, pa.string()), "within": answers}))
        for statement in statements(reach):
            self._connection.execute(statement)

    def workloads(self) -> list[dict[str, Any]]:
        """Every workload of the chosen scope's clusters, and `in_scope`: true, false or not known."""
        return self.rows(
            """select m.cluster, m.namespace, m.kind, m.name, m.workload_id, r.within and m.what as in_scope
               from marked m left join reached r using (cluster) order by m.cluster, m.workload_id"""
        )

    def arrow(self, query: str) -> pa.Table:
        """The answer to a query over these tables."""
        found: pa.Table = self._connection.sql(query).to_arrow_table()
        return found

    def rows(self, query: str) -> list[dict[str, Any]]:
        """The answer as dictionaries by column name."""
        return list(self.arrow(query).to_pylist())

    def _hold(self, name: str, rows: pa.Table) -> None:
        self._connection.register("incoming", rows)
        self._connection.execute(f"create or replace table {name} as select * from incoming")
        self._connection.unregister("incoming")


def _texts(names: tuple[str, ...], rows: Iterable[tuple[str | None, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [() for _ in names]
    return pa.table({name: pa.array(column, pa.string()) for name, column in zip(names, columns, strict=True)})


# A subject stands in a namespace, is one, belongs to the whole of a cluster, or speaks for the organisation.
_SUBJECTS = (
    "update workloads set namespace = nullif(namespace, '')",
    f"""create table subjects as
        with found as (select distinct {SUBJECT} from findings union select distinct {SUBJECT} from left_out),
        inside as (select api_group, kind from namespaced union select api_group, kind from workloads)
        select f.*, subject_kind = 'Namespace' and subject_group = '' as is_namespace,
            case when is_namespace then coalesce(subject_namespace, subject_name) else subject_namespace end
                as namespace,
            case when cluster = {literal(ANSWERS)} then 'organisation' when is_namespace then 'namespace'
                when subject_namespace is not null or i.kind is not null then 'object' else 'cluster' end as level
        from found f left join inside i on i.api_group = subject_group and i.kind = subject_kind""",
    """create table places as
        select distinct cluster, namespace from (
            select cluster, namespace from subjects union all select cluster, name from namespaces
            union all select cluster, namespace from workloads)
        where namespace is not null""",
)

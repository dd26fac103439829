"""The SQL that decides who is in a scope: true, false, or NULL where that is not known.

Workloads come first: in scope by their namespace, or by labels of the owner, of its pods or of the namespace. A
namespace, and what stands in it without being a workload, serves its workloads: in scope when any of them is. A
cluster, and what belongs to the whole of it, serves its namespaces likewise. What was not seen (a label, a
list) leaves the answer open unless something visible already decides it.
"""

from __future__ import annotations

from collections.abc import Iterator

from assessment.checks.expression import literal
from assessment.frameworks.scope import Reach

_UNSTATED = "case when {} then null else false end"


def statements(reach: Reach) -> Iterator[str]:
    """Statements that end with the table `members`: the subject's columns, `in_scope`, `basis`."""
    yield _labels_of_namespaces(reach)
    yield _workloads(reach)
    yield _namespaces(reach)
    yield _clusters(reach)
    yield _members(reach)


def any_of(expression: str) -> str:
    """Three-valued OR over a group, false for none: the engine's own takes what is not known for false."""
    return f"case when bool_or({expression}) then true when bool_or(({expression}) is null) then null else false end"


def _labels_of_namespaces(reach: Reach) -> str:
    held = [f", {any_of(f'list_contains(labels, {literal(label)})')} as l{n}" for n, label in enumerate(reach.labels)]
    return f"""create or replace table labelled as
        select cluster, name as namespace{"".join(held)} from namespaces group by all"""


def _workloads(reach: Reach) -> str:
    """Each label may stand on the owner, its pods or the namespace; all of them must stand somewhere."""
    carries = " and ".join(
        f"(list_contains(w.labels, {literal(label)}) or list_contains(w.pod_labels, {literal(label)}) or n.l{at})"
        for at, label in enumerate(reach.labels)
    )
    return f"""create or replace table marked as
        select w.cluster, w.namespace, w.api_group, w.kind, w.name, w.workload_id, {_listed(reach, "w.namespace")}
            as listed, {carries or "false"} as carries, listed or carries as what
        from workloads w left join labelled n on n.cluster = w.cluster and n.namespace = w.namespace"""


def _namespaces(reach: Reach) -> str:
    """A list of workloads not seen in a namespace may hold one with the labels; so may one of no stated place."""
    labelled = " and ".join(f"n.l{at}" for at in range(len(reach.labels))) or "false"
    hidden = "false"
    if reach.labels:
        hidden = """(exists (from gaps g where g.cluster = p.cluster and g.lacks = 'workloads'
                and (g.namespace = p.namespace or g.namespace is null))
            or exists (from marked x where x.cluster = p.cluster and x.namespace is null
                and x.carries is distinct from false))"""
    return f"""create or replace table spots as
        with held as (select cluster, namespace, {any_of("carries")} as carries from marked group by all)
        select p.cluster, p.namespace, {_listed(reach, "p.namespace")} as listed, {labelled} as labelled,
            coalesce(h.cluster is not null, false) as has_workloads,
            case when has_workloads then h.carries else false end as holds,
            listed or labelled or holds or {_UNSTATED.format(hidden)} as what
        from places p left join labelled n on n.cluster = p.cluster and n.namespace = p.namespace
        left join held h on h.cluster = p.cluster and h.namespace = p.namespace"""


def _clusters(reach: Reach) -> str:
    """A namespace nobody listed, or a cluster nobody looked into, may hold something in scope."""
    unlisted = "g.lacks = 'namespaces'"
    if reach.labels:
        unlisted += " or (g.lacks = 'workloads' and (g.namespace = '?' or g.namespace is null))"
    return f"""create or replace table wholes as
        select c.cluster, (select {any_of("s.what")} from spots s where s.cluster = c.cluster)
            or (select {any_of("x.what")} from marked x where x.cluster = c.cluster and x.namespace is null)
            or {_UNSTATED.format(f"exists (from gaps g where g.cluster = c.cluster and ({unlisted}))")}
            or {_UNSTATED.format("c.cluster not in (select cluster from looked_into)")} as what
        from reached c"""


def _members(reach: Reach) -> str:
    """What is in scope where the scope reaches; a scope that names nothing within a cluster holds all of it."""
    if not reach.names_what:
        what, basis = "true", literal("No scope is set." if reach.holds_everything else "The whole cluster is listed.")
    else:
        what, basis = _WHAT, _BASIS
    return f"""create or replace table members as
        with shown as (
            select cluster, namespace, api_group, kind, name, {any_of("what")} as what, bool_or(listed) as listed
            from (select cluster, namespace, api_group, kind, name, listed, what from marked union all
                  select p.cluster, nullif(p.namespace, ''), '', 'Pod', p.name, m.listed, m.what
                  from pods p join marked m on m.cluster = p.cluster and m.workload_id = p.workload_id
                  where (m.kind, m.name) is distinct from ('Pod', p.name))
            group by all)
        select s.cluster, s.subject_group, s.subject_kind, s.subject_namespace, s.subject_name, s.namespace, s.level,
            {what} as inside, r.within and inside as in_scope,
            case when r.within is null then 'The account of the cluster is not known.'
                when not r.within then 'The cluster is not among those of the scope.' else {basis} end as basis
        from subjects s left join reached r on r.cluster = s.cluster
        left join shown w on w.cluster = s.cluster and w.api_group = s.subject_group and w.kind = s.subject_kind
            and w.name = s.subject_name and w.namespace is not distinct from s.subject_namespace
        left join spots n on n.cluster = s.cluster and n.namespace = s.namespace
        left join wholes c on c.cluster = s.cluster"""


_WHAT = """case when s.level = 'organisation' then true when s.level = 'cluster' then c.what
                when w.name is not null then w.what when s.namespace is not null then n.what
                else c.what and cast(null as boolean) end"""
_BASIS = """case when s.level = 'organisation' then 'It speaks for the whole organisation.'
                when s.level = 'cluster' and inside then 'It serves what is in scope in the cluster.'
                when s.level = 'cluster' and not inside then 'Nothing in the cluster is in scope.'
                when s.level = 'cluster' then 'What the cluster holds was not seen in full.'
                when n.listed then 'Its namespace is listed.' when n.labelled then 'Its namespace has the labels.'
                when inside and w.name is not null then 'It has the labels.'
                when inside then 'It serves workloads that have the labels.'
                when not inside then 'Neither listed nor labelled.'
                else 'Its namespace or labels were not seen.' end"""


def _listed(reach: Reach, column: str) -> str:
    """Whether the namespace is listed; not known where a manifest does not state it."""
    names = ", ".join(map(literal, reach.scope.namespaces))
    return f"{column} in ({names})" if names else "false"

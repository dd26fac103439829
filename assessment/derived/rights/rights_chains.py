"""Who becomes an administrator by a chain of rights that look harmless one by one.

The steps are those of `attack_paths`: acting as ServiceAccounts by tokens, by pods or by impersonation, handing out
roles, approving certificates, and the rest. Here they start at the subjects that bindings name.

Source: Kubernetes documentation, "Role Based Access Control Good Practices" (privilege escalation risks).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from assessment.derived.attack_paths import steps
from assessment.derived.attack_paths.graph import Graph, refs_of, told
from assessment.derived.attack_paths.of_rights import place_of
from assessment.derived.attack_paths.whole import all_steps, graph_of
from assessment.derived.memberships import MASTERS
from assessment.derived.unseen import Unseen
from collectors.tables.as_written import either
from collectors.tables.coverage import Gap
from collectors.tables.schema import ClusterContext, Column, Subject, table

_INPUTS = (
    "subject_rights", "role_binding_subjects", "workloads", "workload_exposure", "workload_claims", "containers",
    "pod_specs", "volumes", "pods", "service_accounts", "namespaces", "nodes", "kubelets", "secrets", "config_maps",
    "admission_webhooks",
)  # fmt: skip
_EVERYTHING = "everything"


@table(
    "rights_chains",
    grain="one user, group or ServiceAccount that a binding names",
    derived_from=_INPUTS,
    namespaced=False,
    part="subject_name",
    subject=Subject(None, "subject_kind", "subject_namespace", "subject_name"),
)
class RightsChain(NamedTuple):
    """Where the rights of a subject lead. A chain is one that is proven; an unseen one may be shorter."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    subject_kind: Annotated[str, Column("User, Group or ServiceAccount; ? where it is not known.")]
    has_subject_namespace: Annotated[bool, Column("Whether the subject lives in a namespace: a ServiceAccount.")]
    subject_namespace: Annotated[
        str | None, Column("Namespace of the ServiceAccount.", guard="has_subject_namespace")
    ]
    subject_name: Annotated[str, Column("Name of the subject; ? where it is not known.")]
    is_builtin: Annotated[bool, Column("Whether only bindings of Kubernetes or its provider name it.")]
    is_masters: Annotated[bool, Column("Whether it is the group system:masters, which no role limits.")]
    holds_everything: Annotated[bool | None, Column("Whether a binding gives it every right in the cluster.")]
    leads_to_cluster_admin: Annotated[bool | None, Column("Whether its rights lead to every right in the cluster.")]
    way_to_cluster_admin: Annotated[list[str] | None, Column("The easiest proven chain, a sentence a step.")]
    way_evidence_refs: Annotated[list[str], Column("Evidence of what the chain is made of.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence of its bindings.")]


def rows(
    tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext], gaps: Sequence[Gap]
) -> list[RightsChain]:
    """Every subject once."""
    rights: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for right in tables["subject_rights"]:
        rights[right.cluster][place_of(right)].append(right)
    grants: dict[str, dict[tuple[str, str, str], list[Any]]] = defaultdict(lambda: defaultdict(list))
    for grant in tables["role_binding_subjects"]:
        grants[grant.cluster][_named(grant)].append(grant)
    unseen = Unseen(gaps)
    found: list[RightsChain] = []
    for cluster, own_steps in all_steps(tables, clusters, gaps):
        graph = graph_of(own_steps)
        ends = (graph, graph.ways_to(steps.CLUSTER_ADMIN), graph.may_lead_to(steps.CLUSTER_ADMIN))
        strangers = steps.SOMEBODY in rights[cluster]  # whoever that is, it may be anyone else who is named
        hidden = strangers or unseen.near(cluster, "role_binding_subjects", None)
        for named, own in sorted(grants[cluster].items()):
            place = _place(own[0])
            found.append(_row(named, own, rights[cluster].get(place, []), place, ends, hidden=hidden))
    return found


def _row(
    named: tuple[str, str, str], grants: list[Any], rights: list[Any], place: str, ends: tuple[Graph, Any, set[str]], *,
    hidden: bool,
) -> RightsChain:  # fmt: skip
    kind, namespace, name = named
    graph, proven, possible = ends
    leads = True if place in proven else None if place in possible or hidden or place == steps.SOMEBODY else False
    walked = proven.steps(place) if leads else []
    first = grants[0]
    return RightsChain(
        cluster=first.cluster,
        subject_kind=kind,
        has_subject_namespace=kind == "ServiceAccount",
        subject_namespace=namespace or None,
        subject_name=name,
        is_builtin=all(grant.is_builtin for grant in grants),
        is_masters=kind == "Group" and name == MASTERS,
        holds_everything=_holds_everything(rights, hidden=hidden),
        leads_to_cluster_admin=leads,
        way_to_cluster_admin=told(graph, walked) if leads else None,
        way_evidence_refs=refs_of(graph, walked),
        basis=first.basis,
        evidence_refs=list(dict.fromkeys(ref for grant in grants for ref in grant.evidence_refs)),
    )


def _holds_everything(rights: Iterable[Any], *, hidden: bool) -> bool | None:
    """By a binding for the whole cluster; a row without a power may be one."""
    held = [
        None if row.power is None else row.holds
        for row in rights
        if not row.has_namespace and row.power in (None, _EVERYTHING)
    ]
    return either(*held, None if hidden else False)


def _named(grant: Any) -> tuple[str, str, str]:
    """Kind, namespace and name as the binding writes them."""
    account = grant.subject_kind == "ServiceAccount"
    own = f"{grant.service_account_namespace}/" if account and grant.service_account_namespace else ""
    line = grant.subject or f"{grant.subject_kind or '?'} {own}{grant.subject_name or '?'}"
    kind, _, name = line.partition(" ")
    namespace, _, short = name.rpartition("/") if kind == "ServiceAccount" else ("", "", name)
    return kind, namespace, short


def _place(grant: Any) -> str:
    if grant.is_service_account:
        known = grant.service_account_namespace and grant.service_account_name
        return steps.account(grant.service_account_namespace, grant.service_account_name) if known else steps.SOMEBODY
    if None in (grant.is_service_account, grant.subject_kind, grant.subject_name):
        return steps.SOMEBODY
    return steps.group(grant.subject_name) if grant.subject_kind == "Group" else steps.user(grant.subject_name)


DERIVED_SEEING_GAPS = {"rights_chains": rows}

"""Disruption budgets and the workloads whose pods they select."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from assessment.derived.selected_pods import SelectedPods, edge_namespace
from collectors.tables.as_written import both, opposite
from collectors.tables.schema import ClusterContext, Column, Relation, table

_TARGET = (
    ("namespace", "namespace"), ("workload_kind", "target_kind"), ("workload_name", "target_name"),
)


@table(
    "workload_budgets",
    grain="one PodDisruptionBudget and one workload whose pods it selects",
    relations=(Relation("autoscalers", "autoscalers", _TARGET, "Autoscalers of the workload."),),
    derived_from=("workloads", "disruption_budgets"),
    part="budget_name",
)
class WorkloadBudget(NamedTuple):
    """A budget over a workload."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace of the workload.")]
    workload_id: Annotated[str, Column("Surrogate key of the workload.", owner="workloads")]
    budget_key: Annotated[str, Column("Surrogate key of the budget.", owner="disruption_budgets")]
    matches: Annotated[bool | None, Column("Whether the budget selects its pods; NULL when not decidable.")]
    workload_kind: Annotated[str | None, Column("Kind of the workload.")]
    workload_name: Annotated[str | None, Column("Name of the workload.")]
    budget_name: Annotated[str | None, Column("Name of the budget.")]
    has_desired_replicas: Annotated[bool | None, Column("Whether the workload's kind counts replicas.")]
    desired_replicas: Annotated[
        int | None, Column("Replicas of the workload.", guard="has_desired_replicas")
    ]
    replicas_needed: Annotated[
        int | None, Column("The fewest pods of which the budget lets one go; NULL when none are enough.")
    ]
    leaves_room: Annotated[
        bool | None,
        Column("Whether the workload's own replicas let the budget spare one; NULL when they are not counted."),
    ]
    evidence_refs: Annotated[list[str], Column("Evidence of the budget.")]


def rows(tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext]) -> list[WorkloadBudget]:
    """Every pair that matches or may match."""
    workloads = SelectedPods(tables["workloads"])
    return [
        _edge(workload, budget, both(hit, opposite(budget.selects_no_pods)))
        for budget in tables["disruption_budgets"]
        if budget.selects_no_pods is not True
        for workload, hit in workloads.of(budget.cluster, budget.namespace, budget.pod_selector)
    ]


def _edge(workload: Any, budget: Any, matches: bool | None) -> WorkloadBudget:
    return WorkloadBudget(
        cluster=workload.cluster,
        namespace=edge_namespace(workload, budget),
        workload_id=workload.workload_id,
        budget_key=budget.budget_key,
        matches=matches,
        workload_kind=workload.kind,
        workload_name=workload.name,
        budget_name=budget.name,
        has_desired_replicas=workload.has_desired_replicas,
        desired_replicas=workload.desired_replicas,
        replicas_needed=budget.replicas_needed,
        leaves_room=_leaves_room(workload, budget),
        evidence_refs=budget.evidence_refs,
    )


def _leaves_room(workload: Any, budget: Any) -> bool | None:
    if budget.forbids_every_eviction is not False or budget.replicas_needed is None:
        return False if budget.forbids_every_eviction else None
    if not workload.has_desired_replicas or workload.desired_replicas is None:
        return None
    return bool(workload.desired_replicas >= budget.replicas_needed)


DERIVED = {"workload_budgets": rows}

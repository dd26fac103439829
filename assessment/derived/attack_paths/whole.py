"""All steps of each cluster, and the ways that start in its workloads and on the internet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from assessment.derived.attack_paths import steps
from assessment.derived.attack_paths.families import FAMILIES
from assessment.derived.attack_paths.graph import Graph, Ways, refs_of, told
from assessment.derived.attack_paths.of_containers import OfContainers
from assessment.derived.attack_paths.of_places import OfPlaces, bound_groups
from assessment.derived.attack_paths.of_rights import steps_of, subjects
from assessment.derived.attack_paths.steps import Step
from assessment.derived.unseen import Unseen
from collectors.tables.coverage import Gap
from collectors.tables.schema import ClusterContext, Column, Subject, table

_INPUTS = (
    "workloads", "workload_exposure", "workload_claims", "containers", "pod_specs", "volumes", "pods",
    "service_accounts", "subject_rights", "namespaces", "nodes", "kubelets", "secrets", "config_maps",
    "admission_webhooks",
)  # fmt: skip
_READ = (*_INPUTS, "role_binding_subjects")


@table("attack_steps", grain="one step that an intruder can take from one place to another", derived_from=_INPUTS)
class AttackStep(NamedTuple):
    """A step that holds, may hold, or is kept from holding by something that is named."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    family: Annotated[str, Column("Kind of step; docs/attack_steps.md lists them.")]
    source: Annotated[str, Column("Where the intruder stands before it.")]
    target: Annotated[str, Column("Where the intruder stands after it.")]
    holds: Annotated[bool | None, Column("Whether it can be taken: false where `because` names what prevents it.")]
    because: Annotated[str, Column("What in the evidence gives the step, or prevents it; may be empty.")]
    evidence_refs: Annotated[list[str], Column("Evidence of the step, where one object alone gives it.")]


@table(
    "workload_attack_paths",
    grain="one workload",
    derived_from=_INPUTS,
    part="name",
    subject=Subject("api_group", "kind", "namespace", "name"),
)
class WorkloadAttackPaths(NamedTuple):
    """Where breaking into a workload leads. A way is one that is proven; an unseen one may be shorter."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace of the workload.")]
    api_group: Annotated[str, Column("API group of the workload.")]
    kind: Annotated[str, Column("Kind of the workload.")]
    name: Annotated[str, Column("Name of the workload.")]
    stable_name: Annotated[str, Column("Name without its generated part.")]
    workload_id: Annotated[str, Column("Surrogate key of the workload.", owner="workloads")]
    is_system_namespace: Annotated[bool | None, Column("Whether it lives in a namespace of Kubernetes itself.")]
    is_published: Annotated[bool | None, Column("Whether the internet reaches it, without breaking into anything.")]
    leads_to_cluster_admin: Annotated[bool | None, Column("Whether breaking in leads to every right in the cluster.")]
    way_to_cluster_admin: Annotated[list[str] | None, Column("The easiest proven way there, a sentence a step.")]
    leads_to_node: Annotated[bool | None, Column("Whether breaking in leads to a node of the cluster.")]
    way_to_node: Annotated[list[str] | None, Column("The easiest proven way there, a sentence a step.")]
    leads_to_cloud_role: Annotated[bool | None, Column("Whether breaking in leads to a role in the cloud.")]
    way_to_cloud_role: Annotated[list[str] | None, Column("The easiest proven way there, a sentence a step.")]
    way_evidence_refs: Annotated[list[str], Column("Evidence of what the ways are made of.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence of the workload.")]


def all_steps(
    tables: Mapping[str, Sequence[Any]], clusters: Mapping[str, ClusterContext], gaps: Sequence[Gap]
) -> Iterator[tuple[str, list[Step]]]:
    """Every step of every cluster, in a fixed order."""
    unseen = Unseen(gaps)
    by_cluster = {name: _by_cluster(tables.get(name, ())) for name in _READ}
    containers = OfContainers({name: list(tables.get(name, ())) for name in _INPUTS}, unseen)
    for cluster, context in clusters.items():
        own = {name: by_cluster[name].get(cluster, []) for name in _READ}
        if own["workloads"] or own["subject_rights"]:
            is_running = context.basis == "running"
            yield cluster, list(_steps_of_cluster(cluster, own, containers, unseen, is_running=is_running))


def graph_of(found: Iterable[Step]) -> Graph:
    """The steps that hold or may hold, ready to be walked."""
    graph = Graph()
    for step in found:
        graph.add(step)
    return graph


def rows_of_steps(
    tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext], gaps: Sequence[Gap]
) -> list[AttackStep]:
    """One row a step; what only says where one stands is left out."""
    return [
        AttackStep(cluster, step.family, step.source, step.target, step.holds, step.because, list(step.evidence_refs))
        for cluster, found in all_steps(tables, clusters, gaps)
        for step in found
        if FAMILIES[step.family].weight
    ]


def rows_of_workloads(
    tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext], gaps: Sequence[Gap]
) -> list[WorkloadAttackPaths]:
    """One row a workload."""
    targets = (steps.CLUSTER_ADMIN, steps.A_NODE, steps.A_CLOUD_ROLE)
    published = {(row.cluster, row.workload_id): row.is_reachable_from_internet for row in tables["workload_exposure"]}
    workloads = _by_cluster(tables["workloads"])
    made = []
    for cluster, found in all_steps(tables, clusters, gaps):
        graph = graph_of(found)
        proven = [graph.ways_to(target) for target in targets]
        possible = [graph.may_lead_to(target) for target in targets]
        for row in workloads.get(cluster, ()):
            known = published.get((cluster, row.workload_id))
            made.append(_row(row, known, list(zip(proven, possible, strict=True))))
    return made


def _row(row: Any, published: bool | None, ends: Sequence[tuple[Ways, set[str]]]) -> WorkloadAttackPaths:
    place = steps.workload(row.workload_id)
    cells: list[Any] = []
    refs: list[str] = []
    for ways, possible in ends:
        leads = True if place in ways else None if place in possible else False
        walked = ways.steps(place) if leads else []
        cells += [leads, told(ways.graph, walked) if leads else None]
        refs += refs_of(ways.graph, walked)
    identity = (row.cluster, row.namespace, row.api_group, row.kind, row.name, row.stable_name, row.workload_id)
    told_by = (list(dict.fromkeys(refs)), row.basis, row.evidence_refs)
    return WorkloadAttackPaths._make((*identity, row.is_system_namespace, published, *cells, *told_by))


def _steps_of_cluster(
    cluster: str, own: Mapping[str, list[Any]], containers: OfContainers, unseen: Unseen, *, is_running: bool
) -> Iterator[Step]:
    exposed = {row.workload_id: row for row in own["workload_exposure"]}
    for row in own["workloads"]:
        exposure = exposed.get(row.workload_id)
        reached = exposure.is_reachable_from_internet if exposure else None
        refs = exposure.evidence_refs if exposure else ()
        yield Step("published", steps.INTERNET, steps.workload(row.workload_id), reached, "", refs)
        yield from containers.steps(row)
    has_map = _has_auth_map(cluster, own, unseen)
    for subject in subjects(own["subject_rights"]):
        yield from steps_of(subject, has_auth_map=has_map)
    places = OfPlaces(cluster, own, unseen, is_running=is_running)
    yield from places.steps(bound_groups(own["subject_rights"]))


def _has_auth_map(cluster: str, own: Mapping[str, list[Any]], unseen: Unseen) -> bool | None:
    """Whether EKS reads its users from a ConfigMap here."""
    if any(each.namespace == "kube-system" and each.name == "aws-auth" for each in own["config_maps"]):
        return True
    on_aws = any(each.provider == "aws" for each in own["nodes"])
    return None if on_aws and unseen.near(cluster, "config_maps", "kube-system") else False


def _by_cluster(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.cluster].append(row)
    return found


DERIVED_SEEING_GAPS = {"attack_steps": rows_of_steps, "workload_attack_paths": rows_of_workloads}

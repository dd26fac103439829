"""HorizontalPodAutoscalers: who scales which workload between which bounds."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from collectors.tables.as_written import (
    Section,
    both,
    either,
    is_set,
    items,
    section,
    sections,
    text,
    whole_number,
)
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.pod_specs.owners import controller
from collectors.tables.schema import Column, Relation, Sighting, Subject, table

GROUP = "autoscaling"
KINDS = (f"{GROUP}/HorizontalPodAutoscaler",)
_BY_RESOURCE = ("Resource", "ContainerResource")
SCALABLE_KINDS = frozenset({"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"})


@table(
    "autoscalers",
    grain="one HorizontalPodAutoscaler",
    kinds=KINDS,
    relations=(
        Relation(
            "target", "workloads",
            (("namespace", "namespace"), ("target_kind", "kind"), ("target_name", "name")),
            "The workload it scales.", maximum=1,
        ),
        Relation(
            "limit_ranges", "limit_ranges", (("namespace", "namespace"),),
            "The LimitRanges of its namespace, which give new pods what they do not state.",
        ),
    ),
    subject=Subject(None, None, "namespace", "name", fixed_group=GROUP, fixed_kind="HorizontalPodAutoscaler"),
)
class Autoscaler(NamedTuple):
    """A HorizontalPodAutoscaler."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the autoscaler.")]
    autoscaler_key: Annotated[str, Column("Surrogate key.", identity=True)]
    target_kind: Annotated[str | None, Column("Kind of what it scales.")]
    target_name: Annotated[str | None, Column("Name of what it scales.")]
    is_builtin_target: Annotated[bool | None, Column("Whether its target is of a kind that we would see.")]
    min_replicas: Annotated[int | None, Column("Lower bound; unset means 1.")]
    max_replicas: Annotated[int | None, Column("Upper bound.")]
    metric_count: Annotated[
        int | None, Column("Number of metrics it follows; unset means CPU alone, counted as 1.")
    ]
    follows_cpu: Annotated[bool | None, Column("Whether it follows the CPU use of its pods.")]
    follows_memory: Annotated[bool | None, Column("Whether it follows the memory use of its pods.")]
    needs_cpu_requests: Annotated[
        bool | None, Column("Whether it follows CPU as a share of what every container of the pod requests.")
    ]
    needs_memory_requests: Annotated[
        bool | None, Column("Whether it follows memory as a share of what every container of the pod requests.")
    ]
    is_made_by_keda: Annotated[bool | None, Column("Whether a ScaledObject of KEDA made it.")]
    has_conditions: Annotated[bool | None, Column("Whether the cluster reports on it; a manifest does not show that.")]
    is_kept_from_scaling: Annotated[
        bool | None,
        Column("Whether its metrics cannot be computed, or its target not scaled.", guard="has_conditions"),
    ]
    is_held_at_maximum: Annotated[
        bool | None, Column("Whether it would add replicas if its upper bound let it.", guard="has_conditions")
    ]
    is_scaling_active: Annotated[
        bool | None, Column("Whether the cluster reports that it computes its metrics.")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class Autoscalers(OneRowPerObject):
    """One row per HorizontalPodAutoscaler."""

    reads = KINDS
    fills = "autoscalers"

    def row(self, sighting: Sighting) -> Autoscaler:
        """Source of the defaults: API reference of HorizontalPodAutoscalerSpec, minReplicas and metrics."""
        spec = section(sighting.object, "spec")
        target = section(spec, "scaleTargetRef")
        kind = text(target, "kind")
        metrics = items(spec, "metrics")
        return Autoscaler(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            autoscaler_key=surrogate(sighting),
            target_kind=kind,
            target_name=text(target, "name"),
            is_builtin_target=None if kind is None else kind in SCALABLE_KINDS,
            min_replicas=whole_number(spec, "minReplicas", default=1),
            max_replicas=whole_number(spec, "maxReplicas"),
            metric_count=None if metrics is None else max(len(metrics), 1),
            **_follows(spec, metrics),
            is_made_by_keda=_is_made_by_keda(sighting.object),
            **_conditions(section(sighting.object, "status")),
            is_scaling_active=_is_scaling(section(sighting.object, "status")),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _follows(spec: Section | None, metrics: list[Any] | None) -> dict[str, bool | None]:
    """Source: API reference of MetricSpec: no metrics at all mean 80% of CPU; autoscaling/v1 has one field for it."""
    values: dict[str, bool | None] = {}
    found = sections(spec, "metrics")
    by_field = is_set(spec, "targetCPUUtilizationPercentage")
    for name in ("cpu", "memory"):
        follows: list[bool | None] = [_is_resource(each, name, _BY_RESOURCE) for each in found or ()]
        shares = [both(_is_resource(each, name, ("Resource",)), _is_share(each)) for each in found or ()]
        if name == "cpu" and (not metrics or by_field):
            follows, shares = [*follows, True], [*shares, True]
        values[f"follows_{name}"] = None if found is None else either(*follows)
        values[f"needs_{name}_requests"] = None if found is None else either(*shares)
    return values


def _source(metric: Section | None) -> tuple[str | None, Section | None]:
    kind = text(metric, "type")
    return kind, section(metric, "" if kind is None else kind[:1].lower() + kind[1:])


def _is_resource(metric: Section | None, name: str, kinds: tuple[str, ...]) -> bool | None:
    kind, source = _source(metric)
    named = text(source, "name")
    return both(None if kind is None else kind in kinds, None if named is None else named == name)


def _is_share(metric: Section | None) -> bool | None:
    """Whether the target is a share of the requests; autoscaling/v2beta1 writes it beside the name."""
    source = _source(metric)[1]
    target = section(source, "target")
    if source is None or target is None:
        return None
    return is_set(target, "averageUtilization") or is_set(source, "targetAverageUtilization")


def _is_made_by_keda(autoscaler: Section) -> bool | None:
    owner = controller(section(autoscaler, "metadata"))
    return owner is not None and owner.kind == "keda.sh/ScaledObject"


def _conditions(status: Section | None) -> dict[str, bool | None]:
    """Source: "Horizontal Pod Autoscaling", status conditions; ScalingDisabled is a target of zero replicas."""
    found = sections(status, "conditions")
    if found is None or None in found:
        return {"has_conditions": None, "is_kept_from_scaling": None, "is_held_at_maximum": None}
    said = {text(each, "type"): (text(each, "status"), text(each, "reason", "")) for each in found}
    active, able, limited = (said.get(name) for name in ("ScalingActive", "AbleToScale", "ScalingLimited"))
    stopped = active is not None and active[0] == "False" and active[1] != "ScalingDisabled"
    return {
        "has_conditions": bool(found),
        "is_kept_from_scaling": stopped or (able is not None and able[0] == "False"),
        "is_held_at_maximum": limited == ("True", "TooManyReplicas"),
    }


def _is_scaling(status: Section | None) -> bool | None:
    for condition in sections(status, "conditions") or ():
        if text(condition, "type") == "ScalingActive":
            return {"True": True, "False": False}.get(text(condition, "status") or "")
    return None


BUILDERS = (Autoscalers,)

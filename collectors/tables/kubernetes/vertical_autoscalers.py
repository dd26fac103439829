"""VerticalPodAutoscalers: who changes the requests of which workload, when, and between which bounds."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.kubernetes.kinds import name_of
from collectors.tables.as_written import Section, both, either, section, sections, text, texts
from collectors.tables.identity import surrogate
from collectors.tables.kubernetes.workload_rows import WORKLOAD_KINDS
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Relation, Sighting, Subject, table

GROUP = "autoscaling.k8s.io"
KIND = f"{GROUP}/VerticalPodAutoscaler"
_TARGET = ("target_kind", "target_name")


@table(
    "vertical_autoscalers",
    grain="one VerticalPodAutoscaler",
    kinds=(KIND,),
    relations=(
        Relation(
            "autoscalers", "autoscalers", (("namespace", "namespace"), *((key, key) for key in _TARGET)),
            "Horizontal autoscalers of the same workload.",
        ),
        Relation(
            "target", "workloads",
            (("namespace", "namespace"), ("target_kind", "kind"), ("target_name", "name")),
            "The workload whose requests it sets.", maximum=1,
        ),
    ),
    subject=Subject(None, None, "namespace", "name", fixed_group=GROUP, fixed_kind="VerticalPodAutoscaler"),
)
class VerticalAutoscaler(NamedTuple):
    """A VerticalPodAutoscaler."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the autoscaler.")]
    vertical_autoscaler_key: Annotated[str, Column("Surrogate key.", identity=True)]
    target_kind: Annotated[str | None, Column("Kind of the workload.")]
    target_name: Annotated[str | None, Column("Name of the workload.")]
    is_builtin_target: Annotated[bool | None, Column("Whether its target is of a kind that we would see.")]
    update_mode: Annotated[str | None, Column("Off, Initial, Recreate, InPlaceOrRecreate or Auto; unset means Auto.")]
    restarts_pods: Annotated[bool | None, Column("Whether it evicts pods to change their requests.")]
    changes_pods: Annotated[bool | None, Column("Whether it changes requests at all, and does not only recommend.")]
    sets_cpu: Annotated[bool | None, Column("Whether it sets the CPU of some container.")]
    sets_memory: Annotated[bool | None, Column("Whether it sets the memory of some container.")]
    has_upper_bound: Annotated[bool | None, Column("Whether every policy of containers has an upper bound.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


_BUILT_IN = frozenset(name_of(kind) for kind in WORKLOAD_KINDS)


class VerticalAutoscalers(OneRowPerObject):
    """One row per VerticalPodAutoscaler."""

    reads = (KIND,)
    fills = "vertical_autoscalers"

    def row(self, sighting: Sighting) -> VerticalAutoscaler:
        """Source: the API reference of the Vertical Pod Autoscaler; its default mode is Auto, which recreates."""
        spec = section(sighting.object, "spec")
        target = section(spec, "targetRef")
        kind, mode = text(target, "kind"), text(section(spec, "updatePolicy"), "updateMode", "Auto")
        policies = sections(section(spec, "resourcePolicy"), "containerPolicies")
        return VerticalAutoscaler(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            vertical_autoscaler_key=surrogate(sighting),
            target_kind=kind,
            target_name=text(target, "name"),
            is_builtin_target=None if kind is None else kind in _BUILT_IN,
            update_mode=mode,
            restarts_pods=None if mode is None else mode in ("Auto", "Recreate", "InPlaceOrRecreate"),
            changes_pods=None if mode is None else mode != "Off",
            sets_cpu=_sets(policies, "cpu"),
            sets_memory=_sets(policies, "memory"),
            has_upper_bound=_is_bounded(policies),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _sets(policies: list[Section | None] | None, resource: str) -> bool | None:
    """Both resources where nothing is said. A policy for containers by name leaves the others as they were."""
    if policies is None:
        return None
    if not any(text(each, "containerName") == "*" for each in policies):
        policies = [*policies, {}]
    return either(*(_sets_one(each, resource) for each in policies))


def _sets_one(policy: Section | None, resource: str) -> bool | None:
    mode, controlled = text(policy, "mode", "Auto"), texts(policy, "controlledResources")
    named = None if controlled is None else not controlled or resource in controlled
    return both(None if mode is None else mode != "Off", named)


def _is_bounded(policies: list[Section | None] | None) -> bool | None:
    if policies is None:
        return None
    covers_all = any(text(each, "containerName") == "*" for each in policies)
    bounds = [section(each, "maxAllowed") for each in policies if text(each, "mode") != "Off"]
    return both(covers_all, *(None if each is None else bool(each) for each in bounds))


BUILDERS = (VerticalAutoscalers,)

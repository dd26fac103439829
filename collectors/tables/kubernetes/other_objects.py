"""Objects of kinds that have no table of their own: admission policies, certificates, backups, delivery, and others."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from types import ModuleType
from typing import Annotated, NamedTuple

from collectors.kubernetes.extensions import EVERY_KIND_OF, EXTENSIONS
from collectors.kubernetes.kinds import group_of, listed_as, name_of
from collectors.kubernetes.surveyed import SURVEYED
from collectors.tables import kubernetes
from collectors.tables.as_written import Section, either, flag, instant, is_set, section, sections, text
from collectors.tables.families import tables_in
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Sighting, Subject, table

_SAYS_READY = ("Ready", "Available", "Established", "Programmed", "Accepted", "Healthy")
_ADMISSION = "which policies hold at admission"
# Why anyone would read what Kubernetes itself serves and no table is made for.
_BUILT_IN_PURPOSE = {
    "admissionregistration.k8s.io": _ADMISSION,
    "apiextensions.k8s.io": "which extensions are installed",
    "apiregistration.k8s.io": "which extensions are installed",
    "certificates.k8s.io": "who asked the cluster for a certificate",
    "discovery.k8s.io": "which pods answer for a Service",
    "networking.k8s.io": "which workloads can be reached from outside",
    "node.k8s.io": "how containers are kept apart from their node",
}


def _siblings() -> Iterator[ModuleType]:
    """The other modules of this family."""
    for found in pkgutil.walk_packages(kubernetes.__path__, kubernetes.__name__ + "."):
        if found.name != __name__:
            yield import_module(found.name)


def _left_over() -> tuple[str, ...]:
    """What is surveyed and feeds no other table, so that nothing is asked of a cluster for nothing."""
    tables = tables_in(_siblings()).values()
    taken = {kind for other in tables if not other.kinds_together for kind in other.kinds}
    made_up = [f"{group}/*" for group in EVERY_KIND_OF]
    return tuple(kind for kind in (*SURVEYED, *made_up) if kind not in taken)


OTHER_KINDS = _left_over()


@table(
    "other_objects",
    grain="one object of a kind that has no table of its own",
    kinds=OTHER_KINDS,
    kinds_together=True,
    subject=Subject("api_group", "kind", "namespace", "name"),
)
class OtherObject(NamedTuple):
    """An object, and whether its controller says that it is in order."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL for kinds of the whole cluster.")]
    api_group: Annotated[str | None, Column("API group; empty for the core group.")]
    kind: Annotated[str | None, Column("Kind.")]
    name: Annotated[str, Column("Name of the object.")]
    other_object_key: Annotated[str, Column("Surrogate key.", identity=True)]
    product: Annotated[str | None, Column("Product that serves the kind.")]
    evidence_of: Annotated[str | None, Column("What such objects tell.")]
    has_created_at: Annotated[bool, Column("Whether the cluster says when it was created.")]
    created_at: Annotated[datetime | None, Column("When it was created, UTC.", guard="has_created_at")]
    has_ready_condition: Annotated[
        bool | None, Column("Whether its controller reports on it; a manifest does not show that.")
    ]
    is_ready: Annotated[
        bool | None,
        Column(
            "Whether it is reported to be in order, by its first condition among Ready, Available, Established,"
            " Programmed, Accepted and Healthy; NULL while that is being found out.",
            guard="has_ready_condition",
        ),
    ]
    has_phase: Annotated[bool | None, Column("Whether its status names a phase.")]
    phase: Annotated[str | None, Column("Phase, as reported.", guard="has_phase")]
    is_paused: Annotated[bool | None, Column("Whether it asks its controller to leave it alone.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class OtherObjects(OneRowPerObject):
    """One row per object."""

    reads = OTHER_KINDS
    fills = "other_objects"

    def row(self, sighting: Sighting) -> OtherObject:
        """What all kinds have in common: metadata, conditions, and a way to be paused."""
        metadata = section(sighting.object, "metadata")
        status = section(sighting.object, "status") if self.cluster.basis == "running" else None
        reported, ready = _readiness(status)
        product, purpose = _meaning(sighting.kind)
        return OtherObject(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            api_group=group_of(sighting.kind),
            kind=name_of(sighting.kind),
            name=sighting.name,
            other_object_key=f"{group_of(sighting.kind)}/{surrogate(sighting)}",
            product=product,
            evidence_of=purpose,
            has_created_at=is_set(metadata, "creationTimestamp"),
            created_at=instant(metadata, "creationTimestamp"),
            has_ready_condition=reported,
            is_ready=ready,
            has_phase=None if status is None else is_set(status, "phase"),
            phase=text(status, "phase"),
            is_paused=_is_paused(section(sighting.object, "spec"), section(metadata, "annotations")),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _meaning(kind: str) -> tuple[str, str | None]:
    """The product behind a kind, and what its objects tell."""
    extension = EXTENSIONS.get(kind)
    if extension is not None:
        return extension.product, extension.evidence_of
    if listed_as(kind) != kind:
        return EVERY_KIND_OF[group_of(kind)], _ADMISSION
    return "Kubernetes", _BUILT_IN_PURPOSE.get(kind) or _BUILT_IN_PURPOSE.get(group_of(kind))


def _readiness(status: Section | None) -> tuple[bool | None, bool | None]:
    """Whether its controller says anything about it, and whether all is well."""
    conditions = sections(status, "conditions")
    if conditions is None:
        return None, None
    found = {text(each, "type"): text(each, "status") for each in conditions}
    for name in _SAYS_READY:
        if name in found:
            return True, {"True": True, "False": False}.get(found[name] or "")
    return (None if None in found else False), None


def _is_paused(spec: Section | None, annotations: Section | None) -> bool | None:
    """Source: the fields of Flux, Velero, Cluster API and Argo Rollouts, and KEDA's annotation."""
    asked = None if annotations is None else text(annotations, "autoscaling.keda.sh/paused", default="false")
    by_annotation = None if asked is None else asked == "true"
    return either(flag(spec, "suspend", default=False), flag(spec, "paused", default=False), by_annotation)


BUILDERS = (OtherObjects,)

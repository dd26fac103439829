"""IngressClasses: which controller serves an Ingress, and which of them serves those that name none."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.tables.as_written import section, text
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Sighting, Subject, table

GROUP = "networking.k8s.io"
KINDS = (f"{GROUP}/IngressClass",)


@table(
    "ingress_classes",
    grain="one IngressClass",
    kinds=KINDS,
    namespaced=False,
    subject=Subject(None, None, None, "name", fixed_kind="IngressClass", fixed_group=GROUP),
)
class IngressClass(NamedTuple):
    """An IngressClass."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Name of the class.")]
    ingress_class_key: Annotated[str, Column("Surrogate key.", identity=True)]
    controller: Annotated[str | None, Column("Controller that serves it; empty when none is named.")]
    is_default: Annotated[bool | None, Column("Whether it serves every Ingress that names no class.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class IngressClasses(OneRowPerObject):
    """One row per IngressClass."""

    reads = KINDS
    fills = "ingress_classes"

    def row(self, sighting: Sighting) -> IngressClass:
        """Source: Kubernetes documentation, "Ingress", default IngressClass."""
        annotations = section(section(sighting.object, "metadata"), "annotations")
        default = text(annotations, "ingressclass.kubernetes.io/is-default-class", default="false")
        return IngressClass(
            cluster=self.cluster.name,
            name=sighting.name,
            ingress_class_key=surrogate(sighting),
            controller=text(section(sighting.object, "spec"), "controller", default=""),
            is_default=None if default is None else default == "true",
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


BUILDERS = (IngressClasses,)

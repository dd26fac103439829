"""What the labels and annotations of a workload say of who applied it.

Sources: Argo CD documentation, "Resource Tracking"; Flux documentation, labels of Kustomization and HelmRelease; Helm
documentation, the annotations meta.helm.sh/release-name and -namespace.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.kubernetes.kinds import group_of, name_of
from collectors.tables.as_written import both, is_set, section, text
from collectors.tables.kubernetes.workload_rows import TEMPLATE_KINDS_OF_EXTENSIONS, WORKLOAD_KINDS
from collectors.tables.kubernetes.workloads import workload_id
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.pod_specs.owners import Owner, controller
from collectors.tables.schema import Column, Sighting, table

_KINDS = WORKLOAD_KINDS + TEMPLATE_KINDS_OF_EXTENSIONS


@table(
    "workload_origins",
    grain="one object that a person or a tool applied to make pods",
    kinds=WORKLOAD_KINDS,
    where_served=TEMPLATE_KINDS_OF_EXTENSIONS,
)
class WorkloadOrigin(NamedTuple):
    """Marks that tools leave on a workload."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    workload_id: Annotated[str, Column("The workload.", owner="workloads")]
    workload_origin_id: Annotated[str, Column("Surrogate key.", identity=True)]
    listed_as: Annotated[str | None, Column("group/Kind/namespace/name, as GitOps tools list what they applied.")]
    is_owned: Annotated[bool | None, Column("Whether another object made it, such as that of an operator.")]
    has_argo_mark: Annotated[bool | None, Column("Whether it carries the annotation by which Argo CD tracks.")]
    instance_label: Annotated[
        str | None, Column("Its label app.kubernetes.io/instance, by which Argo CD may track; empty without one.")
    ]
    has_flux_mark: Annotated[
        bool | None, Column("Whether Flux labelled it, as part of a Kustomization or HelmRelease.")
    ]
    has_helm_mark: Annotated[bool | None, Column("Whether Helm marked it as part of a release.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class WorkloadOrigins(OneRowPerObject):
    """One row per object; pods and ReplicaSets that a controller made are not anybody's to apply."""

    reads = _KINDS
    fills = "workload_origins"

    def observe(self, sighting: Sighting) -> None:
        """Take in what is a workload by itself."""
        above = controller(section(sighting.object, "metadata"))
        if above is None or above.kind == "Node" or sighting.kind not in (*_MADE, "Pod"):
            super().observe(sighting)

    def row(self, sighting: Sighting) -> WorkloadOrigin:
        """The marks."""
        metadata = section(sighting.object, "metadata")
        labels, annotations = section(metadata, "labels"), section(metadata, "annotations")
        flux = [
            None if labels is None else is_set(labels, f"{group}.toolkit.fluxcd.io/name")
            for group in ("kustomize", "helm")
        ]
        managed = text(labels, "app.kubernetes.io/managed-by", default="")
        released = None if annotations is None else is_set(annotations, "meta.helm.sh/release-name")
        key = workload_id((sighting.namespace, Owner(sighting.kind, sighting.name), sighting.declaration))
        return WorkloadOrigin(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            workload_id=key,
            workload_origin_id=key,
            listed_as="/".join(
                (group_of(sighting.kind), name_of(sighting.kind), sighting.namespace or "", sighting.name)
            ),
            is_owned=None if metadata is None else controller(metadata) is not None,
            has_argo_mark=None if annotations is None else is_set(annotations, "argocd.argoproj.io/tracking-id"),
            instance_label=text(labels, "app.kubernetes.io/instance", default=""),
            has_flux_mark=None if None in flux else any(flux),
            has_helm_mark=both(None if managed is None else managed == "Helm", released),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


_MADE = ("apps/ReplicaSet", "ReplicationController", "batch/Job")
BUILDERS = (WorkloadOrigins,)

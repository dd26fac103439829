"""StatefulSets: what they have beside their pods, names in DNS and volumes of their own."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.tables.as_written import Section, both, section, sections, text
from collectors.tables.identity import surrogate
from collectors.tables.kubernetes.workloads import workload_id
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.pod_specs.owners import Owner
from collectors.tables.schema import Column, Relation, Sighting, Subject, table

KINDS = ("apps/StatefulSet",)


@table(
    "stateful_sets",
    grain="one StatefulSet",
    kinds=KINDS,
    relations=(
        Relation(
            "services", "workload_services", (("workload_id", "workload_id"),), "Services that select its pods."
        ),
    ),
    subject=Subject(None, None, "namespace", "name", fixed_group="apps", fixed_kind="StatefulSet"),
)
class StatefulSet(NamedTuple):
    """What a StatefulSet has beside its pods: names in DNS and volumes of their own."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the StatefulSet.")]
    stateful_set_key: Annotated[str, Column("Surrogate key.", identity=True)]
    workload_id: Annotated[str, Column("The workload that it is.")]
    has_service_name: Annotated[bool | None, Column("Whether it names the Service that gives its pods their names.")]
    service_name: Annotated[str | None, Column("That Service.", guard="has_service_name")]
    claim_template_count: Annotated[int | None, Column("Volume claims that each of its pods gets for itself.")]
    claims_name_a_class: Annotated[
        bool | None, Column("Whether all of those name their storage class; true where there are none.")
    ]
    deletes_claims_with_itself: Annotated[
        bool | None, Column("Whether its volume claims are deleted when it is; they are kept when unset.")
    ]
    deletes_claims_when_scaled: Annotated[
        bool | None, Column("Whether the claims of pods that are scaled away are deleted; kept when unset.")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class StatefulSets(OneRowPerObject):
    """One row per StatefulSet."""

    reads = KINDS
    fills = "stateful_sets"

    def row(self, sighting: Sighting) -> StatefulSet:
        """Source: API reference of StatefulSetSpec; "StatefulSets", PersistentVolumeClaim retention."""
        spec = section(sighting.object, "spec")
        name, claims = text(spec, "serviceName", ""), sections(spec, "volumeClaimTemplates")
        kept = section(spec, "persistentVolumeClaimRetentionPolicy")
        deleted, scaled = text(kept, "whenDeleted", "Retain"), text(kept, "whenScaled", "Retain")
        return StatefulSet(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            stateful_set_key=surrogate(sighting),
            workload_id=workload_id(
                (sighting.namespace, Owner(sighting.kind, sighting.name), sighting.declaration)
            ),
            has_service_name=None if name is None else name != "",
            service_name=name or None,
            claim_template_count=None if claims is None else len(claims),
            claims_name_a_class=None if claims is None else both(*(_names_a_class(claim) for claim in claims)),
            deletes_claims_with_itself=None if deleted is None else deleted == "Delete",
            deletes_claims_when_scaled=None if scaled is None else scaled == "Delete",
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _names_a_class(claim: Section | None) -> bool | None:
    """The empty text asks for no class, but it says so (Kubernetes documentation, "Persistent Volumes", Class)."""
    spec = section(claim, "spec")
    return None if spec is None else spec.get("storageClassName") is not None


BUILDERS = (StatefulSets,)

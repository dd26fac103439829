"""PersistentVolumes: where the data lies, who claims it, and what becomes of it when the claim goes."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.tables.as_written import Section, is_set, required, section, sections, text, texts
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.pod_specs.host_paths import normalise
from collectors.tables.pod_specs.resources import quantity
from collectors.tables.schema import Column, Relation, Sighting, Subject, table

# The keys by which a volume says in which zone its disk stands. Sources: the well-known labels of Kubernetes, and
# the topology keys that the drivers of AWS, Azure and Google document.
_ZONE_KEYS = frozenset(
    {
        "topology.kubernetes.io/zone",
        "failure-domain.beta.kubernetes.io/zone",
        "topology.ebs.csi.aws.com/zone",
        "topology.disk.csi.azure.com/zone",
        "topology.gke.io/zone",
    }
)
# What a PersistentVolume says beside the source of its data. Source: API reference, PersistentVolumeSpec.
_NOT_A_SOURCE = frozenset(
    {
        "accessModes",
        "capacity",
        "claimRef",
        "mountOptions",
        "nodeAffinity",
        "persistentVolumeReclaimPolicy",
        "storageClassName",
        "volumeAttributesClassName",
        "volumeMode",
    }
)


@table(
    "persistent_volumes",
    grain="one PersistentVolume",
    kinds=("PersistentVolume",),
    namespaced=False,
    relations=(
        Relation(
            "claim", "persistent_volume_claims", (("claim_namespace", "namespace"), ("claim_name", "name")),
            "The claim that it is bound to or kept for.", when="has_claim", maximum=1,
        ),
        Relation(
            "storage_class", "storage_classes", (("storage_class_name", "name"),),
            "The storage class it names.", when="has_storage_class", maximum=1,
        ),
    ),
    subject=Subject(None, None, None, "name", fixed_kind="PersistentVolume"),
)  # fmt: skip
class PersistentVolume(NamedTuple):
    """A PersistentVolume."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Name of the volume.")]
    volume_key: Annotated[str, Column("Surrogate key.", identity=True)]
    phase: Annotated[
        str | None, Column("Pending, Available, Bound, Released or Failed, as the cluster reports.")
    ]
    reclaim_policy: Annotated[
        str | None, Column("What becomes of it when its claim is deleted; unset means Retain.")
    ]
    has_storage_class: Annotated[bool, Column("Whether it names a storage class.")]
    storage_class_name: Annotated[str | None, Column("Storage class.", guard="has_storage_class")]
    has_claim: Annotated[bool, Column("Whether it is bound to a claim, or kept for one.")]
    claim_namespace: Annotated[str | None, Column("Namespace of that claim.", guard="has_claim")]
    claim_name: Annotated[str | None, Column("Name of that claim.", guard="has_claim")]
    volume_type: Annotated[
        str | None, Column("Source of its data, as the API names it: csi, nfs, local, hostPath, ...")
    ]
    has_csi_driver: Annotated[bool | None, Column("Whether a CSI driver serves it.")]
    csi_driver: Annotated[str | None, Column("Name of the CSI driver.", guard="has_csi_driver")]
    has_host_path: Annotated[bool | None, Column("Whether it is a directory of a node.")]
    host_path: Annotated[str | None, Column("That directory.", guard="has_host_path")]
    is_on_node: Annotated[bool | None, Column("Whether its data is lost with a node: hostPath or local.")]
    zones: Annotated[
        list[str] | None,
        Column("Zones where it can be used, by node affinity or label, sorted; empty where it is bound to none."),
    ]
    access_modes: Annotated[list[str] | None, Column("Access modes as written.")]
    capacity_bytes: Annotated[int | None, Column("Size in bytes.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class PersistentVolumes(OneRowPerObject):
    """One row per PersistentVolume."""

    reads = ("PersistentVolume",)
    fills = "persistent_volumes"

    def row(self, sighting: Sighting) -> PersistentVolume:
        """Source of the defaults: API reference of PersistentVolume."""
        spec = required(sighting.object, "spec")
        metadata = section(sighting.object, "metadata")
        claim = section(spec, "claimRef")
        source = _source(spec)
        driver = section(spec, "csi")
        path = normalise(text(section(spec, "hostPath"), "path")) if source == "hostPath" else None
        return PersistentVolume(
            cluster=self.cluster.name,
            name=sighting.name,
            volume_key=surrogate(sighting),
            phase=text(section(sighting.object, "status"), "phase"),
            reclaim_policy=text(spec, "persistentVolumeReclaimPolicy", default="Retain"),
            has_storage_class=text(spec, "storageClassName", default="") != "",
            storage_class_name=text(spec, "storageClassName"),
            has_claim=is_set(spec, "claimRef"),
            claim_namespace=text(claim, "namespace"),
            claim_name=text(claim, "name"),
            volume_type=source,
            has_csi_driver=None if source is None else source == "csi",
            csi_driver=text(driver, "driver"),
            has_host_path=None if source is None else source == "hostPath",
            host_path=path,
            is_on_node=None if source is None else source in ("hostPath", "local"),
            zones=_zones(spec, section(metadata, "labels")),
            access_modes=texts(spec, "accessModes"),
            capacity_bytes=_bytes(section(spec, "capacity")),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _source(spec: Section | None) -> str | None:
    """The one source; none or several is no valid volume."""
    found = sorted(key for key, value in (spec or {}).items() if key not in _NOT_A_SOURCE and value is not None)
    return found[0] if len(found) == 1 else None


def _bytes(capacity: Section | None) -> int | None:
    return quantity(None if capacity is None else capacity.get("storage"))


def _zones(spec: Section | None, labels: Section | None) -> list[str] | None:
    """Terms are alternatives, the expressions of a term all hold; the label of old volumes joins zones by "__"."""
    terms = sections(section(section(spec, "nodeAffinity"), "required"), "nodeSelectorTerms")
    if terms is None:
        return None
    if not terms:
        return _labelled(labels)
    found: set[str] = set()
    bound = True
    for term in terms:
        zones = _zones_of_term(term)
        if zones is None:
            return None
        bound = bound and bool(zones)
        found.update(zones)
    return sorted(found) if bound else []


def _zones_of_term(term: Section | None) -> set[str] | None:
    expressions = sections(term, "matchExpressions")
    if expressions is None:
        return None
    allowed: set[str] | None = None
    for expression in expressions:
        key, values = text(expression, "key"), texts(expression, "values")
        if key is None or values is None:
            return None
        if key not in _ZONE_KEYS:
            continue
        if text(expression, "operator") != "In":
            return None
        named = {value for value in values if value}
        allowed = named if allowed is None else allowed & named
    return allowed or set()


def _labelled(labels: Section | None) -> list[str] | None:
    if labels is None:
        return None
    named = [text(labels, key, default="") for key in sorted(_ZONE_KEYS)]
    if None in named:
        return None
    return sorted({zone for value in named if value for zone in value.split("__")})


BUILDERS = (PersistentVolumes,)

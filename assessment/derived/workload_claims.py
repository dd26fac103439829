"""The volume claims that pods name, and whether a directory of a node stands behind them.

Every tool that reads pods alone misses a hostPath that hides behind a claim, as Pod Security admission does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from assessment.derived.unseen import Unseen
from collectors.tables.as_written import either
from collectors.tables.coverage import Gap
from collectors.tables.schema import ClusterContext, Column, table

_ORDINAL = re.compile(r"\d+")
_NO_PROVISIONER = "kubernetes.io/no-provisioner"


@table(
    "workload_claims",
    grain="one workload and one volume claim that its pods name, or that its template makes",
    derived_from=("workloads", "volumes", "persistent_volume_claims", "persistent_volumes", "storage_classes"),
    part="claim_name",
)
class WorkloadClaim(NamedTuple):
    """The claims of a StatefulSet's template are taken together."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace of the workload.")]
    workload_id: Annotated[str, Column("Surrogate key of the workload.", owner="workloads")]
    claim_name: Annotated[str | None, Column("Name of the claim; of a template, the part before the pod's name.")]
    has_host_path: Annotated[
        bool | None,
        Column(
            "Whether the volume behind it is a directory of a node: the one it is bound to, else the only kind that its"
            " storage class offers. NULL where that is decided later, or was not seen."
        ),
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Places of the volume, the claim and what stands behind it.")]


class _Storage:
    """Claims, volumes and classes, ready to be asked claim by claim."""

    def __init__(self, tables: Mapping[str, list[Any]], unseen: Unseen) -> None:
        self._unseen = unseen
        self._claims: dict[tuple[str, str | None], dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        for claim in tables["persistent_volume_claims"]:
            self._claims[claim.cluster, claim.namespace][claim.name].append(claim)
        self._volumes: dict[tuple[str, str], list[Any]] = defaultdict(list)
        self._kept: dict[tuple[str, str | None, str | None], list[Any]] = defaultdict(list)
        self._free: dict[tuple[str, str | None], list[Any]] = defaultdict(list)
        for volume in tables["persistent_volumes"]:
            self._volumes[volume.cluster, volume.name].append(volume)
            if volume.has_claim is None:
                self._free[volume.cluster, None].append(volume)
            elif volume.has_claim:
                self._kept[volume.cluster, volume.claim_namespace, volume.claim_name].append(volume)
            else:
                self._free[volume.cluster, _class_of(volume)].append(volume)
        self._classes = {(each.cluster, each.name): each for each in tables["storage_classes"]}

    def claims(self, workload: Any, volume: Any) -> tuple[list[Any], bool]:
        """The claims of a volume that were seen, and whether there may be more."""
        here = self._claims.get((workload.cluster, workload.namespace), {})
        hidden = self._unseen.near(workload.cluster, "persistent_volume_claims", workload.namespace)
        hidden = hidden or workload.namespace is None or bool(self._claims.get((workload.cluster, None)))
        if volume.claim_name is None or volume.is_claim_template is None:
            return [], True
        if not volume.is_claim_template:
            found = here.get(volume.claim_name, [])
            return found, hidden or not found
        start = f"{volume.claim_name}-{workload.name}-"
        made = [each for name, claims in here.items() if _is_numbered(name, start) for each in claims]
        return made, hidden or not made

    def behind(self, claim: Any) -> tuple[bool | None, list[str]]:
        """Whether the claim's volume is a directory of a node, and where that is said."""
        bound = self._bound(claim)
        if bound:
            return either(*(each.has_host_path for each in bound)), _refs(bound)
        if claim.basis == "running":
            return (False if claim.volume_name is None and claim.phase == "Pending" else None), []
        return self._offered(claim)

    def _bound(self, claim: Any) -> list[Any]:
        if claim.volume_name:
            return self._volumes.get((claim.cluster, claim.volume_name), [])
        return self._kept.get((claim.cluster, claim.namespace, claim.name), [])

    def _offered(self, claim: Any) -> tuple[bool | None, list[str]]:
        """Free volumes of the class it names, where no provisioner makes others. Source: "Persistent Volumes"."""
        if not claim.has_storage_class or claim.storage_class_name is None or claim.volume_name:
            return None, []
        made = self._classes.get((claim.cluster, claim.storage_class_name))
        free = self._free.get((claim.cluster, claim.storage_class_name), [])
        unclear = self._free.get((claim.cluster, None))
        if not free or unclear or (made is not None and made.provisioner != _NO_PROVISIONER):
            return None, []
        hosted = all(each.has_host_path for each in free)
        hidden = self._unseen.near(claim.cluster, "persistent_volumes", None)
        return (True, _refs(free)) if hosted and not hidden else (None, [])


def rows(
    tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext], gaps: Sequence[Gap]
) -> list[WorkloadClaim]:
    """One row for each claim of each workload."""
    storage = _Storage(tables, Unseen(gaps))
    workloads = {(each.cluster, each.workload_id): each for each in tables["workloads"]}
    return [
        _row(workloads[volume.cluster, volume.workload_id], volume, storage)
        for volume in tables["volumes"]
        if volume.has_claim is not False and (volume.cluster, volume.workload_id) in workloads
    ]


def _row(workload: Any, volume: Any, storage: _Storage) -> WorkloadClaim:
    claims, more = storage.claims(workload, volume)
    answers = [storage.behind(claim) for claim in claims]
    has_host_path = either(*(answer for answer, _ in answers), None if more else False)
    refs = [*volume.evidence_refs, *_refs(claims), *(ref for _, found in answers for ref in found)]
    own = (workload.cluster, workload.namespace, workload.workload_id, volume.claim_name)
    return WorkloadClaim(*own, has_host_path, workload.basis, list(dict.fromkeys(refs)))


def _refs(rows: Iterable[Any]) -> list[str]:
    return [ref for row in rows for ref in row.evidence_refs]


def _class_of(volume: Any) -> str | None:
    """The class of a volume; one that names none serves claims of the empty class. None where it is not known."""
    if volume.has_storage_class is False:
        return ""
    name: str | None = volume.storage_class_name
    return name


def _is_numbered(name: str, start: str) -> bool:
    return name.startswith(start) and _ORDINAL.fullmatch(name, len(start)) is not None


DERIVED_SEEING_GAPS = {"workload_claims": rows}

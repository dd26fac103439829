"""Volume claims and the workloads whose pods mount them.

A StatefulSet's template makes claims named template-set-ordinal. Source: Kubernetes documentation, "StatefulSets",
stable storage.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, NamedTuple

from collectors.tables.schema import ClusterContext, Column, table

_ORDINAL = re.compile(r"(.+)-\d+")
_SHARED = ("ReadWriteMany", "ReadOnlyMany")
_Place = tuple[str, str | None]


@table(
    "claim_uses",
    grain="one volume claim and one workload whose pods mount it",
    derived_from=("persistent_volume_claims", "workloads", "volumes"),
    part="claim_name",
)
class ClaimUse(NamedTuple):
    """A claim under a workload."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace of both.")]
    claim_key: Annotated[str, Column("Surrogate key of the claim.", owner="persistent_volume_claims")]
    workload_id: Annotated[str, Column("Surrogate key of the workload.", owner="workloads")]
    matches: Annotated[bool | None, Column("Whether it is mounted; NULL when not decidable.")]
    claim_name: Annotated[str | None, Column("Name of the claim.")]
    workload_name: Annotated[str | None, Column("Name of the workload.")]
    is_from_template: Annotated[bool | None, Column("Whether each pod has such a claim of its own.")]
    is_for_many_nodes: Annotated[bool | None, Column("Whether pods of several nodes may mount the claim.")]
    pod_labels: Annotated[list[str] | None, Column("Labels of the workload's pods.")]
    evidence_refs: Annotated[list[str], Column("Evidence of the claim and of the volume.")]


class _Claims:
    """Claims by name, and by name without a number at its end."""

    def __init__(self, claims: list[Any]) -> None:
        self._named: dict[tuple[_Place, str], list[Any]] = {}
        self._numbered: dict[tuple[_Place, str], list[Any]] = {}
        self._all: dict[_Place, list[Any]] = {}
        self._namespaces: dict[str, dict[str | None, None]] = {}
        for claim in claims:
            place = (claim.cluster, claim.namespace)
            self._namespaces.setdefault(claim.cluster, {})[claim.namespace] = None
            self._all.setdefault(place, []).append(claim)
            self._named.setdefault((place, claim.name), []).append(claim)
            if number := _ORDINAL.fullmatch(claim.name):
                self._numbered.setdefault((place, number[1]), []).append(claim)

    def of(self, workload: Any, volume: Any) -> Iterator[tuple[Any, bool | None]]:
        """Each claim that the volume is (true) or may be (None)."""
        stated = workload.namespace
        named = self._namespaces.get(workload.cluster, ()) if stated is None else (stated, None)
        for namespace in named:
            place, sure = (workload.cluster, namespace), namespace is not None and stated is not None
            if volume.claim_name is None or volume.is_claim_template is None or volume.has_claim is None:
                yield from ((claim, None) for claim in self._all.get(place, ()))
                continue
            index, name = self._named, volume.claim_name
            if volume.is_claim_template:
                index, name = self._numbered, f"{volume.claim_name}-{workload.name}"
            yield from ((claim, True if sure else None) for claim in index.get((place, name), ()))


def rows(tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext]) -> list[ClaimUse]:
    """Every pair that matches or may match."""
    claims = _Claims(tables["persistent_volume_claims"])
    workloads = {(each.cluster, each.workload_id): each for each in tables["workloads"]}
    found: dict[tuple[str, str, str], ClaimUse] = {}
    for volume in tables["volumes"]:
        workload = workloads.get((volume.cluster, volume.workload_id))
        if volume.has_claim is False or workload is None:
            continue
        for claim, hit in claims.of(workload, volume):
            key = (claim.cluster, claim.claim_key, volume.workload_id)
            if key not in found or (hit and not found[key].matches):
                found[key] = _row(claim, workload, volume, hit)
    return list(found.values())


def _row(claim: Any, workload: Any, volume: Any, hit: bool | None) -> ClaimUse:
    modes = claim.access_modes
    return ClaimUse(
        cluster=claim.cluster,
        namespace=claim.namespace if workload.namespace is None else workload.namespace,
        claim_key=claim.claim_key,
        workload_id=workload.workload_id,
        matches=hit,
        claim_name=claim.name,
        workload_name=workload.name,
        is_from_template=volume.is_claim_template,
        is_for_many_nodes=None if modes is None else any(mode in _SHARED for mode in modes),
        pod_labels=workload.pod_labels,
        evidence_refs=list(dict.fromkeys([*claim.evidence_refs, *volume.evidence_refs])),
    )


DERIVED = {"claim_uses": rows}

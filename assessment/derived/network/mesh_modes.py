"""Whether a namespace of the mesh accepts nothing but mutual TLS.

A rule of the namespace decides before that of the mesh; one that is unset takes over from above; where nobody says
anything, plain traffic is accepted as well. Of several the oldest counts, which is not known here, so they must agree.
Source: Istio documentation, "PeerAuthentication".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from assessment.derived.unseen import Unseen
from collectors.tables.coverage import Gap
from collectors.tables.schema import ClusterContext, Column, table
from collectors.tables.selectors import labels_of

_TABLE = "mesh_peer_authentications"
_ROOT = "istio-system"


@table("mesh_modes", grain="one namespace", namespaced=False, derived_from=("namespaces", _TABLE), part="name")
class MeshMode(NamedTuple):
    """What a namespace accepts in the mesh."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Name of the namespace.")]
    namespace_key: Annotated[str, Column("Surrogate key of the namespace.", owner="namespaces")]
    is_in_mesh: Annotated[bool | None, Column("Whether a label brings its pods into a mesh of Istio.")]
    is_strict: Annotated[bool | None, Column("Whether the rule that holds for the namespace is STRICT.")]
    evidence_refs: Annotated[list[str], Column("Evidence of that rule.")]


def rows(
    tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext], gaps: Sequence[Gap]
) -> list[MeshMode]:
    """One row a namespace."""
    unseen = Unseen(gaps)
    by_place: dict[tuple[str, str | None], list[Any]] = defaultdict(list)
    for rule in tables[_TABLE]:
        if rule.has_selector is not True:
            by_place[rule.cluster, rule.namespace].append(rule)
    made = []
    for space in tables["namespaces"]:
        strict: bool | None = False
        refs: list[str] = []
        for place in (space.name, _ROOT):
            said, refs = _said(by_place, space.cluster, place, unseen)
            if said != "UNSET":
                strict = None if said is None else said == "STRICT"
                break
        made.append(MeshMode(space.cluster, space.name, space.namespace_key, is_in_mesh(space.labels), strict, refs))
    return made


def _said(
    by_place: Mapping[tuple[str, str | None], list[Any]], cluster: str, place: str, unseen: Unseen
) -> tuple[str | None, list[str]]:
    """The mode that a namespace or the mesh asks for; None where it is not known."""
    rules = [*by_place.get((cluster, place), ()), *by_place.get((cluster, None), ())]
    refs = [ref for rule in rules for ref in rule.evidence_refs]
    if unseen.near(cluster, _TABLE, place) or any(None in (r.has_selector, r.mode, r.namespace) for r in rules):
        return None, refs
    modes = {rule.mode for rule in rules}
    return ("UNSET" if not modes else modes.pop() if len(modes) == 1 else None), refs


def is_in_mesh(labels: Sequence[str] | None) -> bool | None:
    """By istio-injection, by a revision of the control plane, or by ambient mode.

    Source: Istio documentation, controlling the injection policy; adding workloads to ambient.
    """
    known = labels_of(labels)
    if known is None:
        return None
    if known.get("istio.io/dataplane-mode") == "ambient":
        return True
    injected = known.get("istio-injection", "")
    return injected == "enabled" or (injected != "disabled" and "istio.io/rev" in known)


DERIVED_SEEING_GAPS = {"mesh_modes": rows}

"""Which keys of ConfigMaps and Secrets that pods name are in the objects that should hold them.

Source: Kubernetes documentation, "ConfigMaps" and "Secrets": a pod that names a missing key does not start unless the
reference is optional.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, NamedTuple

from assessment.derived.unseen import Unseen
from collectors.tables.coverage import Gap
from collectors.tables.schema import ClusterContext, Column, table

_TABLES = {"ConfigMap": "config_maps", "Secret": "secrets"}


@table(
    "config_keys",
    grain="one workload, one key of a ConfigMap or Secret that its pods name",
    derived_from=("config_key_references", "config_maps", "secrets"),
    part="name",
)
class ConfigKey(NamedTuple):
    """A key that pods name, beside the object that should hold it."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    workload_id: Annotated[str, Column("Surrogate key of the workload.", owner="workloads")]
    name: Annotated[str | None, Column("Object and key, for a reader.")]
    is_optional: Annotated[bool | None, Column("Whether pods start without it.")]
    is_missing: Annotated[bool | None, Column("Whether the object is there and does not hold the key.")]
    evidence_refs: Annotated[list[str], Column("Evidence of the reference and of the object.")]


def rows(
    tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext], gaps: Iterable[Gap]
) -> list[ConfigKey]:
    """One row per key that is named; where an object may be there unseen, whether it lacks a key is not known."""
    unseen = Unseen(gaps)
    holders: dict[tuple[str, str, str | None, str], list[Any]] = defaultdict(list)
    for kind, name in _TABLES.items():
        for each in tables[name]:
            holders[each.cluster, kind, each.namespace, each.name].append(each)
    placeless = {(key[0], key[1]) for key in holders if key[2] is None}
    found = []
    for reference in tables["config_key_references"]:
        place = reference.cluster, reference.referenced_kind, reference.namespace, reference.referenced_name
        held = holders.get(place, []) if None not in place else []
        loose = None in place or place[:2] in placeless
        found.append(
            ConfigKey(
                cluster=reference.cluster,
                namespace=reference.namespace,
                workload_id=reference.workload_id,
                name=reference.name,
                is_optional=reference.is_optional,
                is_missing=_is_missing(reference, held, None if loose else unseen),
                evidence_refs=[*reference.evidence_refs, *(ref for each in held for ref in each.evidence_refs)],
            )
        )
    return found


def _is_missing(reference: Any, held: list[Any], unseen: Unseen | None) -> bool | None:
    """`unseen` is None where not even the object that is meant is known. Of two manifests either may be applied."""
    if unseen is None or reference.key is None:
        return None
    if not held:
        hidden = unseen.near(reference.cluster, _TABLES[reference.referenced_kind], reference.namespace)
        return None if hidden else False
    lacking = {None if each.key_names is None else reference.key not in each.key_names for each in held}
    return lacking.pop() if len(lacking) == 1 else None


DERIVED_SEEING_GAPS = {"config_keys": rows}

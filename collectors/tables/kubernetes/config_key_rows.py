"""The table of single keys of ConfigMaps and Secrets that pods name."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.tables.kubernetes.workload_rows import TEMPLATE_KINDS_OF_EXTENSIONS, WORKLOAD_KINDS
from collectors.tables.schema import Column, table


@table(
    "config_key_references",
    grain="one workload, one key of a ConfigMap or Secret that its pods name",
    kinds=WORKLOAD_KINDS,
    where_served=TEMPLATE_KINDS_OF_EXTENSIONS,
    completed_by=("Pod",),
    part="name",
)
class ConfigKeyReference(NamedTuple):
    """References to whole objects are in `config_references`."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    workload_id: Annotated[str, Column("The workload whose pods name it.", owner="workloads")]
    config_key_reference_id: Annotated[str, Column("Surrogate key.", identity=True)]
    name: Annotated[str | None, Column("Object and key, for a reader.")]
    referenced_kind: Annotated[str | None, Column("ConfigMap or Secret.")]
    referenced_name: Annotated[str | None, Column("Name of the object, in the same namespace.")]
    key: Annotated[str | None, Column("Key in it.")]
    is_optional: Annotated[bool | None, Column("Whether pods start without it: every place that names it says so.")]
    from_template: Annotated[bool, Column("Whether the workload's own template names it.")]
    pod_count: Annotated[int, Column("Pods that name it.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Places of the template and of the first pod that names it.")]

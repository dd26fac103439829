"""ResourceQuotas and LimitRanges: what a namespace may claim, and what its containers get by default."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.tables.as_written import Section, either, is_set, section, sections, text, texts
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Sighting, Subject, table


@table(
    "resource_quotas",
    grain="one ResourceQuota",
    kinds=("ResourceQuota",),
    subject=Subject(None, None, "namespace", "name", fixed_kind="ResourceQuota"),
)
class ResourceQuota(NamedTuple):
    """A ResourceQuota."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the quota.")]
    quota_key: Annotated[str, Column("Surrogate key.", identity=True)]
    resources: Annotated[list[str] | None, Column("Names of the resources that it bounds, sorted.")]
    is_limited_to_scopes: Annotated[bool | None, Column("Whether it counts only some of the pods.")]
    bounds_cpu: Annotated[bool | None, Column("Whether it bounds the CPU of all pods together.")]
    bounds_memory: Annotated[bool | None, Column("Whether it bounds the memory of all pods together.")]
    bounds_pods: Annotated[bool | None, Column("Whether it bounds the number of pods.")]
    bounds_load_balancers: Annotated[bool | None, Column("Whether it bounds load-balancer Services.")]
    bounds_storage: Annotated[bool | None, Column("Whether it bounds volume claims, by number or size.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table(
    "limit_ranges",
    grain="one LimitRange",
    kinds=("LimitRange",),
    subject=Subject(None, None, "namespace", "name", fixed_kind="LimitRange"),
)
class LimitRange(NamedTuple):
    """A LimitRange."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the LimitRange.")]
    limit_range_key: Annotated[str, Column("Surrogate key.", identity=True)]
    defaults_cpu_request: Annotated[bool | None, Column("Whether containers get a CPU request by default.")]
    defaults_memory_request: Annotated[
        bool | None, Column("Whether containers get a memory request by default.")
    ]
    defaults_cpu_limit: Annotated[bool | None, Column("Whether containers get a CPU limit by default.")]
    defaults_memory_limit: Annotated[bool | None, Column("Whether containers get a memory limit by default.")]
    defaults_ephemeral_storage_request: Annotated[
        bool | None, Column("Whether containers get an ephemeral-storage request by default.")
    ]
    defaults_ephemeral_storage_limit: Annotated[
        bool | None, Column("Whether containers get an ephemeral-storage limit by default.")
    ]
    bounds_container_memory: Annotated[bool | None, Column("Whether a container's memory has an upper bound.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class ResourceQuotas(OneRowPerObject):
    """One row per ResourceQuota."""

    reads = ("ResourceQuota",)
    fills = "resource_quotas"

    def row(self, sighting: Sighting) -> ResourceQuota:
        """Source: Kubernetes documentation, "Resource Quotas": names of resources, scopes."""
        spec = section(sighting.object, "spec")
        hard = section(spec, "hard")
        scopes = texts(spec, "scopes")
        selector = section(spec, "scopeSelector")
        scoped = either(None if scopes is None else bool(scopes), None if selector is None else bool(selector))

        def bounds(*names: str) -> bool | None:
            if hard is None:
                return None
            named = any(is_set(hard, name) for name in names)
            return (None if scoped is None else not scoped) if named else False

        return ResourceQuota(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            quota_key=surrogate(sighting),
            resources=None if hard is None else sorted(map(str, hard)),
            is_limited_to_scopes=scoped,
            bounds_cpu=bounds("cpu", "requests.cpu", "limits.cpu"),
            bounds_memory=bounds("memory", "requests.memory", "limits.memory"),
            bounds_pods=bounds("pods", "count/pods"),
            bounds_load_balancers=bounds("services.loadbalancers"),
            bounds_storage=bounds(
                "requests.storage", "persistentvolumeclaims", "count/persistentvolumeclaims"
            ),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


class LimitRanges(OneRowPerObject):
    """One row per LimitRange."""

    reads = ("LimitRange",)
    fills = "limit_ranges"

    def row(self, sighting: Sighting) -> LimitRange:
        """Source: Kubernetes documentation, "Limit Ranges": a default limit, or a maximum, is the default too."""
        limits = sections(section(sighting.object, "spec"), "limits")

        def gives(resource: str, *fields: str) -> bool | None:
            if limits is None:
                return None
            return either(*(_gives(limit, resource, fields) for limit in limits))

        return LimitRange(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            limit_range_key=surrogate(sighting),
            defaults_cpu_request=gives("cpu", "defaultRequest", "default", "max", "min"),
            defaults_memory_request=gives("memory", "defaultRequest", "default", "max", "min"),
            defaults_cpu_limit=gives("cpu", "default", "max"),
            defaults_memory_limit=gives("memory", "default", "max"),
            defaults_ephemeral_storage_request=gives("ephemeral-storage", "defaultRequest", "default", "max", "min"),
            defaults_ephemeral_storage_limit=gives("ephemeral-storage", "default", "max"),
            bounds_container_memory=gives("memory", "max"),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _gives(limit: Section | None, resource: str, fields: tuple[str, ...]) -> bool | None:
    kind = text(limit, "type")
    if kind != "Container":
        return None if limit is None else False
    held = [section(limit, field) for field in fields]
    return either(*(None if each is None else is_set(each, resource) for each in held))


BUILDERS = (ResourceQuotas, LimitRanges)

"""ResourceQuotas and LimitRanges: what a namespace may claim, and what its containers get by default."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.tables.as_written import Section, both, either, is_set, section, sections, text, texts
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.pod_specs.resources import quantity
from collectors.tables.schema import Column, Sighting, Subject, table

_COMPUTE = ("cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory")
_REQUESTS_AND_LIMITS = (("cpu", "requests.cpu"), ("memory", "requests.memory"), ("limits.cpu",), ("limits.memory",))


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
    bounds_node_ports: Annotated[bool | None, Column("Whether it bounds Services that open a port on every node.")]
    bounds_some_compute: Annotated[bool | None, Column("Whether it is about CPU or memory, of some pods or all.")]
    bounds_requests_and_limits: Annotated[
        bool | None, Column("Whether it names requests and limits of both CPU and memory, of some pods or all.")
    ]
    has_usage: Annotated[bool | None, Column("Whether the cluster says how much is used, as no manifest does.")]
    most_used_percent: Annotated[
        int | None, Column("Percent used of what it allows, of the resource nearest its bound.", guard="has_usage")
    ]
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
    is_for_containers: Annotated[bool | None, Column("Whether it has an entry for containers.")]
    states_container_range: Annotated[
        bool | None, Column("Whether it says a least and a most of CPU and memory for containers.")
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

        status = section(sighting.object, "status") if self.cluster.basis == "running" else None
        usage = _usage(status)

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
            bounds_node_ports=bounds("services.nodeports"),
            bounds_some_compute=None if hard is None else any(is_set(hard, each) for each in _COMPUTE),
            bounds_requests_and_limits=None if hard is None else all(
                any(is_set(hard, name) for name in names) for names in _REQUESTS_AND_LIMITS
            ),
            has_usage=usage[0],
            most_used_percent=usage[1],
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
            is_for_containers=None if limits is None else either(*map(_is_for_containers, limits)),
            states_container_range=both(
                gives("cpu", "min"), gives("cpu", "max"), gives("memory", "min"), gives("memory", "max")
            ),
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


def _is_for_containers(limit: Section | None) -> bool | None:
    kind = text(limit, "type")
    return None if kind is None else kind == "Container"


def _usage(status: Section | None) -> tuple[bool | None, int | None]:
    """Whether it says what is used, and the largest share in percent; a bound of zero is no share of anything."""
    hard, used = section(status, "hard"), section(status, "used")
    if hard is None or used is None:
        return None, None
    pairs = [(quantity(hard[name], 1000), quantity(used.get(name, "0"), 1000)) for name in hard]
    shares = [None if most is None or now is None else 100 * now // most for most, now in pairs if most != 0]
    known = [share for share in shares if share is not None]
    return bool(hard), max(known, default=0) if len(known) == len(shares) else None


BUILDERS = (ResourceQuotas, LimitRanges)

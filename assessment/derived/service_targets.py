"""Whether the ports of a Service lead to ports that its pods declare.

A port that no container declares may still be listened on (API reference, Container: not specifying a port does not
prevent it from being exposed), so a number counts as missing only where the pods declare other ports. A name must be
declared. Headless Services without ports and Services without pods are not asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from assessment.derived.unseen import Unseen
from collectors.tables.as_written import both, either, opposite
from collectors.tables.coverage import Gap
from collectors.tables.schema import ClusterContext, Column, table


@table(
    "service_targets",
    grain="one port of one Service and one workload that the Service selects",
    derived_from=("services", "service_ports", "workload_services", "workloads", "container_ports"),
    part="port_label",
)
class ServiceTarget(NamedTuple):
    """A port of a Service, seen from the pods behind it."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace of the Service.")]
    service_key: Annotated[str, Column("Surrogate key of the Service.", owner="services")]
    workload_id: Annotated[str, Column("Surrogate key of the workload.", owner="workloads")]
    port_label: Annotated[str, Column("The port for a reader: its name or number, and the workload.")]
    matches: Annotated[bool | None, Column("Whether the Service selects its pods.")]
    declares_ports: Annotated[bool | None, Column("Whether its containers declare any port.")]
    is_declared: Annotated[bool | None, Column("Whether one of its containers declares the port that is meant.")]
    leads_nowhere: Annotated[
        bool | None, Column("Whether the Service selects its pods and the port that is meant is none of theirs.")
    ]
    evidence_refs: Annotated[list[str], Column("Evidence of the Service and of the declared ports.")]


def rows(
    tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext], gaps: Sequence[Gap]
) -> list[ServiceTarget]:
    """Every port of a Service with every workload behind it."""
    unseen = Unseen(gaps)
    declared: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for port in tables["container_ports"]:
        declared[port.cluster, port.workload_id].append(port)
    ports: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for port in tables["service_ports"]:
        ports[port.cluster, port.service_key].append(port)
    return [
        _row(edge, port, declared.get((edge.cluster, edge.workload_id), []), unseen)
        for edge in tables["workload_services"]
        for port in ports.get((edge.cluster, edge.service_key), ())
    ]


def _row(edge: Any, port: Any, declared: list[Any], unseen: Unseen) -> ServiceTarget:
    hidden = (
        unseen.near(edge.cluster, "container_ports", edge.namespace, "Pod")
        or unseen.parts(edge.cluster, "container_ports", edge.workload_id)
    )  # fmt: skip
    unknown = [None] if hidden else []
    found = either(*(_is_meant(port, each) for each in declared), *unknown)
    some = True if declared else None if hidden else False
    by_name = both(port.has_target_name, opposite(port.has_target_number))
    return ServiceTarget(
        cluster=edge.cluster,
        namespace=edge.namespace,
        service_key=edge.service_key,
        workload_id=edge.workload_id,
        port_label=f"{port.port_label} of {edge.workload_id}",
        matches=edge.matches,
        declares_ports=some,
        is_declared=found,
        leads_nowhere=both(edge.matches, opposite(found), either(some, by_name)),
        evidence_refs=list(dict.fromkeys(ref for each in (edge, *declared) for ref in each.evidence_refs)),
    )


def _is_meant(port: Any, declared: Any) -> bool | None:
    if None in (port.has_target_name, port.has_target_number):
        return None
    if port.has_target_number and port.has_target_name:
        return None
    same = _equal(port.protocol, declared.protocol)
    if port.has_target_number:
        return both(same, _equal(port.target_number, declared.container_port))
    if declared.has_port_name is not True:
        return None if declared.has_port_name is None else False
    return both(same, _equal(port.target_name, declared.port_name))


def _equal(one: Any, other: Any) -> bool | None:
    return None if one is None or other is None else bool(one == other)


DERIVED_SEEING_GAPS = {"service_targets": rows}

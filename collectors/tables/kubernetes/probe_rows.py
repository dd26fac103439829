"""The table of probes: what the kubelet asks each container, and how patiently."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.tables.kubernetes.workload_rows import TEMPLATE_KINDS_OF_EXTENSIONS, WORKLOAD_KINDS
from collectors.tables.schema import Column, table


@table(
    "probes",
    grain="one workload, one container, one form of a probe it has",
    kinds=WORKLOAD_KINDS,
    where_served=TEMPLATE_KINDS_OF_EXTENSIONS,
    completed_by=("Pod",),
    part="name",
)
class Probe(NamedTuple):
    """A probe without a handler, which the API server refuses, has no row."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    workload_id: Annotated[str, Column("The workload it belongs to.", owner="workloads")]
    probe_id: Annotated[str, Column("Surrogate key.", identity=True)]
    name: Annotated[str | None, Column("Container and probe, for a reader: web/liveness.")]
    container_name: Annotated[str | None, Column("Container that it asks.")]
    probe_type: Annotated[str, Column("liveness, readiness or startup.")]
    handler: Annotated[str | None, Column("How it asks: httpGet, tcpSocket, grpc or exec.")]
    port_is_declared: Annotated[
        bool | None,
        Column("Whether its TCP port is among the ports of its container; true for a command, which has none."),
    ]
    names_its_port: Annotated[
        bool | None,
        Column("Whether it asks its port by name; true for a command and for gRPC, which can name none."),
    ]
    repeats_readiness: Annotated[
        bool | None, Column("Whether it asks exactly what the readiness probe of the container asks.")
    ]
    is_as_impatient_as_readiness: Annotated[
        bool | None,
        Column("Whether its container is restarted no later than the readiness probe takes traffic away."),
    ]
    initial_delay_seconds: Annotated[int | None, Column("Seconds before it first asks; 0 when unset.")]
    period_seconds: Annotated[int | None, Column("Seconds between two questions; 10 when unset.")]
    timeout_seconds: Annotated[int | None, Column("Seconds in which it wants an answer; 1 when unset.")]
    failure_threshold: Annotated[int | None, Column("Failures in a row that count; 3 when unset.")]
    seconds_to_failure: Annotated[int | None, Column("Seconds of silence after which it acts: period by threshold.")]
    has_startup_probe: Annotated[bool | None, Column("Whether its container has a startup probe too.")]
    from_template: Annotated[bool, Column("Whether the workload's own template has this form.")]
    pod_count: Annotated[int, Column("Pods that have this form.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Places of the template and of the first pod of this form.")]

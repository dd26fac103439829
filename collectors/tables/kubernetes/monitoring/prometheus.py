"""Prometheus and Alertmanager, as the Prometheus operator is told to run them.

Source: Prometheus operator, API reference of Prometheus and Alertmanager.
"""

from __future__ import annotations

import re
from typing import Annotated, NamedTuple

from collectors.tables.as_written import Section, is_set, items, section, text, whole_number
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Sighting, Subject, table

GROUP = "monitoring.coreos.com"
_DURATION = re.compile(
    r"(?:(\d{1,6})y)?(?:(\d{1,6})w)?(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:\d{1,9}m)?(?:\d{1,9}s)?(?:\d{1,9}ms)?"
)
_HOURS = (24 * 365, 24 * 7, 24, 1)
_DEFAULT_RETENTION = "24h"


@table(
    "prometheus_servers",
    grain="one Prometheus of the Prometheus operator",
    kinds=(f"{GROUP}/Prometheus",),
    subject=Subject(None, None, "namespace", "name", fixed_group=GROUP, fixed_kind="Prometheus"),
)
class PrometheusServer(NamedTuple):
    """A Prometheus."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the object.")]
    prometheus_key: Annotated[str, Column("Surrogate key.", identity=True)]
    replicas: Annotated[int | None, Column("Replicas asked for; 1 when unset.")]
    keeps_on_claim: Annotated[bool | None, Column("Whether its data lies on volume claims.")]
    writes_elsewhere: Annotated[bool | None, Column("Whether samples are also written to another system.")]
    is_bounded_by_size: Annotated[bool | None, Column("Whether the age or only the size of data bounds what it keeps.")]
    retention_hours: Annotated[
        int | None, Column("How long it keeps samples, in hours rounded down; 24 when unset.", guard="has_retention")
    ]
    has_retention: Annotated[bool | None, Column("Whether age bounds what it keeps.")]
    alerts_somebody: Annotated[bool | None, Column("Whether it names an Alertmanager to send alerts to.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table(
    "alert_managers",
    grain="one Alertmanager of the Prometheus operator",
    kinds=(f"{GROUP}/Alertmanager",),
    subject=Subject(None, None, "namespace", "name", fixed_group=GROUP, fixed_kind="Alertmanager"),
)
class AlertManager(NamedTuple):
    """An Alertmanager."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the object.")]
    alert_manager_key: Annotated[str, Column("Surrogate key.", identity=True)]
    replicas: Annotated[int | None, Column("Replicas asked for; 1 when unset.")]
    keeps_on_claim: Annotated[bool | None, Column("Whether silences and its log lie on volume claims.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class PrometheusServers(OneRowPerObject):
    """One row per Prometheus."""

    reads = (f"{GROUP}/Prometheus",)
    fills = "prometheus_servers"

    def row(self, sighting: Sighting) -> PrometheusServer:
        """Retention: 24 hours unless an age or a size is set."""
        spec = section(sighting.object, "spec")
        remote = items(spec, "remoteWrite")
        managers = items(section(spec, "alerting"), "alertmanagers")
        sized = None if spec is None else is_set(spec, "retentionSize")
        aged = None if spec is None else is_set(spec, "retention") or not sized
        return PrometheusServer(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            prometheus_key=surrogate(sighting),
            replicas=whole_number(spec, "replicas", default=1),
            keeps_on_claim=_keeps_on_claim(spec),
            writes_elsewhere=None if remote is None else bool(remote),
            is_bounded_by_size=sized,
            retention_hours=_hours(text(spec, "retention", default=_DEFAULT_RETENTION)) if aged else None,
            has_retention=aged,
            alerts_somebody=None if managers is None else bool(managers),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


class AlertManagers(OneRowPerObject):
    """One row per Alertmanager."""

    reads = (f"{GROUP}/Alertmanager",)
    fills = "alert_managers"

    def row(self, sighting: Sighting) -> AlertManager:
        """Replicas and storage."""
        spec = section(sighting.object, "spec")
        return AlertManager(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            alert_manager_key=surrogate(sighting),
            replicas=whole_number(spec, "replicas", default=1),
            keeps_on_claim=_keeps_on_claim(spec),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _keeps_on_claim(spec: Section | None) -> bool | None:
    """Without storage, and with emptyDir, data goes with the pod; an ephemeral claim goes with it too."""
    storage = section(spec, "storage")
    if storage is None:
        return None
    return is_set(storage, "volumeClaimTemplate") and not is_set(storage, "emptyDir")


def _hours(duration: str | None) -> int | None:
    """A duration as Prometheus writes it: 15d, 1w2d, 36h; parts below an hour do not count."""
    match = _DURATION.fullmatch(duration) if duration else None
    if match is None:
        return None
    return sum(int(number or 0) * hours for number, hours in zip(match.groups(), _HOURS, strict=True))


BUILDERS = (PrometheusServers, AlertManagers)

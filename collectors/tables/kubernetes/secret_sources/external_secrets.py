"""ExternalSecrets: which Secrets are fetched from a store, and whether they still arrive."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, NamedTuple

from collectors.tables.as_written import Section, instant, is_set, section, text
from collectors.tables.durations import whole_seconds
from collectors.tables.identity import surrogate
from collectors.tables.kubernetes.secret_sources.conditions import readiness
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Sighting, Subject, table

GROUP = "external-secrets.io"
KINDS = (f"{GROUP}/ExternalSecret",)
_DEFAULT_SECONDS = 3600
_LATE_AFTER = 3
_LONGEST_SECONDS = 100 * 365 * 24 * 3600


@table(
    "external_secrets",
    grain="one ExternalSecret",
    kinds=KINDS,
    subject=Subject(None, None, "namespace", "name", fixed_kind="ExternalSecret", fixed_group=GROUP),
)
class ExternalSecret(NamedTuple):
    """An ExternalSecret."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the ExternalSecret.")]
    external_secret_key: Annotated[str, Column("Surrogate key.", identity=True)]
    has_ready_condition: Annotated[
        bool | None, Column("Whether its controller says if it arrives; a manifest does not show that.")
    ]
    is_ready: Annotated[bool | None, Column("Whether it says that it arrives.", guard="has_ready_condition")]
    refresh_seconds: Annotated[
        int | None, Column("Seconds between two looks at the store; one hour when unset, 0 for once and never again.")
    ]
    refreshes: Annotated[bool | None, Column("Whether it looks at the store again at all.")]
    has_refresh_time: Annotated[
        bool | None, Column("Whether its controller says when it looked; a manifest does not show that.")
    ]
    late_from: Annotated[
        datetime | None,
        Column("When three times its interval has gone by since it looked, UTC.", guard="has_refresh_time"),
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class ExternalSecrets(OneRowPerObject):
    """One row per ExternalSecret."""

    reads = KINDS
    fills = "external_secrets"

    def row(self, sighting: Sighting) -> ExternalSecret:
        """Source: External Secrets documentation, ExternalSecret: refreshInterval, refreshPolicy, refreshTime."""
        spec = section(sighting.object, "spec")
        status = section(sighting.object, "status") if self.cluster.basis == "running" else None
        says, ready = readiness(status)
        seconds = _interval(spec)
        looked_at = instant(status, "refreshTime")
        late_from = None
        if looked_at is not None and seconds is not None and seconds <= _LONGEST_SECONDS and looked_at.year < 9000:
            late_from = looked_at + timedelta(seconds=_LATE_AFTER * seconds)
        return ExternalSecret(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            external_secret_key=surrogate(sighting),
            has_ready_condition=says,
            is_ready=ready,
            refresh_seconds=seconds,
            refreshes=None if seconds is None else seconds > 0,
            has_refresh_time=None if status is None else is_set(status, "refreshTime"),
            late_from=late_from,
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _interval(spec: Section | None) -> int | None:
    policy = text(spec, "refreshPolicy", default="Periodic")
    if policy in ("CreatedOnce", "OnChange"):
        return 0
    if spec is None or policy is None:
        return None
    written = spec.get("refreshInterval")
    return _DEFAULT_SECONDS if written is None else whole_seconds(written)


BUILDERS = (ExternalSecrets,)

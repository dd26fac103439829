"""Deliveries: what Argo CD and Flux are told to apply, and whether they did.

Source: Argo CD documentation, "Application specification" and "Resource Health"; Flux documentation, API of
Kustomization and HelmRelease.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any, NamedTuple

from collectors.kubernetes.kinds import group_of, name_of
from collectors.tables.as_written import Section, both, either, flag, is_set, section, sections, text
from collectors.tables.conditions import condition, reported
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Relation, Sighting, Subject, table

APPLICATION = "argoproj.io/Application"
KUSTOMIZATION = "kustomize.toolkit.fluxcd.io/Kustomization"
HELM_RELEASE = "helm.toolkit.fluxcd.io/HelmRelease"
DELIVERIES = (APPLICATION, KUSTOMIZATION, HELM_RELEASE)
_HEALTH = {"Healthy": True, "Suspended": True, "Degraded": False, "Missing": False}
_SYNC = {"Synced": True, "OutOfSync": False}
_EXACT = re.compile(r"v?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?")


@table(
    "deliveries",
    grain="one Application of Argo CD, or one Kustomization or HelmRelease of Flux",
    kinds=DELIVERIES,
    relations=(
        Relation(
            "project", "argo_projects", (("namespace", "namespace"), ("project_name", "name")),
            "The project that bounds it.", when="has_project", maximum=1,
        ),
    ),
    subject=Subject("api_group", "kind", "namespace", "name"),
)  # fmt: skip
class Delivery(NamedTuple):
    """Something that a GitOps tool applies."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    api_group: Annotated[str | None, Column("API group.")]
    kind: Annotated[str | None, Column("Application, Kustomization or HelmRelease.")]
    name: Annotated[str, Column("Name of the object.")]
    delivery_key: Annotated[str, Column("Surrogate key.", identity=True)]
    is_paused: Annotated[bool | None, Column("Whether Flux is told to leave it alone.")]
    has_ready_condition: Annotated[
        bool | None, Column("Whether its controller reports on it; a manifest does not show that.")
    ]
    is_ready: Annotated[
        bool | None,
        Column("Whether that says that all is well; NULL while it is being found out.", guard="has_ready_condition"),
    ]
    has_sync_status: Annotated[bool | None, Column("Whether Argo CD compared it with its source.")]
    is_in_sync: Annotated[
        bool | None, Column("Whether Argo CD found the cluster like its source.", guard="has_sync_status")
    ]
    has_failed: Annotated[bool | None, Column("Whether Argo CD's last operation failed, or it reports an error.")]
    is_automatic: Annotated[bool | None, Column("Whether changes of the source are applied without a person.")]
    reverts_changes: Annotated[bool | None, Column("Whether what people change in the cluster is set back.")]
    removes_dropped: Annotated[bool | None, Column("Whether what the source no longer holds is deleted.")]
    has_project: Annotated[bool | None, Column("Whether it belongs to a project of Argo CD.")]
    project_name: Annotated[str | None, Column("That project; default when unset.", guard="has_project")]
    has_chart: Annotated[bool | None, Column("Whether it takes a chart from a Helm repository by version.")]
    is_chart_pinned: Annotated[
        bool | None, Column("Whether each such chart has one exact version, no range.", guard="has_chart")
    ]
    delivered: Annotated[
        list[str] | None, Column("What it applied, as group/Kind/namespace/name, sorted, where it says so.")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class Deliveries(OneRowPerObject):
    """One row per object that a GitOps tool applies."""

    reads = DELIVERIES
    fills = "deliveries"

    def row(self, sighting: Sighting) -> Delivery:
        """Each product has fields of its own."""
        spec = section(sighting.object, "spec")
        status = reported(sighting.object, self.cluster.basis)
        read = {APPLICATION: _application, KUSTOMIZATION: _kustomization, HELM_RELEASE: _release}[sighting.kind]
        return Delivery(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            api_group=group_of(sighting.kind),
            kind=name_of(sighting.kind),
            name=sighting.name,
            delivery_key=f"{group_of(sighting.kind)}/{surrogate(sighting)}",
            **read(spec, status),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _application(spec: Section | None, status: Section | None) -> dict[str, Any]:
    health, compared = section(status, "health"), section(status, "sync")
    policy = section(spec, "syncPolicy")
    automated = section(policy, "automated")
    automatic = both(None if policy is None else is_set(policy, "automated"), flag(automated, "enabled", default=True))
    project = text(spec, "project", default="default")
    charts = _charts_of_application(spec)
    return {
        "is_paused": False,
        "has_ready_condition": None if health is None else is_set(health, "status"),
        "is_ready": _HEALTH.get(text(health, "status") or ""),
        "has_sync_status": None if compared is None else is_set(compared, "status"),
        "is_in_sync": _SYNC.get(text(compared, "status") or ""),
        "has_failed": _has_failed(status),
        "is_automatic": automatic,
        "reverts_changes": both(automatic, flag(automated, "selfHeal", default=False)),
        "removes_dropped": both(automatic, flag(automated, "prune", default=False)),
        "has_project": True,
        "project_name": project or "default" if project is not None else None,
        "has_chart": None if charts is None else bool(charts),
        "is_chart_pinned": None if charts is None else both(*charts),
        "delivered": _names(sections(status, "resources"), _of_application),
    }


def _has_failed(status: Section | None) -> bool | None:
    phase = text(section(status, "operationState"), "phase", default="")
    errors = sections(status, "conditions")
    said = None if errors is None else either(*(_is_error(each) for each in errors))
    return either(None if phase is None else phase in ("Failed", "Error"), said)


def _is_error(reported_condition: Section | None) -> bool | None:
    kind = text(reported_condition, "type")
    return None if kind is None else kind.endswith("Error")


def _charts_of_application(spec: Section | None) -> list[bool | None] | None:
    """For each source that is a chart, whether its version is exact; an unset one means the newest."""
    several = sections(spec, "sources")
    if several is None:
        return None
    found = []
    for source in [*several, *([section(spec, "source")] if not several else [])]:
        chart = text(source, "chart", default="")
        if chart is None:
            return None
        if chart:
            found.append(_is_exact(text(source, "targetRevision", default="")))
    return found


def _is_exact(version: str | None) -> bool | None:
    return None if version is None else _EXACT.fullmatch(version) is not None


def _kustomization(spec: Section | None, status: Section | None) -> dict[str, Any]:
    """Flux applies a Kustomization anew at each interval, which sets back what people changed."""
    return _flux(spec, status) | {
        "reverts_changes": True,
        "removes_dropped": flag(spec, "prune"),
        "has_chart": False,
        "is_chart_pinned": None,
        "delivered": _names(sections(section(status, "inventory"), "entries"), _of_inventory),
    }


def _release(spec: Section | None, status: Section | None) -> dict[str, Any]:
    """A HelmRelease is upgraded when chart or values change; what people changed stays unless drift is corrected."""
    chart = section(section(spec, "chart"), "spec")
    source = text(section(chart, "sourceRef"), "kind")
    by_version = False if chart == {} else None if source is None else source == "HelmRepository"
    mode = text(section(spec, "driftDetection"), "mode", default="disabled")
    return _flux(spec, status) | {
        "reverts_changes": None if mode is None else mode == "enabled",
        "removes_dropped": True,
        "has_chart": by_version,
        "is_chart_pinned": _is_exact(text(chart, "version", default="*")),
        "delivered": None,
    }


def _flux(spec: Section | None, status: Section | None) -> dict[str, Any]:
    said, ready = condition(status, "Ready")
    return {
        "is_paused": flag(spec, "suspend", default=False),
        "has_ready_condition": said,
        "is_ready": ready,
        "has_sync_status": False,
        "is_in_sync": None,
        "has_failed": False,
        "is_automatic": True,
        "has_project": False,
        "project_name": None,
    }


def _names(entries: list[Section | None] | None, read: Any) -> list[str] | None:
    if entries is None:
        return None
    found: Iterable[str | None] = [read(each) for each in entries]
    known = [name for name in found if name is not None]
    return sorted(set(known)) if len(known) == len(entries) else None


def _of_application(entry: Section | None) -> str | None:
    parts = [text(entry, "group", default=""), text(entry, "kind"), text(entry, "namespace", default="")]
    named = [*parts, text(entry, "name")]
    return None if None in named else "/".join(map(str, named))


def _of_inventory(entry: Section | None) -> str | None:
    """An id of Flux's inventory: namespace_name_group_Kind, where no part holds an underscore."""
    parts = (text(entry, "id") or "").split("_")
    return f"{parts[2]}/{parts[3]}/{parts[0]}/{parts[1]}" if len(parts) == 4 else None


BUILDERS = (Deliveries,)

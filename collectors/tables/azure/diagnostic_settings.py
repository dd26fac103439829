"""Diagnostic settings: which logs of the control plane Azure sends where."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.tables.as_written import Section, both, either
from collectors.tables.azure.one_row_per_entry import OneRowPerEntry
from collectors.tables.azure.settings import Settings, resource
from collectors.tables.schema import Column, Relation, Subject, table

# The category group `audit` of AKS holds kube-audit; `allLogs` holds every category there is.
_AUDIT = frozenset({"kube-audit", "kube-audit-admin", "audit", "alllogs"})
_DESTINATIONS = (
    *("workspaceid", "storageaccountid", "eventhubauthorizationruleid", "eventhubname"),
    *("marketplacepartnerid", "servicebusruleid"),
)


@table(
    "aks_diagnostic_settings",
    grain="one diagnostic setting of a managed cluster",
    kinds=("aks/DiagnosticSettings",),
    namespaced=False,
    relations=(Relation("managed_cluster", "aks_clusters", (), "Its managed cluster.", minimum=1, maximum=1),),
    subject=Subject(None, None, None, "name", fixed_kind="DiagnosticSetting", fixed_group="Microsoft.Insights"),
)
class DiagnosticSetting(NamedTuple):
    """A diagnostic setting."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Name of the setting.", identity=True)]
    categories: Annotated[list[str] | None, Column("Log categories and category groups that are on.")]
    records_audit: Annotated[bool | None, Column("Whether the API server's audit log is among them.")]
    has_destination: Annotated[bool | None, Column("Whether it sends them anywhere.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class DiagnosticSettings(OneRowPerEntry):
    """One row per setting in the list of settings."""

    reads = ("aks/DiagnosticSettings",)
    fills = "aks_diagnostic_settings"

    def row(self, name: str, answered: Section, refs: list[str]) -> DiagnosticSetting:
        """The setting; a category that is not listed is off."""
        _, setting = resource(answered, always="logs")
        logs = setting.parts("logs")
        on = None if logs is None else [_category_on(each) for each in logs]
        known = None if on is None or None in on else sorted({each for each in on if each})
        return DiagnosticSetting(
            cluster=self.cluster.name,
            name=name,
            categories=known,
            records_audit=None if logs is None else either(*(_is_audit(each) for each in logs)),
            has_destination=setting.is_given(*_DESTINATIONS),
            basis=self.cluster.basis,
            evidence_refs=refs,
        )


def _category_on(log: Settings) -> str | None:
    """The category of one entry: "" when it is off, None when it cannot be read."""
    category, enabled = log.text("category") or log.text("categorygroup"), log.flag("enabled")
    return "" if enabled is False else category if enabled else None


def _is_audit(log: Settings) -> bool | None:
    category = log.text("category") or log.text("categorygroup")
    return both(None if category is None else category.lower() in _AUDIT, log.flag("enabled"))


BUILDERS = (DiagnosticSettings,)

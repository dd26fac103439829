"""What the Trivy operator found, in numbers.

Source: Trivy operator documentation, "Custom Resource Definitions": a report has a summary of counts by severity, and
labels that name the object that was scanned.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, NamedTuple

from collectors.kubernetes.extensions import EXTENSIONS
from collectors.kubernetes.kinds import group_of, name_of
from collectors.tables.as_written import instant, section, text, whole_number
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Sighting, Subject, table

_KINDS = tuple(kind for kind in EXTENSIONS if group_of(kind) == "aquasecurity.github.io")
_LABEL = "trivy-operator.resource."


@table(
    "scan_reports",
    grain="one report of the Trivy operator",
    kinds=_KINDS,
    subject=Subject("api_group", "kind", "namespace", "name"),
)
class ScanReport(NamedTuple):
    """A report: VulnerabilityReport, ConfigAuditReport, ExposedSecretReport, RbacAssessmentReport."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL for reports on the whole cluster.")]
    api_group: Annotated[str | None, Column("API group.")]
    kind: Annotated[str | None, Column("Kind of the report.")]
    name: Annotated[str, Column("Name of the report.")]
    scan_report_key: Annotated[str, Column("Surrogate key.", identity=True)]
    scanned_kind: Annotated[str | None, Column("Kind of the object that was scanned.")]
    scanned_name: Annotated[str | None, Column("Name of the object that was scanned.")]
    critical_count: Annotated[int | None, Column("Findings that are critical.")]
    high_count: Annotated[int | None, Column("Findings that are high.")]
    scanned_at: Annotated[datetime | None, Column("When it was scanned, UTC.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class ScanReports(OneRowPerObject):
    """One row per report."""

    reads = _KINDS
    fills = "scan_reports"

    def row(self, sighting: Sighting) -> ScanReport:
        """The summary; findings themselves are not kept."""
        labels = section(section(sighting.object, "metadata"), "labels")
        report = section(sighting.object, "report")
        summary = section(report, "summary")
        return ScanReport(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            api_group=group_of(sighting.kind),
            kind=name_of(sighting.kind),
            name=sighting.name,
            scan_report_key=f"{group_of(sighting.kind)}/{surrogate(sighting)}",
            scanned_kind=text(labels, _LABEL + "kind"),
            scanned_name=text(labels, _LABEL + "name"),
            critical_count=whole_number(summary, "criticalCount"),
            high_count=whole_number(summary, "highCount"),
            scanned_at=instant(report, "updateTimestamp"),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


BUILDERS = (ScanReports,)

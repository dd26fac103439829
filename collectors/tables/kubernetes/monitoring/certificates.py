"""Certificates that cert-manager keeps, and the issuers that sign them.

Source: cert-manager documentation, API reference of Certificate, Issuer and ClusterIssuer.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, NamedTuple

from collectors.kubernetes.kinds import group_of, name_of
from collectors.tables.as_written import instant, is_set, section, text
from collectors.tables.conditions import condition, reported
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Sighting, Subject, table

GROUP = "cert-manager.io"
_ISSUERS = (f"{GROUP}/Issuer", f"{GROUP}/ClusterIssuer")


@table(
    "certificates",
    grain="one Certificate of cert-manager",
    kinds=(f"{GROUP}/Certificate",),
    subject=Subject(None, None, "namespace", "name", fixed_group=GROUP, fixed_kind="Certificate"),
)
class Certificate(NamedTuple):
    """A Certificate."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the certificate.")]
    certificate_key: Annotated[str, Column("Surrogate key.", identity=True)]
    secret_name: Annotated[str | None, Column("Secret that holds it.")]
    issuer_name: Annotated[str | None, Column("Issuer that signs it.")]
    has_ready_condition: Annotated[bool | None, Column("Whether cert-manager reports on it.")]
    is_ready: Annotated[
        bool | None, Column("Whether it is issued, fitting and not run out.", guard="has_ready_condition")
    ]
    has_not_after: Annotated[bool | None, Column("Whether one was ever issued.")]
    not_after: Annotated[datetime | None, Column("When it runs out, UTC.", guard="has_not_after")]
    has_renewal: Annotated[bool | None, Column("Whether its renewal is planned.")]
    renewal_at: Annotated[datetime | None, Column("When cert-manager means to renew it, UTC.", guard="has_renewal")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table(
    "certificate_issuers",
    grain="one Issuer or ClusterIssuer of cert-manager",
    kinds=_ISSUERS,
    subject=Subject("api_group", "kind", "namespace", "name"),
)
class CertificateIssuer(NamedTuple):
    """An Issuer or ClusterIssuer."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL for issuers of the whole cluster.")]
    api_group: Annotated[str | None, Column("API group.")]
    kind: Annotated[str | None, Column("Issuer or ClusterIssuer.")]
    name: Annotated[str, Column("Name of the issuer.")]
    certificate_issuer_key: Annotated[str, Column("Surrogate key.", identity=True)]
    has_ready_condition: Annotated[bool | None, Column("Whether cert-manager reports on it.")]
    is_ready: Annotated[bool | None, Column("Whether it can sign.", guard="has_ready_condition")]
    is_self_signed: Annotated[bool | None, Column("Whether what it signs vouches for itself.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class Certificates(OneRowPerObject):
    """One row per Certificate."""

    reads = (f"{GROUP}/Certificate",)
    fills = "certificates"

    def row(self, sighting: Sighting) -> Certificate:
        """The certificate as asked for and as issued."""
        spec, status = section(sighting.object, "spec"), reported(sighting.object, self.cluster.basis)
        said, ready = condition(status, "Ready")
        return Certificate(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            certificate_key=surrogate(sighting),
            secret_name=text(spec, "secretName"),
            issuer_name=text(section(spec, "issuerRef"), "name"),
            has_ready_condition=said,
            is_ready=ready,
            has_not_after=None if status is None else is_set(status, "notAfter"),
            not_after=instant(status, "notAfter"),
            has_renewal=None if status is None else is_set(status, "renewalTime"),
            renewal_at=instant(status, "renewalTime"),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


class CertificateIssuers(OneRowPerObject):
    """One row per issuer."""

    reads = _ISSUERS
    fills = "certificate_issuers"

    def row(self, sighting: Sighting) -> CertificateIssuer:
        """The issuer and whether it works."""
        spec = section(sighting.object, "spec")
        said, ready = condition(reported(sighting.object, self.cluster.basis), "Ready")
        return CertificateIssuer(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            api_group=group_of(sighting.kind),
            kind=name_of(sighting.kind),
            name=sighting.name,
            certificate_issuer_key=f"{group_of(sighting.kind)}/{surrogate(sighting)}",
            has_ready_condition=said,
            is_ready=ready,
            is_self_signed=None if spec is None else is_set(spec, "selfSigned"),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


BUILDERS = (Certificates, CertificateIssuers)

"""Requests for certificates that the cluster signs, and whom each would let in.

Source: Kubernetes documentation, "Certificates and Certificate Signing Requests" (signers, conditions) and
"Authenticating" (X.509 client certificates: the common name is the user, each organisation a group). Approved
requests are deleted after an hour, so a list shows the newest only; the audit log keeps the rest.
"""

from __future__ import annotations

import base64
from typing import Annotated, NamedTuple

from collectors.tables.as_written import required, section, sections, text, texts, whole_number
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Sighting, Subject, table

GROUP = "certificates.k8s.io"
_CLIENT_SIGNER = "kubernetes.io/kube-apiserver-client"


@table(
    "certificate_requests",
    grain="one CertificateSigningRequest",
    kinds=(f"{GROUP}/CertificateSigningRequest",),
    namespaced=False,
    subject=Subject(None, None, None, "name", fixed_group=GROUP, fixed_kind="CertificateSigningRequest"),
)
class CertificateRequest(NamedTuple):
    """A CertificateSigningRequest."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Name of the request.")]
    certificate_request_key: Annotated[str, Column("Surrogate key.", identity=True)]
    signer_name: Annotated[str | None, Column("Who is asked to sign.")]
    asks_for_client: Annotated[
        bool | None, Column("Whether it asks for a client certificate by which anyone may log in to the API server.")
    ]
    requester: Annotated[str | None, Column("User who asked, as the API server noted; unset in a folder.")]
    usages: Annotated[list[str] | None, Column("What the certificate is for, as written.")]
    has_expiration: Annotated[bool, Column("Whether it asks for a lifetime.")]
    expiration_seconds: Annotated[int | None, Column("Lifetime asked for, in seconds.", guard="has_expiration")]
    user: Annotated[str | None, Column("The user that the certificate names; NULL where it cannot be read.")]
    groups: Annotated[list[str] | None, Column("The groups that the certificate names.")]
    is_system_user: Annotated[bool | None, Column("Whether the user is one of the control plane or of a node.")]
    is_masters: Annotated[bool | None, Column("Whether the certificate names the group system:masters.")]
    is_approved: Annotated[bool | None, Column("Whether it was approved.")]
    is_refused: Annotated[bool | None, Column("Whether it was denied or failed.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class CertificateRequests(OneRowPerObject):
    """One row per CertificateSigningRequest."""

    reads = (f"{GROUP}/CertificateSigningRequest",)
    fills = "certificate_requests"

    def row(self, sighting: Sighting) -> CertificateRequest:
        """Signer, requester, decision, and the names in the request itself."""
        spec = required(sighting.object, "spec")
        signer = text(spec, "signerName")
        seconds = whole_number(spec, "expirationSeconds")
        user, groups = _names(text(spec, "request"))
        conditions = _conditions(sighting)
        return CertificateRequest(
            cluster=self.cluster.name,
            name=sighting.name,
            certificate_request_key=surrogate(sighting),
            signer_name=signer,
            asks_for_client=None if signer is None else signer == _CLIENT_SIGNER,
            requester=text(spec, "username"),
            usages=texts(spec, "usages"),
            has_expiration=spec is None or spec.get("expirationSeconds") is not None,
            expiration_seconds=seconds,
            user=user,
            groups=groups,
            is_system_user=None if user is None else user.startswith("system:"),
            is_masters=None if groups is None else "system:masters" in groups,
            is_approved=None if conditions is None else "Approved" in conditions,
            is_refused=None if conditions is None else not conditions.isdisjoint(("Denied", "Failed")),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _conditions(sighting: Sighting) -> set[str] | None:
    """Types of the conditions; in this kind each one that stands there holds."""
    found = sections(section(sighting.object, "status"), "conditions")
    if found is None:
        return None
    types = {text(each, "type") for each in found}
    return None if None in types else {each for each in types if each is not None}


def _names(request: str | None) -> tuple[str | None, list[str] | None]:
    """Common name and organisations of a PKCS#10 request in base64."""
    if request is None:
        return None, None
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    try:
        subject = x509.load_pem_x509_csr(base64.b64decode(request, validate=False)).subject
        names = [str(each.value) for each in subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
        groups = sorted(str(each.value) for each in subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME))
    except Exception:
        # cryptography has many names for a request that is none, and not all of them are a ValueError.
        return None, None
    return (names[0] if names else None), groups


BUILDERS = (CertificateRequests,)

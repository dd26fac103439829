"""The public certificates that Secrets hold, where somebody let the survey look into Secrets."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.tables.as_written import Section, flag, instant, is_set, section, sections, text, texts
from collectors.tables.identity import surrogate
from collectors.tables.schema import ClusterContext, Column, Relation, Sighting, Subject, UnseenPart, table


@table(
    "secret_certificates",
    grain="one public certificate in one key of one Secret",
    kinds=("Secret",),
    part="certificate_name",
    relations=(
        Relation(
            "secret", "secrets", (("secret_key", "secret_key"),), "The Secret that holds it.", minimum=1, maximum=1
        ),
    ),
    subject=Subject(None, None, "namespace", "name", part="certificate_name", fixed_kind="Secret"),
)
class SecretCertificate(NamedTuple):
    """A certificate; its private key is never kept, nor anything else of the Secret."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the Secret.")]
    secret_key: Annotated[str, Column("The Secret that holds it.", owner="secrets")]
    secret_certificate_key: Annotated[str, Column("Surrogate key.", identity=True)]
    certificate_name: Annotated[str, Column("Key of the Secret and whom the certificate names.")]
    key_name: Annotated[str | None, Column("Key of the Secret under which it stands.")]
    subject: Annotated[str | None, Column("Whom it names.")]
    issuer: Annotated[str | None, Column("Who signed it.")]
    serial: Annotated[str | None, Column("Serial number.")]
    dns_names: Annotated[list[str] | None, Column("Host names that it is good for, sorted.")]
    is_ca: Annotated[bool | None, Column("Whether it may sign others.")]
    not_before: Annotated[datetime | None, Column("When it begins to be valid, UTC.")]
    not_after: Annotated[datetime | None, Column("When it ceases to be valid, UTC.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting of the Secret.")]


class SecretCertificates:
    """Reads what the collector kept of each Secret; of a Secret that was not looked into, the part is unseen."""

    reads: ClassVar[tuple[str, ...]] = ("Secret",)

    def __init__(self, cluster: ClusterContext) -> None:
        self._cluster = cluster
        self._rows: list[SecretCertificate] = []
        self._unseen: list[UnseenPart] = []

    def observe(self, sighting: Sighting) -> None:
        """Take in one Secret."""
        found = sections(sighting.object, "certificates")
        looked_into = is_set(sighting.object, "certificates") and found is not None and None not in found
        if not looked_into and _holds_anything(sighting.object):
            owner = surrogate(sighting)
            self._unseen.append(UnseenPart("secret_certificates", "Secret", sighting.namespace, owner))
        for number, certificate in enumerate(found or ()):
            if certificate is not None:
                self._rows.append(self._row(sighting, number, certificate))

    def rows(self) -> dict[str, list[Any]]:
        """One row per certificate."""
        return {"secret_certificates": self._rows}

    def unseen(self) -> list[UnseenPart]:
        """Secrets with data of which nobody said what certificates it holds."""
        return self._unseen

    def _row(self, sighting: Sighting, number: int, certificate: Section) -> SecretCertificate:
        names = texts(certificate, "dns_names")
        owner = surrogate(sighting)
        return SecretCertificate(
            cluster=self._cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            secret_key=owner,
            secret_certificate_key=f"{owner}/{number}",
            certificate_name=": ".join(text(certificate, part) or "?" for part in ("key", "subject")),
            key_name=text(certificate, "key"),
            subject=text(certificate, "subject"),
            issuer=text(certificate, "issuer"),
            serial=text(certificate, "serial"),
            dns_names=None if names is None else sorted(names),
            is_ca=flag(certificate, "is_ca"),
            not_before=instant(certificate, "not_before"),
            not_after=instant(certificate, "not_after"),
            basis=self._cluster.basis,
            evidence_refs=sighting.refs,
        )


def _holds_anything(secret: Section) -> bool:
    return any(section(secret, part) != {} for part in ("data", "stringData"))


BUILDERS = (SecretCertificates,)

"""Releases of Helm, from the labels of the Secrets where Helm keeps them; what they hold is never read.

Source: Helm, pkg/storage/driver: a Secret of type helm.sh/release.v1 a revision, with the labels name, owner, status
and version.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.tables.as_written import Section, instant, section, text
from collectors.tables.identity import UNKNOWN_NAMESPACE
from collectors.tables.schema import ClusterContext, Column, Sighting, Subject, UnseenPart, table

_TYPE = "helm.sh/release.v1"


@table(
    "helm_releases",
    grain="one release of Helm, in its newest revision",
    kinds=("Secret",),
    subject=Subject(None, None, "namespace", "name", fixed_group="helm.sh", fixed_kind="Release"),
)
class HelmRelease(NamedTuple):
    """A release of Helm."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace.")]
    name: Annotated[str, Column("Name of the release.")]
    helm_release_key: Annotated[str, Column("Surrogate key.", identity=True)]
    revision: Annotated[int | None, Column("Newest revision.")]
    revision_count: Annotated[int, Column("Revisions that are kept.")]
    status: Annotated[str | None, Column("Status of the newest revision: deployed, failed, pending-upgrade, ...")]
    changed_at: Annotated[datetime | None, Column("When that revision was stored, UTC.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of the newest revision.")]


class HelmReleases:
    """One row per release."""

    reads: ClassVar[tuple[str, ...]] = ("Secret",)

    def __init__(self, cluster: ClusterContext) -> None:
        self._cluster = cluster
        self._found: dict[tuple[str | None, str], HelmRelease] = {}

    def observe(self, sighting: Sighting) -> None:
        """Take in one Secret, if it is a revision of a release."""
        metadata = section(sighting.object, "metadata")
        labels = section(metadata, "labels")
        name = text(labels, "name")
        if text(sighting.object, "type") != _TYPE or name is None:
            return
        row = self._row(sighting, metadata, labels, name)
        before = self._found.get((sighting.namespace, name))
        if before is not None:
            newest = before if (before.revision or 0) >= (row.revision or 0) else row
            row = newest._replace(revision_count=before.revision_count + 1)
        self._found[sighting.namespace, name] = row

    def rows(self) -> dict[str, list[Any]]:
        """The releases."""
        return {"helm_releases": list(self._found.values())}

    def unseen(self) -> list[UnseenPart]:
        """Nothing: a Secret that is seen shows its labels."""
        return []

    def _row(self, sighting: Sighting, metadata: Section | None, labels: Section | None, name: str) -> HelmRelease:
        version = text(labels, "version", default="")
        place = UNKNOWN_NAMESPACE if sighting.namespace is None else sighting.namespace
        return HelmRelease(
            cluster=self._cluster.name,
            namespace=sighting.namespace,
            name=name,
            helm_release_key=f"Release/{place}/{name}",
            revision=int(version) if version and version.isdigit() and len(version) < 10 else None,
            revision_count=1,
            status=text(labels, "status"),
            changed_at=instant(labels, "modifiedAt") or instant(metadata, "creationTimestamp"),
            basis=self._cluster.basis,
            evidence_refs=sighting.refs,
        )


BUILDERS = (HelmReleases,)

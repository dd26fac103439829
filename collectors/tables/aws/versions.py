"""Kubernetes versions as AWS supports them, in AWS's own answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.tables.as_written import Section, instant, sections, text
from collectors.tables.lifecycles import Support
from collectors.tables.reading import minor_version
from collectors.tables.schema import ClusterContext, Column, Sighting, UnseenPart, table


@table(
    "eks_versions",
    grain="one Kubernetes version that a cluster runs, as AWS supports it",
    kinds=("eks/ClusterVersion",),
    namespaced=False,
)
class EksVersion(NamedTuple):
    """A version and until when AWS supports it."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("The version, as AWS writes it.", identity=True)]
    kubernetes_minor: Annotated[int | None, Column("Its minor version.")]
    status: Annotated[str | None, Column("STANDARD_SUPPORT, EXTENDED_SUPPORT or UNSUPPORTED.")]
    released: Annotated[datetime | None, Column("When EKS began to offer it.")]
    standard_support_ends: Annotated[datetime | None, Column("When standard support ends.")]
    extended_support_ends: Annotated[datetime | None, Column("When extended support ends.")]
    basis: Annotated[str, Column("running: AWS says how it is.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class VersionsOfAws:
    """What AWS said of versions: the support dates by minor."""

    def __init__(self) -> None:
        self.seen: list[tuple[Section, str]] = []

    def observe(self, sighting: Sighting) -> None:
        """Take in one answer of eks:DescribeClusterVersions."""
        for position, said in enumerate(sections(sighting.object, "clusterVersions") or ()):
            if said is not None and text(said, "clusterVersion"):
                self.seen.append((said, f"{sighting.refs[0]}clusterVersions/{position}"))

    def support_of(self, minor: int | None) -> Support | None:
        """The dates of a version; None when AWS said nothing of it."""
        for said, _ in self.seen:
            if minor is not None and minor_version(text(said, "clusterVersion")) == minor:
                return Support(instant(said, "endOfStandardSupportDate"), instant(said, "endOfExtendedSupportDate"))
        return None


class EksVersions:
    """One row per version in the answers."""

    reads: ClassVar[tuple[str, ...]] = ("eks/ClusterVersion",)

    def __init__(self, cluster: ClusterContext) -> None:
        self._context = cluster
        self._versions = VersionsOfAws()

    def observe(self, sighting: Sighting) -> None:
        """Take in one answer."""
        self._versions.observe(sighting)

    def rows(self) -> dict[str, list[Any]]:
        """One row per version."""
        return {"eks_versions": [self._row(said, ref) for said, ref in self._versions.seen]}

    def unseen(self) -> list[UnseenPart]:
        """Nothing: the answer is its row."""
        return []

    def _row(self, said: Section, ref: str) -> EksVersion:
        name = text(said, "clusterVersion") or ""
        return EksVersion(
            cluster=self._context.name,
            name=name,
            kubernetes_minor=minor_version(name),
            status=text(said, "versionStatus") or text(said, "status"),
            released=instant(said, "releaseDate"),
            standard_support_ends=instant(said, "endOfStandardSupportDate"),
            extended_support_ends=instant(said, "endOfExtendedSupportDate"),
            basis=self._context.basis,
            evidence_refs=[ref],
        )


BUILDERS = (EksVersions,)

"""The API versions in which objects are written, where their kind ever had a version that was deprecated."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.kubernetes.kinds import group_of, name_of
from collectors.kubernetes.surveyed import SURVEYED
from collectors.tables.api_lifecycles import ApiLifecycle, api_lifecycles, kinds_that_moved_on
from collectors.tables.as_written import either, section, sections, text
from collectors.tables.identity import surrogate
from collectors.tables.kubernetes.clusters import at_least
from collectors.tables.pod_specs.owners import controller
from collectors.tables.schema import ClusterContext, Column, Sighting, Subject, UnseenPart, table

# Events of a cluster are written by its programs; a manifest of one is read like any other.
_WRITTEN_BY_PROGRAMS = frozenset({"Event"})
_LISTED = tuple(kind for kind in kinds_that_moved_on() if kind in SURVEYED and kind not in _WRITTEN_BY_PROGRAMS)


@table(
    "declared_api_versions",
    grain="one object of a kind of which Kubernetes has deprecated a version",
    kinds=_LISTED,
    kinds_together=True,
    subject=Subject("api_group", "kind", "namespace", "name"),
)
class DeclaredApiVersion(NamedTuple):
    """What a controller made is left out: nobody writes it. Of a running object only its writers tell."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL for kinds of the whole cluster.")]
    api_group: Annotated[str | None, Column("API group where the kind lives today; empty for the core group.")]
    kind: Annotated[str | None, Column("Kind.")]
    name: Annotated[str, Column("Name of the object.")]
    declared_api_key: Annotated[str, Column("Surrogate key.", identity=True)]
    written_versions: Annotated[
        list[str] | None,
        Column(
            "apiVersion of its manifest. Of a running object, the versions that its writers used by its managedFields,"
            " sorted; NULL without these, for an API server answers in whatever version it is asked in."
        ),
    ]
    replacements: Annotated[list[str] | None, Column("What takes the place of those that are deprecated, sorted.")]
    is_deprecated: Annotated[bool | None, Column("Whether one of them is deprecated in the cluster's minor version.")]
    is_removed: Annotated[bool | None, Column("Whether the cluster's minor version no longer serves one of them.")]
    is_gone_in_next_minor: Annotated[bool | None, Column("Whether the next minor version does not serve one of them.")]
    is_gone_in_two_minors: Annotated[
        bool | None, Column("Whether the minor version after the next does not serve one of them.")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class DeclaredApiVersions:
    """One row per object that somebody wrote."""

    reads: ClassVar[tuple[str, ...]] = kinds_that_moved_on()

    def __init__(self, cluster: ClusterContext) -> None:
        self._cluster = cluster
        self._rows: list[DeclaredApiVersion] = []

    def observe(self, sighting: Sighting) -> None:
        """Take in an object, unless a program made it."""
        if self._cluster.basis == "running" and sighting.kind in _WRITTEN_BY_PROGRAMS:
            return
        if controller(section(sighting.object, "metadata")) is None:
            self._rows.append(self._row(sighting))

    def rows(self) -> dict[str, list[Any]]:
        """All rows."""
        return {"declared_api_versions": self._rows}

    def unseen(self) -> list[UnseenPart]:
        """Nothing: the object is its row."""
        return []

    def _row(self, sighting: Sighting) -> DeclaredApiVersion:
        versions = _written(sighting, self._cluster.basis)
        kind = text(sighting.object, "kind", "") or ""
        known = api_lifecycles()
        lives = [known[version, kind] for version in versions or () if (version, kind) in known]
        minor = self._cluster.kubernetes_minor

        def reached(ends: list[int | None], ahead: int) -> bool | None:
            present = None if minor is None else minor + ahead
            found = [False if end is None else at_least(present, end - (ahead if minor is None else 0)) for end in ends]
            return None if versions is None else either(*found)

        return DeclaredApiVersion(
            cluster=self._cluster.name,
            namespace=sighting.namespace,
            api_group=group_of(sighting.kind),
            kind=name_of(sighting.kind),
            name=sighting.name,
            declared_api_key=f"{group_of(sighting.kind)}/{surrogate(sighting)}",
            written_versions=versions,
            replacements=None if versions is None else sorted({life.replacement for life in lives}),
            is_deprecated=reached([_end_of_favour(life) for life in lives], 0),
            is_removed=reached([life.removed_in for life in lives], 0),
            is_gone_in_next_minor=reached([life.removed_in for life in lives], 1),
            is_gone_in_two_minors=reached([life.removed_in for life in lives], 2),
            basis=self._cluster.basis,
            evidence_refs=sighting.refs,
        )


def _end_of_favour(life: ApiLifecycle) -> int | None:
    """Alpha versions went without notice: from then on at the latest nobody should write in them."""
    return life.removed_in if life.deprecated_in is None else life.deprecated_in


def _written(sighting: Sighting, basis: str) -> list[str] | None:
    """Source: Kubernetes documentation, "Server-Side Apply": each entry of managedFields names the apiVersion in which
    its manager wrote last; a status is written by controllers, never by a manifest."""
    if basis == "declared":
        version = text(sighting.object, "apiVersion")
        return None if version is None else [version]
    entries = sections(section(sighting.object, "metadata"), "managedFields")
    found = [text(each, "apiVersion") for each in entries or () if each is None or "subresource" not in each]
    known = {version for version in found if version is not None}
    return sorted(known) if known and len(known) == len(set(found)) else None


BUILDERS = (DeclaredApiVersions,)

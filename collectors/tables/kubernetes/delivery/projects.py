"""Argo CD's projects, and the ApplicationSets that make Applications.

Source: Argo CD documentation, "Projects" and "ApplicationSet Specification".
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.tables.as_written import Section, both, either, section, sections, text, texts
from collectors.tables.conditions import condition, reported
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Sighting, Subject, table

GROUP = "argoproj.io"


@table(
    "argo_projects",
    grain="one AppProject of Argo CD",
    kinds=(f"{GROUP}/AppProject",),
    subject=Subject(None, None, "namespace", "name", fixed_group=GROUP, fixed_kind="AppProject"),
)
class ArgoProject(NamedTuple):
    """A project: what its Applications may take, and where they may put it."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the project.")]
    argo_project_key: Annotated[str, Column("Surrogate key.", identity=True)]
    allows_any_source: Annotated[bool | None, Column("Whether any repository may be a source.")]
    allows_any_destination: Annotated[bool | None, Column("Whether any namespace of any cluster may be a destination.")]
    allows_any_cluster_resource: Annotated[
        bool | None, Column("Whether every kind of the whole cluster may be applied.")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table(
    "application_sets",
    grain="one ApplicationSet of Argo CD",
    kinds=(f"{GROUP}/ApplicationSet",),
    subject=Subject(None, None, "namespace", "name", fixed_group=GROUP, fixed_kind="ApplicationSet"),
)
class ApplicationSet(NamedTuple):
    """An ApplicationSet."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the set.")]
    application_set_key: Annotated[str, Column("Surrogate key.", identity=True)]
    has_error_condition: Annotated[bool | None, Column("Whether its controller reports if an error occurred.")]
    has_error: Annotated[bool | None, Column("Whether one did.", guard="has_error_condition")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class ArgoProjects(OneRowPerObject):
    """One row per AppProject."""

    reads = (f"{GROUP}/AppProject",)
    fills = "argo_projects"

    def row(self, sighting: Sighting) -> ArgoProject:
        """A lone "*" allows everything; a source that starts with "!" forbids one, and the rest stays allowed."""
        spec = section(sighting.object, "spec")
        sources = texts(spec, "sourceRepos")
        return ArgoProject(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            argo_project_key=surrogate(sighting),
            allows_any_source=None if sources is None else "*" in sources,
            allows_any_destination=_any(sections(spec, "destinations"), ("namespace",), ("server", "name")),
            allows_any_cluster_resource=_any(sections(spec, "clusterResourceWhitelist"), ("group",), ("kind",)),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


class ApplicationSets(OneRowPerObject):
    """One row per ApplicationSet."""

    reads = (f"{GROUP}/ApplicationSet",)
    fills = "application_sets"

    def row(self, sighting: Sighting) -> ApplicationSet:
        """The condition ErrorOccurred."""
        said, error = condition(reported(sighting.object, self.cluster.basis), "ErrorOccurred")
        return ApplicationSet(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            application_set_key=surrogate(sighting),
            has_error_condition=said,
            has_error=error,
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _any(entries: list[Section | None] | None, *fields: tuple[str, ...]) -> bool | None:
    """Whether one entry says "*" in one of each group of fields."""
    if entries is None:
        return None
    return either(*(both(*(_says_any(entry, names) for names in fields)) for entry in entries))


def _says_any(entry: Section | None, names: tuple[str, ...]) -> bool | None:
    said = [text(entry, name, default="") for name in names]
    return either(*(None if each is None else each == "*" for each in said))


BUILDERS = (ArgoProjects, ApplicationSets)

"""API servers: what each says of itself, of the kinds it serves, and of old interfaces that are still asked for."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.kubernetes.kinds import API_SERVER, DEPRECATED_REQUEST, SERVED_RESOURCE
from collectors.kubernetes.surveyed import SECRET_KIND, SURVEYED
from collectors.tables.as_written import Section, flag, section, text, texts
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.reading import minor_version
from collectors.tables.schema import ClusterContext, Column, Sighting, Subject, UnseenPart, table

_VERSION = re.compile(r"v?1\.\d{1,4}\.(\d{1,4})(?![\d.])")
# What the makers of a distribution put behind the version. AKS, kubeadm and kind leave it bare.
_SUFFIXES = {
    "-eks-": "eks", "-gke.": "gke", "+k3s": "k3s", "+rke2": "rke2", "+k0s": "k0s", "-aliyun.": "ack",
    "+vmware.": "tanzu", "-tke.": "tke",
}  # fmt: skip


@table(
    "api_servers",
    grain="the API server of one cluster",
    kinds=(API_SERVER,),
    namespaced=False,
    running_only=True,
    subject=Subject(None, None, None, "name", fixed_kind="Cluster"),
)
class ApiServer(NamedTuple):
    """What the API server says of itself at /version and /readyz."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Name of the cluster, as named by the assessor.")]
    api_server_key: Annotated[str, Column("Surrogate key.", identity=True)]
    version: Annotated[str | None, Column("Its version in full.")]
    kubernetes_minor: Annotated[int | None, Column("Minor version.")]
    patch: Annotated[int | None, Column("Patch version.")]
    platform: Annotated[str | None, Column("System it was built for, such as linux/amd64.")]
    distribution: Annotated[
        str | None,
        Column("Whose build it is, from the suffix of the version: eks, gke, k3s, ...; NULL without one, as on AKS."),
    ]
    is_ready: Annotated[bool | None, Column("Whether it says that it is ready to serve.")]
    failing_checks: Annotated[list[str] | None, Column("Its own readiness checks that fail, sorted.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each answer.")]


# A column called kind or api_group would be filled, in the row of a gap, with the kind of the evidence.
@table(
    "served_resources",
    grain="one kind that the API server serves",
    kinds=(SERVED_RESOURCE,),
    namespaced=False,
    running_only=True,
)
class ServedResource(NamedTuple):
    """A kind as discovery describes it, in the version that the server prefers."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("The resource as kubectl writes it.")]
    served_resource_key: Annotated[str, Column("Surrogate key.", identity=True)]
    served_group: Annotated[str | None, Column("API group; empty for the core group.")]
    served_version: Annotated[str | None, Column("Version of the group.")]
    served_kind: Annotated[str | None, Column("group/Kind, in the group where the kind lives today.")]
    plural: Annotated[str | None, Column("Plural by which it is served.")]
    is_namespaced: Annotated[bool | None, Column("Whether its objects live in namespaces.")]
    verbs: Annotated[list[str] | None, Column("What may be asked of it, sorted.")]
    is_surveyed: Annotated[bool | None, Column("Whether a survey reads it, Secrets included where asked for.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table(
    "deprecated_api_requests",
    grain="one deprecated interface that somebody asked for since the API server started",
    kinds=(DEPRECATED_REQUEST,),
    namespaced=False,
    running_only=True,
    part="name",
)
class DeprecatedRequest(NamedTuple):
    """One series of the metric apiserver_requested_deprecated_apis."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Group, version and resource in one.")]
    deprecated_request_key: Annotated[str, Column("Surrogate key.", identity=True)]
    requested_group: Annotated[str | None, Column("API group; empty for the core group.")]
    requested_version: Annotated[str | None, Column("Version that was asked for.")]
    requested_resource: Annotated[str | None, Column("Plural that was asked for.")]
    requested_subresource: Annotated[str | None, Column("Subresource; empty for the object itself.")]
    has_removal: Annotated[bool, Column("Whether Kubernetes names the release without it.")]
    removed_in_minor: Annotated[int | None, Column("First minor version without it.", guard="has_removal")]
    is_gone_in_next_minor: Annotated[
        bool | None, Column("Whether the minor version after that of the API server no longer has it.")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class ApiServers:
    """One row from the answers of one API server."""

    reads: ClassVar[tuple[str, ...]] = (API_SERVER,)

    def __init__(self, cluster: ClusterContext) -> None:
        self._cluster = cluster
        self._said: dict[str, Section | None] = {}
        self._refs: list[str] = []

    def observe(self, sighting: Sighting) -> None:
        """Take in the answer to one question; the last one counts."""
        self._said[sighting.name] = section(sighting.object, "spec")
        self._refs.extend(sighting.refs)

    def rows(self) -> dict[str, list[Any]]:
        """The row, if the server answered anything."""
        return {"api_servers": [self._row()] if self._said else []}

    def unseen(self) -> list[UnseenPart]:
        """Nothing: what was not answered is NULL in the row."""
        return []

    def _row(self) -> ApiServer:
        said, readiness = self._said.get("version"), self._said.get("readyz")
        version = text(said, "gitVersion")
        patch = _VERSION.match(version or "")
        failing = texts(readiness, "failing")
        return ApiServer(
            cluster=self._cluster.name,
            name=self._cluster.name,
            api_server_key=f"ApiServer/{self._cluster.name}",
            version=version,
            kubernetes_minor=minor_version(version),
            patch=int(patch.group(1)) if patch else None,
            platform=text(said, "platform"),
            distribution=next((name for suffix, name in _SUFFIXES.items() if suffix in (version or "")), None),
            is_ready=flag(readiness, "ready"),
            failing_checks=None if failing is None else sorted(failing),
            basis=self._cluster.basis,
            evidence_refs=self._refs,
        )


class ServedResources(OneRowPerObject):
    """One row per kind and version that discovery lists."""

    reads = (SERVED_RESOURCE,)
    fills = "served_resources"

    def row(self, sighting: Sighting) -> ServedResource:
        """The resource as discovery describes it."""
        said = section(sighting.object, "spec")
        kind, verbs = text(said, "kind"), texts(said, "verbs")
        return ServedResource(
            cluster=self.cluster.name,
            name=sighting.name,
            served_resource_key=surrogate(sighting),
            served_group=text(said, "group", default=""),
            served_version=text(said, "version"),
            served_kind=kind,
            plural=text(said, "plural"),
            is_namespaced=flag(said, "namespaced"),
            verbs=None if verbs is None else sorted(verbs),
            is_surveyed=None if kind is None else kind in SURVEYED or kind == SECRET_KIND,
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


class DeprecatedRequests(OneRowPerObject):
    """One row per deprecated interface that was asked for."""

    reads = (DEPRECATED_REQUEST,)
    fills = "deprecated_api_requests"

    def row(self, sighting: Sighting) -> DeprecatedRequest:
        """Source: Kubernetes, staging/src/k8s.io/apiserver/pkg/endpoints/metrics: an interface of which the removal
        is not decided carries an empty removed_release."""
        said = section(sighting.object, "spec")
        has_removal = text(said, "removedRelease", default="") != ""
        removed_in = minor_version(text(said, "removedRelease"))
        present = self.cluster.kubernetes_minor
        gone = None if removed_in is None or present is None else removed_in <= present + 1
        return DeprecatedRequest(
            cluster=self.cluster.name,
            name=sighting.name,
            deprecated_request_key=surrogate(sighting),
            requested_group=text(said, "group", default=""),
            requested_version=text(said, "version"),
            requested_resource=text(said, "resource"),
            requested_subresource=text(said, "subresource", default=""),
            has_removal=has_removal,
            removed_in_minor=removed_in,
            is_gone_in_next_minor=gone if has_removal else False,
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


BUILDERS = (ApiServers, ServedResources, DeprecatedRequests)

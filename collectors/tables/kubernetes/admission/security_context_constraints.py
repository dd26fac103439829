"""SecurityContextConstraints of OpenShift: what the pods of whom may do."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.tables.as_written import either, flag, section, text, texts, whole_number
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Sighting, Subject, table

GROUP = "security.openshift.io"
KINDS = (f"{GROUP}/SecurityContextConstraints",)
_SHIPPED = frozenset({
    "privileged", "hostaccess", "hostmount-anyuid", "hostnetwork", "hostnetwork-v2", "node-exporter", "anyuid",
    "nonroot", "nonroot-v2", "restricted", "restricted-v2", "restricted-v3", "machine-api-termination-handler",
    "nested-container", "hostmount-anyuid-v2", "insights-runtime-extractor-scc",
})  # fmt: skip
_EVERYONE = frozenset({"system:authenticated", "system:unauthenticated", "system:serviceaccounts"})
_HOST = ("allowHostDirVolumePlugin", "allowHostIPC", "allowHostNetwork", "allowHostPID", "allowHostPorts")


@table(
    "security_context_constraints",
    grain="one SecurityContextConstraints",
    kinds=KINDS,
    namespaced=False,
    subject=Subject(None, None, None, "name", fixed_kind="SecurityContextConstraints", fixed_group=GROUP),
)
class SecurityContextConstraint(NamedTuple):
    """A SecurityContextConstraints; who may use one by a role is not here."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Name of the object.")]
    constraints_key: Annotated[str, Column("Surrogate key.", identity=True)]
    is_shipped: Annotated[bool, Column("Whether OpenShift itself brings one of this name.")]
    allows_privileged: Annotated[bool | None, Column("Whether it allows privileged containers.")]
    reaches_into_the_node: Annotated[
        bool | None,
        Column("Whether it allows privileged containers, namespaces, ports or files of the node, or every capability."),
    ]
    allows_root: Annotated[bool | None, Column("Whether it lets pods choose any user, root included.")]
    priority: Annotated[int | None, Column("Its priority; 0 when unset.")]
    users: Annotated[list[str] | None, Column("Users that it is granted to, sorted.")]
    groups: Annotated[list[str] | None, Column("Groups that it is granted to, sorted.")]
    is_granted_to_everyone: Annotated[
        bool | None, Column("Whether it is granted to all who are signed in, or to all service accounts.")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class SecurityContextConstraints(OneRowPerObject):
    """One row per object."""

    reads = KINDS
    fills = "security_context_constraints"

    def row(self, sighting: Sighting) -> SecurityContextConstraint:
        """Source: OpenShift documentation, "Managing security context constraints"."""
        found = sighting.object
        users, groups = texts(found, "users"), texts(found, "groups")
        capabilities = texts(found, "allowedCapabilities")
        privileged = flag(found, "allowPrivilegedContainer", default=False)
        every_capability = None if capabilities is None else bool({"*", "SYS_ADMIN"} & set(capabilities))
        strategy = text(section(found, "runAsUser"), "type", default="RunAsAny")
        return SecurityContextConstraint(
            cluster=self.cluster.name,
            name=sighting.name,
            constraints_key=surrogate(sighting),
            is_shipped=sighting.name in _SHIPPED,
            allows_privileged=privileged,
            reaches_into_the_node=either(
                privileged, every_capability, *(flag(found, name, default=False) for name in _HOST)
            ),
            allows_root=None if strategy is None else strategy == "RunAsAny",
            priority=whole_number(found, "priority", default=0),
            users=None if users is None else sorted(users),
            groups=None if groups is None else sorted(groups),
            is_granted_to_everyone=None if groups is None else bool(_EVERYONE & set(groups)),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


BUILDERS = (SecurityContextConstraints,)

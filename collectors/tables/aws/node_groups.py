"""Managed node groups: which machines EKS starts, where, in what version, and whether they are well."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.tables.as_written import (
    REDACTED,
    Section,
    flag,
    instant,
    is_set,
    pairs,
    required,
    section,
    sections,
    text,
    texts,
    whole_number,
)
from collectors.tables.aws.arns import account_of
from collectors.tables.aws.subnets import SubnetsOfAws
from collectors.tables.reading import minor_version
from collectors.tables.schema import ClusterContext, Column, Relation, Sighting, Subject, UnseenPart, table


@table(
    "eks_node_groups",
    grain="one managed node group",
    kinds=("eks/Nodegroup",),
    namespaced=False,
    relations=(Relation("control_plane", "eks_clusters", (), "The EKS cluster it is part of.", minimum=1, maximum=1),),
    subject=Subject(None, None, None, "name", fixed_kind="EKSNodeGroup", fixed_group="eks"),
)
class EksNodeGroup(NamedTuple):
    """A managed node group as EKS describes it."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Name of the node group.", identity=True)]
    account: Annotated[str | None, Column("AWS account that it is in.")]
    status: Annotated[str | None, Column("ACTIVE, CREATING, UPDATING, DELETING, DEGRADED or one in _FAILED.")]
    has_health_issues: Annotated[bool | None, Column("Whether EKS reports an issue with it.")]
    health_issues: Annotated[list[str] | None, Column("Codes of the issues that EKS reports.")]
    kubernetes_version: Annotated[str | None, Column("Kubernetes version; NULL where its image is not one of EKS.")]
    kubernetes_minor: Annotated[int | None, Column("Minor version of its nodes.")]
    release_version: Annotated[str | None, Column("Release of the machine image.")]
    image_type: Annotated[str | None, Column("Kind of machine image, such as AL2023_x86_64_STANDARD.")]
    capacity_type: Annotated[str | None, Column("ON_DEMAND, SPOT or CAPACITY_BLOCK.")]
    instance_types: Annotated[list[str] | None, Column("Machine types; empty where a launch template names them.")]
    minimum_nodes: Annotated[int | None, Column("Fewest nodes.")]
    desired_nodes: Annotated[int | None, Column("Nodes wanted now.")]
    maximum_nodes: Annotated[int | None, Column("Most nodes.")]
    subnets: Annotated[list[str] | None, Column("Subnets that its nodes are started in.")]
    zones: Annotated[list[str] | None, Column("Ids of the zones of these subnets; NULL unless all are known.")]
    spans_zones: Annotated[bool | None, Column("Whether its subnets are in more than one zone.")]
    has_launch_template: Annotated[bool | None, Column("Whether a launch template of the account shapes its nodes.")]
    has_remote_access: Annotated[
        bool | None, Column("Whether SSH or RDP is opened; NULL where a launch template decides.")
    ]
    repairs_nodes: Annotated[bool | None, Column("Whether EKS replaces nodes that are not well.")]
    labels: Annotated[list[str] | None, Column("Labels that its nodes get, as key=value.")]
    role: Annotated[str | None, Column("IAM role of its nodes.")]
    created_at: Annotated[datetime | None, Column("When it was created.")]
    basis: Annotated[str, Column("running: AWS says how it is.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class EksNodeGroups:
    """One row per described node group; its zones are those of its subnets."""

    reads: ClassVar[tuple[str, ...]] = ("eks/Nodegroup", "ec2/Subnet")

    def __init__(self, cluster: ClusterContext) -> None:
        self._context = cluster
        self._seen: list[Sighting] = []
        self._subnets = SubnetsOfAws()

    def observe(self, sighting: Sighting) -> None:
        """Take in a node group, or where subnets are."""
        if sighting.kind == "eks/Nodegroup":
            self._seen.append(sighting)
        else:
            self._subnets.observe(sighting)

    def rows(self) -> dict[str, list[Any]]:
        """One row per node group."""
        return {"eks_node_groups": [self._row(sighting) for sighting in self._seen]}

    def unseen(self) -> list[UnseenPart]:
        """Nothing: the answer is its row."""
        return []

    def _row(self, sighting: Sighting) -> EksNodeGroup:
        said = required(sighting.object, "nodegroup")
        scaling = required(said, "scalingConfig")
        subnets = texts(said, "subnets")
        zones = None if subnets is None else [self._subnets.zone_of(subnet) for subnet in subnets]
        version = text(said, "version")
        issues = issue_codes(said)
        return EksNodeGroup(
            cluster=self._context.name,
            name=sighting.name,
            account=account_of(said, "nodegroupArn"),
            status=text(said, "status"),
            has_health_issues=None if issues is None else bool(issues),
            health_issues=issues,
            kubernetes_version=version,
            kubernetes_minor=minor_version(version),
            release_version=text(said, "releaseVersion"),
            image_type=text(said, "amiType"),
            capacity_type=text(said, "capacityType"),
            instance_types=texts(said, "instanceTypes"),
            minimum_nodes=whole_number(scaling, "minSize"),
            desired_nodes=whole_number(scaling, "desiredSize"),
            maximum_nodes=whole_number(scaling, "maxSize"),
            subnets=subnets,
            zones=_whole(zones),
            spans_zones=_spans(zones),
            has_launch_template=None if said is None else is_set(said, "launchTemplate"),
            has_remote_access=_has_remote_access(said),
            repairs_nodes=flag(section(said, "nodeRepairConfig"), "enabled", default=False),
            labels=pairs(said, "labels"),
            role=text(said, "nodeRole"),
            created_at=instant(said, "createdAt"),
            basis=self._context.basis,
            evidence_refs=[f"{ref}nodegroup" for ref in sighting.refs],
        )


def issue_codes(said: Section | None) -> list[str] | None:
    """The codes of health issues, sorted. AWS gives the list even when it is empty."""
    found = sections(required(said, "health"), "issues")
    if found is None:
        return None
    codes = [text(each, "code", "Unknown") for each in found]
    return None if None in codes else sorted(code for code in codes if code)


def _whole(zones: list[str | None] | None) -> list[str] | None:
    if zones is None or None in zones:
        return None
    return sorted({zone for zone in zones if zone})


def _spans(zones: list[str | None] | None) -> bool | None:
    """Two known zones are two; one subnet is one zone, wherever it is."""
    if not zones:
        return None
    if len({zone for zone in zones if zone}) > 1:
        return True
    return False if len(zones) == 1 or None not in zones else None


def _has_remote_access(said: Section | None) -> bool | None:
    """A key opens SSH or RDP. With a launch template EKS shows no key: the template may hold one."""
    access = section(said, "remoteAccess")
    if said is None or access is None:
        return None
    key = access.get("ec2SshKey")
    if isinstance(key, str) and (key or key.startswith(REDACTED)):
        return True
    if key is not None and not isinstance(key, str):
        return None
    return None if is_set(said, "launchTemplate") else False


BUILDERS = (EksNodeGroups,)

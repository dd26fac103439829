"""EKS clusters: how the control plane is reached, logged, encrypted, supported and signed in to."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.tables.as_written import Section, flag, instant, required, section, sections, text, texts
from collectors.tables.aws.arns import account_of
from collectors.tables.aws.versions import VersionsOfAws
from collectors.tables.lifecycles import calendar
from collectors.tables.reading import minor_version
from collectors.tables.schema import ClusterContext, Column, Relation, Sighting, Subject, UnseenPart, table

_EVERYBODY = ("0.0.0.0/0", "::/0")


@table(
    "eks_clusters",
    grain="one EKS cluster",
    kinds=("eks/Cluster",),
    namespaced=False,
    relations=(
        Relation("cluster", "clusters", (), "The Kubernetes cluster that it is.", minimum=1, maximum=1),
        Relation("nodes", "nodes", (), "The nodes of that Kubernetes cluster."),
        Relation("node_groups", "eks_node_groups", (), "Its managed node groups."),
        Relation("addons", "eks_addons", (), "Its add-ons."),
        Relation("access_entries", "eks_access_entries", (), "Who AWS lets into it."),
    ),
    subject=Subject(None, None, None, "name", fixed_kind="EKSCluster", fixed_group="eks"),
)
class EksCluster(NamedTuple):
    """A cluster as EKS describes it."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Name of the cluster in AWS.", identity=True)]
    account: Annotated[str | None, Column("AWS account that it is in.")]
    arn: Annotated[str | None, Column("Its ARN.")]
    status: Annotated[str | None, Column("ACTIVE, CREATING, UPDATING, DELETING, FAILED or PENDING.")]
    is_registered: Annotated[bool | None, Column("Whether it runs elsewhere and is only registered with EKS.")]
    kubernetes_version: Annotated[str | None, Column("Kubernetes version of its control plane.")]
    kubernetes_minor: Annotated[int | None, Column("Minor version of its control plane.")]
    platform_version: Annotated[str | None, Column("EKS platform version.")]
    standard_support_ends: Annotated[datetime | None, Column("When AWS's standard support of its version ends.")]
    extended_support_ends: Annotated[datetime | None, Column("When AWS's extended support ends and AWS upgrades it.")]
    upgrade_policy: Annotated[str | None, Column("After standard support: STANDARD upgrades, EXTENDED pays.")]
    endpoint_is_public: Annotated[bool | None, Column("Whether its API has an endpoint outside of the VPC.")]
    endpoint_is_private: Annotated[bool | None, Column("Whether its API has an endpoint inside of the VPC.")]
    public_ranges: Annotated[list[str] | None, Column("Addresses that may reach the public endpoint.")]
    has_public_ipv4: Annotated[bool | None, Column("Whether any IPv4 address may reach the public endpoint.")]
    widest_public_ipv4: Annotated[
        int | None, Column("Prefix length of the widest IPv4 range, neighbours merged.", guard="has_public_ipv4")
    ]
    has_public_ipv6: Annotated[bool | None, Column("Whether any IPv6 address may reach the public endpoint.")]
    widest_public_ipv6: Annotated[
        int | None, Column("Prefix length of the widest IPv6 range, neighbours merged.", guard="has_public_ipv6")
    ]
    log_types: Annotated[list[str] | None, Column("Control plane logs that are sent to CloudWatch.")]
    has_secrets_key: Annotated[bool | None, Column("Whether Secrets are encrypted with a KMS key of the account.")]
    secrets_key: Annotated[str | None, Column("ARN of that key.", guard="has_secrets_key")]
    authentication_mode: Annotated[str | None, Column("API, API_AND_CONFIG_MAP or CONFIG_MAP.")]
    is_deletion_protected: Annotated[bool | None, Column("Whether it cannot be deleted before that is switched off.")]
    is_auto_mode: Annotated[bool | None, Column("Whether AWS runs its nodes as well (EKS Auto Mode).")]
    subnets: Annotated[list[str] | None, Column("Subnets of its control plane.")]
    role: Annotated[str | None, Column("IAM role of its control plane.")]
    created_at: Annotated[datetime | None, Column("When it was created.")]
    basis: Annotated[str, Column("running: AWS says how it is.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class EksClusters:
    """One row per described cluster. Support dates are AWS's own where it gave them, else those of the calendar."""

    reads: ClassVar[tuple[str, ...]] = ("eks/Cluster", "eks/ClusterVersion")

    def __init__(self, cluster: ClusterContext) -> None:
        self._context = cluster
        self._seen: list[Sighting] = []
        self._versions = VersionsOfAws()

    def observe(self, sighting: Sighting) -> None:
        """Take in a cluster, or what AWS says of a version."""
        if sighting.kind == "eks/Cluster":
            self._seen.append(sighting)
        else:
            self._versions.observe(sighting)

    def rows(self) -> dict[str, list[Any]]:
        """One row per cluster."""
        return {"eks_clusters": [self._row(sighting) for sighting in self._seen]}

    def unseen(self) -> list[UnseenPart]:
        """Nothing: the answer is its row."""
        return []

    def _row(self, sighting: Sighting) -> EksCluster:
        said = required(sighting.object, "cluster")
        network = required(said, "resourcesVpcConfig")
        public = flag(network, "endpointPublicAccess")
        ranges = _ranges(network, public)
        ipv4, ipv6 = _widest(ranges, 4), _widest(ranges, 6)
        version = text(said, "version")
        minor = minor_version(version)
        support = self._versions.support_of(minor) or calendar("eks").support_of(minor, self._context.as_of)
        key, has_key = _secrets_key(said)
        return EksCluster(
            cluster=self._context.name,
            name=sighting.name,
            account=account_of(said, "arn"),
            arn=text(said, "arn"),
            status=text(said, "status"),
            is_registered=None if said is None else said.get("connectorConfig") is not None,
            kubernetes_version=version,
            kubernetes_minor=minor,
            platform_version=text(said, "platformVersion"),
            standard_support_ends=support.standard_ends,
            extended_support_ends=support.extended_ends,
            upgrade_policy=text(required(said, "upgradePolicy"), "supportType"),
            endpoint_is_public=public,
            endpoint_is_private=flag(network, "endpointPrivateAccess"),
            public_ranges=ranges,
            has_public_ipv4=_has(ranges, ipv4),
            widest_public_ipv4=ipv4,
            has_public_ipv6=_has(ranges, ipv6),
            widest_public_ipv6=ipv6,
            log_types=_log_types(said),
            has_secrets_key=has_key,
            secrets_key=key,
            authentication_mode=text(required(said, "accessConfig"), "authenticationMode"),
            is_deletion_protected=flag(said, "deletionProtection", default=False),
            is_auto_mode=flag(section(said, "computeConfig"), "enabled", default=False),
            subnets=texts(network, "subnetIds"),
            role=text(said, "roleArn"),
            created_at=instant(said, "createdAt"),
            basis=self._context.basis,
            evidence_refs=[f"{ref}cluster" for ref in sighting.refs],
        )


def _ranges(network: Section | None, public: bool | None) -> list[str] | None:
    """Who may reach the public endpoint. Without ranges everybody may: that is AWS's documented default."""
    if public is None:
        return None
    if not public:
        return []
    written = texts(network, "publicAccessCidrs")
    return written if written is None else written or list(_EVERYBODY)


def _networks(ranges: Iterable[str], version: int) -> list[Any] | None:
    """The ranges of one IP version; None when one is no range at all."""
    try:
        read = [ipaddress.ip_network(each, strict=False) for each in ranges]
    except ValueError:
        return None
    return [each for each in read if each.version == version]


def _widest(ranges: list[str] | None, version: int) -> int | None:
    found = None if ranges is None else _networks(ranges, version)
    return min((each.prefixlen for each in ipaddress.collapse_addresses(found)), default=None) if found else None


def _has(ranges: list[str] | None, widest: int | None) -> bool | None:
    if ranges is None or _networks(ranges, 4) is None:
        return None
    return widest is not None


def _log_types(said: Section | None) -> list[str] | None:
    """The log types of every group that is switched on; groups that are off list types as well."""
    groups = sections(required(said, "logging"), "clusterLogging")
    if groups is None:
        return None
    found: set[str] = set()
    for group in groups:
        enabled, types = flag(group, "enabled"), texts(group, "types")
        if enabled is None or (enabled and types is None):
            return None
        found |= set(types or ()) if enabled else set()
    return sorted(found)


def _secrets_key(said: Section | None) -> tuple[str | None, bool | None]:
    """The key of the part of encryptionConfig that covers Secrets. AWS leaves it out where there is none."""
    parts = sections(said, "encryptionConfig")
    if parts is None:
        return None, None
    unknown = False
    for part in parts:
        resources = texts(part, "resources")
        if resources and "secrets" in resources:
            return text(required(part, "provider"), "keyArn"), True
        unknown = unknown or not resources
    return None, None if unknown else False


BUILDERS = (EksClusters,)

"""Subnets of EKS clusters: each is in exactly one zone."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.tables.as_written import Section, flag, sections, text, whole_number
from collectors.tables.schema import ClusterContext, Column, Sighting, UnseenPart, table


@table(
    "eks_subnets",
    grain="one subnet that the control plane or a node group uses",
    kinds=("ec2/Subnet",),
    namespaced=False,
)
class EksSubnet(NamedTuple):
    """A subnet as EC2 describes it."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Id of the subnet.", identity=True)]
    zone: Annotated[str | None, Column("Id of its zone (use1-az1), which is the same in every account.")]
    vpc: Annotated[str | None, Column("VPC that it is part of.")]
    free_addresses: Annotated[int | None, Column("Addresses that are still free.")]
    gives_public_addresses: Annotated[bool | None, Column("Whether machines in it get a public address by default.")]
    basis: Annotated[str, Column("running: AWS says how it is.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class SubnetsOfAws:
    """What EC2 said of subnets."""

    def __init__(self) -> None:
        self.seen: dict[str, tuple[Section, str]] = {}

    def observe(self, sighting: Sighting) -> None:
        """Take in one answer of ec2:DescribeSubnets."""
        for position, said in enumerate(sections(sighting.object, "Subnets") or ()):
            name = text(said, "SubnetId")
            if said is not None and name:
                self.seen.setdefault(name, (said, f"{sighting.refs[0]}Subnets/{position}"))

    def zone_of(self, subnet: str) -> str | None:
        """The zone of a subnet; None when it is not known."""
        found = self.seen.get(subnet)
        return None if found is None else text(found[0], "AvailabilityZoneId")


class EksSubnets:
    """One row per subnet in the answers."""

    reads: ClassVar[tuple[str, ...]] = ("ec2/Subnet",)

    def __init__(self, cluster: ClusterContext) -> None:
        self._context = cluster
        self._subnets = SubnetsOfAws()

    def observe(self, sighting: Sighting) -> None:
        """Take in one answer."""
        self._subnets.observe(sighting)

    def rows(self) -> dict[str, list[Any]]:
        """One row per subnet."""
        return {"eks_subnets": [self._row(name, *found) for name, found in sorted(self._subnets.seen.items())]}

    def unseen(self) -> list[UnseenPart]:
        """Nothing: the answer is its row."""
        return []

    def _row(self, name: str, said: Section, ref: str) -> EksSubnet:
        return EksSubnet(
            cluster=self._context.name,
            name=name,
            zone=text(said, "AvailabilityZoneId"),
            vpc=text(said, "VpcId"),
            free_addresses=whole_number(said, "AvailableIpAddressCount"),
            gives_public_addresses=flag(said, "MapPublicIpOnLaunch"),
            basis=self._context.basis,
            evidence_refs=[ref],
        )


BUILDERS = (EksSubnets,)

"""The machines of an EKS cluster and the launch templates of its node groups: how they hand out their metadata.

Amazon EC2 User Guide, "Use the Instance Metadata Service to access instance metadata": the service answers a GET
without a token where tokens are optional, and the answer to the request for a token dies after as many hops as the
limit says. A container with a network of its own is one hop further away than its node.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.tables.as_written import Section, instant, is_set, required, sections, text, whole_number
from collectors.tables.schema import ClusterContext, Column, Relation, Sighting, Subject, UnseenPart, table

_GONE = ("shutting-down", "terminated")


class MetadataOptions(NamedTuple):
    """How a machine answers questions about itself; None where that is not known."""

    is_on: bool | None
    demands_token: bool | None
    hop_limit: int | None


@table(
    "eks_instances",
    grain="one EC2 instance that carries a tag of the cluster's nodes",
    kinds=("ec2/Instance",),
    namespaced=False,
    relations=(
        Relation("inspector", "inspector_accounts", (), "What Inspector is switched on for in the account."),
        Relation("coverage", "inspector_coverage", (("name", "resource"),), "How Inspector looks at it."),
    ),
    subject=Subject(None, None, None, "name", fixed_kind="EC2Instance", fixed_group="ec2"),
)
class EksInstance(NamedTuple):
    """An instance as EC2 describes it; one that is terminated is no row."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Id of the instance.", identity=True)]
    account: Annotated[str | None, Column("AWS account that it is in.")]
    state: Annotated[str | None, Column("pending, running, stopping or stopped.")]
    is_running: Annotated[bool | None, Column("Whether it runs or is about to.")]
    machine_type: Annotated[str | None, Column("Machine type, such as m7g.large.")]
    image: Annotated[str | None, Column("Id of its machine image.")]
    zone: Annotated[str | None, Column("Name of its zone in this account.")]
    has_public_address: Annotated[bool | None, Column("Whether it has a public IPv4 address.")]
    metadata_is_on: Annotated[bool | None, Column("Whether the metadata service answers at all.")]
    demands_token: Annotated[bool | None, Column("Whether it answers only who asked for a token first (IMDSv2).")]
    hop_limit: Annotated[int | None, Column("Hops that the answer with the token survives.")]
    launched_at: Annotated[datetime | None, Column("When it was started.")]
    basis: Annotated[str, Column("running: AWS says how it is.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class EksInstances:
    """One row per instance of every reservation; what is found by two tags is one row."""

    reads: ClassVar[tuple[str, ...]] = ("ec2/Instance",)

    def __init__(self, cluster: ClusterContext) -> None:
        self._context = cluster
        self._rows: dict[str, EksInstance] = {}

    def observe(self, sighting: Sighting) -> None:
        """Take in one answer of ec2:DescribeInstances. What cannot be read in it may be any machine."""
        for number, reservation in enumerate(sections(sighting.object, "Reservations") or ()):
            ref = f"{sighting.refs[0]}Reservations/{number}"
            held = sections(reservation, "Instances")
            for position, said in enumerate([None] if held is None else held):
                name = text(said, "InstanceId") or f"{sighting.name} {number} {position}"
                if name not in self._rows and text(required(said, "State"), "Name") not in _GONE:
                    here = ref if held is None else f"{ref}/Instances/{position}"
                    self._rows[name] = self._row(name, text(reservation, "OwnerId"), said, here)

    def rows(self) -> dict[str, list[Any]]:
        """One row per instance."""
        return {"eks_instances": list(self._rows.values())}

    def unseen(self) -> list[UnseenPart]:
        """Nothing: what was not shown is said by the end of the list."""
        return []

    def _row(self, name: str, account: str | None, said: Section | None, ref: str) -> EksInstance:
        state = text(required(said, "State"), "Name")
        metadata = _options(said)
        return EksInstance(
            cluster=self._context.name,
            name=name,
            account=account,
            state=state,
            is_running={"pending": True, "running": True, "stopping": False, "stopped": False}.get(state or ""),
            machine_type=text(said, "InstanceType"),
            image=text(said, "ImageId"),
            zone=text(required(said, "Placement"), "AvailabilityZone"),
            has_public_address=None if said is None else is_set(said, "PublicIpAddress"),
            metadata_is_on=metadata.is_on,
            demands_token=metadata.demands_token,
            hop_limit=metadata.hop_limit,
            launched_at=instant(said, "LaunchTime"),
            basis=self._context.basis,
            evidence_refs=[ref],
        )


@table(
    "eks_launch_templates",
    grain="one version of a launch template that a node group starts machines from",
    kinds=("ec2/LaunchTemplateVersion",),
    namespaced=False,
    subject=Subject(None, None, None, "name", fixed_kind="EC2LaunchTemplate", fixed_group="ec2"),
)
class EksLaunchTemplate(NamedTuple):
    """A version of a launch template as EC2 describes it; what it leaves to the account or the image is not known."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Name and version.", identity=True)]
    template: Annotated[str | None, Column("Id of the launch template.")]
    version: Annotated[int | None, Column("Its version.")]
    metadata_is_on: Annotated[bool | None, Column("Whether the metadata service will answer at all.")]
    demands_token: Annotated[bool | None, Column("Whether it will answer only who asked for a token (IMDSv2).")]
    hop_limit: Annotated[int | None, Column("Hops that the answer with the token will survive.")]
    created_at: Annotated[datetime | None, Column("When this version was written.")]
    basis: Annotated[str, Column("running: AWS says how it is.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class EksLaunchTemplates:
    """One row per version in the answers."""

    reads: ClassVar[tuple[str, ...]] = ("ec2/LaunchTemplateVersion",)

    def __init__(self, cluster: ClusterContext) -> None:
        self._context = cluster
        self._rows: dict[str, EksLaunchTemplate] = {}

    def observe(self, sighting: Sighting) -> None:
        """Take in one answer of ec2:DescribeLaunchTemplateVersions; one that shows none may hold anything."""
        for position, said in enumerate(sections(sighting.object, "LaunchTemplateVersions") or [None]):
            version = whole_number(said, "VersionNumber")
            name = f"{text(said, 'LaunchTemplateName') or sighting.name} {position if version is None else version}"
            ref = f"{sighting.refs[0]}LaunchTemplateVersions/{position}"
            self._rows.setdefault(name, self._row(name, version, said, sighting.refs[0] if said is None else ref))

    def rows(self) -> dict[str, list[Any]]:
        """One row per version."""
        return {"eks_launch_templates": list(self._rows.values())}

    def unseen(self) -> list[UnseenPart]:
        """Nothing: the answer is its row."""
        return []

    def _row(self, name: str, version: int | None, said: Section | None, ref: str) -> EksLaunchTemplate:
        metadata = _options(required(said, "LaunchTemplateData"))
        return EksLaunchTemplate(
            cluster=self._context.name,
            name=name,
            template=text(said, "LaunchTemplateId"),
            version=version,
            metadata_is_on=metadata.is_on,
            demands_token=metadata.demands_token,
            hop_limit=metadata.hop_limit,
            created_at=instant(said, "CreateTime"),
            basis=self._context.basis,
            evidence_refs=[ref],
        )


def _options(said: Section | None) -> MetadataOptions:
    """The metadata options of a machine or of the data of a template."""
    written = required(said, "MetadataOptions")
    return MetadataOptions(
        {"enabled": True, "disabled": False}.get(text(written, "HttpEndpoint") or ""),
        {"required": True, "optional": False}.get(text(written, "HttpTokens") or ""),
        whole_number(written, "HttpPutResponseHopLimit"),
    )


BUILDERS = (EksInstances, EksLaunchTemplates)

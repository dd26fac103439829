"""What Amazon Inspector looks at: what it is switched on for in the account, and each machine that it knows."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.tables.as_written import Section, instant, required, sections, text
from collectors.tables.schema import ClusterContext, Column, Relation, Sighting, Subject, UnseenPart, table

# Amazon Inspector API Reference, "State": ENABLING may end either way.
_IS_ON = {"ENABLED": True, "DISABLED": False, "DISABLING": False, "SUSPENDING": False, "SUSPENDED": False}


@table(
    "inspector_accounts",
    grain="the account, as Amazon Inspector is switched on in the region",
    kinds=("inspector2/AccountStatus",),
    namespaced=False,
    relations=(Relation("instances", "eks_instances", (), "The machines of the cluster."),),
    subject=Subject(None, None, None, "name", fixed_kind="AWSAccount", fixed_group="inspector2"),
)
class InspectorAccount(NamedTuple):
    """What Inspector is switched on for."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("The AWS account.", identity=True)]
    instance_status: Annotated[str | None, Column("ENABLED, DISABLED, SUSPENDED or on the way, for EC2 instances.")]
    watches_instances: Annotated[bool | None, Column("Whether it looks for flaws on EC2 instances.")]
    image_status: Annotated[str | None, Column("The same word for images in ECR.")]
    watches_images: Annotated[bool | None, Column("Whether it looks for flaws in images in ECR.")]
    function_status: Annotated[str | None, Column("The same word for Lambda functions.")]
    basis: Annotated[str, Column("running: AWS says how it is.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class InspectorAccounts:
    """One row per account in the answer of inspector2:BatchGetAccountStatus."""

    reads: ClassVar[tuple[str, ...]] = ("inspector2/AccountStatus",)

    def __init__(self, cluster: ClusterContext) -> None:
        self._context = cluster
        self._rows: dict[str, InspectorAccount] = {}

    def observe(self, sighting: Sighting) -> None:
        """Take in the answer; one that shows no account leaves open what holds."""
        for position, said in enumerate(sections(sighting.object, "accounts") or [None]):
            name = text(said, "accountId") or sighting.name
            ref = sighting.refs[0] + ("" if said is None else f"accounts/{position}")
            self._rows.setdefault(name, self._row(name, required(said, "resourceState"), ref))

    def rows(self) -> dict[str, list[Any]]:
        """One row per account."""
        return {"inspector_accounts": list(self._rows.values())}

    def unseen(self) -> list[UnseenPart]:
        """Nothing: the answer is its row."""
        return []

    def _row(self, name: str, states: Section | None, ref: str) -> InspectorAccount:
        instances, images, functions = (
            text(required(states, each), "status") for each in ("ec2", "ecr", "lambda")
        )  # fmt: skip
        return InspectorAccount(
            cluster=self._context.name,
            name=name,
            instance_status=instances,
            watches_instances=_IS_ON.get(instances or ""),
            image_status=images,
            watches_images=_IS_ON.get(images or ""),
            function_status=functions,
            basis=self._context.basis,
            evidence_refs=[ref],
        )


@table(
    "inspector_coverage",
    grain="one way in which Amazon Inspector looks, or fails to look, at one machine",
    kinds=("inspector2/Coverage",),
    namespaced=False,
)
class InspectorCoverage(NamedTuple):
    """A covered resource as Inspector lists it."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    key: Annotated[str, Column("The machine and the way.", identity=True)]
    resource: Annotated[str | None, Column("Id of the machine.")]
    resource_type: Annotated[str | None, Column("What it is, such as AWS_EC2_INSTANCE.")]
    scan_type: Annotated[str | None, Column("PACKAGE: flaws of what is installed; NETWORK: what can be reached.")]
    is_active: Annotated[bool | None, Column("Whether it is scanned.")]
    reason: Annotated[str | None, Column("Why it is or is not, in Inspector's word, such as UNMANAGED_EC2_INSTANCE.")]
    last_scanned_at: Annotated[datetime | None, Column("When it was scanned last.")]
    basis: Annotated[str, Column("running: AWS says how it is.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class InspectorCoverages:
    """One row per covered resource in the answers of inspector2:ListCoverage."""

    reads: ClassVar[tuple[str, ...]] = ("inspector2/Coverage",)

    def __init__(self, cluster: ClusterContext) -> None:
        self._context = cluster
        self._rows: dict[str, InspectorCoverage] = {}

    def observe(self, sighting: Sighting) -> None:
        """Take in one page."""
        for position, said in enumerate(sections(sighting.object, "coveredResources") or ()):
            ref = f"{sighting.refs[0]}coveredResources/{position}"
            parts = (text(said, "resourceId"), text(said, "scanType"), text(said, "scanMode"))
            key = " ".join(each or ref for each in parts[:2]) + (f" {parts[2]}" if parts[2] else "")
            self._rows.setdefault(key, self._row(key, said, ref))

    def rows(self) -> dict[str, list[Any]]:
        """One row per covered resource."""
        return {"inspector_coverage": list(self._rows.values())}

    def unseen(self) -> list[UnseenPart]:
        """Nothing: what was not shown is said by the end of the list."""
        return []

    def _row(self, key: str, said: Section | None, ref: str) -> InspectorCoverage:
        status = required(said, "scanStatus")
        return InspectorCoverage(
            cluster=self._context.name,
            key=key,
            resource=text(said, "resourceId"),
            resource_type=text(said, "resourceType"),
            scan_type=text(said, "scanType"),
            is_active={"ACTIVE": True, "INACTIVE": False}.get(text(status, "statusCode") or ""),
            reason=text(status, "reason"),
            last_scanned_at=instant(said, "lastScannedAt"),
            basis=self._context.basis,
            evidence_refs=[ref],
        )


BUILDERS = (InspectorAccounts, InspectorCoverages)

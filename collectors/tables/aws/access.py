"""Who AWS lets into an EKS cluster: access entries, and the access policies that each of them holds."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.tables.as_written import Section, instant, required, sections, text, texts
from collectors.tables.aws.arns import account_of, last_part
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import ClusterContext, Column, Relation, Sighting, Subject, UnseenPart, table

_NODES = ("EC2", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "HYBRID_LINUX", "HYPERPOD_LINUX")
_CLUSTER_ADMIN = "AmazonEKSClusterAdminPolicy"


@table(
    "eks_access_entries",
    grain="one access entry: an IAM principal that may sign in",
    kinds=("eks/AccessEntry",),
    namespaced=False,
    relations=(
        Relation("policies", "eks_access_policies", (("name", "principal"),), "The access policies that it holds."),
        Relation("control_plane", "eks_clusters", (), "The EKS cluster it opens.", minimum=1, maximum=1),
    ),
    subject=Subject(None, None, None, "name", fixed_kind="EKSAccessEntry", fixed_group="eks"),
)
class EksAccessEntry(NamedTuple):
    """An access entry as EKS describes it."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("ARN of the IAM principal.", identity=True)]
    account: Annotated[str | None, Column("AWS account that the entry is in.")]
    entry_type: Annotated[str | None, Column("STANDARD for people and programs, else the kind of nodes.")]
    is_for_nodes: Annotated[bool | None, Column("Whether it lets nodes join, and nobody sign in.")]
    is_iam_user: Annotated[bool | None, Column("Whether the principal is an IAM user, who has lasting credentials.")]
    groups: Annotated[list[str] | None, Column("Kubernetes groups that the principal is put into.")]
    user_name: Annotated[str | None, Column("Name that the principal has in Kubernetes.")]
    created_at: Annotated[datetime | None, Column("When it was created.")]
    basis: Annotated[str, Column("running: AWS says how it is.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class EksAccessEntries(OneRowPerObject):
    """One row per described access entry."""

    reads = ("eks/AccessEntry",)
    fills = "eks_access_entries"

    def row(self, sighting: Sighting) -> EksAccessEntry:
        """The entry as EKS describes it."""
        said = required(sighting.object, "accessEntry")
        kind = text(said, "type")
        return EksAccessEntry(
            cluster=self.cluster.name,
            name=sighting.name,
            account=account_of(said, "accessEntryArn"),
            entry_type=kind,
            is_for_nodes=True if kind in _NODES else False if kind == "STANDARD" else None,
            is_iam_user=None if not sighting.name.startswith("arn:") else ":user/" in sighting.name,
            groups=texts(said, "kubernetesGroups"),
            user_name=text(said, "username"),
            created_at=instant(said, "createdAt"),
            basis=self.cluster.basis,
            evidence_refs=[f"{ref}accessEntry" for ref in sighting.refs],
        )


@table(
    "eks_access_policies",
    grain="one access policy that one access entry holds",
    kinds=("eks/AssociatedAccessPolicies",),
    namespaced=False,
)
class EksAccessPolicy(NamedTuple):
    """An access policy of an access entry."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    key: Annotated[str, Column("The principal and its policy.", identity=True)]
    principal: Annotated[str | None, Column("ARN of the IAM principal that holds it.")]
    policy: Annotated[str | None, Column("Name of the policy, such as AmazonEKSViewPolicy.")]
    is_cluster_admin: Annotated[bool | None, Column("Whether it is the policy that grants every right.")]
    covers_whole_cluster: Annotated[bool | None, Column("Whether it holds in every namespace and beyond.")]
    namespaces: Annotated[list[str] | None, Column("Namespaces that it holds in; empty where it holds in all.")]
    basis: Annotated[str, Column("running: AWS says how it is.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class EksAccessPolicies:
    """One row per policy in the answers of eks:ListAssociatedAccessPolicies."""

    reads: ClassVar[tuple[str, ...]] = ("eks/AssociatedAccessPolicies",)

    def __init__(self, cluster: ClusterContext) -> None:
        self._context = cluster
        self._rows: list[EksAccessPolicy] = []

    def observe(self, sighting: Sighting) -> None:
        """Take in what one principal holds. A list that cannot be read may hold anything."""
        held = sections(sighting.object, "associatedAccessPolicies")
        for position, said in enumerate([None] if held is None else held):
            ref = sighting.refs[0] + ("" if held is None else f"associatedAccessPolicies/{position}")
            self._rows.append(self._row(sighting.name, position, said, ref))

    def rows(self) -> dict[str, list[Any]]:
        """One row per policy."""
        return {"eks_access_policies": self._rows}

    def unseen(self) -> list[UnseenPart]:
        """Nothing: what was not shown is said by the end of the list."""
        return []

    def _row(self, principal: str, position: int, said: Section | None, ref: str) -> EksAccessPolicy:
        scope = required(said, "accessScope")
        kind = text(scope, "type")
        policy = last_part(text(said, "policyArn"))
        return EksAccessPolicy(
            cluster=self._context.name,
            key=f"{principal} {policy or position}",
            principal=principal,
            policy=policy,
            is_cluster_admin=None if policy is None else policy == _CLUSTER_ADMIN,
            covers_whole_cluster=None if kind is None else kind == "cluster",
            namespaces=texts(scope, "namespaces"),
            basis=self._context.basis,
            evidence_refs=[ref],
        )


BUILDERS = (EksAccessEntries, EksAccessPolicies)

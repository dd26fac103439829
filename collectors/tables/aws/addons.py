"""EKS add-ons: what AWS installs into the cluster, in which version, and whether it is well."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, NamedTuple

from collectors.tables.as_written import instant, is_set, items, required, text
from collectors.tables.aws.arns import account_of
from collectors.tables.aws.node_groups import issue_codes
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Relation, Sighting, Subject, table


@table(
    "eks_addons",
    grain="one EKS add-on",
    kinds=("eks/Addon",),
    namespaced=False,
    relations=(Relation("control_plane", "eks_clusters", (), "The EKS cluster it is part of.", minimum=1, maximum=1),),
    subject=Subject(None, None, None, "name", fixed_kind="EKSAddOn", fixed_group="eks"),
)
class EksAddon(NamedTuple):
    """An add-on as EKS describes it."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Name of the add-on.", identity=True)]
    account: Annotated[str | None, Column("AWS account that it is in.")]
    version: Annotated[str | None, Column("Its version.")]
    status: Annotated[str | None, Column("ACTIVE, CREATING, UPDATING, DELETING, DEGRADED or one that ends in _FAILED.")]
    has_health_issues: Annotated[bool | None, Column("Whether EKS reports an issue with it.")]
    health_issues: Annotated[list[str] | None, Column("Codes of the issues that EKS reports.")]
    has_own_role: Annotated[bool | None, Column("Whether it has an IAM role of its own, by IRSA or Pod Identity.")]
    has_settings: Annotated[bool | None, Column("Whether somebody changed its settings.")]
    created_at: Annotated[datetime | None, Column("When it was installed.")]
    basis: Annotated[str, Column("running: AWS says how it is.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class EksAddons(OneRowPerObject):
    """One row per described add-on."""

    reads = ("eks/Addon",)
    fills = "eks_addons"

    def row(self, sighting: Sighting) -> EksAddon:
        """The add-on as EKS describes it."""
        said = required(sighting.object, "addon")
        issues = issue_codes(said)
        identities = items(said, "podIdentityAssociations")
        return EksAddon(
            cluster=self.cluster.name,
            name=sighting.name,
            account=account_of(said, "addonArn"),
            version=text(said, "addonVersion"),
            status=text(said, "status"),
            has_health_issues=None if issues is None else bool(issues),
            health_issues=issues,
            has_own_role=None if said is None else is_set(said, "serviceAccountRoleArn") or bool(identities),
            has_settings=None if said is None else is_set(said, "configurationValues"),
            created_at=instant(said, "createdAt"),
            basis=self.cluster.basis,
            evidence_refs=[f"{ref}addon" for ref in sighting.refs],
        )


BUILDERS = (EksAddons,)

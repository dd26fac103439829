"""ServiceAccounts: the identities of pods."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.tables.as_written import Section, flag, is_set, items, section, text
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Relation, Sighting, Subject, table


@table(
    "service_accounts",
    grain="one ServiceAccount",
    kinds=("ServiceAccount",),
    relations=(
        Relation(
            "grants", "role_binding_subjects",
            (("namespace", "service_account_namespace"), ("name", "service_account_name")),
            "Bindings that name it; those of groups that it belongs to are not among them.",
        ),
        Relation(
            "workloads", "workloads", (("namespace", "namespace"), ("name", "service_account_name")),
            "Workloads whose pods run as it.",
        ),
        Relation(
            "operated_workloads", "operated_workloads", (("namespace", "namespace"),),
            "Objects of its namespace from which operators make pods.",
        ),
    ),
    subject=Subject(None, None, "namespace", "name", fixed_kind="ServiceAccount"),
)
class ServiceAccount(NamedTuple):
    """A ServiceAccount."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the ServiceAccount.")]
    service_account_key: Annotated[str, Column("Surrogate key.", identity=True)]
    is_default: Annotated[bool, Column("Whether it is the one that pods get when they name none.")]
    automounts_token: Annotated[
        bool | None, Column("Whether pods that do not say otherwise get its token; unset means true.")
    ]
    pull_secret_count: Annotated[int | None, Column("Number of image pull secrets it hands to pods.")]
    has_cloud_identity: Annotated[bool | None, Column("Whether an annotation names an identity of a cloud.")]
    cloud_identity: Annotated[
        str | None, Column("The role or client that its pods may become in the cloud.", guard="has_cloud_identity")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


# Amazon EKS "IAM roles for service accounts", Microsoft Entra Workload ID, GKE "Workload Identity Federation".
_CLOUD_IDENTITY = (
    "eks.amazonaws.com/role-arn",
    "azure.workload.identity/client-id",
    "iam.gke.io/gcp-service-account",
)


class ServiceAccounts(OneRowPerObject):
    """One row per ServiceAccount."""

    reads = ("ServiceAccount",)
    fills = "service_accounts"

    def row(self, sighting: Sighting) -> ServiceAccount:
        """Source of the default: the API reference of ServiceAccount, automountServiceAccountToken."""
        pull_secrets = items(sighting.object, "imagePullSecrets")
        has_identity, identity = _cloud_identity(section(section(sighting.object, "metadata"), "annotations"))
        return ServiceAccount(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            service_account_key=surrogate(sighting),
            is_default=sighting.name == "default",
            automounts_token=flag(sighting.object, "automountServiceAccountToken", default=True),
            pull_secret_count=None if pull_secrets is None else len(pull_secrets),
            has_cloud_identity=has_identity,
            cloud_identity=identity,
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _cloud_identity(annotations: Section | None) -> tuple[bool | None, str | None]:
    if annotations is None:
        return None, None
    named = next((each for each in _CLOUD_IDENTITY if is_set(annotations, each)), None)
    return (False, None) if named is None else (True, text(annotations, named))


BUILDERS = (ServiceAccounts,)

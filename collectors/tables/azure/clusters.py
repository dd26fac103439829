"""Managed clusters: the settings of an AKS control plane."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, NamedTuple

from collectors.tables.as_written import Section, either
from collectors.tables.azure.address_ranges import addresses_in
from collectors.tables.azure.one_row_per_entry import OneRowPerEntry
from collectors.tables.azure.settings import Settings, resource
from collectors.tables.azure.support import support_of
from collectors.tables.reading import minor_version
from collectors.tables.schema import Column, Relation, Subject, table

_ENFORCED = frozenset({"azure", "calico", "cilium"})
_UPTIME_SLA = frozenset({"standard", "premium", "paid"})  # "Paid" is what older API versions call Standard


@table(
    "aks_clusters",
    grain="one managed cluster",
    kinds=("aks/ManagedCluster",),
    namespaced=False,
    relations=(
        Relation("agent_pools", "aks_agent_pools", (), "Its agent pools.", minimum=1),
        Relation("diagnostic_settings", "aks_diagnostic_settings", (), "Where Azure sends its logs."),
    ),
    subject=Subject(None, None, None, "name", fixed_kind="ManagedCluster", fixed_group="Microsoft.ContainerService"),
)
class AksCluster(NamedTuple):
    """A managed cluster."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Name of the managed cluster in Azure.", identity=True)]
    subscription: Annotated[str | None, Column("Subscription that it is in.")]
    resource_group: Annotated[str | None, Column("Resource group that it is in.")]
    location: Annotated[str | None, Column("Azure region.")]
    kubernetes_version: Annotated[str | None, Column("Kubernetes version that its control plane runs.")]
    kubernetes_minor: Annotated[int | None, Column("Minor of that version.")]
    support_plan: Annotated[str | None, Column("KubernetesOfficial, or AKSLongTermSupport when that was bought.")]
    standard_support_ends_at: Annotated[
        datetime | None,
        Column("When Azure's standard support of this minor ends; NULL where the calendar is too old to say."),
    ]
    long_term_support_ends_at: Annotated[datetime | None, Column("When the long-term support of this minor ends.")]
    has_uptime_sla: Annotated[bool | None, Column("Whether its tier comes with an uptime agreement.")]
    tier: Annotated[str | None, Column("Pricing tier: Free, Standard or Premium.")]
    is_private: Annotated[bool | None, Column("Whether the API server has no public address.")]
    has_authorized_ranges: Annotated[bool | None, Column("Whether addresses that may call the API are listed.")]
    authorized_ranges: Annotated[list[str] | None, Column("These addresses, as written.")]
    authorized_addresses: Annotated[
        int | None,
        Column("How many IPv4 addresses and IPv6 sites these ranges hold.", guard="has_authorized_ranges"),
    ]
    is_run_command_disabled: Annotated[bool | None, Column("Whether commands can not be run through Azure's API.")]
    are_local_accounts_disabled: Annotated[bool | None, Column("Whether nobody gets a certificate of an admin.")]
    has_entra_sign_in: Annotated[bool | None, Column("Whether people sign in with managed Entra ID.")]
    has_azure_rbac: Annotated[bool | None, Column("Whether Azure roles decide what they may do in Kubernetes.")]
    has_kubernetes_rbac: Annotated[bool | None, Column("Whether Kubernetes RBAC is on.")]
    has_managed_identity: Annotated[
        bool | None, Column("Whether it acts in Azure with a managed identity, not with a secret of its own.")
    ]
    has_workload_identity: Annotated[bool | None, Column("Whether pods may sign in to Azure as themselves.")]
    enforces_network_policy: Annotated[bool | None, Column("Whether network policies have an engine.")]
    network_policy: Annotated[str | None, Column("That engine: azure, calico, cilium or none.")]
    network_plugin: Annotated[str | None, Column("Network plugin: azure, kubenet or none.")]
    outbound_type: Annotated[str | None, Column("The way out: loadBalancer, userDefinedRouting, ...")]
    encrypts_secrets: Annotated[
        bool | None, Column("Whether Secrets are encrypted with a key of their own before they reach etcd.")
    ]
    upgrade_channel: Annotated[str | None, Column("Channel of automatic Kubernetes upgrades; none when off.")]
    node_upgrade_channel: Annotated[str | None, Column("Channel of automatic node image upgrades.")]
    provisions_nodes: Annotated[bool | None, Column("Whether Azure adds nodes of its own choice when pods wait.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class AksClusters(OneRowPerEntry):
    """One row per managed cluster.

    Defaults are those of the REST reference and of the AKS documentation: a cluster is public, takes local accounts
    and run commands, has no workload identity, no network policy engine, no KMS and the Free tier unless it says
    otherwise. What neither documents stays unknown.
    """

    reads = ("aks/ManagedCluster",)
    fills = "aks_clusters"

    def row(self, name: str, answered: Section, refs: list[str]) -> AksCluster:
        """The cluster with the settings that are in force."""
        beside, held = resource(answered, always="provisioningstate")
        subscription, group = _place(beside.text("id"))
        version = held.text("currentkubernetesversion") or held.text("kubernetesversion")
        minor = minor_version(version)
        support = support_of(minor, self.cluster.as_of)
        tier = beside.part("sku").text("tier", default="Free")
        access, network = held.part("apiserveraccessprofile"), held.part("networkprofile")
        ranges = access.texts("authorizedipranges")
        upgrades = held.part("autoupgradeprofile")
        return AksCluster(
            cluster=self.cluster.name,
            name=name,
            subscription=subscription,
            resource_group=group,
            location=beside.text("location"),
            kubernetes_version=version,
            kubernetes_minor=minor,
            support_plan=held.text("supportplan", default="KubernetesOfficial"),
            standard_support_ends_at=support.standard_ends,
            long_term_support_ends_at=support.extended_ends,
            tier=tier,
            has_uptime_sla=None if tier is None else tier.lower() in _UPTIME_SLA,
            is_private=access.flag("enableprivatecluster", default=False),
            has_authorized_ranges=None if ranges is None else bool(ranges),
            authorized_ranges=ranges,
            authorized_addresses=addresses_in(ranges) if ranges else None,
            is_run_command_disabled=access.flag("disableruncommand", default=False),
            are_local_accounts_disabled=held.flag("disablelocalaccounts", default=False),
            has_entra_sign_in=_of_entra(held, "managed"),
            has_azure_rbac=_of_entra(held, "enableazurerbac"),
            has_kubernetes_rbac=held.flag("enablerbac"),
            has_managed_identity=_managed_identity(beside, held),
            has_workload_identity=held.part("securityprofile").part("workloadidentity").flag("enabled", default=False),
            network_plugin=network.text("networkplugin"),
            network_policy=network.text("networkpolicy", default="none"),
            enforces_network_policy=_enforces(network),
            outbound_type=network.text("outboundtype"),
            encrypts_secrets=_encrypts_secrets(held.part("securityprofile")),
            upgrade_channel=_lower(upgrades.text("upgradechannel", default="none")),
            node_upgrade_channel=_lower(upgrades.text("nodeosupgradechannel")),
            provisions_nodes=_provisions(held.part("nodeprovisioningprofile")),
            basis=self.cluster.basis,
            evidence_refs=refs,
        )


def _place(resource_id: str | None) -> tuple[str | None, str | None]:
    """Subscription and resource group in "/subscriptions/x/resourceGroups/y/...", in any case of letters."""
    parts = (resource_id or "").split("/")
    if len(parts) < 5 or parts[1].lower() != "subscriptions" or parts[3].lower() != "resourcegroups":
        return None, None
    return parts[2], parts[4]


def _of_entra(held: Settings, switch: str) -> bool | None:
    """A switch of the Entra profile; false where there is no such profile."""
    profile = held.is_given("aadprofile")
    return profile if profile is not True else held.part("aadprofile").flag(switch)


def _managed_identity(beside: Settings, held: Settings) -> bool | None:
    """True for a managed identity, false for a service principal; "msi" stands where one would be named."""
    kind = beside.part("identity").text("type")
    if kind is not None and "assigned" in kind.lower():
        return True
    principal = held.part("serviceprincipalprofile").text("clientid")
    return None if principal is None else principal.lower() == "msi"


def _enforces(network: Settings) -> bool | None:
    """An engine that is named, or the Cilium data plane, which is one."""
    policy, plane = network.text("networkpolicy", default="none"), network.text("networkdataplane", default="azure")
    named = None if policy is None else policy.lower() in _ENFORCED
    return either(named, None if plane is None else plane.lower() == "cilium")


def _encrypts_secrets(security: Settings) -> bool | None:
    """By a key in the client's Key Vault, or by one that Azure keeps for this cluster."""
    profile = security.part("kubernetesresourceobjectencryptionprofile")
    own = profile.text("infrastructureencryption", default="Disabled")
    vault = security.part("azurekeyvaultkms").flag("enabled", default=False)
    return either(vault, None if own is None else own.lower() == "enabled")


def _provisions(profile: Settings) -> bool | None:
    mode = profile.text("mode", default="Manual")
    return None if mode is None else mode.lower() == "auto"


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()


BUILDERS = (AksClusters,)

"""Small answers of our own making, in the shape that the REST API documents."""

from __future__ import annotations

from typing import Any

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
GROUP, NAME, CLUSTER = "rg-clinic", "clinic-aks", "clinic"
PLACE = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}"
LIST = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.ContainerService/managedClusters"
ONE = f"{PLACE}/providers/Microsoft.ContainerService/managedClusters/{NAME}"
POOLS = f"{ONE}/agentPools"
LOGS = f"{ONE}/providers/Microsoft.Insights/diagnosticSettings"
Body = dict[str, Any]


def managed_cluster(**properties: Any) -> Body:
    """A well-kept cluster, with some of its properties changed; None takes one away."""
    held: Body = {
        "provisioningState": "Succeeded",
        "kubernetesVersion": "1.35",
        "currentKubernetesVersion": "1.35.4",
        "supportPlan": "KubernetesOfficial",
        "enableRBAC": True,
        "disableLocalAccounts": True,
        "aadProfile": {"managed": True, "enableAzureRBAC": True, "adminGroupObjectIDs": ["group-1"]},
        "apiServerAccessProfile": {"authorizedIPRanges": ["192.0.2.0/24"], "disableRunCommand": True},
        "autoUpgradeProfile": {"upgradeChannel": "patch", "nodeOSUpgradeChannel": "NodeImage"},
        "networkProfile": {"networkPlugin": "azure", "networkPolicy": "cilium", "networkDataplane": "cilium"},
        "securityProfile": {
            "azureKeyVaultKms": {"enabled": True, "keyId": "https://clinic.vault.azure.net/keys/etcd/1"},
            "workloadIdentity": {"enabled": True},
        },
        "oidcIssuerProfile": {"enabled": True},
        "servicePrincipalProfile": {"clientId": "msi"},
        "nodeResourceGroup": f"MC_{GROUP}_{NAME}_westeurope",
    }
    held = {name: value for name, value in (held | properties).items() if value is not None}
    return {
        "id": ONE,
        "name": NAME,
        "type": "Microsoft.ContainerService/ManagedClusters",
        "location": "westeurope",
        "sku": {"name": "Base", "tier": "Standard"},
        "identity": {"type": "UserAssigned"},
        "tags": {"environment": "production"},
        "properties": held,
    }


def agent_pool(name: str, **properties: Any) -> Body:
    """A pool over three zones that scales."""
    held: Body = {
        "count": 3, "vmSize": "Standard_D4s_v5", "osType": "Linux", "mode": "System", "type": "VirtualMachineScaleSets",
        "provisioningState": "Succeeded", "availabilityZones": ["1", "2", "3"], "enableAutoScaling": True,
        "minCount": 3, "maxCount": 6, "enableNodePublicIP": False, "enableEncryptionAtHost": True,
        "orchestratorVersion": "1.35.4", "currentOrchestratorVersion": "1.35.4",
        "nodeImageVersion": "AKSUbuntu-2204gen2containerd-202611.04.0",
    }  # fmt: skip
    held = {key: value for key, value in (held | properties).items() if value is not None}
    return {"id": f"{POOLS}/{name}", "name": name, "properties": held}


def diagnostic_setting(name: str = "audit", *categories: str, **properties: Any) -> Body:
    """A setting that sends these log categories, `kube-audit` when none is named, to a workspace."""
    logs = [{"category": each, "enabled": True} for each in categories or ("kube-audit",)]
    workspace = f"{PLACE}/providers/Microsoft.OperationalInsights/workspaces/logs"
    return {"id": f"{LOGS}/{name}", "name": name, "properties": {"logs": logs, "workspaceId": workspace} | properties}


def a_list(*held: Body, following: str | None = None) -> Body:
    """One page of a list."""
    return {"value": list(held)} | ({"nextLink": following} if following else {})

"""What AWS and Azure say of the clinic's two clusters, as their command lines save it.

Good and bad side by side. What is missing is so on purpose: the account given to the assessor may not read add-ons
at AWS, and may not read diagnostic settings at Azure.
"""

from __future__ import annotations

from typing import Any

Object = dict[str, Any]

ACCOUNT, REGION = "111122223333", "eu-central-1"
SUBSCRIPTION, GROUP = "7f1d3a52-0c4e-4b1b-9d3e-2a6c5e8f9b10", "clinic-payments"
_ARN = f"arn:aws:eks:{REGION}:{ACCOUNT}"
_IAM = f"arn:aws:iam::{ACCOUNT}"
_SUBNETS = {"subnet-0aa1": "a", "subnet-0bb2": "b", "subnet-0cc3": "c"}
_ADMINS, _OPERATORS = f"{_IAM}:role/clinic-administrators", f"{_IAM}:role/clinic-operators"
_ACCESS_POLICIES = "arn:aws:eks::aws:cluster-access-policy"
_DENIED = (f"\nAn error occurred (AccessDeniedException) when calling the ListAddons operation: User: "
           f"{_IAM}:user/surveyor is not authorized to perform: eks:ListAddons on resource: "
           f"{_ARN}:cluster/lakeside\n")
_SETTINGS_OF = (f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/Microsoft.ContainerService"
                "/managedClusters/harbour")
_FORBIDDEN = ("ERROR: (AuthorizationFailed) The client 'surveyor@lakeside-clinic.example' with object id "
              "'00000000-0000-0000-0000-0000000000aa' does not have authorization to perform action "
              f"'Microsoft.Insights/diagnosticSettings/read' over scope '{_SETTINGS_OF}' or the scope is invalid.\n")


def aws() -> dict[str, Object | str]:
    """File by file, below a folder of saved AWS answers."""
    told: dict[str, Object | str] = {
        "get-caller-identity.json": {"UserId": "surveyor", "Account": ACCOUNT, "Arn": f"{_IAM}:user/surveyor"},
        "list-clusters.json": {"clusters": ["lakeside"]},
        "describe-cluster/lakeside.json": {"cluster": _lakeside()},
        "describe-cluster-versions.json": {"clusterVersions": [_version_support()]},
        "describe-subnets.json": {"Subnets": [_subnet(name, zone) for name, zone in _SUBNETS.items()]},
        "list-nodegroups/lakeside.json": {"nodegroups": ["general", "imaging"]},
        "describe-nodegroup/lakeside/general.json": {"nodegroup": _node_group("general", "1.35", list(_SUBNETS), 3, 9)},
        "describe-nodegroup/lakeside/imaging.json": {"nodegroup": _imaging()},
        "list-addons/lakeside.err": _DENIED,
        "list-access-entries/lakeside.json": {"accessEntries": [_ADMINS, _OPERATORS]},
    }
    for principal, policy in ((_ADMINS, "AmazonEKSClusterAdminPolicy"), (_OPERATORS, "AmazonEKSViewPolicy")):
        file = "".join(each if each.isalnum() or each in "._-" else "_" for each in principal)
        told[f"describe-access-entry/lakeside/{file}.json"] = {"accessEntry": _access_entry(principal)}
        told[f"list-associated-access-policies/lakeside/{file}.json"] = _associated(principal, policy)
    return {f"{ACCOUNT}/{REGION}/{name}": body for name, body in told.items()}


def azure() -> dict[str, Object | str]:
    """File by file, below a folder of saved Azure answers; bodies as the REST interface gives them."""
    cluster = _harbour()
    within = f"{SUBSCRIPTION}/{GROUP}/harbour"
    pools = [{"id": f"{_SETTINGS_OF}/agentPools/{pool['name']}", "name": pool["name"],
              "type": "Microsoft.ContainerService/managedClusters/agentPools",
              "properties": {key: value for key, value in pool.items() if key != "name"}}
             for pool in cluster["properties"]["agentPoolProfiles"]]
    return {
        f"{SUBSCRIPTION}/managed-clusters.json": {"value": [cluster]},
        f"{within}/managed-cluster.json": cluster,
        f"{within}/agent-pools.json": {"value": pools},
        f"{within}/diagnostic-settings.err": _FORBIDDEN,
    }


def _lakeside() -> Object:
    logging = [{"types": ["api", "audit", "authenticator"], "enabled": True},
               {"types": ["controllerManager", "scheduler"], "enabled": False}]
    return {
        "name": "lakeside", "arn": f"{_ARN}:cluster/lakeside", "createdAt": "2024-02-12T09:30:11.400000+00:00",
        "version": "1.35", "platformVersion": "eks.4", "status": "ACTIVE", "health": {"issues": []},
        "endpoint": f"https://0D15EA5E00000000000000000000CAFE.gr7.{REGION}.eks.amazonaws.com",
        "roleArn": f"{_IAM}:role/lakeside-control-plane",
        "resourcesVpcConfig": {
            "subnetIds": list(_SUBNETS), "securityGroupIds": [], "clusterSecurityGroupId": "sg-0ddd",
            "vpcId": "vpc-0eee", "endpointPublicAccess": True, "endpointPrivateAccess": True,
            "publicAccessCidrs": ["0.0.0.0/0"]},
        "kubernetesNetworkConfig": {"serviceIpv4Cidr": "10.96.0.0/12", "ipFamily": "ipv4",
                                    "elasticLoadBalancing": {"enabled": False}},
        "logging": {"clusterLogging": logging},
        "identity": {"oidc": {"issuer": f"https://oidc.eks.{REGION}.amazonaws.com/id/0D15EA5E"}},
        "certificateAuthority": {"data": "bm90IGEgcmVhbCBjZXJ0aWZpY2F0ZQ=="},
        "encryptionConfig": [{"resources": ["secrets"],
                              "provider": {"keyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0f0f0f0f"}}],
        "accessConfig": {"authenticationMode": "API_AND_CONFIG_MAP"},
        "upgradePolicy": {"supportType": "STANDARD"}, "deletionProtection": False,
        "tags": {"owner": "platform", "environment": "production"},
    }


def _version_support() -> Object:
    return {"clusterVersion": "1.35", "clusterType": "eks", "defaultPlatformVersion": "eks.4", "defaultVersion": False,
            "releaseDate": "2026-01-27T00:00:00+00:00", "endOfStandardSupportDate": "2027-03-27T00:00:00+00:00",
            "endOfExtendedSupportDate": "2028-03-27T00:00:00+00:00", "status": "standard-support",
            "versionStatus": "STANDARD_SUPPORT", "kubernetesPatchVersion": "1.35.0"}


def _subnet(name: str, zone: str) -> Object:
    return {"SubnetId": name, "VpcId": "vpc-0eee", "State": "available", "AvailabilityZone": f"{REGION}{zone}",
            "AvailabilityZoneId": f"euc1-az{'abc'.index(zone) + 1}", "MapPublicIpOnLaunch": False,
            "CidrBlock": f"10.20.{'abc'.index(zone)}.0/24", "AvailableIpAddressCount": 201}


def _node_group(name: str, version: str, subnets: list[str], least: int, most: int) -> Object:
    return {
        "nodegroupName": name, "nodegroupArn": f"{_ARN}:nodegroup/lakeside/{name}/8ac0", "clusterName": "lakeside",
        "version": version, "releaseVersion": f"{version}.0-20261101", "status": "ACTIVE", "capacityType": "ON_DEMAND",
        "createdAt": "2025-06-02T07:00:00+00:00", "modifiedAt": "2026-11-02T07:00:00+00:00",
        "scalingConfig": {"minSize": least, "maxSize": most, "desiredSize": least},
        "instanceTypes": ["m7i.2xlarge"], "subnets": subnets, "amiType": "AL2023_x86_64_STANDARD",
        "nodeRole": f"{_IAM}:role/lakeside-nodes", "labels": {"pool": name}, "taints": [], "diskSize": 200,
        "health": {"issues": []}, "updateConfig": {"maxUnavailable": 1}, "tags": {"owner": "platform"},
    }


def _imaging() -> Object:
    """One zone, one node, two minors behind, and open to SSH from anywhere: no source security groups."""
    group = _node_group("imaging", "1.33", ["subnet-0aa1"], 1, 1)
    return group | {"remoteAccess": {"ec2SshKey": "imaging-2022"}}


def _access_entry(principal: str) -> Object:
    return {"clusterName": "lakeside", "principalArn": principal, "kubernetesGroups": [], "type": "STANDARD",
            "accessEntryArn": f"{_ARN}:access-entry/lakeside/role/{ACCOUNT}/{principal.rpartition('/')[2]}/a1",
            "createdAt": "2025-01-15T08:00:00+00:00", "modifiedAt": "2025-01-15T08:00:00+00:00", "tags": {},
            "username": f"arn:aws:sts::{ACCOUNT}:assumed-role/{principal.rpartition('/')[2]}/{{{{SessionName}}}}"}


def _associated(principal: str, policy: str) -> Object:
    granted = {"policyArn": f"{_ACCESS_POLICIES}/{policy}", "accessScope": {"type": "cluster", "namespaces": []},
               "associatedAt": "2025-01-15T08:00:00+00:00", "modifiedAt": "2025-01-15T08:00:00+00:00"}
    return {"clusterName": "lakeside", "principalArn": principal, "associatedAccessPolicies": [granted]}


def _harbour() -> Object:
    pool: Object = {
        "name": "workers", "count": 3, "mode": "System", "vmSize": "Standard_D4s_v5", "osType": "Linux",
        "osSKU": "Ubuntu", "type": "VirtualMachineScaleSets", "maxPods": 30, "osDiskSizeGB": 128,
        "osDiskType": "Managed",
        "orchestratorVersion": "1.32", "currentOrchestratorVersion": "1.32.7", "enableAutoScaling": False,
        "enableNodePublicIP": False, "enableEncryptionAtHost": False, "enableFIPS": False, "upgradeSettings": {},
        "nodeImageVersion": "AKSUbuntu-2204gen2containerd-202603.15.0", "provisioningState": "Succeeded",
        "powerState": {"code": "Running"}, "scaleDownMode": "Delete"}
    return {
        "id": _SETTINGS_OF, "name": "harbour", "location": "westeurope",
        "type": "Microsoft.ContainerService/managedClusters", "tags": {"owner": "payments"},
        "sku": {"name": "Base", "tier": "Free"}, "identity": {"type": "SystemAssigned"},
        "properties": {
            "provisioningState": "Succeeded", "powerState": {"code": "Running"}, "kubernetesVersion": "1.32",
            "currentKubernetesVersion": "1.32.7", "supportPlan": "KubernetesOfficial", "enableRBAC": True,
            "dnsPrefix": "harbour", "fqdn": "harbour-0a1b2c3d.hcp.westeurope.azmk8s.io",
            "nodeResourceGroup": "MC_clinic-payments_harbour_westeurope", "maxAgentPools": 100,
            "apiServerAccessProfile": {"authorizedIPRanges": ["198.51.100.0/24"], "disableRunCommand": False},
            "networkProfile": {"networkPlugin": "azure", "networkPolicy": "none", "loadBalancerSku": "standard",
                               "serviceCidr": "10.0.0.0/16", "outboundType": "loadBalancer"},
            "aadProfile": {"managed": True, "enableAzureRBAC": False, "adminGroupObjectIDs": []},
            "autoUpgradeProfile": {"upgradeChannel": "none", "nodeOSUpgradeChannel": "None"},
            "disableLocalAccounts": False,
            "servicePrincipalProfile": {"clientId": "msi"}, "addonProfiles": {}, "securityProfile": {},
            "oidcIssuerProfile": {"enabled": False}, "storageProfile": {"diskCSIDriver": {"enabled": True}},
            "agentPoolProfiles": [pool]},
    }

"""One account with one EKS cluster, as AWS would answer; instants as EKS sends them, in seconds."""

from __future__ import annotations

from typing import Any

ACCOUNT, REGION = "111122223333", "eu-west-1"
CALLER = f"arn:aws:sts::{ACCOUNT}:assumed-role/reader/kubesurvey"
DEV = f"arn:aws:iam::{ACCOUNT}:role/team/dev"
OPS = f"arn:aws:iam::{ACCOUNT}:user/ops"
NODES = f"arn:aws:iam::{ACCOUNT}:role/nodes"
_POLICY = "arn:aws:eks::aws:cluster-access-policy"


def arn(what: str) -> str:
    return f"arn:aws:eks:{REGION}:{ACCOUNT}:{what}"


def cluster(name: str = "shop", **changes: Any) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": name, "arn": arn(f"cluster/{name}"), "createdAt": 1767225600.5, "version": "1.34",
        "status": "ACTIVE", "platformVersion": "eks.10", "roleArn": f"arn:aws:iam::{ACCOUNT}:role/control-plane",
        "resourcesVpcConfig": {
            "subnetIds": ["subnet-0a", "subnet-0b"], "vpcId": "vpc-1", "endpointPublicAccess": True,
            "endpointPrivateAccess": True, "publicAccessCidrs": ["198.51.100.0/24"],
        },
        "logging": {"clusterLogging": [
            {"types": ["audit", "authenticator"], "enabled": True},
            {"types": ["api", "controllerManager", "scheduler"], "enabled": False},
        ]},
        "certificateAuthority": {"data": "Y2VydGlmaWNhdGU="},
        "accessConfig": {"authenticationMode": "API"}, "upgradePolicy": {"supportType": "EXTENDED"},
        "deletionProtection": True, "tags": {"team": "payments"},
    }  # fmt: skip
    return described | changes


def node_group(name: str, **changes: Any) -> dict[str, Any]:
    described: dict[str, Any] = {
        "nodegroupName": name, "nodegroupArn": arn(f"nodegroup/shop/{name}/1"), "clusterName": "shop",
        "version": "1.34", "releaseVersion": "1.34.2-20260101", "createdAt": 1767225700, "status": "ACTIVE",
        "capacityType": "ON_DEMAND", "scalingConfig": {"minSize": 1, "maxSize": 4, "desiredSize": 2},
        "instanceTypes": ["m7g.large"], "subnets": ["subnet-0a", "subnet-0b"], "amiType": "AL2023_ARM_64_STANDARD",
        "nodeRole": NODES, "labels": {"pool": name}, "health": {"issues": []}, "tags": {},
    }  # fmt: skip
    return described | changes


def add_on(name: str, **changes: Any) -> dict[str, Any]:
    described: dict[str, Any] = {
        "addonName": name, "clusterName": "shop", "status": "ACTIVE", "addonVersion": "v1.2.3-eksbuild.1",
        "health": {"issues": []}, "addonArn": arn(f"addon/shop/{name}/1"), "createdAt": 1767225800, "tags": {},
    }  # fmt: skip
    return described | changes


def entry(principal: str, kind: str = "STANDARD", **changes: Any) -> dict[str, Any]:
    described: dict[str, Any] = {
        "clusterName": "shop", "principalArn": principal, "kubernetesGroups": [], "type": kind,
        "accessEntryArn": arn(f"access-entry/shop/role/{ACCOUNT}/x/1"), "createdAt": 1767225900,
        "username": principal, "tags": {},
    }  # fmt: skip
    return described | changes


def policy(name: str, *namespaces: str) -> dict[str, Any]:
    scope = {"type": "namespace" if namespaces else "cluster", "namespaces": list(namespaces)}
    return {"policyArn": f"{_POLICY}/{name}", "accessScope": scope, "associatedAt": 1767226000}


def version(name: str, ends: int = 1796169600) -> dict[str, Any]:
    """Ends on 2 December 2026 unless told otherwise."""
    return {
        "clusterVersion": name, "clusterType": "eks", "releaseDate": 1759363200,
        "endOfStandardSupportDate": ends, "endOfExtendedSupportDate": ends + 31536000,
        "versionStatus": "STANDARD_SUPPORT",
    }  # fmt: skip


def machine(name: str, state: str = "running", tags: dict[str, str] | None = None, **options: Any) -> dict[str, Any]:
    """An instance as EC2 describes it; `options` are those of its metadata."""
    held = {"kubernetes.io/cluster/shop": "owned"} if tags is None else tags
    metadata = {"state": "applied", "httpTokens": "required", "httpPutResponseHopLimit": 1, "httpEndpoint": "enabled"}
    return {"name": name, "state": state, "tags": held, "metadata": metadata | options}


def repository(name: str, mutability: str = "IMMUTABLE", *exceptions: str, **changes: Any) -> dict[str, Any]:
    described: dict[str, Any] = {
        "repositoryArn": f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/{name}", "registryId": ACCOUNT,
        "repositoryName": name, "repositoryUri": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{name}",
        "createdAt": 1767225600.0, "imageTagMutability": mutability,
        "imageScanningConfiguration": {"scanOnPush": False}, "encryptionConfiguration": {"encryptionType": "KMS"},
    }  # fmt: skip
    filters = [{"filterType": "WILDCARD", "filter": each} for each in exceptions]
    return described | ({"imageTagMutabilityExclusionFilters": filters} if filters else {}) | changes


def scanning(frequency: str, *filters: str, kind: str = "ENHANCED") -> dict[str, Any]:
    rule = {"scanFrequency": frequency, "repositoryFilters": [{"filter": each, "filterType": "WILDCARD"}
                                                              for each in filters]}  # fmt: skip
    return {"scanType": kind, "rules": [rule] if filters else []}


def covered(name: str, status: str = "ACTIVE", reason: str = "SUCCESSFUL") -> dict[str, Any]:
    return {"accountId": ACCOUNT, "resourceId": name, "resourceType": "AWS_EC2_INSTANCE", "scanType": "PACKAGE",
            "scanStatus": {"statusCode": status, "reason": reason}}  # fmt: skip


OPEN_TO_ONE = '{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444455556666:root"}}]}'
EXPIRES = '{"rules": [{"rulePriority": 1, "action": {"type": "expire"}}]}'

ZONES = {"subnet-0a": "euw1-az1", "subnet-0b": "euw1-az2", "subnet-0c": "euw1-az1"}

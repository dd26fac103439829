"""Every call that is ever made to AWS: nothing that is not in this list leaves the machine.

None of them changes anything and none of them returns a credential. The IAM policy of `kubesurvey permissions`
and the guard of the transport are both made from this list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

CLUSTER = "eks/Cluster"
CLUSTER_VERSION = "eks/ClusterVersion"
NODE_GROUP = "eks/Nodegroup"
ADD_ON = "eks/Addon"
ACCESS_ENTRY = "eks/AccessEntry"
ACCESS_POLICIES = "eks/AssociatedAccessPolicies"
SUBNETS = "ec2/Subnet"
INSTANCES = "ec2/Instance"
LAUNCH_TEMPLATE = "ec2/LaunchTemplateVersion"
REPOSITORY = "ecr/Repository"
REGISTRY_SCANNING = "ecr/RegistryScanningConfiguration"
REPOSITORY_POLICY = "ecr/RepositoryPolicy"
LIFECYCLE_POLICY = "ecr/LifecyclePolicy"
INSPECTOR_STATUS = "inspector2/AccountStatus"
INSPECTOR_COVERAGE = "inspector2/Coverage"


@dataclass(frozen=True, slots=True)
class Operation:
    """One call: `kind` is what its answer is evidence of, `tables` are those that stay unknown without it.

    `resource` is what its IAM statement is about: the part of an EKS ARN after the account, or "*" for calls
    that IAM knows no resource of. An operation without an action needs no permission.
    """

    service: str
    name: str
    kind: str
    tables: tuple[str, ...]
    resource: str = "*"
    needs_permission: bool = True

    @property
    def action(self) -> str:
        """The operation as IAM names it: "eks:DescribeCluster"."""
        return f"{self.service}:{self.name}"

    @property
    def command(self) -> str:
        """The operation as the AWS CLI names it: "describe-cluster"."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", self.name).lower()

    @property
    def method(self) -> str:
        """The operation as boto3 names it: "describe_cluster"."""
        return self.command.replace("-", "_")


_ENTRIES = ("eks_access_entries", "eks_access_policies")
_REPOSITORIES = ("ecr_repositories", "ecr_tag_exceptions")
_SCANNING = ("ecr_scanning_rules", "ecr_repositories")

WHO_AM_I = Operation("sts", "GetCallerIdentity", "", (), needs_permission=False)
LIST_CLUSTERS = Operation("eks", "ListClusters", CLUSTER, ("eks_clusters",))
DESCRIBE_CLUSTER = Operation("eks", "DescribeCluster", CLUSTER, ("eks_clusters",), "cluster/*")
DESCRIBE_VERSIONS = Operation("eks", "DescribeClusterVersions", CLUSTER_VERSION, ("eks_versions", "eks_clusters"))
LIST_NODE_GROUPS = Operation("eks", "ListNodegroups", NODE_GROUP, ("eks_node_groups",), "cluster/*")
DESCRIBE_NODE_GROUP = Operation("eks", "DescribeNodegroup", NODE_GROUP, ("eks_node_groups",), "nodegroup/*")
LIST_ADD_ONS = Operation("eks", "ListAddons", ADD_ON, ("eks_addons",), "cluster/*")
DESCRIBE_ADD_ON = Operation("eks", "DescribeAddon", ADD_ON, ("eks_addons",), "addon/*")
LIST_ENTRIES = Operation("eks", "ListAccessEntries", ACCESS_ENTRY, _ENTRIES, "cluster/*")
DESCRIBE_ENTRY = Operation("eks", "DescribeAccessEntry", ACCESS_ENTRY, ("eks_access_entries",), "access-entry/*")
LIST_POLICIES = Operation(
    "eks", "ListAssociatedAccessPolicies", ACCESS_POLICIES, ("eks_access_policies",), "access-entry/*"
)
DESCRIBE_SUBNETS = Operation("ec2", "DescribeSubnets", SUBNETS, ("eks_subnets", "eks_node_groups"))
DESCRIBE_INSTANCES = Operation("ec2", "DescribeInstances", INSTANCES, ("eks_instances",))
DESCRIBE_TEMPLATE = Operation("ec2", "DescribeLaunchTemplateVersions", LAUNCH_TEMPLATE, ("eks_launch_templates",))
DESCRIBE_REPOSITORIES = Operation("ecr", "DescribeRepositories", REPOSITORY, _REPOSITORIES)
GET_SCANNING = Operation("ecr", "GetRegistryScanningConfiguration", REGISTRY_SCANNING, _SCANNING)
GET_REPOSITORY_POLICY = Operation("ecr", "GetRepositoryPolicy", REPOSITORY_POLICY, ("ecr_repository_policies",))
GET_LIFECYCLE_POLICY = Operation("ecr", "GetLifecyclePolicy", LIFECYCLE_POLICY, ("ecr_lifecycle_policies",))
INSPECTOR_ACCOUNT = Operation("inspector2", "BatchGetAccountStatus", INSPECTOR_STATUS, ("inspector_accounts",))
LIST_COVERAGE = Operation("inspector2", "ListCoverage", INSPECTOR_COVERAGE, ("inspector_coverage",))

OPERATIONS = (
    WHO_AM_I, LIST_CLUSTERS, DESCRIBE_CLUSTER, DESCRIBE_VERSIONS, LIST_NODE_GROUPS, DESCRIBE_NODE_GROUP,
    LIST_ADD_ONS, DESCRIBE_ADD_ON, LIST_ENTRIES, DESCRIBE_ENTRY, LIST_POLICIES,
    DESCRIBE_SUBNETS, DESCRIBE_INSTANCES, DESCRIBE_TEMPLATE,
    DESCRIBE_REPOSITORIES, GET_SCANNING, GET_REPOSITORY_POLICY, GET_LIFECYCLE_POLICY,
    INSPECTOR_ACCOUNT, LIST_COVERAGE,
)  # fmt: skip


class RefusedOperation(Exception):  # noqa: N818 - it names what happened
    """Code of ours tried to make a call that is not in the list. Always a bug."""


def refuse_unlisted(service: str, name: str) -> None:
    """Raise RefusedOperation unless the call is in the list."""
    if not any(known.service == service and known.name == name for known in OPERATIONS):
        raise RefusedOperation(f"{service}:{name} is not among the calls that kubesurvey makes to AWS")

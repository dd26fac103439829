"""EKS as a source, asked over HTTP: what it says, what it refuses, and what nobody may ask."""

from __future__ import annotations

from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from collectors.aws import collect
from collectors.aws.guards import guarded
from collectors.aws.live import Live
from collectors.aws.operations import OPERATIONS, Operation, RefusedOperation
from tests.aws.bodies import CALLER, DEV, NODES, OPS, REGION, node_group
from tests.aws.endpoint import Estate, serving
from tests.aws.surveys import Survey, asking, new_run, of_estate, survey

EKS_AND_EC2 = [operation for operation in OPERATIONS if operation.needs_permission]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    return of_estate(tmp_path_factory.mktemp("whole"), Estate())


def test_everything_that_aws_says_of_a_cluster_becomes_rows(whole: Survey) -> None:
    assert list(whole.rows("eks_clusters")) == ["shop"]
    assert list(whole.rows("eks_node_groups")) == ["batch", "web"]
    assert list(whole.rows("eks_addons")) == ["coredns", "vpc-cni"]
    assert set(whole.rows("eks_access_entries")) == {DEV, OPS, NODES}
    assert set(whole.rows("eks_access_policies")) == {
        f"{DEV} AmazonEKSEditPolicy",
        f"{OPS} AmazonEKSClusterAdminPolicy",
    }
    assert list(whole.rows("eks_versions")) == ["1.34"]
    assert set(whole.rows("eks_subnets")) == {"subnet-0a", "subnet-0b"}
    assert not whole.gaps()
    assert not whole.collected.gaps


def test_rows_hold_what_was_said_and_point_to_it(whole: Survey) -> None:
    (cluster,) = whole.tables().rows["eks_clusters"]
    assert (cluster.account, cluster.kubernetes_minor, cluster.authentication_mode) == ("111122223333", 34, "API")
    assert (cluster.endpoint_is_public, cluster.widest_public_ipv4, cluster.has_public_ipv6) == (True, 24, False)
    assert cluster.log_types == ["audit", "authenticator"]
    assert str(cluster.standard_support_ends) == "2026-12-02 00:00:00"
    described = whole.item("describe-cluster --name")
    assert cluster.evidence_refs == [f"{described.evidence_id}#/cluster"]
    assert whole.rows("eks_node_groups")["web"].zones == ["euw1-az1", "euw1-az2"]


def test_verdicts_rest_on_what_was_said(whole: Survey) -> None:
    found = whole.verdicts
    assert found["eks.no_cluster_admin_entries"] == {DEV: "pass", OPS: "fail", NODES: "out of scope"}
    assert found["eks.no_iam_user_entries"] == {DEV: "pass", OPS: "fail", NODES: "out of scope"}
    assert found["eks.audit_log"] == {"shop": "pass"}
    assert found["eks.control_plane_logs"] == {"shop": "fail"}
    assert found["eks.version_in_standard_support"] == {"shop": "pass"}
    assert found["eks.node_groups_span_zones"] == {"batch": "pass", "web": "pass"}


def test_an_item_says_who_asked_what_when_and_how(whole: Survey) -> None:
    item = whole.item("describe-nodegroup --cluster-name shop --nodegroup-name web")
    assert item.request == "aws eks describe-nodegroup --cluster-name shop --nodegroup-name web --region eu-west-1"
    assert (item.source, item.principal, item.collection_mode) == ("aws", CALLER, "online_read_only")
    assert item.parameters["operation"] == "eks:DescribeNodegroup"
    assert (item.parameters["clusterName"], item.parameters["nodegroupName"]) == ("shop", "web")
    assert item.server_date
    assert item.server_date.endswith("GMT")
    assert (item.started_at, item.media_type) == ("2026-11-21T09:00:00Z", "application/json")


def test_every_listed_call_is_made_and_says_who_makes_it(tmp_path: Path) -> None:
    estate = Estate()
    of_estate(tmp_path, estate)
    assert {name for name, _, _ in estate.calls} == {operation.name for operation in OPERATIONS}
    assert all("kubesurvey/" in headers["User-Agent"] for _, _, headers in estate.calls)


def test_a_list_is_read_to_its_last_page(tmp_path: Path) -> None:
    names = [f"pool-{number}" for number in range(7)]
    estate = Estate(node_groups={name: node_group(name) for name in names}, page_size=3)
    found = of_estate(tmp_path, estate)
    assert list(found.rows("eks_node_groups")) == names
    assert [item.request.rpartition(" (")[2] for item in found.items if "list-nodegroups" in item.request][1:] == [
        "page 2)", "page 3)"
    ]  # fmt: skip


def test_moto_knows_the_same_clusters_node_groups_and_subnets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDTEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        url = "http://{}:{}".format(*server.get_host_and_port())
        ec2 = boto3.client("ec2", region_name=REGION, endpoint_url=url)
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"]
            for number, zone in enumerate("ab")
        ]
        ids = [subnet["SubnetId"] for subnet in subnets]
        eks = boto3.client("eks", region_name=REGION, endpoint_url=url)
        role = "arn:aws:iam::123456789012:role/x"
        eks.create_cluster(name="shop", version="1.33", roleArn=role, resourcesVpcConfig={"subnetIds": ids})
        for name, held in (("wide", ids), ("narrow", ids[:1])):
            eks.create_nodegroup(clusterName="shop", nodegroupName=name, nodeRole=role, subnets=held)
        run = new_run(tmp_path)
        found = collect(run, asking(url), account="123456789012", region=REGION, clusters={})
    finally:
        server.stop()
    rows = Survey(run, found).tables().rows
    assert [(row.name, row.kubernetes_minor) for row in rows["eks_clusters"]] == [("shop", 33)]
    assert {row.name: row.spans_zones for row in rows["eks_node_groups"]} == {"narrow": False, "wide": True}
    assert {row.zone for row in rows["eks_subnets"]} == {subnet["AvailabilityZoneId"] for subnet in subnets}
    assert {gap.operation for gap in found.gaps} == {
        "eks:DescribeClusterVersions", "eks:ListAccessEntries", "eks:ListAddons", "inspector2:ListCoverage"
    }, "what moto does not have is a gap"  # fmt: skip


@pytest.mark.parametrize("operation", EKS_AND_EC2, ids=[operation.action for operation in EKS_AND_EC2])
def test_a_denied_call_leaves_its_tables_unknown_and_names_the_permission(
    operation: Operation, whole: Survey, tmp_path: Path
) -> None:
    found = of_estate(tmp_path, Estate(refusals={operation.name: (403, "AccessDeniedException")}))
    denied = [item for item in found.items if item.outcome == "denied"]
    assert denied
    assert all(operation.action in item.reason for item in denied)
    assert all(f"IAM permission {operation.action} on " in item.parameters["closed_by"] for item in denied)
    before, after = whole.verdicts, found.verdicts
    for check, subjects in before.items():
        for subject, verdict in subjects.items():
            now = after.get(check, {}).get(subject)
            assert now in (verdict, "unknown", None), f"{check} of {subject} went from {verdict} to {now}"
    for table in ("eks_clusters", "eks_node_groups", "eks_addons", "eks_access_entries", "eks_access_policies"):
        if table not in operation.tables and operation.name != "ListClusters":
            assert found.rows(table) == whole.rows(table)


_MEANT = {
    "DescribeCluster": ("eks_clusters", "eks/Cluster", {"eks.audit_log", "eks.deletion_protection"}),
    "DescribeClusterVersions": ("eks_versions", "eks/ClusterVersion", {"eks.version_in_standard_support"}),
    "ListNodegroups": ("eks_node_groups", "eks/Nodegroup", {"eks.node_groups_healthy", "eks.node_groups_can_scale"}),
    "DescribeNodegroup": ("eks_node_groups", "eks/Nodegroup", {"eks.nodes_without_remote_access"}),
    "ListAddons": ("eks_addons", "eks/Addon", {"eks.addons_healthy"}),
    "DescribeAddon": ("eks_addons", "eks/Addon", {"eks.addons_healthy"}),
    "ListAccessEntries": ("eks_access_entries", "eks/AccessEntry", {"eks.no_cluster_admin_entries"}),
    "DescribeAccessEntry": ("eks_access_entries", "eks/AccessEntry", {"eks.no_iam_user_entries"}),
    "ListAssociatedAccessPolicies": (
        "eks_access_policies", "eks/AssociatedAccessPolicies", {"eks.no_cluster_admin_entries"}
    ),
    "DescribeSubnets": ("eks_subnets", "ec2/Subnet", {"eks.node_groups_span_zones"}),
    "DescribeInstances": (
        "eks_instances", "ec2/Instance", {"eks.metadata_demands_token", "eks.metadata_out_of_reach_of_pods"}
    ),
    "DescribeLaunchTemplateVersions": (
        "eks_launch_templates", "ec2/LaunchTemplateVersion", {"eks.launch_templates_protect_metadata"}
    ),
    "DescribeRepositories": ("ecr_repositories", "ecr/Repository", {"ecr.tags_cannot_move", "ecr.encrypted_by_kms"}),
    "GetRegistryScanningConfiguration": (
        "ecr_scanning_rules", "ecr/RegistryScanningConfiguration",
        {"ecr.images_scanned_when_pushed", "ecr.images_scanned_again"},
    ),
    "GetRepositoryPolicy": (
        "ecr_repository_policies", "ecr/RepositoryPolicy", {"ecr.repositories_not_open_to_everybody"}
    ),
    "GetLifecyclePolicy": ("ecr_lifecycle_policies", "ecr/LifecyclePolicy", {"ecr.old_images_are_deleted"}),
    "BatchGetAccountStatus": (
        "inspector_accounts", "inspector2/AccountStatus",
        {"eks.inspector_watches_machines", "eks.machines_are_inspected"},
    ),
    "ListCoverage": ("inspector_coverage", "inspector2/Coverage", {"eks.machines_are_inspected"}),
}  # fmt: skip


@pytest.mark.parametrize("name", _MEANT)
def test_a_denied_call_is_a_gap_and_its_checks_know_nothing(name: str, tmp_path: Path) -> None:
    table, kind, checks = _MEANT[name]
    found = of_estate(tmp_path, Estate(refusals={name: (403, "AccessDeniedException")}))
    said = found.gaps()[table, kind]
    assert f":{name}" in said
    assert "AccessDeniedException, no identity-based policy allows" in said
    service = next(each.service for each in OPERATIONS if each.name == name)
    assert f"| IAM permission {service}:{name} on " in said
    for check in checks:
        seen = {verdict for verdict in found.verdicts[check].values() if verdict != "out of scope"}
        assert "pass" not in seen
        assert "unknown" in seen


def test_one_denied_description_leaves_the_others_known(tmp_path: Path) -> None:
    found = of_estate(tmp_path, Estate(refusals={"DescribeNodegroup web": (403, "AccessDeniedException")}))
    assert list(found.rows("eks_node_groups")) == ["batch"]
    verdicts = found.verdicts["eks.node_groups_healthy"]
    assert verdicts.pop("batch") == "pass"
    assert set(verdicts.values()) == {"unknown"}


def test_a_refused_list_of_clusters_is_a_gap_of_its_own_and_named_clusters_are_still_described(tmp_path: Path) -> None:
    found = of_estate(tmp_path, Estate(refusals={"ListClusters": (403, "AccessDeniedException")}))
    assert list(found.rows("eks_clusters")) == ["shop"]
    (refused,) = [item for item in found.items if item.outcome == "denied"]
    assert refused.cluster == "aws-111122223333-eu-west-1"


def test_no_call_outside_of_the_list_is_ever_sent() -> None:
    estate = Estate()
    with serving(estate) as url:
        clients: dict[str, object] = {}

        def kept(service: str) -> object:
            clients[service] = boto3.client(
                service, region_name=REGION, endpoint_url=url, aws_access_key_id="AKIDTEST", aws_secret_access_key="x"
            )
            return clients[service]

        eks, sts = guarded(kept("eks")), guarded(kept("sts"))
        for attempt in (
            lambda: eks.delete_cluster(name="shop"),
            lambda: eks.update_cluster_config(name="shop", deletionProtection=False),
            lambda: eks.list_fargate_profiles(clusterName="shop"),
            lambda: sts.assume_role(RoleArn="arn:aws:iam::111122223333:role/x", RoleSessionName="x"),
            lambda: sts.get_session_token(),
            lambda: sts.generate_presigned_url("get_access_key_info", Params={"AccessKeyId": "AKIDTEST"}),
            lambda: eks.get_paginator("list_updates").paginate(name="shop").build_full_result(),
        ):
            with pytest.raises(RefusedOperation, match="not among the calls"):
                attempt()
        assert eks.describe_cluster(name="shop")["cluster"]["name"] == "shop"
    assert [name for name, _, _ in estate.calls] == ["DescribeCluster"]


def test_the_transport_guards_every_client_that_it_is_given(tmp_path: Path) -> None:
    made = []

    def client_of(service: str) -> object:
        made.append(boto3.client(service, region_name=REGION, aws_access_key_id="AKIDTEST", aws_secret_access_key="x",
                                 endpoint_url="http://127.0.0.1:9"))  # fmt: skip
        return made[-1]

    survey(tmp_path, Live(client_of))
    for client, call in zip(made, ("get_session_token", "delete_cluster"), strict=False):
        with pytest.raises(RefusedOperation):
            getattr(client, call)(**({"name": "shop"} if call == "delete_cluster" else {}))


def test_none_of_the_listed_calls_changes_anything_or_answers_with_a_credential() -> None:
    reading = {
        "GetCallerIdentity", "GetRegistryScanningConfiguration", "GetRepositoryPolicy", "GetLifecyclePolicy",
        "BatchGetAccountStatus",
    }  # fmt: skip
    for operation in OPERATIONS:
        assert operation.name.startswith(("List", "Describe")) or operation.name in reading, operation.name
        assert operation.service in ("eks", "ec2", "ecr", "inspector2", "sts")

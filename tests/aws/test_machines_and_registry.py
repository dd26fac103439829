"""Machines, the registry of images and Inspector: what AWS says of them, and the cases that others get wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import boto3
import pytest
from moto.server import ThreadedMotoServer

from collectors.aws import collect
from collectors.tables.as_written import Section
from collectors.tables.aws.repository_policies import admits_everybody
from collectors.tables.aws.scanning import ScanningOfAws
from collectors.tables.schema import Sighting
from tests.aws import bodies
from tests.aws.bodies import ACCOUNT, REGION, machine
from tests.aws.endpoint import Estate
from tests.aws.surveys import Survey, asking, new_run, of_estate

OF_MOTO = "123456789012"
NODE = [{"ResourceType": "instance", "Tags": [{"Key": "kubernetes.io/cluster/shop", "Value": "owned"}]}]
CACHE = [{"filterType": "WILDCARD", "filter": "cache-*"}]


@pytest.fixture(scope="module")
def of_moto(tmp_path_factory: pytest.TempPathFactory) -> tuple[Survey, dict[str, str]]:
    """A cluster with two machines of one reservation and four repositories, as moto answers; the machines by name."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        url = "http://{}:{}".format(*server.get_host_and_port())
        _forget(url)

        def client(service: str) -> Any:
            return boto3.client(service, region_name=REGION, endpoint_url=url, aws_access_key_id="AKIDTEST",
                                aws_secret_access_key="not-a-secret")  # fmt: skip

        role = f"arn:aws:iam::{OF_MOTO}:role/x"
        client("eks").create_cluster(name="shop", version="1.33", roleArn=role, resourcesVpcConfig={"subnetIds": []})
        machines = _machines(client("ec2"))
        _repositories(client("ecr"))
        client("inspector2").enable(accountIds=[OF_MOTO], resourceTypes=["ECR"])
        run = new_run(tmp_path_factory.mktemp("moto"))
        found = collect(run, asking(url), account=OF_MOTO, region=REGION, clusters={"shop": "shop"})
        _forget(url)
    finally:
        server.stop()
    return Survey(run, found), machines


def _forget(url: str) -> None:
    """All servers of moto in one process share what was made in any of them."""
    urlopen(Request(f"{url}/moto-api/reset", method="POST")).close()


def _machines(ec2: Any) -> dict[str, str]:
    image = ec2.describe_images()["Images"][0]["ImageId"]
    options = {"HttpTokens": "required", "HttpPutResponseHopLimit": 1, "HttpEndpoint": "enabled"}
    started = ec2.run_instances(
        ImageId=image, MinCount=2, MaxCount=2, TagSpecifications=NODE, MetadataOptions=options
    )["Instances"]  # fmt: skip
    first, second = (each["InstanceId"] for each in started)
    ec2.modify_instance_metadata_options(InstanceId=second, **options | {"HttpPutResponseHopLimit": 2})
    bastion = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    return {"first": first, "second": second, "bastion": bastion}


def _repositories(ecr: Any) -> None:
    ecr.create_repository(repositoryName="fixed", imageTagMutability="IMMUTABLE")
    for name, filters in (("approved", CACHE), ("latest", [{"filterType": "WILDCARD", "filter": "latest"}])):
        ecr.create_repository(repositoryName=name, imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
                              imageTagMutabilityExclusionFilters=filters)  # fmt: skip
    ecr.create_repository(repositoryName="moving", imageTagMutability="MUTABLE_WITH_EXCLUSION",
                          imageTagMutabilityExclusionFilters=CACHE)  # fmt: skip
    ecr.set_repository_policy(repositoryName="moving", policyText=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Sid": "all", "Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage"}]}))  # fmt: skip
    rules = [{"scanFrequency": "SCAN_ON_PUSH", "repositoryFilters": [{"filter": "fix*", "filterType": "WILDCARD"}]}]
    ecr.put_registry_scanning_configuration(scanType="BASIC", rules=rules)


def test_tags_that_may_move_fail_but_for_those_of_a_cache(of_moto: tuple[Survey, dict[str, str]]) -> None:
    """Fixture 14. Amazon ECR User Guide, "Preventing image tags from being overwritten"."""
    assert of_moto[0].verdicts["ecr.tags_cannot_move"] == {
        "fixed": "pass", "approved": "pass", "latest": "fail", "moving": "fail"
    }  # fmt: skip


def test_the_second_machine_of_a_reservation_counts_and_no_machine_of_others(
    of_moto: tuple[Survey, dict[str, str]],
) -> None:
    """Fixture 19. Amazon EC2 User Guide, "Use the Instance Metadata Service to access instance metadata"."""
    found, machines = of_moto
    first, second = machines["first"], machines["second"]
    assert found.verdicts["eks.metadata_out_of_reach_of_pods"] == {first: "pass", second: "fail"}
    assert found.verdicts["eks.metadata_demands_token"] == {first: "pass", second: "pass"}


def test_machines_exist_and_nobody_inspects_them(of_moto: tuple[Survey, dict[str, str]]) -> None:
    """Fixture 22. Amazon Inspector User Guide, "Automated scan types in Amazon Inspector"."""
    assert of_moto[0].verdicts["eks.inspector_watches_machines"] == {OF_MOTO: "fail"}
    assert set(of_moto[0].verdicts["eks.machines_are_inspected"].values()) == {"out of scope"}
    assert "inspector2:ListCoverage" not in {gap.operation for gap in of_moto[0].collected.gaps}, "nothing to ask"


def test_a_registry_is_read_as_moto_answers(of_moto: tuple[Survey, dict[str, str]]) -> None:
    found = of_moto[0].verdicts
    assert found["ecr.images_scanned_when_pushed"] == {
        "fixed": "pass", "approved": "fail", "latest": "fail", "moving": "fail"
    }  # fmt: skip
    assert found["ecr.images_scanned_again"]["fixed"] == "fail"
    assert found["ecr.repositories_not_open_to_everybody"]["moving"] == "fail"
    assert found["ecr.repositories_not_open_to_everybody"]["fixed"] == "pass", "that there is no policy is an answer"
    assert set(found["ecr.old_images_are_deleted"].values()) == {"fail"}
    assert set(found["ecr.encrypted_by_kms"].values()) == {"fail"}


def test_machines_are_found_by_whatever_tag_marks_them_and_once(tmp_path: Path) -> None:
    both = {"kubernetes.io/cluster/shop": "owned", "eks:cluster-name": "shop"}
    estate = Estate(reservations=[
        [machine("i-1", tags=both), machine("i-2", tags={"aws:eks:cluster-name": "shop"})],
        [machine("i-3", tags={"eks:eks-cluster-name": "shop"}), machine("i-4", "terminated")],
        [machine("i-5", tags={"eks:cluster-name": "till"}), machine("i-6", tags={"kubernetes.io/cluster/shop2": ""})],
    ])  # fmt: skip
    assert sorted(of_estate(tmp_path, estate).rows("eks_instances")) == ["i-1", "i-2", "i-3"]


def test_inspector_has_to_see_into_each_machine(tmp_path: Path) -> None:
    seen = [bodies.covered("i-0a"), bodies.covered("i-0b", "INACTIVE", "UNMANAGED_EC2_INSTANCE")]
    found = of_estate(tmp_path, Estate(coverage=seen, page_size=1))
    assert found.verdicts["eks.machines_are_inspected"] == {"i-0a": "pass", "i-0b": "fail"}


def test_what_belongs_to_the_account_is_asked_once_and_told_to_each_cluster(tmp_path: Path) -> None:
    estate = Estate(clusters={name: bodies.cluster(name) for name in ("shop", "till")})
    found = of_estate(tmp_path, estate, {"shop": "shop", "till": "till"})
    assert (estate.asked("DescribeRepositories"), estate.asked("GetRepositoryPolicy")) == (1, 2)
    assert estate.asked("DescribeInstances") == 8
    told = {(row.cluster, row.name) for row in found.tables().rows["ecr_repositories"]}
    assert told == {(cluster, name) for cluster in ("shop", "till") for name in ("shop/web", "tools")}


def test_where_one_policy_is_denied_no_repository_passes(tmp_path: Path) -> None:
    estate = Estate(refusals={"GetRepositoryPolicy web": (403, "AccessDeniedException")})
    found = of_estate(tmp_path, estate).verdicts["ecr.repositories_not_open_to_everybody"]
    assert set(found.values()) == {"unknown"}


def test_a_cluster_of_another_account_is_told_nothing_of_this_one(tmp_path: Path) -> None:
    estate = Estate()
    found = of_estate(tmp_path, estate, {"elsewhere": "shop"})
    assert estate.asked("DescribeRepositories") == 0
    assert "AWS does not know the cluster" in found.gaps()["ecr_repositories", "ecr/Repository"]


@pytest.mark.parametrize(
    ("pattern", "repository", "is_matched"),
    [
        ("*", "shop/web", True), ("shop/*", "shop/web", True), ("shop/*", "workshop/web", False),
        ("*web", "shop/web", True), ("shop", "workshop/web", True), ("web*", "shop/web", False),
        ("s*p/*b", "shop/web", True), ("shop.web", "shop/web", False),
    ],
)  # fmt: skip
def test_filters_of_scanning_match_as_the_registry_does(pattern: str, repository: str, is_matched: bool) -> None:
    """Amazon ECR User Guide, "Filters to choose which repositories are scanned"."""
    scanning = ScanningOfAws()
    body = {"scanningConfiguration": bodies.scanning("SCAN_ON_PUSH", pattern, kind="BASIC")}
    scanning.observe(Sighting("ecr/RegistryScanningConfiguration", None, ACCOUNT, None, 0, body, ["E-1#/"]))
    assert scanning.when_pushed(repository) is is_matched
    assert scanning.continuously(repository) is False


def allowing(principal: object, **more: object) -> Section:
    return {"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "ecr:BatchGetImage", **more}]}


def bound(operator: str, key: str, value: object) -> Section:
    return allowing("*", Condition={operator: {key: value}})


@pytest.mark.parametrize(
    ("policy", "is_open"),
    [
        (allowing("*"), True), (allowing({"AWS": "*"}), True), (allowing({"AWS": ["arn:aws:iam::1:root", "*"]}), True),
        (allowing({"AWS": "arn:aws:iam::444455556666:root"}), False),
        (allowing({"Service": "lambda.amazonaws.com"}), False),
        ({"Statement": {"Effect": "Allow", "NotPrincipal": {"AWS": "arn:aws:iam::1:root"}}}, True),
        ({"Statement": {"Effect": "Deny", "Principal": "*"}}, False), ({"Statement": []}, False),
        (bound("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"), False),
        (bound("StringLike", "aws:PrincipalOrgID", "o-*"), None), (bound("StringLike", "aws:PrincipalArn", "*"), None),
        (bound("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", ["o-a1b2c3d4e5/*"]), False),
        (bound("ForAllValues:StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"), None),
        (bound("StringLike", "aws:PrincipalArn", "arn:aws:iam::444455556666:role/*"), False),
        (bound("StringLike", "aws:PrincipalArn", "arn:aws:iam::*:role/reader"), None),
        (bound("Bool", "aws:SecureTransport", "true"), None), (allowing(None), None), ({}, None), (None, None),
        ({"Statement": [*allowing("*")["Statement"], {"Effect": "Deny", "Principal": "*"}]}, None),
    ],
)  # fmt: skip
def test_a_policy_is_open_where_nothing_binds_everybody(policy: Section | None, is_open: bool | None) -> None:
    """IAM User Guide, "AWS JSON policy elements: Principal" and "AWS global condition context keys"."""
    assert admits_everybody(policy) is is_open

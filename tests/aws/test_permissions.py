"""The policy that is printed allows exactly the calls that are made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assessment.access.permissions import Place, aws_policy, for_aws, for_azure
from collectors.aws.operations import OPERATIONS
from collectors.people import engagement
from collectors.tables.families import tables_of


def actions(policy: dict[str, object]) -> list[str]:
    statements: object = policy["Statement"]
    assert isinstance(statements, list)
    return sorted(action for statement in statements for action in statement["Action"])


def test_it_allows_every_listed_call_that_needs_permission_and_no_other() -> None:
    policy = json.loads(for_aws().policy)
    assert actions(policy) == sorted(each.action for each in OPERATIONS if each.needs_permission)
    assert {statement["Effect"] for statement in policy["Statement"]} == {"Allow"}
    assert "*" not in "".join(actions(policy))


def test_it_is_narrowed_to_the_clusters_that_are_named() -> None:
    policy = aws_policy([Place("111122223333", "eu-west-1", "shop"), Place("444455556666", "cn-north-1", "till")])
    resources = {
        each for statement in policy["Statement"] if statement["Resource"] != "*" for each in statement["Resource"]
    }
    assert "arn:aws:eks:eu-west-1:111122223333:cluster/shop" in resources
    assert "arn:aws-cn:eks:cn-north-1:444455556666:nodegroup/till/*" in resources
    (lists,) = [statement for statement in policy["Statement"] if statement["Resource"] == "*"]
    assert lists["Condition"] == {"StringEquals": {"aws:RequestedRegion": ["cn-north-1", "eu-west-1"]}}


@pytest.mark.parametrize("name", ["*", "shop*", "sh?p", "${aws:username}"])
def test_a_name_cannot_widen_it(name: str) -> None:
    text = json.dumps(aws_policy([Place("111122223333", "eu-west-1", name)]))
    assert "cluster/*" not in text
    assert "cluster/shop*" not in text
    assert "sh?p" not in text
    assert "${aws:" not in text


def test_each_permission_says_which_tables_need_it() -> None:
    lines = for_aws().explained
    assert any(line.startswith("eks:DescribeNodegroup ") and "eks_node_groups" in line for line in lines)
    known = set(tables_of("aws"))
    assert {table for operation in OPERATIONS for table in operation.tables} == known


def test_the_azure_role_is_printed_for_the_subscriptions_that_are_named(tmp_path: Path) -> None:
    file = tmp_path / "engagement.yaml"
    file.write_text(
        "client: Somebody\nclusters:\n"
        "  till: {managed: aks, cloud: {subscription: 11111111-2222-3333-4444-555555555555, resource_group: shop}}\n"
        '  shop: {managed: eks, cloud: {account: "111122223333", region: eu-west-1}}\n'
    )
    read = engagement.read(file)
    role = json.loads(for_azure(read).policy)
    assert role["AssignableScopes"] == ["/subscriptions/11111111-2222-3333-4444-555555555555"]
    assert not any("credential" in action.lower() for action in role["Actions"])
    assert "cluster/shop" in for_aws(read).policy
    assert "put yours in place of" in " ".join(for_azure().explained)

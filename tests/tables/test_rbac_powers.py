"""What RBAC rules allow, as the authorizer of Kubernetes reads them."""

from __future__ import annotations

from typing import Any

import pytest

from collectors.tables.rbac_powers import READING, Rule, grants_everything, read_rule

EVERY = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}
WRITING = ["create", "update", "patch", "delete"]
CORE = {"apiGroups": [""]}


def allows(rule: dict[str, Any], resource: str, *verbs: str, group: str = "") -> bool | None:
    return read_rule(rule).allows(group, (resource,), verbs)


@pytest.mark.parametrize(
    ("resources", "verbs", "expected"),
    [
        (["pods/exec"], ["create"], True),
        (["pods/exec"], ["*"], True),
        (["*"], ["create"], True),
        (["*/exec"], ["create"], True),
        (["pods"], ["*"], False),
        (["pods/*"], ["*"], False),
        (["*/*"], ["*"], False),
        (["*/attach"], ["*"], False),
        (["pods/exec"], ["list"], False),
        (["pod/exec"], ["create"], False),
    ],
)
def test_a_bare_star_covers_subresources_and_a_half_star_does_not(
    resources: list[str], verbs: list[str], expected: bool
) -> None:
    assert allows(CORE | {"resources": resources, "verbs": verbs}, "pods/exec", "create") is expected


def test_the_api_group_must_match_too() -> None:
    rule = {"resources": ["deployments"], "verbs": ["get"]}
    assert allows(rule | {"apiGroups": ["apps"]}, "deployments", "get", group="apps") is True
    assert allows(rule | {"apiGroups": [""]}, "deployments", "get", group="apps") is False
    assert allows(rule | {"apiGroups": ["*"]}, "deployments", "get", group="apps") is True


def test_names_limit_a_rule() -> None:
    rule = CORE | {"resources": ["secrets"], "verbs": ["get"], "resourceNames": ["key"]}
    assert read_rule(rule).allows("", ("secrets",), READING) is True
    assert read_rule(rule).allows_on_every_object("", ("secrets",), READING) is False


def test_a_part_that_cannot_be_read_leaves_open_only_what_it_could_change() -> None:
    assert allows(CORE | {"resources": "pods", "verbs": ["get"]}, "pods", "get") is None
    assert allows({"apiGroups": ["apps"], "resources": "pods", "verbs": ["get"]}, "pods", "get") is False
    assert read_rule(None).allows("", ("pods",), ("get",)) is None


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([EVERY], True),
        ([EVERY | {"verbs": ["get", "list", "watch", "create", "update", "patch", "delete"]}], True),
        ([EVERY | {"verbs": ["get", "list"]}], False),
        ([EVERY | {"verbs": ["get", "list", "watch"]}, EVERY | {"verbs": WRITING}], True),
        ([EVERY | {"apiGroups": [""]}], False),
        ([EVERY | {"resources": ["pods"]}], False),
        ([EVERY | {"resourceNames": ["one"]}], False),
        ([], False),
        ([None], None),
        ([EVERY | {"verbs": ["get"]}, None], None),
        ([None, EVERY], True),
        ([EVERY | {"verbs": 1}], None),
    ],
)
def test_every_right_may_be_written_in_one_rule_or_in_several(
    rules: list[dict[str, Any] | None], expected: bool | None
) -> None:
    assert grants_everything(map(read_rule, rules)) is expected


def test_wildcards_are_seen_wherever_they_stand() -> None:
    plain = Rule(["get"], [""], ["pods"], [], [])
    assert plain.has_wildcard is False
    for changed in ({"verbs": ["*"]}, {"apiGroups": ["*"]}, {"resources": ["*/scale"]}, {"nonResourceURLs": ["*"]}):
        written = CORE | {"resources": ["pods"], "verbs": ["get"]} | changed
        assert read_rule(written).has_wildcard is True
    assert read_rule(CORE | {"resources": ["pods"], "verbs": 1}).has_wildcard is None

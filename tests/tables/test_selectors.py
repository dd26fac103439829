"""Label selectors, as Kubernetes documents them under "Labels and Selectors"."""

from __future__ import annotations

from typing import Any

import pytest

from collectors.tables.selectors import equalities, labels_of, matches, requirements, selector_of

LABELS = {"app": "web", "tier": "front"}


def expression(key: str, operator: str, *values: str) -> dict[str, Any]:
    return {"matchExpressions": [{"key": key, "operator": operator, **({"values": list(values)} if values else {})}]}


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ({}, True),
        ({"matchLabels": {"app": "web"}}, True),
        ({"matchLabels": {"app": "web", "tier": "back"}}, False),
        ({"matchLabels": {"app": None}}, False),
        (expression("app", "In", "web", "till"), True),
        (expression("app", "In", "till"), False),
        (expression("absent", "In", "web"), False),
        (expression("app", "NotIn", "web"), False),
        (expression("app", "NotIn", "till"), True),
        (expression("absent", "NotIn", "web"), True),
        (expression("app", "Exists"), True),
        (expression("absent", "Exists"), False),
        (expression("app", "DoesNotExist"), False),
        (expression("absent", "DoesNotExist"), True),
        ({"matchLabels": {"app": "web"}} | expression("tier", "Exists"), True),
        ({"matchLabels": {"app": "web"}} | expression("tier", "DoesNotExist"), False),
    ],
)
def test_a_selector_is_met_when_every_requirement_is(selector: dict[str, Any], expected: bool) -> None:
    assert matches(requirements(selector), LABELS) is expected


@pytest.mark.parametrize(
    "selector",
    [
        None,
        "app=web",
        {"app": "web"},
        {"matchLabels": ["app"]},
        {"matchLabels": {"app": 1}},
        {"matchLabels": {"app": "a,b"}},
        {"matchExpressions": {"key": "app"}},
        {"matchExpressions": ["app"]},
        expression("app", "Like", "web"),
        expression("app", "In"),
        expression("app", "Exists", "web"),
        {"matchExpressions": [{"operator": "Exists"}]},
        {"matchExpressions": [{"key": "app", "operator": "In", "values": "web"}]},
    ],
)
def test_what_cannot_be_read_decides_nothing(selector: Any) -> None:
    assert requirements(selector) is None
    assert matches(requirements(selector), LABELS) is None


def test_labels_that_are_not_known_decide_only_an_empty_selector() -> None:
    assert matches([], None) is True
    assert matches(["app=web"], None) is None


def test_requirements_read_like_kubectl_and_sorted() -> None:
    selector = {
        "matchLabels": {"b": "2", "a": ""},
        "matchExpressions": [
            {"key": "t", "operator": "NotIn", "values": ["y", "x", "y"]},
            {"key": "e", "operator": "DoesNotExist", "values": []},
        ],
    }
    assert requirements(selector) == ["!e", "a=", "b=2", "t notin (x,y)"]


def test_an_absent_selector_differs_from_an_empty_one() -> None:
    assert selector_of({}, "selector") == (False, None)
    assert selector_of({"selector": {}}, "selector") == (True, [])
    assert selector_of({"selector": "x"}, "selector") == (True, None)
    assert selector_of(None, "selector") == (True, None)


def test_a_plain_map_selects_by_equality() -> None:
    assert equalities({"selector": {"app": "web"}}, "selector") == ["app=web"]
    assert equalities({}, "selector") == []
    assert equalities({"selector": {"app": 1}}, "selector") is None


def test_labels_are_read_from_their_texts() -> None:
    assert labels_of(["app=web", "empty="]) == {"app": "web", "empty": ""}
    assert labels_of(None) is None

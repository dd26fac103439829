"""Objects in memory are judged as a folder of manifests would be, and are never changed."""

from __future__ import annotations

import copy
import datetime

import pytest

from collectors.kubernetes.offline import in_memory
from tests.sources.collecting import api_list, pod

CANARY = "hunter2-canary"


def test_objects_are_copied_redacted_and_placed() -> None:
    given = [pod("a", spec=None), api_list(pod("b"))]
    given[0]["spec"] = {"containers": [{"name": "c", "env": [{"name": "PASSWORD", "value": CANARY}]}]}
    before = copy.deepcopy(given)
    ((draft, placed),) = in_memory(given, cluster="one", whole=False, kubernetes_version="1.34")
    assert given == before
    assert [place for place, _ in placed] == ["/items/0", "/items/1/items/0"]
    assert CANARY not in str(placed)
    assert draft.parameters == {"basis": "declared", "whole": "false", "kubernetes_version": "1.34"}
    assert draft.claims == ()


def test_a_whole_world_claims_everything_unless_part_of_it_makes_no_sense() -> None:
    ((draft, _),) = in_memory([pod("a")], cluster="one", whole=True)
    assert [(claim.kind, claim.namespace, claim.complete) for claim in draft.claims] == [("*", "*", True)]
    broken = pod("a") | {"metadata": "text"}
    ((draft, placed),) = in_memory([broken, {"replicas": 3}], cluster="one", whole=True)
    assert [(claim.kind, claim.complete) for claim in draft.claims] == [("*", False)]
    assert draft.reason == "object 0 has metadata that is not a mapping" and placed == []


def test_what_json_cannot_carry_is_refused_with_its_position() -> None:
    with pytest.raises(TypeError, match="object 1 is not made of JSON values"):
        in_memory([pod("a"), pod("b") | {"spec": {1, 2}}], cluster="one", whole=True)
    born = pod("a", creationTimestamp=datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC))
    ((_, placed),) = in_memory([born], cluster="one", whole=True)
    assert placed[0][1]["metadata"]["creationTimestamp"] == "2026-01-02T00:00:00+00:00"

"""Which workloads a selector may pick."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

from assessment.derived.selected_pods import SelectedPods


class Pods(NamedTuple):
    cluster: str
    namespace: str | None
    name: str
    pod_labels: list[str] | None
    selector_labels: list[str] | None = []  # noqa: RUF012 - never changed


def picked(
    workloads: list[Pods], namespace: str | None, selector: list[str] | None, cluster: str = "c"
) -> dict[str, bool | None]:
    return {each.name: hit for each, hit in SelectedPods(workloads).of(cluster, namespace, selector)}


WEB = Pods("c", "shop", "web", ["app=web", "tier=front"])
TILL = Pods("c", "shop", "till", ["app=till"])


def test_a_selector_picks_the_workloads_of_its_namespace_whose_labels_meet_it() -> None:
    elsewhere = WEB._replace(namespace="bank", name="elsewhere")
    other_cluster = WEB._replace(cluster="d", name="other")
    found = picked([WEB, TILL, elsewhere, other_cluster], "shop", ["app=web", "tier=front"])
    assert found == {"web": True}


def test_an_empty_selector_picks_every_workload_of_the_namespace() -> None:
    assert picked([WEB, TILL], "shop", []) == {"web": True, "till": True}


def test_requirements_without_equality_are_asked_of_every_workload() -> None:
    assert picked([WEB, TILL], "shop", ["app notin (web)", "!tier"]) == {"till": True}


def test_a_selector_that_cannot_be_read_may_pick_any() -> None:
    assert picked([WEB, TILL], "shop", None) == {"web": None, "till": None}


def test_labels_that_are_not_known_may_be_picked() -> None:
    unknown = WEB._replace(pod_labels=None)
    assert picked([unknown, TILL], "shop", ["app=web"]) == {"web": None}
    assert picked([unknown], "shop", []) == {"web": True}


def test_a_namespace_that_is_not_stated_matches_nothing_surely() -> None:
    homeless = WEB._replace(namespace=None, name="homeless")
    assert picked([WEB, homeless], "shop", ["app=web"]) == {"web": True, "homeless": None}
    assert picked([WEB, homeless, TILL], None, ["app=web"]) == {"web": None, "homeless": None}


def test_the_unnamed_namespace_of_a_whole_folder_is_one_namespace() -> None:
    unnamed = WEB._replace(namespace="")
    assert picked([unnamed], "", ["app=web"]) == {"web": True}
    assert picked([unnamed], "shop", ["app=web"]) == {}


def test_a_template_without_labels_carries_at_least_those_of_its_selector() -> None:
    torn = WEB._replace(pod_labels=[], selector_labels=["app=web"])
    assert picked([torn], "shop", ["app=web"]) == {"web": True}
    assert picked([torn], "shop", ["app=till"]) == {"web": None}
    assert picked([torn], "shop", ["!tier"]) == {"web": None}
    assert picked([torn._replace(selector_labels=None)], "shop", ["app=web"]) == {"web": None}
    assert picked([torn._replace(selector_labels=[])], "shop", ["app=web"]) == {}


def test_many_workloads_and_policies_are_paired_without_comparing_each_with_each() -> None:
    workloads = [Pods("c", f"ns-{n % 50}", str(n), ["team=shop", f"app=a{n}"]) for n in range(25_000)]
    pods = SelectedPods(workloads)
    start = time.perf_counter()
    pairs: list[Any] = []
    for n in range(300):
        pairs.extend(pods.of("c", f"ns-{n % 50}", ["team=shop", f"app=a{n}"]))
    assert len(pairs) == 300
    assert time.perf_counter() - start < 1

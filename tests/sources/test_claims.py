"""What a list proves depends on how it was asked, and most lists do not say how."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.sources.collecting import api_list, gather, stored_pod, write


def claims(tmp_path: Path, name: str, content: Any, **options: Any) -> set[tuple[str, str, bool]]:
    folder = tmp_path / "dump"
    write(folder / "anchor.json", stored_pod("anchor"))  # a bare object: makes it a dump, claims nothing
    write(folder / name, content)
    return gather(folder, tmp_path, **options).claims


@pytest.mark.parametrize("whole", [False, True])
def test_an_empty_list_without_a_kind_never_claims_anything(whole: bool, tmp_path: Path) -> None:
    assert claims(tmp_path, "secrets.json", api_list(), whole=whole) == set()


def test_a_list_proves_the_namespaces_that_it_shows(tmp_path: Path) -> None:
    listed = api_list(stored_pod("a", "one"), stored_pod("b", "two"))
    assert claims(tmp_path, "pods.json", listed) == {("Pod", "one", True), ("Pod", "two", True)}


def test_a_list_proves_the_cluster_when_somebody_says_that_it_is_whole(tmp_path: Path) -> None:
    listed = api_list(stored_pod("a", "one"))
    assert claims(tmp_path, "pods.json", listed, whole=True) == {("Pod", "one", True), ("Pod", "*", True)}


def test_a_list_of_cluster_scoped_objects_proves_all_of_them(tmp_path: Path) -> None:
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n", "uid": "u", "resourceVersion": "1"}}
    assert claims(tmp_path, "nodes.json", api_list(node)) == {("Node", "*", True)}


def test_a_page_with_a_continue_token_is_partial(tmp_path: Path) -> None:
    listed = api_list(stored_pod("a", "one"), **{"continue": "abc"})
    assert claims(tmp_path, "pods.json", listed, whole=True) == {("Pod", "*", False)}


def test_an_item_that_cannot_be_read_makes_its_list_partial(tmp_path: Path) -> None:
    assert claims(tmp_path, "pods.json", api_list(stored_pod("a"), "torn")) == {("Pod", "*", False)}


def test_an_empty_typed_list_speaks_for_no_namespace_by_itself(tmp_path: Path) -> None:
    listed = api_list(kind="PodList", resourceVersion="9")
    assert claims(tmp_path, "pods.json", listed) == set()


def test_an_empty_typed_list_is_enough_when_somebody_says_that_it_is_whole(tmp_path: Path) -> None:
    listed = api_list(kind="PodList", resourceVersion="9")
    assert claims(tmp_path, "pods.json", listed, whole=True) == {("Pod", "*", True)}


@pytest.mark.parametrize(
    ("place", "kind", "version", "claimed"),
    [
        ("b/cluster-resources/pods/shop.json", "PodList", "v1", ("Pod", "shop", True)),
        ("cluster-resources/deployments/a.json", "DeploymentList", "apps/v1", ("apps/Deployment", "a", True)),
        ("cluster-resources/nodes.json", "NodeList", "v1", ("Node", "*", True)),
        ("namespaces/shop/apps/deployments.yaml", "DeploymentList", "apps/v1", ("apps/Deployment", "shop", True)),
        ("namespaces/shop/core/pods.yaml", "PodList", "v1", ("Pod", "shop", True)),
    ],
)
def test_support_bundles_and_must_gather_say_the_namespace_of_an_empty_list(
    place: str, kind: str, version: str, claimed: tuple[str, str, bool], tmp_path: Path
) -> None:
    listed = api_list(kind=kind, api_version=version, resourceVersion="9")
    assert claims(tmp_path, place, listed) == {claimed}


def test_a_place_that_contradicts_its_list_says_nothing(tmp_path: Path) -> None:
    listed = api_list(kind="PodList", resourceVersion="9")
    assert claims(tmp_path, "cluster-resources/services/shop.json", listed) == set()


def test_without_a_resource_version_a_typed_list_is_one_nodes_answer(tmp_path: Path) -> None:
    listed = api_list(stored_pod("a"), kind="PodList")
    assert claims(tmp_path, "pods.json", listed, whole=True) == set()


def test_a_bare_object_claims_nothing_in_a_dump(tmp_path: Path) -> None:
    assert claims(tmp_path, "pod.json", stored_pod("a"), whole=True) == set()


def test_a_kind_refused_in_one_namespace_is_not_whole(tmp_path: Path) -> None:
    folder = tmp_path / "dump"
    write(folder / "one" / "pods.json", api_list(stored_pod("a", "one")))
    write(folder / "two" / "pods.json", api_list())
    write(folder / "two" / "pods.err", b"Error from server (Forbidden): pods is forbidden\n")
    gathered = gather(folder, tmp_path, whole=True)
    assert gathered.claims == {("Pod", "one", True)}
    assert gathered.items["two/pods.json"].outcome == "denied"


def test_warnings_on_stderr_do_not_make_a_list_doubtful(tmp_path: Path) -> None:
    folder = tmp_path / "dump"
    write(folder / "pods.json", api_list(stored_pod("a", "one")))
    write(folder / "pods.err", b"Warning: v1 Endpoints is deprecated in v1.33+\n")
    assert gather(folder, tmp_path).claims == {("Pod", "one", True)}


def test_a_list_with_an_error_beside_it_is_partial(tmp_path: Path) -> None:
    folder = tmp_path / "dump"
    write(folder / "pods.json", api_list(stored_pod("a", "one")))
    write(folder / "pods.err", b"Unable to connect to the server: EOF\n")
    gathered = gather(folder, tmp_path)
    assert gathered.claims == {("Pod", "*", False)}
    assert gathered.items["pods.json"].outcome == "partial"


def test_a_namespace_that_is_not_stated_is_not_claimed(tmp_path: Path) -> None:
    bare = stored_pod("a")
    del bare["metadata"]["namespace"]
    assert claims(tmp_path, "pods.json", api_list(bare)) == set()


def test_a_custom_kind_is_scoped_by_what_it_shows(tmp_path: Path) -> None:
    meta = {"name": "a", "uid": "u", "resourceVersion": "1"}
    everywhere = {"apiVersion": "x.io/v1", "kind": "Wide", "metadata": meta}
    inside = {"apiVersion": "x.io/v1", "kind": "Narrow", "metadata": {**meta, "namespace": "shop"}}
    expected = {("x.io/Wide", "*", True), ("x.io/Narrow", "shop", True)}
    assert claims(tmp_path, "x.json", api_list(everywhere, inside)) == expected


def test_manifests_that_are_lists_claim_nothing(tmp_path: Path) -> None:
    plain = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": "b"}}
    folder = tmp_path / "manifests"
    write(folder / "list.json", api_list(plain))
    gathered = gather(folder, tmp_path)
    assert gathered.collected.basis == "declared" and gathered.claims == set()


def test_two_version_files_that_disagree_say_no_version(tmp_path: Path) -> None:
    folder = tmp_path / "dump"
    for name, version in (("a", "v1.34.2"), ("b", "v1.35.0")):
        write(folder / name / "version.json", {"serverVersion": {"gitVersion": version}})
    assert gather(folder, tmp_path).collected.kubernetes_version is None

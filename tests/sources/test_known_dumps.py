"""What the dumps of others claim: each list what it is of, nothing for what is not there, and no log is ever read."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sources.collecting import Gathered, api_list, archive, gather, stored_pod, write
from tests.sources.dumps_by_hand import (
    CANARY,
    IN_A_NAMESPACE,
    MUST_GATHER_LISTS,
    cluster_info_dump,
    files_of,
    kubelet_answer,
    must_gather,
    of,
    support_bundle,
    thing,
    typed,
    workload,
    written,
)

Write = Callable[[Path], Path]
FORMATS = [cluster_info_dump, must_gather, support_bundle, kubelet_answer]


def kind_of(api_version: str, kind: str) -> str:
    group = api_version.rpartition("/")[0]
    return f"{group}/{kind}" if group else kind


def in_each(kinds: dict[str, tuple[str, str]], *namespaces: str) -> set[tuple[str, str]]:
    return {(kind_of(*known), namespace) for known in kinds.values() for namespace in namespaces}


def test_a_cluster_info_dump_claims_nodes_and_seven_kinds_of_each_namespace_it_has(tmp_path: Path) -> None:
    gathered = gather(cluster_info_dump(tmp_path / "dump"), tmp_path)
    assert gathered.complete == {("Node", "*"), *in_each(IN_A_NAMESPACE, "kube-system", "shop")}
    assert gathered.claims == {(*claim, True) for claim in gathered.complete} and not gathered.reasons
    assert (gathered.collected.basis, gathered.collected.source) == ("running", "dump")
    assert {line["object"]["kind"] for line in gathered.stored("shop/pods.json")} == {"Pod"}


def test_a_cluster_info_dump_in_yaml_claims_the_same(tmp_path: Path) -> None:
    in_json = gather(cluster_info_dump(tmp_path / "json"), tmp_path / "a").claims
    assert gather(cluster_info_dump(tmp_path / "yaml", ending="yaml"), tmp_path / "b").claims == in_json


def test_a_must_gather_claims_the_lists_in_its_namespaces_and_no_kind_of_which_it_has_single_objects(
    tmp_path: Path,
) -> None:
    gathered = gather(must_gather(tmp_path / "dump"), tmp_path)
    listed = in_each(MUST_GATHER_LISTS, "kube-system", "shop")
    assert gathered.complete == {("config.openshift.io/Ingress", "*"), *listed}
    assert gathered.collected.kubernetes_version == "1.31"
    assert not gathered.reasons


def test_an_inspect_of_one_namespace_claims_that_namespace(tmp_path: Path) -> None:
    folder = must_gather(tmp_path / "dump", ["shop"])
    shutil.rmtree(folder / "quay-io-openshift-must-gather-sha256-0a1b/cluster-scoped-resources")
    assert gather(folder, tmp_path).complete == in_each(MUST_GATHER_LISTS, "shop")


def test_a_support_bundle_claims_its_lists_and_names_what_it_was_refused(tmp_path: Path) -> None:
    gathered = gather(support_bundle(tmp_path / "dump"), tmp_path)
    lists = {name: IN_A_NAMESPACE[name] for name in ("pods", "services", "deployments")}
    of_all = {("Namespace", "*"), ("Node", "*"), ("networking.k8s.io/Ingress", "shop")}
    assert gathered.complete == of_all | in_each(lists, "kube-system", "shop")
    errors = next(item for path, item in gathered.items.items() if path.endswith("ingress-errors.json"))
    assert (errors.outcome, errors.parameters["kind"]) == ("denied", "networking.k8s.io/Ingress")
    assert gathered.collected.kubernetes_version == "1.34" and gathered.collected.source == "support-bundle"


@pytest.mark.parametrize("whole", [False, True])
def test_a_kubelets_answer_holds_pods_and_claims_nothing(whole: bool, tmp_path: Path) -> None:
    gathered = gather(kubelet_answer(tmp_path / "dump"), tmp_path, whole=whole)
    (line,) = gathered.stored("pods")
    assert (line["object"]["apiVersion"], line["object"]["kind"]) == ("v1", "Pod")
    assert gathered.claims == set() and gathered.collected.basis == "running"


def test_static_pods_alone_are_still_a_running_clusters(tmp_path: Path) -> None:
    static = of("Pod", "shop", workload())
    del static[0]["metadata"]["resourceVersion"]
    gathered = gather(kubelet_answer(tmp_path / "dump", static), tmp_path)
    assert (gathered.collected.basis, gathered.collected.counts.objects) == ("running", 1)


def test_what_a_kubelet_says_of_containers_that_run_is_not_taken_for_pods(tmp_path: Path) -> None:
    """`/runningpods` leaves out nearly all of a pod: no setting may be read from what it does not say."""
    bare = [{"metadata": {"name": "web-1", "namespace": "shop", "uid": "u"}, "spec": {"containers": [{"name": "app"}]}}]
    folder = cluster_info_dump(tmp_path / "dump")
    written(folder / "runningpods", typed("v1", "Pod", bare, version=""))
    gathered = gather(folder, tmp_path)
    assert gathered.reasons == ["runningpods:1 is what a container runtime knows of a pod, not the pod"]


@pytest.mark.parametrize("write_it", FORMATS)
def test_without_any_one_file_exactly_what_that_file_claims_is_lost(write_it: Write, tmp_path: Path) -> None:
    folder = write_it(tmp_path / "dump")
    before = gather(folder, tmp_path / "before")
    for number, path in enumerate(files_of(folder)):
        content = (folder / path).read_bytes()
        (folder / path).unlink()
        after = gather(folder, tmp_path / str(number)) if files_of(folder) else None
        rest = {(c.kind, c.namespace) for name, item in before.items.items() if name != path for c in item.claims}
        assert (after.complete if after else set()) == rest, path
        write(folder / path, content)


@pytest.mark.parametrize("write_it", FORMATS)
@pytest.mark.parametrize("ending", [".tar", ".tar.gz", ".tgz"])
def test_an_archive_of_a_dump_claims_what_its_folder_claims(write_it: Write, ending: str, tmp_path: Path) -> None:
    folder = write_it(tmp_path / "dump")
    packed = archive(tmp_path / f"in{ending}", {path: (folder / path).read_bytes() for path in files_of(folder)})
    assert gather(packed, tmp_path / "a").claims == gather(folder, tmp_path / "b").claims


@pytest.mark.parametrize("write_it", FORMATS)
def test_no_log_no_metrics_and_no_secret_of_a_dump_is_stored(write_it: Write, tmp_path: Path) -> None:
    gathered = gather(write_it(tmp_path / "dump"), tmp_path)
    stored = b"".join(b"".join(gathered.run.open(item)) for item in gathered.run.items() if item.sha256)
    assert b"web-1" in stored
    for canary in (CANARY, "aHVudGVyMi1jYW5hcnk", "in-a-log", "START logs"):
        assert canary.encode() not in stored


def test_a_dump_that_broke_off_claims_the_lists_that_were_written(tmp_path: Path) -> None:
    """kubectl stops where it is refused: the last namespace holds some of its lists, later ones none."""
    folder = cluster_info_dump(tmp_path / "dump")
    for name in ("daemonsets", "deployments", "replicasets", "pods"):
        (folder / "shop" / f"{name}.json").unlink()
    lost = {("apps/DaemonSet", "shop"), ("apps/Deployment", "shop"), ("apps/ReplicaSet", "shop"), ("Pod", "shop")}
    expected = {("Node", "*"), *in_each(IN_A_NAMESPACE, "kube-system", "shop")} - lost
    assert gather(folder, tmp_path).complete == expected


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("write_it", [cluster_info_dump, must_gather, support_bundle])
def test_a_list_that_is_cut_off_is_not_complete(write_it: Write, kept: float, tmp_path: Path) -> None:
    folder = write_it(tmp_path / "dump")
    lists = ("shop/pods.json", "shop/core/pods.yaml", "pods/shop.json")
    path = next(path for path in files_of(folder) if path.endswith(lists))
    content = (folder / path).read_bytes()
    write(folder / path, content[: int(len(content) * kept)])
    gathered = gather(folder, tmp_path)
    assert ("Pod", "shop") not in gathered.complete and ("Pod", "kube-system") in gathered.complete
    assert gathered.items[path].outcome in ("partial", "failed") and gathered.items[path].reason


@pytest.mark.parametrize("items", [3, 300])
def test_the_last_item_of_yaml_that_is_cut_between_lines_is_not_believed(items: int, tmp_path: Path) -> None:
    """Cut there, the rest of a pod reads as a pod that leaves settings out."""
    folder = must_gather(tmp_path / "dump")
    pods = [stored_pod(f"p{number}") | {"spec": {"note": "x" * 500}} for number in range(items)]
    path = folder / "quay-io-openshift-must-gather-sha256-0a1b/namespaces/shop/core/pods.yaml"
    text = written(path, api_list(*pods, kind="PodList", resourceVersion="9")).read_text()
    path.write_text(text[: text.rindex("  spec:")])
    gathered = gather(folder, tmp_path)
    name = path.relative_to(folder).as_posix()
    assert len(gathered.stored(name)) == items - 1
    assert ("Pod", "shop") not in gathered.complete
    assert "last item of a list that is cut off" in gathered.items[name].reason


@pytest.mark.parametrize(
    ("path", "kind", "api_version"),
    [
        ("..weird/pods.json", "Pod", "v1"),
        ("Shop/pods.json", "Pod", "v1"),
        ("shop.prod/pods.json", "Pod", "v1"),
        ("shop/pods.json", "Service", "v1"),
        ("shop/nodes.json", "Node", "v1"),
        ("deep/shop/pods.json", "Pod", "v1"),
        ("namespaces/all/core/pods.json", "Pod", "v1"),
        ("namespaces/shop/core/nodes.json", "Node", "v1"),
        ("namespaces/shop/apps/pods.json", "Pod", "v1"),
        ("namespaces/shop/example.com/pods.json", "Pod", "v1"),
        ("namespaces/shop/pods/pods.json", "Pod", "v1"),
        ("cluster-scoped-resources/core/pods.json", "Pod", "v1"),
        ("cluster-scoped-resources/apps/nodes.json", "Node", "v1"),
        ("bundle/cluster-resources/pods.json", "Pod", "v1"),
        ("cluster-resources/services/shop.json", "Pod", "v1"),
        ("cluster-resources/nodes/shop.json", "Node", "v1"),
        ("cluster-resources/pods/Shop.json", "Pod", "v1"),
    ],
)
def test_a_place_that_is_not_the_lists_own_claims_nothing_for_an_empty_list(
    path: str, kind: str, api_version: str, tmp_path: Path
) -> None:
    folder = tmp_path / "dump"
    write(folder / "anchor.json", stored_pod("anchor"))
    write(folder / "kube-public/replication-controllers.json", typed("v1", "ReplicationController", []))
    before = gather(folder, tmp_path / "before").claims
    write(folder / path, typed(api_version, kind, []))
    assert gather(folder, tmp_path / "after").claims == before


def test_a_list_that_shows_another_namespace_than_its_place_speaks_for_what_it_shows(tmp_path: Path) -> None:
    folder = cluster_info_dump(tmp_path / "dump")
    written(folder / "shop/pods.json", typed("v1", "Pod", [stored_pod("a", "billing")]))
    complete = gather(folder, tmp_path, whole=True).complete
    assert {namespace for kind, namespace in complete if kind == "Pod"} == {"billing", "kube-system"}


def test_manifests_in_folders_of_such_names_are_manifests(tmp_path: Path) -> None:
    folder = tmp_path / "gitops"
    plain = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": "shop"}}
    write(folder / "namespaces/shop/core/pods.yaml", api_list(plain, kind="PodList"))
    write(folder / "namespaces/shop/pods/web/web.yaml", plain)
    gathered = gather(folder, tmp_path)
    assert gathered.collected.basis == "declared" and gathered.claims == set()


def test_custom_kinds_in_a_must_gather_are_known_by_their_plural(tmp_path: Path) -> None:
    folder = must_gather(tmp_path / "dump")
    place = folder / "quay-io-openshift-must-gather-sha256-0a1b/namespaces/shop/example.com"
    empty = {"kind": "WidgetList", "api_version": "example.com/v1", "resourceVersion": "9"}
    written(place / "widgets.yaml", api_list(**empty))
    written(place / "gadgets.yaml", api_list(**empty | {"kind": "GizmoList"}))
    custom = {claim for claim in gather(folder, tmp_path).claims if claim[0].startswith("example.com/")}
    assert custom == {("example.com/Widget", "shop", True)}


def whole(folder: Path, store: Path) -> Gathered:
    return gather(folder, store, whole=True)


def everywhere(gathered: Gathered) -> set[str]:
    return {kind for kind, namespace in gathered.complete if namespace == "*"}


def test_a_whole_dump_claims_every_kind_that_each_of_its_namespaces_has_a_list_of(tmp_path: Path) -> None:
    gathered = whole(cluster_info_dump(tmp_path / "dump"), tmp_path)
    assert everywhere(gathered) == {"Node", *(kind_of(*known) for known in IN_A_NAMESPACE.values())}
    by_end = {(claim.kind, claim.namespace) for claim in gathered.items["(end of source)"].claims}
    assert by_end == {(kind, "*") for kind in everywhere(gathered) - {"Node"}}


@pytest.mark.parametrize("write_it", [cluster_info_dump, must_gather, support_bundle])
def test_a_whole_dump_without_one_list_does_not_claim_its_kind_everywhere(write_it: Write, tmp_path: Path) -> None:
    folder = write_it(tmp_path / "dump")
    before = everywhere(whole(folder, tmp_path / "before"))
    for number, path in enumerate(files_of(folder)):
        content = (folder / path).read_bytes()
        item = gather(folder, tmp_path / f"item-{number}").items[path]
        (folder / path).unlink()
        after = everywhere(whole(folder, tmp_path / str(number)))
        assert after == before - {claim.kind for claim in item.claims}, path
        write(folder / path, content)


@pytest.mark.parametrize("torn", ["shop/pods.json", "other.json", "other.zip"])
def test_a_whole_dump_with_a_list_that_is_not_all_there_does_not_claim_its_kind(torn: str, tmp_path: Path) -> None:
    folder = tmp_path / "dump"
    write(folder / "kube-system/pods.json", api_list(stored_pod("dns", "kube-system")))
    write(folder / "services.json", api_list(thing("v1", "Service", "web")))
    write(folder / torn, b'{"apiVersion": "v1", "kind": "List", "items": [{"kind": "Pod", ')
    found = everywhere(whole(folder, tmp_path))
    assert "Pod" not in found
    assert ("Service" in found) == (torn == "shop/pods.json")


def test_a_whole_dump_with_a_namespace_that_was_refused_does_not_claim_the_kind(tmp_path: Path) -> None:
    folder = support_bundle(tmp_path / "dump")
    root = folder / "support-bundle-2026-11-21T09_00_00/cluster-resources"
    (root / "pods/kube-system.json").unlink()
    written(root / "pods-errors.json", {"kube-system": "pods is forbidden"})
    assert everywhere(whole(folder, tmp_path)) == {"Namespace", "Node", "Service", "apps/Deployment"}

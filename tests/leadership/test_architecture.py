from __future__ import annotations

import json
import random
from datetime import date, datetime
from pathlib import Path
from typing import Any

from lxml import etree

from assessment.maps import architecture
from assessment.maps.drawing import CARDS_IN_A_LINE, LINES, drawings
from assessment.maps.lettering import clipped, width, wrapped
from assessment.maps.model import Map
from assessment.reports.characters import visible
from tests.reports.made_up_results import LONG, MARKUP, RIGHT_TO_LEFT

Rows = list[dict[str, Any]]
SPANS, REPLICAS = "eks.node_groups_span_zones", "reliability.more_than_one_replica"


def world(name: str = "shop", namespaces: int = 2) -> tuple[dict[str, Rows], dict[str, Rows]]:
    """One EKS cluster with a pool in one zone, a platform workload on one replica and a few services."""
    tables: dict[str, Rows] = {table: [] for table in architecture.TABLES}
    tables["clusters"] = [{"cluster": name, "kubernetes_minor": 34}]
    tables["eks_clusters"] = [{
        "cluster": name, "kubernetes_version": "1.34", "standard_support_ends": datetime(2026, 12, 2),
        "extended_support_ends": datetime(2027, 12, 2), "endpoint_is_public": True, "widest_public_ipv4": 0,
        "evidence_refs": ["E-000001#/cluster"],
    }]  # fmt: skip
    tables["eks_node_groups"] = [{
        "cluster": name, "name": "workers", "desired_nodes": 2, "minimum_nodes": 2, "maximum_nodes": 6,
        "zones": ["az1"], "evidence_refs": [],
    }]  # fmt: skip
    tables["nodes"] = [{
        "cluster": name, "zone": "zone-a", "labels": ["eks.amazonaws.com/nodegroup=workers"], "is_ready": True,
        "kubelet_version": "v1.34.1", "evidence_refs": [],
    }]  # fmt: skip
    tables["workloads"] = [
        workload(name, "kube-system", "coredns", 1, True),
        *(workload(name, f"team-{at:02}", "web", 3, False) for at in range(namespaces)),
    ]
    results: dict[str, Rows] = {result: [] for result in architecture.RESULTS}
    results["clusters"] = [{"cluster": name, "display_name": None, "environment": "production"}]
    results["runs"] = [{"as_of": "2026-11-20T00:00:00Z"}]
    results["checks"] = [
        {"check_id": SPANS, "title": "Every node group stands in two zones", "dimension": "disaster-recovery"},
        {"check_id": REPLICAS, "title": "Workloads run at least two replicas", "dimension": "applications"},
        {"check_id": "access.secrets", "title": "Elsewhere", "dimension": "security"},
    ]
    results["findings"] = [
        finding(SPANS, name, "EKSNodeGroup", None, "workers", "fail"),
        finding(REPLICAS, name, "Deployment", "kube-system", "coredns", "unknown"),
        finding(REPLICAS, name, "Deployment", "team-00", "web", "pass"),
        finding("access.secrets", name, "EKSCluster", None, name, "fail"),
    ]
    results["risks"] = [{"check_id": SPANS, "cluster": name, "score": 71}]
    results["packages"] = [{"package_id": "spread", "checks": [SPANS], "clusters": [name], "kind": "fix"}]
    results["plan"] = [{"package_id": "spread", "quarter": 2}]
    return tables, results


def workload(cluster: str, namespace: str, name: str, replicas: int, system: bool) -> dict[str, Any]:
    return {
        "cluster": cluster, "namespace": namespace, "kind": "Deployment", "name": name, "desired_replicas": replicas,
        "is_system_namespace": system, "evidence_refs": [],
    }  # fmt: skip


def finding(check: str, cluster: str, kind: str, namespace: str | None, name: str, verdict: str) -> dict[str, Any]:
    return {"check_id": check, "cluster": cluster, "subject_kind": kind, "subject_namespace": namespace,
            "subject_name": name, "verdict": verdict}  # fmt: skip


def state_of(found: Map, element_id: str) -> str:
    return next(element.state for element in found.elements if element.id == element_id)


def test_a_failing_check_is_a_difference_with_its_package_and_quarter() -> None:
    found = architecture.build(*world())
    delta = next(delta for delta in found.deltas if SPANS in delta.check_ids)
    assert (delta.element_id, delta.package_id, delta.quarter) == ("shop/node pool/workers", "spread", 2)
    assert delta.finding_group == f"{SPANS}@shop"
    assert state_of(found, delta.element_id) == "bad"


def test_what_was_not_seen_is_unknown_and_never_good() -> None:
    found = architecture.build(*world())
    assert state_of(found, "shop/platform/kube-system/coredns") == "unknown"
    assert state_of(found, "shop/services/team-00") == "good"
    assert state_of(found, "shop/services/team-01") == "seen"
    delta = next(delta for delta in found.deltas if not delta.known)
    assert (delta.current, delta.package_id) == ("not known", None)


def test_a_list_that_was_refused_leaves_a_hatched_hole() -> None:
    tables, results = world()
    tables["nodes"] = []
    results["gaps"] = [{"cluster": "shop", "table": "nodes", "closed_by": "permission to list nodes"}]
    found = architecture.build(tables, results)
    hole = next(element for element in found.elements if element.label == "not seen: nodes")
    assert (hole.state, hole.kind) == ("unknown", "zone")
    assert "permission to list nodes" in hole.current


def test_checks_of_other_maps_stay_away() -> None:
    assert all("access.secrets" not in delta.check_ids for delta in architecture.build(*world()).deltas)


def test_support_comes_from_the_cloud_or_is_not_known() -> None:
    tables, results = world()
    assert architecture.build(tables, results).supports[0].standard_ends == date(2026, 12, 2)
    tables["eks_clusters"] = []
    assert architecture.build(tables, results).supports[0].standard_ends is None


def test_the_order_of_rows_changes_nothing() -> None:
    tables, results = world(namespaces=9)
    expected = architecture.build(tables, results).as_json()
    chance = random.Random(3)
    for rows in [*tables.values(), *results.values()]:
        chance.shuffle(rows)
    assert architecture.build(tables, results).as_json() == expected


def test_the_file_holds_elements_links_and_deltas(tmp_path: Path) -> None:
    told = json.loads(architecture.build(*world()).write(tmp_path / "maps" / "architecture.json").read_text())
    assert {"elements", "links", "deltas", "supports", "caption"} <= set(told)
    assert {"from", "to", "kind"} == set(told["links"][0])
    assert [delta["n"] for delta in told["deltas"]] == list(range(1, len(told["deltas"]) + 1))


def test_no_half_holds_more_than_forty_cards_and_says_how_many_are_left_out() -> None:
    found = architecture.build(*world(namespaces=70))
    (drawing,) = drawings(found)
    cards = drawing.svg.count('rx="2"') // 2
    assert cards <= CARDS_IN_A_LINE * LINES <= 40
    assert drawing.left_out == len(found.elements) - (cards - 1)
    assert f"+ {drawing.left_out} more" in drawing.svg


def test_a_drawing_is_well_formed_whatever_things_are_called() -> None:
    name = MARKUP + RIGHT_TO_LEFT + LONG
    tables, results = world(name)
    tables["workloads"].append(workload(name, name, name, 1, False))
    (drawing,) = drawings(architecture.build(tables, results), visible)
    etree.fromstring(drawing.svg)
    assert "<script" not in drawing.svg
    assert "\u202e" not in drawing.svg


def test_an_estate_without_clusters_has_no_drawing(tmp_path: Path) -> None:
    found = architecture.read(tmp_path, tmp_path)
    assert drawings(found) == ()
    assert found.caption.endswith("nothing judged.")


def test_clipped_text_fits() -> None:
    for most in (20.0, 50.0, 90.0):
        assert width(clipped("kube-system/coredns-and-more", 7.4, most), 7.4) <= most
        assert all(width(line, 7.0, bold=True) <= most for line in wrapped(LONG, 7.0, most, 2, bold=True))
    assert clipped("short", 7.0, 90.0) == "short"
    assert wrapped("two short lines", 7.0, 30.0, 3) == ("two short", "lines")


def test_work_that_only_looks_promises_no_change_on_the_target_side() -> None:
    tables, results = world()
    results["packages"].append({"package_id": "look", "checks": [REPLICAS], "clusters": ["shop"], "kind": "find-out"})
    results["plan"].append({"package_id": "look", "quarter": 1})
    found = architecture.build(tables, results)
    (delta,) = [delta for delta in found.deltas if delta.finds_out]
    assert (delta.package_id, delta.quarter) == ("look", 1)
    assert "1 to be closed by the plan, 0 in quarter 1, 1 to be looked at first" in found.caption
    (page,) = drawings(found, visible, {"spread": 12, "look": 34})
    assert "Q1 look: two replicas or more" in page.svg
    assert ">34</text>" in page.svg
    assert ">12</text>" in page.svg

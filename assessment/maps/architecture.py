"""Map 1: what can fail without us going down, and how long is it supported?

Drawn from tables and results only. What the target is, the checks say: each that fails or is open on an element
is a numbered difference, with the package that is to close it and the quarter.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from assessment.maps.model import Delta, Element, Link, Map
from assessment.maps.sightings import ROWS, Row, Rows, Tables, is_platform, sightings, support_of

NAME = "architecture"
TABLES = ("clusters", "eks_clusters", "aks_clusters", "eks_node_groups", "aks_agent_pools", "nodes", "services",
          "ingresses", "workloads")  # fmt: skip
RESULTS = ("findings", "checks", "clusters", "gaps", "risks", "packages", "plan", "runs")
HIGH = 60
FIND_OUT = "find-out"
# The dimension, and what other dimensions ask of the same things: the last part of a check's id.
ALSO = frozenset(
    [
        "addons_healthy",
        "automatic_upgrades",
        "deletion_protection",
        "endpoint_is_private_or_restricted",
        "more_than_one_replica",
        "node_groups_can_scale",
        "node_groups_healthy",
        "node_groups_span_zones",
        "node_pools_can_scale",
        "node_pools_span_zones",
        "node_version_follows_control_plane",
        "paid_tier",
        "version_in_standard_support",
    ]
)
SAYS = {
    "addons_healthy": "add-ons healthy", "automatic_upgrades": "patches arrive by themselves",
    "deletion_protection": "protected from deletion", "disruption_budget": "survives maintenance",
    "disruption_budget_allows_eviction": "allows maintenance",
    "endpoint_is_private_or_restricted": "API not open to everybody", "more_than_one_replica": "two replicas or more",
    "node_groups_can_scale": "grows by itself", "node_pools_can_scale": "grows by itself",
    "node_groups_healthy": "pools healthy", "node_groups_span_zones": "two zones or more",
    "node_pools_span_zones": "two zones or more", "node_version_follows_control_plane": "nodes follow the version",
    "paid_tier": "uptime agreement", "version_in_standard_support": "version in standard support",
}  # fmt: skip
_WHOLE = ("Cluster", "EKSCluster", "ManagedCluster")
_POOL = ("EKSNodeGroup", "EKSNodegroup", "NodeGroup", "AgentPool")
_FINDING = ("check_id", "cluster", "subject_kind", "subject_namespace", "subject_name", "verdict")
_Found = dict[tuple[str, str], dict[str, int]]


def read(tables: Path, results: Path) -> Map:
    """The map of a workspace's newest run; tables and results that are not there count as empty."""
    return build(
        {name: _rows(tables / f"{name}.parquet") for name in TABLES},
        {name: _rows(results / f"{name}.parquet", _FINDING if name == "findings" else None) for name in RESULTS},
    )


def build(tables: Tables, results: Mapping[str, Rows]) -> Map:
    """The map from rows of tables and results. The same rows give the same map, whatever their order."""
    clusters = sorted(results["clusters"], key=lambda row: row["cluster"])
    elements: list[Element] = []
    for row in clusters:
        elements += sightings(tables, results["gaps"], row["cluster"])
    elements = list({element.id: element for element in elements}.values())
    places = _Places(elements, tables["workloads"])
    checks = {row["check_id"]: row for row in results["checks"] if _belongs(row)}
    found: _Found = defaultdict(lambda: {"pass": 0, "fail": 0, "unknown": 0})
    for finding in results["findings"]:
        place = places.of(finding) if finding["check_id"] in checks else None
        if place:
            found[place, finding["check_id"]][finding["verdict"]] += 1
    deltas = _deltas(found, checks, results, elements)
    scores = {(row["check_id"], row["cluster"]): row["score"] or 0 for row in results["risks"]}
    ordered = sorted(elements, key=lambda element: (element.cluster, ROWS.index(element.kind), element.label))
    finished = tuple(_with_state(element, found, scores, deltas) for element in ordered)
    counts = list(found.values())
    judged = sum(sum(each.values()) for each in counts)
    known = judged - sum(each["unknown"] for each in counts)
    return Map(
        name=NAME,
        clusters=tuple(
            (row["cluster"], row["display_name"] or row["cluster"], row["environment"] or "") for row in clusters
        ),
        elements=finished,
        links=_links(finished),
        deltas=deltas,
        supports=tuple(support_of(tables, row["cluster"]) for row in clusters),
        as_of=_as_of(results["runs"]),
        judged=judged,
        known=known,
        caption=_caption(deltas, judged, known),
    )


class _Places:
    """Which element stands for the subject of a finding."""

    def __init__(self, elements: Iterable[Element], workloads: Rows) -> None:
        self.ids = {element.id for element in elements}
        self.whole = {element.cluster: element.id for element in elements if element.kind == "control plane"}
        self.platform = {
            (row["cluster"], row["namespace"], row["kind"], row["name"]) for row in workloads if is_platform(row)
        }

    def of(self, finding: Row) -> str | None:
        cluster, kind = finding["cluster"], finding["subject_kind"]
        space, name = finding["subject_namespace"], finding["subject_name"]
        if kind in _WHOLE:
            return self.whole.get(cluster)
        if kind in _POOL:
            return self._known(f"{cluster}/node pool/{name}") or self.whole.get(cluster)
        if (cluster, space, kind, name) in self.platform:
            return self._known(f"{cluster}/platform/{space or '?'}/{name}")
        return self._known(f"{cluster}/services/{space or '?'}")

    def _known(self, element_id: str) -> str | None:
        return element_id if element_id in self.ids else None


def _belongs(check: Row) -> bool:
    return check["dimension"] == NAME or check["check_id"].rpartition(".")[2] in ALSO


def _deltas(
    found: _Found, checks: Mapping[str, Row], results: Mapping[str, Rows], elements: Sequence[Element]
) -> tuple[Delta, ...]:
    by_id = {element.id: element for element in elements}
    quarters = {row["package_id"]: row["quarter"] for row in results["plan"]}
    packages = sorted(results["packages"], key=lambda row: (row.get("kind") == FIND_OUT, row["package_id"]))

    def order(key: tuple[str, str]) -> tuple[str, int, str, str]:
        element = by_id[key[0]]
        return element.cluster, ROWS.index(element.kind), element.label, key[1]

    open_ones = [key for key in sorted(found, key=order) if found[key]["fail"] or found[key]["unknown"]]
    return tuple(
        _delta(number, by_id[element_id], checks[check_id], found[element_id, check_id], packages, quarters)
        for number, (element_id, check_id) in enumerate(open_ones, 1)
    )


def _delta(
    number: int,
    element: Element,
    check: Row,
    counts: Mapping[str, int],
    packages: Rows,
    quarters: Mapping[str, int | None],
) -> Delta:
    check_id, total = check["check_id"], sum(counts.values())
    row = next(
        (row for row in packages
         if check_id in (row["checks"] or ()) and (not row["clusters"] or element.cluster in row["clusters"])),
        None,
    )  # fmt: skip
    return Delta(
        n=number,
        element_id=element.id,
        field=SAYS.get(check_id.rpartition(".")[2]) or str(check["title"]),
        current=_today(counts, total),
        target=check["title"],
        check_ids=(check_id,),
        finding_group=f"{check_id}@{element.cluster}",
        known=counts["unknown"] == 0,
        package_id=row["package_id"] if row else None,
        quarter=quarters.get(row["package_id"]) if row else None,
        finds_out=bool(row and row.get("kind") == FIND_OUT),
    )


def _today(counts: Mapping[str, int], total: int) -> str:
    """What was found, in a few words."""
    if total == 1:
        return "no" if counts["fail"] else "not known"
    says = [f"no for {counts['fail']} of {total}"] if counts["fail"] else []
    return ", ".join(says + ([f"not known for {counts['unknown']} of {total}"] if counts["unknown"] else []))


def _with_state(
    element: Element, found: _Found, scores: Mapping[tuple[str, str], int], deltas: Sequence[Delta]
) -> Element:
    """The worst that was found; what nobody could see is not known, whatever else holds."""
    mine = {check_id: counts for (place, check_id), counts in found.items() if place == element.id}
    failing = [scores.get((check_id, element.cluster), 0) for check_id, counts in mine.items() if counts["fail"]]
    if failing:
        state = "bad" if max(failing) >= HIGH else "attention"
    elif element.state == "unknown" or any(counts["unknown"] for counts in mine.values()):
        state = "unknown"
    else:
        state = "good" if mine else element.state
    says = tuple(dict.fromkeys(delta.field for delta in deltas if delta.element_id == element.id))
    return dataclasses.replace(element, state=state, target=says or element.current)


def _links(elements: Sequence[Element]) -> tuple[Link, ...]:
    """Control planes lead to pools, ways in to the services of their namespace."""
    planes = {element.cluster: element.id for element in elements if element.kind == "control plane"}
    ids = {element.id for element in elements}
    found = [Link(planes[each.cluster], each.id, "runs") for each in elements if each.kind == "node pool"]
    for each in elements:
        home = f"{each.cluster}/services/{each.label.partition('/')[0]}"
        if each.kind == "way in" and home in ids:
            found.append(Link(each.id, home, "leads to"))
    return tuple(found)


def _caption(deltas: Sequence[Delta], judged: int, known: int) -> str:
    number, looked_at = len(deltas), sum(delta.finds_out for delta in deltas)
    mended = [delta.quarter for delta in deltas if delta.quarter is not None and not delta.finds_out]
    share = f"{100 * known // judged} % of {judged:,} verdicts known" if judged else "nothing judged"
    found = f"{number} difference{'s' if number != 1 else ''} to the target"
    looking = f", {looked_at} to be looked at first" if looked_at else ""
    closed = f"{len(mended)} to be closed by the plan, {mended.count(1)} in quarter 1{looking}"
    return f"Architecture: {found}; {closed}; {share}."


def _as_of(runs: Rows) -> date:
    """The day of the newest run."""
    return date.fromisoformat(str(runs[-1]["as_of"])[:10]) if runs else date(1970, 1, 1)


def _rows(file: Path, columns: Sequence[str] | None = None) -> Rows:
    if not file.is_file():
        return []
    found: Rows = pq.read_table(file, columns=list(columns) if columns else None).to_pylist()
    return found

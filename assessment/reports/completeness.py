"""What was seen and what was not: clusters, coverage by source and table, gaps and what closes them."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from assessment.reports.parts import Listing
from assessment.reports.reading import Results
from assessment.reports.seen import Cluster, GapGroup, SourceCoverage, TableCoverage

NAMESPACES_SHOWN = 12
NAMESPACES_IN_A_GAP = 4
GAP_GROUPS_SHOWN = 40
MANY_KINDS = 5
TABLE_LINES_SHOWN = 80
CLUSTERS_SHOWN = 40
NAMES_OF_CLUSTERS = 6
_REACHES = ("known", "in part", "unseen")


def clusters(results: Results) -> Listing[Cluster]:
    """Every surveyed cluster with what was found in it; first those of which nothing was seen at all."""
    rows = results.rows(
        """
        WITH items AS (
            SELECT cluster, count(*) AS items, count_if(outcome IN ('complete', 'partial')) AS answered
            FROM evidence_items GROUP BY cluster),
        subjects AS (
            SELECT cluster, subject_namespace AS namespace, subject_kind AS kind, subject_name AS name
            FROM findings UNION
            SELECT cluster, subject_namespace, subject_kind, subject_name FROM out_of_scope),
        counted AS (
            SELECT cluster, count(*) AS subjects,
                list_sort(list(DISTINCT namespace) FILTER (namespace NOT IN ('', '?', '*'))) AS namespaces
            FROM subjects GROUP BY cluster)
        SELECT clusters.*, items, subjects, namespaces
        FROM clusters LEFT JOIN items USING (cluster) LEFT JOIN counted USING (cluster)
        ORDER BY coalesce(answered, 0) > 0, cluster
        """
    )
    return Listing(tuple(_cluster(row) for row in rows[:CLUSTERS_SHOWN]), len(rows))


def _cluster(row: dict[str, Any]) -> Cluster:
    namespaces, minor = row["namespaces"] or [], row["kubernetes_minor"]
    return Cluster(
        name=row["cluster"],
        display_name=row["display_name"] or row["cluster"],
        environment=row["environment"] or "",
        basis=row["basis"] or "not stated",
        kubernetes_version="not known" if minor is None else f"1.{minor}",
        whole="whole cluster" if row["whole"] in (True, "true") else "what was collected",
        namespaces=Listing(tuple(namespaces[:NAMESPACES_SHOWN]), len(namespaces)),
        items=row["items"] or 0,
        subjects=row["subjects"] or 0,
    )


def sources(results: Results) -> tuple[SourceCoverage, ...]:
    """What each source brought from each cluster."""
    rows = results.rows(
        """
        SELECT source, coalesce(cluster, '') AS cluster, count(*) AS items,
            count_if(outcome = 'complete') AS complete, count_if(outcome = 'partial') AS partial,
            count_if(outcome NOT IN ('complete', 'partial')) AS refused,
            coalesce(sum(documents), 0)::BIGINT AS documents, coalesce(sum(objects), 0)::BIGINT AS objects,
            coalesce(sum(repeats), 0)::BIGINT AS repeats,
            coalesce(sum(not_kubernetes), 0)::BIGINT AS not_kubernetes, coalesce(sum(gaps), 0)::BIGINT AS gaps
        FROM evidence_items GROUP BY ALL ORDER BY source, cluster
        """
    )
    return tuple(SourceCoverage(**row) for row in rows)


def tables(results: Results) -> Listing[TableCoverage]:
    """How far each table is known in which cluster; tables known alike share a line, those with most gaps first."""
    rows = results.rows(
        """
        WITH seen AS (
            SELECT cluster, "table", count_if(state = 'complete') AS lists,
                count_if(state <> 'complete') AS partial_lists
            FROM coverage GROUP BY cluster, "table"),
        missing AS (SELECT cluster, "table", count(*) AS gaps FROM gaps GROUP BY cluster, "table")
        SELECT coalesce(cluster, 'no cluster') AS cluster, coalesce("table", 'no table') AS "table",
            coalesce(gaps, 0) AS gaps,
            CASE WHEN coalesce(lists, 0) = 0 AND coalesce(partial_lists, 0) = 0 THEN 'unseen'
                WHEN coalesce(partial_lists, 0) = 0 AND gaps IS NULL THEN 'known' ELSE 'in part' END AS reach
        FROM seen FULL JOIN missing USING (cluster, "table") ORDER BY "table", cluster
        """
    )
    reached: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        reached[row["table"]].append(row)
    alike: dict[tuple[tuple[str, ...], ...], list[str]] = defaultdict(list)
    for table, mine in reached.items():
        places = (tuple(row["cluster"] for row in mine if row["reach"] == reach) for reach in _REACHES)
        alike[tuple(places)].append(table)
    lines = []
    for key, names in alike.items():
        known, in_part, unseen = (Listing(places[:NAMES_OF_CLUSTERS], len(places)) for places in key)
        gaps = sum(row["gaps"] for name in names for row in reached[name])
        lines.append(TableCoverage(tuple(names), known, in_part, unseen, gaps))
    lines.sort(key=lambda line: (-line.gaps, line.tables))
    return Listing(tuple(lines[:TABLE_LINES_SHOWN]), len(lines))


def gap_groups(results: Results) -> Listing[GapGroup]:
    """Gaps that one act would close, the most numerous first.

    Acts that differ only in the namespace they name (`kubectl get pods -n team`) are one act for all of them; an act
    that closes the gaps of many kinds, such as a cluster that does not answer, is one group for all kinds.
    """
    rows = results.rows(
        f"""
        WITH acts AS (
            SELECT namespace, closed_by, "table", coalesce(cluster, '') AS cluster, coalesce(source, '') AS source,
                coalesce(kind, '') AS kind, coalesce(outcome, '') AS outcome, coalesce(reason, '') AS reason,
                CASE WHEN namespace IN ('*', '?') THEN closed_by
                ELSE replace(closed_by || ' ', ' -n ' || namespace || ' ', ' -A ') END AS act
            FROM gaps),
        spread AS (
            SELECT cluster, source, outcome, reason, act, count(DISTINCT kind) AS kinds FROM acts GROUP BY ALL),
        told AS (
            SELECT acts.* REPLACE (
                CASE WHEN kinds > {MANY_KINDS} THEN kinds || ' kinds' ELSE kind END AS kind)
            FROM acts JOIN spread ON acts.act IS NOT DISTINCT FROM spread.act
                AND (acts.cluster, acts.source, acts.outcome, acts.reason)
                  = (spread.cluster, spread.source, spread.outcome, spread.reason))
        SELECT count(*) AS count, cluster, source, kind,
            list_sort(list(DISTINCT "table") FILTER ("table" IS NOT NULL)) AS tables,
            list_sort(list(DISTINCT namespace) FILTER (namespace IS NOT NULL)) AS namespaces, outcome, reason,
            trim(CASE WHEN count(DISTINCT closed_by) > 1 THEN act ELSE min(coalesce(closed_by, '')) END)
                AS closed_by
        FROM told GROUP BY cluster, source, kind, outcome, reason, act
        ORDER BY count DESC, cluster, source, kind, outcome, reason, closed_by
        """
    )
    return Listing(tuple(_group(row) for row in rows[:GAP_GROUPS_SHOWN]), len(rows))


def _group(row: dict[str, Any]) -> GapGroup:
    names = row["namespaces"] or []
    namespaces = Listing(tuple(names[:NAMESPACES_IN_A_GAP]), len(names))
    return GapGroup(**{**row, "tables": tuple(row["tables"] or ()), "namespaces": namespaces})

"""What was seen and what was not: clusters, coverage by source and table, gaps and what closes them."""

from __future__ import annotations

from typing import Any

from assessment.reports.parts import Cluster, GapGroup, Listing, SourceCoverage, TableCoverage
from assessment.reports.reading import Results

NAMESPACES_SHOWN = 12
NAMESPACES_IN_A_GAP = 4
GAP_GROUPS_SHOWN = 40
TABLE_LINES_SHOWN = 80
CLUSTERS_SHOWN = 40


def clusters(results: Results) -> Listing[Cluster]:
    """Every cluster that evidence, verdicts or gaps speak of."""
    rows = results.rows(
        """
        WITH seen AS (
            SELECT cluster, count(*) AS items,
                string_agg(DISTINCT parameters->>'$.basis', ', ' ORDER BY parameters->>'$.basis') AS basis,
                string_agg(DISTINCT parameters->>'$.kubernetes_version', ', '
                    ORDER BY parameters->>'$.kubernetes_version') AS kubernetes_version,
                bool_or(parameters->>'$.whole' = 'true') AS whole
            FROM (SELECT * REPLACE (try_cast(parameters AS JSON) AS parameters) FROM evidence_items)
            GROUP BY cluster),
        subjects AS (
            SELECT cluster, subject_namespace AS namespace, subject_kind AS kind, subject_name AS name
            FROM findings UNION
            SELECT cluster, subject_namespace, subject_kind, subject_name FROM out_of_scope),
        counted AS (
            SELECT cluster, count(*) AS subjects,
                list_sort(list(DISTINCT namespace) FILTER (namespace NOT IN ('', '?', '*'))) AS namespaces
            FROM subjects GROUP BY cluster)
        SELECT cluster, items, basis, kubernetes_version, whole, subjects, namespaces
        FROM seen FULL JOIN counted USING (cluster) WHERE cluster IS NOT NULL ORDER BY cluster
        """
    )
    return Listing(tuple(_cluster(row) for row in rows[:CLUSTERS_SHOWN]), len(rows))


def _cluster(row: dict[str, Any]) -> Cluster:
    namespaces = row["namespaces"] or []
    return Cluster(
        row["cluster"],
        row["basis"] or "not stated",
        row["kubernetes_version"] or "not known",
        "whole cluster" if row["whole"] else "what was collected",
        Listing(tuple(namespaces[:NAMESPACES_SHOWN]), len(namespaces)),
        row["items"] or 0,
        row["subjects"] or 0,
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
    """How far each table is known in each cluster."""
    rows = results.rows(
        """
        WITH seen AS (
            SELECT cluster, "table", list_sort(list(DISTINCT kind) FILTER (kind IS NOT NULL)) AS kinds,
                count_if(state = 'complete') AS lists, count_if(state <> 'complete') AS partial_lists,
                bool_or(state = 'complete' AND namespace = '*') AS whole
            FROM coverage GROUP BY cluster, "table"),
        missing AS (SELECT cluster, "table", count(*) AS gaps FROM gaps GROUP BY cluster, "table")
        SELECT coalesce(cluster, '') AS cluster, coalesce("table", '') AS "table",
            coalesce(kinds, []) AS kinds, coalesce(whole, false) AS whole, coalesce(lists, 0) AS lists,
            coalesce(partial_lists, 0) AS partial_lists, coalesce(gaps, 0) AS gaps
        FROM seen FULL JOIN missing USING (cluster, "table") ORDER BY cluster, "table"
        """
    )
    lines = (TableCoverage(**{**row, "kinds": tuple(row["kinds"])}) for row in rows[:TABLE_LINES_SHOWN])
    return Listing(tuple(lines), len(rows))


def gap_groups(results: Results) -> Listing[GapGroup]:
    """Gaps that one act would close, the most numerous first."""
    rows = results.rows(
        """
        SELECT count(*) AS count, coalesce(cluster, '') AS cluster, coalesce(source, '') AS source,
            coalesce(kind, '') AS kind, list_sort(list(DISTINCT "table") FILTER ("table" IS NOT NULL)) AS tables,
            list_sort(list(DISTINCT namespace) FILTER (namespace IS NOT NULL)) AS namespaces,
            coalesce(outcome, '') AS outcome, coalesce(reason, '') AS reason,
            coalesce(closed_by, '') AS closed_by
        FROM gaps GROUP BY cluster, source, kind, outcome, reason, closed_by
        ORDER BY count DESC, cluster, source, kind, outcome, reason, closed_by
        """
    )
    return Listing(tuple(_group(row) for row in rows[:GAP_GROUPS_SHOWN]), len(rows))


def _group(row: dict[str, Any]) -> GapGroup:
    names = row["namespaces"] or []
    namespaces = Listing(tuple(names[:NAMESPACES_IN_A_GAP]), len(names))
    return GapGroup(**{**row, "tables": tuple(row["tables"] or ()), "namespaces": namespaces})

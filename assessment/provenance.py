"""What results say of where they come from: evidence items, coverage, gaps, the run and its clusters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from assessment.recording import columns
from collectors.evidence.item import Item
from collectors.evidence.store import Run
from collectors.people import ANSWERS
from collectors.people.engagement import Engagement
from collectors.tables.build import Tables
from collectors.tables.coverage import refused_kinds
from collectors.tables.reading import latest_answers

EVIDENCE = columns(
    "evidence_id, source, cluster, request, parameters, principal, method, collection_mode, started_at, ended_at,"
    " server_date, outcome, reason, documents int, objects int, repeats int, not_kubernetes int, gaps int,"
    " redactions int, redaction_rules list, size_bytes int, sha256, media_type"
)
GAPS = columns("gap int, run, source, cluster, namespace, kind, table, outcome, reason, closed_by")
COVERAGE = columns("run, table, kind, cluster, namespace, state, evidence list")
RUNS = columns("run, as_of, started_at, client, kubesurvey_version")
CLUSTERS = columns("cluster, display_name, basis, kubernetes_minor int, whole, managed, environment")
_CLOSED_BY = "give the file, answer or rendered form that could be read"


def gap_rows(run: Run, items: Sequence[Item], tables: Tables) -> Iterator[dict[str, Any]]:
    """Where tables are not complete, then the items that did not come whole, then what a crash left behind."""
    for gap in tables.gaps:
        yield {name: getattr(gap, name, None) for name in GAPS} | {"gap": gap.number, "run": run.name}
    number = len(tables.gaps)
    told = {gap.kind for gap in tables.gaps}
    for item in latest_answers(items):
        if item.outcome != "complete" and told.isdisjoint(refused_kinds(item)):
            yield _gap(number, run, item.source, item.cluster, item.outcome, f"{item.request}: {item.reason}",
                       item.parameters.get("closed_by", _CLOSED_BY))  # fmt: skip
            number += 1
    for torn in run.torn():
        yield _gap(number, run, "evidence", None, "failed", torn, "collect this source again with --resume")
        number += 1


def _gap(
    number: int, run: Run, source: str, cluster: str | None, outcome: str, reason: str, closed_by: str
) -> dict[str, Any]:
    known = {"gap": number, "run": run.name, "source": source, "cluster": cluster, "outcome": outcome}
    return dict.fromkeys(GAPS) | known | {"reason": reason, "closed_by": closed_by}


def coverage_rows(run: Run, tables: Tables) -> Iterator[dict[str, Any]]:
    for covered in tables.covered:
        yield {name: getattr(covered, name, None) for name in COVERAGE} | {
            "run": run.name, "evidence": list(covered.evidence),
        }  # fmt: skip


def evidence_row(item: Item) -> dict[str, Any]:
    counts = item.documents
    known = {name: getattr(item, name, None) for name in EVIDENCE}
    return known | {
        "parameters": orjson.dumps(item.parameters, option=orjson.OPT_SORT_KEYS).decode(),
        "documents": counts and counts.objects + counts.repeats + counts.not_kubernetes + counts.gaps,
        "objects": counts and counts.objects,
        "repeats": counts and counts.repeats,
        "not_kubernetes": counts and counts.not_kubernetes,
        "gaps": counts and counts.gaps,
        "redactions": sum(redaction.count for redaction in item.redactions),
        "redaction_rules": [redaction.rule for redaction in item.redactions],
        "size_bytes": item.size,
    }


def run_row(run: Run, engagement: Engagement, version: str) -> dict[str, Any]:
    record = run.record
    return {
        "run": run.name, "as_of": record.as_of, "started_at": record.started_at,
        "client": engagement.client, "kubesurvey_version": version,
    }  # fmt: skip


def cluster_rows(tables: Tables, engagement: Engagement) -> Iterator[dict[str, Any]]:
    for name, context in tables.clusters.items():
        if name == ANSWERS:
            continue
        said = engagement.clusters.get(name)
        yield {
            "cluster": name, "display_name": (said and said.display_name) or name, "basis": context.basis,
            "kubernetes_minor": context.kubernetes_minor, "whole": str(context.whole).lower(),
            "managed": said and said.managed, "environment": said and said.environment,
        }  # fmt: skip

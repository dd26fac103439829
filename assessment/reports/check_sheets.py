"""Checks with what they found: populations, failures, unknowns, subjects out of scope."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from assessment.reports.exceptions_on_file import by_fingerprint
from assessment.reports.parts import CheckSheet, Counts, Finding, Link, Listing, Reference, Subject
from assessment.reports.reading import Results

FAILURES_SHOWN = 12
UNKNOWNS_SHOWN = 5
OUT_OF_SCOPE_SHOWN = 3
WITNESSES_SHOWN = 5
EVIDENCE_SHOWN = 2

Row = dict[str, Any]
Listings = Mapping[str, Listing[Finding]]

_NOTHING: Listing[Finding] = Listing()


def check_sheets(
    results: Results, framework: str, anchors: Mapping[str, str], requirements: Mapping[str, Link]
) -> dict[str, CheckSheet]:
    """Every check that the framework maps or that ran, by id, with what it found within the framework's scope.

    `anchors` leads from an evidence id to its line in the index, `requirements` from a requirement id to its
    sheet.
    """
    several = results.number("SELECT count(DISTINCT cluster) FROM populations") > 1
    found = {
        word: _findings(results, word, shown, anchors, several)
        for word, shown in (("fail", FAILURES_SHOWN), ("unknown", UNKNOWNS_SHOWN))
    }
    left_out = _out_of_scope(results, anchors, several)
    counts, mapped = (
        _populations(results) | _counted_within(results, framework),
        _mapped(results, framework, requirements),
    )
    rows = results.rows("SELECT * FROM checks ORDER BY check_id")
    return _numbered(
        [_sheet(row, f"check-{place}", counts, mapped, found, left_out) for place, row in enumerate(rows, 1)]
    )


def _numbered(sheets: Sequence[CheckSheet]) -> dict[str, CheckSheet]:
    """By id, with the numbers of the annex: sheets first, then the lines of what did not fail.

    A reader of paper finds a check by its number; page numbers would have every page laid out three times.
    """
    in_annex = [sheet for sheet in sheets if sheet.requirements and sheet.told_at is None]
    order = sorted(in_annex, key=lambda sheet: not sheet.is_open)
    numbers = {sheet.check_id: number for number, sheet in enumerate(order, 1)}
    return {
        sheet.check_id: dataclasses.replace(sheet, number=numbers.get(sheet.check_id, 0)) for sheet in sheets
    }


def _sheet(
    row: Row,
    anchor: str,
    counts: Mapping[str, Counts],
    mapped: Mapping[str, Sequence[Link]],
    found: Mapping[str, Listings],
    left_out: Listings,
) -> CheckSheet:
    check = row["check_id"]
    links, failures = tuple(mapped.get(check, ())), found["fail"].get(check, _NOTHING)
    text = {
        name: row.get(name) or ""
        for name in ("title", "why", "layer", "dimension", "judges", "within", "rule", "sql", "remedy", "fix")
    }
    return CheckSheet(
        check_id=check,
        anchor=anchor,
        number=0,
        impact=row["impact"] or 0,
        likelihood=row["likelihood"] or 0,
        examples=row["examples"] or 0,
        blind_to=tuple(row.get("blind_to") or ()),
        sources=tuple(row.get("sources") or ()),
        counts=counts.get(check, Counts()),
        failures=failures,
        unknowns=found["unknown"].get(check, _NOTHING),
        out_of_scope=left_out.get(check, _NOTHING),
        requirements=links,
        told_at=links[0] if len(links) == 1 and failures.total else None,
        **text,
    )


def _populations(results: Results) -> dict[str, Counts]:
    rows = results.rows(
        "SELECT check_id, sum(passed)::BIGINT passed, sum(failed)::BIGINT failed, sum(unknown)::BIGINT unknown,"
        " sum(out_of_scope)::BIGINT out_of_scope, sum(unseen)::BIGINT unseen FROM populations GROUP BY check_id"
    )
    return {row.pop("check_id"): Counts(**row) for row in rows}


def _counted_within(results: Results, framework: str) -> dict[str, Counts]:
    """What counts for the framework; the same for every requirement that asks for the same scope."""
    names = ("passed", "failed", "unknown", "out_of_scope", "unseen", "outside", "unplaced")
    known = {column for column, _ in results.columns("requirement_checks")}
    sums = ", ".join(f"max({name}) AS {name}" for name in names if name in known)
    rows = results.rows(
        f"SELECT check_id, {sums} FROM requirement_checks WHERE framework = ? GROUP BY check_id", [framework]
    )
    return {row.pop("check_id"): Counts(**row) for row in rows}


def _mapped(results: Results, framework: str, requirements: Mapping[str, Link]) -> dict[str, list[Link]]:
    links: dict[str, list[Link]] = defaultdict(list)
    for row in results.rows(
        "SELECT check_id, requirement_id FROM requirement_checks WHERE framework = ? ORDER BY file_row_number",
        [framework],
    ):
        if row["requirement_id"] in requirements:
            links[row["check_id"]].append(requirements[row["requirement_id"]])
    return links


def _findings(results: Results, verdict: str, shown: int, anchors: Mapping[str, str], several: bool) -> Listings:
    """The first findings with this verdict of each check, and how many there are."""
    return _listings(results, f"SELECT * FROM found_within WHERE verdict = '{verdict}'", shown, anchors, several)


def _out_of_scope(results: Results, anchors: Mapping[str, str], several: bool) -> Listings:
    sql = "SELECT *, [] AS witnesses, '' AS fingerprint FROM left_out_within"
    return _listings(results, sql, OUT_OF_SCOPE_SHOWN, anchors, several)


def _listings(results: Results, sql: str, shown: int, anchors: Mapping[str, str], several: bool) -> Listings:
    order = "cluster, subject_namespace, subject_kind, subject_name, subject_part NULLS FIRST, file_row_number"
    rows = results.rows(
        f"WITH found AS ({sql}), placed AS (SELECT *,"
        f" row_number() OVER (PARTITION BY check_id ORDER BY {order}) AS place,"
        " count(*) OVER (PARTITION BY check_id) AS total FROM found)"
        f" SELECT * FROM placed LEFT JOIN (SELECT check_id, rule FROM checks) USING (check_id)"
        f" WHERE place <= {shown} ORDER BY check_id, place"
    )
    excepted = by_fingerprint(results)
    gathered: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        row["exceptions"] = excepted.get(row["fingerprint"], ())
        gathered[row["check_id"]].append(row)
    return {
        check: Listing(tuple(_finding(row, anchors, several) for row in mine), mine[0]["total"])
        for check, mine in gathered.items()
    }


def _finding(row: Row, anchors: Mapping[str, str], several: bool) -> Finding:
    reason, references = _reason(row), row["evidence_refs"] or []
    witnesses = [one for one in row["witnesses"] or [] if one not in reason]
    subject = Subject(
        row["cluster"] if several else "",
        row["subject_kind"] or "",
        row["subject_namespace"] or "",
        row["subject_name"] or "",
        row["subject_part"] or "",
    )
    return Finding(
        subject,
        reason,
        tuple(witnesses[:WITNESSES_SHOWN]),
        max(0, len(witnesses) - WITNESSES_SHOWN),
        tuple(_reference(text, anchors) for text in references[:EVIDENCE_SHOWN]),
        max(0, len(references) - EVIDENCE_SHOWN),
        row["exceptions"],
    )


def _reason(row: Row) -> str:
    """The reason, without repeating the rule, which stands above every listing."""
    reason, rule = row["reason"] or "", row["rule"] or ""
    return "the rule does not hold" if rule and reason == f"does not hold: {rule}" else reason


def _reference(text: str, anchors: Mapping[str, str]) -> Reference:
    item, _, place = text.partition("#")
    return Reference(Link(item, anchors.get(item)), place)

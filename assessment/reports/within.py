"""The scope of a framework in its pack: what was set, who is in, who is out, and of whom nobody could tell.

Beside the results themselves the connection then knows `found_within` and `left_out_within`: findings and
subjects that a check left out, of subjects that are or may be in the scope. A verdict on a subject whose
membership is not known reads unknown there, as it counts.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from assessment.frameworks.leaks.leak import WAYS
from assessment.reports.parts import Listing
from assessment.reports.reading import Results
from assessment.reports.wording import listed

PLACES_SHOWN = 60
NAMES_SHOWN = 12
LEAKS_SHOWN = 40
EVERYTHING = "everything that was collected"
_SUBJECT = ("cluster", "subject_group", "subject_kind", "subject_namespace", "subject_name")


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """A namespace, or with an empty name what belongs to a whole cluster; counts are of subjects."""

    cluster: str
    namespace: str
    inside: int
    outside: int
    unknown: int
    basis: str


@dataclasses.dataclass(frozen=True, slots=True)
class LeakLine:
    """Somebody outside, by which way, and how much of what stands inside is concerned."""

    cluster: str
    outside: str
    way: str
    why: str
    inside: str
    holds: str


@dataclasses.dataclass(frozen=True, slots=True)
class ScopeSheet:
    """One scope that rows of the framework ask for. `holds` is what engagement.yaml says of it."""

    name: str
    requirements: int
    is_set: bool
    holds: str
    inside: int
    outside: int
    unknown: int
    places: Listing[Place]
    leaks: Listing[LeakLine]
    leak_counts: tuple[tuple[str, int, int], ...]
    """What the leak test found: the way in words, how many are proven, how many not known."""


def scope_sheets(results: Results, framework: str) -> tuple[ScopeSheet, ...]:
    """Every scope of the framework, the one that most requirements ask for first."""
    rows = results.rows(
        "SELECT coalesce(scope, '') AS scope, count(*) FILTER (level = 'requirement') AS number FROM requirements"
        " WHERE framework = ? GROUP BY ALL ORDER BY number DESC, scope",
        [framework],
    )
    return tuple(_sheet(results, framework, row["scope"], row["number"]) for row in rows)


def _sheet(results: Results, framework: str, scope: str, requirements: int) -> ScopeSheet:
    rows = []
    if results.has("scopes"):
        rows = results.rows(
            "SELECT * FROM scopes WHERE framework = ? AND scope = ?"
            " ORDER BY cluster NULLS LAST, namespace IS NOT NULL, basis, namespace",
            [framework, scope],
        )
    holds = next((row["holds"] for row in rows), EVERYTHING)
    places = [
        Place(
            row["cluster"] or "", row["namespace"] or "", row["subjects_in"], row["subjects_out"],
            row["subjects_unknown"], row["basis"] or "",
        )
        for row in rows
    ]  # fmt: skip
    inside, outside, unknown = (sum(getattr(one, name) for one in places) for name in ("inside", "outside", "unknown"))
    lines = list(gathered(places))
    listing = Listing(tuple(lines[:PLACES_SHOWN]), len(lines))
    found, counted = _leaks(results, scope)
    is_set = holds != EVERYTHING
    return ScopeSheet(scope, requirements, is_set, holds, inside, outside, unknown, listing, found, counted)


def _leaks(results: Results, scope: str) -> tuple[Listing[LeakLine], tuple[tuple[str, int, int], ...]]:
    """What the leak test of the scope found, proven ones first, and how much of each way."""
    if not results.has("leaks"):
        return Listing((), 0), ()
    rows = results.rows(
        "SELECT * FROM leaks WHERE scope = ? ORDER BY holds <> 'proven', inside_count DESC, way, cluster,"
        " outside_namespace, outside_name",
        [scope],
    )
    lines = tuple(_leak(row) for row in rows[:LEAKS_SHOWN])
    counted = tuple(
        (told, *(sum(row["way"] == way and (row["holds"] == "proven") is proven for row in rows)
                 for proven in (True, False)))
        for way, told in WAYS.items()
    )  # fmt: skip
    return Listing(lines, len(rows)), counted


def _leak(row: Mapping[str, Any]) -> LeakLine:
    place = f"{row['outside_namespace']}/" if row["outside_namespace"] else ""
    inside = listed(Listing(tuple(row["inside"][:3]), row["inside_count"]))
    outside = f"{place}{row['outside_name']}"
    if row["outside_kind"] not in outside:
        outside = f"{row['outside_kind']} {outside}"
    return LeakLine(row["cluster"], outside, WAYS[row["way"]], row["why"], inside, row["holds"])


def gathered(places: Sequence[Place]) -> Iterator[Place]:
    """Namespaces of one cluster that lie outside for the same reason share a line."""
    for (cluster, basis, outside), same in groupby(places, lambda one: (one.cluster, one.basis, _is_outside(one))):
        members = list(same)
        if not outside:
            yield from members
            continue
        names = tuple(one.namespace or "the whole cluster" for one in members)
        told = listed(Listing(names[:NAMES_SHOWN], len(names)))
        yield Place(cluster, told, 0, sum(one.outside for one in members), 0, basis)


def _is_outside(place: Place) -> bool:
    return bool(place.outside) and not (place.inside or place.unknown)


def narrow(results: Results, scope: str) -> None:
    """Make `found_within` and `left_out_within` for this scope; all findings where it is not set."""
    if not results.has("scope_subjects"):
        results.execute("CREATE VIEW found_within AS SELECT * FROM findings")
        results.execute("CREATE VIEW left_out_within AS SELECT * FROM out_of_scope")
        return
    results.execute("CREATE TABLE chosen AS SELECT * FROM scope_subjects WHERE scope = ?", [scope])
    same = " AND ".join(f"c.{column} IS NOT DISTINCT FROM f.{column}" for column in _SUBJECT)
    placed = f"LEFT JOIN chosen c ON {same} WHERE coalesce(c.in_scope, 'yes') <> 'no'"
    results.execute(
        "CREATE VIEW found_within AS SELECT f.* REPLACE ("
        " CASE WHEN c.in_scope = 'not known' THEN 'unknown' ELSE f.verdict END AS verdict,"
        " CASE WHEN c.in_scope = 'not known' THEN 'in scope or not is not known. ' || c.basis || ' The check itself"
        " says ' || f.verdict || ': ' || coalesce(f.reason, '') ELSE f.reason END AS reason)"
        f" FROM findings f {placed}"
    )
    results.execute(f"CREATE VIEW left_out_within AS SELECT f.* FROM out_of_scope f {placed}")

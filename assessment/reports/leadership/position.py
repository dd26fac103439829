"""Where the client stands: frameworks, dimensions, layers, top risks, and how far the numbers can be trusted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from assessment.frameworks.load import on_request
from assessment.reports import wording as packs
from assessment.reports.leadership.parts import (
    EXACTLY,
    Closer,
    ClusterTrust,
    FrameworkPosition,
    HealthLine,
    Package,
    TopRisk,
    short,
)
from assessment.reports.leadership.wording import BANDS, DIMENSIONS, FRAMEWORKS, LAYERS, band, sentence
from assessment.reports.leadership.work import decimal
from assessment.reports.parts import Listing
from assessment.reports.reading import Results

RISKS_SHOWN = 10
PLACES_SHOWN = 2
REQUIREMENTS_SHOWN = 4
CLOSERS_SHOWN = 3
Row = Mapping[str, Any]


def frameworks(results: Results, packages: Sequence[Package]) -> tuple[FrameworkPosition, ...]:
    """Every assessed framework that is no mere list of good practice.

    Requirements count, sections and parts of requirements stand apart.
    """
    rows = results.rows(
        """SELECT framework, any_value(framework_version) AS version, level, status, count(*) AS rows,
            sum(by_hand_open)::BIGINT AS open FROM requirements GROUP BY framework, level, status ORDER BY ALL"""
    )
    moved: dict[str, set[str]] = defaultdict(set)
    cleared: dict[str, set[str]] = defaultdict(set)
    for package in packages:
        for move in package.moves if package.quarter else ():
            if move.changes:
                moved[move.framework].add(move.requirement_id)
                if move.today == "contradicted":
                    cleared[move.framework].add(move.requirement_id)
    names = dict.fromkeys(row["framework"] for row in rows if row["framework"] not in on_request())
    ordered = sorted(names, key=lambda name: (list(FRAMEWORKS).index(name) if name in FRAMEWORKS else 99, name))
    return tuple(
        _framework(name, [row for row in rows if row["framework"] == name], len(moved[name]), len(cleared[name]))
        for name in ordered
    )


def _framework(name: str, rows: Sequence[Row], moved: int, cleared: int) -> FrameworkPosition:
    counts: Counter[str] = Counter()
    for row in rows:
        if row["level"] == "requirement":
            counts[row["status"]] += row["rows"]
    known = [status.word for status in packs.STATUSES]
    words = known + sorted(set(counts) - set(known))
    return FrameworkPosition(
        framework=name,
        title=FRAMEWORKS.get(name, name),
        version=str(rows[0]["version"] or ""),
        counts=tuple((packs.status(word), counts[word]) for word in words),
        total=sum(counts.values()),
        sections=sum(row["rows"] for row in rows if row["level"] == "section"),
        parts=sum(row["rows"] for row in rows if row["level"] not in ("section", "requirement")),
        by_hand_open=sum(row["open"] or 0 for row in rows),
        moved=moved,
        out_of_contradiction=cleared,
    )


def health(results: Results) -> tuple[tuple[HealthLine, ...], tuple[HealthLine, ...]]:
    """The estate by dimension and by layer, in the order in which people think of them."""
    rows = results.rows("SELECT * FROM health WHERE cluster IS NULL")
    return (
        tuple(_line(row, title) for name, title in DIMENSIONS.items() for row in rows if row["dimension"] == name),
        tuple(_line(row, title) for name, title in LAYERS.items() for row in rows if row["layer"] == name),
    )


def _line(row: Row, title: str) -> HealthLine:
    return HealthLine(
        name=title,
        lower=decimal(row["lower"]),
        best=decimal(row["best_estimate"]),
        upper=decimal(row["upper"]),
        coverage=decimal(row["coverage"]),
        grade=row["grade"] or "not known",
        foundation=row.get("foundation") or "",
        foundation_why=row.get("foundation_why") or "",
    )


def top_risks(results: Results, packages: Sequence[Package]) -> Listing[TopRisk]:
    """Risks in business words, one line for all that one remedy would mend, the worst first."""
    rows = results.rows("SELECT * FROM risks WHERE failing > 0 ORDER BY score DESC, points DESC, risk_id")
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["remedy"] or row["check_id"]].append(row)
    remedied = {package.remedy: package for package in reversed(packages) if not package.finds_out}
    places, held = _places(results), _requirements(results)
    found = [
        _top(alike, remedied.get(remedy), places.get(remedy, {}), held.get(remedy, ()))
        for remedy, alike in grouped.items()
    ]
    found.sort(key=lambda risk: (-risk.score, -risk.points, risk.title))
    return Listing(tuple(found[:RISKS_SHOWN]), len(found))


def _top(
    alike: Sequence[Row], package: Package | None, places: Mapping[str, Sequence[str]], held: Sequence[str]
) -> TopRisk:
    worst = alike[0]
    where = tuple(
        (cluster, Listing(tuple(spaces[:PLACES_SHOWN]), len(spaces))) for cluster, spaces in sorted(places.items())
    )
    score = worst["score"] or 0
    return TopRisk(
        sentence=sentence((package.if_not if package else "") or worst["why"] or worst["title"]),
        title=package.title if package else worst["title"],
        score=score,
        lower=max(row["lower"] or 0 for row in alike),
        upper=max(row["upper"] or 0 for row in alike),
        band=str(worst["band"] or band(score)).replace("-", " "),
        points=sum((decimal(row["points"]) for row in alike), decimal(0)),
        failing=sum(row["failing"] or 0 for row in alike),
        unknown=sum(row["unknown"] or 0 for row in alike),
        grades="".join(sorted({row["evidence_grade"] for row in alike if row["evidence_grade"]})),
        where=where,
        requirements=Listing(tuple(held[:REQUIREMENTS_SHOWN]), len(held)),
        package=package,
    )


def _places(results: Results) -> dict[str, dict[str, list[str]]]:
    """remedy -> cluster -> namespaces in which something fails; empty where it concerns the whole cluster."""
    rows = results.rows(
        """SELECT DISTINCT r.remedy, f.cluster, coalesce(f.subject_namespace, '') AS namespace
        FROM findings f JOIN risks r ON r.check_id = f.check_id AND r.cluster = f.cluster
        WHERE f.verdict = 'fail' ORDER BY ALL"""
    )
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        spaces = found[row["remedy"]][row["cluster"]]
        if row["namespace"] not in ("", "?", "*"):
            spaces.append(row["namespace"])
    return found


def _requirements(results: Results) -> dict[str, list[str]]:
    """remedy -> requirements that its failing checks contradict."""
    rows = results.rows(
        """SELECT DISTINCT r.remedy, q.framework, q.requirement_id, q.file_row_number
        FROM requirement_checks c JOIN risks r ON r.check_id = c.check_id AND r.failing > 0
        JOIN requirements q ON q.framework = c.framework AND q.requirement_id = c.requirement_id
        WHERE c.failed > 0 AND q.level = 'requirement' AND q.status = 'contradicted'
        ORDER BY r.remedy, q.framework, q.file_row_number"""
    )
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row["framework"] not in on_request():
            found[row["remedy"]].append(f"{short(row['framework'])} {row['requirement_id']}")
    return found


def bands(results: Results) -> tuple[tuple[str, int, int, int], ...]:
    """Risks by band, the highest first: proven at the least, as estimated, possible at the most."""
    rows = results.rows("SELECT score, lower, upper FROM risks")
    counted = {
        which: Counter(band(row[which] or 0) for row in rows if row[which]) for which in ("lower", "score", "upper")
    }
    least, found, most = counted["lower"], counted["score"], counted["upper"]
    return tuple((name, least[name], found[name], most[name]) for name in reversed(BANDS))


def trust(results: Results) -> tuple[tuple[ClusterTrust, ...], tuple[tuple[str, int], ...]]:
    """How much of each cluster was seen, what people were asked among them; and risks by grade of evidence."""
    rows = results.rows(
        """WITH verdicts AS (SELECT cluster, sum(judged)::BIGINT AS judged, sum(passed + failed)::BIGINT AS known,
                sum(unknown)::BIGINT AS unknown FROM populations GROUP BY cluster),
        missing AS (SELECT coalesce(cluster, '') AS cluster, count(*) AS gaps FROM gaps GROUP BY 1)
        SELECT cluster, judged, known, unknown, gaps FROM verdicts FULL JOIN missing USING (cluster) ORDER BY cluster"""
    )
    closers = results.rows(
        f"""SELECT coalesce(cluster, '') AS cluster, split_part(closed_by, '{EXACTLY}', 1) AS act, count(*) AS gaps
        FROM gaps WHERE coalesce(closed_by, '') <> '' GROUP BY ALL ORDER BY cluster, gaps DESC, act"""
    )
    shown = {row["cluster"]: row for row in results.rows("SELECT * FROM clusters")}
    acts: dict[str, list[Closer]] = defaultdict(list)
    for row in closers:
        acts[row["cluster"]].append(Closer(row["act"], row["gaps"]))
    grades = results.rows(
        "SELECT evidence_grade, count(*) AS risks FROM risks WHERE evidence_grade IS NOT NULL GROUP BY 1 ORDER BY 1"
    )
    return tuple(_trust(row, shown.get(row["cluster"], {}), acts[row["cluster"]]) for row in rows), tuple(
        (row["evidence_grade"], row["risks"]) for row in grades
    )


def _trust(row: Row, shown: Row, acts: Sequence[Closer]) -> ClusterTrust:
    name: str = row["cluster"]
    told = {"answers": "Answers of people", "": "Not tied to a cluster"}
    return ClusterTrust(
        name=name,
        display_name=shown.get("display_name") or told.get(name, name),
        environment=shown.get("environment") or "",
        judged=row["judged"] or 0,
        known=row["known"] or 0,
        unknown=row["unknown"] or 0,
        gaps=row["gaps"] or 0,
        closers=Listing(tuple(acts[:CLOSERS_SHOWN]), len(acts)),
    )

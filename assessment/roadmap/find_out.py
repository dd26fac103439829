"""Cheap packages that find out: where a risk cannot be judged and could be more than low, what would settle it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from assessment.roadmap.remedy import Remedy
from assessment.roadmap.splitting import EVERYWHERE
from assessment.roadmap.team import Means
from assessment.roadmap.weighing import Results
from assessment.roadmap.work import FIND_OUT, Package, Risk, half_days
from assessment.scoring.effort import effort
from collectors.people import ANSWERS

WORTH_ASKING = Decimal(9)
"""Points below which nobody has to look: the top of the very low and low bands."""
_LISTED = 20
_BY_ASKING = "Ask the owner for what is missing, and collect again."


def find_out(results: Results, risks: Sequence[Risk], means: Means) -> Iterator[Package]:
    """One package a cluster over everything there that is unknown, not failing, and could exceed nine points."""
    closers = _closers(results)
    judged = {row["check_id"]: row["judges"] for row in results["checks"].to_pylist()} if "checks" in results else {}
    worth = [risk for risk in risks if not risk.failing and risk.points_upper > WORTH_ASKING]
    for cluster in sorted({risk.cluster for risk in worth}):
        mine = [risk for risk in worth if risk.cluster == cluster]
        tables = {judged.get(risk.check_id, "") for risk in mine}
        ways = sorted({way for table in tables for way in closers.get((cluster, table), ())})
        ways = ways or sorted({way for at, found in closers.items() if at[0] == cluster for way in found})
        yield _package(cluster, mine, ways or [_BY_ASKING], means)


def _package(cluster: str, risks: Sequence[Risk], ways: Sequence[str], means: Means) -> Package:
    remedy = _remedy(cluster, ways)
    told = remedy.effort
    days = effort(told.base_days, told.per_unit_days, len(ways), confidence=told.confidence, slowed_by=means.slowed_by)
    upper = sum((risk.counted_upper for risk in risks), Decimal(0)).quantize(Decimal("0.1"))
    return Package(
        package_id=f"{remedy.id}--{cluster}", remedy=remedy, kind=FIND_OUT, title=remedy.title, units=len(ways),
        effort=days, needs=half_days(days.mean, remedy.percent), reduced=Decimal(0), reduced_upper=upper, score=0,
        risks=tuple(risk.risk_id for risk in risks), checks=tuple(sorted({risk.check_id for risk in risks})),
        clusters=(cluster,), dimensions=tuple(sorted({risk.dimension for risk in risks})), fingerprints=frozenset(),
        places=frozenset({(cluster, EVERYWHERE)}), findings=0, unknowns=sum(risk.unknown for risk in risks),
    )  # fmt: skip


def _remedy(cluster: str, ways: Sequence[str]) -> Remedy:
    """What to do is as different as what is missing, so this remedy is written here and not in a file."""
    asked = cluster == ANSWERS
    steps = [*ways[:_LISTED]]
    if len(ways) > _LISTED:
        steps.append(f"{len(ways) - _LISTED} more stand in gaps.csv.")
    told = {
        "id": "find-out",
        "title": "Get the answers that are still open" if asked else f"Find out what could not be seen in {cluster}",
        "outcome": "What may be a risk is known to be one, or known not to be.",
        "if_not": "The estate may carry risks that nobody has looked at, and no grade can count on their absence.",
        "owner_role": "Whoever sponsors the survey" if asked else "Platform lead",
        "unit": "answer" if asked else "access",
        "counted_by": "once",
        "effort": {"base_days": "0.25", "per_unit_days": "0.05", "confidence": "high"},
        "skills": {"platform": "100"}, "elapsed_days": "10", "efficacy_percent": "100",
        "steps": ["Open what is listed here, collect once more, and read the result."],
        "done_when": ["The next assessment shows a verdict where this one shows unknown."],
    }  # fmt: skip
    return Remedy.model_validate(told).model_copy(update={"steps": tuple(steps)})


def _closers(results: Results) -> dict[tuple[str, str], set[str]]:
    """Cluster and table -> what would close its gaps."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    rows: Iterable[dict[str, str | None]] = results["gaps"].to_pylist() if "gaps" in results else ()
    for row in rows:
        if row["closed_by"]:
            found[row["cluster"] or "", row["table"] or ""].add(row["closed_by"])
    return found

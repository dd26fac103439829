"""Risks: one per check and cluster where something fails or is open, with bounds and every step that led there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from assessment.checks.load import Check
from assessment.derived.run import all_tables
from assessment.recording import as_columns, columns
from assessment.scoring import factors
from assessment.scoring.factors import ODDS, Factor, MemberBounds, bounds
from assessment.scoring.members import Members, Situation
from assessment.scoring.points import group_risk
from assessment.scoring.scale import FEWEST_FOR_A_SHARE, IMPACT, LIKELIHOOD, band_of_score
from assessment.scoring.stated import Stated, read, stated
from assessment.scoring.working import Group, as_text, group_told, told_of
from collectors.people.engagement import Engagement
from collectors.tables.schema import ClusterContext

RISKS = columns(
    "risk_id, check_id, cluster, title, layer, dimension, score int, lower int, upper int, band, points double,"
    " points_lower double, points_upper double, failing int, unknown int, applicable int, likelihood int, impact int,"
    " environment, remedy, root_cause, evidence_grade, exposure, privilege, data_class, tier, why, fingerprints list,"
    " working"
)
RISK_MEMBERS = columns(
    "fingerprint, risk_id, verdict, base_likelihood double, base_impact double, factors, member_points double,"
    " member_lower double, member_upper double"
) | {"factors": pa.dictionary(pa.int32(), pa.string())}
_ONE = Decimal(1)
_NO_SOURCE = "nothing recorded: no source tells of it yet"


@dataclass(frozen=True, slots=True)
class Weighed:
    """A situation with its factors and what they make of it."""

    situation: Situation
    factors: tuple[Factor, ...]
    bounds: MemberBounds


def risks_of(
    findings: pa.Table, checks: Sequence[Check], engagement: Engagement, columns_of: Mapping[str, pa.Table],
    clusters: Mapping[str, ClusterContext],
) -> tuple[pa.Table, pa.Table]:  # fmt: skip
    """Results `risks` and `risk_members`, by risk. `columns_of` are the tables of the run, derived ones included."""
    said = stated(engagement)
    namespaced = {name: table.namespaced for name, table in all_tables().items()}
    members = Members(findings, checks, namespaced, columns_of, said)
    by_id = {check.check_id: check for check in checks}
    weighed = [_weighed(situation, by_id[situation.check_id], said) for situation in members.situations()]
    groups: dict[tuple[str, str], list[Weighed]] = defaultdict(list)
    for each in weighed:
        groups[each.situation.check_id, each.situation.cluster].append(each)
    counts, fingerprints = members.counts(), members.fingerprints()
    rows = [
        _risk(by_id[key[0]], key[1], alike, counts[key], fingerprints[key], said)
        for key, alike in sorted(groups.items())
    ]
    return as_columns(rows, RISKS), _with_factors(members.joined(_worth(weighed, by_id)), weighed)


def group_bounds(alike: Sequence[Weighed], passed: int, failed: int, unknown: int) -> Group:
    """The points of the failing members, at the least and at the most.

    The lower bound counts what surely fails, in the least context, against all that might apply; the upper one
    takes everything open as failing, in the worst context. Where a gap may hide any number of members, nothing is
    known of spread and share: none in the lower bound, all in the upper.
    """
    hidden = any(each.situation.is_unseen for each in alike)
    failing = [each for each in alike if each.situation.verdict == "fail"]
    known = passed + failed
    lower = group_risk(
        [(each.bounds.lower.points, each.situation.number) for each in failing], failed, known + unknown,
        share=Decimal(0) if hidden or known < FEWEST_FOR_A_SHARE else None,
    )  # fmt: skip
    estimate = group_risk([(each.bounds.estimate.points, each.situation.number) for each in failing], failed, known)
    worst = _ONE if hidden else None
    upper = group_risk(
        [(each.bounds.upper.points, each.situation.number) for each in alike], failed + unknown, known + unknown,
        share=worst, spread=worst,
    )  # fmt: skip
    return Group(lower, estimate, upper, hidden)


def _weighed(situation: Situation, check: Check, said: Stated) -> Weighed:
    found = factors_of(situation, said, concerns_attack=check.written.dimension == "security")
    steps = check.written
    return Weighed(situation, found, bounds(steps.likelihood, steps.impact, situation.grade, found))


def factors_of(situation: Situation, said: Stated, *, concerns_attack: bool) -> tuple[Factor, ...]:
    """Every factor of a situation.

    Exposure, privilege and a way that lies open move the odds of an attack, not those of an outage. Losses and
    verified controls have no source yet: they change nothing.
    """
    if situation.is_workload and concerns_attack:
        reach = factors.exposure(situation.is_reachable, situation.is_isolated)
        power = factors.privilege(situation.is_privileged)
        way = factors.open_way(situation.leads_on, situation.is_privileged)
    else:
        says = "not asked of what is no workload" if concerns_attack else "changes nothing: no attack is needed"
        reach, power, way = (factors.not_asked(name, ODDS, says) for name in ("exposure", "privilege", "precursor"))
    return (
        reach, power, way,
        *(factors.not_asked(name, ODDS, _NO_SOURCE) for name in ("loss", "control")),
        said.environment(situation.cluster), factors.tier(read(situation.tier)),
        factors.data_class(read(situation.data_class)),
    )  # fmt: skip


def _risk(
    check: Check, cluster: str, alike: Sequence[Weighed], counts: tuple[int, int, int], fingerprints: list[str],
    said: Stated,
) -> dict[str, Any]:  # fmt: skip
    passed, failed, unknown = counts
    group = group_bounds(alike, passed, failed, unknown)
    worst = _worst(alike)
    says = {factor.name: factor.says for factor in worst.factors}
    written = check.written
    return {
        "risk_id": f"{check.check_id}@{cluster}", "check_id": check.check_id, "cluster": cluster,
        "title": written.title, "layer": written.layer, "dimension": written.dimension,
        "score": group.estimate.score, "lower": group.lower.score, "upper": group.upper.score,
        "band": band_of_score(group.estimate.score), "points": group.estimate.points,
        "points_lower": group.lower.points, "points_upper": group.upper.points,
        "failing": failed, "unknown": unknown, "applicable": passed + failed,
        "likelihood": written.likelihood, "impact": written.impact, "environment": said.environment(cluster).says,
        "remedy": written.remedy, "root_cause": written.remedy, "evidence_grade": worst.situation.grade,
        "exposure": says["exposure"], "privilege": says["privilege"], "data_class": says["data class"],
        "tier": says["tier"], "why": written.why, "fingerprints": fingerprints,
        "working": group_told(_about(check, worst, counts), group, told_of(worst.factors, worst.bounds)),
    }  # fmt: skip


def _worst(alike: Sequence[Weighed]) -> Weighed:
    """The failing member with the most points; where nothing fails, the open one that could have the most."""

    def order(each: Weighed) -> tuple[bool, Decimal, Decimal]:
        fails = each.situation.verdict == "fail"
        return fails, each.bounds.estimate.points if fails else each.bounds.upper.points, each.bounds.upper.points

    most = max(map(order, alike))
    return min((each for each in alike if order(each) == most), key=lambda each: each.situation.first)


def _about(check: Check, worst: Weighed, counts: tuple[int, int, int]) -> dict[str, Any]:
    """What `explain` says before the arithmetic."""
    passed, failed, unknown = counts
    one = worst.situation
    return {
        "likelihood": check.written.likelihood, "impact": check.written.impact, "evidence_grade": one.grade,
        "passed": passed, "failing": failed, "unknown": unknown, "fingerprint": one.first, "subject": one.subject,
        "verdict": one.verdict, "members_alike": one.number,
    }  # fmt: skip


def _worth(weighed: Iterable[Weighed], checks: Mapping[str, Check]) -> pa.Table:
    """What each situation is worth, to be joined to its members."""
    kinds = columns(
        "situation int, base_likelihood double, base_impact double, member_points double, member_lower double,"
        " member_upper double"
    )
    return as_columns(
        (
            {
                "situation": each.situation.situation,
                "base_likelihood": LIKELIHOOD[checks[each.situation.check_id].written.likelihood],
                "base_impact": IMPACT[checks[each.situation.check_id].written.impact],
                "member_points": each.bounds.estimate.points,
                "member_lower": each.bounds.lower.points, "member_upper": each.bounds.upper.points,
            }
            for each in weighed
        ),
        kinds,
    )  # fmt: skip


def _with_factors(rows: pa.Table, weighed: Sequence[Weighed]) -> pa.Table:
    """The rows with the factors of their situation as JSON: each text once, because members alike are many.

    A dictionary must hold no text twice: the writer of Parquet reserves room for both, writes one, and fills the
    rest of the page with whatever lay in memory.
    """
    text_of = {each.situation.situation: as_text(told_of(each.factors, each.bounds)) for each in weighed}
    texts = sorted(set(text_of.values()))
    place_of = {text: place for place, text in enumerate(texts)}
    numbers = pa.array(list(text_of), pa.int64())
    places = pa.array([place_of[text] for text in text_of.values()], pa.int32())
    situations = pc.index_in(rows["situation"].combine_chunks(), value_set=numbers)
    factors = pa.DictionaryArray.from_arrays(places.take(situations), pa.array(texts, pa.string()))
    return rows.append_column("factors", factors).select(list(RISK_MEMBERS))

"""From risks and findings to work packages: one for each remedy, cut where it would fill a quarter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal

from assessment.roadmap.find_out import find_out
from assessment.roadmap.remedy import Remedy
from assessment.roadmap.splitting import Part, overlap, parts_of, units_that_fit
from assessment.roadmap.team import Means
from assessment.roadmap.weighing import Results, findings_of, risks_of
from assessment.roadmap.work import FIX, TENTH, Finding, Package, Risk, half_days, shared_out, units_of
from assessment.scoring.effort import Effort, effort
from collectors.people import ANSWERS
from collectors.people.context import Owned


@dataclass(frozen=True)
class Estate:
    """Everything that packages are made from."""

    risks: Sequence[Risk]
    findings: Sequence[Finding]
    remedies: Mapping[str, Remedy]
    means: Means
    owners: Mapping[tuple[str, str], str]


def packages_of(
    results: Results, remedies: Mapping[str, Remedy], means: Means, owned: Sequence[Owned]
) -> list[Package]:
    """All packages by id, prerequisites among them named; dates are not their business."""
    findings = findings_of(results)
    estate = Estate(risks_of(results), findings, remedies, means, owners_of(findings, owned))
    found = [package for name in sorted(_to_fix(estate)) for package in _fixes(estate, name)]
    found += find_out(results, estate.risks, means)
    return sorted((_after_prerequisites(one, found) for one in found), key=lambda one: one.package_id)


def owners_of(findings: Iterable[Finding], owned: Sequence[Owned]) -> dict[tuple[str, str], str]:
    """Cluster and namespace -> the owner, where engagement.yaml names one without needing labels."""
    found: dict[tuple[str, str], str] = {}
    for cluster, namespace in sorted({(one.cluster, one.namespace) for one in findings}):
        first = next((one for one in owned if one.holds(cluster, namespace, None) is not False), None)
        if first is not None and first.holds(cluster, namespace, None):
            found[cluster, namespace] = first.owner
    return found


def _to_fix(estate: Estate) -> set[str]:
    return {risk.remedy for risk in estate.risks if risk.failing}


def _fixes(estate: Estate, name: str) -> Iterator[Package]:
    remedy = estate.remedies[name]
    risks = [risk for risk in estate.risks if risk.remedy == name and risk.failing]
    keys = {(risk.check_id, risk.cluster) for risk in risks}
    concerned = [one for one in estate.findings if (one.check_id, one.cluster) in keys]
    failing = [one for one in concerned if one.verdict == "fail"]
    units = units_of(remedy, failing, estate.owners)
    whole = _effort(remedy, units, estate.means)
    most = {skill: estate.means.most_days(skill) for skill in remedy.percent}
    parts = parts_of(remedy, failing, units_that_fit(whole.mean, units, remedy.percent, most), estate.owners)
    removed = _removed(remedy, risks, parts)
    sizes = [units_of(remedy, part.findings, estate.owners) for part in parts]
    for part, size, (reduced, upper) in zip(parts, sizes, removed, strict=True):
        share = whole if len(parts) == 1 else _share(whole, size, sum(sizes))
        open_here = sum(1 for one in concerned if one.verdict == "unknown" and overlap(part.places, [_place(one)]))
        yield _package(remedy, part, risks, share, size, reduced, upper, open_here)


def _package(
    remedy: Remedy, part: Part, risks: Sequence[Risk], days: Effort, units: int, reduced: Decimal, upper: Decimal,
    unknowns: int,
) -> Package:  # fmt: skip
    keys = {(one.check_id, one.cluster) for one in part.findings}
    mine = [risk for risk in risks if (risk.check_id, risk.cluster) in keys] or list(risks)
    where = _where(part)
    return Package(
        package_id=remedy.id + part.suffix, remedy=remedy, kind=FIX,
        title=f"{remedy.title} ({where})" if where else remedy.title, units=units, effort=days,
        needs=half_days(days.mean, remedy.percent), reduced=reduced, reduced_upper=upper,
        score=max(risk.score for risk in mine), risks=tuple(risk.risk_id for risk in mine),
        checks=tuple(sorted({risk.check_id for risk in mine})), clusters=tuple(sorted({risk.cluster for risk in mine})),
        dimensions=tuple(sorted({risk.dimension for risk in mine})),
        fingerprints=frozenset(one.fingerprint for one in part.findings), places=part.places,
        findings=len(part.findings), unknowns=unknowns,
    )  # fmt: skip


def _where(part: Part) -> str:
    """`shop, part 2`; answers of people stand in no cluster."""
    cluster, _, number = part.suffix.removeprefix("--").rpartition("--")
    if not number.isdigit() or not cluster:
        cluster, number = part.suffix.removeprefix("--"), ""
    return ", ".join(word for word in ("" if cluster == ANSWERS else cluster, number and f"part {number}") if word)


def _effort(remedy: Remedy, units: int, means: Means) -> Effort:
    told = remedy.effort
    return effort(
        told.base_days, told.per_unit_days, units, confidence=told.confidence, automation=told.automation,
        slowed_by=means.slowed_by,
    )  # fmt: skip


def _share(whole: Effort, units: int, of: int) -> Effort:
    """This part's share: cutting work does not make it more or less."""
    shares = (value * units / of for value in (whole.low, whole.likely, whole.high, whole.mean, whole.deviation))
    return Effort(*(value.quantize(Decimal("0.01"), ROUND_HALF_EVEN) for value in shares))


def _removed(remedy: Remedy, risks: Sequence[Risk], parts: Sequence[Part]) -> list[tuple[Decimal, Decimal]]:
    """Points that each part removes, and at most removes, in tenths that sum to the whole."""
    efficacy = Decimal(remedy.efficacy_percent) / 100
    whole = _tenths(sum((risk.counted for risk in risks), Decimal(0)) * efficacy)
    upper = max(whole, _tenths(sum((risk.counted_upper for risk in risks), Decimal(0)) * efficacy))
    weights = {part.suffix: _weight(part, risks, parts) for part in parts}
    least, rest = shared_out(whole, weights), shared_out(upper - whole, weights)
    return [(least[one.suffix] * TENTH, (least[one.suffix] + rest[one.suffix]) * TENTH) for one in parts]


def _weight(part: Part, risks: Sequence[Risk], parts: Sequence[Part]) -> Decimal:
    """What a part holds of each risk, by the points of its members; by their number where none have any."""
    if len(parts) == 1:
        return Decimal(1)
    held = Decimal(0)
    for risk in risks:
        everywhere = [one for each in parts for one in _of(risk, each)]
        worth = sum((one.points for one in everywhere), Decimal(0))
        mine = sum((one.points if worth else Decimal(1) for one in _of(risk, part)), Decimal(0))
        held += risk.counted * mine / (worth or max(1, len(everywhere)))
    return held


def _of(risk: Risk, part: Part) -> list[Finding]:
    return [one for one in part.findings if (one.check_id, one.cluster) == (risk.check_id, risk.cluster)]


def _tenths(value: Decimal) -> int:
    return int((value * 10).to_integral_value(ROUND_HALF_EVEN))


def _place(one: Finding) -> tuple[str, str]:
    return one.cluster, one.namespace or "*"


def _after_prerequisites(package: Package, found: Sequence[Package]) -> Package:
    """Prerequisites bind where they are themselves packages of this plan, in the same places."""
    by_remedy: dict[str, list[Package]] = defaultdict(list)
    for one in found:
        by_remedy[one.remedy.id].append(one)
    before = {
        one.package_id
        for name in package.remedy.prerequisites for one in by_remedy[name]
        if one.package_id != package.package_id and overlap(one.places, package.places)
    }  # fmt: skip
    return replace(package, depends_on=tuple(sorted(before)))

"""Health per cluster, dimension and layer, with bounds, from what checks found.

Method: docs/decisions and DESIGN 9. A check's share in a cluster is the plain mean over its namespaces (subjects
of the whole cluster are one more); a namespace with something unseen counts 0 in `lower` and 1 in `upper`, a
gap of the whole cluster makes the check 0 and 1. Weights sqrt(100 L I) never depend on what was seen. Sums are
decimals, so that their order cannot matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal

from assessment.scoring.grades import NOT_KNOWN, STANDS_ON, Open, foundation, grade
from assessment.scoring.scale import weight

DIMENSIONS = (
    "architecture", "applications", "scalability", "storage-backup", "cicd", "disaster-recovery", "monitoring-health",
    "security",
)  # fmt: skip
_TENTH, _THOUSANDTH = Decimal("0.1"), Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Count:
    """Verdicts of one check in one namespace of one cluster (None: subjects of the whole cluster).

    `unseen` says that a gap in the judged table could change the result there; with namespace None and
    `everywhere` it concerns the whole cluster.
    """

    check_id: str
    cluster: str
    namespace: str | None
    passed: int
    failed: int
    unknown: int
    unseen: bool = False
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class Weighed:
    """What health needs to know of a check."""

    check_id: str
    dimension: str
    layer: str
    impact: int
    likelihood: int

    @property
    def weight(self) -> Decimal:
        """sqrt(100 x likelihood x impact), to twelve places."""
        return weight(self.likelihood, self.impact)


@dataclass(frozen=True, slots=True)
class Share:
    """The share of sound subjects of one check: 0 to 1. `known` is the share of it that was seen."""

    lower: Decimal
    best: Decimal
    upper: Decimal
    known: Decimal


@dataclass(frozen=True, slots=True)
class Health:
    """One row of results/health: 0 to 100 with bounds; coverage 0 to 1; the grade is that of the lower bound.

    `foundation` is the lowest grade of the layers that a layer stands on (None for other rows and for the cloud).
    """

    cluster: str | None
    dimension: str | None
    layer: str | None
    lower: Decimal
    best_estimate: Decimal
    upper: Decimal
    coverage: Decimal
    grade: str
    foundation: str | None = None
    foundation_why: str | None = None


@dataclass(frozen=True, slots=True)
class OpenRisk:
    """What health needs to know of a risk: its display scores, at the least and at the most."""

    check_id: str
    cluster: str
    lower: int
    upper: int


_Place = tuple[str | None, str | None, str | None]


def health(
    checks: Iterable[Weighed], counts: Iterable[Count], risks: Iterable[OpenRisk] = (), clusters: Iterable[str] = ()
) -> list[Health]:
    """Health of every cluster and of the estate, per dimension and per layer.

    `risks` cap grades. A dimension or a layer where nothing was judged has a row of its own that says so, for
    the estate and for each of `clusters`: nothing seen, so 0 to 100 and no grade.
    """
    known = {check.check_id: check for check in checks}
    groups: dict[_Place, list[tuple[Decimal, Share]]] = defaultdict(list)
    for (check_id, cluster), share in sorted(_shares(counts).items()):
        for place in _places_of(known[check_id], cluster):
            groups[place].append((known[check_id].weight, share))
    worst: dict[_Place, Open] = defaultdict(Open)
    for risk in risks:
        for place in _places_of(known[risk.check_id], risk.cluster):
            worst[place] = worst[place].or_higher(risk.lower, risk.upper)
    places = {*groups, *((place for cluster in (*clusters, None) for place in _all_places(cluster)) if groups else ())}
    ordered = sorted(places, key=lambda place: tuple((part is None, part or "") for part in place))
    rows = [_row(place, groups.get(place, []), worst[place]) for place in ordered]
    return list(_with_foundations(rows))


def _places_of(check: Weighed, cluster: str) -> Iterator[_Place]:
    for where in (cluster, None):
        yield where, check.dimension, None
        yield where, None, check.layer


def _all_places(cluster: str | None) -> Iterator[_Place]:
    yield from ((cluster, dimension, None) for dimension in DIMENSIONS)
    yield from ((cluster, None, layer) for layer in STANDS_ON)


def _with_foundations(rows: list[Health]) -> Iterator[Health]:
    grades: dict[str | None, dict[str, str]] = defaultdict(dict)
    for row in rows:
        if row.layer is not None:
            grades[row.cluster][row.layer] = row.grade if row.coverage else NOT_KNOWN
    for row in rows:
        if row.layer is None:
            yield row
        else:
            lowest, why = foundation(row.layer, grades[row.cluster])
            yield replace(row, foundation=lowest, foundation_why=why)


def _shares(counts: Iterable[Count]) -> Mapping[tuple[str, str], Share]:
    gathered: dict[tuple[str, str], list[Count]] = defaultdict(list)
    for count in counts:
        gathered[(count.check_id, count.cluster)].append(count)
    return {key: _share(found) for key, found in gathered.items()}


def _share(counts: list[Count]) -> Share:
    """Mean over namespaces; what a gap hides is 0 in lower and 1 in upper."""
    places = list(_places(counts))
    size = Decimal(len(places))
    best_known = [share for share in places if share.known > 0]
    lower = sum((share.lower for share in places), Decimal(0)) / size
    upper = sum((share.upper for share in places), Decimal(0)) / size
    known = sum((share.known for share in places), Decimal(0)) / size
    best = (
        sum((share.best for share in best_known), Decimal(0)) / len(best_known) if best_known else (lower + upper) / 2
    )
    if any(count.everywhere for count in counts):
        return Share(Decimal(0), best, Decimal(1), Decimal(0))
    return Share(lower, best, upper, known)


def _places(counts: list[Count]) -> Iterator[Share]:
    grouped: dict[str | None, list[Count]] = defaultdict(list)
    for count in counts:
        grouped[count.namespace].append(count)
    for namespace in sorted(grouped, key=lambda name: (name is not None, name or "")):
        found = grouped[namespace]
        passed = sum(count.passed for count in found)
        failed = sum(count.failed for count in found)
        total = Decimal(passed + failed + sum(count.unknown for count in found))
        judged = passed + failed
        best = Decimal(passed) / judged if judged else Decimal(0)
        if any(count.unseen for count in found):
            yield Share(Decimal(0), best, Decimal(1), Decimal(1 if judged else 0) / 2)
        elif total:
            yield Share(passed / total, best, (total - failed) / total, judged / total)


def _row(place: _Place, members: list[tuple[Decimal, Share]], worst: Open) -> Health:
    if not members:
        nothing, everything = _points(Decimal(0)), _points(Decimal(1))
        return Health(*place, nothing, everything / 2, everything, Decimal("0.000"), NOT_KNOWN)
    lower = _mean([(weight, share.lower) for weight, share in members])
    upper = _mean([(weight, share.upper) for weight, share in members])
    coverage = _mean([(weight, share.known) for weight, share in members])
    seen = [(weight * share.known, share.best) for weight, share in members if share.known]
    best = min(max(_mean(seen) if seen else (lower + upper) / 2, lower), upper)
    low, likely, high = (_points(value) for value in (lower, best, upper))
    known = coverage.quantize(_THOUSANDTH, ROUND_HALF_EVEN)
    return Health(*place, low, likely, high, known, grade(low, high, worst))


def _mean(members: list[tuple[Decimal, Decimal]]) -> Decimal:
    weights = sum((weight for weight, _ in members), Decimal(0))
    return sum((weight * value for weight, value in members), Decimal(0)) / weights


def _points(share: Decimal) -> Decimal:
    return (100 * share).quantize(_TENTH, ROUND_HALF_EVEN)

"""Health per cluster, dimension and layer, with bounds, from what checks found.

Method: docs/decisions and DESIGN 9. A check's share in a cluster is the plain mean over its namespaces (subjects
of the whole cluster are one more); a namespace with something unseen counts 0 in `lower` and 1 in `upper`, a
gap of the whole cluster makes the check 0 and 1. Weights sqrt(100 L I) never depend on what was seen. Sums are
decimals, so that their order cannot matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

# Likelihood: chance of a noticeable loss within twelve months; impact: share of the worst credible loss.
LIKELIHOOD = {1: Decimal("0.02"), 2: Decimal("0.14"), 3: Decimal("0.45"), 4: Decimal("0.80"), 5: Decimal("0.90")}
IMPACT = {1: Decimal("0.01"), 2: Decimal("0.08"), 3: Decimal("0.27"), 4: Decimal("0.52"), 5: Decimal("1.00")}
GRADES = ((90, "A"), (80, "B"), (70, "C"), (60, "D"), (50, "E"), (0, "F"))
_TENTH, _THOUSANDTH = Decimal("0.1"), Decimal("0.001")
_FINE = Decimal("0.000000000001")


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
        product = 100 * LIKELIHOOD[self.likelihood] * IMPACT[self.impact]
        return product.sqrt().quantize(_FINE, ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class Share:
    """The share of sound subjects of one check: 0 to 1. `known` is the share of it that was seen."""

    lower: Decimal
    best: Decimal
    upper: Decimal
    known: Decimal


@dataclass(frozen=True, slots=True)
class Health:
    """One row of results/health: 0 to 100 with bounds; coverage 0 to 1; the grade is that of the lower bound."""

    cluster: str | None
    dimension: str | None
    layer: str | None
    lower: Decimal
    best_estimate: Decimal
    upper: Decimal
    coverage: Decimal
    grade: str


def health(checks: Iterable[Weighed], counts: Iterable[Count]) -> list[Health]:
    """Health of every cluster and of the estate, per dimension and per layer; groups without subjects are left out."""
    known = {check.check_id: check for check in checks}
    shares = _shares(counts)
    groups: dict[tuple[str | None, str | None, str | None], list[tuple[Decimal, Share]]] = defaultdict(list)
    for (check_id, cluster), share in sorted(shares.items()):
        check = known[check_id]
        for place in (cluster, None):
            groups[(place, check.dimension, None)].append((check.weight, share))
            groups[(place, None, check.layer)].append((check.weight, share))
    ordered = sorted(groups.items(), key=lambda item: tuple((part is None, part or "") for part in item[0]))
    return [_weighed_mean(*group, members) for group, members in ordered]


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


def _weighed_mean(
    cluster: str | None, dimension: str | None, layer: str | None, members: list[tuple[Decimal, Share]]
) -> Health:
    lower = _mean([(weight, share.lower) for weight, share in members])
    upper = _mean([(weight, share.upper) for weight, share in members])
    coverage = _mean([(weight, share.known) for weight, share in members])
    seen = [(weight * share.known, share.best) for weight, share in members if share.known]
    best = min(max(_mean(seen) if seen else (lower + upper) / 2, lower), upper)
    low, likely, high = (_points(value) for value in (lower, best, upper))
    known = coverage.quantize(_THOUSANDTH, ROUND_HALF_EVEN)
    return Health(cluster, dimension, layer, low, likely, high, known, grade(low, high))


def _mean(members: list[tuple[Decimal, Decimal]]) -> Decimal:
    weights = sum((weight for weight, _ in members), Decimal(0))
    return sum((weight * value for weight, value in members), Decimal(0)) / weights


def _points(share: Decimal) -> Decimal:
    return (100 * share).quantize(_TENTH, ROUND_HALF_EVEN)


def grade(lower: Decimal, upper: Decimal) -> str:
    """The letter of the lower bound, and how high it could be: "D, up to B if what was not seen is sound"."""
    low, high = _letter(lower), _letter(upper)
    return low if low == high else f"{low}, up to {high} if what was not seen is sound"


def _letter(points: Decimal) -> str:
    return next(letter for floor, letter in GRADES if points >= floor)

"""Packages that would need too much of one quarter are cut: by cluster, then by owner or namespace, then by object.

A cut never changes the sum: parts share the effort of the whole in proportion to their units of change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assessment.roadmap.remedy import Remedy
from assessment.roadmap.work import Finding, units_of

MOST_PARTS = 8
"""Of parts that each fill most of a quarter a year holds fewer than this; the last takes all the rest."""
EVERYWHERE = "*"

Owners = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Part:
    """Some findings of a remedy. `places`: cluster and namespace, `*` where it takes a whole cluster."""

    suffix: str
    findings: tuple[Finding, ...]
    places: frozenset[tuple[str, str]]


def parts_of(remedy: Remedy, findings: Sequence[Finding], most_units: int | None, owners: Owners) -> list[Part]:
    """One part when everything fits (`most_units` None, or not exceeded), else as few as fit, in a fixed order."""
    everything = Part("", tuple(findings), _whole_clusters(findings))
    if most_units is None or units_of(remedy, findings, owners) <= most_units:
        return [everything]
    found: list[Part] = []
    for cluster, inside in _grouped(findings, lambda one: one.cluster):
        whole = Part(f"--{cluster}", inside, _whole_clusters(inside))
        if remedy.counted_by in ("cluster", "once") or units_of(remedy, inside, owners) <= most_units:
            found.append(whole)
        else:
            found += _cut(remedy, whole, max(1, most_units), owners)
    return found if len(found) > 1 else [everything]


def units_that_fit(days: Decimal, units: int, skills: Mapping[str, int], most: Mapping[str, Decimal]) -> int | None:
    """How many of these units fit into a package, None for all: no skill may need more than `most` days."""
    fits = [
        (units * most[skill] * 100) // (days * percent)
        for skill, percent in skills.items() if days * percent > most[skill] * 100
    ]  # fmt: skip
    return int(min(fits)) if fits else None


def overlap(first: Iterable[tuple[str, str]], second: Iterable[tuple[str, str]]) -> bool:
    """Do two sets of places meet? A whole cluster meets every namespace of it."""
    mine, theirs = _by_cluster(first), _by_cluster(second)
    return any(
        EVERYWHERE in mine[cluster] | theirs[cluster] or mine[cluster] & theirs[cluster]
        for cluster in mine.keys() & theirs.keys()
    )


def _cut(remedy: Remedy, whole: Part, most_units: int, owners: Owners) -> Iterator[Part]:
    """Consecutive owners or namespaces together as long as they fit; one that is too large alone goes by object."""
    chunks: list[tuple[Finding, ...]] = []
    for _, inside in _grouped(whole.findings, lambda one: owners.get((one.cluster, one.namespace), one.namespace)):
        for piece in _pieces(remedy, inside, most_units, owners):
            joined = (*chunks[-1], *piece) if chunks else piece
            if chunks and units_of(remedy, joined, owners) <= most_units:
                chunks[-1] = joined
            else:
                chunks.append(piece)
    if len(chunks) > MOST_PARTS:
        rest = tuple(one for chunk in chunks[MOST_PARTS - 1 :] for one in chunk)
        chunks = [*chunks[: MOST_PARTS - 1], rest]
    for number, chunk in enumerate(chunks, 1):
        places = frozenset((one.cluster, one.namespace or EVERYWHERE) for one in chunk)
        yield Part(f"{whole.suffix}--{number}", chunk, places)


def _pieces(
    remedy: Remedy, findings: tuple[Finding, ...], most_units: int, owners: Owners
) -> Iterator[tuple[Finding, ...]]:
    if remedy.counted_by != "subject" or units_of(remedy, findings, owners) <= most_units:
        yield findings
        return
    subjects = [inside for _, inside in _grouped(findings, lambda one: one.subject)]
    for start in range(0, len(subjects), most_units):
        yield tuple(one for inside in subjects[start : start + most_units] for one in inside)


def _grouped(
    findings: Iterable[Finding], key: Callable[[Finding], str]
) -> Iterator[tuple[str, tuple[Finding, ...]]]:
    groups: dict[str, list[Finding]] = defaultdict(list)
    for one in findings:
        groups[key(one)].append(one)
    yield from ((name, tuple(groups[name])) for name in sorted(groups))


def _whole_clusters(findings: Iterable[Finding]) -> frozenset[tuple[str, str]]:
    return frozenset((one.cluster, EVERYWHERE) for one in findings)


def _by_cluster(places: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for cluster, namespace in places:
        found[cluster].add(namespace)
    return found

"""Dates that the plan has to keep: what people said must be done by a day, and the end of a provider's support."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from assessment.roadmap.weighing import Results
from assessment.roadmap.work import FIX, Package
from collectors.people.team import MustDo
from collectors.tables.lifecycles import calendar

SUPPORT_CHECKS = {"eks.version_in_standard_support": "eks", "aks.version_in_standard_support": "aks"}


def with_dates(
    packages: Iterable[Package], must_do: Sequence[MustDo], results: Results, as_of: datetime
) -> list[Package]:
    """The same packages, each with the earliest date that concerns it, and whose date that is."""
    ends = _support_ends(results, as_of)
    return [_dated(package, sorted([*_stated(package, must_do), *_support(package, ends)])) for package in packages]


def unmet(packages: Sequence[Package], must_do: Sequence[MustDo]) -> list[str]:
    """Dates that no package answers to, as sentences: nothing that was seen calls for this remedy."""
    fixes = [one for one in packages if one.kind == FIX]
    return [
        f"{entry.remedy} by {entry.by}: nothing that was seen calls for it, so the plan holds no package for it."
        for entry in must_do if not any(list(_stated(package, [entry])) for package in fixes)
    ]  # fmt: skip


def _dated(package: Package, found: Sequence[tuple[date, str]]) -> Package:
    return replace(package, due=found[0][0], due_why=found[0][1]) if found else package


def _stated(package: Package, must_do: Iterable[MustDo]) -> Iterator[tuple[date, str]]:
    for entry in must_do:
        concerned = not entry.clusters or set(entry.clusters) & set(package.clusters)
        if package.kind == FIX and entry.remedy == package.remedy.id and concerned:
            yield entry.by, entry.reason


def _support(package: Package, ends: Mapping[str, date]) -> Iterator[tuple[date, str]]:
    """The last day of any support: beyond it the provider upgrades the control plane when it likes."""
    if package.kind == FIX and set(package.checks) & set(SUPPORT_CHECKS):
        for cluster in package.clusters:
            if cluster in ends:
                yield ends[cluster], f"the provider's support for the version of {cluster} ends"


def _support_ends(results: Results, as_of: datetime) -> dict[str, date]:
    """Cluster -> the last day with support: standard while it lasts, extended after it."""
    found: dict[str, date] = {}
    for row in results["clusters"].to_pylist() if "clusters" in results else ():
        if row["managed"] not in SUPPORT_CHECKS.values():
            continue
        support = calendar(row["managed"]).support_of(row["kubernetes_minor"], as_of)
        ahead = [end for end in (support.standard_ends, support.extended_ends) if end is not None and end > as_of]
        if ahead:
            found[row["cluster"]] = min(ahead).date() - timedelta(days=1)
    return found

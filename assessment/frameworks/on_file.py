"""What people put on file for a requirement: decisions, documents, provider reports, signatures.

What is said of a section is said of everything below it: a decision that it does not apply, a signature, a
provider report that covers it.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from assessment.frameworks.load import Framework, Requirement
from collectors.people.engagement import ByHand, Engagement, Period, ProviderReport

NAMES_OF_PROVIDERS = {
    "eks": frozenset({"aws", "amazon", "amazon web services", "eks"}),
    "aks": frozenset({"azure", "microsoft", "microsoft azure", "aks"}),
}
"""Who runs the control plane of a managed cluster, by the names that people write in `provider`."""

BRIDGE_MONTHS = 3
"""How long a report speaks beyond its period: as long as providers' bridge letters usually reach."""


@dataclass(frozen=True, slots=True)
class OnFile:
    """The paperwork of one requirement, as sentences where a reader will see it.

    `open` holds the items asked for by hand that no document answers. Nothing is open where a requirement
    does not apply, nor where it is inherited: there the provider's report answers what is asked of it. `lapsed`
    are reports that no longer speak, or not yet; they are shown and count for nothing.
    """

    not_applicable: str | None
    bearer: str
    inherited: bool
    awaited: str
    asked: int
    open: tuple[str, ...]
    answers: tuple[str, ...]
    reports: tuple[str, ...]
    lapsed: tuple[str, ...]
    signatures: tuple[str, ...]

    @property
    def documents(self) -> tuple[str, ...]:
        """Everything on file: answers to what is asked for by hand, then provider reports."""
        return self.answers + self.reports


@dataclass(frozen=True, slots=True)
class Paperwork:
    """engagement.yaml, asked requirement by requirement."""

    framework: Framework
    engagement: Engagement
    clusters: tuple[str, ...]
    as_of: date

    def of(self, requirement: Requirement) -> OnFile:
        """Everything on file for this requirement."""
        lineage = self.framework.lineage(requirement.id)
        bearers = {cluster: self._bearer(requirement, cluster) for cluster in self.clusters}
        named = {cluster: self._reports(lineage, cluster) for cluster in self.clusters}
        reports = {cluster: [one for one in on if speaks(one.period, self.as_of)] for cluster, on in named.items()}
        lacking = tuple(name for name, who in bearers.items() if who == "provider" and not reports[name])
        asked = [name for name, who in bearers.items() if who in ("provider", "shared")]
        useful = [one for name in asked for one in reports[name]]
        lapsed = [one for name in asked for one in named[name] if one not in reports[name]]
        inherited = bool(bearers) and set(bearers.values()) == {"provider"} and not lacking
        answered = dict(self._answered(requirement))
        decided = self._not_applicable(lineage)
        unanswered = tuple(item for item in requirement.by_hand if item not in answered)
        return OnFile(
            not_applicable=decided,
            bearer=_bearer_in_words(requirement, bearers),
            inherited=inherited,
            awaited=_awaited(bearers, lacking),
            asked=len(requirement.by_hand),
            open=() if inherited or decided else unanswered,
            answers=tuple(answered.values()),
            reports=tuple(dict.fromkeys(map(_report_in_words, useful))),
            lapsed=tuple(dict.fromkeys(_lapsed_in_words(one, self.as_of) for one in lapsed)),
            signatures=tuple(self._signatures(lineage)),
        )

    def _not_applicable(self, lineage: tuple[str, ...]) -> str | None:
        for entry in self.engagement.not_applicable:
            if entry.framework == self.framework.id and entry.requirement in lineage:
                above = "" if entry.requirement == lineage[0] else f" with all of {entry.requirement}"
                who = f"{entry.approver}, {entry.date}" if entry.date else entry.approver
                return f"Decided not to apply{above} ({who}): {entry.reason}"
        return None

    def _answered(self, requirement: Requirement) -> Iterator[tuple[str, str]]:
        """Item -> the documents that answer it, in words."""
        found: dict[str, list[str]] = {}
        for entry in self.engagement.by_hand:
            if (entry.framework, entry.requirement) == (self.framework.id, requirement.id):
                item = _item(entry, requirement.by_hand)
                if item is not None:
                    found.setdefault(item, []).append(_document_in_words(entry))
        for item in requirement.by_hand:
            if item in found:
                yield item, f"{item} On file: {'; '.join(found[item])}."

    def _signatures(self, lineage: tuple[str, ...]) -> Iterator[str]:
        for entry in self.engagement.signatures:
            if entry.framework == self.framework.id and entry.requirement in lineage:
                above = "" if entry.requirement == lineage[0] else f", for all of {entry.requirement}"
                yield f"{entry.signed_by}, {entry.role}, {entry.date}{above}"

    def _reports(self, lineage: tuple[str, ...], cluster: str) -> tuple[ProviderReport, ...]:
        """Reports on the requirement by whoever manages this cluster; by anyone, where the client does."""
        managed = self._managed(cluster)
        if managed is None:
            return ()
        names = NAMES_OF_PROVIDERS.get(managed)
        return tuple(
            report
            for report in self.engagement.provider_reports
            if self.framework.id in report.frameworks
            and (not report.covers or any(covered in lineage for covered in report.covers))
            and (names is None or report.provider in names)
        )

    def _managed(self, cluster: str) -> str | None:
        described = self.engagement.clusters.get(cluster)
        return None if described is None else described.managed

    def _bearer(self, requirement: Requirement, cluster: str) -> str:
        """provider, customer, shared, or `not known` where that follows from who runs the cluster."""
        managed, who = self._managed(cluster), requirement.bearer
        if managed is None:
            return who.managed if who.managed == who.self_managed else "not known"
        return who.self_managed if managed == "self" else who.managed


def speaks(period: Period, as_of: date) -> bool:
    """Whether a report for this period says anything about that day: within it, or up to the bridge after it."""
    month = period.end.month - 1 + BRIDGE_MONTHS
    year, month = period.end.year + month // 12, month % 12 + 1
    last = period.end.replace(year=year, month=month, day=min(period.end.day, monthrange(year, month)[1]))
    return period.start <= as_of <= last


def _item(entry: ByHand, asked: tuple[str, ...]) -> str | None:
    if isinstance(entry.item, int):
        return asked[entry.item - 1] if 1 <= entry.item <= len(asked) else None
    return entry.item if entry.item in asked else None


def _document_in_words(entry: ByHand) -> str:
    place = f", {entry.file}" if entry.file else ""
    return f"{entry.title} ({entry.date}; {entry.signed_by}, {entry.role}{place})"


def _report_in_words(report: ProviderReport) -> str:
    days = f"{report.period.start} to {report.period.end}"
    return f"Provider report on file: {report.title} ({report.provider}, {days})."


def _lapsed_in_words(report: ProviderReport, as_of: date) -> str:
    days = f"{report.period.start} to {report.period.end}"
    why = f"it ended more than {BRIDGE_MONTHS} months before {as_of}"
    if as_of < report.period.start:
        why = f"it begins after {as_of}"
    return f"Nothing is inherited from {report.title} ({report.provider}, {days}): {why}."


def _bearer_in_words(requirement: Requirement, bearers: dict[str, str]) -> str:
    found = set(bearers.values())
    if len(found) == 1 and found != {"not known"}:
        return found.pop()
    who = requirement.bearer
    if not found or found == {"not known"}:
        same = who.managed == who.self_managed
        return who.managed if same else f"{who.managed} if managed, {who.self_managed} if self-managed"
    parts = {who: [name for name, one in bearers.items() if one == who] for who in sorted(found)}
    return "; ".join(f"{who} for {', '.join(names)}" for who, names in parts.items())


def _awaited(bearers: dict[str, str], lacking: tuple[str, ...]) -> str:
    """What would have to be on file or known for the requirement to be inherited; empty if nothing."""
    if lacking:
        return f"no report of the provider is on file for {', '.join(lacking)}"
    unknown = [cluster for cluster, bearer in bearers.items() if bearer == "not known"]
    if unknown:
        return f"engagement.yaml does not say who manages {', '.join(unknown)}"
    return ""

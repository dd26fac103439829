"""From counts of verdicts and documents on file to a status per requirement, with the sentence that says why.

Pure: the same counts and the same engagement give the same rows. No status says that a requirement is met;
the strongest, `supported`, says that running evidence, documents and a person's signature point one way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from assessment.frameworks.load import Framework, Requirement
from assessment.frameworks.on_file import OnFile, Paperwork
from assessment.frameworks.sentences import Tally, roll_up_reason, status_reason
from collectors.people.engagement import Engagement

WORST_FIRST = (
    "contradicted",
    "documents needed",
    "not assessed",
    "partly supported",
    "inherited",
    "supported",
    "not applicable",
)
"""How a section rolls up. `not applicable` is last: a section shows it only if all below it is so."""

WHOLE = frozenset({"supported", "inherited"})
HARMLESS = WHOLE | {"not applicable"}


@dataclass(frozen=True, slots=True)
class CheckCounts:
    """Verdicts of one check in the scope of a framework, over all assessed clusters.

    `passed_running` and `passed_declared` part the passes by the basis of their evidence. `out_of_scope` counts
    subjects that the check itself leaves out, `outside` those that are not in the scope of the framework.
    `unplaced` of the unknown are so because nobody could tell whether they are in scope, `failed_unplaced` of
    these fail. `unseen` counts gaps in the table that the check judges.
    """

    check_id: str
    passed_running: int = 0
    passed_declared: int = 0
    failed: int = 0
    unknown: int = 0
    out_of_scope: int = 0
    unseen: int = 0
    outside: int = 0
    unplaced: int = 0
    failed_unplaced: int = 0


Counts = Mapping[str, Iterable[CheckCounts]]
"""Scope -> what each check found within it."""


@dataclass(frozen=True, slots=True)
class RequirementRow:
    """One row of results/requirements. A section's counts are of the checks mapped to the section itself."""

    framework: str
    framework_version: str
    requirement_id: str
    parent: str | None
    level: str
    title: str
    obligation: str
    status: str
    status_reason: str
    bearer: str
    scope: str
    passed: int
    failed: int
    unknown: int
    by_hand_open: int
    by_hand: list[str]
    by_hand_on_file: list[str]
    signatures: list[str]
    blind_to: list[str]
    checks: list[str]


@dataclass(frozen=True, slots=True)
class RequirementCheckRow:
    """One row of results/requirement_checks: what one check adds to one requirement."""

    framework: str
    requirement_id: str
    check_id: str
    shows: str
    passed: int
    failed: int
    unknown: int
    out_of_scope: int
    unseen: int
    outside: int
    unplaced: int


@dataclass(frozen=True, slots=True)
class Judged:
    """All rows of one framework, in its order."""

    requirements: tuple[RequirementRow, ...]
    checks: tuple[RequirementCheckRow, ...]


def judge(framework: Framework, counts: Counts, engagement: Engagement, clusters: Iterable[str], as_of: date) -> Judged:
    """The status of every requirement: the first of DESIGN's table that holds.

    `clusters` are the assessed ones, by the names that engagement.yaml uses. A mapped check without counts in
    the scope of the requirement was not run and weighs like an unknown. `as_of` decides which provider reports
    still speak.
    """
    found = {scope: {one.check_id: one for one in within} for scope, within in counts.items()}
    paperwork = Paperwork(framework, engagement, tuple(sorted(set(clusters))), as_of)
    own = {one.id: _own(paperwork.of(one), _tally(one, found.get(one.scope, {}))) for one in framework.requirements}
    final = _rolled_up(framework, own)
    rows = tuple(_row(framework, one, final[one.id]) for one in framework.requirements)
    checks = tuple(
        row for one in framework.requirements for row in _check_rows(framework, one, found.get(one.scope, {}))
    )
    return Judged(rows, checks)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a requirement stands and what that rests on."""

    status: str
    reason: str
    on_file: OnFile
    tally: Tally

    @property
    def settled(self) -> bool:
        """Is nothing open in the row itself, whatever stands below it?"""
        return self.status in WHOLE or not (self.tally.checks or self.on_file.open)


def _own(on_file: OnFile, tally: Tally) -> Standing:
    status = _status(on_file, tally)
    return Standing(status, status_reason(status, on_file, tally), on_file, tally)


def _status(on_file: OnFile, tally: Tally) -> str:
    if on_file.not_applicable is not None:
        return "not applicable"
    if tally.failed:
        return "contradicted"
    if tally.failed_unplaced:
        return "not assessed"
    if on_file.inherited:
        return "inherited"
    whole = tally.complete and not (on_file.open or on_file.awaited) and bool(on_file.signatures)
    if whole and tally.passed_running:
        return "supported"
    if tally.passed or on_file.documents:
        return "partly supported"
    return "not assessed" if tally.checks else "documents needed"


def _rolled_up(framework: Framework, own: Mapping[str, Standing]) -> dict[str, Standing]:
    """A section takes the worst below it; what is open in itself or below never lets a row stand as whole."""
    final = dict(own)
    for requirement in reversed(framework.requirements):
        below = [(child.id, final[child.id].status) for child in framework.children(requirement.id)]
        standing = final[requirement.id]
        if not below or standing.status == "not applicable":
            continue
        if requirement.level == "section":
            status = _section_status(standing, [one for _, one in below])
            final[requirement.id] = replace(standing, status=status, reason=roll_up_reason(standing.reason, below))
        elif standing.status in WHOLE and any(one not in HARMLESS for _, one in below):
            open_below = ", ".join(name for name, one in below if one not in HARMLESS)
            told = f"{standing.reason} It stands no higher because of {open_below} below it."
            final[requirement.id] = replace(standing, status="partly supported", reason=told)
    return final


def _section_status(own: Standing, below: list[str]) -> str:
    worst = min(below, key=WORST_FIRST.index)
    if own.status == "contradicted":
        return own.status
    if own.tally.failed_unplaced and worst not in ("contradicted", "documents needed"):
        return "not assessed"
    return "partly supported" if worst in WHOLE and not own.settled else worst


def _tally(requirement: Requirement, by_check: Mapping[str, CheckCounts]) -> Tally:
    mapped = [one.check for one in requirement.evidence]
    found = [by_check[check] for check in mapped if check in by_check]
    return Tally(
        checks=len(mapped),
        not_run=tuple(check for check in mapped if check not in by_check),
        failing=tuple((one.check_id, one.failed) for one in found if one.failed),
        passed_running=sum(one.passed_running for one in found),
        passed_declared=sum(one.passed_declared for one in found),
        unknown=sum(one.unknown for one in found),
        out_of_scope=sum(one.out_of_scope for one in found),
        unseen=sum(one.unseen for one in found),
        outside=sum(one.outside for one in found),
        unplaced=sum(one.unplaced for one in found),
        failed_unplaced=sum(one.failed_unplaced for one in found),
    )


def _row(framework: Framework, requirement: Requirement, standing: Standing) -> RequirementRow:
    on_file, tally = standing.on_file, standing.tally
    return RequirementRow(
        framework=framework.id,
        framework_version=framework.version,
        requirement_id=requirement.id,
        parent=requirement.parent,
        level=requirement.level,
        title=requirement.title,
        obligation=requirement.obligation,
        status=standing.status,
        status_reason=standing.reason,
        bearer=on_file.bearer,
        scope=requirement.scope,
        passed=tally.passed,
        failed=tally.failed,
        unknown=tally.unknown,
        by_hand_open=len(on_file.open),
        by_hand=list(requirement.by_hand),
        by_hand_on_file=list(on_file.documents),
        signatures=list(on_file.signatures),
        blind_to=list(requirement.blind_to),
        checks=[one.check for one in requirement.evidence],
    )


def _check_rows(
    framework: Framework, requirement: Requirement, by_check: Mapping[str, CheckCounts]
) -> Iterable[RequirementCheckRow]:
    for one in requirement.evidence:
        found = by_check.get(one.check, CheckCounts(one.check))
        yield RequirementCheckRow(
            framework=framework.id,
            requirement_id=requirement.id,
            check_id=one.check,
            shows=one.shows,
            passed=found.passed_running + found.passed_declared,
            failed=found.failed,
            unknown=found.unknown,
            out_of_scope=found.out_of_scope,
            unseen=found.unseen,
            outside=found.outside,
            unplaced=found.unplaced,
        )

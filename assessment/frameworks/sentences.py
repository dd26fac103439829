"""The sentence beside a status: numerator, denominator, and what was left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assessment.frameworks.on_file import OnFile

NAMED_CHECKS = 5


@dataclass(frozen=True, slots=True)
class Tally:
    """The verdicts of all checks mapped to one requirement, added up; numbers are counts."""

    checks: int
    not_run: tuple[str, ...]
    failing: tuple[tuple[str, int], ...]
    passed_running: int
    passed_declared: int
    unknown: int
    out_of_scope: int
    unseen: int
    outside: int
    unplaced: int
    failed_unplaced: int

    @property
    def passed(self) -> int:
        """Passes on evidence of either basis."""
        return self.passed_running + self.passed_declared

    @property
    def failed(self) -> int:
        """Failures of all mapped checks."""
        return sum(failed for _, failed in self.failing)

    @property
    def judged(self) -> int:
        """The denominator: every verdict, unknown ones too."""
        return self.passed + self.failed + self.unknown

    @property
    def complete(self) -> bool:
        """Was every mapped check run, with nothing unknown and nothing unseen?"""
        return not (self.unknown or self.unseen or self.not_run)


def status_reason(status: str, on_file: OnFile, tally: Tally) -> str:
    """Why this status, in sentences that stand alone."""
    if status == "not applicable":
        decided = _sentence(on_file.not_applicable or "")
        return f"{decided} {_observed(tally)}" if tally.judged else decided
    if status == "inherited":
        seen = [_observed(tally)] if tally.checks else []
        return " ".join(["The provider bears it for every cluster assessed.", *on_file.reports, *on_file.lapsed, *seen])
    parts = [_observed(tally), _papers(on_file)]
    if tally.failed_unplaced and status == "not assessed":
        told = counted(tally.failed_unplaced, "failure is on a subject", "failures are on subjects")
        parts.append(f"{told} that may or may not be in scope; in scope, one would contradict.")
    if status == "partly supported":
        parts.append(f"Not more than partly, because {_listed(list(_shortfalls(on_file, tally)))}.")
    elif on_file.awaited:
        parts.append(_sentence(on_file.awaited[:1].upper() + on_file.awaited[1:]))
    return " ".join(parts)


def roll_up_reason(own: str, below: list[tuple[str, str]]) -> str:
    """Why a section stands where it does: what is below it by status, then what concerns itself."""
    by_status: dict[str, list[str]] = {}
    for requirement_id, status in below:
        by_status.setdefault(status, []).append(requirement_id)
    told = "; ".join(f"{status}: {', '.join(ids)}" for status, ids in sorted(by_status.items()))
    return f"Roll-up of {counted(len(below), 'row')} below, not counted itself. {told}. Of its own: {own}"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """`1 row`, `1,200 rows`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def _observed(tally: Tally) -> str:
    if not tally.checks:
        return "No check can observe this."
    checks = counted(tally.checks, "mapped check")
    told = f"{tally.passed:,} of {counted(tally.judged, 'judgement')} by {checks} passed"
    if not tally.judged:
        told = f"{checks} judged nothing"
    details = []
    if tally.passed_declared:
        details.append(f"{tally.passed_declared:,} of these on declared evidence only")
    if tally.failed:
        details.append(f"{tally.failed:,} failed: {_failing(tally)}")
    if tally.unknown:
        unplaced = f", {tally.unplaced:,} of them because their scope is not known" if tally.unplaced else ""
        details.append(f"{tally.unknown:,} unknown{unplaced}")
    left_out = _listed(list(_left_out(tally))) or "nothing"
    return f"{'; '.join([told, *details])}; left out: {left_out}."


def _failing(tally: Tally) -> str:
    worst = sorted(tally.failing, key=lambda one: (-one[1], one[0]))
    named = ", ".join(f"{check} ({failed:,})" for check, failed in worst[:NAMED_CHECKS])
    rest = len(worst) - NAMED_CHECKS
    return f"{named} and {counted(rest, 'more check')}" if rest > 0 else named


def _left_out(tally: Tally) -> Iterator[str]:
    if tally.outside:
        yield f"{counted(tally.outside, 'judgement')} on subjects outside the scope of the framework"
    if tally.out_of_scope:
        yield f"{counted(tally.out_of_scope, 'subject')} that the checks do not concern"
    if tally.unseen:
        yield f"{counted(tally.unseen, 'gap')} where subjects could not be seen"
    if tally.not_run:
        yield f"{counted(len(tally.not_run), 'check')} not run ({', '.join(tally.not_run)})"


def _papers(on_file: OnFile) -> str:
    answered = on_file.asked - len(on_file.open)
    told = f"On file: {answered} of {on_file.asked} asked for by hand"
    if not on_file.asked:
        told = "Nothing is asked for by hand"
    signed = f"signed by {'; '.join(on_file.signatures)}" if on_file.signatures else "nobody has signed"
    return " ".join([f"{told}; {signed}.", *on_file.reports, *on_file.lapsed])


def _shortfalls(on_file: OnFile, tally: Tally) -> Iterator[str]:
    if not tally.checks:
        yield "documents alone show no more"
    elif not tally.passed_running:
        yield "no check passed on running evidence"
    if tally.unknown:
        yield f"{counted(tally.unknown, 'judgement is', 'judgements are')} unknown"
    if tally.unseen:
        yield f"{counted(tally.unseen, 'gap hides', 'gaps hide')} subjects"
    if tally.not_run:
        yield f"{counted(len(tally.not_run), 'check was', 'checks were')} not run"
    if on_file.open:
        yield f"{counted(len(on_file.open), 'item')} asked for by hand {_is(len(on_file.open))} open"
    if not on_file.signatures:
        yield "nobody has signed"
    if on_file.awaited:
        yield on_file.awaited


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else text + "."

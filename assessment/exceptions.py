"""Exceptions beside the results: which are live, expired, unused or invalid, and which findings they are about.

Pure, and without any way back: an exception never changes a verdict, a status or a score.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from assessment.recording import as_columns, columns
from collectors.people.exceptions import WrittenException
from collectors.problems import nearest

EXCEPTIONS = columns(
    "number int, check_id, framework, requirement_id, subjects, reason, owner, approver, compensating_control, until,"
    " state, matched int, note"
)
MATCHES = columns("number int, fingerprint")
ANY = "*"
_OPEN = ("fail", "unknown")
Subject = tuple[str, str, str, str]
"""cluster, namespace ("" for none), kind, name"""


@dataclass(frozen=True, slots=True)
class _Finding:
    check_id: str
    fingerprint: str
    is_open: bool
    subject: Subject


@dataclass(frozen=True, slots=True)
class _Known:
    """What an exception may name: checks, and the checks that each requirement and all below it rest on."""

    checks: Collection[str]
    requirements: Mapping[str, Mapping[str, frozenset[str]]]
    formerly: Mapping[str, frozenset[str]]


def exceptions_of(
    findings: pa.Table, requirements: pa.Table, written: Sequence[WrittenException], as_of: date,
    *, checks: Collection[str], formerly: Mapping[str, frozenset[str]] | None = None,
) -> dict[str, pa.Table]:  # fmt: skip
    """Results `exceptions` and `exception_matches`, numbered from 1 in the order of the file.

    `checks` are the ids of all checks that exist, `formerly` says which of them took the place of an older id. An
    exception matches findings that fail or are unknown; one that names only what passes, or nothing, is unused.
    """
    known = _Known(checks, _mapped(requirements), formerly or {})
    judged = list(_findings(findings)) if written else []
    rows: list[dict[str, Any]] = []
    matches: list[dict[str, Any]] = []
    for number, one in enumerate(written, start=1):
        wrong = list(_wrong_with(one, known))
        named = [] if wrong else _named(one, known, judged)
        prints = sorted({finding.fingerprint for finding in named if finding.is_open})
        rows.append(_row(number, one, wrong, len(named), len(prints), as_of))
        matches += [{"number": number, "fingerprint": each} for each in prints]
    return {"exceptions": as_columns(rows, EXCEPTIONS), "exception_matches": as_columns(matches, MATCHES)}


def _row(
    number: int, one: WrittenException, wrong: list[str], named: int, matched: int, as_of: date
) -> dict[str, Any]:
    state, note = _state(one, wrong, named, matched, as_of)
    return {
        "number": number, "check_id": one.check, "framework": one.framework, "requirement_id": one.requirement,
        "subjects": ", ".join(one.subjects), "reason": one.reason, "owner": one.owner, "approver": one.approver,
        "compensating_control": one.compensating_control, "until": one.until, "state": state, "matched": matched,
        "note": note,
    }  # fmt: skip


def _state(one: WrittenException, wrong: list[str], named: int, matched: int, as_of: date) -> tuple[str, str]:
    """The first of these that holds: invalid, expired, unused, live; and why, for a reader."""
    if wrong:
        return "invalid", " ".join(wrong)
    until = _day(one.until)
    assert until is not None
    if until < as_of:
        still = f"Findings still open: {matched}." if matched else "Nothing that it names is open."
        return "expired", f"Ended on {until}. {still}"
    if not matched:
        told = "Everything that it names passes." if named else "No finding is what it names."
        return "unused", f"{told} It can be taken out."
    return "live", "" if one.compensating_control else "No compensating control is named."


def _wrong_with(one: WrittenException, known: _Known) -> Iterator[str]:
    yield from _wrong_target(one, known)
    if not one.subjects:
        yield "No subjects are named; */*/*/* would mean all of them."
    for pattern in one.subjects:
        if _pattern(pattern) is None:
            yield f"{pattern!r} is not cluster/namespace/kind/name with '*' for whole parts only."
    for name in ("reason", "owner", "approver", "until"):
        if getattr(one, name) is None:
            yield f"{name} is missing."
    if one.until is not None and _day(one.until) is None:
        yield f"until must be a date such as 2027-06-30, not {one.until[:40]!r}."
    if one.owner and one.approver and _plain(one.owner) == _plain(one.approver):
        yield "The owner approves the exception; that takes somebody else."


def _wrong_target(one: WrittenException, known: _Known) -> Iterator[str]:
    about_requirement = one.framework is not None or one.requirement is not None
    if about_requirement == (one.check is not None):
        yield "It must be about a check, or about a requirement of a framework."
        return
    if one.check is not None:
        if one.check not in known.checks and one.check not in known.formerly:
            yield _unknown(one.check, "check", known.checks)
        return
    if one.framework is None or one.requirement is None:
        yield f"{'framework' if one.framework is None else 'requirement'} is missing."
    elif one.framework not in known.requirements:
        yield _unknown(one.framework, "framework", known.requirements)
    elif one.requirement not in known.requirements[one.framework]:
        yield _unknown(one.requirement, f"requirement of {one.framework}", known.requirements[one.framework])


def _unknown(name: str, what: str, names: Collection[str]) -> str:
    meant = nearest(name, names)
    hint = f" Did you mean {meant!r}?" if meant else ""
    return f"{name[:80]!r} is not a known {what}.{hint}"


def _named(one: WrittenException, known: _Known, judged: Sequence[_Finding]) -> list[_Finding]:
    """The findings that it names, whatever their verdict."""
    if one.check is not None:
        checks = known.formerly.get(one.check, frozenset({one.check}))
    else:
        checks = known.requirements[one.framework or ""][one.requirement or ""]
    patterns = [pattern for text in one.subjects if (pattern := _pattern(text))]
    return [
        finding for finding in judged
        if finding.check_id in checks and any(_matches(pattern, finding.subject) for pattern in patterns)
    ]  # fmt: skip


def _pattern(text: str) -> Subject | None:
    """Four parts; a cluster may hold slashes of its own, so the last three are split off first."""
    parts = text.rsplit("/", 3)
    if len(parts) != 4 or any("*" in part and part != ANY for part in parts):
        return None
    cluster, namespace, kind, name = (part.strip() for part in parts)
    return (cluster, namespace, kind, name) if cluster and kind and name else None


def _matches(pattern: Subject, subject: Subject) -> bool:
    return all(wanted in (ANY, part) for wanted, part in zip(pattern, subject, strict=True))


def _findings(findings: pa.Table) -> Iterator[_Finding]:
    needed = ["check_id", "fingerprint", "verdict", "cluster", "subject_namespace", "subject_kind", "subject_name"]
    for row in findings.select(needed).to_pylist():
        subject = (row["cluster"], row["subject_namespace"] or "", row["subject_kind"] or "", row["subject_name"] or "")
        yield _Finding(row["check_id"], row["fingerprint"], row["verdict"] in _OPEN, subject)


def _mapped(requirements: pa.Table) -> dict[str, dict[str, frozenset[str]]]:
    """Framework -> requirement -> checks mapped to it or to anything below it."""
    rows = requirements.select(["framework", "requirement_id", "parent", "checks"]).to_pylist()
    parents = {(row["framework"], row["requirement_id"]): row["parent"] for row in rows}
    found: dict[str, dict[str, set[str]]] = {}
    for row in rows:
        framework, above = row["framework"], row["requirement_id"]
        while above is not None:
            found.setdefault(framework, {}).setdefault(above, set()).update(row["checks"] or ())
            above = parents.get((framework, above))
    return {name: {one: frozenset(held) for one, held in mapped.items()} for name, mapped in found.items()}


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        return None


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()

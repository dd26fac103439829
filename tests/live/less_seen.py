"""Two surveys of one cluster judged side by side: where less was seen, nothing may stand better."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assessment.collection import silent
from assessment.results import judged_of
from collectors.evidence.item import Item
from collectors.evidence.store import Run
from collectors.people.engagement import Engagement

Object = dict[str, Any]
Key = tuple[Any, ...]

_SUBJECT = ("check_id", "subject_group", "subject_kind", "subject_namespace", "subject_name", "subject_part")
_NAMED_BY_CLUSTER = "subject_name"


@dataclass
class Seen:
    """What was found in one cluster, keyed so that it can be compared with another."""

    findings: dict[Key, Object] = field(default_factory=dict)
    out_of_scope: set[Key] = field(default_factory=set)
    open_checks: set[str] = field(default_factory=set)
    health: dict[Key, Object] = field(default_factory=dict)
    risks: dict[str, Object] = field(default_factory=dict)


class Selected(Run):
    """A run of which only these items are read."""

    def __init__(self, run: Run, items: Iterable[Item]) -> None:
        super().__init__(run.path)
        self._selected = list(items)

    def items(self) -> list[Item]:
        return list(self._selected)


def judged(run: Run, folder: Path) -> dict[str, Seen]:
    """What `assess` finds in each cluster."""
    results = judged_of(run, Engagement(client="Acme"), folder, "test", silent).results
    found: dict[str, Seen] = {}

    def of(name: str) -> Iterator[tuple[Seen, Object]]:
        for row in results[name].to_pylist():
            if row["cluster"] is not None:
                yield found.setdefault(row["cluster"], Seen()), row

    for seen, row in of("findings"):
        seen.findings[_key(row)] = row
    for seen, row in of("out_of_scope"):
        seen.out_of_scope.add(_key(row))
    for seen, row in of("populations"):
        if row["unknown"] or row["unseen"]:
            seen.open_checks.add(row["check_id"])
    for seen, row in of("health"):
        seen.health[row["dimension"], row["layer"]] = row
    for seen, row in of("risks"):
        seen.risks[row["check_id"]] = row
    return found


def _key(row: Object) -> Key:
    """The subject; the cluster itself by no name."""
    cluster = row["subject_kind"] == "Cluster"
    return tuple("" if cluster and name == _NAMED_BY_CLUSTER else row[name] for name in _SUBJECT)


def better(before: Seen, after: Seen) -> Iterator[str]:
    """Everything that stands better in what saw less, one sentence each."""
    for subject, row in after.findings.items():
        was = before.findings[subject]["verdict"] if subject in before.findings else None
        if row["verdict"] not in (was, "unknown"):
            yield f"{subject} went from {was} to {row['verdict']}"
        if row["verdict"] == "unknown" and not row["reason"]:
            yield f"{subject} is unknown without a reason"
    for subject in before.findings.keys() - after.findings.keys():
        if subject[0] not in after.open_checks:
            yield f"{subject} is gone without a trace"
    for subject in after.out_of_scope - before.out_of_scope:
        yield f"{subject} is out of scope for want of evidence"
    yield from _bounds("health", before.health, after.health)
    yield from _bounds("risk", before.risks, after.risks)
    for risk, row in after.risks.items():
        if row["lower"] and risk not in before.risks:
            yield f"{risk} is a proven risk from less evidence"


def _bounds(what: str, before: dict[Any, Object], after: dict[Any, Object]) -> Iterator[str]:
    for place, whole in before.items():
        left = after.get(place)
        if left is None:
            yield f"{what} {place} is gone"
        elif left["lower"] > whole["lower"] or left["upper"] < whole["upper"]:
            yield f"{what} {place} from {whole['lower']}-{whole['upper']} to {left['lower']}-{left['upper']}"

"""Run the examples that check authors wrote, through the real tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import pyarrow as pa

from assessment.checks.example_answers import answered
from assessment.checks.examples import AS_OF, judged_by, objects, title_of
from assessment.checks.load import Check, Example
from assessment.judging_in_memory import World, judge_in_memory
from collectors.problems import Problem

_WORST_LAST = ("out of scope", "pass", "unknown", "fail")
Subjects = dict[tuple[str, str], str]


def wrong(checks: Sequence[Check]) -> list[Problem]:
    """One problem per example whose verdict is not the one that its author states."""
    found = _judged(checks)
    problems = []
    for check in checks:
        for number, example in enumerate(check.written.examples):
            verdict = judged_by(example, found.get((check.check_id, title_of(check, number)), {}))
            if verdict != example.expect:
                message = f"expects {example.expect}, and the rule says {verdict}."
                problems.append(Problem(str(check.file), f"examples[{number + 1}]", message))
    return problems


def _judged(checks: Sequence[Check]) -> Mapping[tuple[str, str], Subjects]:
    """(check, example) -> (kind, name) -> the worst verdict on that subject."""
    examples = {
        title_of(check, number): (check, example)
        for check in checks
        for number, example in enumerate(check.written.examples)
    }
    worlds = {title: _world(title, example) for title, (_, example) in examples.items()}
    put = {title: (check.check_id,) for title, (check, _) in examples.items()}
    judged = judge_in_memory(worlds, checks=checks, as_of=AS_OF, put=put)
    found: dict[tuple[str, str], Subjects] = defaultdict(dict)
    _note(found, judged.findings, None)
    _note(found, judged.out_of_scope, "out of scope")
    return found


def _world(title: str, example: Example) -> World:
    answers = answered(example, cluster=title) if example.answers else None
    return World(objects(example), example.kubernetes_version, example.whole, example.running, answers)


def _note(found: dict[tuple[str, str], Subjects], table: pa.Table, fixed: str | None) -> None:
    for row in table.to_pylist():
        subjects = found[row["check_id"], row["cluster"]]
        subject, verdict = (row["subject_kind"], row["subject_name"]), fixed or row["verdict"]
        subjects[subject] = max(subjects.get(subject, _WORST_LAST[0]), verdict, key=_WORST_LAST.index)

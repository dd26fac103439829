"""Run the examples that check authors wrote, through the real tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import pyarrow as pa

from assessment.checks.example_answers import answered
from assessment.checks.examples import AS_OF, judged_by, objects, title_of
from assessment.checks.load import Check
from assessment.judging_in_memory import judge_in_memory
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
    alike: dict[tuple[str | None, bool, bool], list[tuple[Check, int]]] = defaultdict(list)
    for check in checks:
        for number, example in enumerate(check.written.examples):
            alike[example.kubernetes_version, example.whole, example.running].append((check, number))
    found: dict[tuple[str, str], Subjects] = defaultdict(dict)
    for (version, whole, running), examples in alike.items():
        titled = {title_of(check, number): check.written.examples[number] for check, number in examples}
        worlds = {title: objects(example) for title, example in titled.items() if not example.answers}
        answers = {title: answered(example, cluster=title) for title, example in titled.items() if example.answers}
        asked = list({check.check_id: check for check, _ in examples}.values())
        put = {title_of(check, number): (check.check_id,) for check, number in examples}
        judged = judge_in_memory(
            worlds, kubernetes_version=version, whole=whole, running=running, checks=asked, answers=answers,
            as_of=AS_OF, put=put,
        )  # fmt: skip
        _note(found, judged.findings, None)
        _note(found, judged.out_of_scope, "out of scope")
    return found


def _note(found: dict[tuple[str, str], Subjects], table: pa.Table, fixed: str | None) -> None:
    for row in table.to_pylist():
        subjects = found[row["check_id"], row["cluster"]]
        subject, verdict = (row["subject_kind"], row["subject_name"]), fixed or row["verdict"]
        subjects[subject] = max(subjects.get(subject, _WORST_LAST[0]), verdict, key=_WORST_LAST.index)

"""Less evidence never makes a requirement look better, and never takes a contradiction away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.frameworks.judge import CheckCounts
from tests.frameworks.toy import AWS, EKS, TOY, engagement, judge, on_file, signature

RANK = {
    "supported": 3,
    "inherited": 3,
    "partly supported": 2,
    "not assessed": 1,
    "documents needed": 1,
    "contradicted": 0,
    "not applicable": 0,
}
small = st.integers(min_value=0, max_value=3)
counts = st.builds(CheckCounts, st.just(""), small, small, st.sampled_from((0, 0, 0, 1)), small, small, small)
papers = st.fixed_dictionaries(
    {
        "by_hand": st.lists(st.sampled_from([on_file(row.id) for row in TOY.requirements if row.by_hand])),
        "signatures": st.lists(st.sampled_from([signature(row.id) for row in TOY.requirements])),
        "provider_reports": st.sampled_from([[], [AWS]]),
        "clusters": st.sampled_from([{}, EKS]),
    }
)
losses = st.tuples(small, small, st.booleans())


def weakened(count: CheckCounts, loss: tuple[int, int, bool]) -> CheckCounts:
    """Some passes become unknown, or go unseen with a gap in their place."""
    running, declared = min(loss[0], count.passed_running), min(loss[1], count.passed_declared)
    lost = running + declared
    return replace(
        count,
        passed_running=count.passed_running - running,
        passed_declared=count.passed_declared - declared,
        unknown=count.unknown + (0 if loss[2] else lost),
        unseen=count.unseen + (1 if loss[2] and lost else 0),
    )


@settings(max_examples=300, deadline=None)
@given(st.lists(counts, min_size=4, max_size=4), st.lists(losses, min_size=4, max_size=4), papers)
def test_turning_passes_into_unknown_never_improves_a_status(
    seen: list[CheckCounts], lost: list[tuple[int, int, bool]], said: dict[str, Any]
) -> None:
    before = [replace(count, check_id=name) for count, name in zip(seen, "abcd", strict=True)]
    after = [weakened(count, loss) for count, loss in zip(before, lost, strict=True)]
    papers_on_file = engagement(**said)
    for one, two in zip(
        judge(before, papers_on_file, ["prod"]).requirements,
        judge(after, papers_on_file, ["prod"]).requirements,
        strict=True,
    ):
        assert RANK[two.status] <= RANK[one.status], (one, two)
        assert (one.status == "contradicted") == (two.status == "contradicted"), (one, two)


@settings(max_examples=200, deadline=None)
@given(st.lists(counts, min_size=4, max_size=4), st.integers(0, 3), papers)
def test_a_check_that_was_not_run_never_improves_a_status(
    seen: list[CheckCounts], missing: int, said: dict[str, Any]
) -> None:
    before = [replace(count, check_id=name, failed=0) for count, name in zip(seen, "abcd", strict=True)]
    after = before[:missing] + before[missing + 1 :]
    papers_on_file = engagement(**said)
    for one, two in zip(
        judge(before, papers_on_file, ["prod"]).requirements,
        judge(after, papers_on_file, ["prod"]).requirements,
        strict=True,
    ):
        assert RANK[two.status] <= RANK[one.status], (one, two)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(counts, min_size=4, max_size=4), st.lists(st.tuples(small, small, small), min_size=4, max_size=4), papers
)
def test_subjects_whose_scope_can_no_longer_be_told_never_improve_a_status(
    seen: list[CheckCounts], lost: list[tuple[int, int, int]], said: dict[str, Any]
) -> None:
    """A contradiction may fall silent, but in its place stands nothing that sounds well."""
    before = [replace(count, check_id=name) for count, name in zip(seen, "abcd", strict=True)]
    after = [out_of_sight(count, loss) for count, loss in zip(before, lost, strict=True)]
    for one, two in zip(
        judge(before, engagement(**said), ["prod"]).requirements,
        judge(after, engagement(**said), ["prod"]).requirements,
        strict=True,
    ):
        assert max(RANK[two.status], 1) <= max(RANK[one.status], 1), (one, two)


def out_of_sight(count: CheckCounts, loss: tuple[int, int, int]) -> CheckCounts:
    """Of some passes, failures and unknowns nobody can tell any more whether they are in scope."""
    running, failed, unknown = (
        min(loss[0], count.passed_running),
        min(loss[1], count.failed),
        min(loss[2], count.unknown),
    )
    return replace(
        count,
        passed_running=count.passed_running - running,
        failed=count.failed - failed,
        unknown=count.unknown + running + failed,
        unplaced=running + failed + unknown,
        failed_unplaced=failed,
    )

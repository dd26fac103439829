from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.reports import wording
from assessment.reports.characters import visible
from assessment.reports.figures import WIDTH, population_bar
from assessment.reports.fonts import drawable
from assessment.reports.parts import Counts, Listing


@settings(max_examples=60, deadline=None)
@given(st.text())
def test_what_is_printed_can_be_drawn_and_nothing_is_lost(text: str) -> None:
    shown = visible(text)
    assert all(ord(character) in drawable() or character in "\n\t" for character in shown)
    kept = [character for character in text if f"[U+{ord(character):04X}]" not in shown]
    assert [character for character in kept if character not in shown] == []


@pytest.mark.parametrize("text", ["Žižek, Ωmega, Дом – “quoted”", "plain ascii", "a\nb"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_bar_is_full_and_every_part_that_exists_can_be_seen(passed: int, failed: int, unknown: int) -> None:
    bar = population_bar(Counts(passed, failed, unknown))
    counts = [count for count in (passed, failed, unknown) if count]
    assert [segment.count for segment in bar.segments] == counts
    assert all(segment.length > 0 for segment in bar.segments)
    assert sum(segment.length for segment in bar.segments) == (WIDTH if counts else 0)


def test_a_share_never_rounds_to_all_or_nothing() -> None:
    assert wording.share(999, 1000) == ">99 %"
    assert wording.share(1, 1000) == "<1 %"
    assert wording.share(1000, 1000) == "100 %"
    assert wording.share(0, 0) == "–"


def test_sizes_and_instants_are_those_of_people() -> None:
    assert [wording.size(n) for n in (None, 0, 999, 48_211, 2_500_000, 3 * 10**9)] == [
        "–",
        "0 B",
        "999 B",
        "48.2 kB",
        "2.5 MB",
        "3.0 GB",
    ]
    assert wording.instant("2026-11-03T08:15:00Z") == "2026-11-03 08:15:00 UTC"
    assert wording.window("2026-11-03T08:15:00Z", "2026-11-03T08:16:00Z") == "2026-11-03 08:15:00 – 08:16:00 UTC"
    assert wording.listed(Listing(("a", "b"), 9)) == "a, b and 7 more"


def test_a_status_that_this_version_does_not_know_keeps_its_word() -> None:
    assert wording.status("brand new").word == "brand new"

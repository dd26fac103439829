"""What people wrote wrong is told with its place and the name they probably meant."""

from __future__ import annotations

import pytest

from collectors.problems import InvalidFile, Problem, nearest


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("aprover", "approver"),
        ("Approver", "approver"),
        ("provider-reports", "provider_reports"),
        ("privileged", "pod_security.privileged"),
        ("pod_security.priviledged", "pod_security.privileged"),
        ("zebra", None),
        ("", None),
    ],
)
def test_the_nearest_right_name_is_found(word: str, expected: str | None) -> None:
    assert nearest(word, ["approver", "provider_reports", "pod_security.privileged"]) == expected


def test_of_equally_near_names_the_first_in_text_order_is_taken() -> None:
    assert nearest("ab", ["abd", "abc"]) == nearest("ab", ["abc", "abd"]) == "abc"


def test_an_invalid_file_prints_a_line_for_each_problem() -> None:
    told = InvalidFile([Problem("a.yaml", "", "is empty."), Problem("b.yaml", "x.y", "is wrong.", "z", 3)])
    assert str(told) == "a.yaml: is empty.\nb.yaml, line 3: x.y: is wrong. Did you mean 'z'?"

"""Letters: the grade of a lower bound, what caps it, and what a layer stands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

GRADES = ((90, "A"), (80, "B"), (70, "C"), (60, "D"), (50, "E"), (0, "F"))
LETTERS = "".join(letter for _, letter in GRADES)
CAPS = ((80, "E"), (60, "B"))
"""An open risk of this score or more keeps the grade from being better than this letter."""
NOT_KNOWN = "not known"
STANDS_ON: Mapping[str, tuple[str, ...]] = {
    "code": ("container", "cluster", "cloud"), "container": ("cluster", "cloud"), "cluster": ("cloud",), "cloud": (),
}  # fmt: skip
"""Layer -> the layers that it stands on, the nearest first."""


@dataclass(frozen=True, slots=True)
class Open:
    """The highest display scores among the open risks of a group: proven at the least, possible at the most."""

    lower: int = 0
    upper: int = 0

    def or_higher(self, lower: int, upper: int) -> Open:
        """With another risk among them."""
        return Open(max(self.lower, lower), max(self.upper, upper))


def letter(points: Decimal, worst_score: int = 0) -> str:
    """The letter of 0 to 100 points, capped by the worst open risk."""
    earned = next(letter for floor, letter in GRADES if points >= floor)
    cap = next((letter for score, letter in CAPS if worst_score >= score), "A")
    return max(earned, cap)


def grade(lower: Decimal, upper: Decimal, worst: Open) -> str:
    """The letter of the lower bound and how high it could be: "D, up to B if what was not seen is sound".

    The lower letter is capped by what a risk may be at the most, the upper one by what it is at the least. So
    no evidence that is withheld can better the first or worsen the second.
    """
    low, high = letter(lower, worst.upper), letter(upper, worst.lower)
    return low if low == high else f"{low}, up to {high} if what was not seen is sound"


def foundation(layer: str, grades: Mapping[str, str]) -> tuple[str | None, str]:
    """The lowest grade of the layers that one stands on, and why; a layer that was not seen leaves it not known."""
    below = STANDS_ON[layer]
    if not below:
        return None, "stands on the provider"
    unseen = [each for each in below if grades.get(each, NOT_KNOWN) == NOT_KNOWN]
    seen = [each for each in below if each not in unseen]
    lowest = max(seen, key=lambda each: (grades[each][0], -below.index(each)), default=None)
    told = f"the {lowest} layer has {grades[lowest]}" if lowest else ""
    if unseen:
        hidden = f"the {' and the '.join(unseen)} layer was not seen" if len(unseen) == 1 else (
            f"the layers {' and '.join(unseen)} were not seen")  # fmt: skip
        return NOT_KNOWN, f"{hidden}; {told}" if told else hidden
    assert lowest is not None
    return grades[lowest], told

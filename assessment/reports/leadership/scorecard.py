"""The risk x effort scorecard: one mark a package, never moved; labels move, with a line to their mark.

Horizontal: person-days, each line twice the one before. Vertical: the score of the worst risk it removes. Area: risk
points removed. The lines at 60 and at 5 days are fixed, so that marks of two runs can be compared.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence

from assessment.maps.lettering import width
from assessment.reports.leadership.parts import Package

WIDE, TALL = 493.0, 300.0
LEFT, RIGHT, TOP, BOTTOM = 34.0, 8.0, 14.0, 30.0
ABOVE, BELOW, BESIDE = 7.0, 11.0, 0.35
HIGH_SCORE, SMALL_DAYS = 60, 5.0
SMALLEST, LARGEST = 4.0, 17.0
LABEL = 7.6
FILLS = {1: "#0B3C6F", 2: "#2B7BB9", 3: "#7FB2DA", 4: "#C3DCF0", None: "#FFFFFF"}
INKS = {1: "#FFFFFF", 2: "#FFFFFF", 3: "#1A212B", 4: "#1A212B", None: "#1A212B"}
STROKE = "#14375E"
QUADRANTS = (("Do now", 0, 0), ("Plan and fund", 1, 0), ("Batch", 0, 1), ("Park or accept", 1, 1))


@dataclasses.dataclass(frozen=True, slots=True)
class Mark:
    """A package on the scorecard, and where its label went."""

    number: int
    x: float
    y: float
    radius: float
    quarter: int | None
    hatched: bool
    label_x: float
    label_y: float
    inside: bool
    leader: tuple[float, float, float, float] | None


def marks(packages: Sequence[Package]) -> tuple[Mark, ...]:
    """Marks in the order in which they are drawn: large ones first, so that small ones stay visible."""
    if not packages:
        return ()
    largest = max((float(package.points) for package in packages), default=0.0) or 1.0
    axis = _axis(packages)
    spots = [(package, *_spot(package, axis, largest)) for package in packages]
    spots.sort(key=lambda spot: (-spot[3], spot[0].number))
    circles = [(x, y, radius) for _, x, y, radius in spots]
    taken: list[tuple[float, float, float, float]] = []
    return tuple(_mark(spot, at, circles, taken) for at, spot in enumerate(spots))


def svg(packages: Sequence[Package]) -> str:
    """The drawing; it holds numbers only, so that nothing from outside stands in it."""
    found = marks(packages)
    parts = [*_frame(_axis(packages)), *(part for mark in found for part in _drawn(mark))]
    parts += [part for mark in found for part in _label(mark)]
    says = f"{len(packages)} packages by effort in days and score of risk; the list below says which."
    hatch = "".join(
        f'<pattern id="{name}" width="3.4" height="3.4" patternUnits="userSpaceOnUse">'
        f'<path d="M0,3.4 L3.4,0" stroke="{colour}" stroke-width="0.8"/></pattern>'
        for name, colour in (("light", "#FFFFFF"), ("dark", STROKE))
    )
    return (
        f'<svg class="figure" xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDE:g} {TALL:g}">'
        f"<title>{says}</title><defs>{hatch}</defs>{''.join(parts)}</svg>"
    )


def _axis(packages: Sequence[Package]) -> tuple[float, float]:
    """Powers of two that hold all efforts, and always the line at 5 days."""
    days = [max(0.25, float(package.days)) for package in packages] or [SMALL_DAYS]
    return math.floor(math.log2(min([*days, 2.0]))), math.ceil(math.log2(max([*days, 16.0])))


def _x(days: float, axis: tuple[float, float]) -> float:
    low, high = axis
    low, high = low - BESIDE, high + BESIDE
    return LEFT + (math.log2(max(days, 0.25)) - low) / (high - low) * (WIDE - LEFT - RIGHT)


def _y(score: float) -> float:
    return TOP + (100 + ABOVE - score) / (100 + ABOVE + BELOW) * (TALL - TOP - BOTTOM)


def _spot(package: Package, axis: tuple[float, float], largest: float) -> tuple[float, float, float]:
    radius = max(SMALLEST, LARGEST * math.sqrt(float(package.points) / largest))
    return _x(float(package.days), axis), _y(package.score), radius


def _mark(
    spot: tuple[Package, float, float, float],
    at: int,
    circles: Sequence[tuple[float, float, float]],
    taken: list[tuple[float, float, float, float]],
) -> Mark:
    package, x, y, radius = spot
    wide = width(str(package.number), LABEL, bold=True)
    inside = wide <= 2 * radius - 3 and not _covered(x, y, wide, circles[at + 1 :])
    label_x, label_y = (x, y) if inside else _free(x, y, radius, wide, circles, taken)
    taken.append(_area(label_x, label_y, wide))
    distance = math.hypot(label_x - x, label_y - y)
    leader = None
    if not inside and distance > radius + wide / 2 + 4:
        share, end = radius / distance, 1 - (wide / 2 + 1.5) / distance
        leader = (*_between(x, y, label_x, label_y, share), *_between(x, y, label_x, label_y, end))
    return Mark(package.number, x, y, radius, package.quarter, package.unknowns > 0, label_x, label_y, inside, leader)


def _covered(x: float, y: float, wide: float, later: Sequence[tuple[float, float, float]]) -> bool:
    return any(math.hypot(x - cx, y - cy) < radius + wide / 2 for cx, cy, radius in later)


def _free(
    x: float, y: float, radius: float, wide: float, circles: Sequence[tuple[float, float, float]],
    taken: Sequence[tuple[float, float, float, float]],
) -> tuple[float, float]:  # fmt: skip
    """The nearest place around a mark where a label touches neither a mark nor another label."""
    for step in range(1, 40):
        reach = radius + wide / 2 + 1 + 3.0 * (step - 1)
        for turn in range(16):
            angle = math.pi * (turn / 8)
            place = (x + reach * math.cos(angle), y - reach * math.sin(angle) * 0.95)
            if _is_free(_area(*place, wide), circles, taken):
                return place
    return x + radius + wide, y


def _is_free(
    area: tuple[float, float, float, float], circles: Sequence[tuple[float, float, float]],
    taken: Sequence[tuple[float, float, float, float]],
) -> bool:  # fmt: skip
    left, top, right, bottom = area
    if left < LEFT + 1 or right > WIDE - RIGHT or top < TOP or bottom > TALL - BOTTOM:
        return False
    for x, y, radius in circles:
        near_x, near_y = min(max(x, left), right), min(max(y, top), bottom)
        if math.hypot(x - near_x, y - near_y) < radius + 0.6:
            return False
    return all(right < l or r < left or bottom < t or b < top for l, t, r, b in taken)  # noqa: E741


def _area(x: float, y: float, wide: float) -> tuple[float, float, float, float]:
    return x - wide / 2 - 0.8, y - 4.2, x + wide / 2 + 0.8, y + 4.2


def _between(x: float, y: float, to_x: float, to_y: float, share: float) -> tuple[float, float]:
    return x + (to_x - x) * share, y + (to_y - y) * share


def _frame(axis: tuple[float, float]) -> Iterator[str]:
    right, bottom = WIDE - RIGHT, TALL - BOTTOM
    middle_x, middle_y = _x(SMALL_DAYS, axis), _y(HIGH_SCORE)
    yield f'<rect x="{LEFT:g}" y="{TOP:g}" width="{middle_x - LEFT:.1f}" height="{middle_y - TOP:.1f}" fill="#EEF5EF"/>'
    for power in range(int(axis[0]), int(axis[1]) + 1):
        x, days = _x(2.0**power, axis), f"{2.0**power:g}"
        yield f'<path d="M{x:.1f},{TOP:g} V{bottom:g}" stroke="#E6EBF1" stroke-width="0.6"/>'
        yield _text(x, bottom + 10, days, 7.2, "#55606E", "middle")
    for score in range(0, 101, 20):
        y = _y(score)
        yield f'<path d="M{LEFT:g},{y:.1f} H{right:g}" stroke="#E6EBF1" stroke-width="0.6"/>'
        yield _text(LEFT - 4, y + 2.5, str(score), 7.2, "#55606E", "end")
    lines = f"M{middle_x:.1f},{TOP:g} V{bottom:g} M{LEFT:g},{middle_y:.1f} H{right:g}"
    yield f'<path d="{lines}" stroke="{STROKE}" stroke-width="1" stroke-dasharray="4 2"/>'
    frame = f'x="{LEFT:g}" y="{TOP:g}" width="{right - LEFT:.1f}" height="{bottom - TOP:.1f}"'
    yield f'<rect {frame} fill="none" stroke="{STROKE}" stroke-width="0.8"/>'
    for name, across, down in QUADRANTS:
        x = right - 5 if across else LEFT + 5
        yield _text(x, bottom - 4 if down else TOP - 4, name, 9, "#14375E", "end" if across else "start", bold=True)
    yield _text(
        LEFT, TALL - 5, "Effort in person-days (each line twice the one before; fixed line at 5)", 7.6, "#33404F"
    )
    yield _text(right, TALL - 5, "Up: score of the worst risk (fixed line at 60)", 7.6, "#33404F", "end")


def _drawn(mark: Mark) -> Iterator[str]:
    place = f'cx="{mark.x:.1f}" cy="{mark.y:.1f}" r="{mark.radius:.1f}"'
    yield f'<circle {place} fill="{FILLS[mark.quarter]}" stroke="{STROKE}" stroke-width="0.8"/>'
    if mark.hatched:
        lines = "light" if mark.quarter in (1, 2) else "dark"
        yield f'<circle {place} fill="url(#{lines})" stroke="none"/>'
    if mark.hatched and mark.inside:
        wide = width(str(mark.number), LABEL, bold=True) / 2 + 1.4
        yield f'<circle cx="{mark.x:.1f}" cy="{mark.y:.1f}" r="{max(wide, 4.2):.1f}" fill="{FILLS[mark.quarter]}"/>'


def _label(mark: Mark) -> Iterator[str]:
    if mark.leader:
        x, y, to_x, to_y = mark.leader
        yield f'<path d="M{x:.1f},{y:.1f} L{to_x:.1f},{to_y:.1f}" stroke="#55606E" stroke-width="0.5"/>'
    ink = INKS[mark.quarter] if mark.inside else "#1A212B"
    yield _text(mark.label_x, mark.label_y + 2.6, str(mark.number), LABEL, ink, "middle", bold=True)


def _text(x: float, y: float, text: str, size: float, fill: str, anchor: str = "start", *, bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="Survey Sans" font-size="{size:g}"{weight} fill="{fill}"'
        f' text-anchor="{anchor}">{text}</text>'
    )

"""A map as vector drawings: today on the left, the target on the right, the same place for the same thing.

Every label is measured; what does not fit is clipped and stands in full in the table behind the drawing. State is
said by colour, by line and by a letter. Text from outside is escaped here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from html import escape

from assessment.maps.lettering import clipped
from assessment.maps.model import Delta, Element, Map
from assessment.maps.sightings import ROWS

WIDE, HALF, GAP, LEFT = 762.0, 372.0, 18.0, 52.0
"""Points: the whole drawing, each half, the space between them, and the column of row names."""
CARDS_IN_A_ROW, MOST_IN_A_HALF, CLUSTERS_ON_A_PAGE = 4, 40, 2
CARD, SPACE, ROW_GAP, HEAD, TITLE = 76.0, 4.0, 5.0, 16.0, 17.0
SMALL, TEXT = 7.0, 7.4
BADGE = 5.2
INK, QUIET, BLUE = "#1A212B", "#55606E", "#2166AC"
# state -> outline, its width, fill, letter
LOOKS = {
    "good": ("#1B7837", 0.9, "#F2F8F3", "G"),
    "attention": ("#B35806", 1.2, "#FDF4EA", "A"),
    "bad": ("#A50026", 2.2, "#FBECEF", "B"),
    "unknown": ("#777777", 0.9, "url(#{id}-hatch)", "?"),
    "seen": ("#B4BECA", 0.7, "#FFFFFF", ""),
}
SAYS = {
    "good": "holds", "attention": "needs attention", "bad": "high risk", "unknown": "not known",
    "seen": "seen, not judged",
}  # fmt: skip
Shown = Callable[[str], str]


@dataclasses.dataclass(frozen=True, slots=True)
class Drawing:
    """One SVG of at most two clusters. `left_out` counts cards that stand in the table only."""

    svg: str
    clusters: tuple[str, ...]
    left_out: int


@dataclasses.dataclass(frozen=True, slots=True)
class _Placed:
    element: Element | None
    x: float
    y: float
    height: float
    more: int = 0


def drawings(found: Map, shown: Shown = str) -> tuple[Drawing, ...]:
    """The map on as few pages as it needs. `shown` makes hostile characters visible."""
    names = list(found.clusters)
    pages = [names[at : at + CLUSTERS_ON_A_PAGE] for at in range(0, len(names), CLUSTERS_ON_A_PAGE)]
    return tuple(_Page(found, page, number, shown).drawing() for number, page in enumerate(pages, 1))


class _Page:
    def __init__(self, found: Map, clusters: Sequence[tuple[str, str, str]], number: int, shown: Shown) -> None:
        self.found, self.clusters, self.shown = found, clusters, shown
        self.id = f"{found.name}-{number}"
        self.left_out = 0

    def drawing(self) -> Drawing:
        body: list[str] = []
        y = HEAD
        for cluster, name, environment in self.clusters:
            placed, end = self._layout(cluster, y + TITLE)
            for side, x in (("today", 0.0), ("target", HALF + GAP)):
                body += self._panel(name, environment, x, y, end)
                body += self._half(placed, x, side)
            y = end + 8
        return Drawing(self._svg(body, y), tuple(cluster for cluster, _, _ in self.clusters), self.left_out)

    def _svg(self, body: Sequence[str], height: float) -> str:
        says = escape(self.shown(self.found.caption))
        names = escape(self.shown(", ".join(name for _, name, _ in self.clusters)))
        heads = "".join(
            _text(x, 9, text, 9, bold=True, fill="#14375E")
            for x, text in ((0.0, "Today"), (HALF + GAP, "Target, and the quarter that brings it"))
        )
        hatch = (
            f'<defs><pattern id="{self.id}-hatch" width="4" height="4" patternUnits="userSpaceOnUse">'
            '<rect width="4" height="4" fill="#FFFFFF"/><path d="M0,4 L4,0" stroke="#C9CED6" stroke-width="0.7"/>'
            "</pattern></defs>"
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {_n(WIDE)} {_n(height)}">'
            f"<title>{names}. {says}</title>{hatch}{heads}{''.join(body)}</svg>"
        )

    def _layout(self, cluster: str, top: float) -> tuple[list[_Placed], float]:
        """Cards row by row; what is too much for a row or a half is counted on its last card."""
        placed: list[_Placed] = []
        budget = MOST_IN_A_HALF // len(self.clusters)
        y = top
        for kind in ROWS:
            mine = [each for each in self.found.elements if each.cluster == cluster and each.kind == kind]
            mine.sort(key=lambda each: (-_weight(each), each.label))
            room = max(1, min(CARDS_IN_A_ROW, budget - len(placed)))
            kept = mine if len(mine) <= room else mine[: room - 1]
            if not mine:
                continue
            height = max((_height(each) for each in kept), default=20.0)
            placed += [_Placed(each, LEFT + at * (CARD + SPACE), y, height) for at, each in enumerate(kept)]
            if len(kept) < len(mine):
                self.left_out += len(mine) - len(kept)
                placed.append(_Placed(None, LEFT + len(kept) * (CARD + SPACE), y, height, len(mine) - len(kept)))
            y += height + ROW_GAP
        return placed, y

    def _panel(self, name: str, environment: str, x: float, top: float, bottom: float) -> Iterator[str]:
        yield (
            f'<rect x="{_n(x)}" y="{_n(top)}" width="{_n(HALF)}" height="{_n(bottom - top)}" rx="3" fill="#F6F8FA"'
            ' stroke="#D5DEE8" stroke-width="0.6"/>'
        )
        told = self.shown(f"{name} · {environment}" if environment else name)
        yield _text(x + 6, top + 11, clipped(told, 8.4, HALF - 12, bold=True), 8.4, bold=True, fill="#14375E")

    def _half(self, placed: Sequence[_Placed], x: float, side: str) -> Iterator[str]:
        row = ""
        for card in placed:
            kind = card.element.kind if card.element else row
            if kind != row:
                row = kind
                yield _text(x + 6, card.y + 10, kind.capitalize(), SMALL, fill=QUIET)
            yield from self._card(card, x, side)

    def _card(self, card: _Placed, x: float, side: str) -> Iterator[str]:
        left, element = x + card.x, card.element
        if element is None:
            yield _box(left, card.y, card.height, "#B4BECA", 0.6, "none", "3 2")
            yield _text(left + 5, card.y + 12, f"+ {card.more} more", TEXT, fill=QUIET)
            return
        deltas = self.found.of(element.id)
        planned = side == "target" and any(delta.quarter for delta in deltas)
        stroke, thick, fill, mark = LOOKS[element.state]
        if planned:
            stroke, thick, fill, mark = BLUE, 1.4, "#EDF4FB", "+"
        yield _box(left, card.y, card.height, stroke, thick, fill.replace("{id}", self.id), "")
        room = CARD - 8 - (8 if mark else 0)
        yield _text(left + 4, card.y + 9, clipped(self.shown(element.label), TEXT, room, bold=True), TEXT, bold=True)
        if mark:
            yield _text(left + CARD - 4, card.y + 9, mark, TEXT, bold=True, fill=stroke, anchor="end")
        lines = _target_lines(element, deltas) if side == "target" and deltas else element.current
        for at, line in enumerate(lines[: _lines(element)]):
            told = clipped(self.shown(line), SMALL, CARD - 8)
            yield _text(left + 4, card.y + 18 + at * 8.2, told, SMALL, fill=INK if side == "target" else QUIET)
        yield from _badges(deltas, left, card.y + card.height - 7)


def _badges(deltas: Sequence[Delta], left: float, y: float) -> Iterator[str]:
    """The numbers of the differences, filled where something is planned; what does not fit is counted."""
    room = int((CARD - 6) // (2 * BADGE + 1.6))
    kept = deltas if len(deltas) <= room else deltas[: room - 1]
    x = left + 4 + BADGE
    for delta in kept:
        fill, ink = (BLUE, "#FFFFFF") if delta.quarter else ("#FFFFFF", INK)
        yield f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{BADGE}" fill="{fill}" stroke="{BLUE if delta.quarter else QUIET}" stroke-width="0.7"/>'
        yield _text(x, y + 2.4, str(delta.n), 7.0 if delta.n < 100 else 5.4, bold=True, fill=ink, anchor="middle")
        x += 2 * BADGE + 1.6
    if len(kept) < len(deltas):
        yield _text(x - BADGE, y + 2.3, f"+{len(deltas) - len(kept)}", SMALL, fill=QUIET)


def _target_lines(element: Element, deltas: Sequence[Delta]) -> tuple[str, ...]:
    """What is to hold, with its quarter."""
    told: dict[str, int | None] = {}
    for delta in deltas:
        told.setdefault(delta.field, delta.quarter)
    ordered = sorted(told.items(), key=lambda pair: pair[1] or 9)
    lines = [f"Q{quarter} {field}" if quarter else f"open: {field}" for field, quarter in ordered]
    return tuple(lines) or element.target


def _weight(element: Element) -> int:
    """Cards that must not be left out come first."""
    return {"bad": 4, "unknown": 3, "attention": 2, "seen": 1, "good": 0}[element.state]


def _lines(element: Element) -> int:
    return 2 if len(element.current) < 3 and len(element.target) < 3 else 3


def _height(element: Element) -> float:
    """A card holds its name, its lines and a row of badges."""
    return 13.0 + 8.2 * _lines(element) + 13.0


def _box(x: float, y: float, height: float, stroke: str, thick: float, fill: str, dash: str) -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(CARD)}" height="{_n(height)}" rx="2" fill="{fill}"'
        f' stroke="{stroke}" stroke-width="{thick}"{dashed}/>'
    )


def _text(
    x: float, y: float, text: str, size: float, *, bold: bool = False, fill: str = INK, anchor: str = "start"
) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" font-family="Survey Sans" font-size="{size}"{weight} fill="{fill}"'
        f' text-anchor="{anchor}">{escape(text)}</text>'
    )


def _n(value: float) -> str:
    """A length with one decimal."""
    return f"{value:.1f}".removesuffix(".0")


def legend() -> tuple[tuple[str, str, str], ...]:
    """State, its colour and its letter, for the words below a map."""
    return tuple((SAYS[state], look[0], look[3] or "–") for state, look in LOOKS.items())

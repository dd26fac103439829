"""A map as vector drawings: today on the left, the target on the right, the same place for the same thing.

Every label is measured; what does not fit is clipped and stands in full in the table behind the drawing. State is
said by colour, by line and by a letter. Text from outside is escaped here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape

from assessment.maps.lettering import clipped
from assessment.maps.model import Delta, Element, Map
from assessment.maps.ruler import ruler
from assessment.maps.sightings import ROWS
from assessment.maps.text import INK, length, text_at

WIDE, HALF, GAP, LEFT = 762.0, 372.0, 18.0, 52.0
"""Points: the whole drawing, each half, the space between them, and the column of row names."""
CARDS_IN_A_LINE, LINES, MOST_IN_A_HALF, PAGES = 4, 8, 40, 2
WIDEST, SPACE, ROW_GAP, HEAD, TITLE = 156.0, 4.0, 5.0, 16.0, 17.0
SMALL, TEXT = 7.0, 7.4
BADGE = 5.2
QUIET, BLUE = "#55606E", "#2166AC"
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
    """One SVG of one cluster. `left_out` counts cards that stand in the table only."""

    svg: str
    cluster: str
    left_out: int


@dataclasses.dataclass(frozen=True, slots=True)
class _Placed:
    element: Element | None
    kind: str
    x: float
    y: float
    wide: float
    height: float
    more: int


def drawings(found: Map, shown: Shown = str, numbers: Mapping[str, int] | None = None) -> tuple[Drawing, ...]:
    """One drawing a cluster, of the two with most to say. `shown` makes hostile characters visible.

    `numbers` are those of the packages, by their ids; cards carry them. Without them, cards carry the numbers of the
    differences.
    """
    worst = sorted(found.clusters, key=lambda cluster: (-_trouble(found, cluster[0]), cluster[0]))[:PAGES]
    kept = [cluster for cluster in found.clusters if cluster in worst]
    return tuple(_Page(found, cluster, number, shown, numbers).drawing() for number, cluster in enumerate(kept, 1))


def _trouble(found: Map, cluster: str) -> int:
    """How much there is to say about a cluster."""
    return sum(_weight(element) for element in found.elements if element.cluster == cluster)


class _Page:
    def __init__(
        self,
        found: Map,
        cluster: tuple[str, str, str],
        number: int,
        shown: Shown,
        numbers: Mapping[str, int] | None = None,
    ) -> None:
        self.found, self.cluster, self.shown, self.numbers = found, cluster, shown, numbers
        self.id = f"{found.name}-{number}"
        self.left_out = 0

    def drawing(self) -> Drawing:
        cluster, name, environment = self.cluster
        placed, end = self._layout(cluster, HEAD + TITLE)
        body: list[str] = []
        for side, x in (("today", 0.0), ("target", HALF + GAP)):
            body += self._panel(name, environment, x, HEAD, end)
            body += self._half(placed, x, side)
        supports = [one for one in self.found.supports if one.cluster == cluster]
        body += ruler(supports, self.found.as_of, end + 8, WIDE, [self.shown(one.label) for one in supports])
        return Drawing(self._svg(body, end + 42), cluster, self.left_out)

    def _svg(self, body: Sequence[str], height: float) -> str:
        says = escape(self.shown(self.found.caption))
        names = escape(self.shown(self.cluster[1]))
        heads = "".join(
            text_at(x, 9, text, 9, bold=True, fill="#14375E")
            for x, text in ((0.0, "Today"), (HALF + GAP, "Target, and the quarter that brings it"))
        )
        hatch = (
            f'<defs><pattern id="{self.id}-hatch" width="4" height="4" patternUnits="userSpaceOnUse">'
            '<rect width="4" height="4" fill="#FFFFFF"/><path d="M0,4 L4,0" stroke="#C9CED6" stroke-width="0.7"/>'
            "</pattern></defs>"
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {length(WIDE)} {length(height)}">'
            f"<title>{names}. {says}</title>{hatch}{heads}{''.join(body)}</svg>"
        )

    def _layout(self, cluster: str, top: float) -> tuple[list[_Placed], float]:
        """Cards line by line, those that must be seen first; what finds no room is counted on a last card."""
        by_kind = {
            kind: sorted(
                (each for each in self.found.elements if each.cluster == cluster and each.kind == kind),
                key=lambda each: (-_weight(each), each.label),
            )
            for kind in ROWS
        }
        lines = _lines_of({kind: len(mine) for kind, mine in by_kind.items() if mine})
        placed: list[_Placed] = []
        y = top
        for kind, number in lines.items():
            mine, room = by_kind[kind], number * CARDS_IN_A_LINE
            kept: list[Element | None] = list(mine if len(mine) <= room else mine[: room - 1])
            more = len(mine) - len(kept)
            self.left_out += more
            kept += [None] if more else []
            for at in range(0, len(kept), CARDS_IN_A_LINE):
                line = kept[at : at + CARDS_IN_A_LINE]
                height = max(_height(each, bool(each and self.found.of(each.id))) for each in line)
                wide = min(WIDEST, (HALF - LEFT - 6 - SPACE * (len(line) - 1)) / len(line))
                placed += [
                    _Placed(each, kind, LEFT + place * (wide + SPACE), y, wide, height, more)
                    for place, each in enumerate(line)
                ]
                y += height + ROW_GAP
        return placed, y

    def _panel(self, name: str, environment: str, x: float, top: float, bottom: float) -> Iterator[str]:
        yield (
            f'<rect x="{length(x)}" y="{length(top)}" width="{length(HALF)}" height="{length(bottom - top)}"'
            ' rx="3" fill="#F6F8FA" stroke="#D5DEE8" stroke-width="0.6"/>'
        )
        told = self.shown(f"{name} · {environment}" if environment else name)
        yield text_at(x + 6, top + 11, clipped(told, 8.4, HALF - 12, bold=True), 8.4, bold=True, fill="#14375E")

    def _half(self, placed: Sequence[_Placed], x: float, side: str) -> Iterator[str]:
        row = ""
        for card in placed:
            if card.kind != row:
                row = card.kind
                yield text_at(x + 5, card.y + 10, row.capitalize(), SMALL, fill=QUIET)
            yield from self._card(card, x, side)

    def _card(self, card: _Placed, x: float, side: str) -> Iterator[str]:
        left, element = x + card.x, card.element
        if element is None:
            yield _box(left, card.y, card.wide, card.height, "#B4BECA", 0.6, "none", "3 2")
            yield text_at(left + 5, card.y + 12, f"+ {card.more} more", TEXT, fill=QUIET)
            return
        deltas = self.found.of(element.id)
        planned = side == "target" and any(delta.quarter and not delta.finds_out for delta in deltas)
        stroke, thick, fill, mark = LOOKS[element.state]
        if planned:
            stroke, thick, fill, mark = BLUE, 1.4, "#EDF4FB", "+"
        yield _box(left, card.y, card.wide, card.height, stroke, thick, fill.replace("{id}", self.id), "")
        room = card.wide - 8 - (8 if mark else 0)
        yield text_at(left + 4, card.y + 9, clipped(self.shown(element.label), TEXT, room, bold=True), TEXT, bold=True)
        if mark:
            yield text_at(left + card.wide - 4, card.y + 9, mark, TEXT, bold=True, fill=stroke, anchor="end")
        lines = _target_lines(element, deltas) if side == "target" and deltas else element.current
        for at, line in enumerate(lines[: _lines(element)]):
            told = clipped(self.shown(line), SMALL, card.wide - 8)
            yield text_at(left + 4, card.y + 18 + at * 8.2, told, SMALL, fill=INK if side == "target" else QUIET)
        yield from _badges(_numbered(deltas, self.numbers), left, card.wide, card.y + card.height - 7)


def _numbered(deltas: Sequence[Delta], numbers: Mapping[str, int] | None) -> tuple[tuple[int, bool], ...]:
    """The numbers on a card, each once, and whether it has a quarter."""
    if numbers is None:
        return tuple((delta.n, bool(delta.quarter)) for delta in deltas)
    known = [delta for delta in deltas if delta.package_id in numbers]
    return tuple(sorted({(numbers[delta.package_id or ""], bool(delta.quarter)) for delta in known}))


def _badges(told: Sequence[tuple[int, bool]], left: float, wide: float, y: float) -> Iterator[str]:
    """Numbers in circles, filled where something is planned; what does not fit is counted."""
    room = int((wide - 6) // (2 * BADGE + 1.6))
    kept = told if len(told) <= room else told[: room - 1]
    x = left + 4 + BADGE
    for number, planned in kept:
        fill, ink = (BLUE, "#FFFFFF") if planned else ("#FFFFFF", INK)
        place = f'cx="{length(x)}" cy="{length(y)}" r="{BADGE}"'
        yield f'<circle {place} fill="{fill}" stroke="{BLUE if planned else QUIET}" stroke-width="0.7"/>'
        yield text_at(x, y + 2.4, str(number), 7.0 if number < 100 else 5.4, bold=True, fill=ink, anchor="middle")
        x += 2 * BADGE + 1.6
    if len(kept) < len(told):
        yield text_at(x - BADGE, y + 2.3, f"+{len(told) - len(kept)}", SMALL, fill=QUIET)


def _target_lines(element: Element, deltas: Sequence[Delta]) -> tuple[str, ...]:
    """What is to hold, with its quarter."""
    told: dict[str, int | None] = {}
    for delta in deltas:
        told.setdefault(f"look: {delta.field}" if delta.finds_out else delta.field, delta.quarter)
    ordered = sorted(told.items(), key=lambda pair: pair[1] or 9)
    lines = [f"Q{quarter} {field}" if quarter else f"open: {field}" for field, quarter in ordered]
    return tuple(lines) or element.target


def _lines_of(cards: dict[str, int]) -> dict[str, int]:
    """Lines of cards for each kind: one each, what is left to those with most cards unseen, 40 cards at the most."""
    lines = dict.fromkeys(cards, 1)
    most = min(LINES, MOST_IN_A_HALF // CARDS_IN_A_LINE)
    for _ in range(most - len(lines)):
        kind = max(cards, key=lambda each: (cards[each] - lines[each] * CARDS_IN_A_LINE, each), default=None)
        if kind is None or cards[kind] <= lines[kind] * CARDS_IN_A_LINE:
            break
        lines[kind] += 1
    return lines


def _weight(element: Element) -> int:
    """Cards that must not be left out come first."""
    return {"bad": 4, "unknown": 3, "attention": 2, "seen": 1, "good": 0}[element.state]


def _lines(element: Element) -> int:
    return 2 if len(element.current) < 3 and len(element.target) < 3 else 3


def _height(element: Element | None, badges: bool) -> float:
    """A card holds its name, its lines and a row of badges."""
    if element is None:
        return 20.0
    return 13.0 + 8.2 * _lines(element) + (13.0 if badges else 1.0)


def _box(x: float, y: float, wide: float, height: float, stroke: str, thick: float, fill: str, dash: str) -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<rect x="{length(x)}" y="{length(y)}" width="{length(wide)}" height="{length(height)}" rx="2" fill="{fill}"'
        f' stroke="{stroke}" stroke-width="{thick}"{dashed}/>'
    )


def legend() -> tuple[tuple[str, str, str], ...]:
    """State, its colour and its letter, for the words below a map."""
    return tuple((SAYS[state], look[0], look[3] or "–") for state, look in LOOKS.items())

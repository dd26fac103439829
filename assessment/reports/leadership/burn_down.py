"""Risk that is left, quarter by quarter: the plan, twice the people, and what no planned work can remove."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from assessment.reports.leadership.parts import Scenario
from assessment.reports.leadership.wording import points

WIDE, TALL = 493.0, 190.0
LEFT, RIGHT, TOP, BOTTOM = 38.0, 74.0, 12.0, 22.0
PLAN, DOUBLED, FLOOR = "#0B3C6F", "#B35806", "#55606E"
LAST = 4


def svg(plan: Scenario, doubled: Scenario | None) -> str:
    """The drawing; it holds numbers and our own words only. Empty where nothing was planned."""
    if not plan.quarters:
        return ""
    everything = [plan, *([doubled] if doubled and doubled.quarters else [])]
    most = max(max(quarter.residual, quarter.residual_upper) for one in everything for quarter in one.quarters)
    top = _round_up(most)
    parts = _frame(top)
    parts.append(_band(plan, top))
    floor = plan.quarters[-1].floor
    y = _y(floor, top)
    parts.append(
        f'<path d="M{LEFT:g},{y:.1f} H{WIDE - RIGHT:g}" stroke="{FLOOR}" stroke-width="1" stroke-dasharray="2 2"/>'
    )
    ends = [(y, FLOOR, "floor", floor)]
    if doubled and doubled.quarters:
        parts.append(_steps(doubled, top, DOUBLED, "5 2.5"))
        ends.append((_y(doubled.quarters[-1].residual, top), DOUBLED, "x2", doubled.quarters[-1].residual))
    parts.append(_steps(plan, top, PLAN, ""))
    ends.append((_y(plan.quarters[-1].residual, top), PLAN, "plan", plan.quarters[-1].residual))
    parts += _ends(ends)
    for quarter in plan.quarters:
        x = _x(quarter.number)
        parts.append(f'<circle cx="{x:.1f}" cy="{_y(quarter.residual, top):.1f}" r="2.6" fill="{PLAN}"/>')
        if quarter.number == LAST:  # said at the right end
            continue
        parts.append(_text(x + 3, _y(quarter.residual, top) - 4, points(quarter.residual), 8, PLAN, bold=True))
    told = ", ".join(
        f"{points(quarter.residual)} {'today' if not quarter.number else f'after quarter {quarter.number}'}"
        for quarter in plan.quarters
    )
    return (
        f'<svg class="figure" xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDE:g} {TALL:g}">'
        f"<title>Risk points left: {told}; floor {points(floor)}.</title>{''.join(parts)}</svg>"
    )


def _round_up(most: Decimal) -> Decimal:
    """A number with one digit that is not less."""
    if most <= 0:
        return Decimal(1)
    unit = Decimal(10) ** (len(str(int(most))) - 1)
    return (int(most / unit) + 1) * unit


def _x(quarter: int) -> float:
    return LEFT + quarter / LAST * (WIDE - LEFT - RIGHT)


def _y(value: Decimal, top: Decimal) -> float:
    return TOP + float(1 - value / top) * (TALL - TOP - BOTTOM)


def _frame(top: Decimal) -> list[str]:
    parts = []
    for step in range(5):
        value = top * step / 4
        y = _y(value, top)
        parts.append(f'<path d="M{LEFT:g},{y:.1f} H{WIDE - RIGHT:g}" stroke="#E6EBF1" stroke-width="0.6"/>')
        parts.append(_text(LEFT - 4, y + 2.5, points(value), 7.2, "#55606E", "end"))
    for number, name in enumerate(("today", "end of Q1", "end of Q2", "end of Q3", "end of Q4")):
        parts.append(_text(_x(number), TALL - 8, name, 7.6, "#33404F", "middle" if number else "start"))
    return parts


def _band(plan: Scenario, top: Decimal) -> str:
    """Between what is known and what may come to light."""
    over = [(_x(quarter.number), _y(quarter.residual_upper, top)) for quarter in plan.quarters]
    under = [(_x(quarter.number), _y(quarter.residual, top)) for quarter in reversed(plan.quarters)]
    shape = " ".join(f"{x:.1f},{y:.1f}" for x, y in [*over, *under])
    return f'<polygon points="{shape}" fill="#DCE7F3"/>'


def _steps(one: Scenario, top: Decimal, colour: str, dash: str) -> str:
    told = " L".join(f"{_x(quarter.number):.1f},{_y(quarter.residual, top):.1f}" for quarter in one.quarters)
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="M{told}" fill="none" stroke="{colour}" stroke-width="1.8"{dashed}/>'


def _ends(ends: Sequence[tuple[float, str, str, Decimal]]) -> list[str]:
    """Names at the right end, pushed apart where lines end close to each other."""
    found, last = [], -100.0
    for y, colour, name, value in sorted(ends, key=lambda end: (end[0], end[2])):
        place = max(y, last + 9)
        found.append(_text(WIDE - RIGHT + 6, place + 2.5, f"{name} {points(value)}", 8, colour, bold=True))
        last = place
    return found


def _text(x: float, y: float, text: str, size: float, fill: str, anchor: str = "start", *, bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="Survey Sans" font-size="{size:g}"{weight} fill="{fill}"'
        f' text-anchor="{anchor}">{text}</text>'
    )

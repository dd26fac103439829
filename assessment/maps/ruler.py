"""How long the version of each cluster is supported: bars on one scale, with the day of the evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from assessment.maps.lettering import clipped
from assessment.maps.model import Support
from assessment.maps.text import length, text_at

BEFORE, AFTER = timedelta(240), timedelta(760)
LINE, TALL = 13.0, 8.0
LEFT = 310.0
SUPPORTED, PAID, TODAY = "#1B7837", "#A6C8AD", "#A50026"


def ruler(supports: Sequence[Support], as_of: date, top: float, wide: float, names: Sequence[str]) -> Iterator[str]:
    """Bars to the end of standard and of longer support; who did not say has a hatched one. `names` are shown."""
    yield text_at(0, top + 8, "How long the version is supported", 8.4, bold=True, fill="#14375E")
    end = top + 14 + LINE * len(supports)
    for year in range((as_of - BEFORE).year + 1, (as_of + AFTER).year + 1):
        x = _x(date(year, 1, 1), as_of, wide)
        yield f'<path d="M{length(x)},{length(top + 12)} V{length(end)}" stroke="#D5DEE8" stroke-width="0.6"/>'
        yield text_at(x + 2, end + 7, str(year), 7, fill="#55606E")
    for at, (support, name) in enumerate(zip(supports, names, strict=True)):
        yield from _bar(support, name, as_of, top + 14 + at * LINE, wide)
    x = _x(as_of, as_of, wide)
    yield f'<path d="M{length(x)},{length(top + 10)} V{length(end + 2)}" stroke="{TODAY}" stroke-width="1.2"/>'
    yield text_at(x, top + 8, "as of the evidence", 7, fill=TODAY, anchor="middle")


def _bar(support: Support, name: str, as_of: date, y: float, wide: float) -> Iterator[str]:
    told = [name]
    begin = _x(as_of - BEFORE, as_of, wide)
    if support.standard_ends is None:
        told.append("end of support not known")
        yield _rect(begin, y, wide - begin, "none", ' stroke="#777777" stroke-width="0.7" stroke-dasharray="2 2"')
    else:
        standard = _x(support.standard_ends, as_of, wide)
        told.append(f"standard support to {support.standard_ends}")
        yield _rect(begin, y, standard - begin, SUPPORTED, "")
        if support.longer_ends and support.longer_ends > support.standard_ends:
            told.append(f"longer to {support.longer_ends} at a price")
            yield _rect(standard, y, _x(support.longer_ends, as_of, wide) - standard, PAID, "")
    yield text_at(0, y + 7, clipped(", ".join(told), 7.4, LEFT - 8), 7.4)


def _rect(x: float, y: float, wide: float, fill: str, more: str) -> str:
    place = f'x="{length(x)}" y="{length(y)}" width="{length(max(wide, 0))}" height="{length(TALL)}"'
    return f'<rect {place} fill="{fill}"{more}/>'


def _x(day: date, as_of: date, wide: float) -> float:
    share = (day - (as_of - BEFORE)) / (AFTER + BEFORE)
    return LEFT + min(max(share, 0.0), 1.0) * (wide - LEFT)

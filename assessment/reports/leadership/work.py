"""Packages, quarters and scenarios as the results tell them. Packages get their numbers here."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from assessment.reports.leadership.parts import QUARTERS, Move, Package, Quarter, Scenario, Share
from assessment.reports.reading import Results
from assessment.roadmap.remedy import carried

BASE = "x1"
Row = Mapping[str, Any]
LATER = 9


def packages(results: Results) -> tuple[Package, ...]:
    """Every package in the order of its number: by quarter, those that remove most first."""
    planned = {row["package_id"]: row for row in results.rows("SELECT * FROM plan")}
    rows = results.rows("SELECT * FROM packages")
    rows.sort(key=lambda row: _rank(row, planned.get(row["package_id"], {})))
    numbers = {row["package_id"]: number for number, row in enumerate(rows, 1)}
    moves = _moves(results)
    named = Named(numbers)
    return tuple(_package(row, planned.get(row["package_id"], {}), named, moves[row["package_id"]]) for row in rows)


class Named:
    """The numbers of packages, and texts in which their ids become these."""

    def __init__(self, numbers: Mapping[str, int]) -> None:
        self.numbers = numbers
        longest_first = sorted(numbers, key=lambda name: (-len(name), name))
        self._ids = re.compile(r"(?<![\w-])(" + "|".join(map(re.escape, longest_first)) + r")(?![\w-])")

    def shown(self, text: str | None) -> str:
        """The text as leaders can follow it."""
        if not text or not self.numbers:
            return text or ""
        return self._ids.sub(lambda found: f"#{self.numbers[found[1]]}", text)


def _rank(row: Row, planned: Row) -> tuple[int, Decimal, int, str]:
    return planned.get("quarter") or LATER, -decimal(row["risk_reduced"]), -(row["score"] or 0), row["package_id"]


def _package(row: Row, planned: Row, named: Named, moves: Sequence[Move]) -> Package:
    numbers = named.numbers
    needs = sorted(set(row["depends_on"] or ()) | set(planned.get("depends_on") or ()))
    return Package(
        number=numbers[row["package_id"]],
        package_id=row["package_id"],
        remedy=row["remedy"] or "",
        kind=row["kind"] or "",
        title=row["title"] or row["package_id"],
        outcome=row["outcome"] or "",
        if_not=row.get("if_not") or "",
        owner_role=row["owner_role"] or "not named",
        quadrant=row["quadrant"] or "",
        size=row["size"] or "",
        confidence=row["confidence"] or "",
        unit=row["unit"] or "",
        units=row["units"] or 0,
        days=decimal(row["effort_days"]),
        days_low=decimal(row["effort_low"]),
        days_high=decimal(row["effort_high"]),
        cost=_money(row["cost"]),
        currency=row["currency"] or "",
        skills=shares(row["skills"]),
        score=row["score"] or 0,
        points=decimal(row["risk_reduced"]),
        points_upper=decimal(row["risk_reduced_upper"]),
        quarter=planned.get("quarter"),
        start=as_date(planned.get("start_date")),
        finish=as_date(planned.get("finish_date")),
        start_day=planned.get("start_day"),
        finish_day=planned.get("finish_day"),
        why=named.shown(planned.get("why")),
        why_not_earlier=named.shown(planned.get("why_not_earlier")),
        due=str(row["due"] or ""),
        must=_true(row["must"]),
        needs=tuple(sorted(numbers[name] for name in needs if name in numbers)),
        needs_outside=tuple(name for name in needs if name not in numbers),
        moves=tuple(moves),
        clusters=tuple(row["clusters"] or ()),
        checks=tuple(row["checks"] or ()),
        findings=row["findings"] or 0,
        unknowns=row["unknowns"] or 0,
        steps=tuple(row["steps"] or ()),
        done_when=tuple(row["done_when"] or ()),
        stop_conditions=tuple(row.get("stop_conditions") or ()),
        risky=row["remedy"] in carried() and carried()[row["remedy"]].risky_in_production,
    )


def _moves(results: Results) -> Mapping[str, list[Move]]:
    found: dict[str, list[Move]] = defaultdict(list)
    for row in results.rows("SELECT * FROM requirement_moves ORDER BY file_row_number"):
        found[row["package_id"]].append(
            Move(row["framework"], row["requirement_id"], row["status_now"] or "", row["status_expected"] or "")
        )
    return found


def scenarios(
    results: Results, known: Sequence[Package], dates: Mapping[int, tuple[date, date]]
) -> dict[str, Scenario]:
    """Scenarios by name, in the order of the results; what each does sooner, later or not at all beside x1."""
    gathered: dict[str, list[Quarter]] = defaultdict(list)
    numbers = {package.package_id: package.number for package in known}
    named = Named(numbers)
    for row in results.rows("SELECT * FROM quarters ORDER BY file_row_number"):
        gathered[row["scenario"]].append(_quarter(row, dates, named))
    base = _placed(gathered.get(BASE, ()))
    return {name: _scenario(name, quarters, numbers, base) for name, quarters in gathered.items()}


def _scenario(name: str, quarters: list[Quarter], numbers: Mapping[str, int], base: Mapping[str, int]) -> Scenario:
    placed = _placed(quarters)
    pairs = [(numbers[each], placed.get(each, LATER), base.get(each, LATER)) for each in sorted(numbers)]
    return Scenario(
        name,
        tuple(sorted(quarters, key=lambda quarter: quarter.number)),
        left=tuple(sorted(number for number, here, _ in pairs if here == LATER)),
        sooner=tuple(sorted(number for number, here, there in pairs if here < there)),
        later=tuple(sorted(number for number, here, there in pairs if here > there)),
    )


def _placed(quarters: Iterable[Quarter]) -> dict[str, int]:
    return {package: quarter.number for quarter in quarters for package in quarter.packages if quarter.number}


def _quarter(row: Row, dates: Mapping[int, tuple[date, date]], named: Named) -> Quarter:
    available = {share.skill: share.days for share in shares(row["capacity"])}
    used = {share.skill: share.days for share in shares(row["used"])}
    number = row["quarter"] or 0
    first, last = dates.get(number, (None, None)) if number in QUARTERS else (None, None)
    return Quarter(
        number=number,
        first=first,
        last=last,
        residual=decimal(row["residual"]),
        residual_upper=decimal(row["residual_upper"]),
        floor=decimal(row["floor"]),
        days=decimal(row["effort_days"]),
        cost=_money(row["cost"]),
        skills=tuple(Share(skill, used.get(skill, Decimal(0)), days) for skill, days in available.items())
        + tuple(Share(skill, days) for skill, days in used.items() if skill not in available),
        packages=tuple(row["packages"] or ()),
        feasible=_true(row["feasible"]),
        note=named.shown(row["note"]),
    )


def shares(written: Sequence[str] | None) -> tuple[Share, ...]:
    """Days by skill from texts like platform=3.5."""
    pairs = [text.partition("=") for text in written or ()]
    return tuple(Share(skill, decimal(days or 0)) for skill, _, days in pairs)


def decimal(value: object) -> Decimal:
    """A stored number as decimal; nothing is none."""
    return Decimal(0) if value is None else Decimal(str(value))


def as_date(value: object) -> date | None:
    """A stored day; None where there is none or it is no day."""
    try:
        return date.fromisoformat(str(value)[:10]) if value else None
    except ValueError:
        return None


def _money(value: object) -> Decimal | None:
    return None if value is None else decimal(value)


def _true(value: object) -> bool:
    return value is True or str(value).lower() == "true"

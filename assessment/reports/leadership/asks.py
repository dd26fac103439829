"""What leadership is asked to decide, by when, and what each decision changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from assessment.reports.leadership.parts import ZERO, Accepted, ClusterTrust, Decision, Package, Scenario
from assessment.reports.leadership.wording import and_list, day, days, listing_of, money, numbered, points
from assessment.reports.leadership.work import BASE, as_date
from assessment.reports.wording import plural as counted

FUNDED = 3
COUNTED = {1: "one", 2: "two", 3: "three"}
NAMED = 5


def to_fund(packages: Sequence[Package]) -> tuple[Package, ...]:
    """The three pieces of work that remove the most risk among those planned; else among all that are known."""
    planned = [package for package in packages if package.quarter]
    found = [package for package in planned or packages if package.points > 0 and not package.finds_out]
    return tuple(sorted(found, key=lambda package: (-package.points, -package.score, package.number))[:FUNDED])


def groundwork(packages: Sequence[Package], funded: Sequence[Package]) -> tuple[Package, ...]:
    """What has to be done before these, and is not among them."""
    by_number = {package.number: package for package in packages}
    wanted = {package.number for package in funded}
    found: set[int] = set()
    todo = sorted(wanted)
    while todo:
        for number in by_number[todo.pop()].needs:
            if number not in found and number not in wanted:
                found.add(number)
                todo.append(number)
    return tuple(by_number[number] for number in sorted(found))


def total_days(packages: Sequence[Package]) -> Decimal:
    """Person-days of all of them."""
    return sum((package.days for package in packages), ZERO)


def total_cost(packages: Sequence[Package]) -> Decimal | None:
    """What all of them cost; None where no rate was given."""
    costs = [package.cost for package in packages if package.cost is not None]
    return sum(costs, ZERO) if costs and len(costs) == len(packages) else None


def decisions(
    packages: Sequence[Package],
    scenarios: dict[str, Scenario],
    accepted: Sequence[Accepted],
    trust: Sequence[ClusterTrust],
    start: date,
) -> tuple[Decision, ...]:
    """In the order in which they have to be taken."""
    found = [
        *_impossible_dates(scenarios, start),
        *_plan(packages, scenarios, start),
        *_fixed_dates(packages, start),
        *_access(trust, start),
        *_exceptions(accepted, start),
        *_parked(packages, scenarios),
    ]
    return tuple(sorted(found, key=lambda decision: (decision.when is None, decision.when or start)))


def _plan(packages: Sequence[Package], scenarios: dict[str, Scenario], start: date) -> Iterator[Decision]:
    planned = [package for package in packages if package.quarter]
    first = [package for package in planned if package.quarter == 1]
    if not planned:
        return
    price = _price(planned)
    begins = f"Quarter 1 needs {_price(first)}." if first else "Nothing falls into quarter 1."
    yield Decision(
        f"Fund the plan: {counted(len(planned), 'package')}, {price} over four quarters{_at_the_least(packages)}.",
        f"{begins} Until it is funded, all {points(_today(scenarios))} risk points stay open.",
        start, "Leadership",
    )  # fmt: skip


def _impossible_dates(scenarios: dict[str, Scenario], start: date) -> Iterator[Decision]:
    base = scenarios.get(BASE)
    if base and not base.feasible:
        yield Decision(
            "Choose: more people, less scope, or a later date. The fixed dates cannot all be kept.",
            " ".join(base.notes) or "The plan says that a date cannot be kept with today's capacity.",
            start, "Leadership",
        )  # fmt: skip


def _fixed_dates(packages: Sequence[Package], start: date) -> Iterator[Decision]:
    for package in packages:
        due = as_date(package.due)
        if due is None:
            continue
        if package.finish and package.finish <= due:
            because = f"The plan finishes it on {day(package.finish)}. What it needs first comes with it."
        else:
            because = "The plan does not keep this date."
        begins = min(package.start or start, due)
        ask = f"Confirm that #{package.number} {package.title} is finished by {day(due)}."
        yield Decision(ask, because, begins, package.owner_role)


def _access(trust: Sequence[ClusterTrust], start: date) -> Iterator[Decision]:
    gaps = sum(each.gaps for each in trust)
    if gaps:
        acts = [each.closers.shown[0].act for each in trust if each.closers.shown]
        yield Decision(
            f"Give the missing access: it would close {counted(gaps, 'gap')} in what we could see.",
            "These would close most of them: " + "; ".join(dict.fromkeys(acts[:FUNDED])) + "." if acts else "",
            start, "Owners of the clusters",
        )  # fmt: skip


def _exceptions(accepted: Sequence[Accepted], start: date) -> Iterator[Decision]:
    over = [each for each in accepted if each.state == "expired"]
    if over:
        names = listing_of([each.what for each in over], NAMED)
        approvers = list(dict.fromkeys(each.approver or "the approver" for each in over))
        yield Decision(
            f"Renew or end {counted(len(over), 'expired exception')}: {names}.",
            "An expired exception excuses nothing.", start, and_list(approvers[:FUNDED]),
        )  # fmt: skip
    live = sorted((each for each in accepted if each.state == "live" and each.until), key=lambda each: each.until)
    for each in live[:FUNDED]:
        yield Decision(f"Renew or end the exception to {each.what}.", f"Accepted because: {each.reason}",
                       as_date(each.until), each.approver or "the approver")  # fmt: skip


def _parked(packages: Sequence[Package], scenarios: dict[str, Scenario]) -> Iterator[Decision]:
    left = [package for package in packages if package.quarter is None]
    if left:
        more = scenarios.get("x2")
        helps = len(left) - len(more.left) if more else 0
        because = f"{days(total_days(left))} person-days do not fit into the year."
        because += f" Doubled capacity would bring {helps} of them in." if helps > 0 else ""
        last = scenarios[BASE].quarters[-1].last if BASE in scenarios and scenarios[BASE].quarters else None
        yield Decision(
            f"Fund or accept, with approver and expiry, what comes later: {counted(len(left), 'package')}"
            f" ({numbered(left[:NAMED])}{' and more' if len(left) > NAMED else ''}).",
            because, last, "Owners of the risks",
        )  # fmt: skip


def _at_the_least(packages: Sequence[Package]) -> str:
    """The price of what page one names, with its groundwork; nothing where that is the whole plan."""
    funded = to_fund(packages)
    least = [*funded, *groundwork(packages, funded)]
    if len(least) == sum(package.quarter is not None for package in packages) or not funded:
        return ""
    named = f"the {COUNTED[len(funded)]} above" if len(funded) > 1 else "the one above"
    return f"; at the least {named} with {'their' if len(funded) > 1 else 'its'} groundwork, {_price(least)}"


def _price(packages: Sequence[Package]) -> str:
    cost = money(total_cost(packages), packages[0].currency if packages else "")
    return f"{days(total_days(packages))} person-days" + (f", {cost}" if cost else "")


def _today(scenarios: dict[str, Scenario]) -> Decimal:
    base = scenarios.get(BASE)
    return base.quarters[0].residual if base and base.quarters else ZERO

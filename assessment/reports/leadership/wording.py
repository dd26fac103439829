"""The words of leadership's reports: days, money, dates, dimensions. Nothing here says that a duty is met."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from assessment.reports.leadership.parts import Package

NO_SCORE = "–"
FRAMEWORKS = {"hipaa": "HIPAA Security Rule", "pci_dss": "PCI DSS", "soc2": "SOC 2"}
DIMENSIONS = {
    "architecture": "Architecture",
    "applications": "Applications",
    "scalability": "Scalability",
    "storage-backup": "Storage and backup",
    "cicd": "Delivery of changes",
    "disaster-recovery": "Disaster recovery",
    "monitoring-health": "Monitoring",
    "security": "Security",
}
LAYERS = {"cloud": "Cloud", "cluster": "Cluster", "container": "Container", "code": "Code"}
SKILLS = {"platform": "platform", "application": "application", "security": "security", "sre": "reliability"}
GRADES = {"A": "observed", "B": "inferred", "C": "told by people"}
BANDS = ("very low", "low", "moderate", "high", "very high")


def days(value: Decimal) -> str:
    """Person-days with at most one decimal: 12.5, 3."""
    value = Decimal(value)
    text = f"{value.quantize(Decimal('0.1'), ROUND_HALF_EVEN):,}"
    return text.removesuffix(".0")


def counted_days(value: Decimal) -> str:
    """12.5 days, 1 day."""
    return f"{days(value)} day{'' if days(value) == '1' else 's'}"


def units(count: int, unit: str) -> str:
    """1 cluster, 3 clusters, 2 roles or bindings, 9 accesses."""
    if count != 1:
        unit = " or ".join(each + ("es" if each.endswith("s") else "s") for each in unit.split(" or "))
    return f"{count:,} {unit}"


def points(value: Decimal) -> str:
    """Risk points, whole from ten on."""
    value = Decimal(value)
    return f"{value.quantize(Decimal(1), ROUND_HALF_EVEN):,}" if abs(value) >= 10 else days(value)


def money(value: Decimal | None, currency: str) -> str:
    """An amount without cents; nothing where no rate was given."""
    if value is None:
        return ""
    return f"{currency} {Decimal(value).quantize(Decimal(1), ROUND_HALF_EVEN):,}".strip()


def day(value: date | None) -> str:
    """3 March 2027; a dash for none."""
    return "–" if value is None else f"{value.day} {value:%B %Y}"


def short_day(value: date | None) -> str:
    """3 Mar 2027; a dash for none."""
    return "–" if value is None else f"{value.day} {value:%b %Y}"


def day_month(value: date | None) -> str:
    """3 Mar, where the year is clear; a dash for none."""
    return "–" if value is None else f"{value.day} {value:%b}"


def quarter(value: int | None) -> str:
    """Q2, or later."""
    return "later" if value is None else f"Q{value}"


def percent(part: Decimal | int, whole: Decimal | int) -> str:
    """A part of a whole; never rounded to nothing or to all."""
    if not whole:
        return "–"
    share = 100 * Decimal(part) / Decimal(whole)
    if 0 < share < 1:
        return "<1 %"
    return ">99 %" if 99 < share < 100 else f"{share.quantize(Decimal(1), ROUND_HALF_EVEN)} %"


def range_of(score: int, lower: int, upper: int) -> str:
    """72 (65-88); one number where it cannot be another."""
    return str(score) if lower == score == upper else f"{score} ({lower}–{upper})"


def numbered(packages: Sequence[Package]) -> str:
    """#3, #7 and #12."""
    names = [f"#{package.number}" for package in packages]
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + f" and {names[-1]}" if names else ""


def listing_of(names: Sequence[str], most: int) -> str:
    """a, b, c and 14 more."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more:,} more" if more > 0 else "")


def and_list(names: Sequence[str]) -> str:
    """a, b and c."""
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + f" and {names[-1]}" if names else ""


def band(score: int) -> str:
    """The band of a display score in words."""
    return BANDS[min(score // 20, 4)]


def sentence(text: str) -> str:
    """The text with a full stop."""
    text = text.strip()
    return text if not text or text[-1] in ".!?" else text + "."

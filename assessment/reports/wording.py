"""The words of reports: statuses and what they mean, numbers, sizes, instants."""

from __future__ import annotations

from assessment.reports.parts import Listing, Status

STATUSES = (
    Status(
        "contradicted",
        "C",
        "contradicted",
        "A check mapped to it fails on at least one subject in its scope.",
    ),
    Status(
        "supported",
        "S",
        "supported",
        "A mapped check passed on a running cluster, none is unknown, every by-hand item is on file and a "
        "person signed.",
    ),
    Status(
        "partly supported",
        "P",
        "partly",
        "Something passed or is on file, and something is open.",
    ),
    Status(
        "inherited",
        "I",
        "inherited",
        "The provider bears it and the provider's report is on file.",
    ),
    Status("not assessed", "N", "unassessed", "A check is mapped to it, but nothing could be judged."),
    Status(
        "documents needed",
        "D",
        "documents",
        "No check can show it; it rests on documents that are not on file.",
    ),
    Status(
        "not applicable",
        "X",
        "inapplicable",
        "engagement.yaml says so, with reason and approver.",
    ),
)
BY_WORD = {status.word: status for status in STATUSES}
# The statuses in the order in which they are tried; the first that holds is the status.
TRIED = (
    "not applicable",
    "contradicted",
    "inherited",
    "supported",
    "partly supported",
    "not assessed",
    "documents needed",
)


def status(word: str) -> Status:
    """The status of that name; one that this version does not know keeps its word."""
    return BY_WORD.get(word) or Status(word, "?", "unassessed", "Not known to this version.")


def number(value: int | None) -> str:
    """12345 as 12,345; nothing as a dash."""
    return "–" if value is None else f"{value:,}"


def size(value: int | None) -> str:
    """Bytes in the unit that fits, by powers of 1,000; nothing as a dash."""
    if value is None:
        return "–"
    amount = float(value)
    for unit in ("B", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def share(part: int, whole: int) -> str:
    """A part of a whole as a percentage that never rounds to all or nothing; a dash for nothing of nothing."""
    if not whole:
        return "–"
    percent = 100 * part / whole
    if part and percent < 1:
        return "<1 %"
    return ">99 %" if part < whole and percent > 99 else f"{percent:.0f} %"


def plural(count: int, one: str, many: str | None = None) -> str:
    """3 gaps, 1 gap."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def listed(listing: Listing[str]) -> str:
    """a, b, c and 14 more."""
    text = ", ".join(listing.shown)
    more = listing.total - len(listing.shown)
    return f"{text} and {more:,} more" if more and text else text


def instant(text: str | None) -> str:
    """An RFC 3339 instant as people read it, without losing a second."""
    if not text:
        return "–"
    return text.replace("T", " ").replace("+00:00", "Z").replace("Z", " UTC")


def window(start: str | None, end: str | None) -> str:
    """From when to when, once where both are the same."""
    if not start or not end or start == end:
        return instant(start or end)
    same_day = start[:10] == end[:10]
    return f"{instant(start).removesuffix(' UTC')} – {instant(end)[11:] if same_day else instant(end)}"


def shortened(text: str, length: int) -> str:
    """At most `length` characters, with a mark where it was cut; the full text stands elsewhere."""
    return text if len(text) <= length else text[: length - 1] + "…"

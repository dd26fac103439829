"""How far apart the runs of a cron schedule are at most, in hours.

Source: crontab(5), and the package robfig/cron, version 3, by which Kubernetes and Velero read schedules: five fields,
`@daily` and its kin, `@every`, and a time zone in front. Where days of the month and of the week are both given,
either one starts a run.
"""

from __future__ import annotations

from collections.abc import Iterable

from collectors.tables.durations import whole_seconds

_NAMED = {
    "@hourly": 1, "@daily": 24, "@midnight": 24, "@weekly": 168, "@monthly": 744, "@yearly": 8784, "@annually": 8784,
}  # fmt: skip
_DAYS = {name: number for number, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))}
_ANY = ("*", "?")
_MONTH, _YEAR = 31 * 24, 366 * 24
_ZONES = ("TZ=", "CRON_TZ=")


def longest_pause_hours(schedule: str | None) -> int | None:
    """The longest time between two runs, rounded up to hours; None when the schedule is not readable."""
    words = (schedule or "").split()
    if words and words[0].startswith(_ZONES):
        words = words[1:]
    if len(words) == 2 and words[0] == "@every":
        seconds = whole_seconds(words[1])
        return None if seconds is None else -(-seconds // 3600)
    if len(words) == 1:
        return _NAMED.get(words[0].lower())
    if len(words) != 5:
        return None
    _, hour, day, month, weekday = words
    if month not in _ANY:
        return _YEAR
    pauses = [_MONTH] if day not in _ANY else []
    if weekday not in _ANY:
        pauses.append(24 * _widest(_numbers(weekday, 0, 7), 7))
    if pauses:
        return min(pauses)
    return _widest(_numbers(hour, 0, 23), 24)


def _numbers(field: str, low: int, high: int) -> set[int]:
    """The values of one field; none where it cannot be read, which counts as once a round."""
    found: set[int] = set()
    for part in field.lower().split(","):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        start, end = (low, high) if span in _ANY else (_number(first), _number(last) if dash else _number(first))
        if start is None or end is None or (step and not step.isdigit()):
            return set()
        end = high if step and not dash else end
        found.update(range(start, min(end, high) + 1, max(int(step or 1), 1)))
    return found


def _number(word: str) -> int | None:
    if word in _DAYS:
        return _DAYS[word]
    return int(word) if word.isdigit() and len(word) < 3 else None


def _widest(values: Iterable[int], around: int) -> int:
    """The widest distance on a ring; days of the week know Sunday as 0 and as 7."""
    ring = sorted({value % around for value in values})
    if len(ring) < 2:
        return around
    return max((after - before) % around for before, after in zip(ring, [*ring[1:], ring[0]], strict=True))

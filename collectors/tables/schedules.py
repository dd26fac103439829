"""Schedules of CronJobs: whether the controller understands one, and whether it depends on a time zone.

Source: Kubernetes documentation, "CronJob", schedule syntax and time zones; the grammar of robfig/cron v3, which the
controller uses: five fields, `?` as `*`, names of months and weekdays, steps, and words that begin with `@`.
"""

from __future__ import annotations

import re

from collectors.tables.durations import whole_seconds

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_WORDS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_ZONE = re.compile(r"(CRON_)?TZ=")
_PART = re.compile(r"(\*|\?|[a-z0-9]+)(?:-([a-z0-9]+))?(?:/(\d{1,4}))?", re.ASCII)
_Field = tuple[int, int, dict[str, int]]
_FIELDS: tuple[_Field, ...] = (
    (0, 59, {}),
    (0, 23, {}),
    (1, 31, {}),
    (1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    (0, 6, {name: number for number, name in enumerate(_DAYS)}),
)


def is_understood(schedule: str) -> bool:
    """Whether the API server takes the schedule; one that carries its own time zone it does not."""
    if _ZONE.match(schedule):
        return False
    if schedule.startswith("@"):
        every = schedule.removeprefix("@every ")
        return schedule in _WORDS or (every != schedule and whole_seconds(every) is not None)
    fields = schedule.split()
    return len(fields) == len(_FIELDS) and all(map(_is_field, fields, _FIELDS))


def depends_on_time_zone(schedule: str) -> bool:
    """Whether it names an hour, a day or a month, so that its runs move with the time zone."""
    if schedule.startswith("@"):
        return schedule in _WORDS and schedule != "@hourly"
    return any(field not in ("*", "?", "*/1") for field in schedule.split()[1:])


def _is_field(written: str, field: _Field) -> bool:
    return all(_is_part(part, field) for part in written.lower().split(","))


def _is_part(part: str, field: _Field) -> bool:
    low, high, names = field
    found = _PART.fullmatch(part)
    if found is None:
        return False
    first, last, step = found.groups()
    if step is not None and int(step) == 0:
        return False
    if first in ("*", "?"):
        return last is None
    bounds = [names.get(each, int(each) if each.isdigit() else -1) for each in (first, last) if each is not None]
    return all(low <= bound <= high for bound in bounds) and bounds == sorted(bounds)

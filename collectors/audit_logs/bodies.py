"""What is stored of a log: one answer a kind of count, each with what it may claim."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from collectors.audit_logs import counting as of
from collectors.audit_logs.counting import Counting
from collectors.audit_logs.forms import ADMIN, Forms
from collectors.audit_logs.identities import ANONYMOUS, CONTROL_PLANE, PERSON
from collectors.audit_logs.one_file import ReadFile

LOG, USER, GROUP, CHANGE = "audit/Log", "audit/User", "audit/Group", "audit/Change"
SECRET_READ, SESSION = "audit/SecretRead", "audit/Session"
ANONYMOUS_CALL, IMPERSONATION = "audit/AnonymousCall", "audit/Impersonation"

_COLUMNS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    CHANGE: (of.CHANGES, "user", ("user", "topic", "verb", "group", "resource", "namespace", "object")),
    SECRET_READ: (of.SECRET_READS, "user", ("user", "verb", "namespace", "secret")),
    SESSION: (of.SESSIONS, "user", ("user", "way", "namespace", "pod")),
    ANONYMOUS_CALL: (of.ANONYMOUS_CALLS, "", ("verb", "asked", "is_harmless")),
    IMPERSONATION: (of.IMPERSONATIONS, "user", ("user", "impersonated")),
}
# Kinds of which a log without get and list shows a part only: identities that do nothing but read, sessions that a
# client opens with a GET, as kubectl does since 1.31.
_NEED_READS = frozenset({USER, GROUP, SECRET_READ, SESSION, ANONYMOUS_CALL, IMPERSONATION})
_COUNTED = {USER: of.USERS, GROUP: of.GROUPS} | {kind: columns[0] for kind, columns in _COLUMNS.items()}
_SILENT_HOURS = 24
_WHOLE_LOG = "every file of the log from end to end, then: kubesurvey collect --new --audit-log PATH"
_WITH_READS = "a log with get and list in it (on AKS the category kube-audit), then: kubesurvey collect --new"


@dataclass(frozen=True, slots=True)
class Body:
    """One answer. It is complete when `reason` is ""."""

    kind: str
    said: dict[str, Any]
    reason: str = ""
    closed_by: str = ""


@dataclass(slots=True)
class Log:
    """One log, read to its end."""

    counting: Counting = field(default_factory=Counting)
    forms: Forms = field(default_factory=Forms)
    files: list[ReadFile] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    @property
    def not_read(self) -> int:
        """Records that could not be read."""
        return sum(file.not_read for file in self.files)

    @property
    def records_reads(self) -> bool | None:
        """Whether get and list are in the log; None where that is not known."""
        if self.counting.shows_reads:
            return None if ADMIN in self.forms.categories else True
        return False if self.forms.categories == {ADMIN} else None

    @property
    def records_secret_reads(self) -> bool | None:
        """Whether reads of Secrets are in it: the control plane and the nodes read some all the time."""
        seen = bool(self.counting.rows[of.SECRET_READS].tallies)
        reads = self.records_reads
        return reads if reads is False else True if reads and seen else None

    def gaps(self) -> list[str]:
        """Why the log does not show all of the time between its first and its last event, one sentence each."""
        found = [f"{self.not_read:,} records of the log could not be read"] if self.not_read else []
        found += self.troubles + self.forms.cut
        if not self.counting.events:
            found.append("no event was found in it")
        elif self.counting.clock.unread:
            found.append(f"{self.counting.clock.unread:,} events have no time that can be read")
        silence = self.counting.clock.silence()
        if silence and silence.minutes > _SILENT_HOURS * 60:
            hours = silence.minutes // 60
            found.append(f"the log is silent for {hours} hours from {silence.began} to {silence.ended}")
        return found

    def bodies(self) -> Iterator[Body]:
        """The log as a whole, then kind by kind."""
        gaps = "; ".join(self.gaps())
        others = self.counting.others()
        no_events = "" if self.counting.events else gaps
        yield Body(LOG, self._log(others), no_events, _WHOLE_LOG if no_events else "")
        for kind, counted in _COUNTED.items():
            reason, closed_by = gaps, _WHOLE_LOG if gaps else ""
            if counted in others:
                more = f"{others[counted]:,} events were counted under no name, beyond {of.MOST_ROWS:,} different ones"
                reason, closed_by = f"{reason}; {more}" if reason else more, closed_by or "a log of a shorter time"
            without = self._without_reads(kind)
            if without:
                reason, closed_by = f"{reason}; {without}" if reason else without, closed_by or _WITH_READS
            yield Body(kind, {"rows": self._rows(kind)}, reason, closed_by)

    def _without_reads(self, kind: str) -> str:
        if kind == SECRET_READ and self.records_secret_reads is None and self.records_reads:
            return "nothing in the log shows that reads of Secrets are recorded"
        if kind not in _NEED_READS or self.records_reads:
            return ""
        if self.records_reads is False:
            return f"the category {ADMIN} leaves out get and list"
        return "nothing in the log shows that get and list are recorded all the time"

    def _log(self, others: dict[str, int]) -> dict[str, Any]:
        counted = self.counting
        clock, silence = counted.clock, counted.clock.silence()
        return {
            "first": f"{clock.first}Z" if clock.first else None,
            "last": f"{clock.last}Z" if clock.last else None,
            "whole_days": clock.whole_days,
            "longest_silence": None if silence is None else {
                "minutes": silence.minutes, "began": silence.began, "ended": silence.ended},
            "events": counted.events,
            "events_without_time": clock.unread,
            "records_not_read": self.not_read,
            "files": [_file(each) for each in self.files],
            "gaps": self.gaps(),
            "was_read_whole": not (self.not_read or self.troubles or self.forms.cut or clock.unread),
            "records_reads": self.records_reads,
            "records_secret_reads": self.records_secret_reads,
            "levels": dict(sorted(counted.levels.items())),
            "stages": dict(sorted(counted.stages.items())),
            "verbs": dict(sorted(counted.verbs.items())),
            "categories": sorted(self.forms.categories),
            "others": dict(sorted(others.items())),
        }  # fmt: skip

    def _rows(self, kind: str) -> list[dict[str, Any]]:
        if kind == USER:
            return [row | _who(row["kind"]) for row in self.counting.identity_rows()]
        if kind == GROUP:
            return [{"group": name} for name in sorted(self.counting.groups)]
        counted, who, columns = _COLUMNS[kind]
        found = []
        for key, tally in sorted(self.counting.rows[counted].tallies.items()):
            row: dict[str, Any] = dict(zip(columns, key, strict=True))
            found.append(row | (_who(self.counting.kind_of(row[who])) if who else {}) | tally.told())
        return found


def _who(kind: str) -> dict[str, bool]:
    return {
        "is_person": kind == PERSON,
        "is_anonymous": kind == ANONYMOUS,
        "is_control_plane": kind == CONTROL_PLANE,
    }


def _file(read: ReadFile) -> dict[str, Any]:
    return {
        "name": read.name, "form": read.form, "bytes": read.size, "sha256": read.sha256, "records": read.records,
        "events": read.events, "other_records": read.others, "not_read": read.not_read, "trouble": read.trouble,
    }  # fmt: skip

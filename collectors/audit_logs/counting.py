"""Counts events as they stream by: nothing of an event is kept but what one of its counts is called.

Names come from outside and there may be millions of them, so every kind of count has a bound. What comes after it is
counted under no name, and the coverage of that kind is then partial.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from collectors.audit_logs.clock import Clock
from collectors.audit_logs.event import Event, Reference
from collectors.audit_logs.identities import (
    ANONYMOUS,
    CONTROL_PLANE,
    MASTERS,
    NOBODY,
    PERSON,
    UNAUTHENTICATED,
    kept,
    kind_of_identity,
)
from collectors.audit_logs.tally import COMPLETED, Tally
from collectors.audit_logs.topics import CHANGING, LEFT_OUT, READING, is_secret, path_of, session_of, topic_of

USERS, GROUPS, CHANGES, SECRET_READS = "users", "groups", "changes", "secret_reads"
SESSIONS, ANONYMOUS_CALLS, IMPERSONATIONS = "sessions", "anonymous_calls", "impersonations"
MOST_ROWS = 20_000
_MOST_WORDS = 40
_MOST_REFUSED_DAYS = 100_000
_DRY_RUN = "dryRun="
_OTHER = "(other)"

Key = tuple[str, ...]


@dataclass(slots=True)
class Identity:
    """What one identity did, beside its counts."""

    name: str
    kind: str
    tally: Tally = field(default_factory=Tally)
    is_in_masters: bool = False
    refused_on: dict[str, int] = field(default_factory=dict)
    groups: tuple[str, ...] = ()


@dataclass(slots=True)
class Rows:
    """The counts of one kind by what they are called, bounded; `others` are events that came after the bound."""

    most: int
    tallies: dict[Key, Tally] = field(default_factory=dict)
    others: int = 0

    def tally(self, key: Key) -> Tally | None:
        """The counts of this key, made when there is room."""
        found = self.tallies.get(key)
        if found is None:
            safe = tuple(map(kept, key))
            found = self.tallies.get(safe)
            if found is None and len(self.tallies) < self.most:
                found = self.tallies[safe] = Tally()
            self.others += found is None
        return found


class Counting:
    """All counts of one log."""

    def __init__(self, most: int = MOST_ROWS) -> None:
        self.clock = Clock()
        self.events = 0
        self.levels: Counter[str] = Counter()
        self.stages: Counter[str] = Counter()
        self.verbs: Counter[str] = Counter()
        self.users: dict[str, Identity] = {}
        self.users_beyond = 0
        self.groups: dict[str, None] = {}
        self.groups_beyond = 0
        self.refusals_beyond = 0
        self.rows = {name: Rows(most) for name in (CHANGES, SECRET_READS, SESSIONS, ANONYMOUS_CALLS, IMPERSONATIONS)}
        self._most = most
        self._refused_days = 0

    def add(self, event: Event) -> None:
        """Take in one event."""
        self.events += 1
        _count(self.levels, event.level)
        _count(self.stages, event.stage)
        _count(self.verbs, event.verb)
        stamp = self.clock.read(event.stageTimestamp or event.requestReceivedTimestamp)
        code = event.responseStatus.code if event.responseStatus else None
        identity = self._identity(event)
        identity.tally.note(event.stage, code, stamp)
        if code in (401, 403) and event.stage == COMPLETED:
            self._refuse(identity, stamp[:10])
        if event.impersonatedUser is not None:
            self._note(IMPERSONATIONS, (identity.name, event.impersonatedUser.username), event, code, stamp)
        if identity.kind == ANONYMOUS:
            self._anonymous(event, code, stamp)
        if event.objectRef is not None:
            self._object(identity, event, event.objectRef, code, stamp)

    def _identity(self, event: Event) -> Identity:
        user = event.user
        name, groups = (user.username, user.groups or ()) if user is not None else ("", ())
        found = self.users.get(name)
        if found is None:
            found = self._new(name, groups)
        if tuple(groups) != found.groups:
            found.groups = tuple(groups)
            found.is_in_masters = found.is_in_masters or MASTERS in groups
            for group in groups:
                self._group(group)
        return found

    def _new(self, name: str, groups: object) -> Identity:
        safe = kept(name) if name else NOBODY
        found = self.users.get(safe)
        if found is not None:
            return found
        anonymous = isinstance(groups, list) and UNAUTHENTICATED in groups
        found = Identity(safe, ANONYMOUS if anonymous else kind_of_identity(name))
        if len(self.users) < self._most:
            self.users[safe] = found
        else:
            self.users_beyond += 1
        return found

    def _group(self, name: str) -> None:
        safe = kept(name)
        if safe not in self.groups:
            if len(self.groups) < self._most:
                self.groups[safe] = None
            else:
                self.groups_beyond += 1

    def _refuse(self, identity: Identity, day: str) -> None:
        if day not in identity.refused_on:
            if self._refused_days >= _MOST_REFUSED_DAYS:
                self.refusals_beyond += 1
                return
            self._refused_days += 1
        identity.refused_on[day] = identity.refused_on.get(day, 0) + 1

    def _anonymous(self, event: Event, code: int | None, stamp: str) -> None:
        about = event.objectRef
        if about is None:
            asked, harmless = path_of(event.requestURI)
        else:
            parts = (about.resource, about.subresource)
            asked = "/".join(part if _is_plain(part) else "?" for part in parts if part)
            asked = f"{asked}.{about.apiGroup}" if _is_plain(about.apiGroup) else asked
            harmless = False
        self._note(ANONYMOUS_CALLS, (event.verb, asked, "yes" if harmless else ""), event, code, stamp)

    def _object(self, identity: Identity, event: Event, about: Reference, code: int | None, stamp: str) -> None:
        verb = event.verb
        way = session_of(about)
        if way is not None:
            self._note(SESSIONS, (identity.name, way, about.namespace, about.name), event, code, stamp)
        elif verb in READING:
            if is_secret(about):
                name = about.name if identity.kind in (PERSON, ANONYMOUS) else ""
                self._note(SECRET_READS, (identity.name, verb, about.namespace, name), event, code, stamp)
        elif verb in CHANGING:
            topic = topic_of(about)
            if topic is not None and _DRY_RUN not in event.requestURI:
                what = f"{about.resource}/{about.subresource}" if about.subresource else about.resource
                key = (identity.name, topic, verb, about.apiGroup, what, about.namespace, about.name)
                self._note(CHANGES, key, event, code, stamp)

    def _note(self, rows: str, key: Key, event: Event, code: int | None, stamp: str) -> None:
        tally = self.rows[rows].tally(key)
        if tally is not None:
            tally.note(event.stage, code, stamp)

    @property
    def shows_reads(self) -> bool:
        """Has any get or list been seen?"""
        return any(self.verbs[verb] for verb in LEFT_OUT)

    def others(self) -> dict[str, int]:
        """Events, or identities, that found no room of their own, by kind of count; empty when all did."""
        beyond = {USERS: self.users_beyond + self.refusals_beyond, GROUPS: self.groups_beyond}
        beyond |= {name: rows.others for name, rows in self.rows.items()}
        return {name: number for name, number in beyond.items() if number}

    def identity_rows(self) -> list[dict[str, Any]]:
        """Every identity, by name."""
        return [
            {
                "user": one.name, "kind": one.kind, "is_in_masters": one.is_in_masters,
                "refused_on_worst_day": max(one.refused_on.values(), default=0), **one.tally.told(),
            }
            for one in sorted(self.users.values(), key=lambda one: one.name)
        ]  # fmt: skip

    def kind_of(self, name: str) -> str:
        """The kind of an identity by the name it is stored under."""
        known = self.users.get(name)
        return known.kind if known else ANONYMOUS if name == NOBODY else kind_of_identity(name)


def _count(words: Counter[str], word: str) -> None:
    """Count a word; a log has few of them, and a hostile one no more."""
    words[word if word in words or (len(words) < _MOST_WORDS and _is_plain(word)) else _OTHER] += 1


def _is_plain(word: str) -> bool:
    return 0 < len(word) <= 63 and word.isascii() and word.replace(".", "").replace("-", "").isalnum()


__all__ = ["ANONYMOUS_CALLS", "CHANGES", "CONTROL_PLANE", "GROUPS", "IMPERSONATIONS", "MOST_ROWS", "SECRET_READS",
           "SESSIONS", "USERS", "Counting", "Identity", "Rows"]  # fmt: skip

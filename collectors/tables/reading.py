"""Read the objects of each cluster back from evidence: every object once, with all its sightings.

The same object that an API server gave twice (same name, same uid) is one object and its newest resourceVersion
wins. A uid in a manifest proves nothing, since people copy it along: a manifest repeated to the letter is one
object, and different manifests of one name stay apart, numbered in reading order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import msgspec
import orjson

from collectors.evidence.item import Item
from collectors.kubernetes.kinds import is_namespaced, kind_named, listed_as
from collectors.kubernetes.surveyed import LIVE
from collectors.tables.answers_given import AnswersGiven, Bodies
from collectors.tables.families import KUBERNETES, family_of
from collectors.tables.schema import ClusterContext, Sighting

__all__ = ["Bodies", "ClusterEvidence", "Collected", "Expected", "collected", "minor_version"]

UNSTATED = ""
_OBJECTS = "application/x-ndjson"
_RUNNING = "running"


class _Metadata(msgspec.Struct):
    name: str = ""
    namespace: str | None = None
    uid: str | None = None
    resourceVersion: str | None = None  # noqa: N815 - the API's spelling
    generateName: str = ""  # noqa: N815


class _Identity(msgspec.Struct):
    kind: str = ""
    apiVersion: str = ""  # noqa: N815
    metadata: _Metadata | None = None


class _Line(msgspec.Struct):
    place: str
    object: msgspec.Raw


@dataclass(slots=True)
class _Seen:
    """One object: where its newest form stands, and every place it was seen."""

    item: int
    place: str
    version: int
    declaration: int
    refs: list[str]


@dataclass(slots=True)
class ClusterEvidence:
    """The items of one cluster, in the order they were collected."""

    name: str
    items: list[Item]
    bodies: Bodies
    context: ClusterContext
    namespaces: set[str] = field(default_factory=set)
    _order: dict[tuple[object, ...], _Seen] = field(default_factory=dict)
    _names: dict[tuple[object, ...], int] = field(default_factory=dict)
    _states_namespace: bool = False

    @property
    def family(self) -> str:
        """What an API server or a folder of manifests says."""
        return KUBERNETES

    def sightings(self, kinds: frozenset[str]) -> Iterator[Sighting]:
        """Every object of these kinds once, in the order first seen; fills `namespaces` on the way."""
        self._survey()
        wanted: dict[int, dict[str, _Seen]] = {}
        for seen in self._order.values():
            wanted.setdefault(seen.item, {})[seen.place] = seen
        for number in sorted(wanted):
            yield from self._winners(number, wanted[number], kinds)

    def _winners(self, number: int, wanted: dict[str, _Seen], kinds: frozenset[str]) -> Iterator[Sighting]:
        for line in self._lines(self.items[number]):
            seen = wanted.get(line.place)
            if seen is None:
                continue
            kind, _ = _identify(line.object)
            if kind in kinds or listed_as(kind) in kinds:
                yield self._sighting(kind, orjson.loads(memoryview(line.object)), seen)

    def _sighting(self, kind: str, obj: dict[str, Any], seen: _Seen) -> Sighting:
        metadata = obj.get("metadata")
        metadata = metadata if isinstance(metadata, dict) else {}
        uid = metadata.get("uid")
        return Sighting(
            kind,
            self._namespace(kind, metadata),
            _text(metadata.get("name")) or _text(metadata.get("generateName")),
            uid if isinstance(uid, str) else None,
            seen.declaration,
            obj,
            seen.refs,
        )

    def _namespace(self, kind: str, metadata: dict[str, Any]) -> str | None:
        if is_namespaced(kind) is False:
            return None
        stated = metadata.get("namespace")
        if isinstance(stated, str) and stated:
            return stated
        return UNSTATED if self.context.whole and not self._states_namespace else None

    def _survey(self) -> None:
        self._order.clear()
        self._names.clear()
        for number, item in enumerate(self.items):
            for line in self._lines(item):
                kind, metadata = _identify(line.object)
                self._note_namespace(kind, metadata)
                self._note(number, item, line, kind, metadata)
        if self.context.whole and not self._states_namespace:
            self.namespaces.add(UNSTATED)

    def _note_namespace(self, kind: str, metadata: _Metadata) -> None:
        named = metadata.name if kind == "Namespace" else metadata.namespace
        if named and (kind == "Namespace" or is_namespaced(kind) is not False):
            self.namespaces.add(named)
            self._states_namespace = True

    def _note(self, number: int, item: Item, line: _Line, kind: str, metadata: _Metadata) -> None:
        ref = f"{item.evidence_id}#{line.place}"
        name = (kind, metadata.namespace, metadata.name or metadata.generateName)
        served = self.context.basis == _RUNNING and metadata.uid
        key: tuple[object, ...] = (*name, metadata.uid if served else bytes(line.object))
        version = _version(metadata.resourceVersion)
        seen = self._order.get(key)
        if seen is None:
            declaration = 0 if served else self._names.get(name, 0)
            self._names[name] = declaration + 1
            self._order[key] = _Seen(number, line.place, version, declaration, [ref])
            return
        seen.refs.append(ref)
        if version > seen.version:
            seen.item, seen.place, seen.version = number, line.place, version

    def _lines(self, item: Item) -> Iterator[_Line]:
        if item.sha256 is None or item.media_type != _OBJECTS:
            return
        for raw in self.bodies.open(item):
            if raw.strip():
                yield _decode_line(raw)


_decode_line = msgspec.json.Decoder(_Line).decode
_decode_identity = msgspec.json.Decoder(_Identity).decode


Collected = ClusterEvidence | AnswersGiven
Expected = Mapping[str, frozenset[str]]
"""cluster -> the families of tables that it must have"""


def collected(
    items: Iterable[Item],
    bodies: Bodies,
    versions: Mapping[str, str],
    expected: Expected,
    as_of: datetime | None = None,
) -> list[Collected]:
    """What was collected of each cluster, one entry a family, sorted by cluster, Kubernetes first.

    `versions` are Kubernetes versions that people stated. A family that is expected and of which nothing was
    collected has an entry without items.
    """
    grouped: dict[tuple[str, bool, str], list[Item]] = {
        (name, family != KUBERNETES, family): [] for name, families in expected.items() for family in families
    }
    for item in latest_answers(items):
        if item.cluster is not None:
            family = family_of(item)
            grouped.setdefault((item.cluster, family != KUBERNETES, family), []).append(item)
    found: list[Collected] = []
    for (name, answers, family), own in sorted(grouped.items()):
        context = replace(_context(name, own, versions.get(name)), as_of=as_of)
        if answers:
            found.append(AnswersGiven(name, family, own, bodies, context))
        else:
            found.append(ClusterEvidence(name, own, bodies, context))
    return found


def latest_answers(items: Iterable[Item]) -> list[Item]:
    """The items without those of a live cluster that were asked again later: the last answer to a question counts."""
    kept: dict[object, Item] = {}
    for item in items:
        question = (item.cluster, item.request) if item.source == LIVE else (item.cluster, item.evidence_id)
        kept.pop(question, None)
        kept[question] = item
    return list(kept.values())


def _context(name: str, items: list[Item], stated: str | None) -> ClusterContext:
    """A cluster that nobody could look at is one that runs: a folder would have been given."""
    parameters = [item.parameters for item in items]
    version = next((each["kubernetes_version"] for each in parameters if each.get("kubernetes_version")), stated)
    basis = next((each["basis"] for each in parameters if "basis" in each), "declared" if items else _RUNNING)
    whole = any(each.get("whole") == "true" for each in parameters)
    claims = (claim for item in items for claim in item.claims)
    listed = frozenset(claim.kind for claim in claims if claim.complete and claim.namespace == "*")
    return ClusterContext(name, basis, minor_version(version), whole, listed=listed)


def minor_version(version: str | None) -> int | None:
    """The minor of "1.34", "v1.34.2" or "v1.34.2-eks-1"; None when it is not stated or not of major 1."""
    parts = (version or "").strip().removeprefix("v").split(".")
    if len(parts) < 2 or parts[0] != "1":
        return None
    digits = "".join(parts[1][: len(parts[1]) - len(parts[1].lstrip("0123456789"))] or "")
    return int(digits) if digits else None


def _identify(raw: msgspec.Raw) -> tuple[str, _Metadata]:
    try:
        identity = _decode_identity(raw)
        metadata = identity.metadata or _Metadata()
        return kind_named(identity.apiVersion, identity.kind), metadata
    except msgspec.ValidationError:
        return _identify_odd(orjson.loads(memoryview(raw)))


def _identify_odd(obj: dict[str, Any]) -> tuple[str, _Metadata]:
    """Identity of an object whose fields have the wrong types: what is text is kept."""
    metadata = obj.get("metadata")
    held = metadata if isinstance(metadata, dict) else {}
    words = {name: held[name] for name in _Metadata.__struct_fields__ if isinstance(held.get(name), str)}
    return kind_named(_text(obj.get("apiVersion")), _text(obj.get("kind"))), _Metadata(**words)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _version(text: str | None) -> int:
    return int(text) if text and text.isdigit() and len(text) < 19 else -1

"""What this API server serves, in its own words: which kinds, in which version, in namespaces or not.

Source: the aggregated discovery of Kubernetes 1.30 (apidiscovery.k8s.io/v2), which answers for all groups at once,
and the older discovery, group by group, where a server does not know it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from collectors.evidence.item import WHOLE_CLUSTER, Claim
from collectors.kubernetes.extensions import EVERY_KIND_OF
from collectors.kubernetes.kinds import SERVED_RESOURCE, group_of, kind_named
from collectors.kubernetes.live.about_the_server import survey_object
from collectors.kubernetes.live.answers import Answer
from collectors.kubernetes.live.connection import JSON, Connection
from collectors.kubernetes.surveyed import SECRETS, SURVEYED

CORE, GROUPS = "/api", "/apis"
_AGGREGATED = ";".join([JSON, "g=apidiscovery.k8s.io", "v=v2", "as=APIGroupDiscoveryList"])
_ACCEPT = ",".join([_AGGREGATED, _AGGREGATED.replace("v=v2", "v=v2beta1"), JSON])
_SURVEYED_GROUPS = frozenset(kind.group for kind in SURVEYED.values()) | set(EVERY_KIND_OF) | {"extensions"}


@dataclass(frozen=True, slots=True)
class Served:
    """A resource that can be asked for. `kind` is "group/Kind" in the group where the kind lives today."""

    kind: str
    group: str
    version: str
    name: str
    plural: str
    namespaced: bool
    verbs: tuple[str, ...]

    @property
    def api_version(self) -> str:
        """The apiVersion of its objects."""
        return f"{self.group}/{self.version}" if self.group else self.version

    def path(self, namespace: str | None = None) -> str:
        """Where its list is, of the whole cluster or of one namespace."""
        root = f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"
        return f"{root}/namespaces/{namespace}/{self.plural}" if namespace else f"{root}/{self.plural}"

    def as_object(self) -> dict[str, Any]:
        """How it stands in the evidence."""
        name = f"{self.plural}.{self.group}" if self.group else self.plural
        return survey_object(SERVED_RESOURCE, name, asdict(self))


@dataclass(frozen=True, slots=True)
class Discovered:
    """The answer of one of the two roots. `unread`: group -> why nobody can tell what it serves."""

    answer: Answer
    served: tuple[Served, ...]
    unread: Mapping[str, str]


def discover(connection: Connection, root: str) -> Discovered:
    """Ask one root (CORE or GROUPS) for everything below it."""
    answer = connection.get(root, accept=_ACCEPT)
    body = answer.body if isinstance(answer.body, dict) else {}
    if not answer.is_complete:
        return Discovered(answer, (), {})
    if body.get("kind") == "APIGroupDiscoveryList":
        found = list(_aggregated(body))
        return Discovered(answer, _each_once(found), _stale(body, found))
    served, unread = _group_by_group(connection, root, body)
    return Discovered(answer, _each_once(served), unread)


def claims_of(root: str, found: Discovered) -> tuple[tuple[Claim, ...], str]:
    """Kinds that nobody serves are seen to the end, for there are none; kinds of a silent group are not."""
    if not found.answer.is_complete:
        return (), ""
    short = "; ".join(found.unread.values())
    served = {one.kind for one in found.served}
    claims = [Claim(SERVED_RESOURCE, WHOLE_CLUSTER, not short, short)] if root == GROUPS else []
    groups = {group_of(kind) for kind in served}
    made_up = [f"{group}/*" for group in EVERY_KIND_OF if group not in groups]
    for kind in (*SURVEYED, SECRETS.kind, *made_up):
        if kind in served or (root == CORE) != (group_of(kind) == ""):
            continue
        reason = found.unread.get(group_of(kind), "")
        claims.append(Claim(kind, WHOLE_CLUSTER, not reason, reason))
    return tuple(claims), short


def read_back(objects: Iterable[dict[str, Any]]) -> tuple[Served, ...]:
    """What the evidence holds of an earlier discovery."""
    return tuple(Served(**one["spec"] | {"verbs": tuple(one["spec"]["verbs"])}) for one in objects)


def _aggregated(body: Mapping[str, Any]) -> Iterator[Served]:
    for item in _dicts(body.get("items")):
        group = _text(item.get("metadata"), "name")
        for version in _dicts(item.get("versions")):
            for each in _dicts(version.get("resources")):
                name, plural = _text(each.get("responseKind"), "kind"), _text(each, "resource")
                if name and plural:
                    namespaced = each.get("scope") == "Namespaced"
                    yield _served(group, _text(version, "version"), name, plural, namespaced, each.get("verbs"))


def _stale(body: Mapping[str, Any], found: list[Served]) -> dict[str, str]:
    """Groups whose own server did not answer discovery, and of which nothing is remembered."""
    known = {(one.group, one.version) for one in found}
    unread = {}
    for item in _dicts(body.get("items")):
        group = _text(item.get("metadata"), "name")
        for version in _dicts(item.get("versions")):
            if version.get("freshness") == "Stale" and (group, _text(version, "version")) not in known:
                unread[group] = f"the server behind the API group {group} did not answer discovery"
    return unread


def _group_by_group(connection: Connection, root: str, body: Mapping[str, Any]) -> tuple[list[Served], dict[str, str]]:
    """The older discovery: one question for each version of each group that a survey reads."""
    if root == CORE:
        wanted = [("", "v1")]
    else:
        wanted = [
            (_text(group, "name"), _text(version, "version"))
            for group in _dicts(body.get("groups")) if _text(group, "name") in _SURVEYED_GROUPS
            for version in _preferred_first(group)
        ]  # fmt: skip
    served, unread = [], {}
    for group, version in wanted:
        answer = connection.get(f"/apis/{group}/{version}" if group else "/api/v1")
        if not answer.is_complete or not isinstance(answer.body, dict):
            unread[group] = f"discovery of {group or 'the core group'}: {answer.reason}"
            continue
        for each in _dicts(answer.body.get("resources")):
            name, plural = _text(each, "kind"), _text(each, "name")
            if "/" not in plural:
                served.append(_served(group, version, name, plural, each.get("namespaced") is True, each.get("verbs")))
    return served, unread


def _preferred_first(group: Mapping[str, Any]) -> list[dict[str, Any]]:
    preferred = group.get("preferredVersion")
    versions = _dicts(group.get("versions"))
    return sorted(versions, key=lambda version: version != preferred)


def _served(group: str, version: str, name: str, plural: str, namespaced: bool, verbs: Any) -> Served:
    kind = kind_named(f"{group}/{version}" if group else version, name)
    said = tuple(sorted(str(verb) for verb in verbs)) if isinstance(verbs, list) else ()
    return Served(kind, group, version, name, plural, namespaced, said)


def _each_once(found: list[Served]) -> tuple[Served, ...]:
    """Of several versions the preferred one that can be listed; of an old home and a new one the new one."""
    kept: dict[tuple[str, str], Served] = {}
    for one in found:
        key = (one.kind, one.plural)
        known = kept.get(key)
        if known is None or _rank(one) > _rank(known):
            kept[key] = one
    return tuple(kept.values())


def _rank(one: Served) -> tuple[bool, bool]:
    return "list" in one.verbs, one.group == group_of(one.kind)


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(value: Any, name: str) -> str:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""

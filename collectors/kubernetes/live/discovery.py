"""What this API server serves, in its own words: which kinds, in which version, in namespaces or not.

Source: the aggregated discovery of Kubernetes 1.30 (apidiscovery.k8s.io/v2), which answers for all groups at once,
and the older discovery, group by group, where a server does not know it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from collectors.evidence.item import WHOLE_CLUSTER, Claim, ItemDraft
from collectors.kubernetes.extensions import EVERY_KIND_OF
from collectors.kubernetes.kinds import SERVED_RESOURCE, group_of, kind_named
from collectors.kubernetes.live.about_the_server import dicts, listed, survey_object
from collectors.kubernetes.live.allowed import may_be_discovered
from collectors.kubernetes.live.answers import Answer
from collectors.kubernetes.live.connection import JSON, Connection
from collectors.kubernetes.roles import rule_that_opens
from collectors.kubernetes.surveyed import SECRETS, SURVEYED

CORE, GROUPS = "/api", "/apis"
_AGGREGATED = ";".join([JSON, "g=apidiscovery.k8s.io", "v=v2", "as=APIGroupDiscoveryList"])
_ACCEPT = ",".join([_AGGREGATED, _AGGREGATED.replace("v=v2", "v=v2beta1"), JSON])
_NAMED_GROUPS = 10


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
        served, unread = _aggregated(root, body)
    elif body.get("kind") == _OLDER_KIND[root]:
        served, unread = _group_by_group(connection, root, body)
    else:
        return Discovered(_disbelieved(answer, "the answer is no discovery"), (), {})
    cornerstone = _CORNERSTONES[root]
    if group_of(cornerstone) not in unread and all(one.kind != cornerstone for one in served):
        return Discovered(_disbelieved(answer, f"{cornerstone} is not served, which every cluster has"), (), {})
    return Discovered(answer, _each_once(served), unread)


# What would prove that there is nothing has to look like the word of a cluster.
_CORNERSTONES = {CORE: "Pod", GROUPS: "apps/Deployment"}
_OLDER_KIND = {CORE: "APIVersions", GROUPS: "APIGroupList"}


def _disbelieved(answer: Answer, reason: str) -> Answer:
    return replace(answer, outcome="failed", reason=reason, body=None)


def claims_of(root: str, found: Discovered, missing: str = "") -> tuple[tuple[Claim, ...], str]:
    """Kinds that nobody serves are seen to the end, for there are none; kinds of a silent group are not.

    The list of all that is served is claimed by the later answer, which knows what of the first is `missing`.
    """
    if not found.answer.is_complete:
        return (), ""
    short = "; ".join([*([missing] if missing else []), *list(found.unread.values())[:_NAMED_GROUPS]])
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


def of_all_kinds(draft: ItemDraft, root: str) -> ItemDraft:
    """An item of a root that was not answered is about every kind below it: nobody knows where to ask for them."""
    kinds = [kind for kind in (*SURVEYED, SECRETS.kind) if (root == CORE) == (group_of(kind) == "")]
    made_up = [f"{group}/*" for group in EVERY_KIND_OF if root == GROUPS]
    about = {"kinds": ",".join([SERVED_RESOURCE, *kinds, *made_up])}
    closed_by = {"closed_by": rule_that_opens(SERVED_RESOURCE)} if draft.parameters.get("status") == "403" else {}
    return replace(draft, parameters=draft.parameters | closed_by | about)


def read_back(objects: Iterable[dict[str, Any]]) -> tuple[Served, ...]:
    """What the evidence holds of an earlier discovery."""
    return tuple(Served(**one["spec"] | {"verbs": tuple(one["spec"]["verbs"])}) for one in objects)


def _aggregated(root: str, body: Mapping[str, Any]) -> tuple[list[Served], dict[str, str]]:
    """What stands in one answer for all groups; groups of which it tells nothing, or nothing that can be read."""
    served: list[Served] = []
    unread: dict[str, str] = {}
    for item in listed(body.get("items")):
        group = _text(item.get("metadata"), "name") if isinstance(item, dict) else ""
        versions = dicts(item.get("versions")) if isinstance(item, dict) else []
        if (root == CORE) != (group == "") or not versions:
            unread[group] = "discovery names a group that cannot be read"
            continue
        for version in versions:
            found = [_of_aggregated(group, _text(version, "version"), each) for each in dicts(version.get("resources"))]
            served += [one for one in found if one is not None]
            if None in found:
                unread[group] = f"discovery of {group or 'the core group'} names a resource that cannot be read"
            elif not found and version.get("freshness") != "Current":
                unread[group] = f"the server behind the API group {group} did not answer discovery"
    return served, unread


def _of_aggregated(group: str, version: str, each: dict[str, Any]) -> Served | None:
    name, plural = _text(each.get("responseKind"), "kind"), _text(each, "resource")
    if not version or not plural or (not name and each.get("verbs")):
        return None
    return _served(group, version, name, plural, each.get("scope") == "Namespaced", each.get("verbs"))


def _group_by_group(connection: Connection, root: str, body: Mapping[str, Any]) -> tuple[list[Served], dict[str, str]]:
    """The older discovery: one question for each version of each group."""
    served: list[Served] = []
    unread: dict[str, str] = {}
    for group, version in [("", "v1")] if root == CORE else _named_versions(body):
        if group and not may_be_discovered(group, version):
            unread[group] = "discovery names a group that cannot be read"
            continue
        answer = connection.get(f"/apis/{group}/{version}" if group else "/api/v1")
        said = answer.body if answer.is_complete and isinstance(answer.body, dict) else {}
        resources = said.get("resources")
        if said.get("kind") != "APIResourceList" or not isinstance(resources, list):
            reason = answer.reason or "the answer is no list of resources"
            unread[group] = f"discovery of {group or 'the core group'}: {reason}"
            continue
        for each in dicts(resources):
            name, plural = _text(each, "kind"), _text(each, "name")
            if "/" not in plural:
                served.append(_served(group, version, name, plural, each.get("namespaced") is True, each.get("verbs")))
    return served, unread


def _named_versions(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (_text(group, "name") or "?", _text(version, "version"))
        for group in dicts(body.get("groups")) for version in _preferred_first(group)
    ]  # fmt: skip


def _preferred_first(group: Mapping[str, Any]) -> list[dict[str, Any]]:
    preferred = group.get("preferredVersion")
    versions = dicts(group.get("versions"))
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


def _text(value: Any, name: str) -> str:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""

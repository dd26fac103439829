"""Every request that may ever be made of an API server: nothing that is not on this page leaves the machine.

The answer is a list of whole kinds, a page about the server itself, or a review of one's own access. There is no
pattern here that names an object, so `proxy`, `exec`, `attach`, `portforward` and `log`, which all stand below one,
cannot be spelled; a path that could be read in two ways (escapes, dots, doubled or trailing slashes) is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from collectors.kubernetes.extensions import EVERY_KIND_OF
from collectors.kubernetes.surveyed import PATHS, SECRETS, SURVEYED

_ASKED_OF_ONESELF = ("SelfSubjectAccessReview", "SelfSubjectRulesReview")
REVIEWS = {kind: f"/apis/authorization.k8s.io/v1/{kind.lower()}s" for kind in _ASKED_OF_ONESELF}
"""The only requests that are not GET: they ask what one may do oneself, and change nothing."""

_NAME = "[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?"
_VERSION = "v[0-9]+(?:(?:alpha|beta)[0-9]+)?"
_LIST = re.compile(
    rf"/(?:api/v1|apis/(?P<group>{_NAME})/{_VERSION})(?:/namespaces/{_NAME}(?=/))?/(?P<resource>[a-z0-9]{{1,253}})"
)
_DISCOVERY = re.compile(rf"/api/v1|/apis/{_NAME}/{_VERSION}")
_QUERY = {
    "limit": re.compile("[0-9]{1,5}"),
    "continue": re.compile("[!-~]{1,8192}"),
    "verbose": re.compile(""),
}


class RefusedRequest(Exception):  # noqa: N818 - it names what happened
    """Code of ours tried to make a request that is not allowed. Always a bug, and never sent."""


def refuse_unlisted(method: str, path: str, query: Mapping[str, str], *, with_secrets: bool = False) -> None:
    """Raise RefusedRequest unless this exact request is one that a survey makes."""
    allowed = _may_be_posted(path, query) if method == "POST" else method == "GET" and _may_be_got(path, with_secrets)
    if not allowed or not all(name in _QUERY and _QUERY[name].fullmatch(value) for name, value in query.items()):
        raise RefusedRequest(f"{method} {path[:200]!r} is not among the requests that kubesurvey makes")


def may_be_listed(path: str, *, with_secrets: bool = False) -> bool:
    """Whether the path is that of a list that a survey reads. A server may call its resources what it likes."""
    return _LIST.fullmatch(path) is not None and _may_be_got(path, with_secrets)


def may_be_discovered(group: str, version: str) -> bool:
    """Whether one can ask what this version of a group serves. A server may call its groups what it likes."""
    return _DISCOVERY.fullmatch(f"/apis/{group}/{version}") is not None


def is_continue_token(text: str) -> bool:
    """Whether this can be sent back as where a list goes on."""
    return _QUERY["continue"].fullmatch(text) is not None


def _may_be_posted(path: str, query: Mapping[str, str]) -> bool:
    return path in REVIEWS.values() and not query


def _may_be_got(path: str, with_secrets: bool) -> bool:
    if path in PATHS or _DISCOVERY.fullmatch(path):
        return True
    match = _LIST.fullmatch(path)
    if match is None:
        return False
    group, resource = match["group"] or "", match["resource"]
    if (group, resource) == (SECRETS.group, SECRETS.plural):
        return with_secrets
    return (group in EVERY_KIND_OF and resource not in _NEVER) or (group, resource) in _RESOURCES


_NEVER = frozenset({"attach", "exec", "log", "portforward", "proxy", "watch"})  # whoever makes kinds up may like these
_RESOURCES = frozenset((kind.group, kind.plural) for kind in SURVEYED.values()) | frozenset(
    # Homes that kinds had on old servers; discovery says which of them a server still serves.
    ("extensions", plural)
    for plural in ("daemonsets", "deployments", "ingresses", "networkpolicies", "replicasets")
)

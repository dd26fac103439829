"""Takes values out of Azure's answers before anything of them reaches the disk."""

from __future__ import annotations

from collections import Counter
from typing import Any

from collectors.azure.answers import Body
from collectors.evidence.detect import classify
from collectors.evidence.marker import marker, written
from collectors.evidence.places import plain
from collectors.evidence.redact import redact

# Fields of the managed cluster that hold a credential whatever it looks like, or did in some API version.
_SECRET_FIELDS = frozenset(
    [
        *("adminpassword", "clientsecret", "connectionstring", "kubeconfig", "kubeconfigs", "password"),
        *("primarykey", "secondarykey", "secret", "serverappsecret", "sharedkey", "storageaccountkey", "workspacekey"),
    ]
)
_DEEPEST = 100


def without_secrets(body: Body, key: bytes) -> Counter[str]:
    """Replace values of one answer in place; returns how many were replaced, by why.

    `key` is random for each collection and must never be stored.
    """
    counts: Counter[str] = Counter()
    for each in body if isinstance(body, list) else [body]:
        if isinstance(each, dict):
            counts += redact(each, key)
    _fields(body, key, counts, 0)
    return counts


def _fields(node: Any, key: bytes, counts: Counter[str], depth: int) -> None:
    if isinstance(node, list) and depth < _DEEPEST:
        for each in node:
            _fields(each, key, counts, depth + 1)
    if not isinstance(node, dict) or depth >= _DEEPEST:
        return
    for name, value in node.items():
        # What looks like a marker by now is one: the walk before this one replaced what only pretended to be.
        marked = isinstance(value, str) and marker(value) is not None
        named = name.lower().replace("_", "") in _SECRET_FIELDS
        if named and not marked and value not in (None, "", [], {}):
            text = plain(value)
            node[name] = written(text, "credential", classify(text, name), key)
            counts["credential"] += 1
        else:
            _fields(value, key, counts, depth + 1)

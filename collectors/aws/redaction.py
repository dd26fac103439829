"""Takes values out of AWS's answers before anything of them reaches the disk.

What AWS itself writes (names, ARNs, versions, settings) stays. Tags, labels and settings of add-ons are written
freely by people: of those only what is plainly harmless stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from collectors.evidence.detect import NONE, classify
from collectors.evidence.harmless import is_harmless
from collectors.evidence.item import Redaction
from collectors.evidence.marker import marker, written
from collectors.evidence.redact import redact
from collectors.evidence.secret_names import promises_credential

_FREELY_WRITTEN = ("tags", "labels")
# Settings of an add-on are YAML or JSON in a text; an activation code registers a cluster with EKS.
_WHOLE = ("configurationValues", "activationCode", "clientRequestToken")
# User data is the script that a machine starts with, and may hold anything.
_CUT = ("certificateAuthority", "Tags", "TagSpecifications", "UserData")


def redacted(body: dict[str, Any], key: bytes) -> tuple[dict[str, Any], tuple[Redaction, ...]]:
    """The body with values replaced, in place, and how many by why.

    `key` is random for each collection and must never be stored. What is public but large, or written by people,
    and which no table reads, is cut.
    """
    counts = redact(body, key)
    for node in _nodes(body):
        for name in _CUT:
            if node.pop(name, None) is not None:
                counts["cut"] += 1
        for name in _WHOLE:
            if node.get(name) is not None:
                _replace(node, name, key, counts)
        for name in _FREELY_WRITTEN:
            _freely_written(node.get(name), key, counts)
    return body, tuple(Redaction(why, count) for why, count in sorted(counts.items()))


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every mapping of an answer, which is not deep any more."""
    if isinstance(value, dict):
        yield value
    for each in list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _nodes(each)


def _freely_written(held: Any, key: bytes, counts: Counter[str]) -> None:
    for name, value in list(held.items()) if isinstance(held, dict) else ():
        if value is not None and (promises_credential(str(name)) or not is_harmless(str(value))):
            _replace(held, name, key, counts)


def _replace(node: dict[str, Any], name: str, key: bytes, counts: Counter[str]) -> None:
    text = str(node[name])
    if marker(text) is not None:
        return
    class_ = classify(text, name)
    why = "literal" if class_ == NONE else "credential"
    node[name] = written(text, why, class_, key)
    counts[why] += 1

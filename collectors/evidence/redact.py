"""Takes values out of Kubernetes objects before anything of them reaches the disk.

Every value that could be a secret is replaced by a marker that keeps what detection needs: why it was
replaced, what kind of credential it looked like, its length, and a hash under a key that is never stored.
Where people write freely (environment, arguments, annotations, configuration, messages) a value stays only
when it is plainly harmless; everywhere else it goes when its name or its shape betrays a credential.
Keys stay, lists keep their length, so that tables see the shape of the object that was there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from collectors.evidence.builtin_kinds import PASSED_BY, is_builtin
from collectors.evidence.detect import CREDENTIAL_CLASSES, NONE, TEMPLATE, classify, kind_of
from collectors.evidence.harmless import is_harmless
from collectors.evidence.marker import PREFIX, Marker, marker
from collectors.evidence.places import Object, Places, plain
from collectors.evidence.secret_names import promises_credential

__all__ = ["CREDENTIAL_CLASSES", "Marker", "marker", "redact"]


def redact(obj: Object, key: bytes) -> Counter[str]:
    """Replace values of one parsed Kubernetes object in place; returns how many were replaced, by why.

    `key` is random for each collection and must never be stored.
    """
    redaction = _Redaction(key, is_builtin(obj.get("apiVersion")))
    redaction.object(obj)
    return redaction.counts


class _Redaction(Places):
    """The walk over one object. `builtin` says that the fields are those of Kubernetes itself, of which many
    can hold no secret and are passed by."""

    __slots__ = ("builtin", "depth", "roads")

    def __init__(self, key: bytes, builtin: bool) -> None:
        super().__init__(key)
        self.builtin = builtin
        self.depth = 0
        self.roads = _ROADS

    # objects

    def object(self, obj: Object, kind: str = "") -> None:
        """An object, or a node that has the shape of one; `kind` is what its list says when it says nothing."""
        kind = str(obj.get("kind") or kind).lower()
        done: tuple[str, ...] = ("data", "binaryData")
        if kind.startswith("controllerrevision"):
            self.whole(obj, "data", "configuration")
        elif kind == "configmap":
            self.configuration(obj)
        elif kind == "ingress":
            self.paths(obj)
        elif kind == "secret" or (not kind and "data" in obj):
            self.whole(obj, "data", "secret-data")
        else:
            done = ()
        if kind == "customresourcedefinition":
            self.schema(obj)
            return
        if kind.endswith("list") and isinstance(obj.get("items"), list):
            done += ("items",)
            for item in obj["items"]:
                if isinstance(item, dict):
                    self.object(item, kind[:-4])
        self.walk(obj, done)

    def paths(self, obj: Object) -> None:
        """The rules of an Ingress: unlike other rules they hold paths, and a path may hold what lets one in."""
        spec = obj.get("spec")
        rules = spec.get("rules") if isinstance(spec, dict) else None
        if isinstance(rules, list):
            self.elements(rules, "rules")

    def schema(self, obj: Object) -> None:
        """A CustomResourceDefinition: under `env` and `annotations` it describes fields and holds no values."""
        metadata = obj.get("metadata")
        if isinstance(metadata, dict):
            self.walk(metadata)
        self.roads = {}
        self.walk(obj, ("metadata",))
        self.roads = _ROADS

    def walk(self, node: Object, done: tuple[str, ...] = ()) -> None:
        """The general road: every key of a node, except those done already and those passed by."""
        passed = PASSED_BY if self.builtin else _PASSED_ANYWHERE
        for key, value in node.items():
            if key in passed or key in done:
                continue
            kind = type(value)
            if kind is str:
                self.text(node, key, value)
            elif kind is dict or kind is list:
                if value:
                    self.branch(node, key, value)
            elif kind is not bool and value is not None and not self.builtin and promises_credential(str(key)):
                node[key] = self.mark(value, "credential", classify(str(value), str(key)))

    def branch(self, node: Object, key: str, value: Any) -> None:
        """A map or a list, by the road that its key asks for."""
        self.depth += 1
        road = self.roads.get(key)
        if self.depth > _DEEPEST:
            node[key] = self.mark("", "literal", NONE)
        elif road is not None:
            road(self, node, key, value)
        elif type(value) is dict:
            self.inner(value)
        elif self.roads and str(key).lower().endswith("args"):
            self.arguments(node, key, value)
        else:
            self.elements(value, str(key))
        self.depth -= 1

    def inner(self, node: Object) -> None:
        """A node inside an object: an object itself when it has a kind and data, a named value, or plain."""
        if "kind" in node and ("data" in node or "stringData" in node):
            self.object(node)
        elif not self.builtin and "value" in node and ("name" in node or "key" in node):
            self.named(node)
            self.walk(node, ("name", "key", "value") if type(node["value"]) is str else ())
        elif not self.builtin and type(node.get("values")) is list and promises_credential(str(node.get("key"))):
            node["values"] = [self.mark(each, "credential", classify(plain(each), "token")) for each in node["values"]]
            self.walk(node, ("key", "values"))
        else:
            self.walk(node)

    def elements(self, values: list[Any], key: str) -> None:
        """The elements of a list, each under the name of the list."""
        for position, value in enumerate(values):
            kind = type(value)
            if kind is dict:
                self.inner(value)
            elif kind is list:
                self.depth += 1
                if self.depth > _DEEPEST:
                    values[position] = self.mark("", "literal", NONE)
                else:
                    self.elements(value, key)
                self.depth -= 1
            elif kind is str:
                class_ = self.betrayed(value, key)
                if class_ is not None:
                    values[position] = self.mark(value, "credential", class_)

    def text(self, node: Object, key: str, value: str) -> None:
        """A string outside the places where people write freely."""
        if key in _FREE_TEXT:
            if not is_harmless(value):
                node[key] = self.mark(value, "literal", classify(value, key))
            return
        class_ = self.betrayed(value, key)
        if class_ is not None:
            node[key] = self.mark(value, "credential", class_)

    def betrayed(self, value: str, key: str) -> str | None:
        """The class of a string that its name or its shape betrays; None when it may stay."""
        if PREFIX in value:
            return classify(value, key)
        if len(value) > 11:
            one_word = self.builtin or not ("\n" in value or ": " in value)
            class_ = kind_of(value) if one_word else classify(value)
            if class_ not in (NONE, TEMPLATE):
                return class_
        if not promises_credential(str(key)):
            return None
        class_ = classify(value, key)
        return None if class_ == NONE and (self.builtin or is_harmless(value)) else class_


# Kubernetes objects stay far below this; what is deeper is dropped, for nobody could write it down again.
_DEEPEST = 100
_PASSED_ANYWHERE = frozenset(("managedFields", "ownerReferences", "labels", "apiVersion", "kind", "uid"))
_FREE_TEXT = frozenset(("message", "note", "command", "script", "args", "env", "annotations", "stringData",
                        "userData", "customData", "match"))  # fmt: skip
_ROADS: dict[str, Callable[[_Redaction, Object, str, Any], None]] = {
    "annotations": _Redaction.annotations,
    "env": _Redaction.environment,
    "args": _Redaction.arguments,
    "command": _Redaction.arguments,
    "httpHeaders": _Redaction.headers,
    "mountOptions": _Redaction.options,
    "substitute": _Redaction.environment,
    "stringData": _Redaction.secret,
}

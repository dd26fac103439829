"""Takes values out of Kubernetes objects before anything of them reaches the disk.

Every value that could be a secret is replaced by a marker that keeps what detection needs: why it was
replaced, what kind of credential it looked like, its length, and a hash under a key that is never stored.
Where people write freely (environment, arguments, annotations, configuration, messages) a value stays only
when it is plainly harmless; everywhere else it goes when its name or its shape betrays a credential.
Keys stay, lists keep their length, so that tables see the shape of the object that was there.
"""

from __future__ import annotations

import dataclasses
import hmac
import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from collectors.evidence.annotations import may_stay
from collectors.evidence.builtin_kinds import KEPT_CONFIGURATION, PASSED_BY, is_builtin
from collectors.evidence.detect import CREDENTIAL_CLASSES, NONE, TEMPLATE, classify, kind_of
from collectors.evidence.harmless import flag_of, is_harmless, is_harmless_flag
from collectors.evidence.secret_names import promises_credential

__all__ = ["CREDENTIAL_CLASSES", "Marker", "marker", "redact"]

PREFIX = "~redacted:"
_MARKER = re.compile(
    r"(?:--?[A-Za-z0-9._-]+=)?~redacted:([a-z-]+):([a-z0-9-]+):length=(\d+):mac=([0-9a-f]{8})"
)
Object = dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Marker:
    """What is known of a replaced value. `length` is in characters, `mac` tells equal values of one
    collection from different ones."""

    why: str
    class_: str
    length: int
    mac: str

    @property
    def is_credential(self) -> bool:
        """Whether the value looked like a credential standing in plain sight."""
        return self.class_ in CREDENTIAL_CLASSES


def marker(text: str) -> Marker | None:
    """The marker that this text is, alone or as the value of a flag ("--token=~redacted:...")."""
    found = _MARKER.fullmatch(text)
    return Marker(found[1], found[2], int(found[3]), found[4]) if found else None


def redact(obj: Object, key: bytes) -> Counter[str]:
    """Replace values of one parsed Kubernetes object in place; returns how many were replaced, by why.

    `key` is random for each collection and must never be stored.
    """
    redaction = _Redaction(key, is_builtin(obj.get("apiVersion")))
    redaction.object(obj)
    return redaction.counts


class _Redaction:
    """The walk over one object. `builtin` says that the fields are those of Kubernetes itself, of which many
    can hold no secret and are passed by."""

    __slots__ = ("builtin", "counts", "key", "roads")

    def __init__(self, key: bytes, builtin: bool) -> None:
        self.key = key
        self.builtin = builtin
        self.roads = _ROADS
        self.counts: Counter[str] = Counter()

    def mark(self, value: Any, why: str, class_: str) -> str:
        """The marker of a value."""
        text = _plain(value)
        self.counts[why] += 1
        mac = hmac.digest(self.key, text.encode(errors="surrogatepass"), "sha256").hex()[:8]
        return f"{PREFIX}{why}:{class_}:length={len(text)}:mac={mac}"

    # objects

    def object(self, obj: Object, kind: str = "") -> None:
        """An object, or a node that has the shape of one; `kind` is what its list says when it says nothing."""
        kind = str(obj.get("kind") or kind).lower()
        done: tuple[str, ...] = ("data", "binaryData")
        if kind.startswith("controllerrevision"):
            self.whole(obj, "data", "configuration")
        elif kind == "configmap":
            self.configuration(obj)
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
            elif (
                kind is not bool and value is not None and not self.builtin and promises_credential(str(key))
            ):
                node[key] = self.mark(value, "credential", classify(str(value), str(key)))

    def branch(self, node: Object, key: str, value: Any) -> None:
        """A map or a list, by the road that its key asks for."""
        road = self.roads.get(key)
        if road is not None:
            road(self, node, key, value)
        elif type(value) is dict:
            self.inner(value)
        elif self.roads and str(key).lower().endswith("args"):
            self.arguments(node, key, value)
        else:
            self.elements(value, str(key))

    def inner(self, node: Object) -> None:
        """A node inside an object: an object itself when it has a kind and data, a named value, or plain."""
        if "kind" in node and ("data" in node or "stringData" in node):
            self.object(node)
        elif not self.builtin and "value" in node and ("name" in node or "key" in node):
            self.named(node)
            self.walk(node, ("name", "key", "value") if type(node["value"]) is str else ())
        else:
            self.walk(node)

    def elements(self, values: list[Any], key: str) -> None:
        """The elements of a list, each under the name of the list."""
        for position, value in enumerate(values):
            kind = type(value)
            if kind is dict:
                self.inner(value)
            elif kind is list:
                self.elements(value, key)
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
            class_ = kind_of(value) if self.builtin or "\n" not in value else classify(value)
            if class_ not in (NONE, TEMPLATE):
                return class_
        if not promises_credential(str(key)):
            return None
        class_ = classify(value, key)
        return None if class_ == NONE and (self.builtin or is_harmless(value)) else class_

    # the places where people write freely

    def whole(self, node: Object, key: str, why: str) -> None:
        """A map of which every value goes; of a ControllerRevision, and of what is no map, all at once."""
        value = node.get(key)
        if isinstance(value, dict) and why == "secret-data":
            for name, secret in value.items():
                if secret is not None:
                    value[name] = self.mark(secret, why, classify(_plain(secret), str(name)))
        elif value is not None:
            node[key] = self.mark(value, why, NONE)

    def secret(self, node: Object, key: str, value: Any) -> None:
        """stringData, of a Secret or of what will make one."""
        self.whole(node, key, "secret-data")

    def configuration(self, obj: Object) -> None:
        """ConfigMap data: short harmless values stay, and those that say how a cluster is set up."""
        metadata = obj.get("metadata")
        name = metadata.get("name") if isinstance(metadata, dict) else None
        for part in ("data", "binaryData"):
            values = obj.get(part)
            if isinstance(values, dict):
                for key, value in values.items():
                    if value is not None and not self.stays(part, str(name), key, value):
                        values[key] = self.mark(value, "configuration", classify(_plain(value), str(key)))
            elif values is not None:
                obj[part] = self.mark(values, "configuration", NONE)

    def stays(self, part: str, name: str, key: str, value: Any) -> bool:
        """Whether a ConfigMap value may stay as it is."""
        if part == "binaryData" or promises_credential(str(key)):
            return False
        if type(value) is not str:
            return not isinstance(value, dict | list)
        if (name, key) in KEPT_CONFIGURATION:
            return PREFIX not in value and classify(value, key) == NONE
        return is_harmless(value)

    def annotations(self, node: Object, key: str, value: Any) -> None:
        """Annotations of an object or of a template."""
        if not isinstance(value, dict):
            self.elements(value, key)
            return
        for name, text in value.items():
            if text is None or (type(text) is str and may_stay(name, text)):
                continue
            applied = "last-applied" in name
            class_ = NONE if applied or type(text) is not str else classify(text, name)
            value[name] = self.mark(text, "annotation", class_)

    def environment(self, node: Object, key: str, value: Any) -> None:
        """env: literal values go, references to other objects stay."""
        if isinstance(value, dict):
            for name, literal in value.items():
                if isinstance(literal, dict | list):
                    self.elements([literal], name)
                elif literal is not None:
                    value[name] = self.mark(literal, "literal", classify(_plain(literal), name))
            return
        for position, variable in enumerate(value):
            if not isinstance(variable, dict):
                if variable is not None:
                    value[position] = self.mark(variable, "literal", classify(_plain(variable)))
                continue
            literal = variable.get("value")
            if literal is not None:
                name = variable.get("name")
                class_ = classify(_plain(literal), name if type(name) is str else "")
                variable["value"] = self.mark(literal, "literal", class_)
            if len(variable) > 2 or (len(variable) == 2 and literal is None):
                self.walk(variable, ("name", "value"))

    def named(self, node: Object) -> None:
        """{name, value} anywhere in a kind that is not one of Kubernetes itself."""
        value, name = node["value"], str(node.get("name") or node.get("key"))
        if type(value) in (str, int, float) and not (
            is_harmless(_plain(value)) and not promises_credential(name)
        ):
            node["value"] = self.mark(value, "literal", classify(_plain(value), name))

    def headers(self, node: Object, key: str, value: Any) -> None:
        """httpHeaders of a probe or a hook."""
        for header in value if isinstance(value, list) else ():
            if isinstance(header, dict) and type(header.get("value")) is str:
                text, name = header["value"], str(header.get("name", ""))
                class_ = classify(text, name)
                if class_ != NONE or promises_credential(name) or not is_harmless(text):
                    header["value"] = self.mark(text, "literal", class_)

    def arguments(self, node: Object, key: str, value: Any) -> None:
        """Arguments and commands; what follows a flag is named by that flag."""
        if isinstance(value, dict):
            self.environment(node, key, value)
            return
        before = ""
        for position, argument in enumerate(value):
            if type(argument) is str:
                value[position] = self.argument(argument, before)
                before = argument if argument[:1] == "-" and "=" not in argument else ""
            elif type(argument) is dict:
                self.inner(argument)
            elif argument is not None and promises_credential(before):
                value[position] = self.mark(argument, "literal", classify(str(argument), before))

    def argument(self, argument: str, before: str) -> str:
        """One argument as it may be stored; a plain flag keeps its name."""
        found = flag_of(argument)
        if found is None:
            if is_harmless(argument) and not (before and promises_credential(before)):
                return argument
            return self.mark_argument(argument, before)
        flag, value = found
        if value is None or (is_harmless_flag(flag, value) and classify(value, flag) == NONE):
            return argument
        return f"{flag}={self.mark_argument(value, flag)}"

    def mark_argument(self, text: str, name: str) -> str:
        class_ = classify(text, name)
        return self.mark(text, "credential" if class_ in CREDENTIAL_CLASSES else "literal", class_)


def _plain(value: Any) -> str:
    """A scalar as Kubernetes would have read it in YAML."""
    return value if type(value) is str else json.dumps(value, default=str, skipkeys=True)


_PASSED_ANYWHERE = frozenset(("managedFields", "ownerReferences", "labels", "apiVersion", "kind", "uid"))
_FREE_TEXT = frozenset(("message", "note", "command", "script", "args", "env", "annotations", "stringData"))
_ROADS: dict[str, Callable[[_Redaction, Object, str, Any], None]] = {
    "annotations": _Redaction.annotations,
    "env": _Redaction.environment,
    "args": _Redaction.arguments,
    "command": _Redaction.arguments,
    "httpHeaders": _Redaction.headers,
    "stringData": _Redaction.secret,
}

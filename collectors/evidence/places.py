"""The places in an object where people write freely: a value stays only when it is plainly harmless."""

from __future__ import annotations

import abc
import json
from collections import Counter
from typing import Any

from collectors.evidence.annotations import may_stay
from collectors.evidence.builtin_kinds import KEPT_CONFIGURATION
from collectors.evidence.detect import CREDENTIAL_CLASSES, NONE, classify
from collectors.evidence.harmless import COMPONENT_FLAGS, flag_of, is_harmless, is_harmless_flag
from collectors.evidence.marker import PREFIX, written
from collectors.evidence.secret_names import promises_credential

Object = dict[str, Any]


class Places(abc.ABC):
    """Replaces what stands in these places, and counts it by why. What else stands there is walked."""

    __slots__ = ("counts", "key", "made")

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.counts: Counter[str] = Counter()
        self.made: set[str] = set()

    @abc.abstractmethod
    def walk(self, node: Object, done: tuple[str, ...] = ()) -> None:
        """Every key of a node but those done already."""

    @abc.abstractmethod
    def inner(self, node: Object) -> None:
        """A node somewhere inside an object."""

    @abc.abstractmethod
    def elements(self, values: list[Any], key: str) -> None:
        """The elements of a list that stands under this key."""

    def mark(self, value: Any, why: str, class_: str) -> str:
        """The marker of a value; one made here stays, for an anchor in YAML brings the walk here twice."""
        if type(value) is str and value in self.made:
            return value
        self.counts[why] += 1
        made = written(plain(value), why, class_, self.key)
        self.made.add(made)
        return made

    def whole(self, node: Object, key: str, why: str) -> None:
        """A map of which every value goes; of a ControllerRevision, and of what is no map, all at once."""
        value = node.get(key)
        if isinstance(value, dict) and why == "secret-data":
            for name, secret in value.items():
                if secret is not None:
                    value[name] = self.mark(secret, why, classify(plain(secret), str(name)))
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
                        values[key] = self.mark(value, "configuration", classify(plain(value), str(key)))
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
                    value[name] = self.mark(literal, "literal", classify(plain(literal), name))
            return
        for position, variable in enumerate(value):
            if not isinstance(variable, dict):
                if variable is not None:
                    value[position] = self.mark(variable, "literal", classify(plain(variable)))
                continue
            literal = variable.get("value")
            if literal is not None:
                name = variable.get("name")
                class_ = classify(plain(literal), name if type(name) is str else "")
                variable["value"] = self.mark(literal, "literal", class_)
            if len(variable) > 2 or (len(variable) == 2 and literal is None):
                self.walk(variable, ("name", "value"))

    def named(self, node: Object) -> None:
        """{name, value} anywhere in a kind that is not one of Kubernetes itself."""
        value, name = node["value"], str(node.get("name") or node.get("key"))
        if type(value) in (str, int, float) and not (is_harmless(plain(value)) and not promises_credential(name)):
            node["value"] = self.mark(value, "literal", classify(plain(value), name))

    def headers(self, node: Object, key: str, value: Any) -> None:
        """httpHeaders of a probe or a hook."""
        for header in value if isinstance(value, list) else ():
            if isinstance(header, dict) and type(header.get("value")) is str:
                text, name = header["value"], str(header.get("name", ""))
                class_ = classify(text, name)
                if class_ != NONE or promises_credential(name) or not is_harmless(text):
                    header["value"] = self.mark(text, "literal", class_)

    def options(self, node: Object, key: str, value: Any) -> None:
        """Options of a mount: words, or several `name=value` in one text."""
        for position, option in enumerate(value if isinstance(value, list) else ()):
            class_ = classify(option) if type(option) is str else NONE
            if class_ != NONE:
                value[position] = self.mark(option, "credential", class_)

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
            elif type(argument) is list:
                value[position] = self.mark(argument, "literal", NONE)
            elif argument is not None and promises_credential(before):
                value[position] = self.mark(argument, "literal", classify(str(argument), before))

    def argument(self, argument: str, before: str) -> str:
        """One argument as it may be stored; a plain flag keeps its name."""
        found = flag_of(argument)
        if found is None:
            if is_harmless(argument) and not (before and promises_credential(before)):
                return argument
            if before in COMPONENT_FLAGS and is_harmless_flag(before, argument) and classify(argument, before) == NONE:
                return argument
            return self.mark_argument(argument, before)
        flag, value = found
        if value is None or (is_harmless_flag(flag, value) and classify(value, flag) == NONE):
            return argument
        return f"{flag}={self.mark_argument(value, flag)}"

    def mark_argument(self, text: str, name: str) -> str:
        class_ = classify(text, name)
        return self.mark(text, "credential" if class_ in CREDENTIAL_CLASSES else "literal", class_)


def plain(value: Any) -> str:
    """A scalar as Kubernetes would have read it in YAML; "" for what is nested too deeply to write down."""
    if type(value) is str:
        return value
    try:
        return json.dumps(value, default=str, skipkeys=True)
    except (RecursionError, ValueError):
        return ""

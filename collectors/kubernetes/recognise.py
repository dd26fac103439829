"""What a parsed value is: an object, a list of objects, a gap, or nothing of Kubernetes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from collectors.kubernetes.dumps.kubelet_answer import ONLY_WHAT_RUNS, tells_only_what_runs
from collectors.kubernetes.kinds import KNOWN, READ_FROM_FILES, kind_of, name_of
from collectors.kubernetes.parts import Foreign, Found, Listed, Part, Unread
from collectors.kubernetes.templates import is_json_patch, is_kustomization

# Files with apiVersion and kind that no API server stores: configuration of programs and of tools.
_CONFIGURATION_KINDS = frozenset({("v1", "Config"), ("v1", "Policy"), ("v1", "Preferences")})
_CONFIGURATION_GROUPS = (".config.k8s.io", "audit.k8s.io", "kubeadm.k8s.io", "kind.x-k8s.io", "k3d.io")
_DEEPEST_LIST = 8
CUT_OFF = "the file is cut off or broken"
LAST_ITEM = "is the last item of a list that is cut off, and may not be all there"


def sort(value: Any, path: str, at: str, line: int, listed: Listed | None = None, deep: int = 0) -> Iterator[Part]:
    """What one parsed document is. A list is taken apart, its items as if each stood alone."""
    if value is None:
        return
    if is_kustomization(path, value):
        yield Unread(at, line, "tells kustomize what to build, and nobody built it", listed)
    elif is_json_patch(value):
        yield Unread(at, line, "is a JSON patch for an object that kustomize builds", listed)
    elif isinstance(value, list) and any(isinstance(one, dict) and kind_of(one) for one in value):
        for index, one in enumerate(value):
            yield from sort(one, path, f"{at}/{index}", line, listed, deep)
    elif not isinstance(value, dict):
        yield Foreign(at, line)
    elif is_list(value) and deep < _DEEPEST_LIST:
        inner = listed_by(value)
        yield inner
        for index, one in enumerate(value["items"] or ()):
            yield from list_item(one, value, inner, path, f"{at}/items/{index}", line, deep + 1)
    elif is_cut_off(value, value.get("items")):
        yield from _beginning_of_a_list(value["items"], path, at, line)
    else:
        yield _one(value, at, line, listed)


def _beginning_of_a_list(items: list[Any], path: str, at: str, line: int) -> Iterator[Part]:
    listed = listed_by({}, short=CUT_OFF)
    yield listed
    for index, one in enumerate(items[:-1]):
        yield from list_item(one, {}, listed, path, f"{at}/items/{index}", line)
    yield Unread(f"{at}/items/{len(items) - 1}", line, LAST_ITEM, listed)


def _one(value: dict[str, Any], at: str, line: int, listed: Listed | None) -> Part:
    kind = kind_of(value)
    metadata = value.get("metadata")
    if kind is None:
        if isinstance(metadata, dict) and metadata.get("name") and ("kind" in value or "apiVersion" in value):
            return Unread(at, line, "has metadata but no apiVersion or no kind", listed)
        return Unread(at, line, "is an item without a kind", listed) if listed else Foreign(at, line)
    if _is_configuration(value, kind):
        return Foreign(at, line)
    if metadata is None and kind not in KNOWN and kind not in READ_FROM_FILES:
        return Foreign(at, line)
    wrong = _wrong_identity(metadata)
    return Unread(at, line, wrong, listed) if wrong else Found(at, line, value, kind, listed)


def _is_configuration(value: dict[str, Any], kind: str) -> bool:
    if kind in READ_FROM_FILES:
        return False
    if (value["apiVersion"], value["kind"]) in _CONFIGURATION_KINDS:
        return True
    return value["apiVersion"].partition("/")[0].endswith(_CONFIGURATION_GROUPS) and kind not in KNOWN


def _wrong_identity(metadata: Any) -> str:
    if metadata is None:
        return ""
    if not isinstance(metadata, dict):
        return "has metadata that is not a mapping"
    for field in ("name", "namespace", "uid"):
        if metadata.get(field) is not None and not isinstance(metadata[field], str):
            return f"has a metadata.{field} that is not text"
    return ""


def is_list(value: dict[str, Any]) -> bool:
    """Whether this is a List or an XList of the API: items, and no spec of its own."""
    kind = value.get("kind")
    items = value.get("items", False)
    named = isinstance(kind, str) and kind.endswith("List") and isinstance(value.get("apiVersion"), str)
    return named and (items is None or isinstance(items, list)) and "spec" not in value


def is_cut_off(value: dict[str, Any], items: Any) -> bool:
    """Whether this is the beginning of a list in YAML, which says its kind only after its items."""
    if is_list(value) or "metadata" in value or "spec" in value or not isinstance(value.get("apiVersion"), str):
        return False
    return isinstance(items, list) and bool(items) and isinstance(items[0], dict) and "metadata" in items[0]


def listed_by(value: dict[str, Any], short: str = "") -> Listed:
    """What a list says of itself. `short` is why it is known to be cut off."""
    metadata = value.get("metadata", {})
    if not isinstance(metadata, dict):
        metadata, short = {}, short or CUT_OFF
    kind = kind_of(value) or ""
    bare = name_of(kind).removesuffix("List")
    return Listed(
        kind=kind.removesuffix("List") if bare else None,
        resource_version=str(metadata.get("resourceVersion") or ""),
        short=short or ("a page is missing" if metadata.get("continue") else ""),
    )


def list_item(
    value: Any, head: dict[str, Any], listed: Listed, path: str, at: str, line: int, deep: int = 1
) -> Iterator[Part]:
    """One item of a list; the items of a typed list need not repeat kind and apiVersion."""
    if value is None:
        return
    if not isinstance(value, dict):
        yield Unread(at, line, "is an item that is not a mapping", listed)
        return
    if listed.kind is not None:
        value.setdefault("kind", name_of(listed.kind))
        value.setdefault("apiVersion", head["apiVersion"])
    if is_list(value):
        yield from sort(value, path, at, line, listed, deep)
    elif tells_only_what_runs(listed, value):
        yield Unread(at, line, ONLY_WHAT_RUNS, listed)
    else:
        yield _one(value, at, line, listed)


def plain(value: Any) -> Any:
    """A copy in JSON types that shares nothing with `value`. Raises TypeError for what JSON cannot carry."""
    return orjson.loads(orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS))

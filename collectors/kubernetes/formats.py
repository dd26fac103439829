"""What the files of a source are together: manifests, a dump or a support bundle; what their places say."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import orjson

from collectors.kubernetes import plain_yaml
from collectors.kubernetes.documents import read_documents
from collectors.kubernetes.file_names import is_named_so, worth_reading
from collectors.kubernetes.kinds import is_namespaced, kind_of_resource
from collectors.kubernetes.own_dump import OwnDump, own_dump
from collectors.kubernetes.parts import Found
from collectors.kubernetes.refusals import Refusal, refusal_in
from collectors.kubernetes.source_file import SourceFile, Unreadable
from collectors.kubernetes.templates import KUSTOMIZATION_NAMES, patches_named_by

_LOOKED_AT_FILES = 100
_LOOKED_AT_OBJECTS = 5
_LOOKED_AT_BYTES = (16 << 10, 1 << 20, None)  # more is read only while not one object was seen
_STDERR_BYTES = 64 << 10
_SMALL_BYTES = 1 << 20
_BUNDLE_FOLDER = "cluster-resources"


@dataclass(frozen=True, slots=True)
class Format:
    """What a first look at all files tells. `patches` maps a file to the kustomization that names it.

    `refusals` maps the path of a list to what kubectl said when it was asked. `source` is "manifests", "dump"
    or "support-bundle"; `basis` "declared" or "running"; `own` what the files of our own script say of each other.
    """

    source: str
    basis: str
    server_version: str | None
    patches: Mapping[str, str] = field(default_factory=dict)
    refusals: Mapping[str, Refusal] = field(default_factory=dict)
    namespace_folders: frozenset[str] = frozenset()
    own: OwnDump = field(default_factory=OwnDump)

    def namespace_of(self, path: str, kind: str) -> str | None:
        """The namespace that the place of a typed list says it lists, "*" for a cluster-scoped kind.

        None when the place says nothing: outside support bundles, `cluster-info dump` and must-gather, and
        where the name of the file is not that of its kind.
        """
        parts = path.removesuffix(".gz").split("/")
        stem = posixpath.splitext(parts[-1])[0]
        folder = "/".join(parts[:-1])
        if folder in self.namespace_folders:  # cluster-info dump: <namespace>/<kind>.json
            return parts[-2] if kind_of_resource(stem) == kind and is_namespaced(kind) else None
        if len(parts) >= 2 and parts[-2] == _BUNDLE_FOLDER:  # support bundle: cluster-resources/<kind>.json
            return "*" if is_namespaced(kind) is False and kind_of_resource(stem) == kind else None
        if len(parts) >= 3 and parts[-3] == _BUNDLE_FOLDER:  # cluster-resources/<kind>/<namespace>.json
            return stem if is_namespaced(kind) and kind_of_resource(parts[-2]) == kind else None
        if len(parts) >= 4 and parts[-4] == "namespaces":  # must-gather: namespaces/<it>/<group>/<kind>.yaml
            group = "" if parts[-2] == "core" else "." + parts[-2]
            return parts[-3] if kind_of_resource(stem + group) == kind and is_namespaced(kind) else None
        return None

    def is_refused_somewhere(self, kind: str) -> bool:
        """Whether kubectl was refused this kind in any of the files."""
        return any(refusal.kind == kind for refusal in self.refusals.values())


def first_look(files: Sequence[SourceFile]) -> Format:
    """Read a little of the files, to know what all of them are before the first claim is made."""
    patches: dict[str, str] = {}
    refusals: dict[str, Refusal] = {}
    versions: set[str] = set()
    for file in files:
        name = posixpath.basename(file.path)
        if name in KUSTOMIZATION_NAMES:
            patches |= dict.fromkeys(patches_named_by(file.path, _yaml_value(file)), file.path)
        elif name.endswith(".err"):
            refusals |= _refusals(file, {other.path for other in files})
        elif name in ("version.json", "cluster_version.json"):
            versions |= _server_version(file, name)
    own = own_dump(files)
    running = own is not None or _is_running(files)
    bundle = any(_BUNDLE_FOLDER in file.path.split("/")[:-1] for file in files)
    return Format(
        source=("support-bundle" if bundle else "dump") if running else "manifests",
        basis="running" if running else "declared",
        server_version=versions.pop() if len(versions) == 1 else None,
        patches=patches,
        refusals=refusals | dict(own.refusals if own else {}),
        namespace_folders=_namespace_folders({file.path for file in files}),
        own=own or OwnDump(),
    )


def _namespace_folders(paths: set[str]) -> frozenset[str]:
    """The folders of `kubectl cluster-info dump`, which alone writes replication-controllers.json."""
    folders = {posixpath.dirname(path) for path in paths if path.endswith("/replication-controllers.json")}
    return frozenset(folder for folder in folders if _beside(folder, "nodes.json") in paths)


def _beside(folder: str, name: str) -> str:
    return posixpath.join(posixpath.dirname(folder), name)


def _is_running(files: Sequence[SourceFile]) -> bool:
    """Whether most objects carry what only an API server sets: a uid and a resourceVersion."""
    candidates = [file for file in files if not file.trouble and is_named_so(file.path)] or [
        file for file in files if not file.trouble and _worth_reading(file)
    ]
    step = max(1, len(candidates) // _LOOKED_AT_FILES)
    for size in _LOOKED_AT_BYTES:
        looked_at = [obj for file in candidates[::step] for obj in _some_objects(file, size)]
        metadata = [obj.get("metadata") or {} for obj in looked_at]
        stored = sum(bool(one.get("uid") and one.get("resourceVersion")) for one in metadata)
        if looked_at:
            return stored * 2 > len(looked_at)
    return False


def _worth_reading(file: SourceFile) -> bool:
    try:
        return worth_reading(file.path, file.beginning)
    except Unreadable:
        return False


def _some_objects(file: SourceFile, size: int | None) -> Iterable[dict[str, Any]]:
    try:
        text = file.get(size)
    except Unreadable:
        return
    if len(text) == size and text.lstrip()[:1] != b"{":
        text = _whole_items(text)
    found = (part.object for part in read_documents(text, file.path) if isinstance(part, Found))
    yield from islice(found, _LOOKED_AT_OBJECTS)


def _whole_items(text: bytes) -> bytes:
    """YAML that was cut at some byte, cut again where an item or a document ends."""
    cut = max(text.rfind(b"\n- "), text.rfind(b"\n---"))
    return text[: cut + 1] if cut > 0 else text


def _yaml_value(file: SourceFile) -> Any:
    try:
        chunk = next(plain_yaml.split(file.beginning(_SMALL_BYTES)), None)
        return None if chunk is None else plain_yaml.read(chunk)
    except (Unreadable, plain_yaml.UnreadableYaml):
        return None


def _refusals(file: SourceFile, paths: set[str]) -> dict[str, Refusal]:
    try:
        said = file.beginning(_STDERR_BYTES).decode("utf-8", "replace")
    except Unreadable as error:
        said = f"error: what kubectl said {error}"
    stem = file.path.removesuffix(".err")
    lists = [path for path in _lists_named(stem) if path in paths]
    found = refusal_in(said, posixpath.basename(stem))
    return dict.fromkeys(lists or [file.path], found) if found else {}


def _lists_named(stem: str) -> list[str]:
    return [stem + ending for ending in ("", ".json", ".json.gz", ".yaml", ".yaml.gz", ".yml")]


def _server_version(file: SourceFile, name: str) -> set[str]:
    """ "1.34" from `kubectl version -o json`, or from the file of a support bundle; empty when not there."""
    try:
        value = orjson.loads(file.beginning(_SMALL_BYTES))
    except (Unreadable, orjson.JSONDecodeError):
        return set()
    if not isinstance(value, dict):
        return set()
    server = value.get("serverVersion" if name == "version.json" else "info")
    text = str(server.get("gitVersion", "")) if isinstance(server, dict) else ""
    match = re.match(r"v?(\d+\.\d+)", text)
    return {match.group(1)} if match else set()

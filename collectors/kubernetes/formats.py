"""What the files of a source are together: manifests, a dump or a support bundle; what their places say."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import orjson

from collectors.kubernetes import plain_yaml
from collectors.kubernetes.documents import read_documents
from collectors.kubernetes.dumps import layouts_of, must_gather, support_bundle
from collectors.kubernetes.dumps.kubelet_answer import was_seen_by_a_kubelet
from collectors.kubernetes.dumps.place import Layout, Place, alone_in_their_kind, kind_called
from collectors.kubernetes.file_names import is_named_so, worth_reading
from collectors.kubernetes.own_dump import OwnDump, own_dump
from collectors.kubernetes.parts import Found, Listed, Part
from collectors.kubernetes.refusals import Refusal, refusal_in
from collectors.kubernetes.source_file import SourceFile, Unreadable
from collectors.kubernetes.templates import KUSTOMIZATION_NAMES, patches_named_by

_LOOKED_AT_FILES = 100
_LOOKED_AT_PARTS = 6  # a list and five objects
_LOOKED_AT_BYTES = (16 << 10, 1 << 20, None)  # more is read only while not one object was seen
_STDERR_BYTES = 64 << 10
_SMALL_BYTES = 1 << 20
# `kubectl version -o json`, and the file of a support bundle.
_SERVER_VERSION_IN = {"version.json": "serverVersion", "cluster_version.json": "info"}


@dataclass(frozen=True, slots=True)
class Format:
    """What a first look at all files tells. `patches` maps a file to the kustomization that names it.

    `refusals` maps the path of a list to what kubectl said when it was asked. `source` is "manifests", "dump"
    or "support-bundle"; `basis` "declared" or "running"; `own` what the files of our own script say of each other;
    `layouts` the dumps of others that we know. `alone` names the files that no other can list the same kind as.
    """

    source: str
    basis: str
    server_version: str | None
    patches: Mapping[str, str] = field(default_factory=dict)
    refusals: Mapping[str, Refusal] = field(default_factory=dict)
    own: OwnDump = field(default_factory=OwnDump)
    layouts: tuple[Layout, ...] = ()
    alone: Mapping[str, str] = field(default_factory=dict)

    def place_of(self, path: str) -> Place | None:
        """Of which kind and namespace a list at this path is, in a dump that we know; None when it does not say."""
        return next((layout.places[path] for layout in self.layouts if path in layout.places), None)

    def kind_called(self, path: str) -> str | None:
        """The kind that the file at this path is called after; None when it is called after none."""
        return kind_called(path.removesuffix(".err"), self.place_of(path))

    def is_other(self, path: str) -> bool:
        """Whether this file of a dump that we know is no object, whatever it looks like: a log, metrics."""
        return any(path in layout.other for layout in self.layouts)

    def is_refused_somewhere(self, kind: str) -> bool:
        """Whether kubectl was refused this kind in any of the files."""
        return any(refusal.kind == kind for refusal in self.refusals.values())


def first_look(files: Sequence[SourceFile]) -> Format:
    """Read a little of the files, to know what all of them are before the first claim is made."""
    paths = dict.fromkeys(file.path for file in files)
    layouts = layouts_of(paths)
    other = {path for layout in layouts for path in layout.other}
    patches: dict[str, str] = {}
    refusals: dict[str, Refusal] = {}
    versions: set[str] = set()
    for file in (each for each in files if each.path not in other):
        name = posixpath.basename(file.path)
        if name in KUSTOMIZATION_NAMES:
            patches |= dict.fromkeys(patches_named_by(file.path, _yaml_value(file)), file.path)
        elif name.endswith(".err"):
            refusals |= _refusals(file, paths.keys())
        elif support_bundle.is_of_errors(file.path):
            refused = support_bundle.refusal_told(file.path, _json_value(file))
            refusals |= {file.path: refused} if refused else {}
        else:
            versions |= _server_version(file, name)
    own = own_dump(files)
    running = own is not None or _is_running(files)
    bundle = any(support_bundle.FOLDER in path.split("/")[:-1] for path in paths)
    return Format(
        source=("support-bundle" if bundle else "dump") if running else "manifests",
        basis="running" if running else "declared",
        server_version=versions.pop() if len(versions) == 1 else None,
        patches=patches,
        refusals=refusals | dict(own.refusals if own else {}),
        own=own or OwnDump(),
        layouts=layouts if running else (),
        alone=alone_in_their_kind(paths, layouts),
    )


def _is_running(files: Sequence[SourceFile]) -> bool:
    """Whether most objects carry what only a cluster sets: a uid, and a resourceVersion or a kubelet's note.

    Where there is not one object, whether an API server wrote one of the empty lists.
    """
    candidates = [file for file in files if not file.trouble and is_named_so(file.path)] or [
        file for file in files if not file.trouble and _worth_reading(file)
    ]
    step = max(1, len(candidates) // _LOOKED_AT_FILES)
    answered = False
    for size in _LOOKED_AT_BYTES:
        looked_at = [part for file in candidates[::step] for part in _some_parts(file, size)]
        found = [part.object for part in looked_at if isinstance(part, Found)]
        answered |= any(isinstance(part, Listed) and part.kind and part.resource_version for part in looked_at)
        if found:
            return sum(map(_is_of_a_cluster, found)) * 2 > len(found)
    return answered


def _is_of_a_cluster(obj: Mapping[str, Any]) -> bool:
    metadata = obj.get("metadata") or {}
    return bool(metadata.get("uid") and (metadata.get("resourceVersion") or was_seen_by_a_kubelet(metadata)))


def _worth_reading(file: SourceFile) -> bool:
    try:
        return worth_reading(file.path, file.beginning)
    except Unreadable:
        return False


def _some_parts(file: SourceFile, size: int | None) -> Iterable[Part]:
    """The lists and the first objects of a file, or of its first bytes."""
    try:
        text = file.get(size)
    except Unreadable:
        return
    if len(text) == size and text.lstrip()[:1] != b"{":
        text = _whole_items(text)
    parts = (part for part in read_documents(text, file.path) if isinstance(part, Found | Listed))
    yield from islice(parts, _LOOKED_AT_PARTS)


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


def _json_value(file: SourceFile) -> Any:
    try:
        return orjson.loads(file.beginning(_SMALL_BYTES))
    except (Unreadable, orjson.JSONDecodeError):
        return None


def _refusals(file: SourceFile, paths: Collection[str]) -> dict[str, Refusal]:
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
    """ "1.34" where the file is one that says it (`kubectl version -o json`, say); else empty."""
    found = None
    if name in _SERVER_VERSION_IN:
        value = _json_value(file)
        server = value.get(_SERVER_VERSION_IN[name]) if isinstance(value, dict) else None
        found = re.match(r"v?(\d+\.\d+)", str(server.get("gitVersion", ""))) if isinstance(server, dict) else None
    elif file.path.endswith(must_gather.VERSION_FILE):
        said = must_gather.server_version(_yaml_value(file))
        return {said} if said else set()
    return {found.group(1)} if found else set()

"""The files of `kubesurvey permissions --dump-script`: which of them are whole, and what each of these proves.

Beside every answer stands an `.asked` file with the command line, the exit status and checksums. A list that was
asked for in so many words, that ended well and has not been changed since, claims its kind to the end, empty or not.
Checksums tell accidents and redactions, not forgers: whoever hands over a dump can always hand over another.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from collectors.evidence.item import WHOLE_CLUSTER, Claim
from collectors.kubernetes.checksum import posix_checksum
from collectors.kubernetes.dump_script import DISCOVERY, DISCOVERY_COMMAND, EVERYWHERE, HEADER, request
from collectors.kubernetes.extensions import EVERY_KIND_OF
from collectors.kubernetes.kinds import kind_of_resource
from collectors.kubernetes.own_pages import METRICS, READINESS, VERSION, claims_of_pages
from collectors.kubernetes.refusals import Refusal, refusal_in
from collectors.kubernetes.roles import rule_that_opens
from collectors.kubernetes.source_file import SourceFile, Unreadable
from collectors.kubernetes.surveyed import SECRETS, SURVEYED

_ASKED = ".asked"
_ASKED_BYTES = 64 << 10
_BY_RESOURCE = {request(known.kind, EVERYWHERE).file.removesuffix(".json"): known.kind
                for known in (*SURVEYED.values(), SECRETS)}  # fmt: skip
_FIELDS = ("file", "kind", "scope", "command", "started", "ended", "status", "answer", "beside")


@dataclass(frozen=True, slots=True)
class AskedList:
    """A list as it was asked for; namespace None is the whole cluster."""

    kind: str
    namespace: str | None

    def claim(self, shown: Mapping[str, set[str | None]]) -> Claim:
        """What the list proves, given the kinds and namespaces of the objects in it."""
        namespaces = shown.get(self.kind, set())
        inside = self.namespace is None or namespaces <= {self.namespace}
        if set(shown) <= {self.kind} and inside:
            return Claim(self.kind, self.namespace or WHOLE_CLUSTER, True)
        return Claim(self.kind, self.namespace or WHOLE_CLUSTER, False, "holds objects that were not asked for")


@dataclass(frozen=True, slots=True)
class OwnDump:
    """What the files of our script say of each other, by path.

    `lists` and `pages` are sound; `refusals` say what is wrong with each of the others; `claims` is what files prove
    that are no lists: the kinds that the server does not have, and what it says of itself.
    """

    lists: Mapping[str, AskedList] = field(default_factory=dict)
    refusals: Mapping[str, Refusal] = field(default_factory=dict)
    claims: Mapping[str, tuple[Claim, ...]] = field(default_factory=dict)
    pages: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Asked:
    """One `.asked` file: the path of its answer, its fields, and the answer itself where it is there."""

    path: str
    root: str
    said: Mapping[str, str]
    answer: SourceFile | None
    beside: SourceFile | None


def own_dump(files: Sequence[SourceFile]) -> OwnDump | None:
    """What these files are as a dump of ours; None when not one of them is of our script."""
    by_path = {file.path: file for file in files}
    asked = [found for file in files if file.path.endswith(_ASKED) and (found := _asked(file, by_path))]
    if not asked:
        return None
    roots = {each.root for each in asked}
    lists: dict[str, AskedList] = {}
    refusals = {path: _not_recorded(path) for path in by_path if _is_list_below(path, roots)}
    claims: dict[str, tuple[Claim, ...]] = {}
    pages: set[str] = set()
    for each in asked:
        refusals.pop(each.path, None)
        wrong = _SEVERAL if len(roots) > 1 else _trouble(each)
        if posixpath.basename(each.path) == DISCOVERY and not wrong:
            claims[each.path] = tuple(Claim(kind, WHOLE_CLUSTER, True) for kind in _absent(each))
        elif wrong:
            refusals[each.path] = wrong
        elif each.said["kind"]:
            lists[each.path] = _list(each)
        elif posixpath.basename(each.path) in (VERSION, READINESS, METRICS):
            pages.add(each.path)
    return OwnDump(lists, refusals, claims | claims_of_pages(pages), frozenset(pages))


_SEVERAL = Refusal("failed", "several dumps lie in one source: name each as a cluster of its own", None)


def _asked(file: SourceFile, by_path: Mapping[str, SourceFile]) -> _Asked | None:
    """The fields of an `.asked` file; None when it is not whole or not of our script."""
    try:
        lines = file.beginning(_ASKED_BYTES).decode("utf-8", "replace").splitlines()
    except Unreadable:
        return None
    pairs = [line.partition(": ")[::2] for line in lines[1:-1]]
    fields = tuple(name.rstrip(":") for name, _ in pairs)
    if not lines or lines[0] != HEADER or lines[-1] != "end" or fields != _FIELDS:
        return None
    said = {name.rstrip(":"): value for name, value in pairs}
    stem = posixpath.splitext(said["file"])[0]
    if not said["file"] or not f"/{file.path}".endswith(f"/{stem}{_ASKED}"):
        return None
    root = file.path[: -len(stem + _ASKED)]
    answer, beside = root + said["file"], f"{root}{stem}.err"
    return _Asked(answer, root, said, by_path.get(answer), by_path.get(beside))


def _trouble(asked: _Asked) -> Refusal | None:
    """Why the answer proves nothing, or None when it is what was asked for, whole and as it was written."""
    kind, scope = asked.said["kind"], asked.said["scope"]
    namespace = None if scope == EVERYWHERE else scope
    outcome, reason = "failed", ""
    if not _as_asked(asked):
        reason = "was not asked for as the script asks"
    elif not (_is_unchanged(asked.answer, asked.said["answer"]) and _is_unchanged(asked.beside, asked.said["beside"])):
        reason = "was changed, or cut short, after it was written"
    elif said := _said_beside(asked):
        outcome, reason = said.outcome, said.reason
    elif asked.said["status"] != "0":
        reason = f"kubectl ended with status {asked.said['status']}"
    closed_by = f"{rule_that_opens(kind, namespace)}, and the script run again" if kind else ""
    return Refusal(outcome, reason, kind or None, namespace, closed_by) if reason else None


def _said_beside(asked: _Asked) -> Refusal | None:
    return refusal_in(asked.beside.read().decode("utf-8", "replace"), "") if asked.beside else None


def _not_recorded(path: str) -> Refusal:
    """A list without its `.asked`: the name of the file still says which kind it would have been of."""
    folder, name = posixpath.split(path)
    stems = (name.removesuffix(".json"), posixpath.basename(folder))
    kinds = [_BY_RESOURCE.get(stem) for stem in stems]
    namespace = stems[0] if kinds[1] else None
    return Refusal("failed", "what was asked for it is not recorded beside it", kinds[0] or kinds[1], namespace)


def _as_asked(asked: _Asked) -> bool:
    """Whether file and command line are exactly those of the script for this kind and scope."""
    kind, scope, file = asked.said["kind"], asked.said["scope"], asked.said["file"]
    if not kind:
        return file != DISCOVERY or asked.said["command"] == DISCOVERY_COMMAND
    try:
        expected = request(kind, scope)
    except KeyError:
        return False
    return (expected.file, expected.command) == (file, asked.said["command"])


def _is_unchanged(file: SourceFile | None, checksum: str) -> bool:
    try:
        return file is not None and posix_checksum(file.read()) == checksum
    except Unreadable:
        return False


def _list(asked: _Asked) -> AskedList:
    scope = asked.said["scope"]
    return AskedList(asked.said["kind"], None if scope == EVERYWHERE else scope)


def _absent(asked: _Asked) -> Iterator[str]:
    """The kinds that a complete discovery does not name, under whatever group a server of any age serves them."""
    assert asked.answer is not None
    served = set(_served(asked.answer.read().decode("utf-8", "replace")))
    kinds = {kind for resource in served if (kind := kind_of_resource(resource))}
    for resource, kind in _BY_RESOURCE.items():
        if resource not in served and kind not in kinds:
            yield kind
    yield from (f"{group}/*" for group in EVERY_KIND_OF if not any(each.endswith(f".{group}") for each in served))


def _served(table: str) -> Iterator[str]:
    """The resources of `kubectl api-resources -o wide`: NAME [SHORTNAMES] APIVERSION NAMESPACED KIND VERBS."""
    for line in table.splitlines():
        words = line.split()
        at = next((index for index, word in enumerate(words) if index > 1 and word in ("true", "false")), None)
        if at is not None:
            group = words[at - 1].rpartition("/")[0]
            yield f"{words[0]}.{group}" if group else words[0]


def _is_list_below(path: str, roots: set[str]) -> bool:
    named = any(path.startswith(root) for root in roots) and path.endswith(".json")
    return named and posixpath.basename(path) not in ("version.json", "api.json", "apis.json")

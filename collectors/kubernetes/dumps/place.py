"""Where a list stands in a dump that we know: its folders and its name say of which kind and namespace it is."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from collectors.evidence.item import WHOLE_CLUSTER
from collectors.kubernetes.extensions import EXTENSIONS, plural_of
from collectors.kubernetes.file_names import may_hold_objects
from collectors.kubernetes.kinds import KNOWN, group_of, is_namespaced, kind_of_resource, name_of

_NAMESPACE = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")
_WRITTEN_AS = (".json", ".yaml", ".yml")
_EXTENSIONS = {f"{each.plural}.{group_of(each.kind)}": each.kind for each in EXTENSIONS.values()}


@dataclass(frozen=True, slots=True)
class Place:
    """`resource` is "pods" or "deployments.apps". `namespace` is "*" where the list is of the whole cluster."""

    resource: str
    namespace: str

    @property
    def kind(self) -> str | None:
        """The kind that is listed here; None for a resource that nobody surveys."""
        return kind_listed(self.resource)

    def is_of(self, kind: str, namespaces: set[str | None]) -> bool:
        """Whether a list of this kind that shows these namespaces can stand here."""
        if kind != self.kind and _resource(kind) != self.resource:
            return False
        if self.namespace == WHOLE_CLUSTER:
            return is_namespaced(kind) is not None or not any(namespaces)
        return is_namespaced(kind) is not False and namespaces <= {self.namespace}


@dataclass(frozen=True, slots=True)
class Layout:
    """A dump as its paths show it.

    `places` holds its lists by their path, `namespaces` every namespace that it has a folder of, and `other`
    the paths of what is no object whatever it looks like: logs, metrics.
    """

    places: Mapping[str, Place]
    namespaces: frozenset[str]
    other: frozenset[str] = frozenset()


def kind_listed(resource: str) -> str | None:
    """The kind behind "pods", "deployments.apps" or "applications.argoproj.io"; None when it is none we know."""
    return _EXTENSIONS.get(resource) or kind_of_resource(resource)


def could_be_a_namespace(name: str) -> bool:
    """Whether an API server would take this as the name of a namespace."""
    return _NAMESPACE.fullmatch(name) is not None


def written_name(path: str) -> str | None:
    """What a file is called without its ending; None when it is called neither YAML nor JSON."""
    stem, ending = posixpath.splitext(posixpath.basename(path).removesuffix(".gz"))
    return stem if ending in _WRITTEN_AS else None


def _resource(kind: str) -> str:
    known = KNOWN.get(kind) or EXTENSIONS.get(kind)
    plural = known.plural if known else plural_of(name_of(kind))
    return f"{plural}.{group_of(kind)}" if group_of(kind) else plural


def alone_in_their_kind(paths: Collection[str], layouts: Iterable[Layout]) -> dict[str, str]:
    """The files that list a kind which no other file of the source can list: path -> kind, "" for any kind.

    What a file is called tells; one that is called after no kind could list any, and the lists of one namespace are
    never alone.
    """
    places = {path: place for layout in layouts for path, place in layout.places.items()}
    called = {path: kind_called(path, places.get(path)) for path in paths if may_hold_objects(path)}
    counted = Counter(called.values())
    alone = {
        path: kind
        for path, kind in called.items()
        if kind and counted[kind] == 1 and (path not in places or places[path].namespace == WHOLE_CLUSTER)
    }
    if len(called) == 1 and not places:
        return dict.fromkeys(called, "")
    return {} if None in counted else alone


def kind_called(path: str, place: Place | None) -> str | None:
    """The kind that a file is called after; for kinds that nobody surveys its resource, "widgets.example.com"."""
    name = posixpath.basename(path)
    resource = place.resource if place else written_name(path) or (name if "." not in name else "")
    return kind_listed(resource) or (resource if resource.count(".") > 1 else None)

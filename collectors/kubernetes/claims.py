"""What the lists of a file prove: which kind, in which namespace, was seen to its end.

Source: how kubectl and the API server answer. An empty `kind: List` names neither the kind that was asked nor
the namespace, and kubectl prints it when it was refused as well, so it never proves anything.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

from collectors.evidence.item import WHOLE_CLUSTER, Claim
from collectors.kubernetes.dumps.kubelet_answer import is_of_a_kubelet
from collectors.kubernetes.file_names import may_hold_objects
from collectors.kubernetes.formats import Format
from collectors.kubernetes.kinds import is_namespaced
from collectors.kubernetes.parts import Found, Listed, Unread

ANY_KIND = "*"
_Shown = dict[str, set[str | None]]


@dataclass(frozen=True, slots=True)
class Ends:
    """How the lists of a file ended, for who says that nothing is missing among the files.

    `reached` holds each kind that was listed to its end with the namespace of the list, "*" where its place does not
    say one; `lost` the kinds of which something is missing, "*" for nobody knows which.
    """

    reached: frozenset[tuple[str, str]] = frozenset()
    lost: frozenset[str] = frozenset()


class ListsOfFile:
    """Collects what each list of one file showed."""

    def __init__(self, path: str, form: Format, whole: bool) -> None:
        self._path = path
        self._format = form
        self._whole = whole
        self._place = form.place_of(path)
        self._shown: dict[Listed, _Shown] = {}
        self._lost: dict[Listed, str] = {}
        self._lost_outside = False

    def begins(self, listed: Listed) -> None:
        """A list begins; it may stay empty."""
        self._shown[listed] = {}
        if listed.short:
            self._lost[listed] = listed.short
        elif self._place is not None and is_of_a_kubelet(listed):
            self._lost[listed] = "the list does not say its resourceVersion, as every list of an API server does"

    def shows(self, found: Found) -> None:
        """An object, of a list or bare."""
        if found.listed is not None:
            metadata = found.object.get("metadata") or {}
            self._shown[found.listed].setdefault(found.kind, set()).add(metadata.get("namespace"))

    def loses(self, unread: Unread) -> None:
        """An item of a list that could not be read, or a document that may have been a list."""
        if unread.listed is not None:
            self._lost.setdefault(unread.listed, f"{unread.place} {unread.reason}")
        else:
            self._lost_outside |= may_hold_objects(self._path)

    def claims(self, refused: str = "") -> tuple[Claim, ...]:
        """Sorted, each once. `refused` is what kubectl said when it was refused: then nothing is complete."""
        if self._format.basis != "running":
            return ()
        own = self._format.own
        made = set(own.claims.get(self._path, ()))
        asked = own.lists.get(self._path)
        for listed, shown in self._shown.items():
            short = refused or self._lost.get(listed, "")
            if short:
                made |= set(self._partial(listed, shown, short))
            else:
                made |= {asked.claim(shown)} if asked else set(self._complete(listed, shown))
        return tuple(sorted(made, key=dataclasses.astuple))

    def ends(self, refused: str = "") -> Ends:
        """The same lists, for what all files prove together. `refused` as for `claims`."""
        reached: set[tuple[str, str]] = set()
        lost: set[str] = set()
        for listed, shown in self._shown.items():
            kinds = _kinds(listed, shown)
            if refused or listed in self._lost:
                lost |= kinds or {self._called()}
            elif not is_of_a_kubelet(listed):
                reached |= {(kind, namespace) for kind in kinds for namespace in self._reached(kind, shown)}
        if self._lost_outside:
            lost.add(self._called())
        return Ends(frozenset(reached), frozenset(lost))

    def _reached(self, kind: str, shown: _Shown) -> set[str]:
        """The namespaces that a list of this kind is of, "*" where nothing says that it is of one alone."""
        asked = self._format.own.lists.get(self._path)
        if asked is not None:
            return {asked.namespace or WHOLE_CLUSTER}
        if self._place is None or self._place.is_of(kind, shown.get(kind, set())):
            return {self._namespace(kind, shown)}
        return {namespace for namespace in shown.get(kind, ()) if namespace}

    def _partial(self, listed: Listed, shown: _Shown, short: str) -> Iterator[Claim]:
        if shown or listed in self._lost:  # else refused: nothing of it was seen
            for kind in _kinds(listed, shown):
                yield Claim(kind, self._namespace(kind, shown), False, short)

    def _complete(self, listed: Listed, shown: _Shown) -> Iterator[Claim]:
        if is_of_a_kubelet(listed):
            return
        for kind, namespaces in shown.items():
            for namespace in self._spoken_for(kind, namespaces):
                yield Claim(kind, namespace, True)
        if listed.kind and not shown:
            if self._is_all_there_is(listed.kind):
                yield Claim(listed.kind, WHOLE_CLUSTER, True)
            elif self._place is not None and self._place.is_of(listed.kind, set()):
                yield Claim(listed.kind, self._place.namespace, True)

    def _spoken_for(self, kind: str, namespaces: set[str | None]) -> set[str]:
        if self._is_all_there_is(kind):
            return {WHOLE_CLUSTER}
        named = {namespace for namespace in namespaces if namespace}
        scoped = is_namespaced(kind)
        if scoped is False or (scoped is None and not named):
            return {WHOLE_CLUSTER}
        return named

    def _is_all_there_is(self, kind: str) -> bool:
        alone = self._format.alone.get(self._path) in (kind, "")
        return self._whole and alone and not self._format.is_refused_somewhere(kind)

    def _namespace(self, kind: str, shown: _Shown) -> str:
        """The namespace that the place of a list of this kind says, "*" where it says none."""
        fits = self._place is not None and self._place.is_of(kind, shown.get(kind, set()))
        return self._place.namespace if self._place is not None and fits else WHOLE_CLUSTER

    def _called(self) -> str:
        """The kind that the file is called after, "*" when it is called after none."""
        return self._format.kind_called(self._path) or ANY_KIND


def _kinds(listed: Listed, shown: _Shown) -> set[str]:
    return set(shown) | ({listed.kind} if listed.kind else set())

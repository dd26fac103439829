"""What the lists of a file prove: which kind, in which namespace, was seen to its end.

Source: how kubectl and the API server answer. An empty `kind: List` names neither the kind that was asked nor
the namespace, and kubectl prints it when it was refused as well, so it never proves anything.
"""

from __future__ import annotations

import dataclasses

from collectors.evidence.item import WHOLE_CLUSTER, Claim
from collectors.kubernetes.formats import Format
from collectors.kubernetes.kinds import is_namespaced
from collectors.kubernetes.parts import Found, Listed, Unread


class ListsOfFile:
    """Collects what each list of one file showed."""

    def __init__(self, path: str, form: Format, whole: bool) -> None:
        self._path = path
        self._format = form
        self._whole = whole
        self._shown: dict[Listed, dict[str, set[str | None]]] = {}
        self._lost: dict[Listed, str] = {}

    def begins(self, listed: Listed) -> None:
        """A list begins; it may stay empty."""
        self._shown[listed] = {}
        if listed.short:
            self._lost[listed] = listed.short

    def shows(self, found: Found) -> None:
        """An object, of a list or bare."""
        if found.listed is not None:
            metadata = found.object.get("metadata") or {}
            self._shown[found.listed].setdefault(found.kind, set()).add(metadata.get("namespace"))

    def loses(self, unread: Unread) -> None:
        """An item of a list that could not be read."""
        if unread.listed is not None:
            self._lost.setdefault(unread.listed, f"{unread.place} {unread.reason}")

    def claims(self, refused: str = "") -> tuple[Claim, ...]:
        """Sorted, each once. `refused` is what kubectl said when it was refused: then nothing is complete."""
        if self._format.basis != "running":
            return ()
        own = self._format.own
        made = {Claim(kind, WHOLE_CLUSTER, True) for kind in own.absent.get(self._path, ())}
        asked = own.lists.get(self._path)
        for listed, shown in self._shown.items():
            short = refused or self._lost.get(listed, "")
            if short:
                made |= self._partial(listed, shown, short)
            else:
                made |= {asked.claim(shown)} if asked else self._complete(listed, shown)
        return tuple(sorted(made, key=dataclasses.astuple))

    def _partial(self, listed: Listed, shown: dict[str, set[str | None]], short: str) -> set[Claim]:
        kinds = set(shown) | ({listed.kind} if listed.kind else set())
        if not shown and not listed.short:  # refused: nothing of it was seen
            return set()
        return {Claim(kind, WHOLE_CLUSTER, False, short) for kind in kinds}

    def _complete(self, listed: Listed, shown: dict[str, set[str | None]]) -> set[Claim]:
        if listed.kind and not listed.resource_version:  # a kubelet's answer: one node's pods
            return set()
        made = set()
        for kind, namespaces in shown.items():
            made |= {Claim(kind, namespace, True) for namespace in self._spoken_for(kind, namespaces)}
        if listed.kind and not shown:
            namespace = self._format.namespace_of(self._path, listed.kind)
            if self._may_be_whole(listed.kind):
                namespace = WHOLE_CLUSTER
            if namespace:
                made.add(Claim(listed.kind, namespace, True))
        return made

    def _spoken_for(self, kind: str, namespaces: set[str | None]) -> set[str]:
        if self._may_be_whole(kind):
            return {WHOLE_CLUSTER}
        named = {namespace for namespace in namespaces if namespace}
        scoped = is_namespaced(kind)
        if scoped is False or (scoped is None and not named):
            return {WHOLE_CLUSTER}
        return named

    def _may_be_whole(self, kind: str) -> bool:
        return self._whole and not self._format.is_refused_somewhere(kind)

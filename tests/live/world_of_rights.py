"""Rights one by one: every rule of the printed role stands in a role of its own, which a group of people holds.

A user is a client certificate that names groups, so that another selection of rights is another certificate and
the cluster itself stays as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from assessment.access.printed_role import whole_cluster
from collectors.evidence.item import Item
from collectors.evidence.store import Run
from collectors.kubernetes.extensions import EVERY_KIND_OF
from collectors.kubernetes.kinds import is_namespaced
from collectors.kubernetes.surveyed import SURVEYED
from tests.control_plane.server import ControlPlane
from tests.samples.clinic import thing

Object = dict[str, Any]

_DISCOVERY_FOR_EVERYBODY = ("system:discovery", "system:public-info-viewer")
_SHEAF = 12
_MADE_UP = {group: f"{group}/K8sRequiredLabels" for group in EVERY_KIND_OF}


@dataclass(frozen=True)
class Right:
    """One rule with one resource, or one path; `kind` is what it lets one list, "" for a path.

    Who holds all rights of a `sheaf` is in one group: servers take few groups of a person.
    """

    name: str
    sheaf: str
    rule: dict[str, tuple[str, ...]]
    kind: str = ""

    @property
    def is_namespaced(self) -> bool:
        return bool(self.kind) and is_namespaced(self.kind) is True

    @property
    def everywhere(self) -> str:
        return f"may-{self.name}"

    @property
    def but_in_one(self) -> str:
        return f"may-{self.name}-in-other-namespaces"

    def role(self) -> Object:
        return thing("rbac.authorization.k8s.io/v1", "ClusterRole", None, self.everywhere,
                     rules=[{part: list(values) for part, values in self.rule.items()}])  # fmt: skip


def rights() -> list[Right]:
    """What the printed role gives, resource by resource and path by path."""
    kinds = {(each.group, each.plural): each.kind for each in SURVEYED.values()}
    found: list[Right] = []
    (role,) = yaml.safe_load_all(whole_cluster())
    for rule in role["rules"]:
        verbs = tuple(rule["verbs"])
        for path in rule.get("nonResourceURLs", ()):
            found.append(Right(path.strip("/"), _sheaf(found), {"nonResourceURLs": (path,), "verbs": verbs}))
        for resource in rule.get("resources", ()):
            (group,) = rule["apiGroups"]
            kind = _MADE_UP[group] if resource == "*" else kinds[group, resource]
            name = f"{resource}.{group}".strip(".").replace("*", "all")
            opens = {"apiGroups": (group,), "resources": (resource,), "verbs": verbs}
            found.append(Right(name, _sheaf(found), opens, kind))
    return found


def _sheaf(found: list[Right]) -> str:
    return f"sheaf-{len(found) // _SHEAF}"


def grant(plane: ControlPlane, given: Iterable[Right]) -> None:
    """A role and a group for each right; nobody has a path by being signed in, as on a hardened cluster."""
    objects = []
    for right in given:
        objects += [right.role(), bound(right.everywhere, right.everywhere, right.sheaf)]
    plane.apply(objects)
    plane.kubectl("delete", "clusterrolebinding", "--ignore-not-found", *_DISCOVERY_FOR_EVERYBODY)


def grant_but_in(plane: ControlPlane, given: Iterable[Right], namespaces: Iterable[str]) -> None:
    """The same rights in these namespaces only, for the group of each."""
    plane.apply(bound(right.everywhere, right.but_in_one, namespace=namespace)
                for right, namespace in product(given, namespaces))  # fmt: skip


def bound(role: str, *groups: str, namespace: str | None = None, kind: str = "ClusterRole") -> Object:
    return thing(
        "rbac.authorization.k8s.io/v1", "RoleBinding" if namespace else "ClusterRoleBinding", namespace, groups[0],
        roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": role},
        subjects=[{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": group} for group in groups],
    )  # fmt: skip


def someone(plane: ControlPlane, name: str, held: Iterable[Right], *more: str) -> Path:
    """The kubeconfig of who holds these rights, and those of further groups."""
    return plane.kubeconfig(name, (*groups_of(held), *more))


def groups_of(held: Iterable[Right]) -> Iterator[str]:
    """Whole sheaves where all of one are held, single rights otherwise."""
    sizes = Counter(right.sheaf for right in rights())
    together: dict[str, list[Right]] = {}
    for right in held:
        together.setdefault(right.sheaf, []).append(right)
    for sheaf, inside in together.items():
        yield from [sheaf] if len(inside) == sizes[sheaf] else [right.everywhere for right in inside]


def may(plane: ControlPlane, right: Right, groups: Sequence[str], namespace: str | None = None) -> bool:
    """What the API server's own authorizer says of these groups."""
    (group,), (resource,), (verb,) = right.rule["apiGroups"], right.rule["resources"], right.rule["verbs"]
    asked: Object = {"group": group, "resource": resource, "verb": verb}
    spec = {"user": "somebody", "groups": list(groups),
            "resourceAttributes": asked | ({"namespace": namespace} if namespace else {})}  # fmt: skip
    answer = plane.ask("/apis/authorization.k8s.io/v1/subjectaccessreviews", {"spec": spec})
    return bool(answer["status"]["allowed"])


class Remembering(Run):
    """A run in which a source that goes on finds the answers that another one had, but those of one kind.

    So a survey whose account lacks one right asks only what that right is about, and its evidence is whole.
    """

    def __init__(self, run: Run) -> None:
        super().__init__(run.path)
        self._known: dict[str, list[Item]] = {}

    def remember(self, source: str, items: Iterable[Item]) -> None:
        self._known[source] = list(items)

    def answered(self, key: str) -> list[Item]:
        return [*self._known.get(key, ()), *super().answered(key)]


def without(items: Iterable[Item], kinds: Iterable[str]) -> Iterator[Item]:
    """The items that say nothing of these kinds."""
    gone = set(kinds)
    return (item for item in items if item.parameters.get("kind") not in gone)

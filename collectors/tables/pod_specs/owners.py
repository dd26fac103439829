"""Who owns a pod: up the chain of controllers to the object that a person would edit.

The chain runs through ReplicaSets, ReplicationControllers and Jobs, which controllers generate, and stops at the
first object of any other kind. Where a link was not readable, what Kubernetes writes into names and labels gives
it: the pod-template-hash of a Deployment's ReplicaSet, the minute in the name of a CronJob's Job.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from collectors.kubernetes.kinds import kind_named
from collectors.tables.as_written import Section, section, sections, text

GENERATED_KINDS = ("apps/ReplicaSet", "ReplicationController", "batch/Job")
NODE = "Node"
POD = "Pod"
_DEPLOYMENT_HASH = "pod-template-hash"
_ROLLOUT_HASH = "rollouts-pod-template-hash"
# A CronJob names its Jobs name-MINUTES since 1.21 (eight digits until the year 2160), name-SECONDS before.
_SCHEDULED = re.compile(r"(?P<name>.+)-(?:[1-9]\d{7}|1\d{9})")
_DEEPEST = 5


class Owner(NamedTuple):
    """An object by kind ("apps/Deployment") and name, in the namespace at hand."""

    kind: str
    name: str


Hashes = tuple[str | None, str | None]
"""Labels by which a ReplicaSet's name tells its owner: of a Deployment, of an Argo Rollout."""

Seen = dict[tuple[str | None, Owner], Owner | None]
"""Objects of generated kinds that were seen, and the controller of each."""


def controller(metadata: Section | None) -> Owner | None:
    """The owner reference with `controller: true`, if there is one that can be read."""
    for reference in sections(metadata, "ownerReferences") or []:
        if reference is not None and reference.get("controller") is True:
            kind, name, version = (text(reference, field) for field in ("kind", "name", "apiVersion"))
            if kind and name:
                return Owner(kind_named(version or "", kind), name)
    return None


def template_hashes(metadata: Section | None) -> Hashes:
    """The labels of a pod by which its ReplicaSet's name tells the owner above."""
    labels = section(metadata, "labels")
    return text(labels, _DEPLOYMENT_HASH), text(labels, _ROLLOUT_HASH)


def top_owner(namespace: str | None, owner: Owner, hashes: Hashes, seen: Seen) -> Owner:
    """The end of the chain that begins at a pod's direct owner."""
    for _ in range(_DEEPEST):
        if owner.kind not in GENERATED_KINDS:
            return owner
        key = (namespace, owner)
        above = seen[key] if key in seen else _derived(owner, hashes)
        if above is None:
            return owner
        owner = above
    return owner


def _derived(owner: Owner, hashes: Hashes) -> Owner | None:
    if owner.kind == "batch/Job":
        scheduled = _SCHEDULED.fullmatch(owner.name)
        return Owner("batch/CronJob", scheduled["name"]) if scheduled else None
    if owner.kind == "apps/ReplicaSet":
        for kind, found in zip(("argoproj.io/Rollout", "apps/Deployment"), reversed(hashes), strict=True):
            if found and owner.name.endswith(f"-{found}"):
                return Owner(kind, owner.name.removesuffix(f"-{found}"))
    return None


def stable_name(kind: str, name: str, metadata: Section | None) -> str:
    """The name without its generated part, which reads `*`; the name itself where nothing was generated."""
    prefix = text(metadata, "generateName")
    if prefix and name.startswith(prefix):
        return f"{prefix}*"
    scheduled = _SCHEDULED.fullmatch(name) if kind == "batch/Job" else None
    return f"{scheduled['name']}-*" if scheduled else name

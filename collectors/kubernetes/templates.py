"""Text that becomes Kubernetes objects only when a tool renders it: Helm templates, kustomize patches."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any

from collectors.kubernetes.kinds import KNOWN, kind_of

KUSTOMIZATION_NAMES = frozenset({"kustomization.yaml", "kustomization.yml", "Kustomization"})
_KUSTOMIZE_GROUP = "kustomize.config.k8s.io/"

# What Helm alone says. Finished objects may hold double braces too: alerting rules, Vault annotations.
_HELM_WORDS = re.compile(
    r"\{\{[^}]{0,200}?(?:\.(?:Values|Release|Chart|Capabilities|Files|Template)\b|\b(?:include|tpl|toYaml)\s)"
)
_CARRY_ANYTHING = frozenset({"ConfigMap", "Secret"})


def is_template(obj: Mapping[str, Any]) -> bool:
    """Whether a parsed object still waits for Helm.

    Braces in a name, namespace or label are never valid there. Helm's own words anywhere else count only in
    built-in kinds, because a ConfigMap or a custom resource may carry a template as its content.
    """
    metadata = obj.get("metadata")
    if isinstance(metadata, dict):
        names = [metadata.get("name"), metadata.get("namespace"), *_texts(metadata.get("labels"))]
        if any(isinstance(text, str) and "{{" in text for text in names):
            return True
    kind = kind_of(obj)
    if kind is None or kind not in KNOWN or kind in _CARRY_ANYTHING:
        return "{{" in str(obj.get("kind", ""))
    return any(_HELM_WORDS.search(text) for text in _texts(dict(obj)) if "{{" in text)


def _texts(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting.extend(value.values())
            waiting.extend(value)
        elif isinstance(value, list):
            waiting.extend(value)


def is_kustomization(path: str, value: Any) -> bool:
    """Whether a document tells kustomize what to build. By name too: apiVersion and kind are optional."""
    if posixpath.basename(path) in KUSTOMIZATION_NAMES:
        return True
    return isinstance(value, dict) and str(value.get("apiVersion", "")).startswith(_KUSTOMIZE_GROUP)


def is_json_patch(value: Any) -> bool:
    """Whether a document is a list of RFC 6902 operations."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(step, dict) and "op" in step and "path" in step for step in value)
    )


def patches_named_by(path: str, kustomization: Any) -> set[str]:
    """The files that a kustomization applies to other objects, as paths beside `path`.

    Source: the kustomization reference (patches, patchesStrategicMerge, patchesJson6902, replacements,
    transformers, generators, validators, configurations). Inline patches name no file.
    """
    if not isinstance(kustomization, dict):
        return set()
    named: list[Any] = []
    for field in ("patchesStrategicMerge", "transformers", "generators", "validators", "configurations"):
        named += _listed(kustomization.get(field))
    for field in ("patches", "patchesJson6902", "replacements"):
        named += [entry.get("path") for entry in _listed(kustomization.get(field)) if isinstance(entry, dict)]
    folder = posixpath.dirname(path)
    files = [name for name in named if isinstance(name, str) and "\n" not in name]
    return {posixpath.normpath(posixpath.join(folder, name)) for name in files}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []

"""Which API versions Kubernetes deprecated and removed, and when, from `data/lifecycles/apis.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from collectors.kubernetes.kinds import kind_named
from collectors.resources import data


@dataclass(frozen=True, slots=True)
class ApiLifecycle:
    """The life of one API version of one kind, in minors of Kubernetes. None: nobody has said."""

    deprecated_in: int | None
    removed_in: int | None
    replacement: str


@cache
def api_lifecycles() -> Mapping[tuple[str, str], ApiLifecycle]:
    """(apiVersion, kind as manifests write it) -> its life, for every version that was ever deprecated."""
    written: dict[str, Any] = yaml.safe_load(data("lifecycles", "apis.yaml").read_text())
    return {
        (each["version"], kind): ApiLifecycle(each["deprecated_in"], each["removed_in"], each["replacement"])
        for each in written["versions"]
        for kind in each["kinds"]
    }


@cache
def kinds_that_moved_on() -> tuple[str, ...]:
    """Every kind ("group/Kind", in its group of today) of which some version was deprecated, sorted."""
    return tuple(sorted({kind_named(version, kind) for version, kind in api_lifecycles()}))

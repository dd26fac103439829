"""The pages of our own dump that tell of the API server itself, in the form in which a live survey keeps them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from collectors.evidence.item import WHOLE_CLUSTER, Claim
from collectors.kubernetes.kinds import API_SERVER, DEPRECATED_REQUEST, kind_of
from collectors.kubernetes.parts import Foreign, Found, Part

VERSION, READINESS, METRICS = "version.json", "readyz.txt", "metrics.txt"
_ONE_OF_SEVERAL = "one of perhaps several API servers answered"


def claims_of_pages(paths: Iterable[str]) -> dict[str, tuple[Claim, ...]]:
    """What the pages prove, by path. The server is known where it said both its version and whether it is ready."""
    by_name = {posixpath.basename(path): path for path in paths}
    found: dict[str, tuple[Claim, ...]] = {}
    if VERSION in by_name and READINESS in by_name:
        found[by_name[READINESS]] = (Claim(API_SERVER, WHOLE_CLUSTER, True),)
    if METRICS in by_name:
        found[by_name[METRICS]] = (Claim(DEPRECATED_REQUEST, WHOLE_CLUSTER, False, _ONE_OF_SEVERAL),)
    return found


def parts_of_page(path: str, content: bytes) -> Iterator[Part]:
    """A page as objects; nothing of ours where it holds none."""
    objects = list(_objects(posixpath.basename(path), content))
    if not objects:
        yield Foreign("document 1 (line 1)", 1)
    for number, obj in enumerate(objects, 1):
        yield Found(f"document {number} (line 1)", 1, obj, kind_of(obj) or "", None)


def _parsed(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None


def _objects(name: str, content: bytes) -> Iterator[dict[str, Any]]:
    from collectors.kubernetes.live.about_the_server import deprecated_requests, readiness_object, version_object

    if name == VERSION:
        said = _parsed(content)
        if isinstance(said, dict) and isinstance(said.get("serverVersion"), dict):
            yield version_object(said["serverVersion"])
    elif name == READINESS:
        yield readiness_object(True, content)  # kubectl ends with 1 where the server answers that it is not
    elif name == METRICS:
        yield from deprecated_requests(content)

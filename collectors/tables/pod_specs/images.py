"""Image references: registry, repository, tag and digest.

Source: the grammar of the distribution project ("reference"), the digests that its parser accepts (those of the
OCI image specification, in lower case and at full length), and the defaults that Kubernetes documents under
"Images": docker.io, library/ for one-word names, pull policy by tag.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_SEGMENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_HOST = r"(?:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?"
_REFERENCE = re.compile(
    rf"(?P<path>(?:{_HOST}/)?{_SEGMENT}(?:/{_SEGMENT})*)"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?"
    r"(?:@(?P<digest>sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}))?"
)
_LONGEST = 1024


class Image(NamedTuple):
    """A parsed reference. `tag` and `digest` are None when not written."""

    registry: str
    repository: str
    tag: str | None
    digest: str | None


def parse(reference: str | None) -> Image | None:
    """The parts of a reference, or None when it is not one (empty, a placeholder, malformed)."""
    match = _REFERENCE.fullmatch(reference) if reference and len(reference) <= _LONGEST else None
    if match is None:
        return None
    first, slash, rest = match["path"].partition("/")
    if slash and (first == "localhost" or any(sign in first for sign in ".:[") or first.lower() != first):
        registry, repository = first, rest
    else:
        registry, repository = "docker.io", match["path"]
    if registry in ("docker.io", "index.docker.io"):
        registry = "docker.io"
        repository = repository if "/" in repository else f"library/{repository}"
    return Image(registry, repository, match["tag"], match["digest"])


def places(image: Image) -> list[str]:
    """The registry, each path below it on segment boundaries, and *.domain for the domains above the registry."""
    steps = image.repository.split("/")
    below = ["/".join((image.registry, *steps[:count])) for count in range(1, len(steps) + 1)]
    labels = image.registry.split(".")
    return [image.registry, *below, *("*." + ".".join(labels[count:]) for count in range(1, len(labels) - 1))]


def default_pull_policy(image: Image | None) -> str | None:
    """What an unset imagePullPolicy means."""
    if image is None:
        return None
    floats = image.tag == "latest" or (image.tag is None and image.digest is None)
    return "Always" if floats else "IfNotPresent"

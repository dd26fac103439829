"""Which files are read: by name, and where the name says nothing by their first lines."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

SNIFFED_BYTES = 4096
# What says something about the lists beside it and holds no objects: kubectl's stderr, and pages of our own dumps.
_ASIDE = (".err", ".asked", "api-resources.txt", "metrics.txt", "readyz.txt")
_ABOUT_THE_SERVER = ("version.json", "cluster_version.json", "api.json", "apis.json")
_READ = (".yaml", ".yml", ".json")
# Text that may quote Kubernetes objects without being one, and what is no text at all.
_NEVER = re.compile(
    "md|rst|adoc|html?|css|jsx?|tsx?|py|go|rs|java|rb|sh|bash|ps1|tpl|gotmpl|tmpl|j2|tf|log|err|"
    "png|jpe?g|gif|svg|ico|pdf|woff2?|ttf|so|exe|bin|pyc|jar|zip|sum|mod|lock|crt|pem|key|csv|parquet"
)
# A log may hold lines that read like objects: what a program was told, or an audit event. It is never one.
_LOG = re.compile(r"(?:^|/)[a-z_-]*logs/|(?:^|/)logs\.txt$|\.log(?:[.-]|$)", re.IGNORECASE)
_STARTS_LIKE_OBJECTS = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s|#[^\n]*\n|---[^\n]*\n)*"
    rb"(?:[{\[].*[\"']?apiVersion[\"']?\s*:|(?:apiVersion|kind|items|metadata)\s*:)",
    re.DOTALL,
)


def ending(path: str) -> str:
    """What stands after the last dot of the name, `.gz` aside; "" when nothing does."""
    name = posixpath.basename(path).lower().removesuffix(".gz")
    return name.rpartition(".")[2] if "." in name[1:] else ""


def is_aside(path: str) -> bool:
    """Whether the name says that a file tells of the lists beside it: it is read whole and holds no objects."""
    return path.endswith(_ASIDE)


def may_hold_objects(path: str) -> bool:
    """Whether the name alone leaves it open that a file holds objects of Kubernetes."""
    if posixpath.basename(path) in _ABOUT_THE_SERVER or is_aside(path) or _is_log(path):
        return False
    return _NEVER.fullmatch(ending(path)) is None or ending(path) == "zip"  # an archive that nobody opens


def is_named_so(path: str) -> bool:
    """Whether the name alone says YAML or JSON."""
    return path.lower().removesuffix(".gz").endswith(_READ)


def worth_reading(path: str, beginning: Callable[[int], bytes]) -> bool:
    """Whether a file can hold Kubernetes objects. `beginning` gives its first bytes."""
    if is_named_so(path):
        return True
    if is_aside(path):
        return True
    if _is_log(path) or _NEVER.fullmatch(ending(path)):
        return False
    first = beginning(SNIFFED_BYTES)
    if first.startswith((b"\xff\xfe", b"\xfe\xff")):
        first = first.decode("utf-16", "ignore").encode()
    return b"\0" not in first and _STARTS_LIKE_OBJECTS.match(first) is not None


def _is_log(path: str) -> bool:
    return not is_named_so(path) and _LOG.search(path) is not None

"""What the API server says of itself outside the API of objects, in the form of objects, so that tables read it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from collectors.kubernetes.kinds import API_SERVER, DEPRECATED_REQUEST, name_of
from collectors.kubernetes.live.answers import plain

_DEPRECATED = b"apiserver_requested_deprecated_apis{"
_METRICS = b"# TYPE apiserver_request_total "
_CHECKED = re.compile(rb"^\[[-+]\]\S", re.MULTILINE)
_LABEL = re.compile(r'([a-z_]+)="((?:[^"\\]|\\.)*)"')
_FAILING = re.compile(rb"^\[-\](\S+)", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z0-9._/-]{0,253}")


def survey_object(kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    """An object of the group in which a survey keeps what has no kind of its own."""
    return {"apiVersion": "survey/v1", "kind": name_of(kind), "metadata": {"name": name}, "spec": spec}


def dicts(value: Any) -> list[dict[str, Any]]:
    """The mappings of a list: a server may send anything."""
    return [one for one in listed(value) if isinstance(one, dict)]


def mapping(value: Any) -> dict[str, Any]:
    """A mapping as it is, anything else as an empty one."""
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[Any]:
    """A list as it is, anything else as an empty one."""
    return value if isinstance(value, list) else []


def tells_version(body: Any) -> bool:
    """Whether this is what /version says."""
    return isinstance(body, dict) and isinstance(body.get("gitVersion"), str)


def version_object(body: Any) -> dict[str, Any]:
    """/version as it was answered: only texts are kept."""
    said = body if isinstance(body, dict) else {}
    texts = {str(key): plain(value) for key, value in said.items() if isinstance(value, str)}
    return survey_object(API_SERVER, "version", texts)


def readiness_object(ready: bool, text: bytes) -> dict[str, Any]:
    """/readyz?verbose: whether the server is ready, and the checks that it marks with [-]."""
    failing = [name.decode("utf-8", "replace")[:253] for name in _FAILING.findall(text)]
    return survey_object(API_SERVER, "readyz", {"ready": ready, "failing": failing})


def are_metrics(text: bytes) -> bool:
    """Whether this is a page of metrics: an empty page would say that nobody asks for anything old."""
    return _METRICS in text


def is_readiness(text: bytes) -> bool:
    """Whether these are the words of /readyz?verbose."""
    return _CHECKED.search(text) is not None or text.strip() == b"ok"


def deprecated_requests(metrics: bytes) -> Iterator[dict[str, Any]]:
    """The API versions that are on their way out and were asked for since the server started.

    Source: the metric apiserver_requested_deprecated_apis, a gauge of 1 with labels group, version, resource,
    subresource and removed_release (Kubernetes metrics reference).
    """
    for line in metrics.splitlines():
        if not line.startswith(_DEPRECATED):
            continue
        labels = dict(_LABEL.findall(line.decode("utf-8", "replace")))
        said = {name: labels.get(name, "") for name in ("group", "version", "resource", "subresource")}
        if not all(_NAME.fullmatch(value) for value in said.values()):
            continue
        removed = labels.get("removed_release", "")
        name = ".".join(part for part in (said["resource"], said["version"], said["group"]) if part)
        yield survey_object(DEPRECATED_REQUEST, name, said | {"removedRelease": removed[:16]})


def api_server_addresses(slices: Iterable[dict[str, Any]]) -> int:
    """How many API servers stand behind the service `kubernetes`: each has an address of its own there."""
    found: set[str] = set()
    for one in slices:
        metadata = one["metadata"]
        labels = metadata.get("labels")
        service = labels.get("kubernetes.io/service-name") if isinstance(labels, dict) else None
        if service == "kubernetes" and metadata.get("namespace") == "default":
            found |= {str(each) for end in dicts(one.get("endpoints")) for each in listed(end.get("addresses"))}
    return len(found)

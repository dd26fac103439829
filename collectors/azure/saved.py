"""Answers that somebody saved with the Azure command line, read from a folder:

    <subscription>/managed-clusters.json                                    az aks list
    <subscription>/<resource group>/<name>/managed-cluster.json             az aks show
    <subscription>/<resource group>/<name>/agent-pools.json                 az aks nodepool list
    <subscription>/<resource group>/<name>/diagnostic-settings.json         az monitor diagnostic-settings list

Each with `-o json`, or the answer of `az rest --method get`. A file of the same name that ends in .err holds what
az printed on stderr; where that is an error, it says why there is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import orjson

from collectors.azure.answers import Answer, Body, Place
from collectors.azure.operations import GET_CLUSTER, LIST_CLUSTERS, Operation
from collectors.azure.refusals import action_in

_LARGEST_BYTES = 64 << 20
_HARMLESS = re.compile(r"\s*(?:WARNING:.*|DEBUG:.*|INFO:.*)?")
_DENIED = re.compile(r"AuthorizationFailed|does not have authorization|LinkedAuthorizationFailed|Forbidden|\b403\b")
_SIGNED_OUT = re.compile(r"az login|AADSTS\d+|InvalidAuthenticationToken|ExpiredAuthenticationToken|\b401\b")
_ABSENT = re.compile(r"ResourceNotFound|ResourceGroupNotFound|NotFound|was not found|\b404\b")


class InvalidPath(Exception):  # noqa: N818 - it names a state
    """What was named as a folder of saved answers cannot be read at all."""


class Saved:
    """A transport that reads a folder. It knows neither who asked nor when."""

    collection_mode = "offline_bundle"
    principal = "whoever saved the answers"

    def __init__(self, root: Path) -> None:
        self._root = root

    def first_request(self, operation: Operation, place: Place) -> str:
        """The path of the file that holds the answer, below the folder given."""
        folder = _folder(place, operation)
        return "/".join((*folder, f"{operation.saved_as}.json"))

    def answers(self, operation: Operation, place: Place) -> Iterator[Answer]:
        """The one answer in the file, or what its .err says instead."""
        request = self.first_request(operation, place)
        folder = self._found(_folder(place, operation))
        file = folder / f"{operation.saved_as}.json" if folder else None
        refusal = _refusal(operation, request, file.with_suffix(".err")) if file else None
        if refusal:
            yield refusal
        elif file and file.is_file():
            answer = _read(operation, request, file)
            yield answer
            if not answer.ends:
                yield _failed(f"{request} (next page)", f"{operation.name}: the page that follows was not saved")
        else:
            yield self._listed(operation, place) or _missing(operation, request)

    def _found(self, names: tuple[str, ...]) -> Path | None:
        """The folder of these names. Azure does not mind the case of letters, file systems do."""
        place = self._root
        for name in names:
            if name in ("", ".", "..") or "/" in name or not place.is_dir():
                return None
            alike = [each for each in sorted(place.iterdir()) if each.name.lower() == name.lower()]
            exact = [each for each in alike if each.name == name]
            chosen = exact or alike
            if not chosen or chosen[0].is_symlink():
                return None
            place = chosen[0]
        return place if place.is_dir() else None

    def _listed(self, operation: Operation, place: Place) -> Answer | None:
        """A cluster that was not saved alone, but stands whole in the list of its subscription."""
        if operation is not GET_CLUSTER:
            return None
        request = self.first_request(LIST_CLUSTERS, place)
        folder = self._found(_folder(place, LIST_CLUSTERS))
        file = folder / f"{LIST_CLUSTERS.saved_as}.json" if folder else None
        if file is None or not file.is_file():
            return None
        answer = _read(LIST_CLUSTERS, request, file)
        body = answer.body.get("value") if isinstance(answer.body, dict) else answer.body
        ending = f"/resourcegroups/{place['resource_group']}/providers/microsoft.containerservice/managedclusters/"
        wanted = (ending + place["name"]).lower()
        for position, each in enumerate(body if isinstance(body, list) else ()):
            if isinstance(each, dict) and str(each.get("id", "")).lower().endswith(wanted):
                return Answer(f"{request}#/{position}", each, True)
        return None


def saved(path: Path) -> Saved:
    """A folder of saved answers. Raises InvalidPath when it cannot be read."""
    try:
        root = path.resolve(strict=True)
        next(root.iterdir(), None)
    except OSError as error:
        raise InvalidPath(f"{path} cannot be read: {error.strerror}") from error
    return Saved(root)


def _folder(place: Place, operation: Operation) -> tuple[str, ...]:
    if operation is LIST_CLUSTERS:
        return (place["subscription"],)
    return place["subscription"], place["resource_group"], place["name"]


def _read(operation: Operation, request: str, file: Path) -> Answer:
    try:
        content = file.read_bytes() if not file.is_symlink() and file.stat().st_size <= _LARGEST_BYTES else None
    except OSError as error:
        return _failed(request, f"{operation.name}: the file cannot be read ({error.strerror})")
    if content is None:
        return _failed(request, f"{operation.name}: the file is a link, or too large to be an answer")
    if not content.strip():
        return _failed(request, f"{operation.name}: the file is empty, so az answered nothing")
    try:
        body: Body = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        return _failed(request, f"{operation.name}: the file is not whole JSON")
    if operation.is_list and isinstance(body, dict) and body.get("nextLink"):
        return Answer(request, body, False)
    return Answer(request, body, True)


def _refusal(operation: Operation, request: str, errors: Path) -> Answer | None:
    """What az printed instead of an answer; None where it printed nothing, or warnings only."""
    try:
        said = errors.read_text("utf-8", "replace") if errors.is_file() and not errors.is_symlink() else ""
    except OSError:
        said = ""
    said = "\n".join(line for line in said[:_LARGEST_BYTES].splitlines() if not _HARMLESS.fullmatch(line))
    if not said:
        return None
    if _DENIED.search(said):
        missing = action_in(said) or operation.action
        return Answer(request, None, True, "denied", f"{operation.name}: refused, {missing} is not allowed", missing)
    if _SIGNED_OUT.search(said):
        reason = f"{operation.name}: refused, whoever ran az was not signed in"
        return Answer(request, None, True, "denied", reason, operation.action)
    if _ABSENT.search(said):
        return Answer(request, None, True, "absent", f"{operation.name}: there is no such resource")
    return _failed(request, f"{operation.name}: az answered with an error, which stands in {errors.name}")


def _missing(operation: Operation, request: str) -> Answer:
    return Answer(request, None, True, "absent", f"{operation.name}: there is no file {request}")


def _failed(request: str, reason: str) -> Answer:
    return Answer(request, None, True, "failed", reason)

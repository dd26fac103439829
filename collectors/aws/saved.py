"""Answer from files that somebody saved with the AWS CLI, for clients who would rather run the commands themselves.

The layout, below the folder that is given:

    <account>/<region>/get-caller-identity.json
    <account>/<region>/list-clusters.json
    <account>/<region>/describe-cluster/<cluster>.json
    <account>/<region>/describe-cluster-versions.json
    <account>/<region>/describe-subnets.json
    <account>/<region>/list-nodegroups/<cluster>.json
    <account>/<region>/describe-nodegroup/<cluster>/<node group>.json
    <account>/<region>/list-addons/<cluster>.json
    <account>/<region>/describe-addon/<cluster>/<add-on>.json
    <account>/<region>/list-access-entries/<cluster>.json
    <account>/<region>/describe-access-entry/<cluster>/<principal>.json
    <account>/<region>/list-associated-access-policies/<cluster>/<principal>.json
    <account>/<region>/describe-instances.json
    <account>/<region>/describe-launch-template-versions/<id>/<version>.json
    <account>/<region>/describe-repositories.json
    <account>/<region>/get-registry-scanning-configuration.json
    <account>/<region>/get-repository-policy/<repository>.json
    <account>/<region>/get-lifecycle-policy/<repository>.json
    <account>/<region>/batch-get-account-status.json
    <account>/<region>/list-coverage.json

Each holds what the command of that name printed; a file of the same name ending in `.err` holds what it wrote to
stderr instead ("An error occurred (AccessDeniedException) when calling the ListAddons operation: ..."). In the
name of a file every character of an ARN or a repository but letters, digits, `.`, `-` and `_` is an underscore.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson

from collectors.aws.answers import Answer, Request
from collectors.aws.refusals import refused, unreachable, unusable_credentials

LARGEST_FILE = 16 * 1024 * 1024
_ERROR = re.compile(
    r"An error occurred \(([^)\s]{1,80})\) when calling the (\w{1,80}) operation[^:]*: ?(.*)", re.DOTALL
)
_SIGNING_IN = re.compile(r"credentials|SSO|token has expired|aws login|config profile", re.IGNORECASE)
_IN_A_NAME = re.compile(r"[^A-Za-z0-9._-]")
# One file answers for all values of these.
_OF_THE_WHOLE_FILE = ("clusterVersions", "filters", "filterCriteria", "accountIds")
_FILTERS = re.compile(r" --filters \S+")


class UnreadableAnswers(Exception):  # noqa: N818 - it names a state, and the name is public
    """The folder of saved answers cannot be read at all."""


class Saved:
    """The transport that reads files. Names inside answers never become paths: they are looked up among the files."""

    collection_mode = "offline_bundle"
    unknown_principal = "whoever saved the answers"

    def __init__(self, files: dict[str, Path]) -> None:
        self._files = files

    def __call__(self, request: Request) -> Answer:
        """The saved answer; what was not saved is absent."""
        place = place_of(request)
        if request.page > 1:
            return Answer(None, "absent", "the pages after the first were not saved", _again(request, place))
        content, said = self._read(f"{place}.json"), self._read(f"{place}.err").decode(errors="replace")
        if said.strip() and (_ERROR.search(said) or not content.strip()):
            return _as_refused(request, said)
        if not content.strip():
            return Answer(None, "absent", f"{place}.json was not given, or is empty", _again(request, place))
        return _parsed(request, place, content)

    def _read(self, place: str) -> bytes:
        """What stands there, up to one byte more than is read; nothing where nothing can be read."""
        try:
            with self._files[place].open("rb") as file:
                return file.read(LARGEST_FILE + 1)
        except (KeyError, OSError):
            return b""


def saved(path: Path) -> Saved:
    """The transport that reads a folder of saved answers. Raises UnreadableAnswers when it is none."""
    root = path.resolve()
    if not root.is_dir():
        raise UnreadableAnswers(f"{path} is not a folder of saved answers")
    files = {}
    for found in sorted(root.rglob("*")):
        if found.suffix in (".json", ".err") and found.is_file() and found.resolve().is_relative_to(root):
            files[found.relative_to(root).as_posix()] = found
    if not files:
        raise UnreadableAnswers(f"{path} holds no .json and no .err file")
    return Saved(files)


def place_of(request: Request) -> str:
    """Where the answer to a request is expected, without its ending."""
    names = [value for key, value in request.parameters.items() if key not in _OF_THE_WHOLE_FILE]
    parts = [request.account, request.region, request.operation.command, *names]
    return "/".join(_IN_A_NAME.sub("_", part) for part in parts)


def _again(request: Request, place: str) -> str:
    asked = _FILTERS.sub("", request.text.partition(" (page")[0])
    return f"the output of: {asked} > {place}.json"


def _parsed(request: Request, place: str, content: bytes) -> Answer:
    again = _again(request, place)
    if len(content) > LARGEST_FILE:
        return Answer(None, "failed", f"{place}.json is larger than {LARGEST_FILE} bytes", again)
    try:
        body: Any = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        return Answer(None, "failed", f"{place}.json is not JSON", again)
    if not isinstance(body, dict):
        return Answer(None, "failed", f"{place}.json is not what {request.operation.action} answers", again)
    repository = request.parameters.get("repositoryName")
    if repository and body.get("repositoryName", repository) != repository:
        return Answer(None, "failed", f"{place}.json is about another repository than {repository}", again)
    return Answer(_as_asked(request, body))


def _as_asked(request: Request, body: dict[str, Any]) -> dict[str, Any]:
    """One file holds the dates of all versions, all subnets or all machines: AWS itself is asked for a cluster's."""
    if isinstance(body.get("Reservations"), list):
        return body | {"Reservations": _tagged(request.parameters.get("filters", ""), body["Reservations"])}
    wanted = request.parameters.get("clusterVersions") or request.parameters.get("filters", "").partition("Values=")[2]
    for key, name in (("clusterVersions", "clusterVersion"), ("Subnets", "SubnetId")):
        held = body.get(key)
        if wanted and isinstance(held, list):
            kept = [each for each in held if isinstance(each, dict) and each.get(name) in wanted.split(",")]
            return body | {key: kept}
    return body


def _tagged(filters: str, reservations: list[Any]) -> list[Any]:
    """The instances, by reservation, that carry the tag of a filter; what is no instance stays, as not known."""
    name, _, values = filters.removeprefix("Name=").partition(",Values=")
    wanted = values.split(",")

    def carries(instance: Any) -> bool:
        if not isinstance(instance, dict) or not isinstance(instance.get("Tags", []), list):
            return True
        tags = {each.get("Key"): each.get("Value") for each in instance.get("Tags", []) if isinstance(each, dict)}
        return wanted[0] in tags if name == "tag-key" else tags.get(name.removeprefix("tag:")) in wanted

    kept = []
    for each in reservations:
        held = each.get("Instances") if isinstance(each, dict) else None
        if not isinstance(held, list):
            kept.append(each)
        elif found := [instance for instance in held if carries(instance)]:
            kept.append(each | {"Instances": found})
    return kept


def _as_refused(request: Request, said: str) -> Answer:
    found = _ERROR.search(said)
    if found is None:
        signing_in = _SIGNING_IN.search(said)
        why = "as the AWS CLI wrote to stderr"
        return unusable_credentials(request, why) if signing_in else unreachable(request, why)
    code, operation, message = found.groups()
    if operation != request.operation.name:
        return unusable_credentials(request, f"{operation if operation.isidentifier() else 'signing in'} was refused")
    return refused(request, code, message)

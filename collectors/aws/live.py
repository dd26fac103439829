"""Ask AWS itself, through boto3: only listed operations, with bounded retries and timeouts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import orjson

from collectors.aws.answers import Answer, Request
from collectors.aws.guards import guarded
from collectors.aws.operations import WHO_AM_I, refuse_unlisted
from collectors.aws.refusals import refused, unreachable, unusable_credentials

ATTEMPTS = 5
CONNECT_SECONDS = 10
READ_SECONDS = 60
PATIENCE = 3
_BY_THE_THOUSAND = ("DescribeInstances", "DescribeRepositories")
_NOBODY_TO_ASK_AS = (
    "NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError", "TokenRetrievalError", "SSOError",
    "NoAuthTokenError", "LoginError", "ProfileNotFound", "ConfigParseError", "InvalidConfigError",
    "InfiniteLoopConfigError", "RefreshWithMFAUnsupportedError", "UnknownCredentialError", "MetadataRetrievalError",
)  # fmt: skip
_NOBODY_ANSWERED = (
    "HTTPClientError", "ConnectionError", "InvalidRegionError", "BaseEndpointResolverError", "EndpointProviderError",
    "IncompleteReadError", "ResponseStreamingError",
)  # fmt: skip
# What botocore's parser raises where an answer has another shape than AWS documents.
_OF_THE_PARSER = (AttributeError, KeyError, TypeError, ValueError)

ClientOf = Callable[[str], Any]
"""Service name ("eks", "sts") -> a botocore client."""


class NoSuchProfile(Exception):  # noqa: N818 - it names a state, and the name is public
    """The profile that was asked for is not configured."""


class Live:
    """The transport to AWS. Clients are made when they are first needed, and guarded before they are used."""

    collection_mode = "online_read_only"
    unknown_principal = "not known: AWS did not say whose credentials were used"

    def __init__(self, client_of: ClientOf) -> None:
        self._client_of = client_of
        self._clients: dict[str, Any] = {}
        self._silent: Counter[str] = Counter()

    def refusal_to_sign_in(self, account: str, region: str) -> str:
        """Why AWS does not know who asks; empty when it does, or when it cannot be reached."""
        answer = self(Request(WHO_AM_I, account, region))
        return answer.reason if answer.body is None and "credentials" in answer.reason else ""

    def __call__(self, request: Request) -> Answer:
        """Ask; everything that the world can do wrong becomes an outcome, everything else raises."""
        from botocore import exceptions as trouble

        service, sent = request.operation.service, _sent(request)
        refuse_unlisted(service, request.operation.name)
        if self._silent[service] >= PATIENCE:
            return unreachable(request, f"not asked any more, for {PATIENCE} calls in a row were not answered")
        try:
            client = self._client(service)
            answered = getattr(client, request.operation.method)(**sent)
        except trouble.ClientError as error:
            return _dated(_refused(request, error), error.response)
        except _errors(_NOBODY_TO_ASK_AS) as error:
            return unusable_credentials(request, type(error).__name__)
        except _errors(_NOBODY_ANSWERED) as error:
            self._silent[service] += 1
            return unreachable(request, type(error).__name__)
        except (_unreadable(), *_OF_THE_PARSER) as error:
            return Answer(
                None, "failed", f"{request.operation.action} was answered with something that is not an answer",
                "collect into a new run, without a proxy that changes answers", type(error).__name__,
            )  # fmt: skip
        self._silent[service] = 0
        return _dated(Answer(_plain(answered)), answered)

    def _client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = guarded(self._client_of(service))
        return self._clients[service]


def live(
    region: str, *, profile: str | None = None, session: Any = None, endpoint_url: str | None = None,
    attempts: int = ATTEMPTS, read_seconds: float = READ_SECONDS,
) -> Live:  # fmt: skip
    """The transport to one region, as whoever the profile, the environment or the machine says.

    `session` is a boto3 session, for who has one. Nothing is sent before the first question. Raises NoSuchProfile.
    """
    asked_by = session or _session(profile, region)

    def client_of(service: str) -> Any:
        from botocore.config import Config

        config = Config(
            region_name=region, connect_timeout=CONNECT_SECONDS, read_timeout=read_seconds,
            retries={"mode": "standard", "total_max_attempts": attempts}, user_agent_extra=f"kubesurvey/{_version()}",
        )  # fmt: skip
        return asked_by.client(service, region_name=region, config=config, endpoint_url=endpoint_url)

    return Live(client_of)


def _session(profile: str | None, region: str) -> Any:
    import boto3
    from botocore.exceptions import ProfileNotFound

    try:
        return boto3.session.Session(profile_name=profile, region_name=region)
    except ProfileNotFound:
        raise NoSuchProfile(f"there is no AWS profile {profile!r} on this machine") from None


def _sent(request: Request) -> dict[str, Any]:
    """The parameters as boto3 takes them: lists where AWS wants lists, pages as large as allowed."""
    sent: dict[str, Any] = dict(request.parameters)
    if "clusterVersions" in sent:
        sent["clusterVersions"] = [sent["clusterVersions"]]
    if "accountIds" in sent:
        sent["accountIds"] = [sent["accountIds"]]
    if "filters" in sent:
        name, values = sent.pop("filters").removeprefix("Name=").split(",Values=")
        sent["Filters"] = [{"Name": name, "Values": values.split(",")}]
    if "launchTemplateId" in sent:
        sent = {"LaunchTemplateId": sent["launchTemplateId"], "Versions": [sent["versions"]]}
    if "filterCriteria" in sent:
        sent["filterCriteria"] = orjson.loads(sent["filterCriteria"])
    return sent | _paged(request)


def _paged(request: Request) -> dict[str, Any]:
    """How much to answer at once, and from where on. EC2 writes its parameters with a capital."""
    operation = request.operation
    capital = operation.service == "ec2"
    size = 1000 if operation.name in _BY_THE_THOUSAND else 100 if operation.name.startswith("List") else 0
    paged: dict[str, Any] = {"MaxResults" if capital else "maxResults": size} if size else {}
    return paged | ({"NextToken" if capital else "nextToken": request.token} if request.token else {})


def _errors(names: tuple[str, ...]) -> tuple[type[Exception], ...]:
    """The exceptions of botocore by these names; releases differ in which they have."""
    from botocore import exceptions

    return tuple(getattr(exceptions, name) for name in names if hasattr(exceptions, name))


def _unreadable() -> type[Exception]:
    from botocore.parsers import ResponseParserError

    unreadable: type[Exception] = ResponseParserError
    return unreadable


def _refused(request: Request, error: Any) -> Answer:
    """An error of AWS. One of another operation is that of signing in, such as taking on a role."""
    if error.operation_name != request.operation.name:
        return unusable_credentials(request, f"{error.operation_name} was refused")
    said = error.response.get("Error", {})
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return refused(request, str(said.get("Code", "")), str(said.get("Message", "")), int(status or 0))


def _dated(answer: Answer, response: dict[str, Any]) -> Answer:
    headers = response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return replace(answer, server_date=headers.get("date"))


def _plain(answered: dict[str, Any]) -> dict[str, Any]:
    """The answer as the AWS CLI prints it: without what HTTP added, instants as text."""
    return {key: _written(value) for key, value in answered.items() if key != "ResponseMetadata"}


def _written(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _written(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_written(each) for each in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value


def _version() -> str:
    try:
        return version("kubesurvey")
    except PackageNotFoundError:
        return "unknown"

"""Azure Resource Manager asked directly, through the pipeline of azure-mgmt-containerservice.

The pipeline is put together here, policy by policy: the client's own one would register resource providers by
itself (a write), follow redirects and log.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson

from collectors.azure.answers import Answer, Body, Place
from collectors.azure.operations import METHOD, Operation, OperationRefused, refuse_unless_listed
from collectors.azure.refusals import of_status
from collectors.azure.signed_in import SignedIn

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential
    from azure.core.rest import HttpResponse

PUBLIC_CLOUD = "https://management.azure.com"
USER_AGENT = "kubesurvey (read-only survey)"
_ATTEMPTS = 4
_LONGEST_WAIT_SECONDS = 60
_CONNECT_SECONDS, _READ_SECONDS = 10, 60
_MOST_PAGES = 1000


class Live:
    """A transport to one endpoint of Resource Manager, signed in with one credential."""

    collection_mode = "online_read_only"

    def __init__(self, credential: TokenCredential, base_url: str, verify: str | bool, pause: Callable[[float], None]):
        self._signed_in = SignedIn(credential)
        self._base = base_url.rstrip("/")
        self._verify = verify
        self._pause = pause
        self._client: Any = None

    @property
    def principal(self) -> str:
        """The object id in the token, once there is one."""
        return self._signed_in.principal

    def refusal_to_sign_in(self) -> str:
        """Why no token can be had; empty when one can. Nothing is asked of Resource Manager."""
        from azure.core.exceptions import ClientAuthenticationError

        try:
            self._signed_in.get_token(f"{self._base}/.default")
        except ClientAuthenticationError as error:
            return f"no token was given ({_name_of(error)})"
        return ""

    def first_request(self, operation: Operation, place: Place) -> str:
        """The request line with the host that it goes to."""
        return f"{METHOD} {self._base}{operation.url_path(place)}"

    def answers(self, operation: Operation, place: Place) -> Iterator[Answer]:
        """The pages of one call as they arrive; what Azure does instead of answering is an outcome."""
        url: str | None = self._base + operation.url_path(place)
        for _ in range(_MOST_PAGES):
            if url is None:
                return
            answer, url = self._page(operation, url)
            yield answer
            if answer.ends:
                return
        yield _failed(f"{METHOD} {url}", f"{operation.name}: the list does not end after {_MOST_PAGES} pages")

    def _page(self, operation: Operation, url: str) -> tuple[Answer, str | None]:
        request = f"{METHOD} {url}"
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}".lower() != self._base.lower():
            return _failed(request, f"{operation.name}: the next page is on another host, which was not asked"), None
        try:
            refuse_unless_listed(METHOD, parts.path)
        except OperationRefused:
            return _failed(request, f"{operation.name}: the next page is another call, which was not made"), None
        response = self._response(operation, request, url)
        return (response, None) if isinstance(response, Answer) else _read(operation, request, response)

    def _response(self, operation: Operation, request: str, url: str) -> HttpResponse | Answer:
        """The last response of a few attempts; an Answer where there was none at all."""
        from azure.core.exceptions import AzureError, ClientAuthenticationError
        from azure.core.rest import HttpRequest

        waited = 0.0
        for attempt in range(1, _ATTEMPTS + 1):
            trouble = ""
            try:
                response: HttpResponse = self._sender().send_request(HttpRequest(METHOD, url))
            except OperationRefused:
                raise
            except ClientAuthenticationError as error:
                reason = f"{operation.name}: no token was given ({_name_of(error)})"
                return Answer(request, None, True, "denied", reason, operation.action)
            except AzureError as error:
                trouble = f"{operation.name}: no answer ({_name_of(error)})"
            if not trouble and response.status_code != 429 and response.status_code < 500:
                return response
            wait = 2.0**attempt if trouble else _wait_asked_for(response, attempt)
            if attempt == _ATTEMPTS or waited + wait > _LONGEST_WAIT_SECONDS:
                return _failed(request, trouble) if trouble else response
            waited += wait
            self._pause(wait)
        raise AssertionError("the last attempt returns")

    def _sender(self) -> Any:
        """The client, made when first needed: importing it takes most of a second."""
        if self._client is None:
            from azure.core.pipeline import policies
            from azure.mgmt.containerservice import ContainerServiceClient

            from collectors.azure.only_listed_calls import OnlyListedCalls

            scope = f"{self._base}/.default"
            self._client = ContainerServiceClient(
                self._signed_in,
                "kubesurvey",  # every call names its own subscription
                base_url=self._base,
                policies=[
                    OnlyListedCalls(),
                    policies.RequestIdPolicy(),
                    policies.HeadersPolicy({"Accept": "application/json"}),
                    policies.UserAgentPolicy(USER_AGENT, user_agent_overwrite=True, user_agent_use_env=False),
                    policies.BearerTokenCredentialPolicy(self._signed_in, scope),
                    OnlyListedCalls(),
                ],
                connection_timeout=_CONNECT_SECONDS,
                read_timeout=_READ_SECONDS,
                connection_verify=self._verify,
            )
        return self._client


def live(
    credential: TokenCredential | None = None,
    base_url: str = PUBLIC_CLOUD,
    *,
    verify: str | bool = True,
    pause: Callable[[float], None] = time.sleep,
) -> Live:
    """Resource Manager itself. Without a credential, the one that azure-identity finds on this machine.

    `verify` is the file of a certificate authority where the endpoint has its own; `pause` waits between
    attempts.
    """
    if credential is None:
        from azure.identity import DefaultAzureCredential

        # It tells every way in that it tried, for every call; that nobody is signed in is an outcome, said once.
        logging.getLogger("azure.identity").setLevel(logging.CRITICAL)
        credential = DefaultAzureCredential()
    return Live(credential, base_url, verify, pause)


def _read(operation: Operation, request: str, response: HttpResponse) -> tuple[Answer, str | None]:
    """An answer from a response, and where the next page is."""
    date, content = _date(response), response.content
    if response.status_code != 200:
        outcome, reason, missing = of_status(operation, response.status_code, content)
        return Answer(request, None, True, outcome, reason, missing, date), None
    try:
        body: Body = orjson.loads(content)
    except orjson.JSONDecodeError:
        return _failed(request, f"{operation.name}: the answer of {len(content)} bytes is not whole JSON", date), None
    following = body.get("nextLink") if isinstance(body, dict) and operation.is_list else None
    if following is not None and not isinstance(following, str):
        return _failed(request, f"{operation.name}: the answer names no readable next page", date), None
    return Answer(request, body, ends=not following, server_date=date), following or None


def _failed(request: str, reason: str, date: str | None = None) -> Answer:
    return Answer(request, None, True, "failed", reason, server_date=date)


def _wait_asked_for(response: HttpResponse, attempt: int) -> float:
    """Seconds that Retry-After asks for, else a little longer each time."""
    asked = response.headers.get("Retry-After", "")
    return float(asked) if asked.isdigit() and len(asked) < 6 else 2.0**attempt


def _date(response: HttpResponse) -> str | None:
    """The server's own Date as RFC 3339, None when there is none to read."""
    try:
        return parsedate_to_datetime(response.headers["Date"]).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (KeyError, TypeError, ValueError):
        return None


def _name_of(error: BaseException) -> str:
    """What kind of trouble it was: messages of transports and credentials may quote what nobody should keep."""
    return type(error).__name__

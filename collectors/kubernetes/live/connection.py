"""The one place that talks to an API server: read-only, through the transport of the official client.

Certificates, proxies and credential plugins are the client's; models, retries and redirects of it are not used.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import orjson
import urllib3
from urllib3.exceptions import HTTPError

from collectors.kubernetes.live.allowed import REVIEWS, refuse_unlisted
from collectors.kubernetes.live.answers import (
    A_WEB_PAGE,
    UNAUTHENTICATED,
    Answer,
    audit_id_of,
    date_of,
    is_web_page,
    no_answer,
    not_of_an_api_server,
    plain,
    refusal,
)
from collectors.kubernetes.live.manners import Manners, Patience
from collectors.kubernetes.live.signing_in import SignedIn, SignInFailed, UnusableAccess
from collectors.kubernetes.surveyed import KUBELET_PATH

JSON = "application/json"
_CHUNK_BYTES = 1 << 16
_MOST_BYTES = 512 << 20
_LONGEST_COMPLAINT = 64 << 10
_MOST_BYTES_OF_COMPLAINT = 1 << 20
_UNREACHABLE = ("NewConnectionError", "ConnectTimeoutError", "NameResolutionError", "ProxyError", "SSLError")
_SILENT = "ReadTimeoutError"


class Connection:
    """One cluster as one account sees it; used by several threads. Only what `allowed` lists is ever sent.

    The world's trouble is an Answer, never an exception.
    """

    def __init__(
        self, sign_in: Callable[[], SignedIn], *, with_secrets: bool = False, manners: Manners | None = None,
        connect_seconds: float = 10, read_seconds: float = 60, answer_seconds: float = 300,
    ) -> None:  # fmt: skip
        self._sign_in = sign_in
        self._as = sign_in()
        self._with_secrets = with_secrets
        self._manners = manners or Manners()
        self._patience = Patience(self._manners)
        self._timeout = urllib3.Timeout(connect=connect_seconds, read=read_seconds)
        self._answer_seconds = answer_seconds
        self._mutex = threading.Lock()
        self._asked_before = False
        self.signed_out = ""

    @property
    def principal(self) -> str:
        """Who asks, as far as the credentials themselves say."""
        return self._as.principal

    @property
    def namespace(self) -> str | None:
        """The namespace that the context names."""
        return self._as.namespace

    @property
    def lost(self) -> str:
        """Why nothing is asked any more, since nobody answers; "" while there is hope."""
        return self._patience.lost

    @property
    def server(self) -> str:
        """The address of the API server."""
        return self._as.server

    def get(self, path: str, query: Mapping[str, str] | None = None, *, accept: str = JSON) -> Answer:
        """GET, patiently. JSON is parsed; what asks for text comes back as bytes."""
        return self._ask("GET", path, query or {}, accept, None)

    def post_review(self, kind: str, spec: Mapping[str, Any]) -> Answer:
        """Ask what one may do oneself: SelfSubjectAccessReview or SelfSubjectRulesReview."""
        body = {"apiVersion": "authorization.k8s.io/v1", "kind": kind, "spec": dict(spec)}
        return self._ask("POST", REVIEWS[kind], {}, JSON, orjson.dumps(body))

    def get_from_kubelet(self, address: str, port: int) -> Answer:
        """GET the settings of one kubelet, once: most networks let nobody through to it."""
        who = self._as
        pool = who.pool_to_kubelets()
        if pool is None:
            return no_answer("the kubeconfig names no authority that could vouch for kubelets")
        host = f"[{address}]" if ":" in address else address
        return self._request(who, pool, "GET", f"https://{host}:{port}{KUBELET_PATH}", JSON, None)

    def _ask(self, method: str, path: str, query: Mapping[str, str], accept: str, body: bytes | None) -> Answer:
        refuse_unlisted(method, path, query, with_secrets=self._with_secrets)
        if self.signed_out:
            return Answer(UNAUTHENTICATED, "denied", self.signed_out)
        is_first, self._asked_before = not self._asked_before, True
        who = self._as
        answer = self._patience.ask(lambda: self._attempt(method, path, query, accept, body), is_first=is_first)
        if answer.status == UNAUTHENTICATED and self._renew(who):
            answer = self._patience.ask(lambda: self._attempt(method, path, query, accept, body))
        if answer.status == UNAUTHENTICATED:
            self.signed_out = answer.reason
        return answer

    def _renew(self, who: SignedIn) -> bool:
        """Sign in again, once for all threads that used the same credentials; False where that is of no use."""
        with self._mutex:
            if self._as is not who:
                return True
            try:
                self._as = self._sign_in()
            except (SignInFailed, UnusableAccess):
                return False
            return True

    def close(self) -> None:
        """Close what is open. A connection that is asked again opens anew."""
        self._as.close()

    def _attempt(self, method: str, path: str, query: Mapping[str, str], accept: str, body: bytes | None) -> Answer:
        who = self._as
        url = who.server + path + ("?" + urlencode(query) if query else "")
        return self._request(who, who.pool, method, url, accept, body)

    def _request(self, who: SignedIn, pool: Any, method: str, url: str, accept: str, body: bytes | None) -> Answer:
        try:
            headers = who.headers()
        except SignInFailed as error:
            return Answer(UNAUTHENTICATED, "denied", str(error))
        headers["Accept"] = accept
        if body:
            headers["Content-Type"] = JSON
        try:
            response = pool.request(
                method, url, headers=headers, body=body, timeout=self._timeout, retries=False, redirect=False,
                preload_content=False,
            )  # fmt: skip
            try:
                text = self._read(response)
            finally:
                response.release_conn()
        except (HTTPError, OSError) as error:
            return _trouble(error)
        return no_answer(text) if isinstance(text, str) else _answer(response, text, accept)

    def _read(self, response: Any) -> bytes | str:
        """The body; a sentence where it has no end in time or in size.

        It is taken as it comes, never waiting for a whole chunk: a server that drips is noticed in time.
        """
        now = self._manners.clock
        most = _MOST_BYTES if response.status in _ANSWERED else _MOST_BYTES_OF_COMPLAINT
        chunks, size, started = [], 0, now()
        while chunk := response.read1(_CHUNK_BYTES):
            chunks.append(chunk)
            size += len(chunk)
            if size > most or now() - started > self._answer_seconds:
                response.close()
                return f"the answer did not end within {self._answer_seconds:.0f} seconds and {most >> 20} MiB"
        return b"".join(chunks)


_ANSWERED = (200, 201)


def _answer(response: Any, text: bytes, accept: str) -> Answer:
    headers = response.headers
    if response.status not in _ANSWERED:
        return replace(refusal(response.status, _parsed(text), headers), text=text[:_LONGEST_COMPLAINT])
    if is_web_page(headers):
        return not_of_an_api_server(response.status, A_WEB_PAGE, headers)
    date, audit_id = date_of(headers), audit_id_of(headers)
    if not accept.startswith(JSON):
        return _as_text(response, text, date, audit_id)
    try:
        body = orjson.loads(text)
    except orjson.JSONDecodeError:
        reason = f"the answer of {len(text):,} bytes is not whole JSON"
        return Answer(response.status, "failed", reason, server_date=date, audit_id=audit_id, retriable=True)
    return Answer(response.status, body=body, server_date=date, audit_id=audit_id)


def _as_text(response: Any, text: bytes, date: str | None, audit_id: str) -> Answer:
    """JSON shows where it ends; of text only the transport knows, and some proxies drop what it says."""
    if "Content-Length" not in response.headers and not getattr(response, "chunked", False):
        reason = "nothing says where the answer ends, so that it may be cut off"
        return Answer(response.status, "failed", reason, server_date=date, audit_id=audit_id)
    return Answer(response.status, text=text, server_date=date, audit_id=audit_id)


def _parsed(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _trouble(error: Exception) -> Answer:
    """What kind of trouble it was, never its message: that may quote addresses and headers."""
    names = [kind.__name__ for kind in type(error).__mro__]
    name = type(error).__name__
    if any(each in names for each in _UNREACHABLE):
        reason = f"the API server cannot be reached ({name}{_of_its_certificate(error)})"
        return no_answer(reason, retriable=True, nobody_there=True)
    reason = f"the connection broke off ({name})"
    return no_answer(reason, retriable=True, nobody_there=_SILENT in names)


def _of_its_certificate(error: BaseException | None) -> str:
    """What OpenSSL says of a certificate that nobody can trust: words of its own, and the name asked for."""
    for cause in (error, *(error.args if error else ()), error.__cause__ if error else None):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f": {plain(str(cause.verify_message))}"
    return ""

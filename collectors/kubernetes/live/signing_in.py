"""Signing in: the official client reads the kubeconfig, runs the credential plugin and opens the connections.

Nothing is written back to the kubeconfig, and what the client leaves out is added: impersonation, and a clear word
where it would go on as nobody because a plugin failed.
"""

from __future__ import annotations

import base64
import binascii
import os
import threading
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
from urllib3 import HTTPHeaderDict

from collectors.problems import nearest

_IN_CLUSTER = "KUBERNETES_SERVICE_HOST"
_WAYS_TO_SIGN_IN = ("exec", "token", "tokenFile", "auth-provider", "username", "client-certificate",
                    "client-certificate-data")  # fmt: skip
_UNREADABLE = (OSError, UnicodeDecodeError, AttributeError, KeyError, TypeError, ValueError)


class UnusableAccess(Exception):  # noqa: N818 - it names a state, and the name is public
    """A kubeconfig that cannot be read, or that lacks the context asked for: nothing was sent."""


class SignInFailed(Exception):  # noqa: N818
    """The kubeconfig says how to sign in, and it did not work: a plugin failed, a token file is missing."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Open connections to one server as one account. `said` is what the kubeconfig says of the user."""

    server: str
    principal: str
    namespace: str | None
    pool: Any
    configuration: Any
    impersonated: tuple[tuple[str, str], ...]
    _mutex: threading.Lock = field(default_factory=threading.Lock)
    _kubelets: list[Any] = field(default_factory=list)

    def headers(self) -> HTTPHeaderDict:
        """The headers of every request; a credential plugin may run, when its last token has expired."""
        with self._mutex:
            given = self.configuration.auth_settings().get("BearerToken")
        headers = HTTPHeaderDict({"User-Agent": user_agent()})
        if given and given["value"]:
            headers["Authorization"] = given["value"]
        for name, value in self.impersonated:
            headers.add(name, value)
        return headers

    def pool_to_kubelets(self) -> Any:
        """Connections to nodes, which the authority of the cluster has to vouch for; None where there is none."""
        if not self.configuration.verify_ssl or not self.configuration.ssl_ca_cert:
            return None
        with self._mutex:
            if not self._kubelets:
                settings = copy(self.configuration)
                settings.tls_server_name = None
                self._kubelets.append(_official_client()[0].ApiClient(settings).rest_client.pool_manager)
            return self._kubelets[0]


def user_agent() -> str:
    """How the tool names itself in the server's audit log."""
    try:
        return f"kubesurvey/{version('kubesurvey')} (read-only survey)"
    except PackageNotFoundError:
        return "kubesurvey (read-only survey)"


def signed_in(kubeconfig: Path | None = None, context: str | None = None, *, connections: int = 8) -> SignedIn:
    """Sign in as a context of a kubeconfig; without one as the pod that this runs in, if it is one.

    Raises UnusableAccess and SignInFailed.
    """
    client, config = _official_client()
    configuration = client.Configuration()
    configuration.connection_pool_maxsize = connections
    configuration.debug = False
    if _is_a_pod(kubeconfig, context):
        config.load_incluster_config(client_configuration=configuration)
        return _opened(configuration, "the service account of this pod", None, {})
    place = _place(kubeconfig)
    chosen, user = _context(place, context)
    try:
        config.load_kube_config(place, chosen["name"], client_configuration=configuration, persist_config=False)
    except config.ConfigException as error:
        raise UnusableAccess(f"{place}: context {chosen['name']!r}: {error}") from None
    except _UNREADABLE as error:
        raise UnusableAccess(f"{place}: context {chosen['name']!r} cannot be used ({type(error).__name__})") from None
    _refuse_nobody(place, chosen["name"], user, configuration)
    name = f"user {chosen['context'].get('user')!r} of the kubeconfig"
    return _opened(configuration, name, chosen["context"].get("namespace"), user)


def _official_client() -> tuple[Any, Any]:
    """The modules of the official client, loaded when first needed: they take most of a second."""
    import kubernetes.client
    import kubernetes.config

    return kubernetes.client, kubernetes.config


def refuse_unknown_context(kubeconfig: Path | None, context: str | None) -> None:
    """Raise UnusableAccess unless the kubeconfig can be read and has the context; nothing is run or sent."""
    if not _is_a_pod(kubeconfig, context):
        _context(_place(kubeconfig), context)


def _is_a_pod(kubeconfig: Path | None, context: str | None) -> bool:
    return kubeconfig is None and context is None and _IN_CLUSTER in os.environ


def _place(kubeconfig: Path | None) -> str:
    """One path, or several with the separator of the KUBECONFIG variable."""
    if kubeconfig is None:
        return os.environ.get("KUBECONFIG") or str(Path("~/.kube/config").expanduser())
    if not kubeconfig.is_file():
        raise UnusableAccess(f"{kubeconfig} is not a file")
    return str(kubeconfig)


def _config(place: str) -> dict[str, list[dict[str, Any]]]:
    from yaml import YAMLError

    _, config = _official_client()
    try:
        merged = config.kube_config.KubeConfigMerger(place).config
    except (config.ConfigException, YAMLError, *_UNREADABLE) as error:
        raise UnusableAccess(f"{place} is not a kubeconfig ({type(error).__name__})") from None
    if merged is None:
        raise UnusableAccess(f"there is no kubeconfig at {place}")
    named = {part: [node.value for node in merged.value.get(part) or []] for part in ("contexts", "users", "clusters")}
    current = merged.value.get("current-context")
    return named | {"current": [{"name": current}] if current else []}


def _context(place: str, wanted: str | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """The context of this name (or the current one), and what the kubeconfig says of its user."""
    known = _config(place)
    name = wanted or next((one["name"] for one in known["current"]), None)
    if name is None:
        raise UnusableAccess(f"{place} has no current context: name one with --context")
    chosen = next((one for one in known["contexts"] if one.get("name") == name), None)
    if chosen is None or not isinstance(chosen.get("context"), dict):
        meant = nearest(name, [str(one.get("name")) for one in known["contexts"]])
        hint = f"; did you mean {meant!r}?" if meant else ""
        raise UnusableAccess(f"{place} has no context {name!r}{hint}")
    users = {one.get("name"): one.get("user") for one in known["users"]}
    user = users.get(chosen["context"].get("user"))
    return chosen, user if isinstance(user, dict) else {}


def _refuse_nobody(place: str, context: str, user: Mapping[str, Any], configuration: Any) -> None:
    """The client goes on without credentials when a plugin fails: then nobody would be asking, by mistake."""
    ways = [way for way in _WAYS_TO_SIGN_IN if user.get(way)]
    if ways and not configuration.api_key and not configuration.cert_file:
        raise SignInFailed(f"{place}: context {context!r}: signing in by {', '.join(ways)} gave no credentials")


def _opened(configuration: Any, name: str, namespace: str | None, user: Mapping[str, Any]) -> SignedIn:
    client, _ = _official_client()
    try:
        pool = client.ApiClient(configuration).rest_client.pool_manager
    except (OSError, ValueError) as error:
        raise UnusableAccess(f"certificates of {name} cannot be used ({type(error).__name__})") from None
    impersonated = _impersonation(user)
    acting = f", acting as {user['as']}" if user.get("as") else ""
    principal = f"{_named_by_credentials(configuration) or name}{acting}"
    return SignedIn(configuration.host, principal, namespace, pool, configuration, impersonated)


def _impersonation(user: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The headers of `as`, `as-uid`, `as-groups` and `as-user-extra`, which the client leaves out."""
    found = [("Impersonate-User", user.get("as")), ("Impersonate-Uid", user.get("as-uid"))]
    found += [("Impersonate-Group", group) for group in user.get("as-groups") or ()]
    extra = user.get("as-user-extra")
    for key, values in extra.items() if isinstance(extra, dict) else ():
        found += [(f"Impersonate-Extra-{quote(str(key), safe='')}", value) for value in values or ()]
    return tuple((name, str(value)) for name, value in found if value)


def _named_by_credentials(configuration: Any) -> str:
    """The name that the credentials give: the common name of a certificate, the subject of a token."""
    given = configuration.auth_settings().get("BearerToken")
    token = str(given["value"] or "").removeprefix("Bearer ") if given else ""
    if token:
        return _subject_of_token(token)
    return _subject_of_certificate(configuration.cert_file) if configuration.cert_file else ""


def _subject_of_token(token: str) -> str:
    """The `sub` (or Entra object id) of a JSON web token. Nobody relies on it, so its signature is not checked."""
    parts = token.split(".")
    if len(parts) != 3:
        return ""
    try:
        claims: Any = orjson.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return ""
    subject = claims.get("sub") or claims.get("oid") if isinstance(claims, dict) else None
    return subject[:253] if isinstance(subject, str) else ""


def _subject_of_certificate(path: str) -> str:
    from cryptography import x509

    try:
        certificate = x509.load_pem_x509_certificate(Path(path).read_bytes())
    except (OSError, ValueError):
        return ""
    return certificate.subject.rfc4514_string()[:253]

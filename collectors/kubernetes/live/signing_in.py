"""Signing in: the official client reads the kubeconfig, runs the credential plugin and opens the connections.

Nothing is written back to the kubeconfig, and what the client leaves out is added: impersonation, and a clear word
where it would go on as nobody because a plugin failed.
"""

from __future__ import annotations

import os
import re
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from urllib3 import HTTPHeaderDict

from collectors.kubernetes.live.answers import plain
from collectors.kubernetes.live.principals import claims_of_token, named_by_credentials
from collectors.problems import nearest

_IN_CLUSTER = "KUBERNETES_SERVICE_HOST"
_WAYS_TO_SIGN_IN = ("exec", "token", "tokenFile", "auth-provider", "username", "client-certificate",
                    "client-certificate-data")  # fmt: skip
_UNREADABLE = (OSError, UnicodeDecodeError, AttributeError, KeyError, TypeError, ValueError)
_ENDS_A_LINE = re.compile(r"[\x00-\x1f\x7f]")


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
        headers = HTTPHeaderDict({"User-Agent": user_agent()})
        credentials = self._credentials()
        if credentials:
            headers["Authorization"] = as_header(credentials)
        for name, value in self.impersonated:
            headers.add(name, value)
        return headers

    def _credentials(self) -> str:
        """What the Authorization header says. Raises SignInFailed."""
        with self._mutex:
            try:
                given = self.configuration.auth_settings().get("BearerToken")
            except Exception as error:
                # Whatever a plugin, a file or an identity provider did: their words may quote credentials.
                raise SignInFailed(f"the credentials could not be renewed ({type(error).__name__})") from None
        return str(given["value"] or "").strip() if given else ""

    def close(self) -> None:
        """Close every connection that is not in use."""
        for pool in (self.pool, *self._kubelets):
            pool.clear()

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


def as_header(value: str) -> str:
    """A value as clients in Go send it, in UTF-8. Raises SignInFailed where it would end its line."""
    if _ENDS_A_LINE.search(value):
        raise SignInFailed("the credentials hold a line end or another control character")
    return value.encode("utf-8", "replace").decode("latin-1")


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
        with _signing_in("the service account of this pod"):
            config.load_incluster_config(client_configuration=configuration)
            return _opened(configuration, "the service account of this pod", None, {})
    place = _place(kubeconfig)
    merged = _merged(place)
    chosen, user = _context(place, merged, context)
    with _signing_in(f"{place}: context {chosen['name']!r}"):
        _refuse_to_renew(user)
        loader = config.kube_config.KubeConfigLoader(merged.config, chosen["name"], config_base_path=None)
        loader.load_and_set(configuration)
        _refuse_nobody(user, configuration)
        _refuse_wrong_address(configuration.host)
        _refuse_unreadable_certificates(configuration)
        name = f"user {chosen['context'].get('user')!r} of the kubeconfig"
        return _opened(configuration, name, chosen["context"].get("namespace"), user)


@contextmanager
def _signing_in(who: str) -> Iterator[None]:
    """Whatever goes wrong from here on is a failed sign-in of this one cluster, and says of whom.

    Words of the client itself name files and fields; those of others may quote credentials, and stay out.
    """
    _, config = _official_client()
    try:
        yield
    except SignInFailed as error:
        raise SignInFailed(f"{who}: {error}") from None
    except config.ConfigException as error:
        raise SignInFailed(f"{who}: {plain(str(error).partition(chr(10))[0])}") from None
    except Exception as error:
        raise SignInFailed(f"{who} cannot be used ({type(error).__name__})") from None


def _official_client() -> tuple[Any, Any]:
    """The modules of the official client, loaded when first needed: they take most of a second."""
    import kubernetes.client
    import kubernetes.config

    return kubernetes.client, kubernetes.config


def refuse_unknown_context(kubeconfig: Path | None, context: str | None) -> None:
    """Raise UnusableAccess unless the kubeconfig can be read and has the context; nothing is run or sent."""
    if not _is_a_pod(kubeconfig, context):
        place = _place(kubeconfig)
        _context(place, _merged(place), context)


def _is_a_pod(kubeconfig: Path | None, context: str | None) -> bool:
    return kubeconfig is None and context is None and _IN_CLUSTER in os.environ and "KUBECONFIG" not in os.environ


def _place(kubeconfig: Path | None) -> Path | str:
    """One file; or text that may name several, with the separator of the KUBECONFIG variable."""
    if kubeconfig is None:
        return os.environ.get("KUBECONFIG") or str(Path("~/.kube/config").expanduser())
    if not kubeconfig.is_file():
        raise UnusableAccess(f"{kubeconfig} is not a file")
    return kubeconfig


def _merged(place: Path | str) -> Any:
    """The kubeconfig that all files together make, as the client merges them."""
    from yaml import YAMLError

    _, config = _official_client()
    try:
        merger = config.kube_config.KubeConfigMerger(place if isinstance(place, str) else "")
        if isinstance(place, Path):
            merger.load_config(str(place))  # a path of its own may hold the separator
    except (config.ConfigException, YAMLError, *_UNREADABLE) as error:
        raise UnusableAccess(f"{place} is not a kubeconfig ({type(error).__name__})") from None
    if merger.config is None:
        raise UnusableAccess(f"there is no kubeconfig at {place}")
    return merger


def _context(place: Path | str, merged: Any, wanted: str | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """The context of this name (or the current one), and what the kubeconfig says of its user."""
    contexts, users = (
        [node.value for node in merged.config.value[part] if isinstance(node.value, dict)]
        for part in ("contexts", "users")
    )
    # As for kubectl, the first file that names one decides; the client takes the last.
    name = wanted or next(filter(None, (each.get("current-context") for each in merged.config_files.values())), None)
    if name is None:
        raise UnusableAccess(f"{place} has no current context: name one with --context")
    chosen = next((one for one in contexts if one.get("name") == name), None)
    if chosen is None or not isinstance(chosen.get("context"), dict):
        meant = nearest(str(name), [str(one.get("name")) for one in contexts])
        hint = f"; did you mean {meant!r}?" if meant else ""
        raise UnusableAccess(f"{place} has no context {name!r}{hint}")
    user = next((one.get("user") for one in users if one.get("name") == chosen["context"].get("user")), None)
    return chosen, user if isinstance(user, dict) else {}


def _refuse_to_renew(user: Mapping[str, Any]) -> None:
    """Renewing a token of OIDC makes the one in the kubeconfig useless with many providers, and is kubectl's to do."""
    provider = user.get("auth-provider")
    settings = provider.get("config") if isinstance(provider, dict) and provider.get("name") == "oidc" else None
    token = settings.get("id-token") if isinstance(settings, dict) else None
    expires = claims_of_token(str(token or "")).get("exp")
    if isinstance(expires, int | float) and expires <= time.time():
        raise SignInFailed("the token of OIDC has expired; any call of kubectl renews it in the kubeconfig")


def _refuse_nobody(user: Mapping[str, Any], configuration: Any) -> None:
    """The client goes on without credentials when a plugin fails: then nobody would be asking, by mistake."""
    ways = [way for way in _WAYS_TO_SIGN_IN if user.get(way)]
    if ways and not configuration.api_key and not configuration.cert_file:
        raise SignInFailed(f"signing in by {', '.join(ways)} gave no credentials")


def _refuse_wrong_address(server: str) -> None:
    try:
        address = urlsplit(server)
        usable = address.scheme in ("http", "https") and address.hostname and address.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise SignInFailed("the address of the API server is none that can be asked")


def _refuse_unreadable_certificates(configuration: Any) -> None:
    """Files that hold no certificate or no key would be found out only on the way, as if the server were away."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if configuration.ssl_ca_cert:
        context.load_verify_locations(configuration.ssl_ca_cert)
    if configuration.cert_file:
        context.load_cert_chain(configuration.cert_file, configuration.key_file, password="")


def _opened(configuration: Any, name: str, namespace: str | None, user: Mapping[str, Any]) -> SignedIn:
    client, _ = _official_client()
    pool = client.ApiClient(configuration).rest_client.pool_manager
    impersonated = _impersonation(user)
    acting = f", acting as {user['as']}" if user.get("as") else ""
    principal = f"{named_by_credentials(configuration) or name}{acting}"
    return SignedIn(configuration.host, principal, namespace, pool, configuration, impersonated)


def _impersonation(user: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The headers of `as`, `as-uid`, `as-groups` and `as-user-extra`, which the client leaves out."""
    found = [("Impersonate-User", user.get("as")), ("Impersonate-Uid", user.get("as-uid"))]
    found += [("Impersonate-Group", group) for group in user.get("as-groups") or ()]
    extra = user.get("as-user-extra")
    for key, values in extra.items() if isinstance(extra, dict) else ():
        found += [(f"Impersonate-Extra-{quote(str(key), safe='')}", value) for value in values or ()]
    return tuple((name, as_header(str(value))) for name, value in found if value)

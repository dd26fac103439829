"""Which names promise a credential: PASSWORD and API_KEY do, PASSWORD_FILE and TOKEN_TTL do not."""

from __future__ import annotations

import re
from functools import lru_cache


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_STRONG = _words(
    """
    password passwords passwd passphrase pwd secret secrets token tokens apikey credential
    credentials creds dsn htpasswd dockerconfigjson dockercfg kubeconfig
    """
)
# Written together with something before it: dbpassword, clientsecret, authtoken.
_ENDINGS = (
    *("password", "passwd", "passphrase", "secret", "token"),
    *("apikey", "secretkey", "accesskey", "privatekey"),
)
# A key is a credential only when it says which: PUBLIC_KEY, SORT_KEY and ROUTING_KEY are none.
_KEY_OF = _words(
    """
    api access client tls private secret account encryption signing master auth storage batch shared session
    license jwt hmac ssh app application root admin cookie deploy webhook stripe openai
    """
)
# AZURE_BATCH_KEY, OCI_CLI_KEY_CONTENT: under a cloud's name, a key is a key to it.
_CLOUDS = ("aws", "azure", "gcp", "oci", "google")
# Words that say what about the credential is meant: where it is, how long it lives, whether there is one.
_ABOUT = _words(
    """
    file files path paths dir directory folder name names ref refs reference ttl expiry expiration
    expires expire seconds minutes hours days timeout lifetime duration interval age length size
    min max count limit limits enabled enable disabled disable required require policy type kind
    url uri endpoint host hosts port issuer audience audiences algorithm alg provider mode method
    version prefix suffix header headers field format store manager namespace mount location region
    arn class hint rotation rotate cache validation encoding request requests id ids review reviews
    usage selector volume server service account env var variable projection controller cleaner
    checks scopes scope claim mapping vault
    """
)
_BEFORE = _words(
    """
    max min num enable disable use allow require requires skip is has no with without generate
    create rotate public automount per count supports
    """
)


def words_of(name: str) -> list[str]:
    """The words of a name in snake_case, kebab-case, camelCase or dots, in lower case."""
    return [word.lower() for word in _WORD.findall(name)]


@lru_cache(maxsize=8192)
def promises_credential(name: str) -> bool:
    """Whether a value under this name is a credential unless the value itself says otherwise."""
    words = words_of(name[:256])
    at = _credential_at(words)
    if at is None or any(word in _BEFORE for word in words[:at]):
        return False
    return not any(word in _ABOUT for word in words[at + 1 :])


def _credential_at(words: list[str]) -> int | None:
    """The position of the last word of what makes the name a credential."""
    found = None
    for position, word in enumerate(words):
        before = words[position - 1] if position else ""
        key = word in ("key", "keys") and position > 0 and (before in _KEY_OF or words[0] in _CLOUDS)
        last = position == len(words) - 1 and word in ("pass", "pw", "sas", "jwt", "bearer")
        if key or last or word in _STRONG or word.endswith(_ENDINGS) or (word == "string" and before == "connection"):
            found = position
    return found

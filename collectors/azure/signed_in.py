"""Who is signed in: the credential, and the name that its token gives the principal."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken, TokenCredential

NOT_NAMED = "the signed-in Azure identity"
_OBJECT_ID = re.compile(r"[0-9A-Fa-f-]{8,64}")


class SignedIn:
    """Hands tokens on as the credential gives them, and remembers the object id in them, nothing else."""

    def __init__(self, credential: TokenCredential) -> None:
        self._credential = credential
        self.principal = NOT_NAMED

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """A token of the credential; raises what the credential raises."""
        token = self._credential.get_token(*scopes, **options)
        object_id = _object_id(token.token)
        self.principal = f"Azure object {object_id}" if object_id else NOT_NAMED
        return token


def _object_id(token: str) -> str | None:
    """The `oid` claim of a JSON web token. Nobody relies on it, so its signature is not checked."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims: Any = orjson.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return None
    found = claims.get("oid") if isinstance(claims, dict) else None
    return found if isinstance(found, str) and _OBJECT_ID.fullmatch(found) else None

"""Who asks, as far as the credentials themselves say. The API server may know the account by another name."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Any

import orjson

from collectors.kubernetes.live.answers import plain


def named_by_credentials(configuration: Any) -> str:
    """The name that the credentials give: the common name of a certificate, the subject of a token."""
    given = configuration.auth_settings().get("BearerToken")
    token = str(given["value"] or "").strip().rpartition(" ")[2] if given else ""
    if token:
        return _subject_of_token(token)
    return _subject_of_certificate(configuration.cert_file) if configuration.cert_file else ""


def _subject_of_token(token: str) -> str:
    """The `sub` (or Entra object id) of a JSON web token. Nobody relies on it, so its signature is not checked."""
    claims = claims_of_token(token)
    subject = claims.get("sub") or claims.get("oid")
    return plain(subject)[:253] if isinstance(subject, str) else ""


def claims_of_token(token: str) -> dict[str, Any]:
    """What a JSON web token says; nothing for a token of another form."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        claims: Any = orjson.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _subject_of_certificate(path: str) -> str:
    from cryptography import x509

    try:
        certificate = x509.load_pem_x509_certificate(Path(path).read_bytes())
    except (OSError, ValueError):
        return ""
    return plain(certificate.subject.rfc4514_string())[:253]

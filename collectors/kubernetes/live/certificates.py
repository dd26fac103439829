"""Secrets, where somebody asked for them: type, names of keys, sizes, and the public part of certificates.

What else is in a Secret is dropped in memory, before redaction and long before the disk.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

Object = dict[str, Any]

_KEPT = ("apiVersion", "kind", "type", "immutable")
_KEPT_METADATA = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "labels",
                  "ownerReferences")  # fmt: skip
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----")
_MOST_CERTIFICATES = 20
_LONGEST_NAME = 1000


def certificates_of(secret: Object) -> list[Object]:
    """The public certificates in a Secret: whom they name, who signed them, until when they hold."""
    data = secret.get("data")
    found: list[Object] = []
    for key, value in data.items() if isinstance(data, dict) else ():
        for pem in _PEM.findall(_decoded(value)):
            said = _said_by(pem)
            if said is not None and len(found) < _MOST_CERTIFICATES:
                found.append({"key": str(key)} | said)
    return found


def reduce(secret: Object) -> None:
    """Leave nothing in a Secret but what a survey keeps. Its data are redacted after this, like all data."""
    metadata = secret.get("metadata")
    data = secret.get("data")
    kept = {name: secret[name] for name in _KEPT if name in secret}
    held = metadata if isinstance(metadata, dict) else {}
    secret.clear()
    secret |= kept | {"metadata": {name: held[name] for name in _KEPT_METADATA if name in held}}
    if data is not None:
        secret["data"] = data


def _decoded(value: Any) -> bytes:
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except (binascii.Error, ValueError):
        return b""


def _said_by(pem: bytes) -> Object | None:
    from cryptography import x509

    try:
        certificate = x509.load_pem_x509_certificate(pem)
        return {
            "subject": certificate.subject.rfc4514_string()[:_LONGEST_NAME],
            "issuer": certificate.issuer.rfc4514_string()[:_LONGEST_NAME],
            "serial": f"{certificate.serial_number:x}",
            "not_before": certificate.not_valid_before_utc.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "not_after": certificate.not_valid_after_utc.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "dns_names": _dns_names(certificate),
            "is_ca": _is_authority(certificate),
        }
    except Exception:
        # cryptography has many names for a certificate that is none, and not all of them are a ValueError.
        return None


def _dns_names(certificate: Any) -> list[str]:
    from cryptography import x509

    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return sorted(names.get_values_for_type(x509.DNSName))


def _is_authority(certificate: Any) -> bool:
    from cryptography import x509

    try:
        return bool(certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except x509.ExtensionNotFound:
        return False

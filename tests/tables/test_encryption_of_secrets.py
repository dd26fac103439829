"""Files that say how Secrets are stored: which provider writes them, and that their keys never stay."""

from __future__ import annotations

import base64
from typing import Any

import orjson
import pytest

from collectors.kubernetes.in_memory import in_memory
from collectors.tables.kubernetes.control_plane.encryption import Encryption, EncryptionSettings
from tests.tables.rows_of import build


def configuration(*entries: Any) -> dict[str, Any]:
    return {"apiVersion": "apiserver.config.k8s.io/v1", "kind": "EncryptionConfiguration", "resources": list(entries)}


def row(*entries: Any) -> EncryptionSettings:
    (found,) = build(Encryption, configuration(*entries))["encryption_settings"]
    assert isinstance(found, EncryptionSettings)
    return found


def provider(*entries: Any) -> str | None:
    found = row(*entries)
    assert found.has_provider_of_secrets is not False
    return found.provider_of_secrets


KMS: dict[str, Any] = {"kms": {"name": "shop"}}
SECRETBOX: dict[str, Any] = {"secretbox": {"keys": []}}
IDENTITY: dict[str, Any] = {"identity": {}}


def test_the_first_provider_of_the_first_entry_about_secrets_writes_them() -> None:
    assert provider({"resources": ["secrets"], "providers": [KMS, IDENTITY]}) == "kms"
    assert provider({"resources": ["secrets"], "providers": [IDENTITY, KMS]}) == "identity"
    pods = {"resources": ["pods"], "providers": [IDENTITY]}
    assert provider(pods, {"resources": ["*."], "providers": [KMS]}) == "kms"
    both = [{"resources": ["*.*"], "providers": [SECRETBOX]}, {"resources": ["secrets"], "providers": [KMS]}]
    assert provider(*both) == "secretbox"


def test_a_file_that_leaves_secrets_out_has_no_provider_of_them() -> None:
    assert row({"resources": ["*.apps"], "providers": [KMS]}).has_provider_of_secrets is False
    assert row({"resources": ["secrets"], "providers": []}).has_provider_of_secrets is False
    assert row().has_provider_of_secrets is False


@pytest.mark.parametrize(
    "entry",
    ["secrets", {"resources": "secrets", "providers": [KMS]}, {"resources": ["secrets"], "providers": "kms"},
     {"resources": ["secrets"], "providers": ["kms"]}, {"resources": ["secrets"], "providers": [{"rot13": {}}]}],
)  # fmt: skip
def test_what_cannot_be_read_is_not_known(entry: Any) -> None:
    found = row(entry, {"resources": ["secrets"], "providers": [KMS]})
    assert found.has_provider_of_secrets is None and found.provider_of_secrets is None


@pytest.mark.parametrize("size", [16, 24, 32])
@pytest.mark.parametrize("cipher", ["aescbc", "aesgcm", "secretbox"])
def test_no_key_is_stored(cipher: str, size: int) -> None:
    key = base64.b64encode(bytes(range(size))).decode()
    entry = {"resources": ["secrets"], "providers": [{cipher: {"keys": [{"name": "one", "secret": key}]}}]}
    ((_, placed),) = in_memory([configuration(entry)], cluster="c", whole=True)
    stored = orjson.dumps(placed)
    assert key.encode() not in stored and cipher.encode() in stored

"""Keys and certificates of a control plane, and tokens signed as its API server signs them."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Pair:
    """A certificate and its private key, as PEM."""

    certificate: bytes
    key: bytes

    def written(self, folder: Path, name: str) -> tuple[Path, Path]:
        """The two files, certificate first."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = folder / f"{name}.crt", folder / f"{name}.key"
        for path, content in zip(paths, (self.certificate, self.key), strict=True):
            path.write_bytes(content)
        return paths


class Authority:
    """A certificate authority that signs servers and users."""

    def __init__(self, name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        signed = _unsigned(self._name, self._name, self._key).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        self.certificate = _pem(signed.sign(self._key, hashes.SHA256()))

    def server(self, *addresses: str) -> Pair:
        """The pair of a server that is reached at these addresses, and as a service of the cluster."""
        names: list[x509.GeneralName] = [x509.IPAddress(ip_address(each)) for each in addresses]
        names += [x509.DNSName(each) for each in ("localhost", "kubernetes.default.svc")]
        return self._signed([("CN", "kube-apiserver")], ExtendedKeyUsageOID.SERVER_AUTH,
                            x509.SubjectAlternativeName(names))  # fmt: skip

    def user(self, name: str, groups: tuple[str, ...] = ()) -> Pair:
        """The pair by which a user of these groups signs in."""
        return self._signed([*(("O", group) for group in groups), ("CN", name)], ExtendedKeyUsageOID.CLIENT_AUTH)

    def _signed(self, named: list[tuple[str, str]], usage: Any, *more: x509.ExtensionType) -> Pair:
        kinds = {"O": NameOID.ORGANIZATION_NAME, "CN": NameOID.COMMON_NAME}
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(kinds[kind], value) for kind, value in named])
        unsigned = _unsigned(subject, self._name, key)
        for extension in (x509.ExtendedKeyUsage([usage]), *more):
            unsigned = unsigned.add_extension(extension, critical=False)
        return Pair(_pem(unsigned.sign(self._key, hashes.SHA256())), _private(key))


class TokenSigner:
    """The key pair of service-account tokens."""

    def __init__(self, folder: Path) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        folder.mkdir(parents=True, exist_ok=True)
        self.private, self.public = folder / "service-accounts.key", folder / "service-accounts.pub"
        self.private.write_bytes(_private(self._key))
        self.public.write_bytes(self._key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))  # fmt: skip

    def token(self, issuer: str, account: dict[str, Any], expires: datetime) -> str:
        """A token of this ServiceAccount, of any lifetime: the API of tokens gives none under ten minutes."""
        named = account["metadata"]
        claims = {
            "aud": [issuer], "iss": issuer, "exp": int(expires.timestamp()),
            "iat": int(expires.timestamp()) - 3600, "nbf": int(expires.timestamp()) - 3600,
            "sub": f"system:serviceaccount:{named['namespace']}:{named['name']}",
            "kubernetes.io": {"namespace": named["namespace"],
                              "serviceaccount": {"name": named["name"], "uid": named["uid"]}},
        }  # fmt: skip
        signed = ".".join(_base64(json.dumps(part).encode()) for part in ({"alg": "RS256", "typ": "JWT"}, claims))
        return signed + "." + _base64(self._key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))


def _unsigned(subject: x509.Name, issuer: x509.Name, key: PrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=30))
    )  # fmt: skip


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _private(key: PrivateKey) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL,
                             serialization.NoEncryption())  # fmt: skip


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def certificate_request(name: str) -> bytes:
    """A PEM request for the certificate of a user."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signed = x509.CertificateSigningRequestBuilder().subject_name(subject)
    made = signed.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    return made.public_bytes(serialization.Encoding.PEM)

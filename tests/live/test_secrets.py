"""Secrets of a real API server: what is kept of them where somebody asked, and that nobody asks otherwise."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zstandard

from collectors.kubernetes.live.certificates import certificates_of, reduce
from tests.control_plane.certificates import Authority
from tests.live.surveying import new_run, survey
from tests.live.troubled import NAMESPACE, World

ACCOUNT = f"system:serviceaccount:{NAMESPACE}:troubled"
CANARY = "Canary-of-a-live-secret"
PLANTED = {
    "opaque": ("Opaque", {"password": f"{CANARY}-1", "empty": "", "config.yaml": f"token: {CANARY}-2"}),
    "dotted": ("kubernetes.io/dockerconfigjson", {".dockerconfigjson": json.dumps({"auths": {f"{CANARY}-3": {}}})}),
    "basic": ("kubernetes.io/basic-auth", {"username": f"{CANARY}-4", "password": f"{CANARY}-5"}),
}


def secret(name: str, kind: str, data: dict[str, str], **more: Any) -> dict[str, Any]:
    encoded = {key: base64.b64encode(value.encode()).decode() for key, value in data.items()}
    metadata = {
        "name": name,
        "namespace": NAMESPACE,
        "annotations": {"note": f"{CANARY}-6"},
        "labels": {"team": "shop"},
    }
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": kind, "data": encoded} | more


@pytest.fixture(scope="module")
def pair(world: World) -> Iterator[Any]:
    """A certificate with its private key, and secrets of several types, on the server."""
    found = Authority("secrets-of-tests").server("192.0.2.7")
    tls = {"tls.crt": found.certificate.decode(), "tls.key": found.key.decode(),
           "both.pem": found.key.decode() + found.certificate.decode()}  # fmt: skip
    planted = [secret(name, kind, data) for name, (kind, data) in PLANTED.items()]
    world.plane.apply([*planted, secret("tls", "kubernetes.io/tls", tls, immutable=True)])
    yield found
    world.plane.kubectl("delete", "secret", "-n", NAMESPACE, *PLANTED, "tls")


def on_disk(folder: Path) -> bytes:
    """Every byte that was written, unpacked."""
    content = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            raw = path.read_bytes()
            content.append(raw)
            if path.suffix == ".zst" or raw[:4] == b"\x28\xb5\x2f\xfd":
                content.append(zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True).read())
    assert len(content) > 10
    return b"\n".join(content)


def spellings(text: str) -> list[bytes]:
    """A text, and in base64 wherever it may begin."""
    coded = [base64.b64encode(b"x" * shift + text.encode())[4 * bool(shift) :].rstrip(b"=")[:-2] for shift in range(3)]
    return [text.encode(), *coded]


def test_with_secrets_type_keys_sizes_and_public_certificates_are_kept_and_nothing_else(
    world: World, pair: Any, tmp_path: Path
) -> None:
    run = new_run(tmp_path)
    survey(run, world.plane.kubeconfig_for_token(world.token), "kept", with_secrets=True)
    (item,) = (item for item in run.items() if item.request == "GET /api/v1/secrets?limit=500")
    lines = [json.loads(line)["object"] for line in run.read(item).splitlines()]
    kept = {obj["metadata"]["name"]: obj for obj in lines if obj["metadata"]["namespace"] == NAMESPACE}
    assert {obj["type"] for obj in kept.values()} >= {"Opaque", "kubernetes.io/tls", "kubernetes.io/basic-auth"}
    assert set(kept["opaque"]["data"]) == {"password", "empty", "config.yaml"}
    assert set(kept["opaque"]["metadata"]) <= {
        "name",
        "namespace",
        "uid",
        "resourceVersion",
        "creationTimestamp",
        "labels",
    }
    assert kept["opaque"]["metadata"]["labels"] == {"team": "shop"}
    assert (kept["tls"]["immutable"], [one["key"] for one in kept["tls"]["certificates"]]) == (
        True,
        ["both.pem", "tls.crt"],
    )
    public = kept["tls"]["certificates"][1]
    assert (public["subject"], public["issuer"], public["is_ca"]) == ("CN=kube-apiserver", "CN=secrets-of-tests", False)
    assert "certificates" not in kept["opaque"]
    assert all(len(str(value)) < 200 for obj in kept.values() for value in obj["data"].values())
    written = on_disk(run.path)
    assert b"secrets-of-tests" in written
    for hidden in (CANARY, "BEGIN EC PRIVATE KEY", "BEGIN PRIVATE KEY"):
        assert not [one for one in spellings(hidden) if one in written], hidden
    key = b"".join(pair.key.splitlines()[1:-1])
    assert key[:40] not in written and key[-40:] not in written


def test_without_them_nobody_asks(world: World, pair: Any, tmp_path: Path) -> None:
    world.plane.forget_audit_events()
    run = new_run(tmp_path)
    survey(run, world.plane.kubeconfig_for_token(world.token), "shy")
    events = world.plane.audit_events(ACCOUNT)
    asked = {event["objectRef"]["resource"] for event in events if "objectRef" in event}
    assert "configmaps" in asked and "secrets" not in asked
    assert not [event for event in events if event["requestURI"].partition("?")[0].endswith("/secrets")]
    assert CANARY.encode() not in on_disk(run.path)


@pytest.mark.parametrize(
    "data",
    [
        None, [], "text", 7, {"a": None}, {"a": 7}, {"a": ["x"]}, {"a": "no base64!"}, {"a": "\u00e9"},
        {"a": base64.b64encode(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----").decode()},
        {"a": base64.b64encode(b"-----BEGIN CERTIFICATE-----\n" * 10_000).decode()},
    ],
)  # fmt: skip
def test_data_of_any_form_are_no_certificates_and_do_no_harm(data: Any) -> None:
    obj = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x", "annotations": {"a": CANARY}}, "data": data,
           "stringData": {"b": CANARY}, "extra": CANARY}  # fmt: skip
    assert certificates_of(obj) == []
    reduce(obj)
    assert CANARY not in json.dumps(obj)
    assert set(obj) <= {"apiVersion", "kind", "metadata", "type", "immutable", "data"}


def test_so_many_certificates_and_no_more(pair: Any) -> None:
    many = base64.b64encode(pair.certificate * 500).decode()
    assert len(certificates_of({"data": {"ca.crt": many, "b": many}})) == 20

"""A small estate that holds every kind a survey lists: shops and their platform, in four namespaces and the usual ones.

Everything is applied as a person would; the server and its controllers add what they add. `estate_objects/` is most of
it; what holds keys or comes from the list of extensions is made here.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.control_plane import custom_resources
from tests.control_plane.certificates import Authority, certificate_request
from tests.control_plane.server import ControlPlane
from tests.samples.clinic import thing

Object = dict[str, Any]

NAMESPACES = ("billing", "legacy", "platform", "shop")
_FOLDER = Path(__file__).parent / "estate_objects"
_NOT_SERVED_BY = {"1.34": ("mutating-policies",)}
_FIRST = "namespaces"


def settle(plane: ControlPlane) -> None:
    """Apply the estate and wait until its controllers have done what they will do."""
    extended = list(custom_resources.definitions())
    plane.apply([*_read(_FIRST), *extended])
    names = {each["metadata"]["name"] for each in extended}
    plane.wait("the definitions", lambda: names <= _established(plane))
    plane.wait("the namespaces", lambda: _accounts(plane) >= set(NAMESPACES))
    plane.apply(objects(plane.minor))
    plane.wait("the workloads", lambda: _at_rest(plane))


def objects(minor: str) -> Iterator[Object]:
    """Everything but namespaces and definitions."""
    names = {path.stem for path in _FOLDER.glob("*.yaml")} - {_FIRST, *_NOT_SERVED_BY.get(minor, ())}
    for name in sorted(names):
        yield from _read(name)
    yield from _with_keys()
    yield from custom_resources.one_of_each("platform")


def _read(name: str) -> list[Object]:
    return list(yaml.safe_load_all((_FOLDER / f"{name}.yaml").read_text()))


def _with_keys() -> Iterator[Object]:
    yield thing("v1", "Secret", "shop", "database", type="Opaque", data={"password": _text64(b"not-a-real-one")})
    pair = Authority("shop").server("192.0.2.10")
    yield thing("v1", "Secret", "shop", "web-tls", type="kubernetes.io/tls",
                data={"tls.crt": _text64(pair.certificate), "tls.key": _text64(pair.key)})  # fmt: skip
    asked = {"request": _text64(certificate_request("ann")), "signerName": "shop.example/people"}
    yield thing("certificates.k8s.io/v1", "CertificateSigningRequest", None, "ann", spec=asked | {
        "usages": ["client auth"]})  # fmt: skip


def _established(plane: ControlPlane) -> set[str]:
    found = plane.ask("/apis/apiextensions.k8s.io/v1/customresourcedefinitions")["items"]
    return {each["metadata"]["name"] for each in found if _says(each, "Established")}


def _accounts(plane: ControlPlane) -> set[str]:
    """Namespaces that have got what a pod needs."""
    found = plane.ask("/api/v1/serviceaccounts")["items"]
    return {each["metadata"]["namespace"] for each in found if each["metadata"]["name"] == "default"}


def _at_rest(plane: ControlPlane) -> bool:
    """Every pod that is wanted is there and ready or done, every claim bound."""
    pods = plane.ask("/api/v1/pods")["items"]
    claims = plane.ask("/api/v1/persistentvolumeclaims")["items"]
    wanted = sum(each["spec"].get("replicas", 1) for kind in ("deployments", "statefulsets")
                 for each in plane.ask(f"/apis/apps/v1/{kind}")["items"])  # fmt: skip
    wanted += len(plane.ask("/api/v1/nodes")["items"]) + 3  # the agent; the job, the old controller, the bare pod
    return (
        len(pods) >= wanted
        and all(pod["status"].get("phase") == "Succeeded" or _says(pod, "Ready") for pod in pods)
        and all(claim["status"].get("phase") == "Bound" for claim in claims)
    )


def _says(obj: Object, condition: str) -> bool:
    told = obj["status"].get("conditions") or []
    return any(each["type"] == condition and each["status"] == "True" for each in told)


def _text64(content: bytes) -> str:
    return base64.b64encode(content).decode()

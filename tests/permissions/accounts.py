"""Accounts on a real API server, each with exactly the rights that a test gives it, and gone when the test is done."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.control_plane.server import ControlPlane

NAMESPACE = "default"


@dataclass(frozen=True)
class Account:
    """Somebody with a token. `user` is the name under which the audit log knows them."""

    plane: ControlPlane
    user: str
    kubeconfig: Path


@contextmanager
def account(plane: ControlPlane, name: str, *roles: str) -> Iterator[Account]:
    """A ServiceAccount that holds these roles, each given as YAML that `kubectl apply -f -` takes."""
    token = plane.service_account(name, NAMESPACE)
    made = [("serviceaccount", name, NAMESPACE)]
    try:
        for number, text in enumerate(roles):
            made += _bound(plane, text, name, f"{name}-{number}")
        yield Account(plane, f"system:serviceaccount:{NAMESPACE}:{name}", plane.kubeconfig_for_token(token))
    finally:
        for kind, what, namespace in reversed(made):
            plane.kubectl("delete", kind, what, "--ignore-not-found", *_in(namespace))


def _bound(plane: ControlPlane, text: str, account: str, name: str) -> list[tuple[str, str, str]]:
    """Apply the roles under names of their own and bind each to the account; what was made."""
    made = []
    for role in yaml.safe_load_all(text):
        namespace = role["metadata"].get("namespace", "")
        role["metadata"]["name"] = name
        plane.kubectl("apply", "-f", "-", input=json.dumps(role))
        kind = "rolebinding" if namespace else "clusterrolebinding"
        flag = f"--{role['kind'].lower()}={name}"
        plane.kubectl("create", kind, name, flag, f"--serviceaccount={NAMESPACE}:{account}", *_in(namespace))
        made += [(role["kind"].lower(), name, namespace), (kind, name, namespace)]
    return made


def without(text: str, *resources: str) -> str:
    """A role that lacks some "resource.group"s; rules that opened nothing else go."""
    role = yaml.safe_load(text)
    for rule in role["rules"]:
        group = f".{rule['apiGroups'][0]}" if rule.get("apiGroups", [""])[0] else ""
        rule["resources"] = [each for each in rule.get("resources", []) if f"{each}{group}" not in resources]
    role["rules"] = [rule for rule in role["rules"] if rule["resources"] or rule.get("nonResourceURLs")]
    for rule in role["rules"]:
        if rule.get("nonResourceURLs"):
            del rule["resources"]
    return yaml.safe_dump(role)


def denied(plane: ControlPlane, user: str) -> Iterable[str]:
    """Every request of a user that the API server refused."""
    return [each["requestURI"] for each in plane.audit_events(user) if each["responseStatus"]["code"] in (401, 403)]


def _in(namespace: str) -> list[str]:
    return ["--namespace", namespace] if namespace else []

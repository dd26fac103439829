"""What the tests of the promises of a live survey share: a world that stands still, and what a run holds of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from collectors.evidence.store import Evidence, Run
from collectors.kubernetes import live
from collectors.tables.families import KUBERNETES, tables_of
from tests.control_plane import estate, metrics_server
from tests.control_plane.server import ControlPlane, start
from tests.samples.clinic import thing

Object = dict[str, Any]

WHEN = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
IN_A_HURRY = live.Manners(requests_a_second=100_000, burst=100_000)
REVIEWS = frozenset(("selfsubjectaccessreviews", "selfsubjectrulesreviews"))
SIDE_BY_SIDE = frozenset(("evidence_refs",))


@contextmanager
def standing_still(folder: Path) -> Iterator[ControlPlane]:
    """A control plane with the estate in which nothing changes by itself, and whose API server is the only one."""
    with start(folder / "control-plane") as plane:
        estate.settle(plane)
        with metrics_server.serving(plane):
            plane.apply([_of_one_api_server()])
            plane.stop_controllers()
            yield plane


def _of_one_api_server() -> Object:
    """What an API server of its own says of itself; here nobody may tell it an address."""
    return thing("discovery.k8s.io/v1", "EndpointSlice", "default", "kubernetes", addressType="IPv4",
                 labels={"kubernetes.io/service-name": "kubernetes"}, endpoints=[{"addresses": ["192.0.2.1"]}],
                 ports=[{"name": "https", "port": 6443, "protocol": "TCP"}])  # fmt: skip


def new_run(folder: Path) -> Run:
    return Evidence(folder / "evidence").new_run(WHEN)


def survey(run: Run, kubeconfig: Path, cluster: str, **options: Any) -> live.Collected:
    """Collect without manners: the server is ours."""
    with_secrets = bool(options.get("with_secrets"))
    connection = live.connect(kubeconfig, with_secrets=with_secrets, manners=IN_A_HURRY)
    return live.collect(run, connection, cluster=cluster, now=lambda: WHEN, **options)


def opened_by(role: str) -> set[tuple[str, str, str]]:
    """(group, resource, verb) of every rule of a role; a path has no group, and is its own resource."""
    (said,) = yaml.safe_load_all(role)
    return {
        (group, resource, verb)
        for rule in said["rules"]
        for verb in rule["verbs"]
        for group in rule.get("apiGroups", ["path"])
        for resource in (*rule.get("resources", ()), *rule.get("nonResourceURLs", ()))
    }


def asked_by(events: list[Object]) -> set[tuple[str, str, str]]:
    """The same of requests, as the audit log has them."""
    found = set()
    for event in events:
        about = event.get("objectRef")
        if about is None:
            found.add(("path", event["requestURI"].partition("?")[0], event["verb"]))
        else:
            resource = "/".join(filter(None, (about["resource"], about.get("subresource"))))
            found.add((about.get("apiGroup", ""), resource, event["verb"]))
    return found


def refused(events: list[Object]) -> list[str]:
    """The requests that the server did not allow."""
    return [event["requestURI"] for event in events if event["responseStatus"]["code"] in (401, 403)]


def kubernetes_tables() -> list[str]:
    return sorted(tables_of(KUBERNETES))

"""What the tests of troubles share: a small world behind a proxy of ours, a clock that never waits, and an account."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

from collectors.evidence.item import Item
from collectors.evidence.store import Run
from collectors.kubernetes import live
from collectors.tables.build import Tables, build
from tests.control_plane.server import ControlPlane
from tests.live.fault_proxy import FaultProxy, Rule, between
from tests.live.faults import changed
from tests.live.surveying import WHEN, new_run
from tests.samples.clinic import thing

NAMESPACE = "troubles"
KEPT = {"": ("configmaps", "namespaces", "pods", "serviceaccounts"), "apps": ("deployments",),
        "networking.k8s.io": ("networkpolicies",)}  # fmt: skip
CONFIG_MAPS = "/api/v1/configmaps"
EVERYWHERE = r"/api/v1(/namespaces/[^/]+)?/configmaps"
MADE = 23


class Clock:
    """A clock that only pauses move; `waits` are those of asking again, turnstiles aside."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.waits: list[float] = []
        self._mutex = threading.Lock()

    def pause(self, seconds: float) -> None:
        with self._mutex:
            self.now += seconds
            self.waits.append(seconds)

    def manners(self, **more: Any) -> live.Manners:
        unhurried = {"requests_a_second": 1e6, "burst": 1_000_000} | more
        return live.Manners(clock=lambda: self.now, pause=self.pause, **unhurried)


@dataclass
class World:
    """A control plane, somebody who may read all of it, and where to put files."""

    plane: ControlPlane
    token: str
    folder: Path
    _runs: int = 0

    @contextmanager
    def behind(self, *rules: Rule, limit: int | None = 10, narrow: bool = True) -> Iterator[Behind]:
        """A proxy that serves only a few kinds, so that a survey takes a moment."""
        self._runs += 1
        folder = self.folder / str(self._runs)
        few = [Rule("/api", changed(only_kept)), Rule("/apis", changed(only_kept))] if narrow else []
        with between(self.plane, folder / "proxy", *rules, *few, limit=limit) as proxy:
            yield Behind(self, proxy, new_run(folder))


def only_kept(body: dict[str, Any]) -> None:
    body["items"] = [item for item in body["items"] if item["metadata"].get("name", "") in KEPT]
    for item in body["items"]:
        for version in item["versions"]:
            kept = KEPT[item["metadata"].get("name", "")]
            version["resources"] = [one for one in version["resources"] if one["resource"] in kept]


@dataclass
class Behind:
    """One cluster behind one proxy, and one run."""

    world: World
    proxy: FaultProxy
    run: Run
    clock: Clock = field(default_factory=Clock)

    def connect(self, user: dict[str, Any] | None = None, **options: Any) -> live.Connection:
        kubeconfig = self.proxy.kubeconfig(user or {"token": self.world.token})
        return live.connect(kubeconfig, manners=options.pop("manners", self.clock.manners()), **options)

    def survey(self, user: dict[str, Any] | None = None, **options: Any) -> Surveyed:
        connection = self.connect(user, with_secrets=bool(options.get("with_secrets")))
        collected = live.collect(self.run, connection, cluster="shaken", now=lambda: WHEN, **options)
        return Surveyed(self.run, collected, self.proxy, self.clock)


@dataclass
class Surveyed:
    """What a survey left."""

    run: Run
    collected: live.Collected
    proxy: FaultProxy
    clock: Clock

    @property
    def items(self) -> list[Item]:
        return self.run.items()

    def item(self, path: str = CONFIG_MAPS) -> Item:
        """The last item whose request asks for this path."""
        return [item for item in self.items if item.request.split()[1].partition("?")[0] == path][-1]

    def names(self, item: Item) -> list[str]:
        return [obj["metadata"]["name"] for obj in self.objects(item)]

    def objects(self, item: Item) -> list[dict[str, Any]]:
        return [orjson.loads(line)["object"] for line in self.run.read(item).splitlines()]

    @cached_property
    def tables(self) -> Tables:
        return build(self.run.items(), self.run)

    def gaps(self, kind: str = "ConfigMap") -> dict[str | None, tuple[str, str, str]]:
        """namespace -> outcome, reason and what closes it."""
        return {gap.namespace: (gap.outcome, gap.reason, gap.closed_by) for gap in self.tables.gaps if gap.kind == kind}

    @property
    def said(self) -> list[str]:
        """The gaps that the account names; this API server does not say how many there are of it."""
        return [gap for gap in self.collected.gaps if not gap.startswith("/metrics: one of perhaps several")]

    def others_are_complete(self, but: str = "ConfigMap") -> bool:
        """Whether every other kind that this world serves was seen to its end."""
        served = {"Namespace", "Pod", "ServiceAccount", "ConfigMap", "apps/Deployment",
                  "networking.k8s.io/NetworkPolicy"} - {but}  # fmt: skip
        seen = {covered.kind for covered in self.tables.covered if covered.state == "complete"}
        return served <= seen and not served & {gap.kind for gap in self.tables.gaps}

    def same_rows(self, other: Surveyed, but: Callable[[str], bool] = lambda _: False) -> bool:
        """Whether both say the same of the cluster, evidence aside."""
        mine, yours = (_rows(each.tables) for each in (self, other))
        return [each for each in mine if not but(each)] == [each for each in yours if not but(each)]


def _rows(tables: Tables) -> list[str]:
    kept = ("config_maps", "namespaces", "service_accounts", "workloads", "network_policies")
    said = []
    for name in kept:
        for row in tables.rows[name]:
            fields = row._asdict()
            del fields["evidence_refs"]
            said.append(f"{name} {fields}")
    return sorted(said)


def furnish(plane: ControlPlane) -> str:
    """A namespace of our own with some objects, and the token of somebody who may list everything."""
    account = {"kind": "ServiceAccount", "name": "troubled", "namespace": NAMESPACE}
    plane.apply([
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "troubled"},
         "rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list"]},
                   {"nonResourceURLs": ["*"], "verbs": ["get"]}]},
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "troubled"},
         "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "troubled"},
         "subjects": [account]},
        *(thing("v1", "ConfigMap", NAMESPACE, f"made-{number:02d}", data={"a": "b"}) for number in range(MADE)),
    ])  # fmt: skip
    return plane.service_account("troubled", NAMESPACE)


def unfurnish(plane: ControlPlane) -> None:
    """Leave the control plane as it was."""
    plane.kubectl("delete", "clusterrole/troubled", "clusterrolebinding/troubled", "--wait=false")
    plane.kubectl("delete", "namespace", NAMESPACE, "--wait=false")

"""An API server in memory that answers discovery and reviews of access; it knows nothing else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from collectors.kubernetes.kinds import KNOWN
from collectors.kubernetes.live import Answer

Resource = tuple[str, str]
"""API group and plural"""


class MadeUpCluster:
    """May list `everywhere`, and `inside` by namespace. `webhook`: reviews of rules are not all there.

    `silent`: resources of which a review fails. `gone`: nothing answers at all.
    """

    principal, server, namespace = "ann", "https://cluster.example", None

    def __init__(
        self, everywhere: Collection[Resource] | None = None, inside: Mapping[str, Collection[Resource]] | None = None,
        *, serves: Collection[str] = ("Namespace", "Pod", "Secret", "Node", "apps/Deployment"), webhook: bool = False,
        silent: Collection[str] = (), gone: bool = False, paths: bool = True, namespaces: Collection[str] = (),
    ) -> None:  # fmt: skip
        self.kinds = [KNOWN[kind] for kind in serves]
        every = {(kind.group, kind.plural) for kind in self.kinds}
        self.everywhere = every if everywhere is None else set(everywhere)
        self.inside = {name: set(allowed) for name, allowed in (inside or {}).items()}
        self.webhook, self.silent, self.gone, self.paths = webhook, set(silent), gone, paths
        self.there = sorted({*namespaces, *self.inside})

    def get(self, path: str, query: Mapping[str, str] | None = None, *, accept: str = "") -> Answer:
        if self.gone:
            return Answer(0, "failed", "the API server cannot be reached")
        if path == "/api/v1/namespaces":
            return Answer(200, body={"metadata": {}, "items": [{"metadata": {"name": name}} for name in self.there]})
        assert path in ("/api", "/apis"), path
        core = path == "/api"
        groups = sorted({kind.group for kind in self.kinds if (kind.group == "") is core})
        return Answer(200, body={"kind": "APIGroupDiscoveryList", "items": [self._group(group) for group in groups]})

    def post_review(self, kind: str, spec: Mapping[str, Any]) -> Answer:
        if kind == "SelfSubjectRulesReview":
            return Answer(201, body={"status": self._rules(spec["namespace"])})
        if "nonResourceAttributes" in spec:
            return Answer(201, body={"status": {"allowed": self.paths}})
        about = spec["resourceAttributes"]
        if about["resource"] in self.silent:
            return Answer(500, "failed", "was not answered (500)")
        wanted = (about["group"], about["resource"])
        allowed = wanted in self.everywhere or wanted in self.inside.get(about.get("namespace", ""), ())
        return Answer(201, body={"status": {"allowed": allowed}})

    def _group(self, group: str) -> dict[str, Any]:
        resources = [
            {"resource": kind.plural, "responseKind": {"kind": kind.kind.rpartition("/")[2]}, "verbs": ["list"],
             "scope": "Namespaced" if kind.namespaced else "Cluster"}
            for kind in self.kinds if kind.group == group
        ]  # fmt: skip
        return {"metadata": {"name": group}, "versions": [{"version": "v1", "resources": resources}]}

    def _rules(self, namespace: str) -> dict[str, Any]:
        known = self.everywhere | self.inside.get(namespace, set())
        rules = [{"verbs": ["list"], "apiGroups": [group], "resources": [plural]} for group, plural in sorted(known)]
        return {"resourceRules": [] if self.webhook else rules, "incomplete": self.webhook}

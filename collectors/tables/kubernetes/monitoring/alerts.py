"""Alerting rules, and to whom alerts go.

Sources: Prometheus operator, API reference of PrometheusRule and AlertmanagerConfig. What a rule is about is read off
the metrics in its expression, as kube-state-metrics, the kubelet, node exporter, cert-manager and Velero name them.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.tables.as_written import Section, is_set, section, sections, text
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import ClusterContext, Column, Sighting, Subject, UnseenPart, table

GROUP = "monitoring.coreos.com"
_RULE, _CONFIG = f"{GROUP}/PrometheusRule", f"{GROUP}/AlertmanagerConfig"
_METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
# Topic -> metrics that only rules about it ask for; a name that ends in "_" stands for all that begin like it.
_TOPICS = {
    "nodes": ("kube_node_status_condition", "kube_node_spec_taint"),
    "crashes": ("kube_pod_container_status_waiting_reason", "kube_pod_container_status_restarts_total"),
    "replicas": (
        "kube_deployment_status_replicas_available", "kube_deployment_status_replicas_unavailable",
        "kube_deployment_spec_replicas", "kube_statefulset_status_replicas_ready",
        "kube_daemonset_status_number_ready", "kube_daemonset_status_desired_number_scheduled",
    ),
    "jobs": ("kube_job_failed", "kube_job_status_failed", "kube_cronjob_"),
    "volumes": ("kubelet_volume_stats_",),
    "targets": ("up",),
    "api-server": ("apiserver_request_", "apiserver_request:"),
    "certificates": (
        "certmanager_certificate_", "apiserver_client_certificate_expiration_seconds_bucket",
        "apiserver_client_certificate_expiration_seconds", "kubelet_certificate_manager_",
        "probe_ssl_earliest_cert_expiry",
    ),
    "backups": ("velero_",),
}  # fmt: skip
_NOTIFIERS = re.compile(r".+Configs")


@table(
    "alert_rules",
    grain="one alerting rule of one PrometheusRule",
    kinds=(_RULE,),
    part="alert_name",
    subject=Subject(None, None, "namespace", "name", part="alert_name", fixed_group=GROUP, fixed_kind="PrometheusRule"),
)
class AlertRule(NamedTuple):
    """An alerting rule."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the PrometheusRule.")]
    alert_rule_key: Annotated[str, Column("Surrogate key.", identity=True)]
    alert_name: Annotated[str | None, Column("Name of the alert.")]
    severity: Annotated[str | None, Column("Its label severity; empty text without one.")]
    has_runbook: Annotated[bool | None, Column("Whether an annotation says where its runbook is.")]
    topics: Annotated[
        list[str] | None,
        Column(
            "What it watches, by the metrics it asks for: nodes, crashes, replicas, jobs, volumes, targets,"
            " api-server, certificates, backups; sorted."
        ),
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table(
    "alert_routes",
    grain="one AlertmanagerConfig",
    kinds=(_CONFIG,),
    subject=Subject(None, None, "namespace", "name", fixed_group=GROUP, fixed_kind="AlertmanagerConfig"),
)
class AlertRoute(NamedTuple):
    """An AlertmanagerConfig: whom its first route tells."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the object.")]
    alert_route_key: Annotated[str, Column("Surrogate key.", identity=True)]
    receiver_name: Annotated[str | None, Column("Receiver of the first route, which takes what no other does.")]
    tells_somebody: Annotated[bool | None, Column("Whether that receiver has a way to notify: mail, pager, chat, ...")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class AlertRules:
    """One row per rule that alerts; rules that record are none."""

    reads: ClassVar[tuple[str, ...]] = (_RULE,)

    def __init__(self, cluster: ClusterContext) -> None:
        self._cluster = cluster
        self._rows: list[AlertRule] = []
        self._unseen: list[UnseenPart] = []

    def observe(self, sighting: Sighting) -> None:
        """Take in one PrometheusRule."""
        owner = surrogate(sighting)
        rules, whole = _rules(section(sighting.object, "spec"))
        if not whole:
            self._unseen.append(UnseenPart("alert_rules", sighting.kind, sighting.namespace, owner))
        for number, rule in enumerate(rules):
            if is_set(rule, "alert"):
                self._rows.append(self._row(sighting, f"{owner}/{number}", rule))

    def rows(self) -> dict[str, list[Any]]:
        """The rules."""
        return {"alert_rules": self._rows}

    def unseen(self) -> list[UnseenPart]:
        """Groups that could not be read."""
        return self._unseen

    def _row(self, sighting: Sighting, key: str, rule: Section) -> AlertRule:
        return AlertRule(
            cluster=self._cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            alert_rule_key=key,
            alert_name=text(rule, "alert"),
            severity=text(section(rule, "labels"), "severity", default=""),
            has_runbook=_has_runbook(section(rule, "annotations")),
            topics=_topics(text(rule, "expr")),
            basis=self._cluster.basis,
            evidence_refs=sighting.refs,
        )


class AlertRoutes(OneRowPerObject):
    """One row per AlertmanagerConfig."""

    reads = (_CONFIG,)
    fills = "alert_routes"

    def row(self, sighting: Sighting) -> AlertRoute:
        """The first route names a receiver; the receiver of that name has notifiers or none."""
        spec = section(sighting.object, "spec")
        receiver = text(section(spec, "route"), "receiver", default="")
        return AlertRoute(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            alert_route_key=surrogate(sighting),
            receiver_name=receiver,
            tells_somebody=_tells_somebody(receiver, sections(spec, "receivers")),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _rules(spec: Section | None) -> tuple[list[Section], bool]:
    """The rules of all groups that can be read, and whether that is all of them."""
    groups = sections(spec, "groups")
    lists = [sections(group, "rules") for group in groups or ()]
    rules = [rule for found in lists for rule in found or ()]
    readable = [rule for rule in rules if rule is not None]
    return readable, groups is not None and None not in lists and len(readable) == len(rules)


def _has_runbook(annotations: Section | None) -> bool | None:
    if annotations is None:
        return None
    return any("runbook" in str(key).lower() and value for key, value in annotations.items())


def _topics(expression: str | None) -> list[str] | None:
    if expression is None:
        return None
    metrics = set(_METRIC.findall(expression))
    return sorted(topic for topic, names in _TOPICS.items() if any(_asks_for(metrics, name) for name in names))


def _asks_for(metrics: set[str], name: str) -> bool:
    if name.endswith(("_", ":")):
        return any(metric.startswith(name) for metric in metrics)
    return name in metrics


def _tells_somebody(receiver: str | None, receivers: list[Section | None] | None) -> bool | None:
    if receiver is None or receivers is None:
        return None
    named = [each for each in receivers if each is None or text(each, "name") in (receiver, None)]
    if None in named:
        return None
    return any(_NOTIFIERS.fullmatch(str(key)) and value for each in named for key, value in (each or {}).items())


BUILDERS = (AlertRules, AlertRoutes)

"""What an owner's own object says: its template, its replicas, its strategy, its schedule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from collectors.tables.as_written import (
    Section,
    either,
    flag,
    pairs,
    required,
    section,
    sections,
    text,
    whole_number,
)
from collectors.tables.pod_specs.credentials import any_credential
from collectors.tables.pod_specs.forms import JOB_NAME_LABELS, Form, cut_down, profile_annotations
from collectors.tables.pod_specs.own_selector import selects_own_pods
from collectors.tables.pod_specs.owners import NODE, POD, controller, stable_name
from collectors.tables.pod_specs.read_pod import pod_specs
from collectors.tables.pod_specs.settings import any_true, setting
from collectors.tables.schema import Sighting

Values = dict[str, Any]

_EXTENSIONS = ("apps.openshift.io/DeploymentConfig", "argoproj.io/Rollout")
_COUNTING = ("apps/Deployment", "apps/StatefulSet", "apps/ReplicaSet", "ReplicationController", *_EXTENSIONS)
_STRATEGY = {
    "apps/Deployment": "strategy",
    "apps/StatefulSet": "updateStrategy",
    "apps/DaemonSet": "updateStrategy",
}
_SUSPENDABLE = ("batch/Job", "batch/CronJob")
_MIRROR = "kubernetes.io/config.mirror"
_SOURCE = "kubernetes.io/config.source"
_FROM_POD_SPEC = (
    "is_windows",
    "service_account_name",
    "has_declared_automount",
    "declared_automount",
    "uses_host_network",
    "uses_host_pid",
    "uses_host_ipc",
    "uses_user_namespace",
)
_UNSEEN = (
    "labels",
    "holds_credential_in_annotations",
    "selector_labels",
    "has_selector_expressions",
    "has_declared_replicas",
    "desired_replicas",
    "update_strategy",
    "schedule",
    "has_own_selector",
    "selects_own_pods",
    "has_node_affinity",
    "has_node_name",
    "node_name",
)


@dataclass(slots=True)
class Shown:
    """An owner whose object was seen: the values of its row and the form of its template."""

    values: Values
    stable_name: str
    form: Form
    refs: list[str]


def shown(sighting: Sighting) -> Shown:
    """Read an owner's own object; a bare pod is its own template."""
    metadata, spec = section(sighting.object, "metadata"), section(sighting.object, "spec")
    template = _template(sighting)
    template_metadata, template_spec = section(template, "metadata"), required(template, "spec")
    claims = sections(spec, "volumeClaimTemplates") if sighting.kind == "apps/StatefulSet" else []
    form = Form(cut_down(template_spec), profile_annotations(template_metadata), sighting.refs, True, claims)
    node = setting(template_spec, "nodeName", text)
    own = selects_own_pods(sighting, template_metadata)
    values = _counts(sighting.kind, spec) | _timing(sighting.kind, spec) | _selection(spec)
    values |= {
        "labels": pairs(metadata, "labels"),
        "holds_credential_in_annotations": any_true([_betrays(metadata), _betrays(template_metadata)]),
        "pod_labels": pairs({"labels": _pod_labels(sighting, template_metadata)}, "labels"),
        "is_static": _is_static(metadata) if sighting.kind == POD else False,
        "has_own_selector": own[0],
        "selects_own_pods": own[1],
        "has_node_affinity": _has_node_affinity(template_spec),
        "has_node_name": node[0],
        "node_name": node[1],
    }
    return Shown(values, stable_name(sighting.kind, sighting.name, metadata), form, sighting.refs)


def _betrays(metadata: Section | None) -> bool | None:
    annotations = section(metadata, "annotations")
    return any_credential(None if annotations is None else annotations.values())


def not_shown(kind: str) -> Values:
    """What is known of an owner of this kind when its object was not seen."""
    built_in = kind in (*_COUNTING, *_STRATEGY, *_SUSPENDABLE)
    return dict.fromkeys(_UNSEEN) | {
        "has_desired_replicas": kind in _COUNTING if built_in else None,
        "has_update_strategy": kind in _STRATEGY if built_in and kind not in _EXTENSIONS else None,
        "has_schedule": kind == "batch/CronJob" if built_in else None,
        "is_suspended": None if kind in _SUSPENDABLE or not built_in else False,
        "is_static": False,
    }


def _template(sighting: Sighting) -> Section | None:
    """The pod as declared; None where the object lacks what it cannot exist without, as a patch or a stub does."""
    if sighting.kind == POD:
        return sighting.object
    spec = required(sighting.object, "spec")
    if sighting.kind == "batch/CronJob":
        spec = required(required(spec, "jobTemplate"), "spec")
    return required(spec, "template")


def _pod_labels(sighting: Sighting, template: Section | None) -> Any:
    """Labels of the template; a Job's pods also carry its name. Source: "Jobs", Pod selector."""
    labels = section(template, "labels")
    if labels is None:
        return False
    if sighting.kind == "batch/Job":
        return dict.fromkeys(JOB_NAME_LABELS, sighting.name) | labels
    return labels


def _is_static(metadata: Section | None) -> bool | None:
    """A mirror pod is owned by its node; a kubelet's own list says instead that the pod came from a file."""
    annotations = section(metadata, "annotations")
    if annotations is None:
        return None
    owner = controller(metadata)
    source = text(annotations, _SOURCE, "api")
    return either(
        owner is not None and owner.kind == NODE,
        _MIRROR in annotations,
        None if source is None else source in ("file", "http"),
    )


def _has_node_affinity(spec: Section | None) -> bool | None:
    """Source: Kubernetes documentation, "Assigning Pods to Nodes": a node selector is the simplest form of it."""
    affinity, selector = section(section(spec, "affinity"), "nodeAffinity"), section(spec, "nodeSelector")
    return either(None if affinity is None else bool(affinity), None if selector is None else bool(selector))


def _counts(kind: str, spec: Section | None) -> Values:
    counts = kind in _COUNTING
    strategy = _STRATEGY.get(kind)
    return {
        "has_declared_replicas": setting(spec, "replicas", whole_number)[0] if counts else False,
        "has_desired_replicas": counts,
        "desired_replicas": whole_number(spec, "replicas", 1) if counts else None,
        "has_update_strategy": None if kind in _EXTENSIONS else strategy is not None,
        "update_strategy": text(section(spec, strategy), "type", "RollingUpdate") if strategy else None,
    }


def _timing(kind: str, spec: Section | None) -> Values:
    scheduled = kind == "batch/CronJob"
    return {
        "has_schedule": scheduled,
        "schedule": text(spec, "schedule") if scheduled else None,
        "is_suspended": flag(spec, "suspend", False) if kind in _SUSPENDABLE else False,
    }


def _selection(spec: Section | None) -> Values:
    """matchLabels and expressions; a ReplicationController's selector is the map of labels itself."""
    selector = section(spec, "selector")
    plain = not selector or not {"matchLabels", "matchExpressions"} & set(selector)
    expressions = sections(selector, "matchExpressions")
    return {
        "selector_labels": pairs(spec, "selector") if plain else pairs(selector, "matchLabels"),
        "has_selector_expressions": None if expressions is None else bool(expressions),
    }


def pod_level(forms: list[Form], minor: int | None) -> Values:
    """The workload's pod-level values: those that all its forms agree on."""
    read = [_pod_level(form, minor) for form in forms] or [dict.fromkeys(_pod_level(Form({}, {}, []), None))]
    return {name: value if all(other[name] == value for other in read) else None for name, value in read[0].items()}


def _pod_level(form: Form, minor: int | None) -> Values:
    spec = form.spec
    settings = pod_specs(form, minor)[0][1]
    priority = setting(spec, "priorityClassName", text)
    return {name: settings[name] for name in _FROM_POD_SPEC} | {
        "has_declared_os": None if spec is None else section(spec, "os") != {},
        "restart_policy": text(spec, "restartPolicy", "Always"),
        "termination_grace_seconds": whole_number(spec, "terminationGracePeriodSeconds", 30),
        "has_priority_class": False if priority[1] == "" else priority[0],
        "priority_class_name": priority[1] or None,
        "spread_topology_keys": _topology_keys(sections(spec, "topologySpreadConstraints")),
        "anti_affinity_topology_keys": _anti_affinity_keys(spec),
    }


def _anti_affinity_keys(spec: Section | None) -> list[str] | None:
    affinity = section(spec, "podAntiAffinity")
    required = sections(affinity, "requiredDuringSchedulingIgnoredDuringExecution")
    preferred = sections(affinity, "preferredDuringSchedulingIgnoredDuringExecution")
    if required is None or preferred is None:
        return None
    return _topology_keys([*required, *(section(each, "podAffinityTerm") for each in preferred)])


def _topology_keys(constraints: list[Section | None] | None) -> list[str] | None:
    if constraints is None:
        return None
    keys = [text(each, "topologyKey") for each in constraints]
    known = {key for key in keys if key is not None}
    return None if None in keys else sorted(known)

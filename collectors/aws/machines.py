"""The machines that are nodes of an EKS cluster, and the launch templates that its node groups start more from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from collectors.aws import operations as call
from collectors.aws.drafts import About
from collectors.aws.recording import Recorder, hidden

KINDS = (call.INSTANCES, call.LAUNCH_TEMPLATE)
# Amazon EKS API Reference, "CreateCluster": what a name may be. More would be a wildcard or a list to EC2.
_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,99}")
_TEMPLATE = re.compile(r"lt-[0-9a-z]{1,32}")
_VERSION = re.compile(r"[0-9]{1,9}|\$Latest|\$Default")


def read(
    record: Recorder, name: str, cloud_name: str, groups: Iterable[Mapping[str, Any]], groups_short: str
) -> None:  # fmt: skip
    """Both, as evidence; `name` is what the cluster is called here, `groups` are its described node groups."""
    _instances(record, name, cloud_name)
    _launch_templates(record, name, groups, groups_short)


def _instances(record: Recorder, name: str, cloud_name: str) -> None:
    """The instances that carry a tag of the cluster's nodes."""
    short = "" if _NAME.fullmatch(cloud_name) else "the name of the cluster is none that machines can be looked for by"
    for number, filters in enumerate(() if short else _filters(cloud_name), 1):
        about = About(name, call.INSTANCES, f"{name} {number}")
        for answer in record.pages(call.DESCRIBE_INSTANCES, {"filters": filters}, about):
            short = short or hidden(answer)
            if answer.body is not None and not isinstance(answer.body.get("Reservations"), list):
                short = short or f"{call.DESCRIBE_INSTANCES.action} was answered without a list of reservations"
    record.end(name, call.INSTANCES, short)


def _launch_templates(record: Recorder, name: str, groups: Iterable[Mapping[str, Any]], short: str) -> None:
    """The versions of launch templates that these described node groups start machines from."""
    short = f"not every node group is known: {short}" if short else ""
    for template in sorted({_named(each) for each in groups} - {None}, key=str):
        if template is None or not template[0]:
            short = short or "a node group names its launch template in a way that cannot be asked for"
            continue
        request = record.request(call.DESCRIBE_TEMPLATE, {"launchTemplateId": template[0], "versions": template[1]})
        short = short or hidden(record.one(request, About(name, call.LAUNCH_TEMPLATE, template[0])))
    record.end(name, call.LAUNCH_TEMPLATE, short)


def _filters(cloud_name: str) -> tuple[str, ...]:
    """What EKS, its node groups, Auto Mode and Karpenter mark the machines of a cluster with.

    Amazon EKS User Guide, "Self-managed nodes" and "Create a managed node group"; Karpenter documentation,
    "NodeClasses", spec.tags.
    """
    own = ("aws:eks:cluster-name", "eks:cluster-name", "eks:eks-cluster-name")
    return (
        f"Name=tag-key,Values=kubernetes.io/cluster/{cloud_name}",
        *(f"Name=tag:{tag},Values={cloud_name}" for tag in own),
    )


def _named(described: Mapping[str, Any]) -> tuple[str, str] | None:
    """Id and version of a node group's launch template; None when it has none, ("", "") when it cannot be read."""
    group = described.get("nodegroup")
    template = group.get("launchTemplate") if isinstance(group, dict) else None
    if template is None:
        return None
    named = (template.get("id"), template.get("version")) if isinstance(template, dict) else ("", "")
    id_, version = (each if isinstance(each, str) else "" for each in named)
    return (id_, version) if _TEMPLATE.fullmatch(id_) and _VERSION.fullmatch(version) else ("", "")

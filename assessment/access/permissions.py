"""The read-only permissions that collecting needs, generated from the calls that are made.

An IAM policy and an Azure role are JSON, which has no comments: what each permission is for is said beside it. The
role for Kubernetes is YAML and says it itself.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from assessment.access import printed_role
from assessment.refusal import Refused
from collectors.aws import operations as aws
from collectors.aws.answers import partition
from collectors.azure import operations as azure
from collectors.kubernetes import dump_script
from collectors.people.engagement import Engagement

_NAMESPACE = re.compile("[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")
_ANY_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of `kubesurvey permissions`, the clouds aside."""

    with_secrets: bool = False
    kubelets: bool = False
    namespaced: bool = False
    namespaces: tuple[str, ...] = ()
    dump_script: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """One EKS cluster as AWS knows it."""

    account: str
    region: str
    name: str


@dataclass(frozen=True, slots=True)
class Permission:
    """One permission, and the tables that stay unknown without it."""

    action: str
    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Printed:
    """What is printed: JSON for a cloud, YAML for Kubernetes or a script, and lines for whoever has to approve it."""

    policy: str
    explained: tuple[str, ...]


def printed(engagement: Engagement, clouds: Sequence[str], wanted: Wanted) -> list[Printed]:
    """What to print: for these clouds ("AWS", "Azure"), or for Kubernetes where none is named.

    Raises Refused for options that do not go together, and for namespaces that are not named so.
    """
    _refuse_what_does_not_fit(clouds, wanted)
    if not clouds:
        return [for_kubernetes(engagement, wanted)]
    found = [for_aws(engagement) if cloud == "AWS" else for_azure(engagement) for cloud in clouds]
    if len(found) == 1:
        return found
    return [Printed(f"# {cloud}\n{each.policy}", each.explained) for cloud, each in zip(clouds, found, strict=True)]


def for_kubernetes(engagement: Engagement, wanted: Wanted) -> Printed:
    """The ClusterRole, the Roles of the namespaces, or the script for clients who run kubectl themselves."""
    if wanted.dump_script:
        namespaces = printed_role.namespaces_of(engagement, wanted.namespaces)
        _refuse_unnameable(namespaces)
        return Printed(dump_script.script(namespaces, with_secrets=wanted.with_secrets), ())
    if not wanted.namespaced:
        role = printed_role.whole_cluster(engagement, with_secrets=wanted.with_secrets, kubelets=wanted.kubelets)
        return Printed(role, tuple(_clouds_to_ask_for(engagement)))
    namespaces = printed_role.namespaces_of(engagement, wanted.namespaces)
    if not namespaces:
        raise Refused("No namespace is known: name them with --namespace, or in engagement.yaml as "
                      "clusters.NAME.access.namespaces.")  # fmt: skip
    _refuse_unnameable(namespaces)
    return Printed(printed_role.each_namespace(namespaces, with_secrets=wanted.with_secrets), ())


def _refuse_what_does_not_fit(clouds: Sequence[str], wanted: Wanted) -> None:
    if clouds and wanted != Wanted():
        raise Refused("--aws and --azure print the role of a cloud: no option of the Kubernetes role goes with them.")
    if wanted.namespaces and not (wanted.namespaced or wanted.dump_script):
        raise Refused("--namespace goes with --namespaced or --dump-script.")
    if wanted.kubelets and (wanted.namespaced or wanted.dump_script):
        raise Refused("--kubelets goes with the ClusterRole: no Role opens a kubelet, and the script asks none.")
    if wanted.namespaced and wanted.dump_script:
        raise Refused("Say either --namespaced or --dump-script.")


def _refuse_unnameable(namespaces: Iterable[str]) -> None:
    wrong = [namespace for namespace in namespaces if not _NAMESPACE.fullmatch(namespace)]
    if wrong:
        raise Refused(f"{', '.join(map(repr, wrong))} cannot be the name of a namespace.")


def _clouds_to_ask_for(engagement: Engagement) -> list[str]:
    named = {"--aws": bool(_eks(engagement)), "--azure": bool(_aks(engagement))}
    return [
        f"engagement.yaml names clusters in a cloud as well: `kubesurvey permissions {option}` prints what that needs."
        for option, is_named in named.items()
        if is_named
    ]


def for_aws(engagement: Engagement | None = None) -> Printed:
    """The IAM policy for the clusters that engagement.yaml names; for every cluster where it names none."""
    places = _eks(engagement) if engagement else []
    needed = [
        Permission(operation.action, operation.tables) for operation in aws.OPERATIONS if operation.needs_permission
    ]
    free = [operation.action for operation in aws.OPERATIONS if not operation.needs_permission]
    notes = [f"{action} is called as well; AWS lets everybody make this call." for action in free]
    return Printed(_json(aws_policy(places)), (*_lines(needed), *notes))


def for_azure(engagement: Engagement | None = None) -> Printed:
    """The Azure role for the subscriptions that engagement.yaml names."""
    subscriptions = _aks(engagement) if engagement else []
    tables: dict[str, set[str]] = defaultdict(set)
    for operation in azure.OPERATIONS:
        tables[operation.action] |= set(operation.tables)
    needed = [Permission(action, tuple(sorted(read))) for action, read in sorted(tables.items())]
    missing = f"engagement.yaml names no subscription: put yours in place of {_ANY_SUBSCRIPTION}."
    notes = () if subscriptions else (missing,)
    role = azure.custom_role(tuple(subscriptions) or (_ANY_SUBSCRIPTION,))
    return Printed(_json(role), (*_lines(needed), *notes))


def aws_policy(places: Sequence[Place] = ()) -> dict[str, Any]:
    """The smallest IAM policy that allows every listed call on these clusters, and nothing else."""
    of_resource: dict[str, list[str]] = defaultdict(list)
    for operation in aws.OPERATIONS:
        if operation.needs_permission:
            of_resource[operation.resource].append(operation.action)
    statements = [_statement(resource, sorted(actions), places) for resource, actions in sorted(of_resource.items())]
    return {"Version": "2012-10-17", "Statement": statements}


def _statement(resource: str, actions: list[str], places: Sequence[Place]) -> dict[str, Any]:
    """One statement. What IAM knows no resource of is bound to the regions instead."""
    kind = resource.partition("/")[0]
    name = "".join(word.capitalize() for word in kind.split("-")) if kind != "*" else "Lists"
    statement: dict[str, Any] = {"Sid": f"Kubesurvey{name}", "Effect": "Allow", "Action": actions}
    if kind != "*":
        below = "" if kind == "cluster" else "/*"
        arns = [
            f"arn:{partition(place.region)}:eks:{place.region}:{place.account}:{kind}/{_literally(place.name)}{below}"
            for place in places
        ]
        return statement | {"Resource": sorted(set(arns)) or [f"arn:aws:eks:*:*:{resource}"]}
    statement |= {"Resource": "*"}
    regions = sorted({place.region for place in places})
    return statement | ({"Condition": {"StringEquals": {"aws:RequestedRegion": regions}}} if regions else {})


def _literally(name: str) -> str:
    """A name in which nothing is a wildcard of IAM."""
    return "".join(f"${{{sign}}}" if sign in "*?$" else sign for sign in name)


def _eks(engagement: Engagement) -> list[Place]:
    found = []
    for name, cluster in engagement.clusters.items():
        cloud = cluster.cloud
        if cloud is not None and cloud.account and cloud.region:
            found.append(Place(cloud.account, cloud.region, cloud.name or name))
    return found


def _aks(engagement: Engagement) -> list[str]:
    clouds = [cluster.cloud for cluster in engagement.clusters.values() if cluster.cloud is not None]
    return sorted({cloud.subscription for cloud in clouds if cloud.subscription})


def _lines(needed: Sequence[Permission]) -> list[str]:
    width = max(len(permission.action) for permission in needed)
    return [
        f"{permission.action:<{width}}  {', '.join(permission.tables) or 'which clusters there are'}"
        for permission in needed
    ]


def _json(policy: dict[str, Any]) -> str:
    return orjson.dumps(policy, option=orjson.OPT_INDENT_2).decode()

"""Machines and launch templates as EC2 writes them: in XML."""

from __future__ import annotations

from typing import Any

from tests.aws.bodies import ACCOUNT, REGION

_NAMESPACE = 'xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"'


def instances(reservations: list[list[dict[str, Any]]], tag: str, wanted: list[str]) -> str:
    """The answer to DescribeInstances with one filter."""

    def carries(tags: dict[str, str]) -> bool:
        return wanted[0] in tags if tag == "tag-key" else tags.get(tag.removeprefix("tag:")) in wanted

    found = "".join(
        f"<item><reservationId>r-{number}</reservationId><ownerId>{ACCOUNT}</ownerId><instancesSet>{held}"
        "</instancesSet></item>"
        for number, machines in enumerate(reservations)
        if (held := "".join(_instance(each) for each in machines if carries(each["tags"])))
    )
    listed = f"<reservationSet>{found}</reservationSet>"
    return f"<DescribeInstancesResponse {_NAMESPACE}>{listed}</DescribeInstancesResponse>"


def template(name: str, version: str, metadata: dict[str, Any]) -> str:
    """The answer to DescribeLaunchTemplateVersions for one version."""
    return (
        f"<DescribeLaunchTemplateVersionsResponse {_NAMESPACE}><launchTemplateVersionSet><item>"
        f"<launchTemplateId>{name}</launchTemplateId><launchTemplateName>batch</launchTemplateName>"
        f"<versionNumber>{version}</versionNumber><createTime>2026-01-02T03:04:05Z</createTime>"
        "<launchTemplateData><userData>Y2FuYXJ5LWluLXVzZXItZGF0YS03Nw==</userData>"
        f"<metadataOptions>{_elements(metadata)}</metadataOptions></launchTemplateData>"
        "</item></launchTemplateVersionSet></DescribeLaunchTemplateVersionsResponse>"
    )


def _instance(machine: dict[str, Any]) -> str:
    tags = "".join(f"<item><key>{key}</key><value>{value}</value></item>" for key, value in machine["tags"].items())
    return (
        f"<item><instanceId>{machine['name']}</instanceId><imageId>ami-0a</imageId>"
        f"<instanceState><code>16</code><name>{machine['state']}</name></instanceState>"
        f"<instanceType>m7g.large</instanceType><placement><availabilityZone>{REGION}a</availabilityZone></placement>"
        f"<launchTime>2026-11-01T00:00:00Z</launchTime><tagSet>{tags}</tagSet>"
        f"<metadataOptions>{_elements(machine['metadata'])}</metadataOptions></item>"
    )


def _elements(held: dict[str, Any]) -> str:
    return "".join(f"<{key}>{value}</{key}>" for key, value in held.items())

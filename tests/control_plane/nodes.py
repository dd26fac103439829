"""Nodes that kwok keeps alive, described as a cloud's nodes are."""

from __future__ import annotations

from typing import Any

_SIZES = (("m6i.large", "2", "8Gi"), ("m6i.xlarge", "4", "16Gi"), ("r6i.2xlarge", "8", "64Gi"))


def some_nodes(count: int, version: str) -> list[dict[str, Any]]:
    """This many nodes over three zones and three sizes."""
    return [_node(number, version) for number in range(count)]


def _node(number: int, version: str) -> dict[str, Any]:
    kind, processors, memory = _SIZES[number % 3]
    zone = f"eu-central-1{'abc'[number % 3]}"
    room = {"cpu": processors, "memory": memory, "ephemeral-storage": "100Gi", "pods": "1000"}
    labels = {
        "kubernetes.io/hostname": f"node-{number}", "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
        "node.kubernetes.io/instance-type": kind, "topology.kubernetes.io/region": "eu-central-1",
        "topology.kubernetes.io/zone": zone, "eks.amazonaws.com/capacityType": "ON_DEMAND",
    }  # fmt: skip
    return {
        "apiVersion": "v1", "kind": "Node",
        "metadata": {"name": f"node-{number}", "labels": labels, "annotations": {"kwok.x-k8s.io/node": "fake"}},
        "spec": {"providerID": f"aws:///{zone}/i-{number:017x}"},
        "status": {"capacity": room, "allocatable": room, "nodeInfo": _told(version)},
    }  # fmt: skip


def _told(version: str) -> dict[str, str]:
    return {
        "architecture": "amd64", "bootID": "", "containerRuntimeVersion": "containerd://2.1.4",
        "kernelVersion": "6.12.40", "kubeProxyVersion": "", "kubeletVersion": version, "machineID": "",
        "operatingSystem": "linux", "osImage": "Bottlerocket OS 1.44.0 (aws-k8s)", "systemUUID": "",
    }  # fmt: skip

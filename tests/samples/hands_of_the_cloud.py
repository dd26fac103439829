"""What programs of a cloud would write into a cluster, written in their place through the same API.

Volumes for claims (the CSI provisioner), addresses of load balancers (the cloud controller), and the ids of images and
containers, which kwok's kubelets leave out. The server checks and stamps all of it like anything else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from tests.control_plane.server import ControlPlane
from tests.samples.clinic import Object, thing

_SELECTED = "volume.kubernetes.io/selected-node"
_ZONE = "topology.kubernetes.io/zone"


def provide_volumes(plane: ControlPlane) -> None:
    """Make a volume for every claim whose pod the scheduler has found a node for, in the zone of that node."""
    volumes = [_volume(plane, claim) for claim in _items(plane, "/api/v1/persistentvolumeclaims") if _waits(claim)]
    if volumes:
        plane.apply(volumes)


def give_addresses(plane: ControlPlane, declared: Iterable[Object]) -> None:
    """Say where the load balancers are that somebody declared."""
    _write_status(plane, "cloud-controller-manager", [_only_status(each) for each in declared if _is_balanced(each)])


def name_containers(plane: ControlPlane) -> None:
    """Give every container the ids that a container runtime tells its kubelet."""
    _write_status(plane, "kubelet", [_with_ids(each) for each in _items(plane, "/api/v1/pods")])


def digest(text: str) -> str:
    """An id that follows from the text, as the ids of images do from their bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


def _items(plane: ControlPlane, path: str) -> list[Object]:
    found: list[Object] = plane.ask(path)["items"]
    return found


def _waits(claim: Object) -> bool:
    return claim["status"]["phase"] == "Pending" and _SELECTED in claim["metadata"].get("annotations", {})


def _volume(plane: ControlPlane, claim: Object) -> Object:
    spec, metadata = claim["spec"], claim["metadata"]
    made = plane.ask(f"/apis/storage.k8s.io/v1/storageclasses/{spec['storageClassName']}")
    node = plane.ask(f"/api/v1/nodes/{metadata['annotations'][_SELECTED]}")
    zone = {"key": _ZONE, "operator": "In", "values": [node["metadata"]["labels"][_ZONE]]}
    handle = f"vol-{digest(metadata['name'])[:17]}"
    kinds = {"ebs.csi.aws.com": handle, "disk.csi.azure.com": f"/providers/Microsoft.Compute/disks/{handle}"}
    volume = thing("v1", "PersistentVolume", None, f"pvc-{metadata['uid']}", spec={
        "accessModes": spec["accessModes"], "capacity": spec["resources"]["requests"],
        "storageClassName": spec["storageClassName"], "persistentVolumeReclaimPolicy": made["reclaimPolicy"],
        "csi": {"driver": made["provisioner"], "volumeHandle": kinds[made["provisioner"]]},
        "claimRef": {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "name": metadata["name"],
                     "namespace": metadata["namespace"], "uid": metadata["uid"]},
        "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [zone]}]}}})  # fmt: skip
    volume["metadata"]["annotations"] = {"pv.kubernetes.io/provisioned-by": made["provisioner"]}
    return volume


def _is_balanced(declared: Object) -> bool:
    return declared["kind"] in ("Service", "Ingress") and "status" in declared


def _only_status(declared: Object) -> Object:
    metadata = {key: declared["metadata"][key] for key in ("name", "namespace")}
    return {key: declared[key] for key in ("apiVersion", "kind", "status")} | {"metadata": metadata}


def _with_ids(pod: Object) -> Object:
    status = {"containerStatuses": list(_told(pod))}
    return _only_status({"apiVersion": "v1", "kind": "Pod", "metadata": pod["metadata"], "status": status})


def _told(pod: Object) -> Iterator[dict[str, Any]]:
    for container in pod["status"]["containerStatuses"]:
        name, _, given = container["image"].partition("@sha256:")
        tagged = ":" in name.rpartition("/")[2]
        repository = name.rpartition(":")[0] if tagged else name
        yield container | {"imageID": f"{repository}@sha256:{given or digest(name)}",
                           "containerID": f"containerd://{digest(pod['metadata']['uid'] + container['name'])}"}


def _write_status(plane: ControlPlane, program: str, objects: list[Object]) -> None:
    if objects:
        told = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
        plane.kubectl("apply", "--server-side", "--force-conflicts", "--subresource=status", "--validate=false",
                      f"--field-manager={program}", "-f", "-", input=told)  # fmt: skip

"""The settings of each node's kubelet, asked of the kubelet itself, where somebody wants that.

The API server's own way there, `nodes/proxy`, is refused: whoever holds it can run commands in every pod. Kubelets of
1.33 and later let `get` on `nodes/configz` read their settings and nothing else (KubeletFineGrainedAuthz). Nothing is
sent to a kubelet whose certificate the cluster's own authority did not sign for that address.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from collectors.evidence.redact import redact
from collectors.kubernetes.kinds import KUBELET
from collectors.kubernetes.live.about_the_server import dicts, mapping, survey_object
from collectors.kubernetes.live.answers import Answer
from collectors.kubernetes.live.connection import Connection

AT_ONCE = 16
_DEFAULT_PORT = 10250
_HEADERS_OF_STATIC_PODS = "staticPodURLHeader"


@dataclass(frozen=True, slots=True)
class Kubelet:
    """Where the kubelet of a node answers; no address: nobody can tell."""

    node: str
    address: str | None
    port: int


def kubelet_of(node: dict[str, Any]) -> Kubelet:
    """Source: NodeStatus, addresses of type InternalIP and daemonEndpoints.kubeletEndpoint.Port."""
    status = mapping(node.get("status"))
    found = [each.get("address") for each in dicts(status.get("addresses")) if each.get("type") == "InternalIP"]
    port = mapping(mapping(status.get("daemonEndpoints")).get("kubeletEndpoint")).get("Port")
    stated = port if isinstance(port, int) and 0 < port < 65536 else _DEFAULT_PORT
    address = next((one for one in found if _is_address(one)), None)
    return Kubelet(str(node["metadata"].get("name")), address, stated)


def read_kubelets(
    connection: Connection, nodes: Iterable[dict[str, Any]], key: bytes
) -> tuple[list[dict[str, Any]], str]:
    """The settings of every kubelet that answered, in the order of the nodes; why others did not, "" for none.

    What could be a secret in them is replaced: static pods may be fetched with a token.
    """
    kubelets = [kubelet_of(node) for node in nodes]
    with ThreadPoolExecutor(AT_ONCE, "kubelet") as pool:
        answers = list(pool.map(lambda kubelet: _ask(connection, kubelet), kubelets))
    objects, silent = [], []
    for kubelet, answer in zip(kubelets, answers, strict=True):
        settings = answer.body.get("kubeletconfig") if answer.is_complete and isinstance(answer.body, dict) else None
        if isinstance(settings, dict):
            settings.pop(_HEADERS_OF_STATIC_PODS, None)
            obj = survey_object(KUBELET, kubelet.node, settings)
            redact(obj, key)
            objects.append(obj)
        else:
            silent.append(f"{kubelet.node}: {answer.reason or 'the answer is not that of a kubelet'}")
    more = f"; and {len(silent) - 5} more" if len(silent) > 5 else ""
    return objects, f"{len(silent)} of {len(kubelets)} kubelets: {'; '.join(silent[:5])}{more}" if silent else ""


def _ask(connection: Connection, kubelet: Kubelet) -> Answer:
    if kubelet.address is None:
        return Answer(0, "failed", "the node has no internal address")
    return connection.get_from_kubelet(kubelet.address, kubelet.port)


def _is_address(text: Any) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return isinstance(text, str)

"""Whether a Service or an Ingress asks its provider for an address inside the client's network only.

Sources: the providers' documentation of their annotations (AWS Load Balancer Controller and in-tree provider, AKS,
GKE, IBM Cloud, Oracle Cloud, OpenStack, Alibaba Cloud). Without such a word the load balancer is public, except
where the AWS Load Balancer Controller serves it: its scheme is internal unless it says internet-facing.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from collectors.tables.as_written import Section, either, section, sections, text

_SERVICE = "service.beta.kubernetes.io/"
_AWS_SCHEME, _AWS_TYPE = _SERVICE + "aws-load-balancer-scheme", _SERVICE + "aws-load-balancer-type"
_ALB_SCHEME = "alb.ingress.kubernetes.io/scheme"
_SERVICE_WORDS: Mapping[str, tuple[str, ...]] = {
    _AWS_SCHEME: ("internal",),
    _SERVICE + "aws-load-balancer-internal": ("true", "0.0.0.0/0"),
    _SERVICE + "azure-load-balancer-internal": ("true",),
    "networking.gke.io/load-balancer-type": ("internal",),
    "cloud.google.com/load-balancer-type": ("internal",),
    "service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type": ("private",),
    _SERVICE + "oci-load-balancer-internal": ("true",),
    _SERVICE + "openstack-internal-load-balancer": ("true",),
    _SERVICE + "alibaba-cloud-loadbalancer-address-type": ("intranet",),
}
_INGRESS_WORDS: Mapping[str, tuple[str, ...]] = {
    _ALB_SCHEME: ("internal",),
    "appgw.ingress.kubernetes.io/use-private-ip": ("true",),
    "kubernetes.io/ingress.class": ("gce-internal",),
}


def service_is_internal(service: Section) -> bool | None:
    """Whether the load balancer of this Service has, or asks for, an internal address; None when not readable."""
    annotations, spec = _annotations(service), section(service, "spec")
    asked = _says_one(annotations, _SERVICE_WORDS)
    by_controller = either(
        _says(annotations, _AWS_TYPE, ("external", "nlb-ip")),
        None if spec is None else text(spec, "loadBalancerClass", default="") == "service.k8s.aws/nlb",
    )
    if by_controller and asked is False:
        facing = _says(annotations, _AWS_SCHEME, ("internet-facing",))
        return None if facing is None else not facing
    return either(asked, None if by_controller is None else False, _has_private_address(service))


def ingress_is_internal(ingress: Section) -> bool | None:
    """Whether an Ingress has, or asks for, an internal address; None when not readable."""
    annotations, spec = _annotations(ingress), section(ingress, "spec")
    by_class = None if spec is None else text(spec, "ingressClassName", default="") in ("alb", "gce-internal")
    by_controller = either(by_class, _says(annotations, "kubernetes.io/ingress.class", ("alb",)))
    asked = _says_one(annotations, _INGRESS_WORDS)
    if by_controller and asked is False:
        facing = _says(annotations, _ALB_SCHEME, ("internet-facing",))
        return None if facing is None else not facing
    return either(asked, None if by_controller is None else False, _has_private_address(ingress))


def _annotations(obj: Section) -> Section | None:
    return section(section(obj, "metadata"), "annotations")


def _says_one(annotations: Section | None, words: Mapping[str, tuple[str, ...]]) -> bool | None:
    return either(*(_says(annotations, name, wanted) for name, wanted in words.items()))


def _says(annotations: Section | None, name: str, wanted: tuple[str, ...]) -> bool | None:
    value = text(annotations, name, default="")
    return None if value is None else value.lower() in wanted


def _has_private_address(obj: dict[str, Any]) -> bool:
    """Whether its status shows addresses and all of them are private; names and no status say nothing."""
    shown = sections(section(section(obj, "status"), "loadBalancer"), "ingress") or []
    addresses = [text(entry, "ip") for entry in shown]
    return bool(addresses) and all(map(_is_private, addresses))


def _is_private(address: str | None) -> bool:
    try:
        return address is not None and ip_address(address).is_private
    except ValueError:
        return False

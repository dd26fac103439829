"""Which words of which provider keep a load balancer inside the client's network."""

from __future__ import annotations

from typing import Any

import pytest

from collectors.tables.load_balancers import ingress_is_internal, service_is_internal

SERVICE = "service.beta.kubernetes.io/"


def written(annotations: Any = None, addresses: Any = (), **spec: Any) -> dict[str, Any]:
    balancer = {"ingress": [{"ip": each} for each in addresses]}
    return {"metadata": {"annotations": annotations}, "spec": spec, "status": {"loadBalancer": balancer}}


@pytest.mark.parametrize(
    ("service", "is_internal"),
    [
        (written(), False),
        (written({SERVICE + "aws-load-balancer-internal": "true"}), True),
        (written({SERVICE + "aws-load-balancer-internal": "false"}), False),
        (written({SERVICE + "aws-load-balancer-scheme": "Internal"}), True),
        (written({SERVICE + "azure-load-balancer-internal": "true"}), True),
        (written({"networking.gke.io/load-balancer-type": "Internal"}), True),
        (written({"service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type": "private"}), True),
        (written({SERVICE + "oci-load-balancer-internal": "true"}), True),
        (written({SERVICE + "aws-load-balancer-type": "nlb"}), False),
        (written({SERVICE + "aws-load-balancer-type": "external"}), True),
        (written(loadBalancerClass="service.k8s.aws/nlb"), True),
        (written({SERVICE + "aws-load-balancer-scheme": "internet-facing"},
                 loadBalancerClass="service.k8s.aws/nlb"), False),
        (written(addresses=["10.1.2.3", "192.168.0.9"]), True),
        (written(addresses=["10.1.2.3", "8.8.8.8"]), False),
        (written(addresses=["not an address"]), False),
        (written({SERVICE + "azure-load-balancer-internal": True}), None),
        (written("all of it"), None),
        ({"metadata": {}, "spec": "odd"}, None),
    ],
)  # fmt: skip
def test_a_service(service: dict[str, Any], is_internal: bool | None) -> None:
    assert service_is_internal(service) is is_internal


@pytest.mark.parametrize(
    ("ingress", "is_internal"),
    [
        (written(ingressClassName="nginx"), False),
        (written(ingressClassName="alb"), True),
        (written({"kubernetes.io/ingress.class": "alb"}), True),
        (written({"alb.ingress.kubernetes.io/scheme": "internet-facing"}, ingressClassName="alb"), False),
        (written({"alb.ingress.kubernetes.io/scheme": "internal"}), True),
        (written({"kubernetes.io/ingress.class": "gce-internal"}), True),
        (written({"appgw.ingress.kubernetes.io/use-private-ip": "true"}), True),
        (written(addresses=["10.0.0.1"]), True),
        (written("all of it"), None),
    ],
)
def test_an_ingress(ingress: dict[str, Any], is_internal: bool | None) -> None:
    assert ingress_is_internal(ingress) is is_internal

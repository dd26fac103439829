"""No object, however malformed, stops a builder; every row it makes fits its table."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collectors.tables.build import base_tables
from collectors.tables.database import arrow
from collectors.tables.families import KUBERNETES, builders_of
from collectors.tables.schema import Builder
from tests.tables.rows_of import DECLARED, PARTIAL, RUNNING, sighting

ODD = (
    None, 0, -1, 2**70, True, "", "x", "~redacted:literal:none:length=3:mac=00000000",
    [], {}, [None], {"x": None}, [[]],
)  # fmt: skip

# One object of each kind with every field that a builder reads.
SEEDS: dict[str, dict[str, Any]] = yaml.safe_load("""
Role: {rules: [{verbs: ["*"], apiGroups: [""], resources: [pods/exec], resourceNames: [a]}]}
ClusterRole:
  rules: [{nonResourceURLs: [/x], verbs: [get]}]
  aggregationRule: {clusterRoleSelectors: [{matchExpressions: [{key: a, operator: In, values: [b]}]}]}
RoleBinding: {roleRef: {kind: Role, name: r}, subjects: [{kind: User, name: u, namespace: n}]}
Service:
  spec: {type: NodePort, selector: {a: b}, externalIPs: [x], ports: [{name: http, port: 80, nodePort: 30000}]}
Ingress:
  spec:
    tls: [{}]
    defaultBackend: {service: {name: w, port: {number: 80}}}
    rules: [{host: h, http: {paths: [{path: /, backend: {service: {}}}]}}]
NetworkPolicy:
  spec:
    podSelector: {matchLabels: {a: b}}
    policyTypes: [Ingress]
    ingress: [{from: [{ipBlock: {cidr: "::/0", except: []}}], ports: [{port: 1}]}]
    egress: [{to: [{namespaceSelector: {}}]}]
IngressClass: {spec: {controller: c}}
EndpointSlice: {endpoints: [{conditions: {ready: true}}]}
GatewayClass: {spec: {controllerName: c}}
Gateway:
  spec:
    gatewayClassName: c
    infrastructure: {annotations: {a: b}}
    listeners: [{name: n, port: 1, protocol: HTTPS, tls: {mode: Terminate, certificateRefs: [{}]},
                 allowedRoutes: {namespaces: {from: Selector, selector: {matchLabels: {a: b}}}}}]
    selector: {a: b}
    servers: [{name: n, port: {number: 1, protocol: HTTP}, tls: {httpsRedirect: true}, hosts: [h]}]
  status: {conditions: [{type: Programmed, status: "True"}]}
HTTPRoute:
  spec:
    hostnames: [h]
    parentRefs: [{group: g, kind: Gateway, name: n, namespace: m, sectionName: s}]
    rules: [{backendRefs: [{group: "", kind: Service, name: n, namespace: m, port: 1}]}]
  status: {parents: [{conditions: [{type: Accepted, status: "True"}, {type: ResolvedRefs, status: "True"}]}]}
ReferenceGrant: {spec: {from: [{kind: HTTPRoute, namespace: n}], to: [{group: "", kind: Service, name: n}]}}
CiliumNetworkPolicy:
  spec:
    endpointSelector: {matchLabels: {"k8s:a": b}, matchExpressions: [{key: a, operator: Exists}]}
    enableDefaultDeny: {ingress: true}
    ingress: [{fromEntities: [all], toPorts: [{}]}]
    egressDeny: [{}]
  specs: [{nodeSelector: {}}]
GlobalNetworkPolicy:
  spec:
    selector: a == 'b' && has(c) && d in {'e', "f"}
    namespaceSelector: projectcalico.org/name != 'x'
    types: [Ingress]
    ingress: [{action: Allow, source: {}}]
    preDNAT: false
ClusterNetworkPolicy:
  spec:
    subject: {pods: {podSelector: {}, namespaceSelector: {}}, namespaces: {}}
    ingress: [{action: Deny, from: [{namespaces: {}}], ports: []}]
    egress: [{action: Deny, to: [{networks: [0.0.0.0/0]}]}]
PeerAuthentication:
  spec: {selector: {matchLabels: {a: b}}, mtls: {mode: STRICT}, portLevelMtls: {"80": {mode: DISABLE}}}
VirtualService: {spec: {hosts: [h], gateways: [g, mesh], http: [{route: [{destination: {host: h}}]}]}}
PodDisruptionBudget:
  spec: {minAvailable: 50%, maxUnavailable: 1, selector: {matchLabels: {a: b}}}
  status: {expectedPods: 1, desiredHealthy: 1}
HorizontalPodAutoscaler:
  spec: {minReplicas: 1, maxReplicas: 2, scaleTargetRef: {kind: D, name: d}, metrics: [{}]}
  status: {conditions: [{type: ScalingActive}]}
Namespace: {}
ServiceAccount: {automountServiceAccountToken: true, imagePullSecrets: [{}]}
Node:
  spec: {providerID: "aws://x", taints: [{key: k}]}
  status: {nodeInfo: {kubeletVersion: v1.2}, conditions: [{}], addresses: [{type: ExternalIP}]}
ResourceQuota: {spec: {hard: {cpu: "1"}, scopes: [BestEffort], scopeSelector: {matchExpressions: []}}}
LimitRange: {spec: {limits: [{type: Container, max: {cpu: "1"}}]}}
ConfigMap: {data: {a: b}, binaryData: {c: d}, immutable: true}
Secret: {type: Opaque, data: {a: b}, certificates: [{key: a, dns_names: [b], is_ca: true, not_after: x}]}
PersistentVolumeClaim: {spec: {accessModes: [x], resources: {requests: {storage: "1"}}}}
StorageClass: {parameters: {encrypted: "true"}}
PriorityClass: {value: 1}
ApiServer: {spec: {gitVersion: v1.36.3, platform: x, ready: true, failing: [etcd]}}
ServedResource: {spec: {group: "", version: v1, kind: Pod, plural: pods, namespaced: true, verbs: [list]}}
DeprecatedRequest: {spec: {group: a, version: v1, resource: b, subresource: "", removedRelease: "1.22"}}
NodeMetrics: {window: 15s, timestamp: "2026-11-21T10:00:00Z", usage: {cpu: 1n, memory: 1Ki}}
PodMetrics: {window: 15s, timestamp: "2026-11-21T10:00:00Z", containers: [{usage: {cpu: 1n, memory: 1Ki}}]}
Kubelet:
  spec:
    authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: x}}
    authorization: {mode: Webhook}
    readOnlyPort: 1
    streamingConnectionIdleTimeout: 4h0m0s
    tlsCipherSuites: [x]
    evictionHard: {a: b}
    featureGates: {a: true}
Event:
  type: Warning
  involvedObject: {apiVersion: v1, kind: Pod, name: x}
  series: {count: 1, lastObservedTime: "2026-11-21T10:00:00Z"}
  source: {component: x}
Application: {spec: {suspend: true}, status: {health: {status: Healthy}, sync: {status: Synced}, phase: x}}
Kustomization: {status: {conditions: [{type: Ready, status: "True"}]}}
""")

MINE = [
    builder for builder in builders_of(KUBERNETES) if any(kind.rpartition("/")[2] in SEEDS for kind in builder.reads)
]


def objects(builder: type[Builder]) -> Iterator[dict[str, Any]]:
    for kind in builder.reads:
        group, _, name = kind.rpartition("/")
        if name in SEEDS:
            labels = {"pod-security.kubernetes.io/enforce": "baseline"}
            metadata = {"name": "x", "namespace": "shop", "labels": labels, "annotations": {"a": "b"}}
            yield {"apiVersion": f"{group}/v1" if group else "v1", "kind": name, "metadata": metadata, **SEEDS[name]}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield (*path, step)
        yield from places(inner, (*path, step))


def with_value(obj: Any, path: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(obj)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return changed


def fits(builder: type[Builder], obj: dict[str, Any]) -> None:
    for cluster in (DECLARED, PARTIAL, RUNNING):
        worker = builder(cluster)
        worker.observe(sighting(obj))
        for name, rows in worker.rows().items():
            arrow(base_tables()[name], rows)
        worker.unseen()


@pytest.mark.parametrize("builder", MINE, ids=[builder.__name__ for builder in MINE])
def test_any_odd_value_anywhere_makes_a_row_that_fits(builder: type[Builder]) -> None:
    for obj in objects(builder):
        fits(builder, obj)
        for path in places(obj):
            if path[0] not in ("kind", "apiVersion"):
                for odd in ODD:
                    fits(builder, with_value(obj, path, odd))


json = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "x", "*", "5%"]),
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(st.sampled_from(["a", "name", "kind"]), inner, max_size=2),
    max_leaves=6,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_object_makes_a_row_that_fits(data: st.DataObject) -> None:
    builder = data.draw(st.sampled_from(MINE))
    for obj in objects(builder):
        fields = [name for name in obj if name not in ("kind", "apiVersion")]
        fits(builder, obj | {name: data.draw(json) for name in fields})
